/**
 * A folder of Pegasus Mail (.pmm): 128 octets that begin with its name, then letters, each closed by one octet 0x1a. What was
 * read stands in another file whose form is not known here, so the letters say nothing of it. It must never write.
 */
import type { FileHandle } from 'node:fs/promises';
import { Fault } from '../base/errors.ts';
import { MAX_MESSAGE_BYTES } from '../base/limits.ts';
import { Blocks } from './blocks.ts';
import { codePageOf, textIn } from './dbx/code-page.ts';
import type { SourceLetter, SourceOptions } from './source.ts';

const HEAD = 128;
const CLOSE = 0x1a;
const STEP = 256 * 1024;

const beginsAsLetter = (octets: Buffer): boolean => /^[!-9;-~]{2,76}:/.test(octets.toString('latin1'));

/** Whether a file is such a folder, by its name and its first octets (at least 256 of them, or the whole file). */
export function isPegasusFolder(path: string, start: Buffer): boolean {
  if (!/\.pmm$/i.test(path) || start.length < HEAD) return false;
  const named = (start[0] as number) >= 0x20 && start.subarray(0, HEAD).includes(0);
  return named && (start.length === HEAD || beginsAsLetter(start.subarray(HEAD)));
}

/** Its letters, in a folder of its own name below `folder`. */
export async function* pegasusLetters(
  path: string,
  file: FileHandle,
  size: number,
  folder: readonly string[],
  options: SourceOptions,
): AsyncGenerator<SourceLetter> {
  const blocks = new Blocks(file, size);
  const head = await blocks.read(0, HEAD);
  const name = textIn(codePageOf([head.subarray(0, head.indexOf(0))], new Set()), head).trim();
  let n = 0;
  for (let start = HEAD; start < size; ) {
    options.signal?.throwIfAborted();
    const close = await closeOf(blocks, start);
    const end = close ?? size;
    n++;
    const from = start;
    const told = `${path}#${n}`;
    if (close === null) options.onProblem(told, 'cut-short');
    yield {
      path: told,
      size: end - from,
      flags: [],
      received: null,
      folder: [...folder, name],
      position: end,
      async read() {
        if (end - from > MAX_MESSAGE_BYTES) throw new Fault('user', 'too-large', 'The letter is too large.');
        return new Uint8Array(await blocks.read(from, end - from));
      },
    };
    start = end + 1;
  }
}

/** Where the letter is closed: a letter begins behind that octet, or nothing does; null: the file ends before. */
async function closeOf(blocks: Blocks, from: number): Promise<number | null> {
  for (let at = from; at < blocks.size; ) {
    const piece = await blocks.read(at, STEP);
    const found = piece.indexOf(CLOSE);
    if (found < 0) {
      at += piece.length;
      continue;
    }
    const close = at + found;
    if (close + 1 === blocks.size || beginsAsLetter(await blocks.read(close + 1, 80))) return close;
    at = close + 1;
  }
  return null;
}
