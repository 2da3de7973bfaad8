/**
 * vCards 2.1, 3.0 and 4.0 as contacts. What is understood becomes a field; every other line is kept as it came, so that
 * writing gives it back. Pure; never throws: what cannot be read is told.
 */
import { CONTACT_PHOTO_BYTES, CONTACTS_IN_FILE } from '../../../base/limits.ts';
import type { ContactContent, ContactValue, NotRead } from '../../../contract/mail/contacts.ts';
import { decodeBase64 } from '../../../mail/transfer.ts';
import type { CardPhoto } from '../cards.ts';
import { birthdayKey, emptyContent, isEmpty, shownName, spokenName } from '../content.ts';
import {
  type CardLine,
  cardCharset,
  cardLines,
  components,
  isDerived,
  isNamed,
  unescaped,
  writeParams,
} from './lines.ts';
import { photoType } from './photo.ts';

export interface ReadCard {
  uid: string | null;
  content: ContactContent;
  photo: CardPhoto | null;
}

export interface ReadFile {
  charset: string;
  cards: ReadCard[];
  notRead: NotRead[];
}

interface Reading {
  card: ReadCard;
  version: string;
  /** Its whole name says no more than its parts. */
  derived: boolean;
  /** Values of MEMBER lines. */
  members: { uri: string; name: string; line: CardLine }[];
  notRead: NotRead[];
}

const TYPES: Readonly<Record<string, ContactValue['type']>> = {
  work: 'work',
  home: 'home',
  cell: 'mobile',
  fax: 'fax',
  pager: 'pager',
};

const PLAIN = new Set(Object.keys(TYPES));

