import type { Pop3Session } from '../session.ts';
import { maildropOf, messageNumber } from './arguments.ts';
import { listing } from './listing.ts';

/** UIDL [n] (RFC 1939 section 7). */
export async function uidl(session: Pop3Session, rest: string): Promise<void> {
  const maildrop = maildropOf(session);
  if (rest !== '') {
    const number = messageNumber(session, rest);
    session.ok(`${number} ${maildrop.uidl(number)}`);
    return;
  }
  session.ok();
  await listing(session, (number) => maildrop.uidl(number));
}
