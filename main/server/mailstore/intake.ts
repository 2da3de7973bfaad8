/**
 * Octets of one letter on their way in. Up to INTAKE_MEMORY_BYTES they are kept here; what is longer goes to a file of
 * the spool folder piece by piece, so that a sender's speed, not its letter's size, decides about memory.
 *
 * It must never hold a letter in memory twice, or leave a file behind: the spool is emptied at every opening, and an
 * intake that is given up removes its own.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../base/errors.ts';
import { INTAKE_MEMORY_BYTES, MAX_MESSAGE_BYTES } from '../../base/limits.ts';
import { storeFault } from '../../store/fault.ts';
import type { Ingested } from './ingest.ts';
import type { IngestQueue } from './ingest-queue.ts';
import type { Intake, PreparedMessage } from './mailstore.ts';
import { dropFile, Packed } from './prepared.ts';

const NOTHING = new Uint8Array(0);
/** Pieces shorter than this are gathered: a sender of single octets must not cost an object for each. */
const SHORT_PIECE = 2048;
const GATHERED = 16 * 1024;

export class LetterIntake implements Intake {
  readonly #queue: IngestQueue;
  readonly #spool: string;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Short pieces, not yet in #held. */
  #gathered: Buffer | undefined;
  #gatheredBytes = 0;
  #size = 0;
  #path: string | undefined;
  #file: FileHandle | undefined;
  #ended = false;

  /** @param spool the store's spool folder. */
  constructor(queue: IngestQueue, spool: string) {
    this.#queue = queue;
    this.#spool = spool;
  }

  get size(): number {
    return this.#size;
  }

  /** Long pieces are kept as they are given, not copied: the caller must not write into them again. */
  async write(piece: Uint8Array): Promise<void> {
    if (this.#ended) throw used();
    this.#size += piece.length;
    if (this.#size > MAX_MESSAGE_BYTES) {
      this.abandon();
      throw new Fault('user', 'blob-too-large', 'The message is larger than Postroom can keep.', {
        detail: { limit: MAX_MESSAGE_BYTES },
      });
    }
    this.#hold(piece);
    if (this.#heldBytes > INTAKE_MEMORY_BYTES) await this.#spill();
  }

  #hold(piece: Uint8Array): void {
    this.#heldBytes += piece.length;
    if (piece.length >= SHORT_PIECE) {
      this.#closeGathered();
      this.#held.push(piece);
      return;
    }
    if (this.#gatheredBytes + piece.length > GATHERED) this.#closeGathered();
    this.#gathered ??= Buffer.allocUnsafeSlow(GATHERED);
    this.#gathered.set(piece, this.#gatheredBytes);
    this.#gatheredBytes += piece.length;
  }

  #closeGathered(): void {
    if (this.#gathered) this.#held.push(this.#gathered.subarray(0, this.#gatheredBytes));
    this.#gathered = undefined;
    this.#gatheredBytes = 0;
  }

  /** What is held, which is held no longer. */
  #takeHeld(): Uint8Array[] {
    this.#closeGathered();
    const pieces = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return pieces;
  }

  async #spill(): Promise<void> {
    const pieces = this.#takeHeld();
    try {
      const file = this.#file ?? (await this.#open());
      if (file) await writeAll(file, pieces);
    } catch (failure) {
      // Closed under our feet: whoever gave it up is not told of a failure as well.
      if (this.#ended && this.#file === undefined) return;
      this.abandon();
      throw storeFault(failure);
    }
  }

  /** The spooled file; undefined when the intake was given up while it was being made. */
  async #open(): Promise<FileHandle | undefined> {
    const path = join(this.#spool, `${randomUUID()}.in`);
    const file = await open(path, 'wx', 0o600);
    this.#path = path;
    this.#file = file;
    if (!this.#ended) return file;
    this.#discard();
    return undefined;
  }

  async finish(head: Uint8Array = NOTHING, options: { normalise?: boolean } = {}): Promise<PreparedMessage> {
    if (this.#ended) throw used();
    this.#ended = true;
    const normalise = options.normalise ?? false;
    if (!this.#file) {
      const bytes = joined(head, this.#takeHeld(), this.#size);
      return prepared(await this.#queue.small({ bytes, normalise }));
    }
    try {
      await writeAll(this.#file, this.#takeHeld());
      await this.#file.close();
      this.#file = undefined;
      const { path, size, spool } = { path: this.#path ?? '', size: this.#size, spool: this.#spool };
      return prepared(await this.#queue.spooled({ head, path, size, spool, normalise }));
    } catch (failure) {
      throw storeFault(failure);
    } finally {
      this.#discard();
    }
  }

  abandon(): void {
    this.#ended = true;
    this.#takeHeld();
    this.#discard();
  }

  #discard(): void {
    const file = this.#file;
    const path = this.#path;
    this.#file = undefined;
    this.#path = undefined;
    if (path === undefined) return;
    void (async () => {
      await file?.close().catch(() => {});
      await rm(path, { force: true }).catch(() => {});
    })();
  }
}

/** A short write goes on where it stopped; a full disk throws. */
async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  const { bytesWritten } = await file.writev(pieces);
  let done = bytesWritten;
  for (const piece of pieces) {
    const from = Math.min(done, piece.length);
    done -= from;
    for (let at = from; at < piece.length; ) {
      at += (await file.write(piece, at, piece.length - at)).bytesWritten;
    }
  }
}

function used(): Fault {
  return new Fault('internal', 'intake-ended', 'Nothing can be written after the end of a message.');
}

function joined(head: Uint8Array, pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(head.length + size));
  bytes.set(head);
  let at = head.length;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function prepared({ facts, letter }: Ingested): PreparedMessage {
  const packed = new Packed(letter);
  return {
    ...facts,
    packed,
    abandon() {
      const { record } = letter.blob;
      if (packed.take() && typeof record === 'string') dropFile(record);
    },
  };
}
