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
import { Packed } from './prepared.ts';

const NOTHING = new Uint8Array(0);

export class LetterIntake implements Intake {
  readonly #queue: IngestQueue;
  readonly #spool: string;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
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

  /** Pieces are kept as they are given, not copied: the caller must not write into them again. */
  async write(piece: Uint8Array): Promise<void> {
    if (this.#ended) throw used();
    this.#size += piece.length;
    if (this.#size > MAX_MESSAGE_BYTES) {
      this.abandon();
      throw new Fault('user', 'blob-too-large', 'The message is larger than Postroom can keep.', {
        detail: { limit: MAX_MESSAGE_BYTES },
      });
    }
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    if (this.#heldBytes > INTAKE_MEMORY_BYTES) await this.#spill();
  }

  async #spill(): Promise<void> {
    const pieces = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    try {
      if (!this.#file) {
        this.#path = join(this.#spool, `${randomUUID()}.in`);
        this.#file = await open(this.#path, 'wx', 0o600);
        // Given up while the file was being made.
        if (this.#ended) return this.#discard();
      }
      await this.#file.writev(pieces);
    } catch (failure) {
      if (!this.#ended) this.abandon();
      throw storeFault(failure);
    }
  }

  async finish(head: Uint8Array = NOTHING, options: { normalise?: boolean } = {}): Promise<PreparedMessage> {
    if (this.#ended) throw used();
    this.#ended = true;
    const normalise = options.normalise ?? false;
    if (!this.#file) {
      const bytes = joined(head, this.#held, this.#size);
      this.#held = [];
      return prepared(await this.#queue.small({ bytes, normalise }));
    }
    try {
      if (this.#heldBytes > 0) await this.#spill();
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
    this.#held = [];
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
      if (packed.take() && typeof record === 'string') void rm(record, { force: true }).catch(() => {});
    },
  };
}
