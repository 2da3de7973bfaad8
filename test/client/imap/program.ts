/** The client's program and a few reads that look at rows as no person does. */

import { queueOperation } from '../../../main/client/imap/oplog.ts';
import { FLAG, insertMessage, type LetterFacts } from '../../../main/client/messages/rows.ts';
import { program as client } from '../../../main/client/program.ts';
import type { Program, ReadHandle, WriteTx } from '../../../main/store/program.ts';
import type { PreparedBlob } from '../../../main/store/record.ts';

export interface Seen {
  id: number;
  uid: number | null;
  subject: string;
  flags: number;
  keywords: string;
  server: number;
  body: number;
  path: string;
}

/** A letter put into a folder here, to be told to the server: what the outbox and drafts do. */
function append(
  tx: WriteTx,
  input: { account: number; folder: number; facts: LetterFacts; blob: PreparedBlob },
): number {
  tx.blobs.append(input.blob);
  const { facts, folder, account } = input;
  const message = insertMessage(tx, {
    folder,
    uid: null,
    received: tx.now,
    flags: FLAG.seen,
    keywords: [],
    facts,
    blob: input.blob.hash,
    head: null,
  });
  queueOperation(tx, {
    kind: 'append',
    account,
    folder,
    message,
    blob: input.blob.hash,
    flags: FLAG.seen,
    keywords: '',
    date: tx.now,
    messageId: facts.messageId,
  });
  return message;
}

export const program = {
  ...client,
  writes: { ...client.writes, 'test.append': append },
  reads: {
    ...client.reads,
    'test.rows': (db: ReadHandle, account: number): Seen[] =>
      db.all<Seen>(
        `SELECT m.id, m.uid, m.subject, m.flags, m.keywords, m.server_flags AS server, m.body, f.path
         FROM messages m JOIN folders f ON f.id = m.folder WHERE m.account = ? ORDER BY f.path, m.uid, m.id`,
        account,
      ),
    'test.operations': (db: ReadHandle): Record<string, unknown>[] =>
      db.all('SELECT id, kind, folder, message, uid, payload, state, attempts FROM operations ORDER BY id'),
    'test.purged': (db: ReadHandle): number => db.value<number>('SELECT count(*) FROM purged') ?? 0,
    'test.counters': (db: ReadHandle): { path: string; total: number; counted: number }[] =>
      db.all(
        'SELECT path, total, (SELECT count(*) FROM messages m WHERE m.folder = folders.id) AS counted FROM folders',
      ),
  },
} satisfies Program;

export type TestProgram = typeof program;
