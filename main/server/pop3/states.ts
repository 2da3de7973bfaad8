/**
 * The states of a POP3 session (RFC 1939 section 3) and the one gate every command passes before its handler.
 * UPDATE is no state of its own here: QUIT carries it out and closes.
 */
import type { Person } from '../directory/directory.ts';
import type { Maildrop } from './maildrop.ts';

export type State =
  | { readonly name: 'authorization'; readonly user: string | null }
  | { readonly name: 'transaction'; readonly person: Person; readonly maildrop: Maildrop }
  | { readonly name: 'closed' };

export type StateName = State['name'];

/** Where each command is allowed (RFC 1939 sections 4-7, RFC 2449, RFC 2595, RFC 5034, RFC 6856). */
const ALLOWED: Readonly<Record<string, readonly StateName[]>> = {
  CAPA: ['authorization', 'transaction'],
  QUIT: ['authorization', 'transaction'],
  LANG: ['authorization', 'transaction'],
  STLS: ['authorization'],
  USER: ['authorization'],
  PASS: ['authorization'],
  APOP: ['authorization'],
  AUTH: ['authorization'],
  UTF8: ['authorization'],
  STAT: ['transaction'],
  LIST: ['transaction'],
  UIDL: ['transaction'],
  RETR: ['transaction'],
  TOP: ['transaction'],
  DELE: ['transaction'],
  NOOP: ['transaction'],
  RSET: ['transaction'],
};

export type Gate = 'open' | 'unknown' | 'wrong-state';

export function gate(verb: string, state: State): Gate {
  const allowed = Object.hasOwn(ALLOWED, verb) ? ALLOWED[verb] : undefined;
  if (!allowed) return 'unknown';
  return allowed.includes(state.name) ? 'open' : 'wrong-state';
}
