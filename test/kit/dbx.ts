/**
 * Writes Outlook Express 5 files (.dbx) from the description of their format: header, tree of 636-octet nodes, indexed
 * infos, chains of 528-octet segments. Several levels of nodes come by themselves once there are enough letters.
 */

export interface DbxLetter {
  text: string | Buffer;
  /** 0x80 read, 0x20 marked, 0x80000 answered. */
  flags?: number;
  subject?: string;
  received?: number;
  /** In the list, its text still on the server. */
  headerOnly?: boolean;
}

const HEADER = 0x24bc;
const NODE = 0x27c;
const PER_NODE = 50;
const SEGMENT = 0x200;
const CLASS_REST = Buffer.from('66e3d1119a4e00c04fa309d40500000005000000', 'hex');

type Values = [index: number, value: number | Buffer][];

class Writer {
  bytes = Buffer.alloc(HEADER);

  append(size: number): number {
    const at = this.bytes.length;
    this.bytes = Buffer.concat([this.bytes, Buffer.alloc(size)]);
    return at;
  }
  chain(text: Buffer): number {
    const count = Math.max(1, Math.ceil(text.length / SEGMENT));
    const first = this.append(count * (SEGMENT + 16));
    for (let n = 0; n < count; n++) {
      const at = first + n * (SEGMENT + 16);
      const piece = text.subarray(n * SEGMENT, (n + 1) * SEGMENT);
      this.bytes.writeUInt32LE(at, at);
      this.bytes.writeUInt32LE(SEGMENT, at + 4);
      this.bytes.writeUInt32LE(piece.length, at + 8);
      this.bytes.writeUInt32LE(n + 1 < count ? at + SEGMENT + 16 : 0, at + 12);
      piece.copy(this.bytes, at + 16);
    }
    return first;
  }
  info(values: Values): number {
    const data: Buffer[] = [];
    let length = 0;
    const index = Buffer.alloc(values.length * 4);
    for (const [n, [number, value]] of values.entries()) {
      if (typeof value === 'number')
        index.writeUInt32LE(((value & 0xff_ffff) * 256 + (number | 0x80)) >>> 0, n * 4);
      else {
        index.writeUInt32LE(length * 256 + number, n * 4);
        data.push(value);
        length += value.length;
      }
    }
    const body = Buffer.concat([index, ...data, Buffer.alloc((4 - (length % 4)) % 4)]);
    const at = this.append(12 + body.length);
    this.bytes.writeUInt32LE(at, at);
    this.bytes.writeUInt32LE(body.length, at + 4);
    this.bytes.writeUInt16LE(12 + body.length, at + 8);
    this.bytes[at + 10] = values.length;
    this.bytes[at + 11] = 1;
    body.copy(this.bytes, at + 12);
    return at;
  }
  /** A tree of the values, in order; the place of its root. */
  tree(values: readonly number[], parent = 0): number {
    const at = this.append(NODE);
    this.bytes.writeUInt32LE(at, at);
    this.bytes.writeUInt32LE(parent, at + 12);
    if (values.length <= PER_NODE) {
      this.bytes[at + 0x11] = values.length;
      for (const [n, value] of values.entries()) this.bytes.writeUInt32LE(value, at + 0x18 + n * 12);
      return at;
    }
    // Separators in this node, the rest below: one child before the first, one behind each.
    const children = Math.min(PER_NODE + 1, Math.ceil(values.length / PER_NODE));
    const share = Math.ceil((values.length - (children - 1)) / children);
    let next = 0;
    const below = (): { child: number; count: number } => {
      const own = values.slice(next, next + share);
      next += own.length;
      return { child: own.length === 0 ? 0 : this.tree(own, at), count: own.length };
    };
    const first = below();
    this.bytes.writeUInt32LE(first.child, at + 8);
    this.bytes.writeUInt32LE(first.count, at + 0x14);
    let entries = 0;
    while (next < values.length) {
      const value = values[next++] as number;
      const { child, count } = below();
      this.bytes.writeUInt32LE(value, at + 0x18 + entries * 12);
      this.bytes.writeUInt32LE(child, at + 0x18 + entries * 12 + 4);
      this.bytes.writeUInt32LE(count, at + 0x18 + entries * 12 + 8);
      entries++;
    }
    this.bytes[at + 0x11] = entries;
    return at;
  }
  finish(kind: 'letters' | 'folders', count: number, root: number): Buffer {
    const { bytes } = this;
    bytes.writeUInt32LE(0xfe12adcf, 0);
    bytes.writeUInt32LE(kind === 'letters' ? 0x6f74fdc5 : 0x6f74fdc6, 4);
    CLASS_REST.copy(bytes, 8);
    bytes.writeUInt32LE(bytes.length, 0x7c);
    bytes.writeUInt32LE(count, 0xc4);
    bytes.writeUInt32LE(root, 0xe4);
    return bytes;
  }
}

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0, 0);
  return bytes;
};
const text = (value: string): Buffer => zeroed(Buffer.from(value, 'latin1'));
const zeroed = (value: Buffer): Buffer => Buffer.concat([value, Buffer.from([0])]);
const filetime = (ms: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(ms) * 10_000n + 116_444_736_000_000_000n, 0);
  return bytes;
};

