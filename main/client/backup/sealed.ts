/** Passwords under a passphrase: scrypt makes the key, AES-256-GCM seals them. Nothing else about them leaves this file. */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { Fault } from '../../base/errors.ts';
import type { SealedPasswords } from './manifest.ts';

/** About 100 ms and 64 MiB of one try: dear for who guesses, nothing for who knows. */
const COST = 2 ** 16;
const BLOCK = 8;
const PARALLEL = 1;
const TAG = 16;
const NAME = Buffer.from('postroom-backup-passwords');

function keyOf(
  passphrase: string,
  salt: Buffer,
  cost: number,
  block: number,
  parallel: number,
): Promise<Buffer> {
  const options = { N: cost, r: block, p: parallel, maxmem: 256 * cost * block };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 32, options, (failure, key) =>
      failure ? reject(failure) : resolve(key),
    );
  });
}

export async function sealPasswords(
  passphrase: string,
  passwords: readonly (readonly [string, string])[],
): Promise<SealedPasswords> {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const key = await keyOf(passphrase, salt, COST, BLOCK, PARALLEL);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(NAME);
  const body = Buffer.concat([
    cipher.update(JSON.stringify(passwords), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return {
    kdf: 'scrypt',
    cost: COST,
    block: BLOCK,
    parallel: PARALLEL,
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
    sealed: body.toString('base64'),
  };
}

/** @throws Fault user `wrong-passphrase` */
export async function openPasswords(passphrase: string, from: SealedPasswords): Promise<[string, string][]> {
  try {
    const body = Buffer.from(from.sealed, 'base64');
    const key = await keyOf(
      passphrase,
      Buffer.from(from.salt, 'base64'),
      from.cost,
      from.block,
      from.parallel,
    );
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(from.nonce, 'base64')).setAAD(NAME);
    decipher.setAuthTag(body.subarray(body.length - TAG));
    const text = Buffer.concat([
      decipher.update(body.subarray(0, body.length - TAG)),
      decipher.final(),
    ]).toString('utf8');
    return JSON.parse(text) as [string, string][];
  } catch (cause) {
    throw new Fault('user', 'wrong-passphrase', 'The passphrase of the copy is another one.', { cause });
  }
}
