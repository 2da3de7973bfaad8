/**
 * The server's octets as replies (RFC 1939 section 3): status lines, and after some of them a block of lines with the dots
 * taken off. A push parser: a packet may end anywhere, and what it gives does not depend on where.
 *
 * It must never do I/O, decode text or keep a block: pieces of a block are handed on as they come, so memory is bounded by
 * one status line. Only CRLF ends a line of a block; a bare LF inside a letter is one of its octets. A server that ends its
 * very greeting with a bare LF is taken to end all its lines so.
 */
import { Fault } from '../../base/errors.ts';
import { MAX_LINE_BYTES } from '../../base/limits.ts';

export interface Reply {
  /** `more`: a SASL challenge (RFC 5034 section 4). */
  readonly status: 'ok' | 'err' | 'more';
  /** Response code in upper case (RFC 2449 section 8), '' if there is none. */
  readonly code: string;
  /** What follows the status, the response code left out of it. */
  readonly text: string;
}

export interface WireHandler {
  /** Whether a block follows the status line that comes now, if that says +OK. @throws Fault for a reply nobody asked for. */
  blockFollows(): boolean;
  /** `block`: one follows. */
  status(reply: Reply, block: boolean): void;
  /** Octets of a block, dots taken off. The piece is a view of the packet: copy what is kept. */
  piece(octets: Buffer): void;
  blockEnd(): void;
}

const CR = 13;
const LF = 10;
const DOT = 46;
const LINE_CR = Buffer.from('\r');
const CRLF_DOT = Buffer.from('\r\n.');
const LF_DOT = Buffer.from('\n.');

/** Where the next octet of a block stands: at the beginning of a line, inside it, after its CR, after a first dot, after dot and CR. */
type Place = 'line' | 'inside' | 'cr' | 'dot' | 'dot-cr';

export class ReplyParser {
  readonly #handler: WireHandler;
  #partial: Buffer = Buffer.alloc(0);
  #inBlock = false;
  #place: Place = 'line';
  /** Lines end with a bare LF here; undefined until the first line has come. */
  #bareLf: boolean | undefined;

  constructor(handler: WireHandler) {
    this.#handler = handler;
  }

  /** True in the middle of a line or a block: nothing may be started over here. */
  get unfinished(): boolean {
    return this.#inBlock || this.#partial.length > 0;
  }

  /** @throws Fault remote `server-error` for what is no reply, and what the handler throws. */
  push(packet: Buffer): void {
    let at = 0;
    while (at < packet.length) at = this.#inBlock ? this.#block(packet, at) : this.#status(packet, at);
  }

  #status(packet: Buffer, at: number): number {
    const end = packet.indexOf(LF, at);
    const stop = end < 0 ? packet.length : end;
    if (this.#partial.length + stop - at > MAX_LINE_BYTES) throw nonsense('a line without an end');
    if (end < 0) {
      this.#partial = Buffer.concat([this.#partial, packet.subarray(at)]);
      return packet.length;
    }
    const line =
      this.#partial.length > 0
        ? Buffer.concat([this.#partial, packet.subarray(at, end)])
        : packet.subarray(at, end);
    this.#partial = Buffer.alloc(0);
    const hasCr = line.at(-1) === CR;
    this.#bareLf ??= !hasCr;
    const reply = parseReply(line.toString('utf8', 0, hasCr ? line.length - 1 : line.length));
    const block = this.#handler.blockFollows() && reply.status === 'ok';
    if (block) {
      this.#inBlock = true;
      this.#place = 'line';
    }
    this.#handler.status(reply, block);
    return end + 1;
  }

  /** Octets of a block up to its end or the packet's; where it stopped. */
  #block(packet: Buffer, begin: number): number {
    let at = begin;
    /** Octets before this have been handed on. */
    let from = begin;
    const give = (to: number) => {
      if (to > from) this.#handler.piece(packet.subarray(from, to));
      from = to;
    };
    while (at < packet.length) {
      const octet = packet[at];
      switch (this.#place) {
        case 'line':
          if (octet !== DOT) {
            this.#place = 'inside';
            break;
          }
          give(at);
          at += 1;
          from = at;
          this.#place = 'dot';
          break;
        case 'dot':
          if (octet === LF && this.#bareLf) return this.#end(at + 1);
          if (octet === CR) {
            at += 1;
            from = at;
            this.#place = 'dot-cr';
          } else this.#place = 'inside';
          break;
        case 'dot-cr':
          if (octet === LF) return this.#end(at + 1);
          this.#handler.piece(LINE_CR);
          this.#place = 'cr';
          break;
        case 'cr':
          if (octet === LF) at += 1;
          this.#place = octet === LF ? 'line' : 'inside';
          break;
        case 'inside': {
          const dot = this.#bareLf ? LF_DOT : CRLF_DOT;
          const found = packet.indexOf(dot, at);
          if (found >= 0) {
            at = found + dot.length - 1;
            this.#place = 'line';
          } else {
            at = packet.length;
            this.#place = this.#tail(packet, from);
          }
          break;
        }
      }
    }
    give(at);
    return at;
  }

  /** Where a packet ends whose octets from `from` on stand inside a line or behind it. */
  #tail(packet: Buffer, from: number): Place {
    const last = packet[packet.length - 1];
    if (last === CR) return 'cr';
    if (last !== LF) return 'inside';
    return this.#bareLf || (packet.length - 2 >= from && packet[packet.length - 2] === CR)
      ? 'line'
      : 'inside';
  }

  #end(at: number): number {
    this.#inBlock = false;
    this.#handler.blockEnd();
    return at;
  }
}

/** @throws Fault remote `server-error` */
export function parseReply(line: string): Reply {
  const found = /^(\+OK|-ERR|\+)(?:\s+(.*))?$/is.exec(line);
  if (!found) throw nonsense(JSON.stringify(line.slice(0, 80)));
  const word = (found[1] as string).toUpperCase();
  const rest = found[2] ?? '';
  if (word === '+') return { status: 'more', code: '', text: rest };
  const coded = /^\[([^\]\s][^\]]*)\]\s*/.exec(rest);
  return {
    status: word === '+OK' ? 'ok' : 'err',
    code: coded?.[1]?.toUpperCase() ?? '',
    text: coded ? rest.slice(coded[0].length) : rest,
  };
}

function nonsense(what: string): Fault {
  return new Fault('remote', 'server-error', `The server answered with ${what}.`, {
    detail: { reply: what },
  });
}

/** The lines of a block as numbers and what follows them, as LIST and UIDL give them; others are passed over. */
export function* numberedLines(block: Buffer): Generator<[number, string]> {
  for (let at = 0; at < block.length; ) {
    const end = block.indexOf(LF, at);
    const stop = end < 0 ? block.length : end;
    const found = /^\s*(\d{1,10})\s+(\S+)/.exec(block.toString('latin1', at, stop));
    if (found) yield [Number(found[1]), found[2] as string];
    at = stop + 1;
  }
}
