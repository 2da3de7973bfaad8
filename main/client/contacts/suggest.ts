/**
 * Who a person may mean while typing a recipient: people written to and heard from, contacts of every book, groups.
 *
 * The work is bounded however many people there are: a rare beginning is answered from the index of words, a common one
 * ("a") by going through people in the order of their use until enough were found.
 */
import type { Address } from '../../contract/mail/views.ts';
import { houseOfAddress } from '../../mail/organisation.ts';
import type { ReadHandle } from '../../store/program.ts';
import { cardOf } from './cards.ts';
import { pastPrefix, readings } from './words.ts';

export type Suggestion = Address & {
  source: 'office' | 'book' | 'recent' | 'list';
  /** Tells two people of one name apart. */
  department?: string;
  /** Of a group: everybody in it. */
  members?: Address[];
};

/** Entries of the index of words looked at for one word; more of them make the word a common one. */
const INDEXED = 4000;
/** People gone through in the order of use for a common word. */
const SCANNED = 6000;
/** Found by one way; more cannot be among the first shown. */
const FOUND = 60;
/** Addresses of one contact that are offered. */
const OF_ONE = 3;

interface Candidate extends Suggestion {
  tier: number;
  use: number;
  /** Place of the address in its contact. */
  n: number;
}

interface Person {
  address: string;
  name: string;
  written: number;
  use: number;
}

/** Written to; own house; own books; everybody else. Within one of these the more used come first. */
const TIER = { written: 0, office: 1, book: 2, heard: 3 } as const;

export function suggest(db: ReadHandle, input: { text: string; limit: number }): Suggestion[] {
  const own = ownHouses(db);
  const all: Candidate[] = [];
  const seen = new Set<string>();
  const typed = readings(input.text);
  if (typed.length === 0) typed.push([]);
  for (const words of typed) {
    const found = candidates(db, words, own).filter((each) => {
      const key = each.address === '' ? `\n${each.name}` : each.address.toLowerCase();
      return !seen.has(key) && seen.add(key);
    });
    // Addresses of one person stay in their order where none of them is used.
    found.sort((a, b) => a.tier - b.tier || b.use - a.use || a.n - b.n || (a.name < b.name ? -1 : 1));
    all.push(...found);
    if (all.length >= input.limit) break;
  }
  return all.slice(0, input.limit).map(({ tier: _, use: __, n: ___, ...rest }) => rest);
}

function ownHouses(db: ReadHandle): Set<string> {
  const own = db.pluck<string>("SELECT lower(address) FROM accounts WHERE address LIKE '%@%'");
  return new Set(own.map(houseOfAddress).filter((house) => house !== ''));
}

function candidates(db: ReadHandle, words: readonly string[], own: ReadonlySet<string>): Candidate[] {
  const byAddress = new Map<string, Candidate>();
  const out: Candidate[] = [];
  for (const person of people(db, words)) {
    const inside = own.has(houseOfAddress(person.address));
    const { address, name, use } = person;
    const tier = person.written > 0 ? TIER.written : inside ? TIER.office : TIER.heard;
    const found: Candidate = { address, name, source: inside ? 'office' : 'recent', tier, use, n: 0 };
    byAddress.set(address, found);
    out.push(found);
    nameFromBook(db, found);
  }
  if (words.length === 0) return out;
  for (const id of contacts(db, words)) {
    for (const each of offered(db, id, own)) {
      if (each.address !== '' && byAddress.has(each.address.toLowerCase())) continue;
      out.push(each);
    }
  }
  return out;
}

/** The name a person wrote down goes before the one that stood in a letter. */
function nameFromBook(db: ReadHandle, found: Candidate): void {
  const row = db.get<{ name: string; kind: string; content: string }>(
    `SELECT c.name AS name, b.kind AS kind, c.content AS content FROM contact_addresses a JOIN contacts c ON c.id = a.contact
     JOIN books b ON b.id = c.book WHERE a.address = ? ORDER BY b.position, c.id LIMIT 1`,
    found.address,
  );
  if (!row) return;
  if (row.name !== '' && row.name !== found.address) found.name = row.name;
  if (found.source === 'recent') found.source = row.kind === 'ldap' ? 'office' : 'book';
  const { department } = JSON.parse(row.content) as { department: string };
  if (department !== '') found.department = department;
  found.tier = Math.min(found.tier, row.kind === 'ldap' ? TIER.office : TIER.book);
}

