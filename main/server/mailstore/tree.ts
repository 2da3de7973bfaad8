/**
 * CREATE, DELETE, RENAME and subscriptions (rule I33). A mailbox keeps its id and UIDVALIDITY over a rename; a deleted one
 * gives its name back at once and its letters later (sweep.ts). Subscriptions are names and are not touched by any of it.
 */
import { Fault } from '../../base/errors.ts';
import { MAX_MAILBOXES } from '../../base/limits.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { recordMailbox, recordTree } from './change-record.ts';
import { expungeBetween } from './expunge.ts';
import { admitKeywords, mailboxKeywords } from './keywords.ts';
import {
  count,
  countPerson,
  ensureSuperiors,
  formerValidity,
  insertMailbox,
  leaveName,
  type MailboxRow,
  nextValidity,
  noMailbox,
  requiredRow,
  rowByName,
  subscribe,
  Tally,
} from './mailbox-rows.ts';
import type { SpecialUse } from './mailstore.ts';
import { badName, canonicalName, INBOX, inferiorBounds, newName } from './names.ts';

export interface CreateInput {
  readonly person: number;
  readonly name: string;
  readonly use: SpecialUse | null;
  readonly now: number;
}

function exists(name: string): Fault {
  return new Fault('user', 'mailbox-exists', 'There is a mailbox of this name already.', {
    detail: { name },
  });
}

/** True where the name holds other mailboxes. */
function hasInferiors(db: ReadHandle, person: number, name: string): boolean {
  const [from, before] = inferiorBounds(name);
  const sql = 'SELECT 1 FROM mailboxes WHERE person = ? AND name >= ? AND name < ? LIMIT 1';
  return db.value(sql, person, from, before) !== undefined;
}

/** @throws Fault user `mailbox-name`, `mailbox-exists`, `special-use` (there is one already), `too-many-mailboxes`. */
export function createMailbox(tx: WriteTx, input: CreateInput): number {
  const { person, use, now } = input;
  const name = newName(input.name);
  if (rowByName(tx.db, person, name)) throw exists(name);
  if (use !== null) {
    const sql = 'SELECT 1 FROM mailboxes WHERE person = ? AND special_use = ? AND name IS NOT NULL';
    if (tx.db.value(sql, person, use) !== undefined) {
      throw new Fault('user', 'special-use', 'There is a mailbox for this use already.', { detail: { use } });
    }
  }
  ensureSuperiors(tx, person, name, now);
  return insertMailbox(tx, { person, name, use, now });
}

export interface RemoveInput {
  readonly person: number;
  readonly name: string;
  readonly now: number;
}

/** Takes a mailbox out of sight: O(1), whatever it holds. */
export function detach(tx: WriteTx, row: MailboxRow, now: number): void {
  leaveName(tx, row.person, row.name, row.uidvalidity);
  tx.db.run('UPDATE mailboxes SET name = NULL, gone = ?, modseq = ? WHERE id = ?', now, tx.modseq, row.id);
  countPerson(tx, row.person, -row.messages, -row.size);
  recordMailbox(tx, { m: row.id, n: row.uidnext, d: 1 });
  recordTree(tx, { p: row.person, k: 'deleted', name: row.name, id: row.id });
}

/** @throws Fault user `inbox`, `no-mailbox`, `has-children` (for a name that only holds others). */
export function removeMailbox(tx: WriteTx, input: RemoveInput): void {
  const name = canonicalName(input.name);
  if (name === INBOX) throw new Fault('user', 'inbox', 'The inbox cannot be deleted.');
  const row = rowByName(tx.db, input.person, name);
  if (row) {
    detach(tx, row, input.now);
    return;
  }
  // RFC 9051 section 6.3.5: a \Noselect name with inferiors is an error to delete.
  if (hasInferiors(tx.db, input.person, name)) {
    throw new Fault('user', 'has-children', 'There are other mailboxes below this name.', {
      detail: { name },
    });
  }
  throw noMailbox(name);
}

export interface RenameInput {
  readonly person: number;
  readonly from: string;
  readonly to: string;
  readonly now: number;
}

/**
 * With everything below it (RFC 9051 section 6.3.6). RENAME INBOX moves its messages; INBOX stays, empty, and so do the
 * mailboxes below it.
 * @throws Fault user `no-mailbox`, `mailbox-exists`, `mailbox-name` (also into its own subtree).
 */
