/**
 * Secrets of hosts that have no key store of the operating system: one file of sealed values beside one key
 * file, both readable by their owner only.
 *
 * AES-256-GCM with a fresh nonce for every value; the value's name is authenticated with it, so that sealed
 * values cannot be exchanged. It protects against a copied profile without its key and against a look over
 * the shoulder, not against who can read the owner's files. A secret is never logged and never in the database.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmod, open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, toFault } from '../../base/errors.ts';

export interface Secrets {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * @param dir the profile's folder, which exists.
 * @throws Fault user `no-access`; internal `vault-damaged` when the key file is not one.
 */
export async function openVault(dir: string): Promise<Secrets> {
  const key = await readKey(join(dir, 'vault.key'));
  const file = join(dir, 'vault.json');
  const sealed = await readSealed(file);
  // One change at a time: each writes the whole file.
  let last: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    const next = last.then(() => writeOwned(file, JSON.stringify(Object.fromEntries(sealed))));
    last = next.catch(() => {});
    return next;
  };
  return {
    async get(name) {
      const text = sealed.get(name);
      return text === undefined ? null : unseal(key, name, text);
    },
    async set(name, value) {
      sealed.set(name, seal(key, name, value));
      await save();
    },
    async remove(name) {
      if (sealed.delete(name)) await save();
    },
  };
}

function seal(key: Buffer, name: string, value: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

function unseal(key: Buffer, name: string, text: string): string {
  try {
    const bytes = Buffer.from(text, 'base64');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8');
  } catch (failure) {
    throw new Fault('internal', 'vault-damaged', 'A stored password cannot be read. Enter it again.', {
      cause: failure,
    });
  }
}

async function readKey(file: string): Promise<Buffer> {
  try {
    const key = await readFile(file);
    if (key.length !== KEY_BYTES)
      throw new Fault('internal', 'vault-damaged', 'The key of the stored passwords is damaged.');
    // A profile copied by a careless tool may have lost its modes.
    await chmod(file, 0o600);
    return key;
  } catch (failure) {
    if ((failure as { code?: string }).code !== 'ENOENT') throw toFault(failure);
  }
  const key = randomBytes(KEY_BYTES);
  await writeOwned(file, key);
  return key;
}

async function readSealed(file: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (failure) {
    if ((failure as { code?: string }).code === 'ENOENT') return new Map();
    throw toFault(failure);
  }
  try {
    const values = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return new Map(values.filter((each): each is [string, string] => typeof each[1] === 'string'));
  } catch {
    // Passwords can be typed again; a profile that does not open cannot.
    return new Map();
  }
}

/** Written whole under another name, made durable, then put in place: never half a file, never another's to read. */
async function writeOwned(file: string, content: string | Uint8Array): Promise<void> {
  const fresh = `${file}.new`;
  try {
    await unlink(fresh).catch(() => {});
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (failure) {
    throw toFault(failure);
  }
}
