/** What must hold between the rows of the directory, asked inside the transaction that would break it. */
import { Fault } from '../../base/errors.ts';
import type { ReadHandle } from '../../store/program.ts';
import { type Mailbox, parseMailbox, requireMailbox } from './addresses.ts';
import { aliasRows } from './rows.ts';

/** `add`: must be new; `change`: must be there; `put`: either. */
export type PutMode = 'add' | 'change' | 'put';

/** For an address that should be changed or removed and is not there. */
export function noSuchAddress(address: string): Fault {
  return new Fault('user', 'no-such-address', `There is no ${address} here.`, { detail: { address } });
}

/** @param address the one that brought the domain up, if one did. */
export function unknownDomain(domain: string, address?: string): Fault {
  return new Fault('user', 'unknown-domain', `${domain} is no domain of this office.`, {
    detail: { domain, ...(address === undefined ? {} : { address }) },
  });
}

/** A mailbox at a domain of this office. */
export function localMailbox(db: ReadHandle, address: string): Mailbox {
  const mailbox = requireMailbox(address);
  if (db.value('SELECT 1 FROM domains WHERE name = ?', mailbox.domain) === undefined) {
    throw unknownDomain(mailbox.domain, address);
  }
  return mailbox;
}

const HOLDERS = [
  ['person', 'SELECT 1 FROM people WHERE key = ?'],
  ['alias', 'SELECT 1 FROM aliases WHERE key = ?'],
  ['list', 'SELECT 1 FROM lists WHERE key = ?'],
] as const;

function holderOf(db: ReadHandle, key: string): 'person' | 'alias' | 'list' | undefined {
  return HOLDERS.find(([, sql]) => db.value(sql, key) !== undefined)?.[0];
}

/** An address belongs to one person, alias or list. @throws Fault user `duplicate-address` with the holder. */
export function requireFree(db: ReadHandle, mailbox: Mailbox, address: string): void {
  const holder = holderOf(db, mailbox.key);
  if (holder === undefined) return;
  const whose = { person: 'a person', alias: 'an alias', list: 'a list' }[holder];
  throw new Fault('user', 'duplicate-address', `${address} belongs to ${whose} already.`, {
    detail: { address, holder },
  });
}

/** Decides add or change for one key of one kind. */
export function isThere(
  db: ReadHandle,
  mailbox: Mailbox,
  address: string,
  kind: 'alias' | 'list',
  mode: PutMode,
): boolean {
  const there = holderOf(db, mailbox.key) === kind;
  if (there && mode !== 'add') return true;
  if (mode === 'change') throw noSuchAddress(address);
  requireFree(db, mailbox, address);
  return false;
}

/** Addresses without doubles, in the order they were given. */
export function distinct(addresses: readonly string[]): string[] {
  const byKey = new Map(addresses.map((each) => [requireMailbox(each).key, each] as const).toReversed());
  return [...byKey.values()].toReversed();
}

/** Aliases that lead to themselves deliver nothing; lists may, because each member is expanded once. */
export function refuseAliasLoops(db: ReadHandle): void {
  const targets = new Map(
    aliasRows(db).map((row) => [row.key, row.to.map((each) => parseMailbox(each)?.key ?? '')]),
  );
  const clean = new Set<string>();
  const walk = (key: string, above: readonly string[]): void => {
    if (above.includes(key)) {
      throw new Fault('user', 'alias-loop', `The alias ${key} leads back to itself.`, {
        detail: { address: key, path: [...above.slice(above.indexOf(key)), key] },
      });
    }
    if (clean.has(key)) return;
    for (const next of targets.get(key) ?? []) walk(next, [...above, key]);
    clean.add(key);
  };
  for (const key of targets.keys()) walk(key, []);
}
