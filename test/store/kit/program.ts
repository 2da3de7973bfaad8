/** A small program for the kernel's own tests: letters with a body, a counter, and some ways to fail. */
import { Fault } from '../../../main/base/errors.ts';
import type { Program, ReadHandle, WriteTx } from '../../../main/store/program.ts';
import type { PreparedBlob } from '../../../main/store/record.ts';
import { planQuery, stemExpander } from '../../../main/store/search/match.ts';
import { parseQuery } from '../../../main/store/search/query.ts';

let coldReads = 0;

export const program = {
  schemaName: 'kernel-test',
  searchFields: ['subject', 'body'],
  migrations: [
    {
      number: 10,
      name: 'letters',
      up: (db) =>
        db.exec(
          'CREATE TABLE letters (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash BLOB, modseq INTEGER NOT NULL)',
        ),
    },
  ],
  writes: {
    add(tx: WriteTx, input: { name: string; blob?: PreparedBlob }) {
      const { lastId } = tx.db.run(
        'INSERT INTO letters (name, hash, modseq) VALUES (?, ?, ?)',
        input.name,
        input.blob?.hash ?? null,
        tx.modseq,
      );
      if (input.blob) tx.blobs.append(input.blob);
      tx.change('letter-added', { id: lastId, name: input.name });
      return { id: lastId, modseq: tx.modseq };
    },
    /** Writes rows and bytes, then fails: nothing of it may stay. */
    addAndFail(tx: WriteTx, input: { name: string; blob?: PreparedBlob }): number {
      tx.db.run('INSERT INTO letters (name, modseq) VALUES (?, ?)', input.name, tx.modseq);
      if (input.blob) tx.blobs.append(input.blob);
      tx.change('letter-added', { name: input.name });
      throw new Fault('user', 'refused', 'Refused for the test.', { detail: { name: input.name } });
    },
    remove(tx: WriteTx, name: string) {
      const row = tx.db.get<{ id: number; hash: Uint8Array | null }>(
        'SELECT id, hash FROM letters WHERE name = ?',
        name,
      );
      if (!row) throw new Fault('user', 'no-such-letter', 'There is no such letter.');
      tx.db.run('DELETE FROM letters WHERE id = ?', row.id);
      if (row.hash) tx.blobs.release(row.hash);
      tx.change('letter-removed', { id: row.id });
    },
    fill(tx: WriteTx, input: { from: number; count: number }) {
      for (let at = input.from; at < input.from + input.count; at += 1) {
        tx.db.run('INSERT INTO letters (id, name, modseq) VALUES (?, ?, ?)', at, `filled ${at}`, tx.modseq);
      }
    },
    /** Its result cannot cross threads. */
    uncloneable: (): (() => number) => () => 1,
    crashWriter: (): number => process.exit(9),
    touchMany(tx: WriteTx, count: number) {
      for (let at = 0; at < count; at += 1) tx.change('touched', at);
      return tx.modseq;
    },
    touch(tx: WriteTx) {
      tx.change('touched', { at: tx.now });
      return tx.modseq;
    },
  },
  reads: {
    count: (db: ReadHandle) => db.value<number>('SELECT count(*) FROM letters') ?? 0,
    letters: (db: ReadHandle) =>
      db.all<{ id: number; name: string; hash: Uint8Array | null; modseq: number }>(
        'SELECT id, name, hash, modseq FROM letters ORDER BY id',
      ),
    /** How often this thread has run this read. */
    warmth: () => {
      coldReads += 1;
      return coldReads;
    },
    slow(db: ReadHandle, input: { rows: number }) {
      let seen = 0;
      const sql =
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n';
      for (const row of db.iterate<{ i: number }>(sql, input.rows)) seen = row.i;
      return seen;
    },
    /** One query of well over 100 ms. */
    slowSql: (db: ReadHandle) =>
      db.value<number>(
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) FROM n',
      ),
    crash: (): number => process.exit(7),
    attemptWrite: (db: ReadHandle) => db.all("INSERT INTO letters (name, modseq) VALUES ('x', 1)"),
    /** Keys of the documents, newest first, for a query as typed. */
    search(db: ReadHandle, text: string) {
      const columns = { subject: ['subject'] };
      const { root } = parseQuery(text, { subject: 'subject' });
      const plan = planQuery(root, { columns, expand: stemExpander(db) });
      if (plan.kind !== 'match') return [];
      const sql = 'SELECT rowid FROM search.docs WHERE docs MATCH ? ORDER BY rowid DESC LIMIT 50';
      return db.pluck<number>(sql, plan.match);
    },
  },
} satisfies Program;
