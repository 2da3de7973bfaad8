/**
 * Files of contacts, read and written: the calls of the ingest pool. It must never touch the database; who is known already is
 * asked by the caller.
 */
import { Fault } from '../../../base/errors.ts';
import { CONTACTS_FILE_BYTES } from '../../../base/limits.ts';
import type { CsvField, EXPORT_FORMATS, NotRead } from '../../../contract/mail/contacts.ts';
import { decodeText } from '../../../mail/charset.ts';
import type { CallContext } from '../../../store/threads.ts';
import type { CsvKind } from './csv-columns.ts';
import { type CsvColumn, readCsvContacts } from './csv-reader.ts';
import { readCsvText, type Separator } from './csv-text.ts';
import { csvHead, csvRow, SEPARATORS } from './csv-writer.ts';
import { isLdif, readLdif } from './ldif-reader.ts';
import { type CardPages, packCards } from './pages.ts';
import { type ReadCard, readVcardFile } from './vcard-reader.ts';
import { type VcardVersion, type WrittenCard, writeVcard } from './vcard-writer.ts';

export interface ReadContactsInput {
  bytes: Uint8Array;
  charset?: string | undefined;
  separator?: Separator | undefined;
  columns?: readonly (CsvField | null)[] | undefined;
}

export interface ReadContacts {
  format: 'vcard' | 'csv' | 'ldif';
  charset: string;
  separator: Separator | null;
  columns: CsvColumn[];
  cards: ReadCard[];
  notRead: NotRead[];
}

const notContacts = (): Fault =>
  new Fault('user', 'import-not-contacts', 'No contacts were found in this file.');

/** @throws Fault user `import-not-contacts`, `import-too-large` */
export function readContacts(input: ReadContactsInput): ReadContacts {
  const { bytes } = input;
  if (bytes.length > CONTACTS_FILE_BYTES)
    throw new Fault('user', 'import-too-large', 'The file is too large for contacts.', {
      detail: { size: bytes.length, most: CONTACTS_FILE_BYTES },
    });
  const head = decodeText(bytes.subarray(0, 4096), input.charset).text.replace(/^\ufeff/, '');
  if (/^\s*BEGIN\s*:\s*VCARD/im.test(head)) {
    const file = readVcardFile(bytes, input.charset);
    if (file.cards.length === 0 && file.notRead.length === 0) throw notContacts();
    return { ...file, format: 'vcard', separator: null, columns: [] };
  }
  if (isLdif(head)) {
    const file = readLdif(bytes, input.charset);
    if (file.cards.length === 0 && file.notRead.length === 0) throw notContacts();
    return { ...file, format: 'ldif', separator: null, columns: [] };
  }
  // Zero octets in a file that is not UTF-16: a picture, a database, a program.
  if (bytes.length === 0 || (head.includes('\u0000') && !looksUtf16(bytes))) throw notContacts();
  const text = readCsvText(bytes, input);
  const found = readCsvContacts(text, input.columns);
  if (!found.columns.some(({ field }) => field !== null)) throw notContacts();
  return { ...found, format: 'csv', charset: text.charset, separator: text.separator };
}

function looksUtf16(bytes: Uint8Array): boolean {
  return (
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes[1] === 0
  );
}

export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export type ExportCharset = 'utf-8' | 'utf-16' | 'windows-1251';

export interface WriteContactsInput {
  cards: WrittenCard[];
  format: ExportFormat;
  charset: ExportCharset;
  separator: Separator | undefined;
  /** The head of a CSV file and the mark of UTF-16 come first. */
  first: boolean;
}

const VERSIONS: Partial<Record<ExportFormat, VcardVersion>> = {
  vcard4: '4.0',
  vcard3: '3.0',
  vcard21: '2.1',
};

/** A piece of a file. vCards are always UTF-8 (RFC 6350 section 3.1). */
export async function writeContacts(
  input: WriteContactsInput,
): Promise<{ bytes: Uint8Array; lost: string[] }> {
  const { cards, format, first } = input;
  const version = VERSIONS[format];
  if (version) {
    const text = cards.map((card) => writeVcard(card, version)).join('');
    return { bytes: new TextEncoder().encode(text), lost: [] };
  }
  const kind = format as CsvKind;
  const separator = input.separator ?? SEPARATORS[kind];
  const lost = new Set<string>();
  const people = cards.filter(({ content }) => content.kind === 'person');
  if (people.length < cards.length) lost.add('members');
  const rows = people.map(({ content, photo }) => {
    if (photo) lost.add('photo');
    return csvRow(content, kind, separator, lost);
  });
  const text = `${first ? csvHead(kind, separator) : ''}${rows.join('')}`;
  return { bytes: await encode(text, input.charset, first), lost: [...lost] };
}

async function encode(text: string, charset: ExportCharset, first: boolean): Promise<Uint8Array> {
  const marked = first ? `\ufeff${text}` : text;
  if (charset === 'utf-8') return new TextEncoder().encode(marked);
  if (charset === 'utf-16') return new Uint8Array(Buffer.from(marked, 'utf16le'));
  const { default: iconv } = await import('iconv-lite');
  return new Uint8Array(iconv.encode(text, 'windows-1251'));
}

export type PackedContacts = Omit<ReadContacts, 'cards'> & CardPages;

/** As readContacts(), by pages that change hands. @param input `preview`: counts and the first ones alone */
function readPages(
  { preview, ...input }: ReadContactsInput & { preview: boolean },
  call: CallContext,
): PackedContacts {
  const { cards, ...file } = readContacts(input);
  const packed = packCards(cards, preview);
  call.transfer(...packed.pages.map((page) => page.buffer));
  return { ...file, ...packed };
}

export const contactCalls = { 'contacts.read': readPages, 'contacts.write': writeContacts };
