/**
 * What must be readable again (legacy secrets, the smarthost's password) is sealed with AES-256-GCM under a key file
 * of the data folder with mode 0600. It protects a copied database, not a copied folder. Names are authenticated, so
 * a sealed value cannot be moved to another row. Nothing here is ever logged.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, toFault } from '../../base/errors.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class SecretBox {
  readonly #sealing: Buffer;
  readonly #marking: Buffer;

  constructor(key: Uint8Array) {
    const derived = (purpose: string) => Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES));
    this.#sealing = derived('postroom sealed secrets');
    this.#marking = derived('postroom stable marks');
  }

  seal(name: string, value: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#sealing, nonce).setAAD(Buffer.from(name));
    const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), body]));
  }

  /** @throws Fault internal `secret-damaged`: another key, another name, or changed octets. */
  unseal(name: string, sealed: Uint8Array): string {
    try {
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.#sealing, nonce).setAAD(Buffer.from(name));
      decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const body = sealed.subarray(NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new Fault('internal', 'secret-damaged', 'A stored secret cannot be read. Set it again.', {
        cause,
      });
    }
  }

  /** The same octets for the same text as long as the key lives; nobody else can tell them from random ones. */
  mark(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.#marking).update(`${purpose}\0${text}`).digest();
  }
}

/**
 * Opens (or makes) `office.key` in the data folder.
 * @throws Fault user `no-access`; internal `key-damaged`.
 */
export async function openSecretBox(dir: string): Promise<SecretBox> {
  const file = join(dir, 'office.key');
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return new SecretBox((await readKey(file)) ?? (await makeKey(file)));
  } catch (failure) {
    throw toFault(failure);
  }
}

async function readKey(file: string): Promise<Buffer | undefined> {
  let key: Buffer;
  try {
    key = await readFile(file);
  } catch (failure) {
    if ((failure as { code?: string }).code === 'ENOENT') return undefined;
    throw failure;
  }
  if (key.length !== KEY_BYTES) {
    throw new Fault('internal', 'key-damaged', 'The key file of the office is damaged.', {
      detail: { file },
    });
  }
  // A folder copied by a careless tool may have lost its modes.
  await chmod(file, 0o600);
  return key;
}

/** Put in place whole or not at all; whoever comes second takes what is there. */
async function makeKey(file: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES);
  const fresh = `${file}.${process.pid}.new`;
  await unlink(fresh).catch(() => {});
  const handle = await open(fresh, 'wx', 0o600);
  try {
    await handle.writeFile(key);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(fresh, file);
    return key;
  } catch (failure) {
    if ((failure as { code?: string }).code !== 'EEXIST') throw failure;
    return (await readKey(file)) ?? key;
  } finally {
    await unlink(fresh).catch(() => {});
  }
}
