/**
 * Words of office files for the search index: docx, xlsx, pptx, odt, ods, odp. These are zip archives of XML; only the
 * parts that hold text are unpacked, and never more than a bound, so that a small archive cannot grow into a huge one.
 */
import { inflateRawSync } from 'node:zlib';

const NAMES = /\.(docx|docm|xlsx|xlsm|pptx|pptm|odt|ods|odp)$/i;
const TEXT_PARTS =
  /^(?:word\/(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml|xl\/sharedStrings\.xml|ppt\/(?:slides|notesSlides)\/[^/]+\.xml|content\.xml)$/;
/** Octets unpacked of one file. */
const MAX_XML = 8 * 1024 * 1024;
const MAX_ENTRIES = 2000;

interface Entry {
  name: string;
  method: number;
  packed: number;
  offset: number;
}

/** Entries of the central directory (APPNOTE 4.3.12); empty when this is no archive. */
function entriesOf(view: DataView, bytes: Uint8Array): Entry[] {
  let end = -1;
  for (let at = bytes.length - 22; at >= 0 && at > bytes.length - 66_000; at--) {
    if (view.getUint32(at, true) === 0x06054b50) {
      end = at;
      break;
    }
  }
  if (end < 0) return [];
  const found: Entry[] = [];
  const count = Math.min(MAX_ENTRIES, view.getUint16(end + 10, true));
  let at = view.getUint32(end + 16, true);
  for (let n = 0; n < count && at + 46 <= bytes.length; n++) {
    if (view.getUint32(at, true) !== 0x02014b50) break;
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    found.push({
      name,
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      offset: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return found;
}

function unpack(view: DataView, bytes: Uint8Array, entry: Entry, room: number): Uint8Array {
  if (entry.offset + 30 > bytes.length) return new Uint8Array(0);
  const start =
    entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  const packed = bytes.subarray(start, start + entry.packed);
  if (entry.method === 0) return packed.subarray(0, room);
  return entry.method === 8 ? inflateRawSync(packed, { maxOutputLength: room }) : new Uint8Array(0);
}

function wordsOf(xml: string): string {
  return xml
    .replace(/<\/(?:w:p|a:p|si|text:p|text:h|table:table-cell)>|<(?:w:tab|w:br|text:tab)\b[^>]*>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');
}

export const officeText = {
  accepts: (name: string): boolean => NAMES.test(name),
  /** @throws whatever a broken archive makes zlib throw */
  read(name: string, bytes: Uint8Array): string | null {
    if (!NAMES.test(name) || bytes.length < 22) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const parts: string[] = [];
    let room = MAX_XML;
    for (const entry of entriesOf(view, bytes)) {
      if (!TEXT_PARTS.test(entry.name) || room <= 0) continue;
      const xml = unpack(view, bytes, entry, room);
      room -= xml.length;
      parts.push(wordsOf(new TextDecoder().decode(xml)));
    }
    return parts.length === 0 ? null : parts.join('\n');
  },
};
