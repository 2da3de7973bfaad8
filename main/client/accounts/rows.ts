/**
 * Accounts and kept certificates as rows. A password never stands here: it is with the host's secrets, under
 * secretName().
 */
import { Fault } from '../../base/errors.ts';
import type { IncomingKind, KeepPolicy, Pop3Policy, Server } from '../../contract/mail/accounts.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { discardDraft } from '../drafts/rows.ts';
import { addLocalFolders, removeFolder, trimFolder } from '../folders/rows.ts';
import { removeOperation } from '../imap/oplog.ts';
import { parseOutboxRow, removeOutboxRow } from '../outbox/rows.ts';

export interface AccountRow {
  id: number;
  kind: IncomingKind | 'local';
  address: string;
  name: string;
  incoming: Server | null;
  outgoing: Server | null;
  policy: KeepPolicy;
  /** null: not a POP3 account. */
  pop3: Pop3Policy | null;
  saveSent: boolean;
  sample: boolean;
  lastSync: number | null;
}
export interface TrustedCertificate {
  host: string;
  port: number;
  fingerprint256: string;
}

/** Name of an account's password among the host's secrets. */
export const secretName = (account: number): string => `account:${account}:password`;

interface Raw {
  id: number;
  kind: IncomingKind | 'local';
  address: string;
  name: string;
  incoming: string | null;
  outgoing: string | null;
  policy: string;
  pop3: string | null;
  save_sent: number;
  sample: number;
  last_sync: number | null;
}

const COLUMNS = 'id, kind, address, name, incoming, outgoing, policy, pop3, save_sent, sample, last_sync';

function parse(raw: Raw): AccountRow {
  return {
    id: raw.id,
    kind: raw.kind,
    address: raw.address,
    name: raw.name,
    incoming: raw.incoming === null ? null : JSON.parse(raw.incoming),
    outgoing: raw.outgoing === null ? null : JSON.parse(raw.outgoing),
    policy: JSON.parse(raw.policy),
    pop3: raw.pop3 === null ? null : JSON.parse(raw.pop3),
    saveSent: raw.save_sent !== 0,
    sample: raw.sample !== 0,
    lastSync: raw.last_sync,
  };
}

export function accountRow(db: ReadHandle, id: number): AccountRow {
  const raw = db.get<Raw>(`SELECT ${COLUMNS} FROM accounts WHERE id = ?`, id);
  if (!raw) throw noSuchAccount(id);
  return parse(raw);
}

export function noSuchAccount(id: number): Fault {
  return new Fault('user', 'no-such-account', 'There is no such account.', { detail: { id } });
}

export interface NewAccount {
  /** imap, where it is left out. */
  kind?: IncomingKind;
  address: string;
  name: string;
  incoming: Server;
  outgoing: Server | null;
  policy: KeepPolicy;
  /** Of a POP3 account. */
  pop3?: Pop3Policy;
  saveSent: boolean;
}

export interface AccountChanges {
  id: number;
  name?: string;
  incoming?: Server;
  outgoing?: Server | null;
  policy?: KeepPolicy;
  pop3?: Pop3Policy;
  saveSent?: boolean;
}

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** How a maildrop is collected by what was chosen for any account: whole letters, or headers. */
function policyFor(policy: KeepPolicy, now?: Pop3Policy): Pop3Policy {
  const base: Pop3Policy = now ?? {
    headersAbove: null,
    leave: 'until-deleted',
    days: 14,
    deleteFromTrash: false,
  };
  if (policy.keep === 'headers') return { ...base, headersAbove: base.headersAbove ?? 0 };
  return base.headersAbove === 0 ? { ...base, headersAbove: null } : base;
}

