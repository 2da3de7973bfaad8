/** Contacts as vCards: 4.0 (RFC 6350), 3.0 (RFC 2426) and 2.1 for programs of former days. Pure. */
import type { ContactContent, ContactValue, PostalAddress } from '../../../contract/mail/contacts.ts';
import type { CardPhoto } from '../cards.ts';
import { shownName, spokenName } from '../content.ts';
import { escaped, isNamed, readRest, writeParams } from './lines.ts';
import { kindOf, typesOf } from './vcard-reader.ts';

export type VcardVersion = '2.1' | '3.0' | '4.0';

export interface WrittenCard {
  uid: string;
  content: ContactContent;
  photo: CardPhoto | null;
}

/** Octets of one line without its end (RFC 6350 section 3.2). */
const LINE_OCTETS = 75;

const TYPE_WORDS: Readonly<Record<ContactValue['type'], string>> = {
  work: 'work',
  home: 'home',
  mobile: 'cell',
  fax: 'fax',
  pager: 'pager',
  other: '',
};

/** Parameters of a value: as they came while they still say its kind, else made anew. */
function headOf(value: Pick<ContactValue, 'type' | 'rest'>): { group: string; params: [string, string][] } {
  const { group, params } = readRest(value.rest ?? '');
  const kind = kindOf(typesOf(params));
  if (kind === value.type) return { group, params };
  const word = TYPE_WORDS[value.type];
  const others = params.filter(([name]) => !isNamed(name, 'TYPE'));
  return { group, params: word === '' ? others : [['TYPE', word], ...others] };
}

class Lines {
  readonly #version: VcardVersion;
  #out = '';

  constructor(version: VcardVersion) {
    this.#version = version;
  }

  get text(): string {
    return this.#out;
  }

