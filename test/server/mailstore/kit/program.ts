/** The office's program with what only tests need: SQL by hand, to make wrong what is right. */
import { program as office } from '../../../../main/server/program.ts';
import type { Program, SqlInput, WriteTx } from '../../../../main/store/program.ts';

export const program = {
  ...office,
  writes: {
    ...office.writes,
    'kit.run': (tx: WriteTx, input: { sql: string; values: SqlInput[] }): number =>
      tx.db.run(input.sql, ...input.values).changes,
  },
} satisfies Program;

export type KitProgram = typeof program;
export const kitProgram = new URL(import.meta.url);
