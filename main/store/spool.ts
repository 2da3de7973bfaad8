/**
 * Preparing a blob of any length in bounded memory. Above SPOOL_ABOVE_BYTES the record is written to a
 * file of the spool folder in its final form, so that the writer only has to rename it into a segment.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { BLOB_FRAME_BYTES, MAX_MESSAGE_BYTES, SPOOL_ABOVE_BYTES } from '../base/limits.ts';
import { storeFault } from './fault.ts';
import {
  blobTooLarge,
  HEADER_BYTES,
  type PreparedBlob,
  packFrame,
  prepareBlob,
  writeHeader,
  writeTable,
} from './record.ts';

/**
 * Consumes the source. A blob that is spooled is already durable on the disk, but not yet in the store:
 * it is forgotten at the next opening unless a write appends it.
 * @throws Fault user `blob-too-large`; transient `disk-full`; whatever the source throws.
 */
export async function prepareStream(
  folder: string,
  source: AsyncIterable<Uint8Array>,
): Promise<PreparedBlob> {
  const held: Uint8Array[] = [];
  let length = 0;
  let spool: Spool | undefined;
  try {
    for await (const chunk of source) {
      length += chunk.length;
      if (length > MAX_MESSAGE_BYTES) throw blobTooLarge();
      if (spool) {
        await spool.add(chunk);
        continue;
      }
      held.push(chunk);
      if (length > SPOOL_ABOVE_BYTES) {
        spool = await Spool.open(folder);
        for (const each of held.splice(0)) await spool.add(each);
      }
    }
    if (!spool) return prepareBlob(Buffer.concat(held));
    return await spool.finish();
  } catch (failure) {
    await spool?.discard();
    throw storeFault(failure);
  }
}

/** A buffer of this length is surely not a piece of Node's pool (8 KiB). */
const OWN_BUFFER_BYTES = 64 * 1024;

class Spool {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  readonly #table: { stored: number; crc: number }[] = [];
  readonly #frame = Buffer.allocUnsafe(BLOB_FRAME_BYTES);
  #filled = 0;
  #raw = 0;
  #position = HEADER_BYTES;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async open(folder: string): Promise<Spool> {
    const path = join(folder, `${randomUUID()}.blob`);
    return new Spool(path, await open(path, 'wx+', 0o600));
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#raw += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      const take = Math.min(chunk.length - at, BLOB_FRAME_BYTES - this.#filled);
      this.#frame.set(chunk.subarray(at, at + take), this.#filled);
      this.#filled += take;
      at += take;
      if (this.#filled === BLOB_FRAME_BYTES) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    if (this.#filled === 0) return;
    const packed = packFrame(this.#frame.subarray(0, this.#filled));
    this.#table.push({ stored: packed.length, crc: crc32(packed) });
    await this.#write(packed, this.#position);
    this.#position += packed.length;
    this.#filled = 0;
    this.#giveBack(packed);
  }

  /** Else as much as a large blob itself would wait for the next collection. Small buffers are shared by Node. */
  #giveBack({ buffer, byteLength }: Uint8Array): void {
    const own = buffer !== this.#frame.buffer && byteLength > OWN_BUFFER_BYTES;
    if (own && buffer instanceof ArrayBuffer) buffer.transfer(0);
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, position + at);
      at += bytesWritten;
    }
  }

  async finish(): Promise<PreparedBlob> {
    await this.#flush();
    const tail = writeTable(this.#table);
    await this.#write(tail, this.#position);
    const stored = this.#position + tail.length;
    const hash = Uint8Array.from(this.#hash.digest());
    const frames = this.#table.length;
    const header = { raw: this.#raw, stored, frames, frameBytes: BLOB_FRAME_BYTES, hash };
    await this.#write(writeHeader(header), 0);
    // Durable here, so that the writer never waits for hundreds of megabytes to reach the disk.
    await this.#file.sync();
    await this.#file.close();
    return { hash, raw: this.#raw, stored, record: this.#path };
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => {});
    await rm(this.#path, { force: true });
  }
}
