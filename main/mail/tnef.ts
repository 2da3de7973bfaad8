/**
 * TNEF, the winmail.dat of Outlook ([MS-OXTNEF]): files with their real names, and the text where the
 * letter has no other. Tolerant of cut files; every length is checked before use.
 */
import { decodeText } from './charset.ts';
import { decompressRtf, readRtf } from './rtf.ts';

export interface TnefFile {
  name: string;
  /** Lower-case media type; '' when not stated. */
  type: string;
  contentId: string;
  bytes: Uint8Array;
}

export interface TnefContent {
  files: TnefFile[];
  text: string;
  html: string;
  /** True when the file was cut or damaged; what came before is there. */
  bad: boolean;
}

const SIGNATURE = 0x223e9f78;
const ATT_BODY = 0x0002800c;
const ATT_CODEPAGE = 0x00069007;
const ATT_PROPERTIES = 0x00069003;
const ATT_RENDERING = 0x00069002;
const ATT_DATA = 0x0006800f;
const ATT_TITLE = 0x00018010;
const ATT_ATTACHMENT = 0x00069005;

const PR_BODY = 0x1000;
const PR_RTF = 0x1009;
const PR_HTML = 0x1013;
const PR_DISPLAY_NAME = 0x3001;
const PR_DATA = 0x3701;
const PR_FILENAME = 0x3704;
const PR_LONG_FILENAME = 0x3707;
const PR_MIME_TAG = 0x370e;
const PR_CONTENT_ID = 0x3712;
const PR_CODEPAGE = 0x3fde;

const PT_UNICODE = 0x1f;
const PT_OBJECT = 0x0d;

/** Letters inside letters; deeper ones stay files. */
const MAX_NESTING = 5;
const MAX_PROPERTIES = 10_000;
const MAX_FILES = 10_000;

interface Property {
  type: number;
  value: Uint8Array;
}

/** Octets of one value by property type; 0 for those that carry their own length. */
function fixedSize(type: number): number {
  switch (type) {
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x0a:
    case 0x0b:
      return 4;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x14:
    case 0x40:
      return 8;
    case 0x48:
      return 16;
    default:
      return 0;
  }
}

/** First value of each MAPI property; stops where the data ends or cannot be understood. */
function readProperties(bytes: Uint8Array): { found: Map<number, Property>; bad: boolean } {
  const found = new Map<number, Property>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) return { found, bad: true };
  const count = Math.min(view.getUint32(0, true), MAX_PROPERTIES);
  let at = 4;
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) return { found, bad: true };
    const flagged = view.getUint16(at, true);
    const id = view.getUint16(at + 2, true);
    at += 4;
    if (id >= 0x8000) {
      // A named property: a GUID, then a number or a name.
      if (at + 24 > bytes.length) return { found, bad: true };
      const kind = view.getUint32(at + 16, true);
      const length = view.getUint32(at + 20, true);
      at += kind === 1 ? 24 + length + ((4 - (length % 4)) % 4) : 24;
    }
    const type = flagged & 0x0fff;
    const many = (flagged & 0x1000) !== 0;
    const size = fixedSize(type);
    let values = 1;
    if (many || size === 0) {
      if (at + 4 > bytes.length) return { found, bad: true };
      values = view.getUint32(at, true);
      at += 4;
    }
    for (let j = 0; j < values; j++) {
      let length = size;
      if (size === 0) {
        if (at + 4 > bytes.length) return { found, bad: true };
        length = view.getUint32(at, true);
        at += 4;
      }
      if (at + length > bytes.length) return { found, bad: true };
      if (j === 0 && !found.has(id)) found.set(id, { type, value: bytes.subarray(at, at + length) });
      at += length + ((4 - (length % 4)) % 4);
    }
  }
  return { found, bad: false };
}

function stringOf(property: Property | undefined, charset: string): string {
  if (!property) return '';
  const text =
    property.type === PT_UNICODE
      ? decodeText(property.value, 'utf-16le', true).text
      : decodeText(property.value, charset).text;
  const zero = text.indexOf('\0');
  return zero >= 0 ? text.slice(0, zero) : text;
}

/** A file that is being collected from its attributes. */
interface Draft {
  title: string;
  data: Uint8Array | undefined;
  properties: Map<number, Property>;
}

class TnefReader {
  readonly content: TnefContent = { files: [], text: '', html: '', bad: false };
  charset = 'windows-1252';
  draft: Draft | undefined;
  readonly depth: number;

  constructor(depth: number) {
    this.depth = depth;
  }

