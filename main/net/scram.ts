/**
 * What a server keeps for SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677): salt, rounds, StoredKey and ServerKey, in the
 * notation of RFC 5803 with `$` between the parts. Who steals it cannot sign in with it; who hears an exchange cannot
 * repeat it. Derivation runs in the crypto threads, never on the event loop.
 */
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { saslPrep } from './sasl-prep.ts';

export interface ScramVerifier {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

const derive = promisify(pbkdf2);

export const hmacSha256 = (key: Uint8Array, text: string | Uint8Array): Buffer =>
  createHmac('sha256', key).update(text).digest();

/** Costs `iterations` rounds of HMAC-SHA-256. */
export async function deriveVerifier(
  password: string,
  salt: Buffer,
  iterations: number,
): Promise<ScramVerifier> {
  const salted = await derive(saslPrep(password), salt, iterations, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmacSha256(salted, 'Client Key')).digest();
  return { salt, iterations, storedKey, serverKey: hmacSha256(salted, 'Server Key') };
}

/** True when this is the password behind the verifier; always costs one derivation. */
export async function matchesVerifier(password: string, verifier: ScramVerifier): Promise<boolean> {
  const derived = await deriveVerifier(password, verifier.salt, verifier.iterations);
  return timingSafeEqual(derived.storedKey, verifier.storedKey);
}

export function writeVerifier({ salt, iterations, storedKey, serverKey }: ScramVerifier): string {
  const text = (bytes: Buffer) => bytes.toString('base64');
  return `SCRAM-SHA-256$${iterations}:${text(salt)}$${text(storedKey)}:${text(serverKey)}`;
}

/** Undefined for what is not such a text. */
export function parseVerifier(text: string): ScramVerifier | undefined {
  const found = /^SCRAM-SHA-256\$(\d{1,9}):([^$:]+)\$([^$:]+):([^$:]+)$/.exec(text);
  if (!found) return undefined;
  const [salt, storedKey, serverKey] = [found[2]!, found[3]!, found[4]!].map((each) =>
    Buffer.from(each, 'base64'),
  ) as [Buffer, Buffer, Buffer];
  if (salt.length === 0 || storedKey.length !== 32 || serverKey.length !== 32) return undefined;
  return { salt, iterations: Number(found[1]), storedKey, serverKey };
}
