/**
 * Octets of many answers as few pieces: a FETCH of 100,000 envelopes makes some dozens of them, not a million strings.
 * Short things are written into one buffer, long ones are passed on as they lie, without a copy; they must not be
 * written to any more.
 */
const LEAST = 16 * 1024;
const MOST = 1024 * 1024;
/** From here on passing a piece on costs less than copying it. */
const LONG = 16 * 1024;

export class WireBuffer {
  #bytes: Buffer;
  /** What has been taken, or is a finished piece, lies before it. */
  #from = 0;
  #to = 0;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(expected = LEAST) {
    this.#bytes = Buffer.allocUnsafe(Math.max(LEAST, expected));
  }

  /** Octets since the last take(). */
  get length(): number {
    return this.#length;
  }

  /** Text of one octet a character. */
  text(text: string): void {
    const length = text.length;
    this.#room(length);
    const bytes = this.#bytes;
    let at = this.#to;
    if (length > 40) bytes.write(text, at, 'latin1');
    else for (let i = 0; i < length; i += 1) bytes[at++] = text.charCodeAt(i);
    this.#to += length;
    this.#length += length;
  }

  /** A whole number, not negative. */
  number(value: number): void {
    if (value > 0x7fffffff) {
      this.text(String(value));
      return;
    }
    this.#room(10);
    const bytes = this.#bytes;
    let digits = 1;
    for (let limit = 10; value >= limit && digits < 10; limit *= 10) digits += 1;
    let rest = value;
    for (let at = this.#to + digits - 1; at >= this.#to; at -= 1) {
      const next = (rest / 10) | 0;
      bytes[at] = 48 + rest - next * 10;
      rest = next;
    }
    this.#to += digits;
    this.#length += digits;
  }

  /** Octets [start, end) of a packed column or a blob. */
  octets(source: Uint8Array, start = 0, end = source.length): void {
    const length = end - start;
    if (length >= LONG) {
      this.#close();
      this.#pieces.push(source.subarray(start, end));
      this.#length += length;
      return;
    }
    this.#room(length);
    const bytes = this.#bytes;
    const at = this.#to;
    if (length > 24) bytes.set(source.subarray(start, end), at);
    else for (let i = 0; i < length; i += 1) bytes[at + i] = source[start + i] as number;
    this.#to += length;
    this.#length += length;
  }

  /** Everything so far, in order. */
  take(): Uint8Array[] {
    this.#close();
    const taken = this.#pieces;
    this.#pieces = [];
    this.#length = 0;
    return taken;
  }

  #close(): void {
    if (this.#to > this.#from) this.#pieces.push(this.#bytes.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  #room(length: number): void {
    if (this.#to + length <= this.#bytes.length) return;
    const open = this.#to - this.#from;
    // What was given out belongs to the socket until it has been sent, so the buffer is never used again.
    const next = Buffer.allocUnsafe(
      Math.max(Math.min(this.#bytes.length * 2, MOST), open * 2, open + length, LEAST),
    );
    this.#bytes.copy(next, 0, this.#from, this.#to);
    this.#bytes = next;
    this.#from = 0;
    this.#to = open;
  }
}
