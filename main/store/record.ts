/**
 * One blob as it lies in a segment: header, zstd frames, frame table. Pure functions on bytes.
 *
 *   header (72)  0 magic "PRB1" | 4 version | 5 0 | 6 0 | 8 raw length u64 | 16 record length u64
 *                24 frames u32 | 28 raw octets in a frame u32 | 32 SHA-256 of the raw bytes
 *                64 0 | 68 crc32 of octets 0..67
 *   frames       each holds frameBytes raw octets (the last one fewer), compressed on its own, so any
 *                place is reached by reading one frame; kept raw where compression gains nothing
 *   table        per frame: stored length u32, crc32 of the stored octets u32; then crc32 of the table
 *
 * The table is at the end because a streamed blob does not know its frames in advance. All numbers are
 * little-endian.
 */
import { createHash } from 'node:crypto';
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Fault } from '../base/errors.ts';
import { BLOB_FRAME_BYTES, MAX_MESSAGE_BYTES } from '../base/limits.ts';
import { discard } from '../base/octets.ts';
import type { BlobHash } from './program.ts';

/** Bytes made ready for a write; made anywhere (a parse worker, say), appended in a transaction. */
export interface PreparedBlob {
  /** SHA-256 of the raw bytes, 32 octets. */
  readonly hash: Uint8Array;
  /** Raw length in octets. */
  readonly raw: number;
  /** Length of the whole record in octets. */
  readonly stored: number;
  /** The whole record, or the file of the spool folder that holds it. */
  readonly record: Uint8Array<ArrayBuffer> | string;
}

/** One of many whose records lie in one buffer, which threads may share: not to be written over until the write is answered. */
export interface PackedBlob extends Omit<PreparedBlob, 'record'> {
  readonly record: Uint8Array;
}

export const HEADER_BYTES = 72;
const MAGIC = 0x31425250;
const VERSION = 1;
const TABLE_ENTRY = 8;

export interface RecordHeader {
  readonly raw: number;
  readonly stored: number;
  readonly frames: number;
  readonly frameBytes: number;
  readonly hash: Uint8Array;
}

export interface Frame {
  /** Offset from the beginning of the record. */
  readonly offset: number;
  readonly stored: number;
  readonly crc: number;
  /** Raw octets in this frame. */
  readonly raw: number;
}

// Level 1 packs Base64 by a quarter at about 700 MB/s on one core; higher levels cost twice the time on
// text for some 3 % less space. The window never needs to pass one frame.
const PACK = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** A frame's stored octets: compressed, or the raw ones when that is not smaller. */
export function packFrame(raw: Uint8Array): Uint8Array {
  // One buffer a frame: pieces of 16 KiB would be joined by copying.
  const chunkSize = raw.length + (raw.length >>> 7) + 512;
  const packed = zstdCompressSync(raw, { ...PACK, chunkSize });
  return packed.length < raw.length ? packed : raw;
}

/** Room at the end of an unpacked frame's buffer. */
export const FRAME_SLACK_BYTES = 64;

/** The raw octets of a frame whose checksum is right; throws when they cannot be had back. */
export function unpackFrame(stored: Uint8Array, frame: Frame): Uint8Array {
  if (stored.length !== frame.stored || crc32(stored) !== frame.crc) throw new Error('frame checksum');
  if (frame.stored === frame.raw) return stored;
  // One buffer a frame, a little longer than it needs: a full one would be followed by another.
  const raw = zstdDecompressSync(stored, {
    maxOutputLength: frame.raw,
    chunkSize: frame.raw + FRAME_SLACK_BYTES,
  });
  if (raw.length !== frame.raw) throw new Error('frame length');
  return raw;
}

/** Octets of the table (with its checksum) for so many frames. */
export function tableBytes(frames: number): number {
  return frames * TABLE_ENTRY + 4;
}

export function writeHeader(header: RecordHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt8(VERSION, 4);
  bytes.writeBigUInt64LE(BigInt(header.raw), 8);
  bytes.writeBigUInt64LE(BigInt(header.stored), 16);
  bytes.writeUInt32LE(header.frames, 24);
  bytes.writeUInt32LE(header.frameBytes, 28);
  bytes.set(header.hash, 32);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 68)), 68);
  return bytes;
}

/** The header, or undefined when these octets are not one that can be trusted. */
export function parseHeader(bytes: Uint8Array): RecordHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (view.readUInt32LE(0) !== MAGIC || view.readUInt8(4) !== VERSION) return undefined;
  if (view.readUInt32LE(68) !== crc32(view.subarray(0, 68))) return undefined;
  return {
    raw: Number(view.readBigUInt64LE(8)),
    stored: Number(view.readBigUInt64LE(16)),
    frames: view.readUInt32LE(24),
    frameBytes: view.readUInt32LE(28),
    hash: Uint8Array.prototype.slice.call(view, 32, 64),
  };
}

