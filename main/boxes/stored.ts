/** A letter in another mail program's store, as every reader of such stores gives it. */

import { basename } from 'node:path';
import { messageIdOf, readMarks, withoutMarks } from './bookkeeping.ts';
import type { ImportFlag } from './maildir.ts';
import { readSources, type SourceOptions } from './source.ts';

export interface StoredLetter {
  /** For reports: the file, with `#n` for the n-th letter in it. */
  path: string;
  size: number;
  flags: (ImportFlag | 'junk')[];
  keywords: string[];
  /** ms; null where nothing is known. */
  received: number | null;
  /** Its Message-ID, '' where it has none. */
  messageId?: string;
  /** Where the store's own list says that it lies: the octet of its From_ line, or its file's name. */
  place?: string;
  /** Levels of the folder in its store. */
  folder: string[];
  /** Octets read from disk up to here. */
  position: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface StoredOptions extends SourceOptions {
  /** A letter that was thrown away there and only waits to be cleared: counted, not brought. */
  onThrownAway?(path: string): void;
}

/**
 * Letters of one mbox or folder of letters whose programs keep their marks at the start of each letter. A letter is read
 * before it is given, because only its octets tell whether it is one; they are kept until they were asked for once.
 */
export async function* markedLetters(
  path: string,
  folder: string[],
  before: number,
  options: StoredOptions,
): AsyncGenerator<StoredLetter> {
  for await (const letter of readSources([path], options)) {
    const whole = await letter.read().catch(() => null);
    if (!whole) {
      options.onProblem(letter.path, 'unreadable');
      continue;
    }
    const marks = readMarks(whole);
    if (marks.expunged || letter.flags.includes('deleted')) {
      options.onThrownAway?.(letter.path);
      continue;
    }
    if (marks.partial) {
      options.onProblem(letter.path, 'only-headers');
      continue;
    }
    let kept: Uint8Array<ArrayBuffer> | null = withoutMarks(whole, marks);
    yield {
      path: letter.path,
      size: kept.length,
      flags: [...new Set([...letter.flags, ...marks.flags])],
      keywords: marks.keywords,
      received: letter.received,
      messageId: messageIdOf(whole),
      place: letter.offset === undefined ? basename(letter.path) : String(letter.offset),
      folder: [...folder, ...letter.folder],
      position: before + letter.position,
      async read() {
        const now = kept ?? withoutMarks(await letter.read(), marks);
        kept = null;
        return now;
      },
    };
  }
}
