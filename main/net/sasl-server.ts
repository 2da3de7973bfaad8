/**
 * The server's half of SASL (RFC 4422): mechanisms as small machines of octets. No I/O and no knowledge of who lives
 * here: each is given a question to ask, and `who` that the answer carries comes back when the peer has proved itself.
 *
 * Invariants:
 * - A machine goes through the same work for a `who` of null (a name nobody has) and ends in `denied` like for a wrong
 *   password, at the same step: an exchange tells nobody which names exist.
 * - Secrets are compared in constant time. Whatever cannot be parsed is `sasl-syntax`, never a guess.
 * - A server's last word (SCRAM, DIGEST-MD5) goes out as a challenge that wants an empty answer, because SMTP, POP3
 *   and IMAP have no room for it beside their yes (RFC 4422 section 3.6, RFC 4954 section 4).
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Fault } from '../base/errors.ts';
import { MAX_SASL_BYTES } from '../base/limits.ts';
import { parseDigestFields } from './digest-fields.ts';
import { hmacSha256, type ScramVerifier } from './scram.ts';

export type ServerStep<T> =
  | { readonly kind: 'challenge'; readonly data: Uint8Array }
  | { readonly kind: 'accepted'; readonly who: T }
  | { readonly kind: 'denied' };

export interface ServerMechanism<T> {
  /** Null: no initial response was given. */
  start(initial: Uint8Array | null): Promise<ServerStep<T>>;
  next(answer: Uint8Array): Promise<ServerStep<T>>;
}

/** A password in clear was given; null when it is not good. `authzid` is empty where none was asked for. */
export type CheckPassword<T> = (user: string, password: string, authzid: string) => Promise<T | null>;
/** What a name has to prove. `who` null: nobody; the verifier or secret is then a stand-in. */
export type FindVerifier<T> = (user: string) => Promise<{ verifier: ScramVerifier; who: T | null }>;
export type FindSecret<T> = (user: string, realm: string) => Promise<{ secret: string; who: T | null }>;

export function saslSyntax(what: string): Fault {
  return new Fault('syntax', 'sasl-syntax', `The sign-in could not be understood: ${what}.`);
}

const strict = new TextDecoder('utf-8', { fatal: true });
const utf8 = new TextEncoder();

function textOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_SASL_BYTES) throw saslSyntax('too long');
  try {
    return strict.decode(bytes);
  } catch {
    throw saslSyntax('no UTF-8');
  }
}

const challenge = (text: string) => ({ kind: 'challenge', data: utf8.encode(text) }) as const;
const verdict = <T>(who: T | null): ServerStep<T> =>
  who === null ? { kind: 'denied' } : { kind: 'accepted', who };

/** RFC 4616. The empty challenge is for clients that did not speak first. */
export function plainServer<T>(check: CheckPassword<T>): ServerMechanism<T> {
  const read = async (message: Uint8Array): Promise<ServerStep<T>> => {
    const fields = textOf(message).split('\0');
    const [authzid, user, password] = fields;
    if (fields.length !== 3 || !user || !password) throw saslSyntax('PLAIN has three fields');
    return verdict(await check(user, password, authzid ?? ''));
  };
  return { start: async (initial) => (initial === null ? challenge('') : read(initial)), next: read };
}

/** draft-murchison-sasl-login, also with the name as initial response, as Outlook sends it (rule S17). */
export function loginServer<T>(check: CheckPassword<T>): ServerMechanism<T> {
  let user: string | undefined;
  const next = async (answer: Uint8Array): Promise<ServerStep<T>> => {
    const text = textOf(answer);
    if (user === undefined) {
      user = text;
      return challenge('Password:');
    }
    return verdict(await check(user, text, ''));
  };
  return { start: async (initial) => (initial === null ? challenge('Username:') : next(initial)), next };
}

