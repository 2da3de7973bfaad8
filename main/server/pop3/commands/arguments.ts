/** Arguments of commands and what is said when they make no sense (rule P13). */
import { Fault } from '../../../base/errors.ts';
import type { Maildrop } from '../maildrop.ts';
import type { Pop3Session } from '../session.ts';

const DECIMAL = /^\d{1,10}$/;

/** The maildrop; the gate has let only a signed-in session through. */
export function maildropOf(session: Pop3Session): Maildrop {
  if (session.state.name !== 'transaction')
    throw new Fault('internal', 'wrong-state', 'No maildrop is open.');
  return session.state.maildrop;
}

/** @throws Fault syntax with the words of rules P10 and P13. */
export function messageNumber(session: Pop3Session, text: string): number {
  const { texts } = session;
  const maildrop = maildropOf(session);
  if (!DECIMAL.test(text)) throw new Fault('syntax', 'number', texts.numberWanted);
  const number = Number(text);
  if (!maildrop.has(number)) throw new Fault('syntax', 'no-message', texts.noSuchMessage(maildrop.length));
  if (maildrop.isDeleted(number)) throw new Fault('syntax', 'deleted', texts.alreadyDeleted(number));
  return number;
}

export function wholeNumber(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text) : undefined;
}

/** @throws Fault syntax when a command without arguments got one. */
export function nothing(session: Pop3Session, verb: string, rest: string): void {
  if (rest.trim() !== '') throw new Fault('syntax', 'argument', session.texts.noArgument(verb));
}
