/**
 * Who letters come from, as rows. Every account that has an address has one main identity; others stand beside it.
 *
 * Invariants: a main identity's name and address are the account's (null in its row), so renaming the account renames it;
 * an identity never outlives its account; a Sent folder is one of the same account or of this computer.
 * It never touches a letter: what an identity means for one is the drafts' and the outbox's business.
 */
import { Fault } from '../../base/errors.ts';
import type { Identity, SignatureChoices } from '../../contract/mail/identities.ts';
import { type Address, isValidAddress } from '../../mail/address.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';

interface Raw {
  id: number;
  account: number;
  main: number;
  label: string;
  name: string;
  address: string;
  reply_to: string;
  organisation: string;
  bcc: string;
  sent_folder: number | null;
  sends: number;
  signatures: string;
}

/** Accounts that can send first, in their order; of an account the main identity first. */
const ALL = `SELECT i.id, i.account, i.main, i.label, coalesce(i.name, a.name) AS name, coalesce(i.address, a.address) AS address,
    i.reply_to, i.organisation, i.bcc, i.sent_folder, i.signatures, a.outgoing IS NOT NULL AS sends
  FROM identities i JOIN accounts a ON a.id = i.account
  WHERE a.address LIKE '%@%' ORDER BY sends DESC, a.position, a.id, i.main DESC, i.position, i.id`;

const DEFAULTS: SignatureChoices = {
  new: 'default',
  reply: 'default',
  newInside: 'default',
  replyInside: 'default',
};

function parse(raw: Raw): Identity {
  const { reply_to, bcc, sent_folder, signatures, ...rest } = raw;
  return {
    ...rest,
    main: raw.main !== 0,
    sends: raw.sends !== 0,
    replyTo: JSON.parse(reply_to),
    bcc: JSON.parse(bcc),
    sentFolder: sent_folder,
    signatures: { ...DEFAULTS, ...JSON.parse(signatures) },
  };
}

export function allIdentities(db: ReadHandle): Identity[] {
  return db.all<Raw>(ALL).map(parse);
}

export function identityById(db: ReadHandle, id: number): Identity {
  const found = allIdentities(db).find((each) => each.id === id);
  if (!found) throw noSuchIdentity(id);
  return found;
}

export function noSuchIdentity(id: number): Fault {
  return new Fault('user', 'no-such-identity', 'This identity no longer exists.', { detail: { id } });
}

/** What can be changed; what is left out stays. */
export interface IdentityChanges {
  label?: string | undefined;
  name?: string | undefined;
  address?: string | undefined;
  replyTo?: Address[] | undefined;
  organisation?: string | undefined;
  bcc?: Address[] | undefined;
  sentFolder?: number | null | undefined;
  signatures?: { [N in keyof SignatureChoices]?: SignatureChoices[N] | undefined } | undefined;
}

function demandAddress(address: string): void {
  if (!isValidAddress(address))
    throw new Fault('user', 'bad-address', 'This is not an address.', { detail: { address } });
}

function demandSentFolder(db: ReadHandle, account: number, folder: number): void {
  const fits = db.value(
    `SELECT 1 FROM folders f JOIN accounts a ON a.id = f.account
       WHERE f.id = ? AND f.selectable = 1 AND (f.account = ? OR a.kind = 'local')`,
    folder,
    account,
  );
  if (fits === undefined)
    throw new Fault('user', 'no-such-folder', 'Sent letters cannot be kept there.', {
      detail: { id: folder },
    });
}

/** Columns of the changes, checked. */
function write(tx: WriteTx, row: { id: number; account: number }, changes: IdentityChanges): void {
  for (const each of [...(changes.replyTo ?? []), ...(changes.bcc ?? [])]) demandAddress(each.address);
  if (changes.address !== undefined) demandAddress(changes.address);
  if (typeof changes.sentFolder === 'number') demandSentFolder(tx.db, row.account, changes.sentFolder);
  const set = (column: string, value: string | number | null | undefined): void => {
    if (value !== undefined) tx.db.run(`UPDATE identities SET ${column} = ? WHERE id = ?`, value, row.id);
  };
  const json = (value: unknown): string | undefined =>
    value === undefined ? undefined : JSON.stringify(value);
  set('label', changes.label?.trim());
  set('name', changes.name?.trim());
  set('address', changes.address);
  set('reply_to', json(changes.replyTo));
  set('organisation', changes.organisation?.trim());
  set('bcc', json(changes.bcc));
  set('sent_folder', changes.sentFolder);
  if (changes.signatures) {
    const known = tx.db.value<string>('SELECT signatures FROM identities WHERE id = ?', row.id) ?? '{}';
    const next = { ...JSON.parse(known), ...JSON.parse(JSON.stringify(changes.signatures)) };
    set('signatures', JSON.stringify(next));
  }
  tx.change('identities', { id: row.id });
}

export const identityReads = {
  'identities.list': allIdentities,
  'identities.get': (db: ReadHandle, input: { id: number }): Identity => identityById(db, input.id),
};

export const identityWrites = {
  'identities.add'(tx: WriteTx, input: IdentityChanges & { account: number; address: string }): number {
    const { account } = input;
    if (tx.db.value("SELECT 1 FROM accounts WHERE id = ? AND address LIKE '%@%'", account) === undefined)
      throw new Fault('user', 'no-such-account', 'There is no such account.', { detail: { id: account } });
    const { lastId } = tx.db.run(
      `INSERT INTO identities (account, name, address, position)
         VALUES (?, '', ?, (SELECT count(*) FROM identities WHERE account = ?))`,
      account,
      input.address,
      account,
    );
    write(tx, { id: lastId, account }, input);
    return lastId;
  },

  'identities.update'(tx: WriteTx, input: IdentityChanges & { id: number }): void {
    const row = identityById(tx.db, input.id);
    const { name, address, ...rest } = input;
    if (!row.main) {
      write(tx, row, input);
      return;
    }
    if (address !== undefined && address.toLowerCase() !== row.address.toLowerCase())
      throw new Fault('user', 'main-identity', 'The address of an account is the one it was connected with.');
    if (name !== undefined && name !== row.name) {
      tx.db.run('UPDATE accounts SET name = ? WHERE id = ?', name.trim(), row.account);
      tx.change('accounts', { id: row.account });
    }
    write(tx, row, rest);
  },

  'identities.remove'(tx: WriteTx, input: { id: number }): void {
    const row = identityById(tx.db, input.id);
    if (row.main) throw new Fault('user', 'main-identity', 'The main identity goes with its account only.');
    tx.db.run('DELETE FROM identities WHERE id = ?', input.id);
    tx.change('identities', { id: input.id });
  },
};
