import { Fault } from '../../../base/errors.ts';
import { TopCut } from '../framing.ts';
import type { Pop3Session } from '../session.ts';
import { maildropOf, messageNumber, wholeNumber } from './arguments.ts';
import { sendMessage } from './message.ts';

/** TOP n k (RFC 1939 section 7): header, blank line, the first k lines of the body. */
export async function top(session: Pop3Session, rest: string): Promise<void> {
  const [which = '', many = '', ...more] = rest.split(' ');
  const lines = wholeNumber(many);
  if (lines === undefined || more.length > 0)
    throw new Fault('syntax', 'argument', session.texts.linesWanted);
  const number = messageNumber(session, which);
  const letter = await maildropOf(session).letter(number);
  await sendMessage(session, letter, () => '', new TopCut(lines));
}
