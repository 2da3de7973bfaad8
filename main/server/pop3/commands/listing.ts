import type { Pop3Session } from '../session.ts';
import { maildropOf } from './arguments.ts';

/** Lines made before the socket and the other sessions get their turn. */
const SLICE = 2000;

/** One line a message that is not marked, then the end of the answer (LIST, UIDL). */
export async function listing(session: Pop3Session, column: (number: number) => string): Promise<void> {
  const maildrop = maildropOf(session);
  let lines = '';
  for (let number = 1; number <= maildrop.length; number += 1) {
    if (!maildrop.isDeleted(number)) lines += `${number} ${column(number)}\r\n`;
    if (number % SLICE === 0) {
      session.send(lines);
      lines = '';
      await session.flushed();
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
  }
  session.send(`${lines}.\r\n`);
}
