/**
 * PartOffsets from the tree of main/mail, and as a few octets for the database and back. Numbers are written as
 * variable-length integers (seven bits an octet, low first), offsets relative to the parent, usual types and
 * encodings as one number. Damaged octets are a Fault, never a wrong section.
 */
import { Fault } from '../../../base/errors.ts';
import { binaryString } from '../../../mail/header.ts';
import type { Part } from '../../../mail/part.ts';
import type { PartOffsets } from '../mailstore.ts';

const VERSION = 1;
/** Longer ones are nothing that BINARY or BODY[n] could use. */
const MAX_WORD = 200;
/** The tree is at most MAX_DEPTH deep and each attached letter is a level of its own. */
const MAX_LEVELS = 250;

/** Numbers are positions from 1; 0 says that the word follows. Append only. */
const TYPES = [
  'text/plain',
  'text/html',
  'multipart/mixed',
  'multipart/alternative',
  'multipart/related',
  'multipart/signed',
  'multipart/report',
  'message/rfc822',
  'message/delivery-status',
  'application/octet-stream',
  'application/pdf',
  'image/jpeg',
  'image/png',
  'image/gif',
  'text/calendar',
  'application/pkcs7-signature',
  'application/pgp-signature',
];
const ENCODINGS = ['7bit', '8bit', 'binary', 'quoted-printable', 'base64'];

/** The offsets that BODY[n] needs, of a whole tree. */
export function partOffsetsOf(part: Part): PartOffsets {
  return {
    headStart: part.headerStart,
    bodyStart: part.bodyStart,
    end: part.end,
    type: part.type,
    encoding: part.encoding,
    parts: part.children.map(partOffsetsOf),
  };
}

function putNumber(out: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
}

function putWord(out: number[], known: readonly string[], word: string): void {
  const number = known.indexOf(word) + 1;
  out.push(number);
  if (number > 0) return;
  const kept = word.slice(0, MAX_WORD);
  putNumber(out, kept.length);
  for (let i = 0; i < kept.length; i++) out.push(kept.charCodeAt(i) & 255);
}

function put(out: number[], part: PartOffsets, base: number): void {
  putNumber(out, part.headStart - base);
  putNumber(out, part.bodyStart - part.headStart);
  putNumber(out, part.end - part.bodyStart);
  putWord(out, TYPES, part.type);
  putWord(out, ENCODINGS, part.encoding);
  putNumber(out, part.parts.length);
  for (const child of part.parts) put(out, child, part.bodyStart);
}

/** A tree as octets; some 10 octets a part. */
export function encodePartOffsets(root: PartOffsets): Uint8Array {
  const out = [VERSION];
  put(out, root, 0);
  return Uint8Array.from(out);
}

function damaged(): Fault {
  return new Fault('internal', 'part-offsets-damaged', 'The index of a message is damaged.');
}

class Decoder {
  readonly bytes: Uint8Array;
  at = 1;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const octet = this.bytes[this.at++];
      if (octet === undefined) throw damaged();
      value += (octet & 127) * scale;
      if (octet < 128) return value;
    }
    throw damaged();
  }

  word(known: readonly string[]): string {
    const number = this.number();
    if (number > 0) {
      const word = known[number - 1];
      if (word === undefined) throw damaged();
      return word;
    }
    const length = this.number();
    if (length > MAX_WORD || this.at + length > this.bytes.length) throw damaged();
    this.at += length;
    return binaryString(this.bytes.subarray(this.at - length, this.at));
  }

  part(base: number, level: number): PartOffsets {
    if (level > MAX_LEVELS) throw damaged();
    const headStart = base + this.number();
    const bodyStart = headStart + this.number();
    const end = bodyStart + this.number();
    const type = this.word(TYPES);
    const encoding = this.word(ENCODINGS);
    const count = this.number();
    // A part takes six octets at least.
    if (count * 6 > this.bytes.length - this.at) throw damaged();
    const parts: PartOffsets[] = [];
    for (let i = 0; i < count; i++) parts.push(this.part(bodyStart, level + 1));
    return { headStart, bodyStart, end, type, encoding, parts };
  }
}

/** The reverse of encodePartOffsets(). @throws Fault internal `part-offsets-damaged`. */
export function decodePartOffsets(bytes: Uint8Array): PartOffsets {
  if (bytes[0] !== VERSION) throw damaged();
  const decoder = new Decoder(bytes);
  const root = decoder.part(0, 0);
  if (decoder.at !== bytes.length) throw damaged();
  return root;
}