  read(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 6;
    while (at + 9 <= bytes.length) {
      const id = view.getUint32(at + 1, true);
      const length = view.getUint32(at + 5, true);
      const from = at + 9;
      const to = Math.min(from + length, bytes.length);
      if (from + length > bytes.length) this.content.bad = true;
      this.attribute(id, bytes.subarray(from, to));
      at = from + length + 2;
    }
    this.finishFile();
  }

  attribute(id: number, value: Uint8Array): void {
    switch (id) {
      case ATT_CODEPAGE:
        if (value.length >= 4) this.charset = `cp${(value[0] as number) | ((value[1] as number) << 8)}`;
        break;
      case ATT_BODY:
        this.content.text = decodeText(value, this.charset)
          .text.replaceAll('\0', '')
          .replaceAll('\r\n', '\n');
        break;
      case ATT_PROPERTIES:
        this.body(value);
        break;
      case ATT_RENDERING:
        this.finishFile();
        this.draft = { title: '', data: undefined, properties: new Map() };
        break;
      case ATT_TITLE:
        if (this.draft) this.draft.title = decodeText(value, this.charset).text.replace(/\0[\s\S]*$/, '');
        break;
      case ATT_DATA:
        if (this.draft) this.draft.data = value;
        break;
      case ATT_ATTACHMENT:
        if (this.draft) {
          const { found, bad } = readProperties(value);
          if (bad) this.content.bad = true;
          this.draft.properties = found;
        }
        break;
      default:
        break;
    }
  }

  body(value: Uint8Array): void {
    const { found, bad } = readProperties(value);
    if (bad) this.content.bad = true;
    const page = found.get(PR_CODEPAGE);
    const charset =
      page && page.value.length >= 4
        ? `cp${(page.value[0] as number) | ((page.value[1] as number) << 8)}`
        : this.charset;
    const html = found.get(PR_HTML);
    if (html)
      this.content.html =
        html.type === PT_UNICODE
          ? stringOf(html, charset)
          : decodeText(html.value, charset).text.replaceAll('\0', '');
    const text = stringOf(found.get(PR_BODY), charset);
    if (text !== '') this.content.text = text.replaceAll('\r\n', '\n');
    const rtf = found.get(PR_RTF);
    const plain = rtf && decompressRtf(rtf.value);
    if (plain) {
      const read = readRtf(plain);
      if (this.content.html === '' && read.html !== '') this.content.html = read.html;
      if (this.content.text === '') this.content.text = read.text;
    }
  }

  finishFile(): void {
    const { draft } = this;
    this.draft = undefined;
    if (!draft || this.content.files.length >= MAX_FILES) return;
    const { properties } = draft;
    const stored = properties.get(PR_DATA);
    const name =
      stringOf(properties.get(PR_LONG_FILENAME), this.charset) ||
      draft.title ||
      stringOf(properties.get(PR_FILENAME), this.charset) ||
      stringOf(properties.get(PR_DISPLAY_NAME), this.charset);
    if (stored?.type === PT_OBJECT) {
      // An object starts with the identifier of its interface; an embedded letter is TNEF again.
      const inner = stored.value.subarray(16);
      const nested = this.depth < MAX_NESTING ? readTnef(inner, this.depth + 1) : undefined;
      if (nested) {
        const text = nested.text !== '' ? nested.text : '';
        if (text !== '' || nested.html !== '') {
          const html = text === '';
          const bytes = new TextEncoder().encode(html ? nested.html : text);
          this.content.files.push({
            name: `${name || 'message'}.${html ? 'html' : 'txt'}`,
            type: html ? 'text/html' : 'text/plain',
            contentId: '',
            bytes,
          });
        }
        this.content.files.push(...nested.files);
        return;
      }
      this.content.files.push({ name: name || 'object.bin', type: '', contentId: '', bytes: inner });
      return;
    }
    const bytes = stored?.value ?? draft.data;
    if (!bytes) return;
    const type = stringOf(properties.get(PR_MIME_TAG), this.charset).trim().toLowerCase();
    const contentId = stringOf(properties.get(PR_CONTENT_ID), this.charset).replace(/^<|>$/g, '');
    this.content.files.push({
      name: name || 'attachment.bin',
      type: /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : '',
      contentId,
      bytes,
    });
  }
}

/** Reads a TNEF file; undefined when the octets are none. */
export function readTnef(bytes: Uint8Array, depth = 0): TnefContent | undefined {
  if (bytes.length < 6) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== SIGNATURE) return undefined;
  const reader = new TnefReader(depth);
  reader.read(bytes);
  return reader.content;
}
