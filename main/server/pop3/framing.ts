/**
 * Multi-line answers (RFC 1939 section 3): a line that begins with a dot gets one more, CRLF.CRLF ends it, a message
 * without a last CRLF gets one (rule P12). Works piece by piece; a piece may end anywhere.
 */
const CR = 13;
const LF = 10;
const DOT = 46;
const LINE_DOT = Buffer.from('\r\n.');

/** Where the next octet stands: 0 at the beginning of a line, 1 inside one, 2 after a CR. */
type Place = 0 | 1 | 2;

export class DotStuffer {
  #place: Place = 0;

  /** The piece as it goes over the wire; the piece itself where nothing had to be added. */
  push(piece: Uint8Array): Uint8Array {
    if (piece.length === 0) return piece;
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const at: number[] = [];
    if (this.#place === 0 && bytes[0] === DOT) at.push(0);
    if (this.#place === 2 && bytes[0] === LF && bytes[1] === DOT) at.push(1);
    for (let found = bytes.indexOf(LINE_DOT); found >= 0; found = bytes.indexOf(LINE_DOT, found + 3)) {
      at.push(found + 2);
    }
    this.#place = this.#after(bytes);
    if (at.length === 0) return piece;
    const out = Buffer.allocUnsafe(bytes.length + at.length);
    let from = 0;
    let to = 0;
    for (const dot of at) {
      bytes.copy(out, to, from, dot);
      to += dot - from;
      out[to] = DOT;
      to += 1;
      from = dot;
    }
    bytes.copy(out, to, from);
    return out;
  }

  /** What ends the answer. */
  end(): string {
    return this.#place === 0 ? '.\r\n' : '\r\n.\r\n';
  }

  #after(bytes: Uint8Array): Place {
    const last = bytes[bytes.length - 1];
    if (last === CR) return 2;
    if (last !== LF) return 1;
    const before = bytes.length > 1 ? bytes[bytes.length - 2] === CR : this.#place === 2;
    return before ? 0 : 1;
  }
}

/** Lets the header, the blank line and the first `lines` lines of the body through (TOP, rule P14). */
export class TopCut {
  #left: number;
  #inBody = false;
  /** Octets of the current line of the header; 0 at its beginning. */
  #line = 0;
  #done = false;

  constructor(lines: number) {
    this.#left = lines;
  }
  get done(): boolean {
    return this.#done;
  }
  push(piece: Uint8Array): Uint8Array {
    let at = 0;
    while (at < piece.length && !this.#done) {
      if (this.#inBody && this.#left === 0) {
        this.#done = true;
        break;
      }
      const end = piece.indexOf(LF, at);
      if (end < 0) {
        // A CR alone at the end of a piece is no text of the line yet.
        this.#line += piece.length - at - (piece[piece.length - 1] === CR ? 1 : 0);
        at = piece.length;
        break;
      }
      const text = end - at - (end > at && piece[end - 1] === CR ? 1 : 0);
      if (this.#inBody) this.#left -= 1;
      else if (this.#line + text === 0) this.#inBody = true;
      this.#line = 0;
      at = end + 1;
    }
    if (this.#inBody && this.#left === 0) this.#done = true;
    return at === piece.length ? piece : piece.subarray(0, at);
  }
}