export function writeTable(frames: readonly { stored: number; crc: number }[]): Buffer {
  const bytes = Buffer.alloc(tableBytes(frames.length));
  frames.forEach((frame, at) => {
    bytes.writeUInt32LE(frame.stored, at * TABLE_ENTRY);
    bytes.writeUInt32LE(frame.crc, at * TABLE_ENTRY + 4);
  });
  const end = frames.length * TABLE_ENTRY;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, end)), end);
  return bytes;
}

/** The frames of a record, or undefined when the table is damaged or does not add up. */
export function parseTable(header: RecordHeader, bytes: Uint8Array): Frame[] | undefined {
  if (bytes.length !== tableBytes(header.frames)) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = header.frames * TABLE_ENTRY;
  if (view.readUInt32LE(end) !== crc32(view.subarray(0, end))) return undefined;
  const frames: Frame[] = [];
  let offset = HEADER_BYTES;
  for (let at = 0; at < header.frames; at += 1) {
    const stored = view.readUInt32LE(at * TABLE_ENTRY);
    const raw = Math.min(header.frameBytes, header.raw - at * header.frameBytes);
    frames.push({ offset, stored, crc: view.readUInt32LE(at * TABLE_ENTRY + 4), raw });
    offset += stored;
  }
  return offset + bytes.length === header.stored ? frames : undefined;
}

/** Octets that the record of a blob of `raw` octets takes at most. */
export function recordRoom(raw: number): number {
  return HEADER_BYTES + raw + tableBytes(Math.ceil(raw / BLOB_FRAME_BYTES));
}

/**
 * Frames, compresses and hashes `bytes`; the record is written into `out` from `at` on, where recordRoom() octets must be
 * free. Pure, so any thread may do it before the write.
 * @throws Fault user `blob-too-large` above MAX_MESSAGE_BYTES.
 */
export function writeRecord(bytes: Uint8Array, out: Uint8Array, at: number): Omit<PreparedBlob, 'record'> {
  if (bytes.length > MAX_MESSAGE_BYTES) throw blobTooLarge();
  const table: { stored: number; crc: number }[] = [];
  let end = at + HEADER_BYTES;
  for (let from = 0; from < bytes.length; from += BLOB_FRAME_BYTES) {
    const packed = packFrame(bytes.subarray(from, from + BLOB_FRAME_BYTES));
    table.push({ stored: packed.length, crc: crc32(packed) });
    out.set(packed, end);
    end += packed.length;
    if (packed.buffer !== bytes.buffer) discard(packed, Number.POSITIVE_INFINITY);
  }
  const tail = writeTable(table);
  out.set(tail, end);
  end += tail.length;
  const digest = createHash('sha256').update(bytes).digest();
  const stored = end - at;
  const header = {
    raw: bytes.length,
    stored,
    frames: table.length,
    frameBytes: BLOB_FRAME_BYTES,
    hash: digest,
  };
  out.set(writeHeader(header), at);
  return { hash: Uint8Array.from(digest), raw: bytes.length, stored };
}

/** writeRecord() into a buffer of its own, which can be transferred to the writer. @throws as it does */
export function prepareBlob(bytes: Uint8Array): PreparedBlob {
  if (bytes.length > MAX_MESSAGE_BYTES) throw blobTooLarge();
  const room = new Uint8Array(new ArrayBuffer(recordRoom(bytes.length)));
  const written = writeRecord(bytes, room, 0);
  return { ...written, record: new Uint8Array(room.buffer.transfer(written.stored)) };
}

export function blobTooLarge(): Fault {
  return new Fault('user', 'blob-too-large', 'The message is larger than Postroom can keep.', {
    detail: { limit: MAX_MESSAGE_BYTES },
  });
}

/** The 32 octets of a hash given in either form. */
export function hashBytes(hash: BlobHash): Uint8Array {
  const bytes = typeof hash === 'string' ? Buffer.from(hash, 'hex') : hash;
  if (bytes.length !== 32) throw new Fault('internal', 'bad-hash', 'A blob is named by 32 octets.');
  return bytes;
}

export function hashHex(hash: BlobHash): string {
  return typeof hash === 'string' ? hash.toLowerCase() : Buffer.from(hash).toString('hex');
}

export function blobMissing(hash: BlobHash): Fault {
  return new Fault('internal', 'blob-missing', 'The message text is not stored.', {
    detail: { hash: hashHex(hash) },
  });
}

export function blobDamaged(hash: BlobHash, reason: string): Fault {
  return new Fault('internal', 'blob-damaged', 'The stored message is damaged on the disk.', {
    detail: { hash: hashHex(hash) },
    cause: reason,
  });
}
