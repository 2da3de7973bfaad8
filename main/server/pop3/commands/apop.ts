import { Fault } from '../../../base/errors.ts';
import type { Pop3Session } from '../session.ts';
import { enter } from './sign-in.ts';

/** APOP name digest (RFC 1939 section 7), only where the greeting carried a timestamp (rule P5). */
export async function apop(session: Pop3Session, rest: string, line: Uint8Array): Promise<void> {
  if (session.timestamp === null) throw new Fault('syntax', 'unknown', session.texts.unknown);
  const space = rest.lastIndexOf(' ');
  const digest = rest.slice(space + 1).toLowerCase();
  if (space <= 0 || !/^[0-9a-f]{32}$/.test(digest))
    throw new Fault('syntax', 'argument', session.texts.badAnswer);
  const name = Buffer.from(line.subarray(5, 5 + space)).toString('utf8');
  const person = await session.context.authenticator.apop(name, session.timestamp, digest, session.signIn);
  await enter(session, person, name);
}
