/**
 * STARTTLS, AUTHENTICATE and LOGIN (RFC 9051 section 6.2; rules G5, G6, I8). Why a sign-in failed is never said;
 * the authenticator has the throttle inside.
 */
import type { SaslStep, ServerMechanism } from '../../directory/authenticator.ts';
import type { Person } from '../../directory/directory.ts';
import { bad, no } from '../faults.ts';
import type { Session } from '../session.ts';
import { type Command, type Completion, noArguments, type PlainCommand } from './command.ts';

/** Octets of one SASL answer (the longest of rule S17). */
const MAX_ANSWER = 12_288;

const starttls: PlainCommand<undefined> = {
  kind: 'plain',
  name: 'STARTTLS',
  allowed: 'not-authenticated',
  announces: 'nothing',
  parse: noArguments,
  async run(session) {
    if (session.connection.encrypted) throw bad('TLS is on already.');
    session.afterReply(() => session.startTls());
    return { text: 'Begin TLS negotiation now.' };
  },
};

interface LoginArguments {
  readonly user: string;
  readonly password: string;
}

const login: PlainCommand<LoginArguments> = {
  kind: 'plain',
  name: 'LOGIN',
  allowed: 'not-authenticated',
  announces: 'nothing',
  parse(scanner) {
    scanner.space();
    const user = scanner.astring();
    scanner.space();
    return { user, password: scanner.astring() };
  },
  async run(session, { user, password }) {
    const { authenticator } = session.context;
    if (!(await authenticator.clearTextAllowed(session.signInContext))) throw privacyRequired();
    return signedIn(session, await authenticator.password(user, password, session.signInContext), 'LOGIN');
  },
};

interface AuthenticateArguments {
  readonly mechanism: string;
  /** RFC 4959: null for none, empty for `=`. */
  readonly initial: Uint8Array | null;
}

const authenticate: PlainCommand<AuthenticateArguments> = {
  kind: 'plain',
  name: 'AUTHENTICATE',
  allowed: 'not-authenticated',
  announces: 'nothing',
  parse(scanner) {
    scanner.space();
    const mechanism = scanner.atom().toUpperCase();
    if (!scanner.maybe(32)) return { mechanism, initial: null };
    const text = scanner.rest();
    return { mechanism, initial: text === '=' ? new Uint8Array(0) : decodeBase64(text) };
  },
  async run(session, { mechanism, initial }) {
    const { authenticator } = session.context;
    const offered = await authenticator.mechanisms(session.signInContext);
    const chosen = offered.find((each) => each === mechanism);
    if (!chosen) {
      if (mechanism === 'PLAIN' || mechanism === 'LOGIN') throw privacyRequired();
      throw no('CANNOT', 'This mechanism is not offered.');
    }
    return signedIn(session, await converse(session, chosen, initial), 'AUTHENTICATE');
  },
};

export const signInCommands: readonly Command[] = [starttls, login, authenticate];

async function converse(
  session: Session,
  mechanism: ServerMechanism,
  initial: Uint8Array | null,
): Promise<Person> {
  const exchange = session.context.authenticator.exchange(mechanism, session.signInContext);
  let step: SaslStep = await exchange.start(initial);
  while (step.kind === 'challenge') {
    session.goAhead(Buffer.from(step.data).toString('base64'));
    step = await exchange.next(await answer(session));
  }
  if (step.data !== null) {
    // The server's last word has no place in a tagged OK: it is a challenge with an empty answer (RFC 4422 s. 3.6).
    session.goAhead(Buffer.from(step.data).toString('base64'));
    if ((await answer(session)).length > 0) throw bad('An empty answer was expected.');
  }
  return step.person;
}

async function answer(session: Session): Promise<Uint8Array> {
  const text = Buffer.from(await session.line(MAX_ANSWER)).toString('latin1');
  if (text === '*') throw bad('The sign-in was cancelled.');
  return decodeBase64(text);
}

/** @throws Fault syntax for anything that is not base64 in full (RFC 4648 section 3.3). */
function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw bad('This is not base64.');
  return Buffer.from(text, 'base64');
}

/** New capabilities come in the tagged OK (rule I8), so that nobody needs to ask. */
async function signedIn(session: Session, person: Person, verb: string): Promise<Completion> {
  await session.signIn(person);
  return { code: `CAPABILITY ${await session.capabilities()}`, text: `${verb} completed, welcome.` };
}

function privacyRequired() {
  return no('PRIVACYREQUIRED', 'A password is only taken over TLS: use STARTTLS first.');
}
