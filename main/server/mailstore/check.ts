/**
 * Do the rows agree with each other, with their counters and with the blobs? What is counted can be counted again and
 * repaired; what is lost is only told. The octets themselves are the store's to check.
 */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { decodePartOffsets } from './wire-text/part-offsets.ts';

export interface MailstoreProblem {
  readonly code:
    | 'mailbox-counters'
    | 'person-counters'
    | 'uid-next'
    | 'modseq'
    | 'uid-validity'
    | 'uid-twice'
    | 'letter-missing'
    | 'letter-size'
    | 'letter-uses'
    | 'letter-texts'
    | 'letter-octets'
    | 'parts-damaged';
  readonly message: string;
  /** True where repair makes it right. */
  readonly repairable: boolean;
}

export interface MailstoreReport {
  readonly mailboxes: number;
  readonly messages: number;
  readonly letters: number;
  readonly problems: readonly MailstoreProblem[];
}

/** Problems told; a longer list says nothing more. */
const MOST = 1000;

/** Counters as the rows say, for every mailbox. */
const COUNTED = `
  SELECT b.id AS id, b.person AS person, count(m.uid) AS messages,
    coalesce(sum(m.flags & 1 = 0), 0) AS unseen, coalesce(sum(m.flags & 8 <> 0), 0) AS deleted,
    coalesce(sum(m.size), 0) AS size
  FROM mailboxes b LEFT JOIN messages m ON m.mailbox = b.id GROUP BY b.id`;

const WRONG_MAILBOXES = `
  SELECT b.id AS id, b.name AS name FROM mailboxes b JOIN (${COUNTED}) c ON c.id = b.id
  WHERE b.gone IS NULL
    AND (b.messages <> c.messages OR b.unseen <> c.unseen OR b.deleted <> c.deleted OR b.size <> c.size)`;

/** What each person holds in mailboxes that are there. */
const HELD = `
  SELECT p.person AS person, coalesce(sum(b.messages), 0) AS messages, coalesce(sum(b.size), 0) AS bytes
  FROM mailstores p LEFT JOIN (SELECT c.person, c.messages, c.size FROM (${COUNTED}) c
    JOIN mailboxes live ON live.id = c.id AND live.gone IS NULL) b ON b.person = p.person
  GROUP BY p.person`;

const WRONG_PEOPLE = `
  SELECT p.person AS person FROM mailstores p JOIN (${HELD}) h ON h.person = p.person
  WHERE p.messages <> h.messages OR p.bytes <> h.bytes`;

const WRONG_NEXT = `
  SELECT b.id AS id, b.name AS name, b.uidnext AS found, max(r.uid) + 1 AS least FROM mailboxes b
  JOIN (SELECT mailbox, uid FROM messages UNION ALL SELECT mailbox, uid FROM expunged) r ON r.mailbox = b.id
  GROUP BY b.id HAVING max(r.uid) >= b.uidnext`;

const WRONG_MODSEQ = `
  SELECT b.id AS id, b.name AS name, max(r.modseq) AS least FROM mailboxes b
  JOIN (SELECT mailbox, modseq FROM messages UNION ALL SELECT mailbox, modseq FROM expunged) r ON r.mailbox = b.id
  GROUP BY b.id HAVING max(r.modseq) > b.modseq`;

const USED = `
  SELECT letter, count(*) AS uses FROM (
    SELECT letter FROM messages UNION ALL SELECT letter FROM expunged WHERE letter IS NOT NULL
  ) GROUP BY letter`;

const WRONG_USES = `
  SELECT l.id AS id, l.uses AS found, coalesce(u.uses, 0) AS uses FROM letters l
  LEFT JOIN (${USED}) u ON u.letter = l.id WHERE l.uses <> coalesce(u.uses, 0)`;

