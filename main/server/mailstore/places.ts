/** Whose letters a damaged blob is, or all blobs of a lost segment: what a report of damage has to say. */
import type { ReadHandle } from '../../store/program.ts';

export interface DamagedLetter {
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
  readonly segment: number;
  readonly person: number;
  readonly folder: string;
  readonly uid: number;
}

/** One pass over all messages, however many blobs are asked for. At most `most` letters. */
export function lettersIn(
  db: ReadHandle,
  { hashes, segments, most }: { hashes: readonly string[]; segments: readonly number[]; most: number },
): DamagedLetter[] {
  return db.all<DamagedLetter>(
    `SELECT lower(hex(l.hash)) AS hash, x.segment AS segment, b.person AS person, b.name AS folder, m.uid AS uid
     FROM messages m JOIN letters l ON l.id = m.letter JOIN blobs x ON x.hash = l.hash
     JOIN mailboxes b ON b.id = m.mailbox AND b.gone IS NULL
     WHERE l.hash IN (SELECT unhex(value) FROM json_each(?)) OR x.segment IN (SELECT value FROM json_each(?))
     ORDER BY b.person, b.name, m.uid LIMIT ?`,
    JSON.stringify(hashes),
    JSON.stringify(segments),
    most,
  );
}
