/**
 * Files that a person names. Texts come in what the system's own editors write (UTF-8 with or without its mark, UTF-16,
 * windows-1251); what is written out is there whole or not at all.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { decodeText } from '../../mail/charset.ts';
import { UsageError } from './arguments.ts';

/** What the system says of a file does not always name it. */
function naming(path: string): (failure: unknown) => never {
  return (failure) => {
    if (failure instanceof Error && 'code' in failure && !('path' in failure))
      Object.assign(failure, { path });
    throw failure;
  };
}

/** The octets of a file. @throws UsageError when none is named */
export async function fileBytes(path: string | undefined): Promise<Uint8Array<ArrayBuffer>> {
  if (!path) throw new UsageError((words) => words.missingFile);
  return Uint8Array.from(await readFile(resolve(path)).catch(naming(path)));
}

/** Text by its mark, as UTF-8, or by a guess. */
export function textOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decodeText(bytes, undefined).text;
  }
}

/** @throws UsageError when no file is named */
export const fileText = async (path: string | undefined): Promise<string> => textOf(await fileBytes(path));

/**
 * Writes a file beside its place and puts it there when all of it is on the disk; what stood there stays until then. What is
 * no plain file (a pipe, a terminal) is written to as it is.
 */
export async function writeWhole<T>(
  path: string,
  write: (put: (bytes: Uint8Array) => void) => T | Promise<T>,
): Promise<T> {
  const there = statSync(path, { throwIfNoEntry: false });
  const plain = !there || there.isFile();
  // A link is written through; what is no file has its own name only, /dev/stdout of a pipe for one.
  const place = there?.isFile() ? realpathSync(path) : resolve(path);
  const fresh = plain ? `${place}.${randomBytes(4).toString('hex')}.part` : place;
  let fd: number;
  try {
    fd = openSync(fresh, plain ? 'wx' : 'w', 0o600);
  } catch (failure) {
    return naming(path)(Object.assign(failure as Error, { path }));
  }
  try {
    const done = await write((bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    });
    if (plain) fsyncSync(fd);
    closeSync(fd);
    if (plain) renameSync(fresh, place);
    return done;
  } catch (failure) {
    try {
      closeSync(fd);
    } catch {
      // It was closed before it failed.
    }
    if (plain) rmSync(fresh, { force: true });
    throw failure;
  }
}
