/**
 * The directory in memory: rows of one moment, indexed. Pure and never changed; a write makes a new one. Every RCPT
 * asks it, so a question costs some map look-ups.
 *
 * Order of look-ups for a local part: what is written, what stands before the plus, postmaster, catch-all.
 */
import { localKey, type Mailbox, parseMailbox } from './addresses.ts';
import type { Office, Person, Verified } from './directory.ts';
import type { AliasRow, DirectoryRows, ListRow, PersonRow } from './rows.ts';

export type Entry =
  | { readonly kind: 'person'; readonly row: PersonRow }
  | { readonly kind: 'alias'; readonly row: AliasRow }
  | { readonly kind: 'list'; readonly row: ListRow };

export interface Hit {
  readonly entry: Entry;
  /** What stood behind the plus. */
  readonly detail: string | null;
}

export function personOf(row: PersonRow): Person {
  const { id, address, name, disabled, quotaBytes, legacy } = row;
  return { id, address, name, disabled, quotaBytes, legacySecret: legacy };
}

export class DirectoryView {
  readonly office: Office;
  readonly rows: DirectoryRows;
  /** Enabled people, and how many of them keep which credential (rule G8). */
  readonly enabled: readonly PersonRow[];
  readonly allLegacy: boolean;
  readonly allScram: boolean;
  readonly #domains: ReadonlySet<string>;
  readonly #byKey = new Map<string, Entry>();
  readonly #byLocal = new Map<string, PersonRow[]>();
  readonly #byId = new Map<number, PersonRow>();
  readonly #grants: ReadonlySet<string>;

  constructor(rows: DirectoryRows) {
    this.rows = rows;
    this.#domains = new Set(rows.domains.map(({ name }) => name));
    this.office = {
      name: rows.settings['name'] ?? '',
      hostname: rows.settings['hostname'] ?? 'localhost',
      domains: [...this.#domains],
    };
    for (const row of rows.lists) this.#byKey.set(row.key, { kind: 'list', row });
    for (const row of rows.aliases) this.#byKey.set(row.key, { kind: 'alias', row });
    for (const row of rows.people) {
      this.#byKey.set(row.key, { kind: 'person', row });
      this.#byId.set(row.id, row);
      const local = row.key.slice(0, row.key.lastIndexOf('@'));
      this.#byLocal.set(local, [...(this.#byLocal.get(local) ?? []), row]);
    }
    this.enabled = rows.people.filter((each) => !each.disabled);
    this.allLegacy = this.enabled.length > 0 && this.enabled.every((each) => each.legacy);
    this.allScram = this.enabled.every((each) => each.scram);
    this.#grants = new Set(rows.grants.map(({ person, key }) => `${person} ${key}`));
  }

  isLocal(canonical: string | undefined): boolean {
    return canonical !== undefined && this.#domains.has(canonical);
  }

  person(id: number): PersonRow | undefined {
    return this.#byId.get(id);
  }

  byKey(key: string): Entry | undefined {
    return this.#byKey.get(key);
  }

  /** A local mailbox without postmaster and catch-all: these are for letters that arrive, not for members. */
  find(mailbox: Mailbox): Hit | undefined {
    const entry = this.#byKey.get(mailbox.key);
    if (entry) return { entry, detail: null };
    const plus = mailbox.local.indexOf('+');
    if (plus < 1) return undefined;
    const base = this.#byKey.get(`${localKey(mailbox.local.slice(0, plus))}@${mailbox.domain}`);
    return base && { entry: base, detail: mailbox.local.slice(plus + 1) || null };
  }

  /** Address that takes what nobody at this domain has a name for. */
  catchAll(domain: string): string | undefined {
    return this.rows.domains.find(({ name }) => name === domain)?.catchAll ?? undefined;
  }

  /** The configured postmaster's mailbox, if one is configured. */
  get postmaster(): Mailbox | undefined {
    const address = this.rows.settings['postmaster'];
    return address === undefined ? undefined : parseMailbox(address);
  }

  granted(person: number, key: string): boolean {
    return this.#grants.has(`${person} ${key}`);
  }

  /** Who signs in with this name: a full address, or a local part that only one person has. Any case. */
  signIn(name: string): PersonRow | undefined {
    if (name.includes('@')) {
      const mailbox = parseMailbox(name);
      const entry = mailbox && this.#byKey.get(mailbox.key);
      return entry?.kind === 'person' ? entry.row : undefined;
    }
    const named = this.#byLocal.get(localKey(name)) ?? [];
    return named.length === 1 ? named[0] : undefined;
  }

  verify(text: string): Verified[] {
    const asked = text.trim().replace(/^<(.*)>$/s, '$1');
    const mailbox = parseMailbox(asked);
    if (mailbox) {
      const entry = this.#byKey.get(mailbox.key);
      return entry && isEnabled(entry) ? [verified(entry)] : [];
    }
    const wanted = comparable(asked.replace(/^"(.*)"$/s, '$1'));
    const found: Verified[] = [];
    for (const [key, entry] of this.#byKey) {
      if (!isEnabled(entry)) continue;
      const names = [key.slice(0, key.lastIndexOf('@'))];
      if (entry.kind !== 'alias') names.push(comparable(entry.row.name));
      if (wanted !== '' && names.includes(wanted)) found.push(verified(entry));
    }
    return found;
  }

  /** One level of a list that is asked for by address, local part or name. */
  expand(text: string): Verified[] | undefined {
    const asked = text.trim().replace(/^<(.*)>$/s, '$1');
    const wanted = comparable(asked);
    const key = parseMailbox(asked)?.key;
    const list = this.rows.lists.find(
      (row) =>
        row.key === key ||
        row.key.slice(0, row.key.lastIndexOf('@')) === wanted ||
        (wanted !== '' && comparable(row.name) === wanted),
    );
    return list?.members.map((address) => {
      const entry = this.#byKey.get(parseMailbox(address)?.key ?? '');
      return entry ? verified(entry) : { name: '', address };
    });
  }
}

function isEnabled(entry: Entry): boolean {
  return entry.kind !== 'person' || !entry.row.disabled;
}

function verified({ kind, row }: Entry): Verified {
  return { name: kind === 'alias' ? '' : row.name, address: row.address };
}

function comparable(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}
