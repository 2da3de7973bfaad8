/**
 * Passwords, sealed by the operating system (DPAPI, Keychain, Secret Service) and kept in one file of the profile. Only the
 * main process can do this; the engine asks by message.
 *
 * A key store that is locked is "temporarily unavailable", never "no password": the engine then waits instead of asking.
 */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { safeStorage } from 'electron';
import { Fault } from '../main/base/errors.ts';

/** `basic_text` seals with a key that everybody knows: worse than our own key file, so it is not used. */
export async function systemSecretsWork(): Promise<boolean> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

const unavailable = (cause: unknown): Fault =>
  new Fault('transient', 'secrets-locked', 'The system does not give out its keys at the moment.', { cause });

export class SystemSecrets {
  readonly #dir: string;
  #sealed: Promise<Map<string, string>> | undefined;
  /** One change at a time: each writes the whole file. */
  #last: Promise<void> = Promise.resolve();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async get(name: string): Promise<string | null> {
    const sealed = await this.#read();
    const text = sealed.get(name);
    if (text === undefined) return null;
    const opened = await safeStorage
      .decryptStringAsync(Buffer.from(text, 'base64'))
      .catch((cause: unknown) => {
        throw unavailable(cause);
      });
    if (opened.shouldReEncrypt) await this.set(name, opened.result);
    return opened.result;
  }

  async set(name: string, value: string): Promise<void> {
    const bytes = await safeStorage.encryptStringAsync(value).catch((cause: unknown) => {
      throw unavailable(cause);
    });
    (await this.#read()).set(name, bytes.toString('base64'));
    await this.#write();
  }

  async remove(name: string): Promise<void> {
    if ((await this.#read()).delete(name)) await this.#write();
  }

  #read(): Promise<Map<string, string>> {
    this.#sealed ??= readFile(join(this.#dir, 'secrets.json'), 'utf8').then(
      (text) => new Map(Object.entries(JSON.parse(text) as Record<string, string>)),
      (failure: NodeJS.ErrnoException) => {
        if (failure.code === 'ENOENT') return new Map<string, string>();
        this.#sealed = undefined;
        throw failure;
      },
    );
    return this.#sealed;
  }

  #write(): Promise<void> {
    const write = async (): Promise<void> => {
      const file = join(this.#dir, 'secrets.json');
      const fresh = `${file}.new`;
      const text = JSON.stringify(Object.fromEntries(await this.#read()));
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      await writeFile(fresh, text, { mode: 0o600, flush: true });
      await chmod(fresh, 0o600);
      await rename(fresh, file);
    };
    const next = this.#last.then(write);
    this.#last = next.catch(() => {});
    return next;
  }
}
