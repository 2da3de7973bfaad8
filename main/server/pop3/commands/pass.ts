import { Fault } from '../../../base/errors.ts';
import type { Pop3Session } from '../session.ts';
import { enter, requireProtection } from './sign-in.ts';

/** PASS text (RFC 1939 section 7): everything after the first space, spaces included (rule P4). */
export async function pass(session: Pop3Session, _rest: string, line: Uint8Array): Promise<void> {
  const { state } = session;
  if (state.name !== 'authorization' || state.user === null) {
    throw new Fault('syntax', 'user-first', session.texts.userFirst);
  }
  await requireProtection(session);
  // RFC 1939 section 7: whatever PASS brings, the next try begins with USER.
  session.state = { name: 'authorization', user: null };
  const password = Buffer.from(line.subarray(5)).toString('utf8');
  const person = await session.context.authenticator.password(state.user, password, session.signIn);
  await enter(session, person, state.user);
}
