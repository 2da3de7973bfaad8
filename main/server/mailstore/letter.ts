/** The octets of one stored message, by range. */
import type { StoreBlobs } from '../../store/store.ts';
import type { Letter, PartOffsets } from './mailstore.ts';
import type { LetterPlace } from './row-reads.ts';
import { decodePartOffsets } from './wire-text/part-offsets.ts';

/** Octets pulled at a time. */
const PIECE_BYTES = 1024 * 1024;

export function letterOf(blobs: StoreBlobs, place: LetterPlace): Letter {
  const { hash, size } = place;
  let root: PartOffsets | undefined;
  return {
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
}
