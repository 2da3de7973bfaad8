/**
 * Octets of many answers in one buffer: a FETCH of 100,000 envelopes makes some dozens of these, not a million
 * strings. It grows by doubling; take() hands the octets over and begins anew.
 */
const LEAST = 16 * 1024;

export class WireBuffer {
  #bytes: Buffer;
  #length = 0;

  constructor(expected = LEAST) {
    this.#bytes = Buffer.allocUnsafe(Math.max(LEAST, expected));
  }

  get length(): number {
    return this.#length;
  }

  /** Text of one octet a character. */
  text(text: string): void {
    const length = text.length;
    this.#room(length);
    const bytes = this.#bytes;
    let at = this.#length;
    if (length > 40) bytes.write(text, at, 'latin1');
    else for (let i = 0; i < length; i += 1) bytes[at++] = text.charCodeAt(i);
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
    for (let at = this.#length + digits - 1; at >= this.#length; at -= 1) {
      const next = (rest / 10) | 0;
      bytes[at] = 48 + rest - next * 10;
      rest = next;
    }
    this.#length += digits;
  }

  /** Octets [start, end) of a packed column or a blob. */
  octets(source: Uint8Array, start = 0, end = source.length): void {
    const length = end - start;
    this.#room(length);
    const bytes = this.#bytes;
    const at = this.#length;
    if (length > 24)
      bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end), at);
    else for (let i = 0; i < length; i += 1) bytes[at + i] = source[start + i] as number;
    this.#length += length;
  }

  /** Everything so far; the buffer starts again from nothing. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    // What was given out belongs to the socket until it has been sent.
    this.#bytes = Buffer.allocUnsafe(Math.max(LEAST, Math.min(this.#bytes.length, 4 * 1024 * 1024)));
    this.#length = 0;
    return taken;
  }

  #room(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
