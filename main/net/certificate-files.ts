/**
 * Keys and certificates as files: the office's own pairs, put in place whole and readable by their owner only, and the
 * files an administrator has given.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, toFault } from '../base/errors.ts';
import type { KeyAndCertificate } from './office-ca.ts';

/** Changes when the file does. @throws Fault user `certificate-unreadable`. */
export async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (failure) {
    throw unreadable(file, failure);
  }
}

function unreadable(file: string, cause: unknown): Fault {
  const missing = (cause as { code?: string }).code === 'ENOENT';
  const words = missing ? 'there is no such file' : 'it may not be read';
  return new Fault('user', 'certificate-unreadable', `${file} could not be read: ${words}.`, {
    detail: { file, reason: missing ? 'missing' : 'no-access' },
    cause,
  });
}

/** A given pair that can serve. @throws Fault user, one of those of openCertificates(). */
export async function readOwn(certificateFile: string, keyFile: string): Promise<KeyAndCertificate> {
  const read = (file: string) =>
    readFile(file, 'utf8').catch((failure) => {
      throw unreadable(file, failure);
    });
  const [certificate, key] = [await read(certificateFile), await read(keyFile)];
  const wrong = (code: string, file: string, message: string, cause?: unknown) =>
    new Fault('user', code, message, { detail: { file }, cause });
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(certificate);
  } catch (cause) {
    throw wrong(
      'certificate-invalid',
      certificateFile,
      `${certificateFile} holds no certificate in PEM.`,
      cause,
    );
  }
  if (/ENCRYPTED/.test(key))
    throw wrong(
      'key-encrypted',
      keyFile,
      `The key in ${keyFile} is locked by a password; a server needs it open.`,
    );
  let matches: boolean;
  try {
    matches = x509.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw wrong('key-invalid', keyFile, `${keyFile} holds no private key in PEM.`, cause);
  }
  if (!matches)
    throw wrong(
      'certificate-key-mismatch',
      keyFile,
      `The key in ${keyFile} does not belong to the certificate in ${certificateFile}.`,
    );
  return { certificate, key };
}

/**
 * Undefined when it was never made. Key and certificate stand in one file, so that they are never of two generations;
 * the .pem beside it is a copy for people.
 */
export async function readPair(dir: string, name: string): Promise<KeyAndCertificate | undefined> {
  const file = join(dir, `${name}.key`);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (failure) {
    if ((failure as { code?: string }).code !== 'ENOENT') throw toFault(failure);
    if (await stat(join(dir, `${name}.pem`)).catch(() => undefined)) throw new Error(`${file} is gone`);
    return undefined;
  }
  const [key = '', certificate = ''] = ['PRIVATE KEY', 'CERTIFICATE'].map(
    (label) => new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\\n`).exec(text)?.[0] ?? '',
  );
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
    throw new Error(`${file}: key and certificate do not belong together`);
  // A folder copied by a careless tool may have lost its modes.
  await chmod(file, 0o600);
  return { key, certificate };
}

/** The file that counts first; a crash in between costs the copy alone. */
export async function writePair(
  dir: string,
  name: string,
  { key, certificate }: KeyAndCertificate,
): Promise<void> {
  await writeWhole(join(dir, `${name}.key`), key + certificate, 0o600);
  await writeWhole(join(dir, `${name}.pem`), certificate, 0o644);
}

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const fresh = `${file}.new`;
  await unlink(fresh).catch(() => {});
  const handle = await open(fresh, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}
