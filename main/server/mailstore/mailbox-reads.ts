/** What LIST, STATUS and SELECT ask: names with their counters, and one mailbox as it is opened. */
import type { ReadHandle } from '../../store/program.ts';
import { mailboxKeywords } from './keywords.ts';
import { type MailboxRow, rowById, rowByName, rowsOfPerson } from './mailbox-rows.ts';
import type { Mailbox, OpenedMailbox, UidRanges } from './mailstore.ts';
import { canonicalName, superiors } from './names.ts';

/** Messages from `recent_from` on; usually none, or the few that have just come. */
function recentOf(db: ReadHandle, row: MailboxRow): number {
  if (row.recent_from >= row.uidnext || row.messages === 0) return 0;
  const sql = 'SELECT count(*) FROM messages WHERE mailbox = ? AND uid >= ?';
  return db.value<number>(sql, row.id, row.recent_from) ?? 0;
}

function mailboxOf(db: ReadHandle, row: MailboxRow, subscribed: boolean): Mailbox {
  return {
    id: row.id,
    personId: row.person,
    name: row.name,
    use: row.special_use,
    subscribed,
    selectable: true,
    exists: true,
    uidValidity: row.uidvalidity,
    uidNext: row.uidnext,
    highestModseq: row.modseq,
    messages: row.messages,
    unseen: row.unseen,
    deleted: row.deleted,
    size: row.size,
    recent: recentOf(db, row),
  };
}

/** A name without a mailbox: `exists` for one that holds others. */
function bareName(personId: number, name: string, subscribed: boolean, exists: boolean): Mailbox {
  return {
    id: 0,
    personId,
    name,
    use: null,
    subscribed,
    selectable: false,
    exists,
    uidValidity: 0,
    uidNext: 0,
    highestModseq: 0,
    messages: 0,
    unseen: 0,
    deleted: 0,
    size: 0,
    recent: 0,
  };
}

export function listMailboxes(db: ReadHandle, input: { person: number }): Mailbox[] {
  const { person } = input;
  const subscribed = new Set(
    db.pluck<string>('SELECT name FROM subscriptions WHERE person = ? ORDER BY name', person),
  );
  const found = new Map<string, Mailbox>();
  const rows = rowsOfPerson(db, person);
  for (const row of rows) found.set(row.name, mailboxOf(db, row, subscribed.has(row.name)));
  for (const row of rows) {
    for (const above of superiors(row.name)) {
      if (!found.has(above)) found.set(above, bareName(person, above, subscribed.has(above), true));
    }
  }
  for (const name of subscribed) if (!found.has(name)) found.set(name, bareName(person, name, true, false));
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isSubscribed(db: ReadHandle, person: number, name: string): boolean {
  return db.value('SELECT 1 FROM subscriptions WHERE person = ? AND name = ?', person, name) !== undefined;
}

export function findMailbox(db: ReadHandle, input: { person: number; name: string }): Mailbox | undefined {
  const row = rowByName(db, input.person, canonicalName(input.name));
  return row && mailboxOf(db, row, isSubscribed(db, row.person, row.name));
}

export function findMailboxById(db: ReadHandle, input: { id: number }): Mailbox | undefined {
  const row = rowById(db, input.id);
  return row && mailboxOf(db, row, isSubscribed(db, row.person, row.name));
}

/** All UIDs as ranges of consecutive numbers. */
export function uidRanges(db: ReadHandle, row: Pick<MailboxRow, 'id' | 'messages'>): UidRanges {
  if (row.messages === 0) return [];
  const ends = db.get<{ first: number; last: number }>(
    `SELECT (SELECT uid FROM messages WHERE mailbox = ?1 ORDER BY uid LIMIT 1) AS first,
       (SELECT uid FROM messages WHERE mailbox = ?1 ORDER BY uid DESC LIMIT 1) AS last`,
    row.id,
  );
  if (!ends) return [];
  // No gaps: most mailboxes most of the time.
  if (ends.last - ends.first + 1 === row.messages) return [[ends.first, ends.last]];
  return db
    .all<{ first: number; last: number }>(
      `SELECT min(uid) AS first, max(uid) AS last
       FROM (SELECT uid, uid - row_number() OVER (ORDER BY uid) AS island FROM messages WHERE mailbox = ?)
       GROUP BY island ORDER BY 1`,
      row.id,
    )
    .map(({ first, last }) => [first, last] as const);
}

export function openMailbox(
  db: ReadHandle,
  input: { id: number },
): (Omit<OpenedMailbox, 'recentFrom'> & { recentStored: number }) | undefined {
  const row = rowById(db, input.id);
  if (!row) return undefined;
  const unseen = 'SELECT uid FROM messages WHERE mailbox = ? AND flags & 1 = 0 ORDER BY uid LIMIT 1';
  return {
    mailbox: mailboxOf(db, row, isSubscribed(db, row.person, row.name)),
    uids: uidRanges(db, row),
    firstUnseen: row.unseen === 0 ? null : (db.value<number>(unseen, row.id) ?? null),
    keywords: mailboxKeywords(db, row.id),
    recentStored: row.recent_from,
  };
}

export function recentFrom(db: ReadHandle, input: { id: number }): number {
  return rowById(db, input.id)?.recent_from ?? 1;
}
