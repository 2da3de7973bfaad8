/**
 * Writes of the directory. Whatever depends on other rows (an address is used once, its domain is ours, aliases do
 * not run in circles) is decided inside the transaction, so two administrators at once cannot break it.
 */
import { Fault } from '../../base/errors.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { parseMailbox, requireDomain, requireMailbox } from './addresses.ts';
import type { ListWriters } from './directory.ts';
import {
  distinct,
  isThere,
  localMailbox,
  noSuchAddress,
  type PutMode,
  refuseAliasLoops,
  requireFree,
  unknownDomain,
} from './row-rules.ts';
import { aliasRows, domainRows, listRows, type PersonRow, personByKey } from './rows.ts';

/** What a person's password became; made by credentials.ts before the write. */
export interface SealedCredentials {
  readonly scram: string | null;
  readonly hash: string | null;
  readonly legacy: Uint8Array | null;
}

export interface NewPersonRow extends SealedCredentials {
  readonly address: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly quotaBytes: number | null;
}

export interface PersonChange {
  readonly key: string;
  readonly address?: string;
  readonly name?: string;
  readonly disabled?: boolean;
  readonly quotaBytes?: number | null;
  readonly credentials?: SealedCredentials;
}

export interface AliasInput {
  readonly address: string;
  readonly to: readonly string[];
}

export interface ListInput {
  readonly address: string;
  readonly name: string;
  readonly who: ListWriters;
  readonly members: readonly string[];
  readonly owners: readonly string[];
}

/** Where the address of a removed person stood. */
export interface Removed {
  readonly aliases: readonly string[];
  readonly lists: readonly string[];
}

const announce = (tx: WriteTx, what: string) => tx.change('directory', { what });

function putAlias(tx: WriteTx, input: AliasInput, mode: PutMode): void {
  const mailbox = localMailbox(tx.db, input.address);
  isThere(tx.db, mailbox, input.address, 'alias', mode);
  const to = distinct(input.to);
  if (to.length === 0) {
    throw new Fault('user', 'alias-without-target', `The alias ${input.address} leads nowhere.`, {
      detail: { address: input.address },
    });
  }
  tx.db.run(
    'INSERT OR REPLACE INTO aliases (key, address, targets) VALUES (?, ?, ?)',
    mailbox.key,
    input.address,
    JSON.stringify(to),
  );
}

function putList(tx: WriteTx, input: ListInput, mode: PutMode): void {
  const mailbox = localMailbox(tx.db, input.address);
  const there = isThere(tx.db, mailbox, input.address, 'list', mode);
  const members = distinct(input.members);
  const owners = distinct(input.owners);
  const detail = { address: input.address };
  if (members.length === 0)
    throw new Fault('user', 'list-without-members', `The list ${input.address} has no members.`, { detail });
  if (input.who === 'owners' && owners.length === 0)
    throw new Fault(
      'user',
      'list-without-owners',
      `The list ${input.address} has no owners who could write to it.`,
      {
        detail,
      },
    );
  const values = [input.address, input.name, input.who, JSON.stringify(members), JSON.stringify(owners)];
  const sql = there
    ? 'UPDATE lists SET address = ?, name = ?, who = ?, members = ?, owners = ? WHERE key = ?'
    : 'INSERT INTO lists (address, name, who, members, owners, key) VALUES (?, ?, ?, ?, ?, ?)';
  tx.db.run(sql, ...values, mailbox.key);
}

function requirePerson(db: ReadHandle, key: string): PersonRow {
  const row = personByKey(db, key);
  if (!row) throw noSuchAddress(key);
  return row;
}

