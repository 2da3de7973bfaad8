import type { Pop3Session } from '../session.ts';
import { maildropOf, messageNumber } from './arguments.ts';
import { listing } from './listing.ts';

/** LIST [n] (RFC 1939 section 5). */
export async function list(session: Pop3Session, rest: string): Promise<void> {
  const maildrop = maildropOf(session);
  if (rest !== '') {
    const number = messageNumber(session, rest);
    session.ok(`${number} ${maildrop.size(number)}`);
    return;
  }
  session.ok(session.texts.list(maildrop.count, maildrop.octets));
  await listing(session, (number) => String(maildrop.size(number)));
}
