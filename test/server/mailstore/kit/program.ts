/** The office's program with what only tests need: SQL by hand, and a delivery as the queue's write does it. */
import { Fault } from '../../../../main/base/errors.ts';
import { appendDelivered, type Delivered, type Delivery } from '../../../../main/server/mailstore/append.ts';
import type { LetterInput } from '../../../../main/server/mailstore/letters.ts';
import { program as office } from '../../../../main/server/program.ts';
import type { Program, SqlInput, WriteTx } from '../../../../main/store/program.ts';

export const program = {
  ...office,
  writes: {
    ...office.writes,
    'kit.run': (tx: WriteTx, input: { sql: string; values: SqlInput[] }): number =>
      tx.db.run(input.sql, ...input.values).changes,
    /** null for a copy that was refused; `fail` takes everything back at the end. */
    'kit.deliver'(
      tx: WriteTx,
      input: { letter: LetterInput; to: Omit<Delivery, 'letter'>[]; fail: boolean },
    ): (Delivered | null)[] {
      const done = input.to.map((each) => {
        try {
          return appendDelivered(tx, { ...each, letter: input.letter });
        } catch (failure) {
          if (failure instanceof Fault && failure.code === 'over-quota') return null;
          throw failure;
        }
      });
      if (input.fail) throw new Fault('internal', 'kit', 'As the test wants it.');
      return done;
    },
  },
} satisfies Program;

export type KitProgram = typeof program;
export const kitProgram = new URL(import.meta.url);
