/** Several contacts of one person as one. Pure. Nothing that stood in any of them is lost. */
import type { ContactContent, ContactValue } from '../../contract/mail/contacts.ts';
import { phoneDigits, shownName, spokenName } from './content.ts';
import { foldWords } from './words.ts';

const SINGLE = [
  'family',
  'given',
  'middle',
  'prefix',
  'suffix',
  'nickname',
  'organisation',
  'department',
  'title',
  'room',
  'birthday',
] as const;

/** Values, each once by its key; the first that says what kind it is decides that. */
function union(values: readonly ContactValue[], key: (value: string) => string): ContactValue[] {
  const all = new Map<string, ContactValue>();
  for (const each of values) {
    const known = all.get(key(each.value));
    if (!known) all.set(key(each.value), { ...each });
    else if (known.type === 'other') known.type = each.type;
  }
  return [...all.values()];
}

const once = <T>(values: readonly T[], key: (value: T) => string): T[] =>
  [...new Map([...values].reverse().map((each) => [key(each), each])).values()].reverse();

/** The first one's name and fields stay; empty ones are filled from the others; what differs goes to the notes. */
export function mergeContents(contents: readonly ContactContent[]): ContactContent {
  const [first, ...others] = contents as [ContactContent, ...ContactContent[]];
  const out: ContactContent = structuredClone(first);
  const left: string[] = [];
  const spoken = spokenName(first);
  for (const other of others) {
    for (const field of SINGLE) {
      const value = other[field].trim();
      if (value === '') continue;
      if (out[field].trim() === '') out[field] = value;
      else if (foldWords(out[field]) !== foldWords(value)) left.push(value);
    }
    const name = shownName(other);
    const address = other.emails.some((each) => each.value === name);
    if (address || name === '') continue;
    // A name that is only an address gives way to a real one.
    const mine = out.name.includes('@') ? '' : out.name.trim() || spoken;
    if (mine === '') out.name = name;
    else if (foldWords(mine) !== foldWords(name)) left.push(name);
  }
  const all = <K extends keyof ContactContent>(field: K): ContactContent[K] =>
    contents.flatMap((each) => each[field] as never) as unknown as ContactContent[K];
  out.emails = union(all('emails'), (value) => value.trim().toLowerCase()).slice(0, 200);
  out.phones = union(all('phones'), (value) => phoneDigits(value) ?? value.trim()).slice(0, 200);
  out.addresses = once(all('addresses'), ({ type: _, ...each }) =>
    foldWords(Object.values(each).join(' ')),
  ).slice(0, 50);
  out.urls = once(all('urls'), (value) => value.trim()).slice(0, 50);
  out.categories = once(all('categories'), foldWords).slice(0, 200);
  out.members = once(all('members'), (each) => each.address.toLowerCase());
  out.extra = once(all('extra'), (value) => value).slice(0, 500);
  const notes = [...contents.map((each) => each.notes.trim()), once(left, foldWords).join('\n')];
  out.notes = once(
    notes.filter((each) => each !== ''),
    (each) => each,
  )
    .join('\n\n')
    .slice(0, 100_000);
  return out;
}
