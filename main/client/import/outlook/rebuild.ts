/**
 * A letter of Outlook as an Internet letter. Outlook keeps properties, not octets: where it kept the header that came over
 * the wire, that header is used as it stands, its MIME fields apart; the body is made anew from text, HTML or RTF and the
 * files. The same item always gives the same octets, so that a second import finds the first.
 */
import { createHash } from 'node:crypto';
import {
  type Address,
  encodeAddress,
  encodeWords,
  foldWords,
  parseAddressList,
} from '../../../mail/address.ts';
import { parseDate } from '../../../mail/date.ts';
import { binaryBytes, binaryString, readHeader, unfold } from '../../../mail/header.ts';

export interface OutlookFile {
  name: string;
  type: string;
  contentId: string;
  content: Uint8Array;
}

export interface OutlookItem {
  /** The header as it came over the wire; '' where there is none (a letter that was sent, or came from Exchange). */
  wireHeader: string;
  from: Address | null;
  sender: Address | null;
  to: Address[];
  cc: Address[];
  bcc: Address[];
  replyTo: Address[];
  subject: string;
  /** ms; null: unknown. */
  date: number | null;
  messageId: string;
  inReplyTo: string;
  references: string;
  text: string;
  /** Octets and their charset. */
  html: { bytes: Uint8Array; charset: string } | null;
  importance: 'low' | 'normal' | 'high';
  files: OutlookFile[];
}

const EOL = '\r\n';
/** Fields that the new body brings itself. */
const OWN = /^(content-.*|mime-version)$/;

const identifier = (id: string): string => id.replace(/[\x00-\x20\x7f]/g, '').replace(/[^\x21-\x7e]/g, '');

/** Fields that stand once (RFC 5322 section 3.6). */
const ONCE = /^(date|from|sender|reply-to|to|cc|bcc|message-id|in-reply-to|references|subject)$/;

/**
 * Header fields of the wire, without those of the old body. What is no field (Outlook adds lines of its own) is left out,
 * and so is a date or a sender that cannot be read where the properties know better.
 */
function wireFields(item: OutlookItem): { lines: string; names: Set<string> } {
  const clean = item.wireHeader.replace(/\r?\n/g, EOL);
  // Outlook hands the header over as text; octets beyond ASCII were UTF-8 or are lost.
  const bytes = Buffer.from(clean.endsWith(EOL) ? clean : clean + EOL, 'utf8');
  const names = new Set<string>();
  let lines = '';
  for (const field of readHeader(bytes, 0, bytes.length).fields) {
    const key = field.name.toLowerCase();
    const value = unfold(field.raw).trim();
    if (OWN.test(key) || !/^[a-z]/.test(key) || (ONCE.test(key) && names.has(key))) continue;
    if (key === 'date' && item.date !== null && parseDate(value) === null) continue;
    if (key === 'from' && item.from && !parseAddressList(value).some((each) => each.address.includes('@')))
      continue;
    names.add(key);
    lines += `${field.name}: ${field.raw
      .replace(/^[ \t]+/, '')
      .replace(/\r?\n(?=[ \t])/g, EOL)
      .replace(/\r?\n$/, '')}${EOL}`;
  }
  return { lines, names };
}

function addresses(list: readonly Address[]): string {
  return list.map(encodeAddress).join(`,${EOL} `);
}

function header(item: OutlookItem, print: string): string {
  const { lines, names } = wireFields(item);
  let out = lines;
  const add = (name: string, value: string): void => {
    if (value !== '' && !names.has(name.toLowerCase())) out += `${name}: ${value}${EOL}`;
  };
  const { from, sender } = item;
  add('From', from ? foldWords(encodeAddress(from)) : '');
  if (sender && from && sender.address.toLowerCase() !== from.address.toLowerCase())
    add('Sender', foldWords(encodeAddress(sender)));
  add('To', foldWords(addresses(item.to)));
  add('Cc', foldWords(addresses(item.cc)));
  add('Bcc', foldWords(addresses(item.bcc)));
  add('Reply-To', foldWords(addresses(item.replyTo)));
  add('Subject', foldWords(encodeWords(item.subject.trim())));
  if (item.date !== null) add('Date', new Date(item.date).toUTCString().replace(/GMT$/, '+0000'));
  // A letter that never left had no identifier: one of its content, so that it stays the same.
  add('Message-ID', identifier(item.messageId) || `<${print.slice(0, 32)}@outlook.invalid>`);
  add('In-Reply-To', identifier(item.inReplyTo));
  add(
    'References',
    item.references
      .replace(/[^\x21-\x7e]+/g, ' ')
      .trim()
      .replace(/ /g, `${EOL} `),
  );
  if (item.importance !== 'normal') {
    add('Importance', item.importance);
    add('X-Priority', item.importance === 'high' ? '1' : '5');
  }
  return out;
}

interface Part {
  head: string;
  body: Uint8Array;
}

const CHUNK = 57;