/** Types named in TYPE parameters, in lower case. */
export const typesOf = (params: readonly (readonly [string, string])[]): string[] =>
  params
    .filter(([name]) => isNamed(name, 'TYPE'))
    .flatMap(([, value]) => value.replace(/"/g, '').toLowerCase().split(','))
    .map((each) => each.trim());

/** What kind a value is, by its types: a work fax is a fax. */
export function kindOf(types: readonly string[]): ContactValue['type'] {
  for (const type of ['fax', 'pager', 'cell', 'work', 'home'])
    if (types.includes(type)) return TYPES[type] as ContactValue['type'];
  return 'other';
}

/** Group and parameters as they came, where they say more than the kind does. */
function restOf({ group, params }: CardLine): { rest?: string } {
  const kept = params.filter(([name]) => !isNamed(name, 'VALUE'));
  const [only] = kept;
  // Nothing but its kind: the word comes again when it is written.
  if (
    group === '' &&
    kept.length === 1 &&
    only &&
    isNamed(only[0], 'TYPE') &&
    PLAIN.has(only[1].toLowerCase())
  )
    return {};
  const rest = `${group === '' ? '' : `${group}.`}${writeParams(kept)}`;
  return rest === '' || rest.length > 2000 ? {} : { rest };
}

const unknownLine = ({ group, written, params, value }: CardLine): string =>
  `${group === '' ? '' : `${group}.`}${written}${writeParams(params)}:${value}`;

function value(line: CardLine, scheme: RegExp): ContactValue {
  const text = unescaped(line.value).trim().replace(scheme, '');
  return { value: text.slice(0, 1000), type: kindOf(typesOf(line.params)), ...restOf(line) };
}

/** A date of birth in any of the forms of RFC 6350 section 4.3.1, RFC 2426 and what programs write. */
export function readBirthday(text: string, omittedYear = ''): string | null {
  const plain = text.trim().replace(/T.*$/i, '');
  const full = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(plain);
  const short = /^--(\d\d)-?(\d\d)$/.exec(plain);
  const day = full
    ? `${full[1] === omittedYear ? '-' : full[1]}-${full[2]}-${full[3]}`
    : short
      ? `--${short[1]}-${short[2]}`
      : '';
  return birthdayKey(day) === null ? null : day;
}

type Field = (line: CardLine, reading: Reading) => boolean;

/** Fills an empty field; a second value of the same kind is an unknown line. */
const single =
  (field: 'name' | 'nickname' | 'title' | 'notes' | 'room'): Field =>
  (line, { card }) => {
    if (card.content[field] !== '' || line.value.trim() === '') return line.value.trim() === '';
    const text = field === 'notes' ? unescaped(line.value) : unescaped(line.value).trim();
    if (text.length > (field === 'notes' ? 100_000 : 500)) return false;
    card.content[field] = text;
    return true;
  };

const whole = single('name');

const FIELDS: Readonly<Record<string, Field>> = {
  FN(line, reading) {
    // Made of the parts of N (RFC 9554 section 4.4): made of them again when it is shown.
    if (line.params.some(([name, said]) => isDerived(name) && /^true$/i.test(said))) reading.derived = true;
    return whole(line, reading);
  },
  NICKNAME: single('nickname'),
  TITLE: single('title'),
  NOTE: single('notes'),
  'X-ROOM': single('room'),
  N(line, { card: { content } }) {
    const [family = '', given = '', middle = '', prefix = '', suffix = ''] = components(line.value, ';');
    if (content.family !== '' || content.given !== '') return false;
    Object.assign(content, {
      family: family.slice(0, 500),
      given: given.slice(0, 500),
      middle: middle.slice(0, 500),
      prefix: prefix.slice(0, 200),
      suffix: suffix.slice(0, 200),
    });
    return true;
  },
  ORG(line, { card: { content } }) {
    if (content.organisation !== '') return false;
    const [organisation = '', ...units] = components(line.value, ';');
    content.organisation = organisation.slice(0, 1000);
    content.department = units
      .filter((each) => each !== '')
      .join('; ')
      .slice(0, 1000);
    return true;
  },
  EMAIL(line, { card: { content } }) {
    const found = value(line, /^mailto:/i);
    if (found.value === '') return true;
    return content.emails.length < 200 && content.emails.push(found) > 0;
  },
  TEL(line, { card: { content } }) {
    const found = value(line, /^tel:/i);
    if (found.value === '') return true;
    return content.phones.length < 200 && content.phones.push(found) > 0;
  },
  URL(line, { card: { content } }) {
    if (restOf(line).rest !== undefined || content.urls.length >= 50) return false;
    if (line.value.trim() !== '') content.urls.push(unescaped(line.value).trim().slice(0, 2000));
    return true;
  },
  ADR(line, { card: { content } }) {
    const all = components(line.value, ';').map((each) => each.slice(0, 500));
    const [box = '', extension = '', street = '', city = '', region = '', code = '', country = ''] = all;
    if (all.every((each) => each === '')) return true;
    if (content.addresses.length >= 50) return false;
    const types = typesOf(line.params);
    content.addresses.push({
      type: types.includes('work') ? 'work' : types.includes('home') ? 'home' : 'other',
      street,
      city,
      region,
      code: code.slice(0, 100),
      country,
      ...(box === '' ? {} : { box }),
      ...(extension === '' ? {} : { extension }),
      ...restOf(line),
    });
    return true;
  },
  CATEGORIES(line, { card: { content } }) {
    const all = components(line.value, ',').filter((each) => each !== '' && each.length <= 200);
    content.categories = [...new Set([...content.categories, ...all])].slice(0, 200);
    return true;
  },
  BDAY(line, { card, notRead }) {
    const omitted = line.params.find(([name]) => isNamed(name, 'X-APPLE-OMIT-YEAR'))?.[1] ?? '';
    const day = readBirthday(line.value, omitted);
    if (day === null) {
      if (line.value.trim() !== '')
        notRead.push({ line: line.at, reason: 'bad-birthday', text: line.value.slice(0, 100) });
      return line.value.trim() === '';
    }
    card.content.birthday = day;
    return true;
  },
  PHOTO(line, { card, notRead }) {
    const uri = /^data:([^,]*?);base64,(.*)$/is.exec(line.value.replace(/\\,/g, ','));
    const bytes = line.bytes ?? (uri ? decodeBase64(new TextEncoder().encode(uri[2])).bytes : null);
    if (!bytes) return false;
    const type = photoType(bytes);
    if (type === null || bytes.length > CONTACT_PHOTO_BYTES)
      notRead.push({ line: line.at, reason: 'bad-photo', text: shownName(card.content) });
    else if (card.photo === null) card.photo = { type, bytes: Uint8Array.from(bytes) };
    return true;
  },
  UID(line, { card }) {
    const uid = line.value.trim();
    if (uid === '' || uid.length > 1000) return uid === '';
    card.uid = uid;
    return true;
  },
  KIND(line, { card }) {
    const kind = line.value.trim().toLowerCase();
    if (kind === 'group') card.content.kind = 'group';
    return kind === 'group' || kind === 'individual';
  },
  MEMBER(line, { members }) {
    const name = line.params.find(([each]) => isNamed(each, 'X-CN'))?.[1] ?? '';
    members.push({ uri: line.value.trim(), name: name.replace(/^"|"$/g, ''), line });
    return true;
  },
  VERSION(line, reading) {
    reading.version = line.value.trim();
    return true;
  },
};
const ALIASES: Readonly<Record<string, string>> = {
  'X-ADDRESSBOOKSERVER-KIND': 'KIND',
  'X-ADDRESSBOOKSERVER-MEMBER': 'MEMBER',
};

/** @param charset instead of the guessed one, for lines that say nothing of theirs */
export function readVcardFile(bytes: Uint8Array, charset?: string): ReadFile {
  const out: ReadFile = { charset: cardCharset(bytes, charset), cards: [], notRead: [] };
  const all: Reading[] = [];
  let reading: Reading | null = null;
  let began = 0;
  let depth = 0;
  for (const line of cardLines(bytes, charset)) {
    if (line.name === 'BEGIN' && /^\s*vcard\s*$/i.test(line.value)) {
      // A card in a card (AGENT of 2.1): the outer one goes on behind it.
      if (reading) depth++;
      else {
        began = line.at;
        const card = { uid: null, content: emptyContent(), photo: null };
        reading = { card, version: '', derived: false, members: [], notRead: out.notRead };
      }
    } else if (!reading) continue;
    else if (line.name === 'END' && /^\s*vcard\s*$/i.test(line.value)) {
      if (depth > 0) depth--;
      else {
        finish(reading, began, out, all);
        reading = null;
      }
    } else if (depth === 0) take(line, reading);
  }
  if (reading) out.notRead.push({ line: began, reason: 'unfinished', text: shownName(reading.card.content) });
  resolveMembers(all);
  return out;
}

function take(line: CardLine, reading: Reading): void {
  const field = FIELDS[ALIASES[line.name] ?? line.name];
  if (field?.(line, reading)) return;
  const { extra } = reading.card.content;
  const text = line.bytes ? '' : unknownLine(line);
  if (text === '' || extra.length >= 500 || text.length > 200_000) return;
  extra.push(text);
}

function finish(reading: Reading, began: number, out: ReadFile, all: Reading[]): void {
  const { content } = reading.card;
  if (reading.derived && content.name === spokenName(content)) content.name = '';
  if (isEmpty(content)) out.notRead.push({ line: began, reason: 'no-name', text: '' });
  else if (out.cards.length >= CONTACTS_IN_FILE) {
    if (out.notRead.at(-1)?.reason !== 'too-many')
      out.notRead.push({ line: began, reason: 'too-many', text: '' });
  } else {
    out.cards.push(reading.card);
    all.push(reading);
  }
}

/** Members are named by address, or by the id of a card of the same file (RFC 6350 section 6.6.5). */
function resolveMembers(all: readonly Reading[]): void {
  const byUid = new Map(all.flatMap(({ card }) => (card.uid === null ? [] : [[card.uid, card] as const])));
  for (const { card, members } of all) {
    for (const { uri, name, line } of members) {
      const mail = /^mailto:([^?]+)/i.exec(uri);
      const other = byUid.get(uri) ?? byUid.get(uri.replace(/^urn:uuid:/i, ''));
      const address = mail
        ? decodeURIComponentSafe(mail[1] as string)
        : (other?.content.emails[0]?.value ?? '');
      const there = card.content.members.some((each) => each.address.toLowerCase() === address.toLowerCase());
      if (there) continue;
      if (address === '' || card.content.members.length >= 10_000) card.content.extra.push(unknownLine(line));
      else card.content.members.push({ name: name || (other ? shownName(other.content) : ''), address });
    }
  }
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded after all.
    return text;
  }
}