/** Russian text in the code page of an old Windows. */
export function cp1251(value: string): Buffer {
  return Buffer.from(
    [...value].map((char) => {
      const code = char.codePointAt(0) ?? 0;
      if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0;
      if (char === 'Ё') return 0xa8;
      if (char === 'ё') return 0xb8;
      return code < 0x80 ? code : 0x3f;
    }),
  );
}

export function dbxLetters(letters: readonly DbxLetter[]): Buffer {
  const writer = new Writer();
  const places = letters.map((letter, n) => {
    const octets = Buffer.from(letter.text as string);
    const at = letter.headerOnly ? 0 : writer.chain(octets);
    const values: Values = [
      [0x00, n],
      [0x01, int(letter.flags ?? 0x80)],
      [0x02, filetime(letter.received ?? Date.UTC(2004, 4, 5, 10, 0, n % 60))],
      ...(letter.headerOnly ? [] : [[0x04, at < 0xff_ffff ? at : int(at)] as [number, number | Buffer]]),
      [0x05, text(letter.subject ?? `subject ${n}`)],
      [0x12, filetime(letter.received ?? Date.UTC(2004, 4, 5, 10, 0, n % 60))],
    ];
    return writer.info(values);
  });
  return writer.finish('letters', places.length, places.length === 0 ? 0 : writer.tree(places));
}

export interface DbxFolder {
  id: number;
  parent: number;
  name: string;
  file?: string;
  special?: number;
  /** 0 news, 1 IMAP, 3 this computer. */
  kept?: 0 | 1 | 3;
}

/** @param encode the code page of the person's Windows */
export function dbxFolderList(
  folders: readonly DbxFolder[],
  encode: (name: string) => Buffer = cp1251,
): Buffer {
  const writer = new Writer();
  const places = folders.map(({ id, parent, name, file, special, kept }) =>
    writer.info([
      [0x00, id],
      [0x01, parent < 0 ? int(parent) : parent],
      [0x02, zeroed(encode(name))],
      ...(file ? [[0x03, zeroed(encode(file))] as [number, Buffer]] : []),
      [0x09, special ?? 0],
      [0x0a, kept ?? 3],
    ]),
  );
  return writer.finish('folders', places.length, writer.tree(places));
}

/** A mailbox of Outlook Express 4 and the list beside it. Flags there: 1 removed, 2 not read, 8 not sent. */
export function mbxFile(letters: readonly { text: string; flags?: number }[]): { mbx: Buffer; idx: Buffer } {
  const mbx: Buffer[] = [Buffer.alloc(0x54)];
  const idx: Buffer[] = [Buffer.alloc(80)];
  let at = 0x54;
  let entryAt = 80;
  for (const [n, { text: letter, flags }] of letters.entries()) {
    const octets = Buffer.from(letter);
    const whole = 16 + Math.ceil(octets.length / 4) * 4;
    const head = [0x7f007f00, n + 1, whole, octets.length];
    mbx.push(...head.map(int), octets, Buffer.alloc(whole - 16 - octets.length));
    const entry = [flags ?? 0, 0, n + 1, entryAt, 232, at, whole];
    idx.push(...entry.map(int), Buffer.alloc(232 - 28));
    at += whole;
    entryAt += 232;
  }
  const [head, list] = [mbx[0] as Buffer, idx[0] as Buffer];
  head.write('JMF6');
  for (const [n, value] of [0x10003, letters.length, letters.length, at].entries())
    head.writeUInt32LE(value, 4 + n * 4);
  list.write('JMF9');
  for (const [n, value] of [0x10004, letters.length, entryAt, 1, 0x10010].entries())
    list.writeUInt32LE(value, 4 + n * 4);
  return { mbx: Buffer.concat(mbx), idx: Buffer.concat(idx) };
}
