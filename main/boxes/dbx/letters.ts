/**
 * Letters of one .dbx file. A letter that is damaged comes as far as it is there, and is named; where the list itself is
 * broken, the letters are looked for in the whole file.
 */
import { Fault, toFault } from '../../base/errors.ts';
import type { ImportFlag } from '../maildir.ts';
import type { SourceLetter } from '../source.ts';
import type { StoredOptions } from '../stored.ts';
import { type DbxFile, type DbxInfo, numberIn, openDbx } from './file.ts';

/** Numbers of a letter's values. */
const FLAGS = 0x01;
const SENT_AT = 0x02;
const OCTETS = 0x04;
const RECEIVED_AT = 0x12;

/** Its text is in the file, not only on a server. */
const HAS_TEXT = 0x0001;
const DRAFT = 0x0008;
const MARKED = 0x0020;
const READ = 0x0080;
const ANSWERED = 0x0008_0000;
const FORWARDED = 0x0010_0000;
/** 100 ns between 1601 and 1970. */
const EPOCH = 116_444_736_000_000_000n;

const time = (info: DbxInfo, index: number): number | null => {
  const value = info.get(index);
  if (typeof value !== 'object' || value.length < 8) return null;
  const ms = Number((value.readBigUInt64LE(0) - EPOCH) / 10_000n);
  return ms > 0 && ms < 4_102_444_800_000 ? ms : null;
};

function flagsOf(flags: number): ImportFlag[] {
  const found: ImportFlag[] = [];
  if (flags & READ) found.push('seen');
  if (flags & ANSWERED) found.push('answered');
  if (flags & MARKED) found.push('flagged');
  if (flags & FORWARDED) found.push('forwarded');
  if (flags & DRAFT) found.push('draft');
  return found;
}

/** Whether octets begin as a letter does, with a header field. */
export const beginsAsLetter = (bytes: Uint8Array): boolean =>
  /^[!-9;-~]{2,76}:/.test(
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(200, bytes.length)).toString('latin1'),
  );

/** Letters of one .dbx file. What lies in it besides letters is told. */
export async function* dbxLetters(
  path: string,
  folder: string[],
  options: StoredOptions,
): AsyncGenerator<SourceLetter> {
  let file: DbxFile;
  try {
    file = await openDbx(path);
  } catch (failure) {
    options.onProblem(path, toFault(failure).code);
    return;
  }
  try {
    if (file.kind === 'letters') yield* lettersOf(file, path, folder, options);
    else options.onProblem(path, 'no-letters-inside');
  } finally {
    await file.close();
  }
}

async function* lettersOf(
  file: DbxFile,
  path: string,
  folder: string[],
  options: StoredOptions,
): AsyncGenerator<SourceLetter> {
  const { places, damaged } = await file.places();
  const taken = new Set<number>();
  const broken = damaged || places.length < file.promised;
  if (broken) options.onProblem(path, 'list-damaged');
  let doubtful = false;
  for (const [n, place] of places.entries()) {
    options.signal?.throwIfAborted();
    const name = `${path}#${n + 1}`;
    try {
      const info = await file.info(place);
      const at = numberIn(info, OCTETS);
      const flags = numberIn(info, FLAGS);
      if (at === 0 && !(flags & HAS_TEXT)) {
        options.onProblem(name, 'only-headers');
        continue;
      }
      const begin = await file.beginning(at);
      if (taken.has(at)) throw new Fault('user', 'damaged', 'Two entries of the list name one letter.');
      taken.add(at);
      // A pointer into the middle of a letter: it comes as it is, and the beginning is looked for.
      if (!beginsAsLetter(begin)) doubtful = true;
      yield letterAt(file, at, name, options, {
        folder,
        position: (file.size * (n + 1)) / places.length,
        flags: flagsOf(flags),
        received: time(info, RECEIVED_AT) ?? time(info, SENT_AT),
      });
    } catch (failure) {
      doubtful = true;
      options.onProblem(name, toFault(failure).code);
    }
  }
  if (broken || doubtful) yield* recovered(path, file, taken, folder, options, broken);
}

/**
 * Letters that the broken list does not name, found by the form of their first segment.
 *
 * @param told the list is known to be broken, and was named; otherwise it is when a letter is found
 */
async function* recovered(
  path: string,
  file: DbxFile,
  taken: ReadonlySet<number>,
  folder: string[],
  options: StoredOptions,
  told: boolean,
): AsyncGenerator<SourceLetter> {
  let n = 0;
  for await (const at of file.heads()) {
    options.signal?.throwIfAborted();
    if (taken.has(at)) continue;
    const begin = await file.beginning(at).catch(() => null);
    // A space where a letter was removed begins in the middle of nowhere.
    if (!begin || !beginsAsLetter(begin)) continue;
    n++;
    if (n === 1 && !told) options.onProblem(path, 'list-damaged');
    yield letterAt(file, at, `${path}#recovered-${n}`, options, {
      folder,
      position: file.size,
      flags: ['seen'],
      received: null,
    });
  }
}

function letterAt(
  file: DbxFile,
  at: number,
  path: string,
  options: StoredOptions,
  rest: Pick<SourceLetter, 'folder' | 'position' | 'flags' | 'received'>,
): SourceLetter {
  let told = false;
  return {
    path,
    size: 0,
    ...rest,
    async read() {
      const { bytes, whole } = await file.octets(at);
      if (bytes.length === 0) throw new Fault('user', 'damaged', 'There is nothing left of the letter.');
      if (!whole && !told) options.onProblem(path, 'cut-short');
      told ||= !whole;
      return bytes;
    },
  };
}
