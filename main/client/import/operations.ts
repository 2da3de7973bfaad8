/** Named reads and writes of moving in and out: twins of letters, pages with marks, reports, backups. */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import type { BringReport } from './report.ts';

export interface TwinQuestion {
  /** null: any folder. */
  folder: number | null;
  messageId: string;
}
export interface Twin {
  /** Which question it answers. */
  n: number;
  blob: Uint8Array;
  size: number;
}

export interface MarkedLetter {
  id: number;
  key: number;
  blob: Uint8Array | null;
  received: number;
  size: number;
  flags: number;
  keywords: string;
  from: string;
}

export interface StoredReport {
  id: number;
  at: number;
  subject: string;
  report: BringReport;
}

export interface BackupRow {
  id: number;
  at: number;
  path: string;
  bytes: number;
  messages: number;
  passwords: boolean;
}

const REPORTS_KEPT = 20;
const BACKUPS_KEPT = 50;
/** Copies of one letter that are compared: a letter that is there more often is found among the first. */
const TWINS = 8;

export const movingReads = {
  /** Letters with the same Message-ID whose octets are here. `before`: only letters with a smaller id. */
  'moving.twins'(db: ReadHandle, input: { questions: TwinQuestion[]; before: number | null }): Twin[] {
    return input.questions.flatMap(({ folder, messageId }, n) =>
      db
        .all<{ blob: Uint8Array; size: number }>(
          // The index of Message-IDs leaves the empty ones out, so it serves only a question that does so too.
          `SELECT DISTINCT blob, size FROM messages WHERE message_id = ? AND message_id != '' AND blob IS NOT NULL
           AND (?2 IS NULL OR folder = ?2) AND (?3 IS NULL OR id < ?3) LIMIT ${TWINS}`,
          messageId,
          folder,
          input.before,
        )
        .map((each) => ({ n, ...each })),
    );
  },
  /** One more than the highest id given so far. */
  'moving.nextId': (db: ReadHandle): number =>
    (db.value<number>("SELECT seq FROM sqlite_sequence WHERE name = 'messages'") ?? 0) + 1,
  /** A folder's letters with their marks, oldest first, after `after`. */
  'moving.page': (db: ReadHandle, input: { folder: number; after: number; limit: number }): MarkedLetter[] =>
    db.all<MarkedLetter>(
      `SELECT id, key, blob, received, size, flags, keywords, from_address AS "from" FROM messages
       WHERE folder = ? AND key > ? ORDER BY key LIMIT ?`,
      input.folder,
      input.after,
      input.limit,
    ),
  /** Letters of the outbox that have not gone: they belong to a moment and an account, and are in no export. */
  'moving.unsent': (db: ReadHandle): { id: number; subject: string }[] =>
    db.all("SELECT id, subject FROM outbox WHERE purpose != 'receipt' AND state != 'sent' ORDER BY id"),
  'moving.reports': (db: ReadHandle): StoredReport[] =>
    db
      .all<{ id: number; at: number; subject: string; report: string }>(
        'SELECT id, at, subject, report FROM import_reports ORDER BY id DESC',
      )
      .map((row) => ({ ...row, report: JSON.parse(row.report) as BringReport })),
  'moving.backups': (db: ReadHandle): BackupRow[] =>
    db
      .all<Omit<BackupRow, 'passwords'> & { passwords: number }>(
        'SELECT id, at, path, bytes, messages, passwords FROM backups ORDER BY id DESC',
      )
      .map((row) => ({ ...row, passwords: row.passwords !== 0 })),
};

export const movingWrites = {
  'moving.report'(tx: WriteTx, input: { at: number; subject: string; report: BringReport }): void {
    tx.db.run(
      'INSERT INTO import_reports (at, subject, report) VALUES (?, ?, ?)',
      input.at,
      input.subject,
      JSON.stringify(input.report),
    );
    tx.db.run(
      `DELETE FROM import_reports WHERE id NOT IN (SELECT id FROM import_reports ORDER BY id DESC LIMIT ${REPORTS_KEPT})`,
    );
  },
  'moving.backup'(tx: WriteTx, input: Omit<BackupRow, 'id'>): void {
    tx.db.run(
      'INSERT INTO backups (at, path, bytes, messages, passwords) VALUES (?, ?, ?, ?, ?)',
      input.at,
      input.path,
      input.bytes,
      input.messages,
      input.passwords ? 1 : 0,
    );
    tx.db.run(
      `DELETE FROM backups WHERE id NOT IN (SELECT id FROM backups ORDER BY id DESC LIMIT ${BACKUPS_KEPT})`,
    );
  },
  /** Tags of an origin that its letters do carry; one that is here by its keyword keeps its name and colour. */
  'moving.tags'(tx: WriteTx, input: { tags: { name: string; colour: string; keyword: string }[] }): void {
    for (const { name, colour, keyword } of input.tags) {
      if (tx.db.value('SELECT 1 FROM tags WHERE keyword = ?', keyword) !== undefined) continue;
      const taken = tx.db.value('SELECT 1 FROM tags WHERE name = ?', name) !== undefined;
      tx.db.run(
        'INSERT INTO tags (name, colour, keyword, position) VALUES (?, ?, ?, (SELECT count(*) FROM tags))',
        taken ? `${name} (${keyword})` : name,
        colour,
        keyword,
      );
    }
    tx.change('tags', {});
  },
};
