/** Splits a byte stream into CRLF (or LF) lines at any packet cut, with a bound on the length of a line. */
import { Fault } from './errors.ts';

export class LineReader {
  #rest: Uint8Array = new Uint8Array(0);
  readonly #limit: number;

  /** @param limit longest line in octets without its line end; longer is a `line-too-long` syntax fault. */
  constructor(limit: number) {
    this.#limit = limit;
  }
  /** Complete lines in `chunk`, without their line ends. */
  push(chunk: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    let start = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
      const end = at > start && bytes[at - 1] === 13 ? at - 1 : at;
      this.#check(end - start);
      lines.push(bytes.subarray(start, end));
      start = at + 1;
    }
    this.#rest = bytes.slice(start);
    this.#check(this.#rest.length);
    return lines;
  }
  /** Bytes after the last line end. */
  get rest(): Uint8Array {
    return this.#rest;
  }
  #check(length: number): void {
    if (length > this.#limit) throw new Fault('syntax', 'line-too-long', 'A line is too long.');
  }
}
