/**
 * The wire of SMTP: octets into command lines, message octets and chunks, at any packet cut. It replaces the parser of
 * smtp-server, which lets a bare LF end a command, runs a command that the end of the connection cut off, and copies
 * message octets through a stream of its own.
 *
 * It never answers, never knows what a command means, and never keeps more than one command line in memory: octets
 * are handed on as they come, and nothing is read while a handler or a sink is busy.
 *
 * Invariants (RFC 5321 sections 2.3.8, 4.1.1.4, 4.5.2):
 * - Only CRLF "." CRLF ends a message, or "." CRLF as its very first line.
 * - Exactly one dot is removed, only directly after CRLF (or at the beginning).
 * - One command at a time; the next line is looked at when the handler of the last one has called back.
 */
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { MAX_LINE_BYTES, SMTP_AUTH_BYTES } from '../../base/limits.ts';

export interface CommandLine {
  /** Without CRLF; cut at SMTP_AUTH_BYTES. */
  readonly bytes: Buffer;
  /** Octets with the line end, all of them. */
  readonly length: number;
  /** It ended with LF alone (rule S32). */
  readonly bareLf: boolean;
}

/** Where message octets go. */
export interface Sink {
  /** A promise: nothing more is handed over until it resolves. It must not reject. */
  write(piece: Uint8Array): Promise<void> | undefined;
  /** The message (or the chunk) is complete. Commands go on when it resolves. It must not reject. */
  end(): Promise<void>;
}

/** Commands answered in one turn of the event loop before others get theirs (rule G2: 500 in one packet). */
const TURN = 64;
const CR = 13;
const LF = 10;
const DOT = 46;
const CRLF_DOT = Buffer.from('\r\n.');
const CR_ALONE = Buffer.from('\r');

/** Where the scanner stands in a message. */
type Place = 'line-start' | 'text' | 'cr' | 'dot' | 'dot-cr';

type Mode =
  | { readonly kind: 'command' }
  | { readonly kind: 'message'; readonly sink: Sink; place: Place }
  | { readonly kind: 'chunk'; readonly sink: Sink; left: number };

export class SmtpWire extends SMTPStream {
  /** Handles one line; calls back exactly once, at once or later. */
  onLine: (line: CommandLine, next: () => void) => void = (_line, next) => next();
  /** A line that grew past MAX_LINE_BYTES without an end. */
  onEndless: () => void = () => {};
  /** The peer has sent all it will send. */
  onEnd: () => void = () => {};
  #mode: Mode = { kind: 'command' };
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #written: ((failure?: Error | null) => void) | undefined;
  #busy = false;
  #line: Buffer[] = [];
  #kept = 0;
  #length = 0;
  #lastByte = 0;
  #turns = 0;

  /** True while message octets are expected: the peer owes them. */
  get inMessage(): boolean {
    return this.#mode.kind !== 'command';
  }

  /** From the next octet on a message comes, dots and all, up to the lone dot. */
  startMessage(sink: Sink): void {
    this.#mode = { kind: 'message', sink, place: 'line-start' };
  }

  /** Exactly `octets` octets come next (RFC 3030 section 2). */
  startChunk(octets: number, sink: Sink): void {
    this.#mode = { kind: 'chunk', sink, left: octets };
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding | 'buffer',
    next: (failure?: Error | null) => void,
  ) {
    this.#chunk = chunk;
    this.#at = 0;
    this.#written = next;
    this.#run();
  }

  /** A command without its line end is not executed (rule S32). */
  override _flushData(): void {
    this.onEnd();
  }

  #run(): void {
    while (!this.#busy) {
      if (this.isClosed) this.#at = this.#chunk.length;
      // A chunk of no octets ends without any.
      const more = this.#at < this.#chunk.length;
      if (this.#mode.kind === 'chunk' && (more || this.#mode.left === 0) && !this.isClosed) {
        this.#takeChunk(this.#mode);
      } else if (!more) {
        const written = this.#written;
        this.#written = undefined;
        written?.();
        return;
      } else if (this.#mode.kind === 'message') this.#takeMessage(this.#mode);
      else this.#takeCommand();
    }
  }

