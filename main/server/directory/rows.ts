/** The directory as it comes from the store: everything at once, 300 people are some tens of kilobytes. */
import type { ReadHandle } from '../../store/program.ts';
import type { ListWriters } from './directory.ts';

export interface PersonRow {
  readonly id: number;
  readonly key: string;
  readonly address: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly quotaBytes: number | null;
  /** Which credentials are kept; never the credentials themselves. */
  readonly scram: boolean;
  readonly legacy: boolean;
}

export interface AliasRow {
  readonly key: string;
  readonly address: string;
  readonly to: readonly string[];
}

export interface ListRow {
  readonly id: number;
  readonly key: string;
  readonly address: string;
  readonly name: string;
  readonly who: ListWriters;
  readonly members: readonly string[];
  readonly owners: readonly string[];
}

export interface DomainRow {
  readonly name: string;
  readonly catchAll: string | null;
}

export interface GrantRow {
  readonly person: number;
  readonly key: string;
  readonly address: string;
}

export interface DirectoryRows {
  readonly settings: Readonly<Record<string, string>>;
  readonly domains: readonly DomainRow[];
  readonly people: readonly PersonRow[];
  readonly aliases: readonly AliasRow[];
  readonly lists: readonly ListRow[];
  readonly grants: readonly GrantRow[];
}

/** What a sign-in is checked against; leaves the store only for authenticator and administrator of this folder. */
export interface CredentialRow {
  readonly id: number;
  readonly scram: string | null;
  readonly hash: string | null;
  readonly legacy: Uint8Array | null;
}

interface RawPerson {
  id: number;
  key: string;
  address: string;
  name: string;
  disabled: number;
  quota: number | null;
  scram: number;
  legacy: number;
}

const PEOPLE = `SELECT id, key, address, name, disabled, quota, scram IS NOT NULL AS scram,
  legacy IS NOT NULL AS legacy FROM people`;

function personOf({ disabled, quota, scram, legacy, ...rest }: RawPerson): PersonRow {
  return {
    ...rest,
    disabled: disabled !== 0,
    quotaBytes: quota,
    scram: scram !== 0,
    legacy: legacy !== 0,
  };
}

export function personByKey(db: ReadHandle, key: string): PersonRow | undefined {
  const raw = db.get<RawPerson>(`${PEOPLE} WHERE key = ?`, key);
  return raw && personOf(raw);
}

export function aliasRows(db: ReadHandle): AliasRow[] {
  return db
    .all<{ key: string; address: string; targets: string }>(
      'SELECT key, address, targets FROM aliases ORDER BY key',
    )
    .map(({ key, address, targets }) => ({ key, address, to: JSON.parse(targets) as string[] }));
}

type RawList = Omit<ListRow, 'members' | 'owners'> & { members: string; owners: string };

export function listRows(db: ReadHandle): ListRow[] {
  return db
    .all<RawList>('SELECT id, key, address, name, who, members, owners FROM lists ORDER BY key')
    .map((row) => ({
      ...row,
      members: JSON.parse(row.members) as string[],
      owners: JSON.parse(row.owners) as string[],
    }));
}

export function domainRows(db: ReadHandle): DomainRow[] {
  return db.all<DomainRow>('SELECT name, catch_all AS catchAll FROM domains ORDER BY position, name');
}

export const directoryReads = {
  'directory.rows': (db: ReadHandle): DirectoryRows => ({
    settings: Object.fromEntries(
      db
        .all<{ name: string; value: string }>('SELECT name, value FROM directory_settings')
        .map(({ name, value }) => [name, value]),
    ),
    domains: domainRows(db),
    people: db.all<RawPerson>(`${PEOPLE} ORDER BY id`).map(personOf),
    aliases: aliasRows(db),
    lists: listRows(db),
    grants: db.all<GrantRow>('SELECT person, key, address FROM grants ORDER BY person, key'),
  }),
  'directory.credentials': (db: ReadHandle): CredentialRow[] =>
    db.all<CredentialRow>('SELECT id, scram, hash, legacy FROM people ORDER BY id'),
  'directory.secret': (db: ReadHandle, input: { name: string }): Uint8Array | null =>
    db.value<Uint8Array>('SELECT sealed FROM sealed_secrets WHERE name = ?', input.name) ?? null,
};
