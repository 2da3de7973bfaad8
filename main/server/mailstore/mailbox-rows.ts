/**
 * Rows of mailboxes in the writer: found, made, counted. Only this file changes the counters of a mailbox and of a
 * person.
 *
 * Invariants: UIDNEXT and the modseq of a mailbox only rise; UIDVALIDITY comes from one rising number a person and never
 * from the clock alone; counters are those of the rows (check.ts compares them).
 */
import { Fault } from '../../base/errors.ts';
import { MAX_MAILBOXES } from '../../base/limits.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { recordTree } from './change-record.ts';
import { DELETED, SEEN, type SpecialUse } from './mailstore.ts';
import { canonicalName, INBOX, superiors } from './names.ts';

export interface MailboxRow {
  readonly id: number;
  readonly person: number;
  readonly name: string;
  readonly special_use: SpecialUse | null;
  readonly uidvalidity: number;
  readonly uidnext: number;
  readonly modseq: number;
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  readonly size: number;
  readonly recent_from: number;
  readonly expunged_floor: number;
}

const COLUMNS =
  'id, person, name, special_use, uidvalidity, uidnext, modseq, messages, unseen, deleted, size, recent_from, expunged_floor';

export function noMailbox(name: string | number): Fault {
  return new Fault('user', 'no-mailbox', 'There is no such mailbox.', { detail: { name } });
}

/** A mailbox that is not deleted. */
export function rowById(db: ReadHandle, id: number): MailboxRow | undefined {
  return db.get<MailboxRow>(`SELECT ${COLUMNS} FROM mailboxes WHERE id = ? AND gone IS NULL`, id);
}

export function rowByName(db: ReadHandle, person: number, name: string): MailboxRow | undefined {
  return db.get<MailboxRow>(
    `SELECT ${COLUMNS} FROM mailboxes WHERE person = ? AND name = ?`,
    person,
    canonicalName(name),
  );
}

export function rowsOfPerson(db: ReadHandle, person: number): MailboxRow[] {
  return db.all<MailboxRow>(
    `SELECT ${COLUMNS} FROM mailboxes WHERE person = ? AND name IS NOT NULL ORDER BY name`,
    person,
  );
}

/** @throws Fault user `no-mailbox`. */
export function requiredRow(db: ReadHandle, id: number): MailboxRow {
  const row = rowById(db, id);
  if (!row) throw noMailbox(id);
  return row;
}

/** Leaves room above for every mailbox to come. */
const LAST_SECOND = 0xf000_0000;

/** Seconds and at least one more than ever: a greater one also after a restore of an older database. */
export function nextValidity(tx: WriteTx, person: number, now: number, atLeast = 0): number {
  const last = tx.db.value<number>('SELECT validity FROM mailstores WHERE person = ?', person) ?? 0;
  // A clock beyond the range of the number (RFC 9051 section 9: 32 bits) is not listened to.
  const seconds = now / 1000 < LAST_SECOND ? Math.floor(now / 1000) : 0;
  const validity = Math.max(last + 1, atLeast + 1, seconds, 1);
  tx.db.run(
    `INSERT INTO mailstores (person, validity) VALUES (?, ?)
     ON CONFLICT (person) DO UPDATE SET validity = excluded.validity`,
    person,
    validity,
  );
  return validity;
}

/** The highest UIDVALIDITY this name had, when it was another mailbox's. */
export function formerValidity(db: ReadHandle, person: number, name: string): number {
  return (
    db.value<number>('SELECT validity FROM former_names WHERE person = ? AND name = ?', person, name) ?? 0
  );
}

/** Remembers that a name had this UIDVALIDITY. */
export function leaveName(tx: WriteTx, person: number, name: string, validity: number): void {
  tx.db.run(
    `INSERT INTO former_names (person, name, validity) VALUES (?, ?, ?)
     ON CONFLICT (person, name) DO UPDATE SET validity = max(validity, excluded.validity)`,
    person,
    name,
    validity,
  );
}

/** Makes one mailbox; its superiors are the caller's. `name` is canonical and free. */
export function insertMailbox(
  tx: WriteTx,
  input: { person: number; name: string; use: SpecialUse | null; now: number },
): number {
  const { person, name, use, now } = input;
  const count = tx.db.value<number>(
    'SELECT count(*) FROM mailboxes WHERE person = ? AND name IS NOT NULL',
    person,
  );
  if ((count ?? 0) >= MAX_MAILBOXES) {
    throw new Fault('user', 'too-many-mailboxes', 'There are too many mailboxes.', {
      detail: { limit: MAX_MAILBOXES },
    });
  }
  const { lastId } = tx.db.run(
    'INSERT INTO mailboxes (person, name, special_use, uidvalidity, modseq) VALUES (?, ?, ?, ?, ?)',
    person,
    name,
    use,
    nextValidity(tx, person, now, formerValidity(tx.db, person, name)),
    tx.modseq,
  );
  recordTree(tx, { p: person, k: 'created', name, id: lastId });
  return lastId;
}