  /** Nothing is looked at until the action has called back. */
  #wait(action: (done: () => void) => void): void {
    this.#busy = true;
    let sync = true;
    let called = false;
    action(() => {
      if (called) return;
      called = true;
      this.#turns += 1;
      const goOn = () => {
        this.#busy = false;
        if (!sync) this.#run();
      };
      if (this.#turns < TURN) return goOn();
      this.#turns = 0;
      sync = false;
      setImmediate(goOn);
    });
    sync = false;
  }

  #takeCommand(): void {
    const end = this.#chunk.indexOf(LF, this.#at);
    const stop = end < 0 ? this.#chunk.length : end;
    this.#keep(this.#chunk.subarray(this.#at, stop));
    if (end < 0) {
      this.#at = stop;
      if (this.#length > MAX_LINE_BYTES) {
        this.isClosed = true;
        this.onEndless();
      }
      return;
    }
    this.#at = end + 1;
    const bareLf = this.#lastByte !== CR;
    const whole = this.#line.length === 1 ? this.#line[0]! : Buffer.concat(this.#line);
    const bytes = !bareLf && this.#kept === this.#length ? whole.subarray(0, -1) : whole;
    const line = { bytes, length: this.#length + 1, bareLf };
    this.#line = [];
    this.#kept = 0;
    this.#length = 0;
    this.#lastByte = 0;
    this.#wait((done) => this.onLine(line, done));
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#length += piece.length;
    this.#lastByte = piece[piece.length - 1]!;
    const room = SMTP_AUTH_BYTES - this.#kept;
    if (room <= 0) return;
    this.#line.push(piece.subarray(0, room));
    this.#kept += Math.min(room, piece.length);
  }

  #takeChunk(mode: Mode & { kind: 'chunk' }): void {
    const piece = this.#chunk.subarray(this.#at, this.#at + mode.left);
    this.#at += piece.length;
    mode.left -= piece.length;
    this.#emit(mode.sink, piece, mode.left === 0);
  }

  /** Looks for the end of the message; hands on all octets that are surely content. */
  #takeMessage(mode: Mode & { kind: 'message' }): void {
    const chunk = this.#chunk;
    let from = this.#at;
    let at = this.#at;
    while (at < chunk.length) {
      const byte = chunk[at]!;
      if (mode.place === 'line-start' && byte === DOT) {
        // The dot itself is never content: it is stuffed or it ends the message.
        mode.place = 'dot';
        if (at > from) {
          this.#at = at + 1;
          this.#emit(mode.sink, chunk.subarray(from, at), false);
          return;
        }
        at += 1;
        from = at;
      } else if (mode.place === 'dot') {
        if (byte === CR) {
          mode.place = 'dot-cr';
          at += 1;
          from = at;
        } else mode.place = 'text';
      } else if (mode.place === 'dot-cr') {
        if (byte === LF) {
          this.#at = at + 1;
          this.#emit(mode.sink, chunk.subarray(0, 0), true);
          return;
        }
        // The CR that was held back is content after all; what follows it is looked at anew.
        mode.place = 'cr';
        this.#at = at;
        this.#emit(mode.sink, CR_ALONE, false);
        return;
      } else if (mode.place === 'cr' && byte === LF) {
        mode.place = 'line-start';
        at += 1;
      } else {
        // Anywhere in a line: the next place of interest is CRLF and a dot.
        const found = chunk.indexOf(CRLF_DOT, at);
        at = found < 0 ? chunk.length : found + 2;
        mode.place = found < 0 ? tail(chunk, mode.place) : 'line-start';
      }
    }
    this.#at = at;
    if (at > from) this.#emit(mode.sink, chunk.subarray(from, at), false);
  }

  #emit(sink: Sink, piece: Uint8Array, last: boolean): void {
    const busy = piece.length > 0 ? sink.write(piece) : undefined;
    if (last) this.#mode = { kind: 'command' };
    if (!busy && !last) return;
    this.#wait((done) => {
      const ended = last ? (busy ?? Promise.resolve()).then(() => sink.end()) : busy!;
      ended.then(done, done);
    });
  }
}

/** The place after the last octet of a chunk that holds no CRLF and dot. */
function tail(chunk: Buffer, before: Place): Place {
  const last = chunk[chunk.length - 1];
  if (last === CR) return 'cr';
  if (last !== LF) return 'text';
  const cr = chunk.length > 1 ? chunk[chunk.length - 2] === CR : before === 'cr';
  return cr ? 'line-start' : 'text';
}
