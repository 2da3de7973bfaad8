/**
 * What is kept of a password (rule G7), and checking one.
 *
 * A password becomes one SCRAM-SHA-256 verifier, and that serves PLAIN, LOGIN and USER/PASS too: a scrypt hash of the
 * same password beside it would make a stolen database no harder to break, since whoever has it tries the cheaper one,
 * and it would cost 32 MiB and 0.1 s a check. scrypt (PHC string) stands alone for people who were brought in with a
 * hash from elsewhere; their first good password in clear makes the verifier. As long as there is one of them, every
 * check costs both derivations, so that time does not tell who is which (rule G9).
 *
 * It must never keep or log a password in clear; a legacy secret is sealed (secret-box.ts).
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { Fault } from '../../base/errors.ts';
import { MAX_PASSWORD_CHARS, SCRAM_ROUNDS } from '../../base/limits.ts';
import { saslPrep } from '../../net/sasl-prep.ts';
import {
  deriveVerifier,
  matchesVerifier,
  parseVerifier,
  type ScramVerifier,
  writeVerifier,
} from '../../net/scram.ts';
import type { SealedCredentials } from './operations.ts';
import type { CredentialRow } from './rows.ts';
import type { SecretBox } from './secret-box.ts';

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** N = 2^15, r = 8, p = 1: 32 MiB. */
const SCRYPT = { ln: 15, r: 8, p: 1 };
/** Parameters of foreign hashes: more memory than this is no hash but an attack. */
const SCRYPT_MOST_BYTES = 128 * 1024 * 1024;

/** Name a legacy secret is sealed under. */
const legacyName = 'legacy-secret';

/** @throws Fault user `bad-password`. */
function requirePassword(password: string): void {
  if (password === '' || password.length > MAX_PASSWORD_CHARS || password.includes('\0')) {
    throw new Fault('user', 'bad-password', `A password has 1 to ${MAX_PASSWORD_CHARS} characters.`);
  }
}

/** @param legacy keep the password recoverable for CRAM-MD5, APOP and DIGEST-MD5. */
export async function makeCredentials(
  password: string,
  legacy: boolean,
  box: SecretBox,
): Promise<SealedCredentials> {
  requirePassword(password);
  const verifier = await deriveVerifier(password, randomBytes(SALT_BYTES), SCRAM_ROUNDS);
  return {
    scram: writeVerifier(verifier),
    hash: null,
    legacy: legacy ? box.seal(legacyName, password) : null,
  };
}

/** Credentials from a PHC string of scrypt. @throws Fault user `bad-hash`. */
export function importedCredentials(hash: string): SealedCredentials {
  if (!parsePhc(hash)) throw new Fault('user', 'bad-hash', 'This is no scrypt hash that can be used.');
  return { scram: null, hash, legacy: null };
}

/** @throws Fault internal `secret-damaged`. */
export function unsealLegacy(sealed: Uint8Array, box: SecretBox): string {
  return box.unseal(legacyName, sealed);
}

export function sealLegacy(password: string, box: SecretBox): Uint8Array {
  return box.seal(legacyName, password);
}

/** A verifier that nobody's password fits, always the same for the same name. */
export function standInVerifier(name: string, box: SecretBox): ScramVerifier {
  return {
    salt: box.mark('scram salt', name).subarray(0, SALT_BYTES),
    iterations: SCRAM_ROUNDS,
    storedKey: box.mark('scram stored key', name),
    serverKey: box.mark('scram server key', name),
  };
}

/** `$scrypt$ln=15,r=8,p=1$salt$hash`, base64 without padding. */
export async function scryptHash(password: string, salt = randomBytes(SALT_BYTES)): Promise<string> {
  const hash = await deriveScrypt(password, { ...SCRYPT, salt, hash: Buffer.alloc(HASH_BYTES) });
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$scrypt$ln=${SCRYPT.ln},r=${SCRYPT.r},p=${SCRYPT.p}$${text(salt)}$${text(hash)}`;
}

interface Phc {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

function parsePhc(text: string): Phc | undefined {
  const found = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
    text,
  );
  if (!found) return undefined;
  const [ln, r, p] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const [salt, hash] = [Buffer.from(found[4]!, 'base64'), Buffer.from(found[5]!, 'base64')];
  const good = ln >= 10 && r > 0 && p > 0 && p <= 16 && 128 * 2 ** ln * r <= SCRYPT_MOST_BYTES;
  return good && salt.length > 0 && hash.length >= 16 ? { ln, r, p, salt, hash } : undefined;
}

function deriveScrypt(password: string, { ln, r, p, salt, hash }: Phc): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 2 * SCRYPT_MOST_BYTES };
  return new Promise((resolve, reject) => {
    scrypt(saslPrep(password), salt, hash.length, options, (failure, key) =>
      failure ? reject(failure) : resolve(key),
    );
  });
}

/** Never matches: somebody without any credentials. */
const NOBODY: CredentialRow = { id: 0, scram: null, hash: null, legacy: null };
const STAND_IN_HASH: Phc = { ...SCRYPT, salt: Buffer.alloc(SALT_BYTES, 1), hash: Buffer.alloc(HASH_BYTES) };

/**
 * Checks a password in clear. Costs the same for everybody and nobody.
 * @param row undefined for a name that nobody has. @param both true while someone has a hash and no verifier.
 */
export async function matchesPassword(
  password: string,
  row: CredentialRow = NOBODY,
  both: boolean,
  box: SecretBox,
): Promise<boolean> {
  const verifier = row.scram === null ? undefined : parseVerifier(row.scram);
  const phc = row.hash === null ? undefined : parsePhc(row.hash);
  const given = password.slice(0, MAX_PASSWORD_CHARS);
  const byVerifier = await matchesVerifier(given, verifier ?? standInVerifier('', box));
  const byHash = both && (await matchesPhc(given, phc ?? STAND_IN_HASH));
  if (password.length > MAX_PASSWORD_CHARS) return false;
  return verifier ? byVerifier : phc !== undefined && byHash;
}

/** Checks a text against a PHC string of scrypt; false also for a string that is none. */
export async function scryptMatches(text: string, phc: string): Promise<boolean> {
  const parsed = parsePhc(phc);
  return parsed !== undefined && matchesPhc(text, parsed);
}

async function matchesPhc(password: string, phc: Phc): Promise<boolean> {
  return timingSafeEqual(await deriveScrypt(password, phc), phc.hash);
}
