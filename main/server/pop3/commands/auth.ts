import { Fault } from '../../../base/errors.ts';
import type { ServerMechanism } from '../../directory/authenticator.ts';
import type { Pop3Session } from '../session.ts';
import { enter } from './sign-in.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** AUTH [mechanism [initial]] (RFC 5034). Alone it lists the mechanisms. */
export async function auth(session: Pop3Session, rest: string): Promise<void> {
  const { authenticator } = session.context;
  const offered = await authenticator.mechanisms(session.signIn);
  const [name = '', initial, ...more] = rest.split(' ');
  if (name === '') {
    session.ok(session.texts.mechanisms);
    session.send(`${offered.map((each) => `${each}\r\n`).join('')}.\r\n`);
    return;
  }
  const mechanism = offered.find((each): each is ServerMechanism => each === name.toUpperCase());
  if (!mechanism || more.length > 0) throw new Fault('syntax', 'mechanism', session.texts.unknownMechanism);
  const exchange = authenticator.exchange(mechanism, session.signIn);
  // RFC 5034 section 4: "=" is an initial response of no octets.
  let step = await exchange.start(initial === undefined ? null : decode(initial === '=' ? '' : initial));
  while (step.kind === 'challenge' || step.data !== null) {
    const answer = await session.challenge(step.data ?? new Uint8Array(0));
    if (answer === null) throw new Fault('remote', 'connection-lost', 'The connection was lost.');
    const text = Buffer.from(answer).toString('latin1');
    if (text === '*') throw new Fault('syntax', 'cancelled', session.texts.cancelled);
    if (step.kind === 'done') {
      // The server's last word travels as a challenge; the empty answer to it ends the exchange (RFC 5034).
      if (text !== '') throw new Fault('syntax', 'sasl-syntax', session.texts.badAnswer);
      break;
    }
    step = await exchange.next(decode(text));
  }
  if (step.kind !== 'done') throw new Fault('internal', 'sasl', 'The exchange did not end.');
  await enter(session, step.person, step.person.address.split('@')[0]!);
}

function decode(text: string): Uint8Array {
  if (!BASE64.test(text) || text.length % 4 !== 0) {
    throw new Fault('syntax', 'sasl-syntax', 'The answer is no base64.');
  }
  return Buffer.from(text, 'base64');
}
