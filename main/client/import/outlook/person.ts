/** A person of another program's address book, and the card (RFC 2426) that an address book takes. */

/** A book of the other program. */
export interface PersonBook {
  kind: 'own' | 'collected';
  name: string;
}

export interface Person {
  name: string;
  given: string;
  family: string;
  nickname: string;
  emails: string[];
  phones: { kind: 'cell' | 'work' | 'home' | 'fax'; number: string }[];
  organisation: string;
  department: string;
  title: string;
  address: string;
  url: string;
  note: string;
  /** "YYYY-MM-DD", or '' */
  birthday: string;
  /** The card as the other program keeps it; it then stands for everything above. */
  card: string;
  /** A list of people: brought along, and not counted as one. */
  group?: true;
  /** Left out: the first book of the person's own. */
  book?: PersonBook;
}

export const nobody = (): Person => ({
  name: '',
  given: '',
  family: '',
  nickname: '',
  emails: [],
  phones: [],
  organisation: '',
  department: '',
  title: '',
  address: '',
  url: '',
  note: '',
  birthday: '',
  card: '',
});

const escape_ = (text: string): string =>
  text
    .trim()
    .replace(/([\\;,])/g, '\\$1')
    .replace(/\r\n?|\n/g, '\\n');

/** A list of people as a group (RFC 6350 section 6.1.4). The same `uid` is the same group when it comes again. */
export function groupOf(group: {
  name: string;
  uid: string;
  nickname: string;
  note: string;
  /** Addresses, with names where they are known. */
  members: readonly (string | { name: string; address: string })[];
}): Person {
  const lines = [
    'BEGIN:VCARD',
    'VERSION:4.0',
    'KIND:group',
    `UID:urn:postroom:list:${group.uid.replace(/[^\w.-]/g, '')}`,
    `FN:${escape_(group.name)}`,
    ...(group.nickname.trim() === '' ? [] : [`NICKNAME:${escape_(group.nickname)}`]),
    ...(group.note.trim() === '' ? [] : [`NOTE:${escape_(group.note)}`]),
    ...group.members
      .map((each) => (typeof each === 'string' ? { name: '', address: each } : each))
      .filter(({ address }) => /^[^\s@]+@[^\s@]+$/.test(address))
      .map(({ name, address }) => {
        const called = name.replace(/["\x00-\x1f]/g, ' ').trim();
        return `MEMBER${called === '' ? '' : `;X-CN="${called}"`}:mailto:${encodeURI(address)}`;
      }),
    'END:VCARD',
  ];
  return { ...nobody(), name: group.name, card: lines.join('\r\n'), group: true };
}

/** vCard 3.0; '' for a person without a name and an address. */
export function cardOf(person: Person): string {
  if (person.card !== '') return `${person.card.replace(/\r\n?|\n/g, '\r\n').trimEnd()}\r\n`;
  const name =
    person.name || `${person.given} ${person.family}`.trim() || person.nickname || (person.emails[0] ?? '');
  if (name.trim() === '') return '';
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${escape_(name)}`,
    `N:${escape_(person.family)};${escape_(person.given)};;;`,
  ];
  const add = (field: string, value: string): void => {
    if (value.trim() !== '') lines.push(`${field}:${escape_(value)}`);
  };
  add('NICKNAME', person.nickname);
  for (const email of person.emails) add('EMAIL;TYPE=INTERNET', email);
  for (const { kind, number } of person.phones) add(`TEL;TYPE=${kind.toUpperCase()}`, number);
  if (person.organisation || person.department)
    lines.push(
      `ORG:${escape_(person.organisation)}${person.department ? `;${escape_(person.department)}` : ''}`,
    );
  add('TITLE', person.title);
  if (person.address.trim() !== '') lines.push(`ADR;TYPE=WORK:;;${escape_(person.address)};;;;`);
  add('URL', person.url);
  add('NOTE', person.note);
  add('BDAY', person.birthday);
  return `${[...lines, 'END:VCARD'].join('\r\n')}\r\n`;
}
