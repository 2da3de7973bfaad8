/**
 * AUTH (RFC 4954): lines and base64 here, the exchange itself in the authenticator. Nothing of an exchange is ever
 * recorded, and why one failed is never said (rule G9).
 */
import { type Fault, toFault } from '../../../base/errors.ts';
import { SMTP_SIGN_IN_FAILURES } from '../../../base/limits.ts';
import type { SaslExchange, SaslStep, ServerMechanism } from '../../directory/authenticator.ts';
import { farewell, type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';

const MECHANISMS: ReadonlySet<string> = new Set<ServerMechanism>([
  'SCRAM-SHA-256',
  'PLAIN',
  'LOGIN',
  'CRAM-MD5',
  'DIGEST-MD5',
]);
const NOT_BASE64 = reply(501, '5.5.2', 'This is not base64');

export async function auth(session: SmtpSession, argument: string): Promise<Reply> {
  const [word = '', initial, ...more] = argument.split(/[ \t]+/);
  if (word === '' || more.length > 0) return reply(501, '5.5.4', 'Syntax: AUTH mechanism [initial-response]');
  const name = word.toUpperCase();
  const offered = await session.mechanisms();
  if (!(offered as string[]).includes(name)) return notOffered(session, name, offered);
  const octets = initial === undefined ? null : initial === '=' ? Buffer.alloc(0) : decode(initial);
  if (octets === undefined) return NOT_BASE64;
  const exchange = session.context.authenticator.exchange(name as ServerMechanism, session.signInContext);
  return step(session, exchange, () => exchange.start(octets));
}

/** A password in clear text needs TLS (rule G6); anything else is a mechanism we do not have here. */
function notOffered(session: SmtpSession, name: string, offered: readonly string[]): Reply {
  const clear = name === 'PLAIN' || name === 'LOGIN' || offered.length === 0;
  if (!session.secure && MECHANISMS.has(name) && clear) {
    return reply(538, '5.7.11', 'Encryption is needed for this mechanism, use STARTTLS');
  }
  return reply(504, '5.5.4', 'Mechanism is not offered here');
}

async function step(
  session: SmtpSession,
  exchange: SaslExchange,
  take: () => Promise<SaslStep>,
): Promise<Reply> {
  try {
    const next = await take();
    if (next.kind === 'done' && next.data === null) return signedIn(session, next.person);
    session.expect(async (text) => {
      if (text === null) return reply(500, '5.5.6', 'Line too long');
      if (text === '*') return reply(501, '5.7.0', 'Cancelled');
      const octets = decode(text);
      if (octets === undefined) return NOT_BASE64;
      // SMTP has no room for the server's last word in 235: it is a challenge with an empty answer (RFC 4954 section 4).
      if (next.kind === 'done') {
        return octets.length === 0
          ? signedIn(session, next.person)
          : reply(501, '5.5.2', 'An empty line was due');
      }
      return step(session, exchange, () => exchange.next(octets));
    });
    return reply(334, null, Buffer.from(next.data ?? []).toString('base64'));
  } catch (failure) {
    return failed(session, failure);
  }
}

function signedIn(session: SmtpSession, person: NonNullable<SmtpSession['person']>): Reply {
  session.person = person;
  session.signInFailures = 0;
  session.record.signedIn(person.address);
  return reply(235, '2.7.0', 'Authentication successful');
}

function failed(session: SmtpSession, failure: unknown): Reply {
  const fault = toFault(failure);
  if (fault.code === 'sasl-syntax') return reply(501, '5.5.2', 'The answer makes no sense');
  if (fault.code !== 'sign-in-failed' && fault.code !== 'sign-in-later') throw fault;
  session.signInFailures += 1;
  const refusal = refusalOf(fault);
  if (session.signInFailures < SMTP_SIGN_IN_FAILURES) return refusal;
  // Programs that try one mechanism after another show their person the last answer: it has to be the true one.
  return { ...refusal, next: farewell(421, '4.7.0', 'Too many failed sign-ins') };
}

function refusalOf(fault: Fault): Reply {
  if (fault.code === 'sign-in-later') {
    return reply(454, '4.7.0', 'Too many failed sign-ins, try again later');
  }
  return reply(535, '5.7.8', 'Authentication credentials invalid');
}

/** Strict base64: anything else is an error of the client, not an empty password. */
function decode(text: string): Buffer | undefined {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? Buffer.from(text, 'base64')
    : undefined;
}
