/**
 * Signing in (RFC 1939 section 7, RFC 5034): the best of what the server offers, and where that is refused and the person
 * left the choice to us, the password itself once, because servers list mechanisms that some accounts cannot use. Never a
 * third time: servers count failures.
 *
 * It must never send a password in clear over a connection that is not encrypted while something better is offered, and
 * never log one.
 */
import { createHash } from 'node:crypto';
import { Fault } from '../../base/errors.ts';
import { connectionFault, type Endpoint } from '../../net/failure.ts';
import { type AuthSetting, chooseMechanisms, type MechanismName, startMechanism } from '../../net/sasl.ts';
import { refusalFault } from './failure.ts';
import type { Reply } from './wire.ts';

export interface SignInWire {
  readonly endpoint: Endpoint;
  readonly encrypted: boolean;
  /** Upper-case SASL names of CAPA. */
  readonly mechanisms: readonly string[];
  /** CAPA did not list USER although it was answered: `USER` is not to be tried. */
  readonly userOffered: boolean;
  /** The greeting's timestamp with its brackets; null: no APOP. */
  readonly timestamp: string | null;
  ask(line: string): Promise<Reply>;
}

export interface SignInSettings {
  readonly user: string;
  readonly password: string;
  readonly auth: AuthSetting;
}

type Way = MechanismName | 'APOP' | 'USER';

/** A line may have 255 octets (RFC 2449 section 4); a longer initial response goes by itself. */
const MAX_COMMAND = 255;
const MAX_STEPS = 10;

/** The ways to try, best first. @throws Fault remote `login-disabled` when nothing on offer may be used. */
export function waysToSignIn(wire: Omit<SignInWire, 'ask' | 'endpoint'>, auth: AuthSetting): Way[] {
  const { mechanisms, encrypted, userOffered, timestamp } = wire;
  let sasl: Way[] = [];
  let refused: unknown;
  try {
    sasl = chooseMechanisms(mechanisms, auth === 'none' ? 'auto' : auth, encrypted);
  } catch (failure) {
    refused = failure;
  }
  const user: Way[] = userOffered ? ['USER'] : [];
  const apop: Way[] = timestamp === null ? [] : ['APOP'];
  let ways: Way[];
  if (auth === 'plain' || auth === 'login') ways = [...sasl, ...user];
  else if (auth !== 'auto' && auth !== 'none') ways = sasl;
  else {
    const clear = (way: Way) => way === 'PLAIN' || way === 'LOGIN';
    const passwords: Way[] = [...sasl.filter(clear), ...user];
    const digests = sasl.filter((way) => way === 'CRAM-MD5');
    const best = sasl.filter((way) => way === 'SCRAM-SHA-256');
    // A greeting with a timestamp says nothing about this account: over TLS the password comes before its MD5.
    ways = encrypted
      ? [...best, ...passwords, ...digests, ...apop]
      : [...best, ...digests, ...apop, ...passwords];
  }
  if (ways.length > 0) return ways;
  throw (
    refused ?? new Fault('remote', 'login-disabled', 'The server offers no way to sign in that can be used.')
  );
}

const isClear = (way: Way): boolean => way === 'PLAIN' || way === 'LOGIN' || way === 'USER';

/** @throws Fault with a code of CONNECTION_ERRORS and the server's words in `detail.reply`. */
export async function signIn(wire: SignInWire, settings: SignInSettings): Promise<void> {
  let ways: Way[];
  try {
    ways = waysToSignIn(wire, settings.auth);
  } catch (failure) {
    throw connectionFault('login-disabled', wire.endpoint, { cause: failure });
  }
  const first = ways[0] as Way;
  const second = isClear(first) ? undefined : ways.slice(1).find(isClear);
  let refusal: Fault | undefined;
  for (const way of second ? [first, second] : [first]) {
    const reply = await attempt(wire, settings, way);
    if (reply.status === 'ok') return;
    refusal = refusalFault(reply, wire.endpoint, 'sign-in');
    if (refusal.code !== 'wrong-password') break;
  }
  throw refusal;
}

async function attempt(wire: SignInWire, settings: SignInSettings, way: Way): Promise<Reply> {
  const { user, password } = settings;
  if (way !== 'APOP' && way !== 'USER') return exchange(wire, settings, way);
  // A line end inside a name or a password would be a command of its own.
  if (/[\r\n\0]/.test(user + password)) throw connectionFault('wrong-password', wire.endpoint);
  if (way === 'APOP') {
    const digest = createHash('md5').update(`${wire.timestamp}${password}`, 'utf8').digest('hex');
    return wire.ask(`APOP ${user} ${digest}`);
  }
  const named = await wire.ask(`USER ${user}`);
  return named.status === 'ok' ? wire.ask(`PASS ${password}`) : named;
}

async function exchange(wire: SignInWire, settings: SignInSettings, name: MechanismName): Promise<Reply> {
  const mechanism = startMechanism(name, { user: settings.user, password: settings.password });
  const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');
  // RFC 5034 section 4: an empty initial response is "=".
  let said = mechanism.initial === null ? null : encode(mechanism.initial) || '=';
  const command = `AUTH ${name}`;
  let reply: Reply;
  if (said !== null && command.length + said.length + 3 <= MAX_COMMAND) {
    reply = await wire.ask(`${command} ${said}`);
    said = null;
  } else reply = await wire.ask(command);
  for (let step = 0; reply.status === 'more' && step < MAX_STEPS; step += 1) {
    if (said !== null) {
      reply = await wire.ask(said === '=' ? '' : said);
      said = null;
      continue;
    }
    let answer: string;
    try {
      answer = await mechanism.answer(Buffer.from(reply.text.trim(), 'base64').toString('utf8'));
    } catch (failure) {
      // A lone asterisk ends the exchange.
      await wire.ask('*');
      throw failure;
    }
    reply = await wire.ask(encode(answer));
  }
  if (reply.status === 'more') throw connectionFault('server-error', wire.endpoint);
  if (reply.status === 'ok') mechanism.finish();
  return reply;
}
