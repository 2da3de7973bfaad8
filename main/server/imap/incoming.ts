/**
 * The arguments of a streamed command (APPEND) while they come in: literals are kept or poured on, one at a time,
 * each only after the command has looked at its size (rules I2, I39).
 */
import { IMAP_LITERALS_BYTES } from '../../base/limits.ts';
import type { Incoming } from './commands/command.ts';
import { bad } from './faults.ts';
import { Scanner } from './scanner.ts';
import type { Announced, CommandReader, Segment, WireItem } from './wire.ts';

/** What the session lends: the reader, the wait for input, and the way to say `+`. */
export interface Feed {
  readonly reader: CommandReader;
  /** Resolves when more input is there. @throws Fault remote `connection-lost`. */
  more(): Promise<void>;
  goAhead(): void;
}

/** Thrown for a violation of the wire in the middle of a streamed command; the session answers it. */
export class Broken extends Error {
  readonly violation: Extract<WireItem, { kind: 'violation' }>;
  constructor(violation: Extract<WireItem, { kind: 'violation' }>) {
    super(violation.reason);
    this.violation = violation;
  }
}

export class IncomingCommand implements Incoming {
  readonly scanner: Scanner;
  readonly #feed: Feed;
  #literal: Announced | null;
  #complete: boolean;
  #kept = 0;

  /** @param scanner over `segments`, standing behind the verb. */
  constructor(scanner: Scanner, literal: Announced | null, feed: Feed) {
    this.scanner = scanner;
    this.#literal = literal;
    this.#complete = literal === null;
    this.#feed = feed;
  }

  get literal(): Announced | null {
    return this.#literal;
  }
  /** The whole command has been read from the wire. */
  get complete(): boolean {
    return this.#complete;
  }

  async keep(): Promise<void> {
    const literal = this.#announced();
    this.#kept += literal.size;
    if (this.#kept > IMAP_LITERALS_BYTES) throw bad('The literals of the command are too large.', 'TOOBIG');
    this.#feed.reader.accept();
    if (literal.sync) this.#feed.goAhead();
    await this.#advance();
  }

  async pour(sink: (piece: Uint8Array) => Promise<void>): Promise<void> {
    const literal = this.#announced();
    this.#feed.reader.pour();
    if (literal.sync) this.#feed.goAhead();
    for (;;) {
      const item = await this.#item();
      if (item.kind !== 'octets') throw new Error('a poured literal gives octets');
      if (item.bytes.length > 0) await sink(item.bytes);
      if (item.last) break;
    }
    this.scanner.passLiteral();
    await this.#advance();
  }

  /** The command has failed: what is left of it is read away. @param limit octets of a literal worth reading. */
  async discard(limit: number): Promise<void> {
    if (this.#complete) return;
    this.#feed.reader.refuse(limit);
    while ((await this.#item()).kind !== 'refused');
    this.#complete = true;
  }

  #announced(): Announced {
    if (this.#literal === null || !this.scanner.atLiteral) throw bad('A literal is missing.');
    return this.#literal;
  }

  async #advance(): Promise<void> {
    const item = await this.#item();
    if (item.kind === 'literal') this.#literal = item.literal;
    else {
      this.#literal = null;
      this.#complete = true;
    }
  }

  async #item(): Promise<WireItem> {
    for (;;) {
      const item = this.#feed.reader.next();
      if (item?.kind === 'violation') {
        this.#complete = true;
        throw new Broken(item);
      }
      if (item) return item;
      await this.#feed.more();
    }
  }
}

/** Tag, verb and cursor of a command, as far as they can be read. */
export interface Head {
  readonly tag: string | null;
  /** Upper case; empty when there is none. */
  readonly verb: string;
  readonly scanner: Scanner;
}

/** Reads tag and verb; `UID` takes the next word with it. Never throws. */
export function readHead(segments: readonly Segment[], utf8: boolean): Head {
  const scanner = new Scanner(segments, utf8);
  let tag: string | null = null;
  let verb = '';
  try {
    tag = scanner.tag();
    // The tag is one only when a space or nothing follows.
    if (!scanner.maybe(32)) return { tag: scanner.atEnd ? tag : null, verb, scanner };
    verb = scanner.atom().toUpperCase();
    if (verb === 'UID' && scanner.maybe(32)) verb = `UID ${scanner.atom().toUpperCase()}`;
  } catch {
    // What could be read is returned; the session says BAD to the rest.
  }
  return { tag, verb, scanner };
}