/** RFC 5802 and 7677, without channel binding. `nonce` is for tests. */
export function scramServer<T>(
  find: FindVerifier<T>,
  nonce = randomBytes(18).toString('base64'),
): ServerMechanism<T> {
  let step: 'first' | 'final' | 'end' = 'first';
  let found: { verifier: ScramVerifier; who: T | null };
  let clientFirst = '';
  let serverFirst = '';
  let header = '';
  let combined = '';

  const first = async (message: string): Promise<ServerStep<T>> => {
    // gs2-header client-first-message-bare (RFC 5802 section 7).
    const parts =
      /^([ny]|p=[A-Za-z0-9.-]+),(?:a=([^,]+))?,(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/s.exec(message);
    // `p`: the client demands a channel binding that was not offered.
    if (!parts || parts[1]!.startsWith('p')) throw saslSyntax('a broken first message');
    const user = scramName(parts[4]!);
    if (parts[2] !== undefined && scramName(parts[2]) !== user)
      throw saslSyntax('another identity was asked for');
    header = message.slice(0, message.length - parts[3]!.length);
    clientFirst = parts[3]!;
    combined = parts[5]! + nonce;
    found = await find(user);
    const { salt, iterations } = found.verifier;
    serverFirst = `r=${combined},s=${salt.toString('base64')},i=${iterations}`;
    step = 'final';
    return challenge(serverFirst);
  };

  const final = (message: string): ServerStep<T> => {
    const parts = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/s.exec(message);
    if (!parts) throw saslSyntax('a broken final message');
    if (Buffer.from(parts[2]!, 'base64').toString('utf8') !== header || parts[3] !== combined)
      throw saslSyntax('a final message of another exchange');
    const { storedKey, serverKey } = found.verifier;
    const authMessage = `${clientFirst},${serverFirst},${parts[1]}`;
    const signature = hmacSha256(storedKey, authMessage);
    const proof = Buffer.from(parts[4]!, 'base64');
    const clientKey = Buffer.from(signature.map((byte, at) => byte ^ (proof[at] ?? 0)));
    const good = timingSafeEqual(createHash('sha256').update(clientKey).digest(), storedKey);
    if (!good || proof.length !== signature.length || found.who === null) return { kind: 'denied' };
    step = 'end';
    return challenge(`v=${hmacSha256(serverKey, authMessage).toString('base64')}`);
  };

  const next = async (answer: Uint8Array): Promise<ServerStep<T>> => {
    const message = textOf(answer);
    if (step === 'first') return first(message);
    if (step === 'final') return final(message);
    if (message !== '') throw saslSyntax('more than the end');
    return verdict(found.who);
  };
  return { start: async (initial) => (initial === null ? challenge('') : next(initial)), next };
}

/** `=2C` and `=3D` of RFC 5802 section 5.1. */
function scramName(name: string): string {
  if (/=(?!2C|3D)/.test(name)) throw saslSyntax('a broken name');
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

/** RFC 2195. `stamp` is for tests; by default every challenge is another one. */
export function cramMd5Server<T>(
  find: FindSecret<T>,
  hostname: string,
  stamp = `${randomBytes(12).toString('hex')}.${Date.now()}`,
): ServerMechanism<T> {
  const asked = `<${stamp}@${hostname}>`;
  return {
    async start(initial) {
      if (initial !== null) throw saslSyntax('CRAM-MD5 has no initial response');
      return challenge(asked);
    },
    async next(answer) {
      const text = textOf(answer);
      const space = text.lastIndexOf(' ');
      const digest = text.slice(space + 1).toLowerCase();
      if (space < 1 || !/^[0-9a-f]{32}$/.test(digest)) throw saslSyntax('CRAM-MD5 is a name and a digest');
      const { secret, who } = await find(text.slice(0, space), '');
      const expected = createHmac('md5', secret).update(asked).digest('hex');
      return verdict(sameText(digest, expected) ? who : null);
    },
  };
}

/** RFC 1939 section 7: MD5 over the greeting's timestamp and the secret, in lower-case hexadecimal. */
export function apopDigest(timestamp: string, secret: string): string {
  return createHash('md5').update(timestamp).update(secret).digest('hex');
}

/** Constant time for texts of one length; the length of a digest is no secret. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** RFC 2831 with qop `auth` only: the old clients that know nothing better. `nonce` is for tests. */
export function digestMd5Server<T>(
  find: FindSecret<T>,
  realm: string,
  nonce = randomBytes(18).toString('base64'),
): ServerMechanism<T> {
  let accepted: { who: T } | undefined;
  return {
    async start(initial) {
      // RFC 2831 section 2.2, subsequent authentication, is not offered: the client has to begin anew.
      if (initial !== null) throw saslSyntax('DIGEST-MD5 has no initial response');
      return challenge(`realm="${realm}",nonce="${nonce}",qop="auth",charset=utf-8,algorithm=md5-sess`);
    },
    async next(answer) {
      if (accepted) {
        if (answer.length > 0) throw saslSyntax('more than the end');
        return { kind: 'accepted', who: accepted.who };
      }
      if (answer.length > MAX_SASL_BYTES) throw saslSyntax('too long');
      const fields = parseDigestFields(answer);
      if (!fields || fields.nonce !== nonce || fields.nc !== '00000001')
        throw saslSyntax('a broken response');
      const { secret, who } = await find(fields.username, fields.realm);
      // A password of Latin-1 letters is hashed as Latin-1 (section 2.1.2.1); others, and some clients, use UTF-8.
      const passwords = [Buffer.from(secret, 'utf8')];
      if (/^[\x00-\xff]*$/.test(secret)) passwords.push(Buffer.from(secret, 'latin1'));
      let proof: string | undefined;
      for (const password of passwords) {
        const { response, rspauth } = digestResponse(fields.raw, password);
        if (sameText(fields.response, response)) proof = rspauth;
      }
      const { authzid, username } = fields.raw;
      // Nobody acts for another person here.
      const another = authzid !== null && authzid.length > 0 && !authzid.equals(username);
      if (proof === undefined || who === null || another) return { kind: 'denied' };
      accepted = { who };
      return challenge(`rspauth=${proof}`);
    },
  };
}

interface DigestInput {
  readonly username: Buffer;
  readonly realm: Buffer;
  readonly nonce: string;
  readonly cnonce: Buffer;
  readonly nc: string;
  readonly uri: Buffer;
  readonly authzid: Buffer | null;
}

/** RFC 2831 sections 2.1.2.1 and 2.1.3. */
function digestResponse(input: DigestInput, password: Buffer): { response: string; rspauth: string } {
  const md5 = (...pieces: (Buffer | string)[]) => {
    const hash = createHash('md5');
    for (const piece of pieces) hash.update(piece);
    return hash.digest();
  };
  const secret = md5(input.username, ':', input.realm, ':', password);
  const zid = input.authzid ? [':', input.authzid] : [];
  const a1 = md5(secret, `:${input.nonce}:`, input.cnonce, ...zid).toString('hex');
  const answer = (verb: string) => {
    const a2 = md5(verb, input.uri).toString('hex');
    return md5(`${a1}:${input.nonce}:${input.nc}:`, input.cnonce, `:auth:${a2}`).toString('hex');
  };
  return { response: answer('AUTHENTICATE:'), rspauth: answer(':') };
}
