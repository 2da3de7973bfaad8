/**
 * Reading blobs: from hash to place by the index, from place to bytes by the segment file. Runs on the
 * reader and keeper threads. Every octet that leaves here has passed its checksum.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Fault } from '../base/errors.ts';
import { discard } from '../base/octets.ts';
import type { Connection } from './database.ts';
import { storeFault } from './fault.ts';
import type { BlobHash } from './program.ts';
import {
  blobDamaged,
  blobMissing,
  FRAME_SLACK_BYTES,
  type Frame,
  HEADER_BYTES,
  hashBytes,
  hashHex,
  parseHeader,
  parseTable,
  type RecordHeader,
  tableBytes,
  unpackFrame,
} from './record.ts';
import { segmentFile } from './segments.ts';

/** Open segment files kept per thread; closed in order of their last use. */
const OPEN_SEGMENTS = 16;
/** Frame tables kept per thread, for blobs that are read piece by piece. */
const TABLES_KEPT = 32;
/** Records up to this length are read in one go. */
const WHOLE_BYTES = 512 * 1024;

interface Located {
  readonly segment: number;
  readonly offset: number;
  readonly stored: number;
  readonly raw: number;
}

interface Opened {
  readonly at: Located;
  readonly header: RecordHeader;
  readonly frames: readonly Frame[];
  /** The whole record where it is small: it lies in the scratch, until the next one is opened. */
  readonly whole: Uint8Array | undefined;
}

/** Several ranges laid end to end, each with its length, and what could not be read by its place. */
export interface ManyRanges {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Float64Array;
  readonly faults: readonly (readonly [number, Fault])[];
}

export class BlobReader {
  readonly #db: Connection;
  readonly #dir: string;
  readonly #files = new Map<number, number>();
  /** Whole records and frames of large ones pass through here, one at a time: a buffer for each would be left behind. */
  readonly #scratch = Buffer.allocUnsafeSlow(WHOLE_BYTES);
  readonly #opened = new Map<string, Opened>();

  constructor(db: Connection, dir: string) {
    this.#db = db;
    this.#dir = dir;
  }

  has(hash: BlobHash): boolean {
    return this.#db.get('SELECT 1 FROM blobs WHERE hash = ?', hashBytes(hash)) !== undefined;
  }

  size(hash: BlobHash): number {
    return this.#locate(hash).raw;
  }

  /**
   * Raw octets from `start` up to `end`, without it.
   * @throws Fault `blob-missing`, `blob-damaged` {hash}.
   */
  read(hash: BlobHash, start = 0, end = Number.POSITIVE_INFINITY): Uint8Array<ArrayBuffer> {
    try {
      return this.#read(hash, start, end);
    } catch (failure) {
      // A compaction may have moved the record between the look-up and the opening of its file; a damaged one that came
      // in again lies elsewhere now.
      const { code } = failure as { code?: unknown };
      const stale = this.#opened.delete(hashHex(hash));
      if (code !== 'ENOENT' && !(stale && code === 'blob-damaged')) throw failure;
      try {
        return this.#read(hash, start, end);
      } catch (again) {
        if ((again as { code?: unknown }).code !== 'ENOENT') throw again;
        throw blobDamaged(hash, 'segment missing');
      }
    }
  }

