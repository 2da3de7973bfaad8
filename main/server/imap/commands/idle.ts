/**
 * IDLE (RFC 2177, RFC 9051 section 6.3.13; rule I10). Events of the bus wake it; nothing is polled. Phones send
 * DONE together with the next command, or in two pieces, or begin another command without DONE: that line ends the
 * IDLE with BAD and is a command of its own.
 */
import { IMAP_LINE_BYTES, IMAP_STILL_HERE_MS } from '../../../base/limits.ts';
import { bad } from '../faults.ts';
import type { Session } from '../session.ts';
import { type Command, noArguments, type PlainCommand } from './command.ts';

const idle: PlainCommand<undefined> = {
  kind: 'plain',
  name: 'IDLE',
  allowed: 'signed-in',
  announces: 'all',
  parse: noArguments,
  async run(session) {
    session.goAhead('idling');
    const stop = stayAwake(session);
    try {
      for (;;) {
        const text = Buffer.from(await session.line(IMAP_LINE_BYTES)).toString('latin1');
        if (text.trim().toUpperCase() === 'DONE') return { text: 'IDLE completed.' };
        if (text === '') continue;
        session.unread(Buffer.from(text, 'latin1'));
        throw bad('DONE was expected.');
      }
    } finally {
      stop();
    }
  },
};

/** Tells what happens while the client listens, and says now and then that the line is alive (rule I75). */
function stayAwake(session: Session): () => void {
  const { clock } = session.context;
  const tell = () => {
    session.announceNow();
  };
  const stopListening = session.listen(tell);
  tell();
  let stopTimer = () => {};
  const again = () => {
    stopTimer = clock.after(IMAP_STILL_HERE_MS, () => {
      session.untagged('OK Still here');
      session.out.flush();
      again();
    });
  };
  again();
  return () => {
    stopTimer();
    stopListening();
  };
}

export const idleCommands: readonly Command[] = [idle];
