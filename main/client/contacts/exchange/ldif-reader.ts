/**
 * LDIF (RFC 2849) as contacts: what Thunderbird, SeaMonkey and directories write. An entry is a person by inetOrgPerson
 * (RFC 2798) and Mozilla's own names, or a group by groupOfNames. Pure; what cannot be read is told by line.
 */
import { CONTACT_PHOTO_BYTES, CONTACTS_IN_FILE } from '../../../base/limits.ts';
import type { ContactContent, NotRead, PostalAddress } from '../../../contract/mail/contacts.ts';
import { decodeText } from '../../../mail/charset.ts';
import { decodeBase64 } from '../../../mail/transfer.ts';
import { birthdayKey, emptyContent, isEmpty, shownName, spokenName } from '../content.ts';
import { foldWords } from '../words.ts';
import { photoType } from './photo.ts';
import type { ReadCard, ReadFile } from './vcard-reader.ts';

/** An LDIF begins with its version, a comment or the name of its first entry. */
export const isLdif = (head: string): boolean =>
  /^(?:\s|#[^\n]*\n|version:[^\n]*\n)*dn::?[ \t]*(?:[A-Za-z][\w-]*[ \t]*=|[A-Za-z0-9+/]{8,})/i.test(head);

interface Entry {
  /** Line of the file where it begins, from 1. */
  line: number;
  /** Values by the names of attributes in lower case, options left out. */
  values: Map<string, string[]>;
  photo: Uint8Array | null;
}

/** Lines with their continuations taken back; comments left out. */
function* logical(text: string): Generator<{ at: number; text: string }> {
  let current: { at: number; text: string } | null = null;
  let comment = false;
  let at = 0;
  for (const line of text.split(/\r\n|\n|\r/)) {
    at++;
    if (line.startsWith(' ')) {
      if (current && !comment) current.text += line.slice(1);
      continue;
    }
    if (current) yield current;
    comment = line.startsWith('#');
    current = comment ? null : { at, text: line };
  }
  if (current) yield current;
}

function* entries(text: string): Generator<Entry> {
  let entry: Entry | null = null;
  for (const { at, text: line } of logical(text)) {
    if (line === '') {
      if (entry) yield entry;
      entry = null;
      continue;
    }
    const found = /^([A-Za-z][A-Za-z0-9-]*)(?:;[^:]*)?:(:?)[ \t]*(.*)$/s.exec(line);
    if (!found) continue;
    const name = (found[1] as string).toLowerCase();
    if (!entry) {
      if (name === 'version') continue;
      entry = { line: at, values: new Map(), photo: null };
    }
    const octets = found[2] === ':' ? decodeBase64(new TextEncoder().encode(found[3])).bytes : null;
    if (name === 'jpegphoto' || name === 'thumbnailphoto') {
      entry.photo ??= octets;
      continue;
    }
    const value = (octets ? decodeText(octets, undefined).text : (found[3] as string)).trim();
    if (value === '') continue;
    const all = entry.values.get(name);
    if (all) all.push(value);
    else entry.values.set(name, [value]);
  }
  if (entry) yield entry;
}

/** Names that an attribute goes by, between bars. */
const TEXTS = {
  family: 'sn|surname',
  given: 'givenname|gn',
  nickname: 'mozillanickname|xmozillanickname|nickname',
  organisation: 'o|company|organizationname',
  department: 'ou|department|orgunit|departmentnumber',
  title: 'title',
  room: 'roomnumber|physicaldeliveryofficename',
} as const satisfies Partial<Record<keyof ContactContent, string>>;

const PHONES = {
  work: 'telephonenumber',
  home: 'homephone',
  mobile: 'mobile|cellphone|carphone',
  fax: 'fax|facsimiletelephonenumber',
  pager: 'pager|pagerphone',
} as const;

const PLACES = {
  work: {
    street: 'street|streetaddress|postaladdress|mozillaworkstreet2',
    city: 'l|locality',
    region: 'st|region',
    code: 'postalcode|zip',
    country: 'c|countryname|co',
  },
  home: {
    street: 'mozillahomestreet|homestreet|homepostaladdress|mozillahomestreet2',
    city: 'mozillahomelocalityname',
    region: 'mozillahomestate',
    code: 'mozillahomepostalcode',
    country: 'mozillahomecountryname',
  },
} as const;

function personOf({ values, line }: Entry, notRead: NotRead[]): ContactContent {
  const all = (names: string): string[] => names.split('|').flatMap((name) => values.get(name) ?? []);
  const first = (names: string, most = 500): string => (all(names)[0] ?? '').slice(0, most);
  const content = emptyContent();
  for (const [field, names] of Object.entries(TEXTS) as [keyof typeof TEXTS, string][])
    content[field] = first(names);
  content.name = first('displayname|cn|commonname', 1000);
  if (foldWords(content.name) === foldWords(spokenName(content))) content.name = '';
  for (const value of new Set(all('mail|mozillasecondemail|xmozillasecondemail|mailalternateaddress')))
    if (/^[^\s@]+@[^\s@]+$/.test(value)) content.emails.push({ value, type: 'other' });
    else notRead.push({ line, reason: 'bad-address', text: value.slice(0, 100) });
  for (const [type, names] of Object.entries(PHONES) as [keyof typeof PHONES, string][])
    for (const value of all(names)) content.phones.push({ value: value.slice(0, 1000), type });
  for (const [type, parts] of Object.entries(PLACES) as [keyof typeof PLACES, Record<string, string>][]) {
    const address: PostalAddress = { type, street: '', city: '', region: '', code: '', country: '' };
    for (const [part, names] of Object.entries(parts) as ['street' | 'code', string][])
      address[part] = all(names)
        // Lines of a postal address (RFC 4517 section 3.3.28).
        .join(', ')
        .replace(/\s*\$\s*/g, ', ')
        .slice(0, part === 'code' ? 100 : 500);
    if (Object.values(address).some((each, n) => n > 0 && each !== '')) content.addresses.push(address);
  }
  content.urls = all('workurl|mozillaworkurl|homeurl|mozillahomeurl|labeleduri').map((each) =>
    each.slice(0, 2000),
  );
  const [year, month, day] = ['birthyear', 'birthmonth', 'birthday'].map((name) => first(name));
  if (month && day) {
    const whole = `${/^\d{4}$/.test(year ?? '') ? year : '-'}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    if (birthdayKey(whole) === null) notRead.push({ line, reason: 'bad-birthday', text: whole });
    else content.birthday = whole;
  }
  content.notes = all('description|notes').join('\n').slice(0, 100_000);
  content.emails = content.emails.slice(0, 200);
  content.phones = content.phones.slice(0, 200);
  content.urls = content.urls.slice(0, 50);
  return content;
}

const isGroup = ({ values }: Entry): boolean =>
  (values.get('objectclass') ?? []).some((each) => /^(?:groupOfNames|groupOfUniqueNames)$/i.test(each));

/** "cn=Anna Vetrova,mail=anna@office.example": who a member is. */
function memberOf(name: string): { name: string; address: string } | null {
  const part = (key: string): string =>
    new RegExp(`(?:^|,)\\s*${key}\\s*=\\s*((?:\\\\.|[^,\\\\])*)`, 'i')
      .exec(name)?.[1]
      ?.replace(/\\(.)/g, '$1')
      .trim() ?? '';
  const address = part('mail');
  return address === '' ? null : { name: part('cn'), address };
}

/** @param charset instead of the guessed one */
export function readLdif(bytes: Uint8Array, charset?: string): ReadFile {
  const { text, charset: found } = decodeText(bytes, charset, charset !== undefined);
  const out: ReadFile = { charset: found, cards: [], notRead: [] };
  for (const entry of entries(text.replace(/^\ufeff/, ''))) {
    if (out.cards.length >= CONTACTS_IN_FILE) {
      out.notRead.push({ line: entry.line, reason: 'too-many', text: '' });
      break;
    }
    const card = cardOf(entry, out.notRead);
    if (card) out.cards.push(card);
  }
  return out;
}

/** null: it is a place of the directory's tree, or nothing is known of it. */
function cardOf(entry: Entry, notRead: NotRead[]): ReadCard | null {
  const { line, values } = entry;
  const classes = (values.get('objectclass') ?? []).map((each) => each.toLowerCase());
  const tree = classes.some((each) =>
    ['organizationalunit', 'organization', 'dcobject', 'domain'].includes(each),
  );
  if (tree && !classes.includes('person')) return null;
  const content = personOf(entry, notRead);
  if (isGroup(entry)) {
    content.kind = 'group';
    const members = [...(values.get('member') ?? []), ...(values.get('uniquemember') ?? [])].map(memberOf);
    content.members = members.filter((each) => each !== null).slice(0, 10_000);
  }
  if (isEmpty(content)) {
    notRead.push({ line, reason: 'no-name', text: (values.get('dn')?.[0] ?? '').slice(0, 100) });
    return null;
  }
  const type = entry.photo ? photoType(entry.photo) : null;
  if (entry.photo && (type === null || entry.photo.length > CONTACT_PHOTO_BYTES))
    notRead.push({ line, reason: 'bad-photo', text: shownName(content) });
  const whole = entry.photo && type !== null && entry.photo.length <= CONTACT_PHOTO_BYTES;
  return {
    uid: null,
    content,
    photo: whole ? { type: type as string, bytes: Uint8Array.from(entry.photo as Uint8Array) } : null,
  };
}
