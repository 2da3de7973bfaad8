/** A file read by position through a few blocks kept in memory: many small reads near each other cost one large one. */
import type { FileHandle } from 'node:fs/promises';

const BLOCK = 256 * 1024;
const KEPT = 32;

export class Blocks {
  readonly size: number;
  readonly #file: FileHandle;
  #blocks = new Map<number, Buffer>();

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** Octets from `start`, fewer than `length` where the file ends before. The answer must not be changed. */
  async read(start: number, length: number): Promise<Buffer> {
    const end = Math.min(this.size, start + length);
    if (start < 0 || start >= end) return Buffer.alloc(0);
    const first = Math.floor(start / BLOCK);
    const last = Math.floor((end - 1) / BLOCK);
    if (first === last)
      return (await this.#block(first)).subarray(start - first * BLOCK, end - first * BLOCK);
    const parts: Buffer[] = [];
    for (let n = first; n <= last; n++) {
      const block = await this.#block(n);
      parts.push(block.subarray(Math.max(0, start - n * BLOCK), Math.min(BLOCK, end - n * BLOCK)));
    }
    return Buffer.concat(parts);
  }

  async #block(n: number): Promise<Buffer> {
    const known = this.#blocks.get(n);
    if (known) {
      // The most lately used stands last.
      this.#blocks.delete(n);
      this.#blocks.set(n, known);
      return known;
    }
    const bytes = Buffer.alloc(Math.min(BLOCK, this.size - n * BLOCK));
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await this.#file.read(bytes, at, bytes.length - at, n * BLOCK + at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    this.#blocks.set(n, bytes.subarray(0, at));
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= KEPT) break;
      this.#blocks.delete(oldest);
    }
    return bytes.subarray(0, at);
  }
}
