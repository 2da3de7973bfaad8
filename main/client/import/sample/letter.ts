/** Writes one letter of the sample as octets, as an ordinary mail program would have (RFC 5322, 2045-2047, 2231). */
import { OWNER, type Person } from './people.ts';

export interface SampleFile {
  name: string;
  type: string;
  bytes: Buffer;
  /** Set for a picture inside the text. */
  contentId?: string;
}

export interface SampleLetter {
  /** Path below the account. */
  folder: string;
  from: Person;
  to: readonly Person[];
  cc?: readonly Person[];
  subject: string;
  date: number;
  text: string;
  html?: string;
  files?: readonly SampleFile[];
  id: string;
  parents?: readonly string[];
  flags: readonly ('seen' | 'answered' | 'flagged' | 'forwarded' | 'draft' | 'junk')[];
  tags?: readonly string[];
  headers?: readonly [string, string][];
  language: 'en' | 'ru';
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number) => String(value).padStart(2, '0');

/** RFC 5322 3.3, in the zone of Moscow, where the office sits. */
function dateHeader(ms: number): string {
  const d = new Date(ms + 3 * 3_600_000);
  const time = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
  return `${DAYS[d.getUTCDay()]}, ${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()} ${time} +0300`;
}

/** RFC 2047: encoded words of whole characters, at most 75 octets each. */
function words(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const out: string[] = [];
  let part = '';
  for (const character of text) {
    if (Buffer.byteLength(part + character) > 42) {
      out.push(part);
      part = '';
    }
    part += character;
  }
  out.push(part);
  return out.map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}

const nameOf = (person: Person, language: 'en' | 'ru') => (language === 'ru' ? person.ru : person.en);

function mailbox(person: Person, language: 'en' | 'ru'): string {
  const name = nameOf(person, language);
  const plain = /^[\x20-\x7e]*$/.test(name);
  return `${plain ? `"${name}"` : words(name)} <${person.address}>`;
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/.{76}/g, '$&\r\n').replace(/\r\n$/, '');

function leaf(type: string, text: string): string {
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(Buffer.from(text.replace(/\n/g, '\r\n')))}\r\n`;
}

function attached(file: SampleFile): string {
  const plain = /^[\x20-\x7e]*$/.test(file.name);
  const name = plain ? `filename="${file.name}"` : `filename*=utf-8''${encodeURIComponent(file.name)}`;
  const id = file.contentId ? `Content-ID: <${file.contentId}>\r\n` : '';
  const where = file.contentId ? 'inline' : 'attachment';
  return `Content-Type: ${file.type}\r\n${id}Content-Disposition: ${where}; ${name}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(file.bytes)}\r\n`;
}

function multipart(subtype: string, boundary: string, parts: readonly string[]): string {
  const body = parts.map((part) => `--${boundary}\r\n${part}`).join('');
  return `Content-Type: multipart/${subtype}; boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`;
}

export function writeLetter(letter: SampleLetter): Buffer {
  const { language } = letter;
  const list = (of: readonly Person[]) => of.map((person) => mailbox(person, language)).join(',\r\n ');
  const mark = letter.id.replace(/[^a-z0-9]/gi, '');
  let content = leaf('text/plain', letter.text);
  if (letter.html !== undefined) {
    const pictures = (letter.files ?? []).filter((file) => file.contentId);
    const html = leaf('text/html', letter.html);
    const shown =
      pictures.length > 0 ? multipart('related', `r_${mark}`, [html, ...pictures.map(attached)]) : html;
    content = multipart('alternative', `a_${mark}`, [content, shown]);
  }
  const files = (letter.files ?? []).filter((file) => !file.contentId);
  if (files.length > 0) content = multipart('mixed', `m_${mark}`, [content, ...files.map(attached)]);
  const head = [
    `Date: ${dateHeader(letter.date)}`,
    `From: ${mailbox(letter.from, language)}`,
    `To: ${list(letter.to.length > 0 ? letter.to : [OWNER])}`,
    ...(letter.cc && letter.cc.length > 0 ? [`Cc: ${list(letter.cc)}`] : []),
    `Subject: ${words(letter.subject)}`,
    `Message-ID: <${letter.id}>`,
    ...(letter.parents && letter.parents.length > 0
      ? [
          `In-Reply-To: <${letter.parents.at(-1)}>`,
          `References: ${letter.parents.map((id) => `<${id}>`).join('\r\n ')}`,
        ]
      : []),
    ...(letter.headers ?? []).map(([name, value]) => `${name}: ${value}`),
    'MIME-Version: 1.0',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n${content}`);
}
