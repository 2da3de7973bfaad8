/** The octets of one stored message, by range. */
import { Fault } from '../../base/errors.ts';
import type { StoreBlobs } from '../../store/store.ts';
import type { Letter, LetterPiece, PartOffsets } from './mailstore.ts';
import type { LetterPlace } from './row-reads.ts';
import { decodePartOffsets } from './wire-text/part-offsets.ts';

/** Octets pulled at a time. */
const PIECE_BYTES = 1024 * 1024;
/** Where a letter that was given out lies. */
const hashes = new WeakMap<Letter, Uint8Array>();

export function letterOf(blobs: StoreBlobs, place: LetterPlace): Letter {
  const { hash, size } = place;
  let root: PartOffsets | undefined;
  const letter: Letter = {
    size,
    get root() {
      root ??= decodePartOffsets(place.parts);
      return root;
    },
    async *stream(start, end) {
      const last = Math.min(end, size);
      for (let at = Math.max(0, start); at < last; at += PIECE_BYTES) {
        yield await blobs.read(hash, { start: at, end: Math.min(last, at + PIECE_BYTES) });
      }
    },
    read(start, end) {
      const last = Math.min(end, size, start + PIECE_BYTES);
      return start >= last ? Promise.resolve(new Uint8Array(0)) : blobs.read(hash, { start, end: last });
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
