/** SORT (RFC 5256 section 3, RFC 5957): keys are read once, compared by i;unicode-casemap, ties by message number. */
import type { ReadHandle } from '../../../store/program.ts';
import type { SortKey } from '../search-key.ts';
import type { Uids } from './evaluate.ts';

interface SortRow {
  uid: number;
  arrival: number;
  size: number;
  sent: number | null;
  subject: string;
  from_key: string;
  to_key: string;
  cc_key: string;
  display_from: string;
  display_to: string;
}

const COLUMNS = `m.uid AS uid, m.internal_date AS arrival, m.size AS size, l.sent AS sent, s.subject AS subject,
  s.from_key AS from_key, s.to_key AS to_key, s.cc_key AS cc_key, s.display_from AS display_from, s.display_to AS display_to`;
/** Rows read between two looks at the caller. */
const SLICE = 5000;

/** RFC 5051: titlecase and canonical decomposition; upper case stands for titlecase here. */
export function casemap(text: string): string {
  return text.toUpperCase().normalize('NFKD');
}

type Comparable = string | number;

function keyOf(row: SortRow, by: SortKey['by']): Comparable {
  switch (by) {
    case 'arrival':
      return row.arrival;
    case 'size':
      return row.size;
    case 'date':
      // RFC 5256 section 2.2: without a usable Date, INTERNALDATE.
      return row.sent ?? row.arrival;
    case 'subject':
      return casemap(row.subject);
    case 'from':
      return casemap(row.from_key);
    case 'to':
      return casemap(row.to_key);
    case 'cc':
      return casemap(row.cc_key);
    case 'displayfrom':
      return casemap(row.display_from);
    case 'displayto':
      return casemap(row.display_to);
  }
}

/** @param uids ascending, which is the order of message numbers. */
export function sortUids(db: ReadHandle, mailbox: number, uids: Uids, keys: readonly SortKey[]): Uids {
  const rows: { uid: number; keys: Comparable[] }[] = [];
  for (let from = 0; from < uids.length; from += SLICE) {
    db.checkCancelled();
    const slice = JSON.stringify([...uids.subarray(from, from + SLICE)]);
    const read = db.iterate<SortRow>(
      `SELECT ${COLUMNS} FROM json_each(?) c JOIN messages m ON m.mailbox = ? AND m.uid = c.value
         JOIN letters l ON l.id = m.letter JOIN letter_sort s ON s.letter = m.letter`,
      slice,
      mailbox,
    );
    for (const row of read) rows.push({ uid: row.uid, keys: keys.map(({ by }) => keyOf(row, by)) });
  }
  rows.sort((a, b) => {
    for (let at = 0; at < keys.length; at += 1) {
      const x = a.keys[at]!;
      const y = b.keys[at]!;
      if (x !== y) return (x < y ? -1 : 1) * (keys[at]!.reverse ? -1 : 1);
    }
    return a.uid - b.uid;
  });
  return Uint32Array.from(rows, (row) => row.uid);
}