function base64(bytes: Uint8Array): Uint8Array {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: string[] = [];
  for (let at = 0; at < source.length; at += CHUNK) lines.push(source.toString('base64', at, at + CHUNK));
  return Buffer.from(lines.join(EOL) + EOL, 'latin1');
}

/** Octets that may travel as they are: ASCII lines of at most 78. */
function plainLines(bytes: Uint8Array): Uint8Array | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!/^[\x09\x0a\x0d\x20-\x7e]*$/.test(text)) return null;
  const lines = text.split(/\r\n|\r|\n/);
  return lines.some((line) => line.length > 78) ? null : Buffer.from(lines.join(EOL) + EOL, 'latin1');
}

function textPart(type: string, bytes: Uint8Array, charset: string): Part {
  const plain = plainLines(bytes);
  const encoding = plain ? '7bit' : 'base64';
  return {
    head: `Content-Type: ${type}; charset=${charset}${EOL}Content-Transfer-Encoding: ${encoding}${EOL}`,
    body: plain ?? base64(bytes),
  };
}

/** RFC 2231 for names beyond ASCII. */
function parameter(name: string, value: string): string {
  const clean = value.replace(/[\x00-\x1f\x7f]+/g, ' ');
  if (/^[\x20-\x7e]*$/.test(clean)) return `${name}="${clean.replace(/(["\\])/g, '\\$1')}"`;
  const coded = [...Buffer.from(clean, 'utf8')]
    .map((octet) =>
      /[A-Za-z0-9._-]/.test(String.fromCharCode(octet))
        ? String.fromCharCode(octet)
        : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
  return `${name}*=utf-8''${coded}`;
}

function filePart(file: OutlookFile): Part {
  const type = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(file.type)
    ? file.type.toLowerCase()
    : 'application/octet-stream';
  const cid = file.contentId.replace(/[^\x21-\x7e]|[<>]/g, '');
  // RFC 2046 section 5.2.1: a letter inside a letter is not encoded.
  const letter = type === 'message/rfc822';
  const disposition = cid !== '' ? 'inline' : 'attachment';
  const head = [
    `Content-Type: ${type};${EOL} ${parameter('name', file.name)}`,
    `Content-Transfer-Encoding: ${letter ? '8bit' : 'base64'}`,
    `Content-Disposition: ${disposition};${EOL} ${parameter('filename', file.name)}`,
    ...(cid === '' ? [] : [`Content-ID: <${cid}>`]),
  ];
  return {
    head: head.map((line) => line + EOL).join(''),
    body: letter ? file.content : base64(file.content),
  };
}

function multipart(kind: string, parts: readonly Part[], boundary: string): Part {
  const pieces: Uint8Array[] = [];
  for (const part of parts)
    pieces.push(
      Buffer.from(`--${boundary}${EOL}${part.head}${EOL}`, 'utf8'),
      part.body,
      Buffer.from(EOL, 'latin1'),
    );
  pieces.push(Buffer.from(`--${boundary}--${EOL}`, 'latin1'));
  return {
    head: `Content-Type: multipart/${kind};${EOL} boundary="${boundary}"${EOL}`,
    body: Buffer.concat(pieces),
  };
}

function printOf(item: OutlookItem): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([item.wireHeader, item.from, item.to, item.subject, item.date, item.messageId, item.text]),
  );
  if (item.html) hash.update(item.html.bytes);
  for (const file of item.files) hash.update(`\0${file.name}\0`).update(file.content);
  return hash.digest('hex');
}

/** The octets of a letter. */
export function rebuild(item: OutlookItem): Uint8Array<ArrayBuffer> {
  const print = printOf(item);
  const boundary = (n: number): string => `=_${n}_${print.slice(0, 40)}`;
  const texts: Part[] = [];
  if (item.text !== '' || !item.html)
    texts.push(textPart('text/plain', Buffer.from(item.text, 'utf8'), 'utf-8'));
  if (item.html) texts.push(textPart('text/html', item.html.bytes, item.html.charset));
  let body = texts.length === 1 ? (texts[0] as Part) : multipart('alternative', texts, boundary(1));
  const html = item.html ? binaryString(item.html.bytes) : '';
  const inside = item.files.filter(
    (file) => file.contentId !== '' && html.includes(`cid:${binaryString(binaryBytesOf(file.contentId))}`),
  );
  const beside = item.files
    .filter((file) => !inside.includes(file))
    .map((file) => ({ ...file, contentId: '' }));
  if (inside.length > 0) body = multipart('related', [body, ...inside.map(filePart)], boundary(2));
  if (beside.length > 0) body = multipart('mixed', [body, ...beside.map(filePart)], boundary(3));
  const head = `${header(item, print)}MIME-Version: 1.0${EOL}${body.head}${EOL}`;
  return Uint8Array.from(Buffer.concat([Buffer.from(head, 'utf8'), body.body]));
}

const binaryBytesOf = (text: string): Uint8Array =>
  /^[\x00-\xff]*$/.test(text) ? binaryBytes(text) : Buffer.from(text, 'utf8');
