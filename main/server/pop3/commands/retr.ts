import type { Pop3Session } from '../session.ts';
import { maildropOf, messageNumber } from './arguments.ts';
import { sendMessage } from './message.ts';

/** RETR n (RFC 1939 section 5). \Seen is left alone (rule P21). */
export async function retr(session: Pop3Session, rest: string): Promise<void> {
  const number = messageNumber(session, rest);
  const letter = await maildropOf(session).letter(number);
  await sendMessage(session, letter, (octets) => session.texts.octets(octets), undefined);
}