  /**
   * Several ranges laid end to end; one that cannot be read has no octets and a fault by its place.
   */
  readMany(ranges: readonly { hash: BlobHash; start: number; end: number }[]): ManyRanges {
    const faults: [number, Fault][] = [];
    const lengths = new Float64Array(ranges.length);
    const found = ranges.map(({ hash, start, end }, n): Located | Opened | undefined => {
      try {
        const place = this.#opened.get(hashHex(hash)) ?? this.#locate(hash);
        lengths[n] = Math.max(0, Math.min(end, 'at' in place ? place.at.raw : place.raw) - start);
        return place;
      } catch (failure) {
        faults.push([n, storeFault(failure)]);
        return undefined;
      }
    });
    // Not filled with zeros first: every octet of it is written below, or the piece is a fault.
    const bytes = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const [n, each] of found.entries()) {
      const { hash, start } = ranges[n] as { hash: BlobHash; start: number };
      const into = bytes.subarray(at, at + (lengths[n] as number));
      try {
        if (each) this.#unpack(hash, 'at' in each ? each : this.#openAt(hash, each), start, into);
        at += into.length;
      } catch {
        // read() tries again where a compaction has moved the record, or a damaged one has come in anew.
        const again = this.#single(ranges, n, lengths, faults);
        if (again) into.set(again);
        if (again) at += again.length;
        else lengths[n] = 0;
      }
    }
    return { bytes: new Uint8Array(bytes.buffer as ArrayBuffer, 0, at), lengths, faults };
  }

  #single(
    ranges: readonly { hash: BlobHash; start: number; end: number }[],
    n: number,
    lengths: Float64Array,
    faults: [number, Fault][],
  ): Uint8Array | undefined {
    const { hash, start, end } = ranges[n] as { hash: BlobHash; start: number; end: number };
    try {
      const piece = this.read(hash, start, end);
      lengths[n] = piece.length;
      return piece;
    } catch (failure) {
      faults.push([n, storeFault(failure)]);
      return undefined;
    }
  }

  #read(hash: BlobHash, start: number, end: number): Uint8Array<ArrayBuffer> {
    const opened = this.#open(hash);
    const out = new Uint8Array(new ArrayBuffer(Math.max(0, Math.min(end, opened.header.raw) - start)));
    this.#unpack(hash, opened, start, out);
    return out;
  }

  /** Fills `out` with the raw octets from `start` on. */
  #unpack(hash: BlobHash, { at, header, frames, whole }: Opened, start: number, out: Uint8Array): void {
    if (out.length === 0) return;
    const last = start + out.length;
    const from = Math.floor(start / header.frameBytes);
    let filled = 0;
    for (let index = from; index < frames.length && index * header.frameBytes < last; index += 1) {
      const frame = frames[index];
      if (!frame) break;
      const stored =
        whole?.subarray(frame.offset, frame.offset + frame.stored) ??
        this.#octets(at.segment, at.offset + frame.offset, frame.stored, this.#scratch);
      const begins = index * header.frameBytes;
      let raw: Uint8Array;
      try {
        raw = unpackFrame(stored, frame);
      } catch (failure) {
        throw blobDamaged(hash, `frame ${index}: ${String(failure)}`);
      }
      const piece = raw.subarray(Math.max(0, start - begins), Math.min(raw.length, last - begins));
      out.set(piece, Math.max(0, begins - start));
      filled += piece.length;
      // Letters read one after another would leave their own size in frames behind before the next collection.
      if (raw !== stored) discard(raw, FRAME_SLACK_BYTES);
    }
    if (filled !== out.length) throw blobDamaged(hash, 'frames are missing');
  }

  #locate(hash: BlobHash): Located {
    const row = this.#db.get<Located>(
      'SELECT segment, offset, stored, raw FROM blobs WHERE hash = ?',
      hashBytes(hash),
    );
    if (!row) throw blobMissing(hash);
    return row;
  }

  #open(hash: BlobHash): Opened {
    const key = hashHex(hash);
    return this.#opened.get(key) ?? this.#openAt(hash, this.#locate(hash));
  }

  #openAt(hash: BlobHash, at: Located): Opened {
    const key = hashHex(hash);
    const whole =
      at.stored <= WHOLE_BYTES ? this.#octets(at.segment, at.offset, at.stored, this.#scratch) : undefined;
    const head = whole?.subarray(0, HEADER_BYTES) ?? this.#octets(at.segment, at.offset, HEADER_BYTES);
    const header = parseHeader(head);
    if (!header || header.stored !== at.stored || header.raw !== at.raw) throw blobDamaged(hash, 'header');
    if (hashHex(header.hash) !== key) throw blobDamaged(hash, 'another blob is stored here');
    const count = tableBytes(header.frames);
    const tail =
      whole?.subarray(at.stored - count) ??
      this.#octets(at.segment, at.offset + at.stored - count, Math.min(count, at.stored));
    const frames = parseTable(header, tail);
    if (!frames) throw blobDamaged(hash, 'frame table');
    const opened = { at, header, frames, whole };
    // Small records are read once and whole; only the tables of large ones are worth keeping.
    if (!whole) keep(this.#opened, key, { ...opened, whole: undefined }, TABLES_KEPT, () => {});
    return opened;
  }

  #octets(segment: number, offset: number, count: number, into?: Buffer): Uint8Array {
    const fd = this.#file(segment);
    const bytes = into && into.length >= count ? into : Buffer.allocUnsafe(count);
    let done = 0;
    while (done < count) {
      const read = readSync(fd, bytes, done, count - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    return bytes.subarray(0, done);
  }

  #file(segment: number): number {
    const open = this.#files.get(segment);
    if (open !== undefined) {
      this.#files.delete(segment);
      this.#files.set(segment, open);
      return open;
    }
    const fd = openSync(segmentFile(this.#dir, segment), 'r');
    keep(this.#files, segment, fd, OPEN_SEGMENTS, closeSync);
    return fd;
  }

  close(): void {
    for (const fd of this.#files.values()) closeSync(fd);
    this.#files.clear();
    this.#opened.clear();
  }
}

function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number, drop: (value: V) => void): void {
  map.set(key, value);
  if (map.size <= most) return;
  for (const [oldest, each] of map) {
    map.delete(oldest);
    drop(each);
    return;
  }
}