function addPerson(tx: WriteTx, input: NewPersonRow): PersonRow {
  const mailbox = localMailbox(tx.db, input.address);
  requireFree(tx.db, mailbox, input.address);
  tx.db.run(
    `INSERT INTO people (key, address, name, disabled, quota, scram, hash, legacy, created)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    mailbox.key,
    input.address,
    input.name,
    input.disabled ? 1 : 0,
    input.quotaBytes,
    input.scram,
    input.hash,
    input.legacy,
    tx.now,
  );
  announce(tx, 'people');
  return requirePerson(tx.db, mailbox.key);
}

function changePerson(tx: WriteTx, input: PersonChange): PersonRow {
  const row = requirePerson(tx.db, input.key);
  const address = input.address ?? row.address;
  const mailbox = localMailbox(tx.db, address);
  if (mailbox.key !== row.key) requireFree(tx.db, mailbox, address);
  tx.db.run(
    'UPDATE people SET key = ?, address = ?, name = ?, disabled = ?, quota = ? WHERE id = ?',
    mailbox.key,
    address,
    input.name ?? row.name,
    (input.disabled ?? row.disabled) ? 1 : 0,
    input.quotaBytes === undefined ? row.quotaBytes : input.quotaBytes,
    row.id,
  );
  if (input.credentials) {
    const { scram, hash, legacy } = input.credentials;
    tx.db.run('UPDATE people SET scram = ?, hash = ?, legacy = ? WHERE id = ?', scram, hash, legacy, row.id);
  }
  announce(tx, 'people');
  return requirePerson(tx.db, mailbox.key);
}

/** Takes an address out of every alias, list and catch-all; an alias that leads nowhere then goes too. */
function forget(tx: WriteTx, key: string): Removed {
  const others = (addresses: readonly string[]) =>
    addresses.filter((each) => parseMailbox(each)?.key !== key);
  const aliases: string[] = [];
  const lists: string[] = [];
  for (const row of aliasRows(tx.db)) {
    const to = others(row.to);
    if (to.length === row.to.length) continue;
    aliases.push(row.address);
    if (to.length === 0) tx.db.run('DELETE FROM aliases WHERE key = ?', row.key);
    else tx.db.run('UPDATE aliases SET targets = ? WHERE key = ?', JSON.stringify(to), row.key);
  }
  for (const row of listRows(tx.db)) {
    const members = others(row.members);
    const owners = others(row.owners);
    if (members.length === row.members.length && owners.length === row.owners.length) continue;
    lists.push(row.address);
    tx.db.run(
      'UPDATE lists SET members = ?, owners = ? WHERE id = ?',
      JSON.stringify(members),
      JSON.stringify(owners),
      row.id,
    );
  }
  for (const { name, catchAll } of domainRows(tx.db)) {
    if (catchAll !== null && parseMailbox(catchAll)?.key === key)
      tx.db.run('UPDATE domains SET catch_all = NULL WHERE name = ?', name);
  }
  return { aliases, lists };
}

function removePerson(tx: WriteTx, input: { key: string }): Removed & { id: number } {
  const row = requirePerson(tx.db, input.key);
  tx.db.run('DELETE FROM grants WHERE person = ?', row.id);
  tx.db.run('DELETE FROM people WHERE id = ?', row.id);
  const removed = forget(tx, row.key);
  announce(tx, 'people');
  tx.change('person-removed', { id: row.id, address: row.address });
  return { id: row.id, ...removed };
}

function removeKeyed(table: 'aliases' | 'lists', what: string) {
  return (tx: WriteTx, input: { address: string }): void => {
    const { key } = requireMailbox(input.address);
    if (tx.db.run(`DELETE FROM ${table} WHERE key = ?`, key).changes === 0)
      throw noSuchAddress(input.address);
    announce(tx, what);
  };
}

function addDomain(tx: WriteTx, input: { name: string }): string {
  const name = requireDomain(input.name);
  const position = tx.db.value<number>('SELECT coalesce(max(position), 0) + 1 FROM domains') ?? 1;
  const { changes } = tx.db.run(
    'INSERT OR IGNORE INTO domains (name, position) VALUES (?, ?)',
    name,
    position,
  );
  if (changes === 0)
    throw new Fault('user', 'duplicate-domain', `${name} is a domain of this office already.`, {
      detail: { domain: name },
    });
  announce(tx, 'domains');
  return name;
}

function removeDomain(tx: WriteTx, input: { name: string }): void {
  const name = requireDomain(input.name);
  if (tx.db.value('SELECT 1 FROM domains WHERE name = ?', name) === undefined) throw unknownDomain(name);
  const users = ['people', 'aliases', 'lists'].flatMap((table) =>
    tx.db
      .all<{ key: string; address: string }>(`SELECT key, address FROM ${table}`)
      .filter(({ key }) => key.endsWith(`@${name}`))
      .map(({ address }) => address),
  );
  if (users.length > 0)
    throw new Fault('user', 'domain-in-use', `${users[0]} still uses the domain ${name}.`, {
      detail: { domain: name, address: users[0], count: users.length },
    });
  tx.db.run('DELETE FROM domains WHERE name = ?', name);
  announce(tx, 'domains');
}

/** New domains are added; those named come first, in this order. */
function orderDomains(tx: WriteTx, input: { names: readonly string[] }): void {
  const wanted = [...new Set(input.names.map(requireDomain))];
  const rest = domainRows(tx.db)
    .map(({ name }) => name)
    .filter((name) => !wanted.includes(name));
  [...wanted, ...rest].forEach((name, at) => {
    tx.db.run(
      'INSERT INTO domains (name, position) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position',
      name,
      at + 1,
    );
  });
  announce(tx, 'domains');
}

function setCatchAll(tx: WriteTx, input: { domain: string; address: string | null }): void {
  const domain = requireDomain(input.domain);
  if (input.address !== null) requireMailbox(input.address);
  const { changes } = tx.db.run('UPDATE domains SET catch_all = ? WHERE name = ?', input.address, domain);
  if (changes === 0) throw unknownDomain(domain);
  announce(tx, 'domains');
}

export const directoryWrites = {
  'directory.set'(tx: WriteTx, input: { name: string; value: string | null }): void {
    if (input.value === null) tx.db.run('DELETE FROM directory_settings WHERE name = ?', input.name);
    else
      tx.db.run(
        'INSERT OR REPLACE INTO directory_settings (name, value) VALUES (?, ?)',
        input.name,
        input.value,
      );
    announce(tx, 'settings');
  },
  'directory.seal'(tx: WriteTx, input: { name: string; sealed: Uint8Array | null }): void {
    if (input.sealed === null) tx.db.run('DELETE FROM sealed_secrets WHERE name = ?', input.name);
    else
      tx.db.run(
        'INSERT OR REPLACE INTO sealed_secrets (name, sealed) VALUES (?, ?)',
        input.name,
        input.sealed,
      );
    announce(tx, 'settings');
  },
  'directory.addDomain': addDomain,
  'directory.removeDomain': removeDomain,
  'directory.orderDomains': orderDomains,
  'directory.setCatchAll': setCatchAll,
  'directory.addPerson': addPerson,
  'directory.changePerson': changePerson,
  'directory.removePerson': removePerson,
  /** A better verifier for a password that was just checked; nothing if the person's changed in between. */
  'directory.upgrade'(tx: WriteTx, input: { id: number; scram: string; from: string | null }): void {
    const sql = 'UPDATE people SET scram = ? WHERE id = ? AND scram IS ?';
    if (tx.db.run(sql, input.scram, input.id, input.from).changes > 0) announce(tx, 'people');
  },
  /** Several at once, so that aliases which exchange their targets are never a loop in between. */
  'directory.putAliases'(tx: WriteTx, input: { aliases: readonly AliasInput[]; mode: PutMode }): void {
    for (const each of input.aliases) putAlias(tx, each, input.mode);
    refuseAliasLoops(tx.db);
    announce(tx, 'aliases');
  },
  'directory.removeAlias': removeKeyed('aliases', 'aliases'),
  'directory.putLists'(tx: WriteTx, input: { lists: readonly ListInput[]; mode: PutMode }): void {
    for (const each of input.lists) putList(tx, each, input.mode);
    announce(tx, 'lists');
  },
  'directory.removeList': removeKeyed('lists', 'lists'),
  'directory.grant'(tx: WriteTx, input: { key: string; address: string; granted: boolean }): void {
    const person = requirePerson(tx.db, input.key);
    const { key } = requireMailbox(input.address);
    if (input.granted)
      tx.db.run(
        'INSERT OR REPLACE INTO grants (person, key, address) VALUES (?, ?, ?)',
        person.id,
        key,
        input.address,
      );
    else tx.db.run('DELETE FROM grants WHERE person = ? AND key = ?', person.id, key);
    announce(tx, 'grants');
  },
};
