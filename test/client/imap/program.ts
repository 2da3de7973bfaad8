/** The client's program and a few reads that look at rows as no person does. */
import { program as client } from '../../../main/client/program.ts';
import type { Program, ReadHandle } from '../../../main/store/program.ts';

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

export const program = {
  ...client,
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