  /** @param value escaped as the line needs it */
  add(
    name: string,
    value: string,
    head: { group?: string; params?: readonly (readonly [string, string])[] } = {},
  ): void {
    const { group = '', params = [] } = head;
    const full = `${group === '' ? '' : `${group}.`}${name}`;
    if (this.#version !== '2.1') {
      this.#fold(`${full}${writeParams(params)}:${value}`);
      return;
    }
    const bare = params
      .flatMap(([key, text]) =>
        isNamed(key, 'TYPE')
          ? text.split(',').map((each) => each.replace(/"/g, '').toUpperCase())
          : [`${key}=${text}`],
      )
      .map((each) => `;${each}`)
      .join('');
    // 2.1 escapes the semicolon alone; a line break needs quoted-printable.
    const plain = value.replace(/\\([,\\])/g, '$1');
    if (/^[\x20-\x7e]*$/.test(plain) && !plain.includes('\\n')) this.#out += `${full}${bare}:${plain}\r\n`;
    else
      this.#out += `${full}${bare};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${quotedPrintable(plain.replace(/\\n/g, '\r\n'), full.length + bare.length + 41)}\r\n`;
  }

  photo({ type, bytes }: CardPhoto): void {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    const short = type.replace('image/', '').toUpperCase();
    if (this.#version === '4.0') this.#fold(`PHOTO:data:${type};base64,${data}`);
    else if (this.#version === '3.0') this.#fold(`PHOTO;ENCODING=b;TYPE=${short}:${data}`);
    else this.#out += `PHOTO;ENCODING=BASE64;TYPE=${short}:\r\n${data.replace(/.{1,72}/g, ' $&\r\n')}\r\n`;
  }

  /** Folds between characters, never inside one. */
  #fold(line: string): void {
    let room = LINE_OCTETS;
    let piece = '';
    for (const char of line) {
      const code = char.codePointAt(0) as number;
      const octets = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      if (octets > room) {
        this.#out += `${piece}\r\n`;
        piece = ' ';
        room = LINE_OCTETS - 1;
      }
      piece += char;
      room -= octets;
    }
    this.#out += `${piece}\r\n`;
  }
}

/** Quoted-printable (RFC 2045 section 6.7) with soft breaks; `used` octets stand before it in its line. */
function quotedPrintable(text: string, used: number): string {
  let out = '';
  let room = Math.max(10, 75 - used);
  for (const octet of new TextEncoder().encode(text)) {
    const piece =
      octet > 0x20 && octet < 0x7f && octet !== 0x3d
        ? String.fromCharCode(octet)
        : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
    if (piece.length >= room) {
      out += '=\r\n';
      room = 75;
    }
    out += piece;
    room -= piece.length;
  }
  return out;
}

const list = (values: readonly string[], separator: string): string => values.map(escaped).join(separator);

function address(each: PostalAddress): string {
  return list(
    [each.box ?? '', each.extension ?? '', each.street, each.city, each.region, each.code, each.country],
    ';',
  );
}

/** A single text: from 4.0 on a semicolon in it means nothing (RFC 6350 section 3.4). */
const single = (text: string, version: VcardVersion): string =>
  version === '4.0' ? escaped(text).replaceAll('\\;', ';') : escaped(text);

/** One card. */
export function writeVcard({ uid, content, photo }: WrittenCard, version: VcardVersion): string {
  const lines = new Lines(version);
  lines.add('BEGIN', 'VCARD');
  lines.add('VERSION', version);
  const group = content.kind === 'group';
  if (group) lines.add(version === '4.0' ? 'KIND' : 'X-ADDRESSBOOKSERVER-KIND', 'group');
  lines.add('UID', uid);
  const named = [content.family, content.given, content.middle, content.prefix, content.suffix];
  const shown = shownName(content);
  const derived = content.name.trim() === '' && shown !== '' && shown === spokenName(content);
  const mark: [string, string][] =
    !derived || version === '2.1' ? [] : [[version === '4.0' ? 'DERIVED' : 'X-DERIVED', 'TRUE']];
  lines.add('FN', single(shown, version), { params: mark });
  // N is required before 4.0 (RFC 2426 section 3.1.2).
  if (version !== '4.0' || named.some((each) => each !== '')) lines.add('N', list(named, ';'));
  if (content.nickname !== '') lines.add('NICKNAME', single(content.nickname, version));
  for (const each of content.emails) lines.add('EMAIL', single(each.value, version), headOf(each));
  for (const each of content.phones) lines.add('TEL', single(each.value, version), headOf(each));
  if (content.organisation !== '' || content.department !== '')
    lines.add(
      'ORG',
      list([content.organisation, ...content.department.split('; ').filter((each) => each !== '')], ';'),
    );
  if (content.title !== '') lines.add('TITLE', single(content.title, version));
  if (content.room !== '') lines.add('X-ROOM', single(content.room, version));
  for (const each of content.addresses) lines.add('ADR', address(each), headOf(each));
  for (const each of content.urls) lines.add('URL', each.replace(/\r|\n/g, ''));
  if (content.birthday !== '') writeBirthday(lines, content.birthday, version);
  if (content.notes !== '') lines.add('NOTE', single(content.notes, version));
  if (content.categories.length > 0) lines.add('CATEGORIES', list(content.categories, ','));
  for (const member of content.members) {
    const name = member.name.replace(/["\r\n]/g, '');
    const params: [string, string][] = name === '' ? [] : [['X-CN', `"${name}"`]];
    const target = `mailto:${encodeURI(member.address)}`;
    lines.add(version === '4.0' ? 'MEMBER' : 'X-ADDRESSBOOKSERVER-MEMBER', target, { params });
  }
  if (photo) lines.photo(photo);
  for (const each of content.extra) writeExtra(lines, each);
  lines.add('END', 'VCARD');
  return lines.text;
}

function writeBirthday(lines: Lines, birthday: string, version: VcardVersion): void {
  const [, year = '', month = '', day = ''] = /^(\d{4}|-)-(\d\d)-(\d\d)$/.exec(birthday) ?? [];
  if (version === '4.0') lines.add('BDAY', `${year === '-' ? '--' : year}${month}${day}`);
  else if (year === '-')
    lines.add('BDAY', `1604-${month}-${day}`, { params: [['X-APPLE-OMIT-YEAR', '1604']] });
  else lines.add('BDAY', `${year}-${month}-${day}`);
}

/** A line that meant nothing here goes out as it came in. */
function writeExtra(lines: Lines, line: string): void {
  const found = /^(?:([A-Za-z0-9-]+)\.)?([A-Za-z0-9-]+)((?:;(?:"[^"]*"|[^":])*)*):(.*)$/s.exec(line);
  if (!found) return;
  const { params } = readRest(found[3] ?? '');
  lines.add(found[2] as string, (found[4] ?? '').replace(/\r|\n/g, ''), { group: found[1] ?? '', params });
}
