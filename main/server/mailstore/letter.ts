/** The octets of one stored message, by range. */
import { Fault } from '../../base/errors.ts';
import type { StoreBlobs } from '../../store/store.ts';
import type { Letter, LetterPiece, PartOffsets } from './mailstore.ts';
import type { LetterPlace } from './row-reads.ts';
import { decodePartOffsets } from './wire-text/part-offsets.ts';

/** Octets pulled at a time. */
const PIECE_BYTES = 1024 * 1024;
/** Faults of a blob that will not go away by themselves. */
const LASTING = new Set(['blob-damaged', 'blob-missing']);
/** Letters that turned out to be damaged, by hash; more than these are found out anew each time. */
const MOST_BROKEN = 10_000;
/** Where a letter that was given out lies. */
const hashes = new WeakMap<Letter, Uint8Array>();

/** What a store has been found to be unable to read, since it was opened. */
const broken = new WeakMap<StoreBlobs, Set<string>>();

export function letterOf(blobs: StoreBlobs, place: LetterPlace): Letter {
  const { hash, size } = place;
  let root: PartOffsets | undefined;
  const key = Buffer.from(hash).toString('hex');
  const read = async (start: number, end: number) => {
    try {
      return await blobs.read(hash, { start, end });
    } catch (failure) {
      if (failure instanceof Fault && LASTING.has(failure.code)) {
        const known = broken.get(blobs) ?? new Set();
        if (known.size < MOST_BROKEN) broken.set(blobs, known.add(key));
      }
      throw failure;
    }
  };
  const letter: Letter = {
    size,
    get root() {
      root ??= decodePartOffsets(place.parts);
      return root;
    },
    async *stream(start, end) {
      const last = Math.min(end, size);
      for (let at = Math.max(0, start); at < last; at += PIECE_BYTES) {
        yield await read(at, Math.min(last, at + PIECE_BYTES));
      }
    },
    read(start, end) {
      const last = Math.min(end, size, start + PIECE_BYTES);
      return start >= last ? Promise.resolve(new Uint8Array(0)) : read(start, last);
    },
    async probe(start, end) {
      const known = broken.get(blobs);
      if (!known?.has(key)) return;
      for await (const _ of letter.stream(start, end));
      // It came in once more and was stored anew; damage outside the range will be found again.
      known.delete(key);
    },
  };
  hashes.set(letter, hash);
  return letter;
}

/** Short ranges of letters by one call. @throws Fault internal for a letter that letterOf() did not make. */
export function piecesOf(blobs: StoreBlobs, wanted: readonly LetterPiece[]): Promise<(Uint8Array | Fault)[]> {
  return blobs.readMany(
    wanted.map(({ letter, start, end }) => {
      const hash = hashes.get(letter);
      if (!hash) throw new Fault('internal', 'no-such-letter', 'This letter is not of this store.');
      return { hash, start, end: Math.min(end, letter.size) };
    }),
  );
}