function people(db: ReadHandle, words: readonly string[]): Person[] {
  const columns = 'address, name, written, use';
  if (words.length === 0)
    return db.all<Person>(`SELECT ${columns} FROM people WHERE written > 0 ORDER BY use DESC LIMIT ?`, FOUND);
  const rare = rarest(db, 'people_words', words);
  const fits = words.map(() => "instr(' ' || folded, ' ' || ?) > 0").join(' AND ');
  if (rare === null)
    return db.all<Person>(
      `SELECT ${columns} FROM (SELECT * FROM people ORDER BY use DESC LIMIT ?) WHERE ${fits} LIMIT ?`,
      SCANNED,
      ...words,
      FOUND,
    );
  return db.all<Person>(
    `SELECT ${columns} FROM people
     WHERE address IN (SELECT address FROM people_words WHERE word >= ? AND word < ?) AND ${fits}
     ORDER BY use DESC LIMIT ?`,
    rare,
    pastPrefix(rare),
    ...words,
    FOUND,
  );
}

/** The word with the fewest entries in the index; null: all of them are common. */
function rarest(
  db: ReadHandle,
  table: 'people_words' | 'contact_words',
  words: readonly string[],
): string | null {
  let best: { word: string; count: number } | null = null;
  for (const word of words) {
    const count =
      db.value<number>(
        `SELECT count(*) FROM (SELECT 1 FROM ${table} WHERE word >= ? AND word < ? LIMIT ?)`,
        word,
        pastPrefix(word),
        INDEXED,
      ) ?? 0;
    if (count < INDEXED && (best === null || count < best.count)) best = { word, count };
  }
  return best?.word ?? null;
}

/** Contacts that have every word; where all words are common, among the first of one of them. */
function contacts(db: ReadHandle, words: readonly string[]): number[] {
  const first = rarest(db, 'contact_words', words) ?? (words[0] as string);
  const rest = words.filter((word) => word !== first);
  const fits = rest.map(
    () =>
      'AND EXISTS (SELECT 1 FROM contact_words b WHERE b.contact = a.contact AND b.word >= ? AND b.word < ?)',
  );
  const found = db.pluck<number>(
    `SELECT contact FROM (SELECT contact FROM contact_words WHERE word >= ? AND word < ? LIMIT ?) a
     WHERE 1 ${fits.join(' ')} LIMIT ?`,
    first,
    pastPrefix(first),
    INDEXED,
    ...rest.flatMap((word) => [word, pastPrefix(word)]),
    FOUND,
  );
  return [...new Set(found)];
}

function offered(db: ReadHandle, id: number, own: ReadonlySet<string>): Candidate[] {
  const { content, book } = cardOf(db, id);
  const kind = db.value<string>('SELECT kind FROM books WHERE id = ?', book);
  const name = db.value<string>('SELECT name FROM contacts WHERE id = ?', id) ?? '';
  if (content.kind === 'group')
    return content.members.length === 0
      ? []
      : [{ name, address: '', source: 'list', members: content.members, tier: TIER.office, use: 0, n: 0 }];
  return content.emails.slice(0, OF_ONE).flatMap(({ value: address }, n) => {
    if (!/^[^\s@]+@[^\s@]+$/.test(address)) return [];
    const used = db.get<{ use: number; written: number }>(
      'SELECT use, written FROM people WHERE address = ?',
      address.toLowerCase(),
    );
    const inside = kind === 'ldap' || own.has(houseOfAddress(address.toLowerCase()));
    const tier = (used?.written ?? 0) > 0 ? TIER.written : inside ? TIER.office : TIER.book;
    const base = { name: name === address ? '' : name, address, tier, use: used?.use ?? 0, n } as const;
    const department = content.department === '' ? {} : { department: content.department };
    return [{ ...base, ...department, source: inside ? ('office' as const) : ('book' as const) }];
  });
}