export function renameMailbox(tx: WriteTx, input: RenameInput): void {
  const { person, now } = input;
  const from = canonicalName(input.from);
  const to = newName(input.to);
  const row = rowByName(tx.db, person, from);
  if (!row && !hasInferiors(tx.db, person, from)) throw noMailbox(from);
  if (rowByName(tx.db, person, to) || hasInferiors(tx.db, person, to)) throw exists(to);
  if (to.startsWith(`${from}/`) && from !== INBOX) throw badName(to);
  ensureSuperiors(tx, person, to, now);
  if (from === INBOX) {
    if (!row) throw noMailbox(from);
    moveInbox(tx, row, to, now);
    return;
  }
  const [below, before] = inferiorBounds(from);
  const moved = tx.db.all<{ id: number; name: string; uidvalidity: number }>(
    'SELECT id, name, uidvalidity FROM mailboxes WHERE person = ? AND (name = ? OR (name >= ? AND name < ?)) ORDER BY name',
    person,
    from,
    below,
    before,
  );
  for (const each of moved) {
    const name = newName(to + each.name.slice(from.length));
    leaveName(tx, person, each.name, each.uidvalidity);
    // UIDVALIDITY goes with the mailbox, unless another one of that name once had a greater one; an equal one was its own.
    const former = formerValidity(tx.db, person, name);
    const validity = former > each.uidvalidity ? nextValidity(tx, person, now, former) : each.uidvalidity;
    tx.db.run('UPDATE mailboxes SET name = ?, uidvalidity = ? WHERE id = ?', name, validity, each.id);
    recordTree(tx, { p: person, k: 'renamed', name, old: each.name, id: each.id });
  }
}

function moveInbox(tx: WriteTx, inbox: MailboxRow, to: string, now: number): void {
  const id = insertMailbox(tx, { person: inbox.person, name: to, use: null, now });
  const last = inbox.uidnext - 1;
  // The new mailbox has the same numbers under a UIDVALIDITY of its own.
  tx.db.run(
    `INSERT INTO messages (mailbox, uid, letter, flags, keywords, size, internal_date, zone, save_date, modseq)
     SELECT ?, uid, letter, flags, keywords, size, internal_date, zone, save_date, ? FROM messages WHERE mailbox = ?`,
    id,
    tx.modseq,
    inbox.id,
  );
  tx.db.run(
    `UPDATE letters SET uses = uses + n FROM (SELECT letter, count(*) AS n FROM messages WHERE mailbox = ? GROUP BY letter) AS held
     WHERE letters.id = held.letter`,
    id,
  );
  expungeBetween(tx, { mailbox: inbox.id, first: 1, last, marked: false, now });
  tx.db.run(
    'UPDATE mailboxes SET uidnext = ?, recent_from = ? WHERE id = ?',
    inbox.uidnext,
    inbox.recent_from,
    id,
  );
  admitKeywords(tx, id, mailboxKeywords(tx.db, inbox.id));
  const tally = Object.assign(new Tally(), {
    messages: inbox.messages,
    unseen: inbox.unseen,
    deleted: inbox.deleted,
    size: inbox.size,
  });
  count(tx, inbox, tally, -1);
  count(tx, requiredRow(tx.db, id), tally, 1);
  if (inbox.messages > 0) recordMailbox(tx, { m: inbox.id, n: inbox.uidnext, v: [1, last] });
}

export interface SubscribeInput {
  readonly person: number;
  readonly name: string;
  readonly subscribed: boolean;
}

/** A name need not exist to be subscribed (RFC 9051 section 6.3.7). @throws Fault user `mailbox-name`. */
export function setSubscribed(tx: WriteTx, input: SubscribeInput): void {
  const { person, subscribed } = input;
  const name = subscribed ? newName(input.name) : canonicalName(input.name);
  if (subscribed) {
    const held = tx.db.value<number>('SELECT count(*) FROM subscriptions WHERE person = ?', person) ?? 0;
    if (held >= MAX_MAILBOXES * 2) {
      throw new Fault('user', 'too-many-mailboxes', 'There are too many subscriptions.');
    }
    subscribe(tx, person, name);
  } else {
    tx.db.run('DELETE FROM subscriptions WHERE person = ? AND name = ?', person, name);
  }
  const id = rowByName(tx.db, person, name)?.id ?? 0;
  recordTree(tx, { p: person, k: 'subscribed', name, id });
}

/** All of a person's mailboxes go, with their subscriptions: the person has left the office. */
export function removeAll(tx: WriteTx, input: { person: number; now: number }): void {
  const ids = tx.db.pluck<number>(
    'SELECT id FROM mailboxes WHERE person = ? AND name IS NOT NULL',
    input.person,
  );
  for (const id of ids) detach(tx, requiredRow(tx.db, id), input.now);
  tx.db.run('DELETE FROM subscriptions WHERE person = ?', input.person);
}