/** Verifies everything; changes nothing. */
export function checkMailstore(db: ReadHandle): MailstoreReport {
  const problems: MailstoreProblem[] = [];
  const say = (code: MailstoreProblem['code'], message: string, repairable = false): void => {
    if (problems.length < MOST) problems.push({ code, message, repairable });
  };
  const name = (row: { id: number; name: string | null }) => `Mailbox ${row.id} (${row.name ?? 'deleted'})`;
  type Named = { id: number; name: string | null };
  for (const row of db.iterate<Named>(WRONG_MAILBOXES)) {
    say('mailbox-counters', `${name(row)} does not count what it holds.`, true);
  }
  for (const { person } of db.iterate<{ person: number }>(WRONG_PEOPLE)) {
    say('person-counters', `Person ${person} does not count what the mailboxes hold.`, true);
  }
  for (const row of db.iterate<Named & { found: number; least: number }>(WRONG_NEXT)) {
    say('uid-next', `${name(row)} would give out UID ${row.found} again.`, true);
  }
  for (const row of db.iterate<Named>(WRONG_MODSEQ)) {
    say('modseq', `${name(row)} has changes after its own modseq.`, true);
  }
  for (const row of db.iterate<Named>(
    `SELECT b.id AS id, b.name AS name FROM mailboxes b LEFT JOIN mailstores p ON p.person = b.person
     WHERE p.validity IS NULL OR b.uidvalidity > p.validity OR b.uidvalidity < 1`,
  )) {
    say('uid-validity', `${name(row)} has a UIDVALIDITY that was never given out.`, true);
  }
  for (const row of db.iterate<{ mailbox: number; uid: number }>(
    'SELECT m.mailbox AS mailbox, m.uid AS uid FROM expunged e JOIN messages m ON m.mailbox = e.mailbox AND m.uid = e.uid',
  )) {
    say('uid-twice', `UID ${row.uid} of mailbox ${row.mailbox} is there and expunged.`);
  }
  for (const row of db.iterate<{ mailbox: number; uid: number; size: number | null }>(
    `SELECT m.mailbox AS mailbox, m.uid AS uid, l.size AS size FROM messages m LEFT JOIN letters l ON l.id = m.letter
     WHERE l.id IS NULL OR l.size <> m.size`,
  )) {
    const code = row.size === null ? 'letter-missing' : 'letter-size';
    say(code, `UID ${row.uid} of mailbox ${row.mailbox} does not fit its letter.`);
  }
  checkLetters(db, say);
  return {
    mailboxes: db.value<number>('SELECT count(*) FROM mailboxes WHERE gone IS NULL') ?? 0,
    messages: db.value<number>('SELECT coalesce(sum(messages), 0) FROM mailboxes WHERE gone IS NULL') ?? 0,
    letters: db.value<number>('SELECT count(*) FROM letters') ?? 0,
    problems,
  };
}

function checkLetters(
  db: ReadHandle,
  say: (code: MailstoreProblem['code'], message: string, repairable?: boolean) => void,
): void {
  for (const row of db.iterate<{ id: number; found: number; uses: number }>(WRONG_USES)) {
    say('letter-uses', `Letter ${row.id} counts ${row.found} uses and has ${row.uses}.`, true);
  }
  for (const { id } of db.iterate<{ id: number }>(
    `SELECT l.id AS id FROM letters l LEFT JOIN blobs b ON b.hash = l.hash
     WHERE b.hash IS NULL OR b.raw <> l.size OR b.refs < 1`,
  )) {
    say('letter-octets', `The octets of letter ${id} are not stored.`);
  }
  for (const { id } of db.iterate<{ id: number }>(
    `SELECT l.id AS id FROM letters l LEFT JOIN letter_texts t ON t.letter = l.id
     LEFT JOIN letter_sort s ON s.letter = l.id WHERE t.letter IS NULL OR s.letter IS NULL`,
  )) {
    say('letter-texts', `Letter ${id} has no prepared texts.`);
  }
  for (const { letter, parts } of db.iterate<{ letter: number; parts: Uint8Array }>(
    'SELECT letter, parts FROM letter_texts',
  )) {
    try {
      decodePartOffsets(parts);
    } catch {
      say('parts-damaged', `The index of letter ${letter} is damaged.`);
    }
  }
}

/** Counts again what can be counted; how many rows were set right. Numbers only ever rise. */
export function repairMailstore(tx: WriteTx): number {
  let repaired = 0;
  for (const { id } of tx.db.all<{ id: number }>(WRONG_MAILBOXES)) {
    repaired += tx.db.run(
      `UPDATE mailboxes SET messages = c.messages, unseen = c.unseen, deleted = c.deleted, size = c.size
       FROM (${COUNTED}) c WHERE c.id = mailboxes.id AND mailboxes.id = ?`,
      id,
    ).changes;
  }
  for (const { id, least } of tx.db.all<{ id: number; least: number }>(WRONG_NEXT)) {
    repaired += tx.db.run('UPDATE mailboxes SET uidnext = ? WHERE id = ?', least, id).changes;
  }
  for (const { id } of tx.db.all<{ id: number }>(WRONG_MODSEQ)) {
    repaired += tx.db.run('UPDATE mailboxes SET modseq = ? WHERE id = ?', tx.modseq, id).changes;
  }
  repaired += tx.db.run(
    `INSERT INTO mailstores (person, validity) SELECT person, max(uidvalidity) FROM mailboxes WHERE true GROUP BY person
     ON CONFLICT (person) DO UPDATE SET validity = excluded.validity WHERE excluded.validity > validity`,
  ).changes;
  for (const { person } of tx.db.all<{ person: number }>(WRONG_PEOPLE)) {
    repaired += tx.db.run(
      `UPDATE mailstores SET messages = h.messages, bytes = h.bytes FROM (${HELD}) h
       WHERE h.person = mailstores.person AND mailstores.person = ?`,
      person,
    ).changes;
  }
  for (const { id, uses } of tx.db.all<{ id: number; uses: number }>(WRONG_USES)) {
    // One that nobody uses is told, not thrown away: it may be all that is left of something.
    repaired += tx.db.run('UPDATE letters SET uses = ? WHERE id = ?', uses, id).changes;
  }
  return repaired;
}
