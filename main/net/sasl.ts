/**
 * The client's half of SASL (RFC 4422): mechanisms as small machines of strings and the choice between
 * them. No I/O: a protocol sends `initial`, then what answer() gives for each challenge.
 *
 * Which mechanism may be used at all is decided in chooseMechanisms(), from the connection's protection and
 * the person's setting; a mechanism itself does not know what carries it.
 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Fault } from '../base/errors.ts';
import { saslPrep } from './sasl-prep.ts';

export type MechanismName = 'SCRAM-SHA-256' | 'CRAM-MD5' | 'PLAIN' | 'LOGIN' | 'XOAUTH2';
export type AuthSetting = 'auto' | 'plain' | 'login' | 'cram-md5' | 'scram-sha-256' | 'xoauth2' | 'none';

export interface Credentials {
  readonly user: string;
  /** The password, or the access token of XOAUTH2. */
  readonly password: string;
}

/** One exchange. All texts are unencoded; the protocol adds base64. */
export interface Mechanism {
  readonly name: MechanismName;
  /** Sent together with the command, where the mechanism speaks first. */
  readonly initial: string | null;
  /** The answer to a challenge. @throws Fault remote `server-error` for one that makes no sense. */
  answer(challenge: string): Promise<string>;
  /** Called when the server says yes. @throws Fault when it has not proved what it had to prove. */
  finish(): void;
}

const derive = promisify(pbkdf2);

/** Fewest rounds accepted (RFC 7677 section 4) and most: a hostile server must not keep the processor busy. */
const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 5_000_000;

/**
 * The mechanisms to try, best first. A connection that is not encrypted exists only where the person chose
 * so; even there a password in clear comes last.
 * @param offered upper-case names the server lists.
 * @throws Fault remote `login-disabled` when nothing on offer may be used.
 */
export function chooseMechanisms(
  offered: readonly string[],
  setting: AuthSetting,
  encrypted: boolean,
): MechanismName[] {
  const has = (name: MechanismName) => offered.includes(name);
  const named: Partial<Record<AuthSetting, MechanismName>> = {
    plain: 'PLAIN',
    login: 'LOGIN',
    'cram-md5': 'CRAM-MD5',
    'scram-sha-256': 'SCRAM-SHA-256',
    xoauth2: 'XOAUTH2',
  };
  const wanted = named[setting];
  // Over TLS a plain password comes before CRAM-MD5: many servers list CRAM-MD5 for accounts that
  // cannot use it, and the password is protected anyway.
  const order: MechanismName[] = wanted
    ? [wanted]
    : encrypted
      ? ['SCRAM-SHA-256', 'PLAIN', 'LOGIN', 'CRAM-MD5']
      : ['SCRAM-SHA-256', 'CRAM-MD5', 'PLAIN', 'LOGIN'];
  const usable = order.filter(has);
  if (usable.length === 0) {
    throw new Fault('remote', 'login-disabled', 'The server offers no way to sign in that can be used.', {
      detail: { offered: [...offered] },
    });
  }
  return usable;
}

/** A fresh exchange. `nonce` is for tests; the default is 18 random octets. */
export function startMechanism(name: MechanismName, credentials: Credentials, nonce?: string): Mechanism {
  switch (name) {
    case 'PLAIN':
      return plain(credentials);
    case 'LOGIN':
      return login(credentials);
    case 'CRAM-MD5':
      return cramMd5(credentials);
    case 'XOAUTH2':
      return xoauth2(credentials);
    case 'SCRAM-SHA-256':
      return scramSha256(credentials, nonce ?? randomBytes(18).toString('base64url'));
  }
}

/** RFC 4616. */
function plain({ user, password }: Credentials): Mechanism {
  if (user.includes('\0') || password.includes('\0')) throw badCredentials();
  return {
    name: 'PLAIN',
    initial: `\0${user}\0${password}`,
    answer: async () => '',
    finish: () => {},
  };
}

/** draft-murchison-sasl-login: two questions whose wording differs from server to server. */
function login({ user, password }: Credentials): Mechanism {
  let asked = 0;
  return {
    name: 'LOGIN',
    initial: null,
    async answer() {
      asked += 1;
      if (asked > 2) throw nonsense('a third question');
      return asked === 1 ? user : password;
    },
    finish: () => {},
  };
}

/** RFC 2195. */
function cramMd5({ user, password }: Credentials): Mechanism {
  return {
    name: 'CRAM-MD5',
    initial: null,
    async answer(challenge) {
      if (challenge === '') throw nonsense('an empty challenge');
      return `${user} ${createHmac('md5', password).update(challenge).digest('hex')}`;
    },
    finish: () => {},
  };
}

/** Google's XOAUTH2; after a refusal the server sends a JSON challenge that wants an empty answer. */
function xoauth2({ user, password }: Credentials): Mechanism {
  return {
    name: 'XOAUTH2',
    initial: `user=${user}\x01auth=Bearer ${password}\x01\x01`,
    answer: async () => '',
    finish: () => {},
  };
}

/** RFC 5802 and 7677, without channel binding. The server proves that it knows the verifier. */
function scramSha256({ user, password }: Credentials, nonce: string): Mechanism {
  // RFC 5802 section 5.1: "," and "=" of a name are escaped.
  const name = saslPrep(user).replaceAll('=', '=3D').replaceAll(',', '=2C');
  const firstBare = `n=${name},r=${nonce}`;
  let expected: Buffer | undefined;
  let proved = false;
  const first = async (challenge: string): Promise<string> => {
    const fields = parseScram(challenge);
    const combined = fields.get('r') ?? '';
    const salt = Buffer.from(fields.get('s') ?? '', 'base64');
    const rounds = Number(fields.get('i'));
    if (!combined.startsWith(nonce) || combined.length === nonce.length) throw nonsense('a foreign nonce');
    if (salt.length === 0 || !Number.isInteger(rounds) || fields.has('m'))
      throw nonsense('a broken challenge');
    if (rounds < MIN_ITERATIONS || rounds > MAX_ITERATIONS) throw nonsense(`${rounds} rounds`);
    const salted = await derive(saslPrep(password), salt, rounds, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const withoutProof = `c=${Buffer.from('n,,').toString('base64')},r=${combined}`;
    const authMessage = `${firstBare},${challenge},${withoutProof}`;
    const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ signature[at]!));
    expected = hmac(hmac(salted, 'Server Key'), authMessage);
    return `${withoutProof},p=${proof.toString('base64')}`;
  };
  return {
    name: 'SCRAM-SHA-256',
    initial: `n,,${firstBare}`,
    async answer(challenge) {
      if (!expected) return first(challenge);
      const proof = Buffer.from(parseScram(challenge).get('v') ?? '', 'base64');
      if (proof.length !== expected.length || !timingSafeEqual(proof, expected))
        throw nonsense('a false proof');
      proved = true;
      return '';
    },
    finish() {
      // RFC 5802 section 3: a server that cannot prove itself is not the server.
      if (!proved) throw nonsense('no proof of its own');
    },
  };
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function parseScram(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    if (part[1] === '=' && !fields.has(part[0]!)) fields.set(part[0]!, part.slice(2));
  }
  return fields;
}

function nonsense(what: string): Fault {
  return new Fault('remote', 'server-error', `The server answered the sign-in with ${what}.`);
}

function badCredentials(): Fault {
  return new Fault(
    'user',
    'wrong-password',
    'The name or the password holds a character that cannot be sent.',
  );
}
