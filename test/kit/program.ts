/** The client's program with a few writes that only tests need: rows that a server would have brought. */
import { type FolderFacts, upsertFolder } from '../../main/client/folders/rows.ts';
import { FLAG, insertMessage, type LetterFacts } from '../../main/client/messages/rows.ts';
import { program as client } from '../../main/client/program.ts';
import type { Program, ReadHandle, SqlInput, WriteTx } from '../../main/store/program.ts';
import type { PreparedBlob } from '../../main/store/record.ts';

export const program = {
  ...client,
  writes: {
    ...client.writes,
    'kit.folder': (tx: WriteTx, facts: FolderFacts): number => upsertFolder(tx, facts),
    'kit.letter'(
      tx: WriteTx,
      input: { folder: number; uid: number | null; facts: LetterFacts; blob: PreparedBlob | null },
    ): number {
      if (input.blob) tx.blobs.append(input.blob);
      const blob = input.blob?.hash ?? null;
      const { folder, uid, facts } = input;
      return insertMessage(tx, {
        folder,
        uid,
        received: tx.now,
        flags: FLAG.seen,
        keywords: [],
        facts,
        blob,
        head: null,
      });
    },
    'kit.run': (tx: WriteTx, input: { sql: string; values: SqlInput[] }): number =>
      tx.db.run(input.sql, ...input.values).changes,
  },
  reads: {
    ...client.reads,
    'kit.all': (db: ReadHandle, input: { sql: string; values: SqlInput[] }) =>
      db.all(input.sql, ...input.values),
  },
} satisfies Program;

export type KitProgram = typeof program;
export const kitProgram = new URL(import.meta.url);
