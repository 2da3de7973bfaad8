/**
 * Octets to command lines at any packet split. Pure: no I/O, no session.
 *
 * A line is at most `limit` octets (RFC 2449 section 4: 255; RFC 4422 answers: 12,288). A longer one is swallowed up to
 * its end and reported, the session goes on (rule P1); without an end it costs no memory. A line that ends with a
 * bare LF is reported and never executed (rule G4).
 */
export type WireLine =
  | { readonly kind: 'line'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'bare-lf' };

export const COMMAND_OCTETS = 255;
export const SASL_OCTETS = 12_288;
const CR = 13;
const LF = 10;

export class Pop3Wire {
  /** Longest next line in octets with its CRLF; a session raises it while it waits for a SASL answer. */
  limit = COMMAND_OCTETS;
  #held: Uint8Array = new Uint8Array(0);
  #swallowing = false;

  /** The next complete line, or undefined when more octets are needed. Ask again until then. */
  next(): WireLine | undefined {
    const end = this.#held.indexOf(LF);
    if (end < 0) {
      if (this.#swallowing) this.#held = new Uint8Array(0);
      else if (this.#held.length > this.limit) {
        this.#swallowing = true;
        this.#held = new Uint8Array(0);
      }
      return undefined;
    }
    const line = this.#held.subarray(0, end);
    this.#held = this.#held.subarray(end + 1);
    if (this.#swallowing || end + 1 > this.limit) {
      this.#swallowing = false;
      return { kind: 'too-long' };
    }
    if (line[line.length - 1] !== CR) return { kind: 'bare-lf' };
    return { kind: 'line', bytes: line.subarray(0, line.length - 1) };
  }

  push(piece: Uint8Array): void {
    if (this.#held.length === 0) {
      this.#held = piece;
      return;
    }
    const joined = new Uint8Array(this.#held.length + piece.length);
    joined.set(this.#held);
    joined.set(piece, this.#held.length);
    this.#held = joined;
  }

  /** Octets not yet taken as lines. */
  get pending(): number {
    return this.#held.length;
  }

  /** STLS: what came in clear is thrown away (rule G5). */
  clear(): void {
    this.#held = new Uint8Array(0);
    this.#swallowing = false;
  }
}