/** Makes what is missing above a name (rule I33). */
export function ensureSuperiors(tx: WriteTx, person: number, name: string, now: number): void {
  for (const above of superiors(name)) {
    if (!rowByName(tx.db, person, above)) insertMailbox(tx, { person, name: above, use: null, now });
  }
}

export function subscribe(tx: WriteTx, person: number, name: string): void {
  tx.db.run('INSERT OR IGNORE INTO subscriptions (person, name) VALUES (?, ?)', person, name);
}

const STANDARD: readonly (readonly [name: string, use: SpecialUse])[] = [
  [INBOX, 'inbox'],
  ['Drafts', 'drafts'],
  ['Sent', 'sent'],
  ['Junk', 'junk'],
  ['Trash', 'trash'],
  ['Archive', 'archive'],
];

/** True when provision() would change nothing: asked at every sign-in, where a write would cost a commit. */
export function isProvisioned(db: ReadHandle, input: { person: number }): boolean {
  const uses = db.pluck<string>(
    'SELECT DISTINCT special_use FROM mailboxes WHERE person = ? AND name IS NOT NULL AND special_use IS NOT NULL',
    input.person,
  );
  return STANDARD.every(([, use]) => uses.includes(use));
}

/** What a person has from the beginning, subscribed (rule I38). */
export function provision(tx: WriteTx, input: { person: number; now: number }): void {
  const { person, now } = input;
  for (const [name, use] of STANDARD) {
    const has = 'SELECT 1 FROM mailboxes WHERE person = ? AND special_use = ? AND name IS NOT NULL';
    if (tx.db.value(has, person, use) !== undefined) continue;
    const found = rowByName(tx.db, person, name);
    if (found) tx.db.run('UPDATE mailboxes SET special_use = ? WHERE id = ?', use, found.id);
    else insertMailbox(tx, { person, name, use, now });
    subscribe(tx, person, name);
  }
}

/** The inbox, made if the person has none yet. */
export function inboxOf(tx: WriteTx, person: number, now: number): MailboxRow {
  const found = rowByName(tx.db, person, INBOX);
  if (found) return found;
  provision(tx, { person, now });
  return rowByName(tx.db, person, INBOX) as MailboxRow;
}

/** Sums of messages that came into or left a mailbox. */
export class Tally {
  messages = 0;
  unseen = 0;
  deleted = 0;
  size = 0;

  add(flags: number, size: number): void {
    this.messages += 1;
    if ((flags & SEEN) === 0) this.unseen += 1;
    if ((flags & DELETED) !== 0) this.deleted += 1;
    this.size += size;
  }
}

/**
 * Counts messages in (`sign` 1) or out (-1); the mailbox gets this write's modseq.
 * @param uidNext where messages came in; UIDNEXT never falls, whoever calls.
 */
export function count(
  tx: WriteTx,
  row: { id: number; person: number },
  tally: Tally,
  sign: 1 | -1,
  uidNext = 0,
): void {
  tx.db.run(
    `UPDATE mailboxes SET messages = messages + ?, unseen = unseen + ?, deleted = deleted + ?, size = size + ?,
       modseq = ?, uidnext = max(uidnext, ?) WHERE id = ?`,
    sign * tally.messages,
    sign * tally.unseen,
    sign * tally.deleted,
    sign * tally.size,
    tx.modseq,
    uidNext,
    row.id,
  );
  countPerson(tx, row.person, sign * tally.messages, sign * tally.size);
}

/** What the person holds in all: quota answers from it. */
export function countPerson(tx: WriteTx, person: number, messages: number, bytes: number): void {
  tx.db.run(
    'UPDATE mailstores SET messages = messages + ?, bytes = bytes + ? WHERE person = ?',
    messages,
    bytes,
    person,
  );
}

/** The first of `n` new UIDs; count() takes them. `row` was read in this write, after everything it has put in. */
export function uidsFor(row: MailboxRow, n: number): number {
  if (row.uidnext + n > 0xffff_ffff) {
    throw new Fault('internal', 'uids-used-up', 'The mailbox has given out all its numbers.');
  }
  return row.uidnext;
}

/** Flags changed: the mailbox gets this write's modseq. */
export function recount(tx: WriteTx, id: number, unseen: number, deleted: number): void {
  tx.db.run(
    'UPDATE mailboxes SET unseen = unseen + ?, deleted = deleted + ?, modseq = ? WHERE id = ?',
    unseen,
    deleted,
    tx.modseq,
    id,
  );
}