export const accountWrites = {
  'accounts.insert'(tx: WriteTx, input: NewAccount): number {
    const kind = input.kind ?? 'imap';
    const twin = tx.db
      .all<Raw>(
        `SELECT ${COLUMNS} FROM accounts WHERE kind != 'local' AND lower(address) = ?`,
        input.address.toLowerCase(),
      )
      .map(parse)
      .find(
        (each) => each.incoming?.host === input.incoming.host && each.incoming.user === input.incoming.user,
      );
    if (twin) {
      throw new Fault('user', 'account-exists', 'This account is here already.', { detail: { id: twin.id } });
    }
    const position =
      tx.db.value<number>("SELECT coalesce(max(position), 0) + 1 FROM accounts WHERE kind != 'local'") ?? 1;
    const { lastId } = tx.db.run(
      `INSERT INTO accounts (kind, address, name, incoming, outgoing, policy, pop3, save_sent, position)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      kind,
      input.address,
      input.name,
      json(input.incoming),
      json(input.outgoing),
      JSON.stringify(input.policy),
      kind === 'pop3' ? json(input.pop3 ?? policyFor(input.policy)) : null,
      input.saveSent ? 1 : 0,
      position,
    );
    // A maildrop has no folders: all of them are this account's own.
    if (kind === 'pop3') addLocalFolders(tx, lastId);
    tx.change('accounts', { id: lastId });
    return lastId;
  },

  'accounts.update'(tx: WriteTx, input: AccountChanges): AccountRow {
    const row = { ...accountRow(tx.db, input.id) };
    if (input.name !== undefined) row.name = input.name;
    if (input.incoming !== undefined) row.incoming = input.incoming;
    if (input.outgoing !== undefined) row.outgoing = input.outgoing;
    if (input.policy !== undefined) row.policy = input.policy;
    if (row.pop3 !== null && input.pop3 !== undefined) row.pop3 = input.pop3;
    else if (row.pop3 !== null && input.policy !== undefined) row.pop3 = policyFor(input.policy, row.pop3);
    if (input.saveSent !== undefined) row.saveSent = input.saveSent;
    tx.db.run(
      'UPDATE accounts SET name = ?, incoming = ?, outgoing = ?, policy = ?, pop3 = ?, save_sent = ? WHERE id = ?',
      row.name,
      json(row.incoming),
      json(row.outgoing),
      JSON.stringify(row.policy),
      json(row.pop3),
      row.saveSent ? 1 : 0,
      row.id,
    );
    tx.change('accounts', { id: row.id });
    return row;
  },

  /** Takes some of the account's letters away; returns how many folders still hold any. Repeat until 0. */
  'accounts.trim'(tx: WriteTx, input: { id: number; limit: number }): number {
    const folders = tx.db.pluck<number>(
      'SELECT DISTINCT folder FROM messages WHERE account = ? LIMIT 2',
      input.id,
    );
    const folder = folders[0];
    if (folder === undefined) return 0;
    return trimFolder(tx, folder, input.limit, 'erased') > 0 ? folders.length : folders.length - 1;
  },

  /** The account with what is left of it. Letters on their way out become discarded drafts; drafts stay. */
  'accounts.delete'(tx: WriteTx, input: { id: number; undo: string }): void {
    accountRow(tx.db, input.id);
    for (const raw of tx.db.all('SELECT * FROM outbox WHERE account = ?', input.id)) {
      const row = parseOutboxRow(raw);
      if (row.draft !== null && row.state !== 'sent')
        discardDraft(tx, row.draft, `${input.undo}-${row.draft}`);
      removeOutboxRow(tx, row);
    }
    for (const id of tx.db.pluck<number>('SELECT id FROM operations WHERE account = ?', input.id)) {
      removeOperation(tx, id);
    }
    for (const id of tx.db.pluck<number>('SELECT id FROM folders WHERE account = ?', input.id)) {
      removeFolder(tx, id, 'erased');
    }
    tx.db.run(
      'UPDATE drafts SET account = NULL, message = NULL, copied_version = 0 WHERE account = ?',
      input.id,
    );
    tx.db.run('DELETE FROM accounts WHERE id = ?', input.id);
    tx.change('accounts', { id: input.id });
  },

  'accounts.trust'(tx: WriteTx, input: TrustedCertificate): void {
    tx.db.run(
      'INSERT OR REPLACE INTO trusted_certificates (host, port, fingerprint256, at) VALUES (?, ?, ?, ?)',
      input.host.toLowerCase(),
      input.port,
      input.fingerprint256,
      tx.now,
    );
    tx.change('trusted', { host: input.host, port: input.port });
  },
};

export const accountReads = {
  'accounts.rows': (db: ReadHandle): AccountRow[] =>
    db.all<Raw>(`SELECT ${COLUMNS} FROM accounts ORDER BY position, id`).map(parse),
  'accounts.row': (db: ReadHandle, input: { id: number }): AccountRow => accountRow(db, input.id),
  'accounts.trusted': (db: ReadHandle): TrustedCertificate[] =>
    db.all<{ host: string; port: number; fingerprint256: string }>(
      'SELECT host, port, fingerprint256 FROM trusted_certificates',
    ),
};
