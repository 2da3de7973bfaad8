/**
 * Content-Transfer-Encoding taken off piece by piece, for BINARY (RFC 3516): a part of any size in bounded memory.
 * Junk in base64 is skipped, a broken `=` of quoted-printable stands for itself, as in main/mail/transfer.ts.
 */
import { no } from '../faults.ts';

const PLAIN = new Set(['7bit', '8bit', 'binary', '']);
const VALUES = new Int8Array(256).fill(-1);
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  VALUES[char.charCodeAt(0)] = value;

/** Takes octets as they come; each call gives what can be told by now. */
export interface Decoder {
  push(bytes: Uint8Array): Uint8Array;
  /** What is left at the end. */
  end(): Uint8Array;
}

const NOTHING = new Uint8Array(0);

class Base64Decoder implements Decoder {
  #held = 0;
  #bits = 0;

  push(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(Math.ceil((bytes.length * 3) / 4) + 3);
    let at = 0;
    for (let i = 0; i < bytes.length; i += 1) {
      const octet = bytes[i] as number;
      const value = VALUES[octet] as number;
      if (value >= 0) {
        this.#bits = (this.#bits << 6) | value;
        this.#held += 1;
        if (this.#held < 4) continue;
        out[at++] = this.#bits >> 16;
        out[at++] = this.#bits >> 8;
        out[at++] = this.#bits;
        this.#held = 0;
        this.#bits = 0;
      } else if (octet === 0x3d) at = this.#flush(out, at);
    }
    return out.subarray(0, at);
  }

  end(): Uint8Array {
    const out = new Uint8Array(3);
    return out.subarray(0, this.#flush(out, 0));
  }

  #flush(out: Uint8Array, from: number): number {
    let at = from;
    if (this.#held === 2) out[at++] = this.#bits >> 4;
    else if (this.#held === 3) {
      out[at++] = this.#bits >> 10;
      out[at++] = this.#bits >> 2;
    }
    this.#held = 0;
    this.#bits = 0;
    return at;
  }
}

function hex(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  if (octet >= 0x41 && octet <= 0x46) return octet - 0x37;
  if (octet >= 0x61 && octet <= 0x66) return octet - 0x57;
  return -1;
}

/** Blanks and `=` are held back until it is known what follows; more blanks than this are data. */
const MOST_HELD = 4096;

class QuotedPrintableDecoder implements Decoder {
  /** `=` and what follows it, or blanks that a line end may take away. */
  #held: number[] = [];

  push(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length + this.#held.length);
    let at = 0;
    const release = () => {
      for (const octet of this.#held) out[at++] = octet;
      this.#held = [];
    };
    for (let i = 0; i < bytes.length; i += 1) {
      const octet = bytes[i] as number;
      const held = this.#held;
      if (held.length === 0) {
        if (octet === 0x3d || octet === 32 || octet === 9) held.push(octet);
        else out[at++] = octet;
        continue;
      }
      if (held[0] === 0x3d) {
        // RFC 2045 section 6.7: `=XX`, or a soft line break with blanks before its end.
        if (held.length === 2 && hex(held[1] as number) >= 0) {
          const low = hex(octet);
          if (low >= 0) {
            out[at++] = (hex(held[1] as number) << 4) | low;
            this.#held = [];
          } else {
            release();
            i -= 1;
          }
        } else if (octet === 10) this.#held = [];
        else if (octet === 13 && held.at(-1) !== 13) held.push(octet);
        else if (held.at(-1) === 13) {
          // A CR alone ended the line.
          this.#held = [];
          i -= 1;
        } else if ((octet === 32 || octet === 9) && held.length < MOST_HELD) held.push(octet);
        else if (held.length === 1 && hex(octet) >= 0) held.push(octet);
        else {
          release();
          i -= 1;
        }
      } else if (octet === 32 || octet === 9) {
        if (held.length >= MOST_HELD) release();
        this.#held.push(octet);
      } else {
        // Rule 3: blanks before a line end were added on the way.
        if (octet === 10 || octet === 13) this.#held = [];
        else release();
        i -= 1;
      }
    }
    return out.subarray(0, at);
  }

  end(): Uint8Array {
    const held = this.#held;
    this.#held = [];
    // A soft break at the very end.
    if (held[0] === 0x3d && held.slice(1).every((octet) => octet <= 32)) return NOTHING;
    return Uint8Array.from(held);
  }
}

const identity: Decoder = { push: (bytes) => bytes, end: () => NOTHING };

/**
 * A decoder for this encoding, of this type of part.
 * @throws Fault user UNKNOWN-CTE (RFC 3516 section 4.3).
 */
export function decoderFor(encoding: string, type: string): Decoder {
  // RFC 2045 section 6.4: what is composed of parts is never encoded itself.
  if (PLAIN.has(encoding) || type.startsWith('multipart/')) return identity;
  if (encoding === 'base64') return new Base64Decoder();
  if (encoding === 'quoted-printable') return new QuotedPrintableDecoder();
  throw no('UNKNOWN-CTE', 'The encoding of this part is not known.');
}

/** True when decoding changes nothing, so that lengths are known from the offsets. */
export function isIdentity(decoder: Decoder): boolean {
  return decoder === identity;
}
