/**
 * Directories of an office as address books: entries become contacts, what is typed becomes a filter, and a copy is kept for
 * the time without a network. Works over main/net/ldap.ts; the rows belong to writes.ts.
 *
 * It must never make somebody who types wait: a lookup ends after DIRECTORY_LOOKUP_MS, and a directory that does not answer
 * is silent.
 */
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import {
  CONTACT_PHOTO_BYTES,
  DIRECTORY_ANSWER_MS,
  DIRECTORY_ENTRIES,
  DIRECTORY_LOOKUP_MS,
  DIRECTORY_PAGE,
} from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { ContactContent, LdapSettings } from '../../contract/mail/contacts.ts';
import type { LdapEntry, LdapSearch, LdapSession } from '../../net/ldap.ts';
import { openTrust } from '../accounts/trust.ts';
import type { JobHandle, Jobs } from '../jobs.ts';
import type { ClientStore } from '../program.ts';
import type { Secrets } from '../security/vault.ts';
import type { CardPhoto } from './cards.ts';
import { contactWords, emptyContent, shownName } from './content.ts';
import { photoType } from './exchange/photo.ts';
import type { BroughtCard } from './writes.ts';

/** Name of a book's password among the host's secrets. */
export const bookSecret = (book: number): string => `book-${book}`;

/** inetOrgPerson (RFC 2798) and what Active Directory calls the same things. */
const ATTRIBUTES = [
  'cn',
  'displayName',
  'sn',
  'givenName',
  'initials',
  'mail',
  'telephoneNumber',
  'mobile',
  'homePhone',
  'facsimileTelephoneNumber',
  'pager',
  'o',
  'company',
  'ou',
  'department',
  'departmentNumber',
  'title',
  'roomNumber',
  'physicalDeliveryOfficeName',
  'street',
  'streetAddress',
  'l',
  'st',
  'postalCode',
  'co',
  'labeledURI',
  'uid',
] as const;
const PHOTOS = ['jpegPhoto', 'thumbnailPhoto'];
/** Attributes in which typed words are looked for. */
const SEARCHED = ['cn', 'displayName', 'sn', 'givenName', 'mail', 'uid'];
/** Without a filter of the person's: whoever can be written to. */
const EVERYBODY = '(mail=*)';
/** A session that was used this long ago, ms, is closed. */
const SESSION_IDLE = 60_000;
/** Contacts of one write: others' writes come in between. */
const SLICE = 500;

export interface DirectoryDeps {
  store: ClientStore;
  secrets: Secrets;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  authorities?: readonly string[];
}

const cut = (text: string, most: number): string => text.slice(0, most);

/** An entry as a contact; null: nobody one could write to or call. */
export function contactOf(entry: LdapEntry): { content: ContactContent; photo: CardPhoto | null } | null {
  const all = (name: string): readonly string[] => entry.values.get(name.toLowerCase()) ?? [];
  const first = (...names: string[]): string =>
    names.map((name) => all(name)[0] ?? '').find((each) => each !== '') ?? '';
  const phones = (name: string, type: ContactContent['phones'][number]['type']): ContactContent['phones'] =>
    all(name).map((value) => ({ value: cut(value, 1000), type }));
  const place = {
    street: cut(first('street', 'streetAddress'), 1000),
    city: cut(first('l'), 500),
    region: cut(first('st'), 500),
    code: cut(first('postalCode'), 100),
    country: cut(first('co'), 500),
  };
  const content = emptyContent({
    name: cut(first('displayName', 'cn'), 1000),
    family: cut(first('sn'), 500),
    given: cut(first('givenName'), 500),
    emails: all('mail')
      .slice(0, 200)
      .map((value) => ({ value: cut(value, 1000), type: 'work' })),
    phones: [
      ...phones('telephoneNumber', 'work'),
      ...phones('mobile', 'mobile'),
      ...phones('homePhone', 'home'),
      ...phones('facsimileTelephoneNumber', 'fax'),
      ...phones('pager', 'pager'),
    ].slice(0, 200),
    organisation: cut(first('o', 'company'), 1000),
    department: cut(first('department', 'ou', 'departmentNumber'), 1000),
    title: cut(first('title'), 1000),
    room: cut(first('roomNumber', 'physicalDeliveryOfficeName'), 500),
    addresses: Object.values(place).some((each) => each !== '') ? [{ type: 'work', ...place }] : [],
    urls: all('labeledURI')
      .slice(0, 50)
      .map((value) => cut(value, 2000)),
  });
  if (content.emails.length === 0 && content.phones.length === 0) return null;
  const bytes = PHOTOS.map((name) => entry.octets.get(name.toLowerCase())).find((each) => each !== undefined);
  const type = bytes && bytes.length <= CONTACT_PHOTO_BYTES ? photoType(bytes) : null;
  return { content, photo: bytes && type !== null ? { type, bytes } : null };
}

/**
 * The person's filter and every typed word (folded); what was typed means only itself. Directories know letter case but not
 * that ё is е, so an е may be any letter there; matches() looks again.
 */
export function typedFilter(own: string, words: readonly string[], quoted: (text: string) => string): string {
  const each = words.map((word) => {
    const pieces = word.split('е').filter((piece) => piece !== '');
    const value = (pieces.length === 0 ? [word] : pieces).map(quoted).join('*');
    return `(|${SEARCHED.map((name) => `(${name}=*${value}*)`).join('')})`;
  });
  return `(&${ownFilter(own)}${each.join('')})`;
}

/** Has this contact every word? */
function matches(content: ContactContent, words: readonly string[]): boolean {
  const all = contactWords(content);
  return words.every((word) => all.some((each) => each.startsWith(word)));
}

function ownFilter(own: string): string {
  const text = own.trim();
  if (text === '') return EVERYBODY;
  return text.startsWith('(') ? text : `(${text})`;
}

export interface DirectoryPerson {
  name: string;
  address: string;
  department: string;
  book: number;
}

interface Kept {
  session: Promise<LdapSession>;
  /** Stops the timer that will close it. */
  idle: () => void;
  settings: string;
}

export class Directories {
  readonly #deps: DirectoryDeps;
  readonly #kept = new Map<number, Kept>();
  readonly #running = new Map<number, string>();

  constructor(deps: DirectoryDeps) {
    this.#deps = deps;
  }

  async #open(
    ldap: LdapSettings,
    password: string,
    timeout: number,
    signal?: AbortSignal,
  ): Promise<LdapSession> {
    const { openLdap } = await import('../../net/ldap.ts');
    const { trusted } = await openTrust(this.#deps.store);
    const { authorities } = this.#deps;
    return openLdap({
      server: ldap,
      password,
      trusted,
      timeout,
      ...(signal ? { signal } : {}),
      ...(authorities ? { authorities } : {}),
    });
  }

  async #password(book: number | null): Promise<string> {
    return book === null ? '' : ((await this.#deps.secrets.get(bookSecret(book))) ?? '');
  }

  /** Signs in and shows the first three. @throws Fault with a connection code or one of LDAP's */
  async test(
    ldap: LdapSettings,
    password: string | undefined,
    book: number | null,
    signal: AbortSignal,
  ): Promise<Omit<DirectoryPerson, 'book'>[]> {
    const secret = password ?? (await this.#password(book));
    const session = await this.#open(ldap, secret, DIRECTORY_ANSWER_MS, signal);
    try {
      const found: Omit<DirectoryPerson, 'book'>[] = [];
      for await (const page of session.pages(search(ldap, ownFilter(ldap.filter), 3, false))) {
        for (const entry of page) {
          const contact = contactOf(entry);
          if (contact && found.length < 3) found.push(personOf(contact.content));
        }
        break;
      }
      return found;
    } finally {
      session.close();
    }
  }

  /** People of every directory whose name or address has these words; in DIRECTORY_LOOKUP_MS, or not at all. */
  async lookup(words: readonly string[], limit: number, signal: AbortSignal): Promise<DirectoryPerson[]> {
    const books = (await this.#deps.store.read('contacts.books')).filter((each) => each.ldap !== null);
    if (books.length === 0 || words.length === 0) return [];
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(DIRECTORY_LOOKUP_MS)]);
    const asked = books.map(({ id, ldap }) =>
      inTime(this.#ask(id, ldap as LdapSettings, words, limit), deadline).catch((failure: unknown) => {
        this.#deps.log.debug('directory-silent', { book: id, failure });
        return [];
      }),
    );
    const found = (await Promise.all(asked)).flat();
    signal.throwIfAborted();
    return found.slice(0, limit);
  }

  async #ask(
    book: number,
    ldap: LdapSettings,
    words: readonly string[],
    limit: number,
  ): Promise<DirectoryPerson[]> {
    const { escapeFilterValue } = await import('../../net/ldap.ts');
    const session = await this.#session(book, ldap);
    const filter = typedFilter(ldap.filter, words, escapeFilterValue);
    const found: DirectoryPerson[] = [];
    for await (const page of session.pages(search(ldap, filter, limit * 4, false))) {
      for (const entry of page) {
        const contact = contactOf(entry);
        if (contact && contact.content.emails.length > 0 && matches(contact.content, words))
          found.push({ ...personOf(contact.content), book });
      }
      break;
    }
    return found.slice(0, limit);
  }

  /** One connection a book while somebody types; closed when nobody has for a while. */
  async #session(book: number, ldap: LdapSettings): Promise<LdapSession> {
    const settings = JSON.stringify(ldap);
    const known = this.#kept.get(book);
    if (known) {
      known.idle();
      const session = await known.session.catch(() => null);
      if (session?.open && known.settings === settings) {
        known.idle = this.#closeLater(book);
        return session;
      }
      session?.close();
      this.#kept.delete(book);
    }
    const session = this.#password(book).then((password) => this.#open(ldap, password, DIRECTORY_LOOKUP_MS));
    const kept: Kept = { session, settings, idle: this.#closeLater(book) };
    this.#kept.set(book, kept);
    session.catch(() => {
      if (this.#kept.get(book) === kept) this.forget(book);
    });
    return session;
  }

  #closeLater(book: number): () => void {
    return this.#deps.clock.after(SESSION_IDLE, () => this.forget(book));
  }

  /** The book's settings changed, or it is gone. */
  forget(book: number): void {
    const kept = this.#kept.get(book);
    this.#kept.delete(book);
    kept?.idle();
    kept?.session.then(
      (session) => session.close(),
      () => {},
    );
  }

  /** A fresh copy, as a job; one at a time for a book. @returns the job's id */
  refresh(book: number, name: string, ldap: LdapSettings): string {
    const running = this.#running.get(book);
    if (running !== undefined) return running;
    const job = this.#deps.jobs.start('directory', name, 'people');
    this.#running.set(book, job.id);
    this.#copy(book, ldap, job)
      .then(
        () => job.done(),
        (failure: unknown) => job.failed(failure),
      )
      .finally(() => this.#running.delete(book));
    return job.id;
  }

  async #copy(book: number, ldap: LdapSettings, job: JobHandle): Promise<void> {
    const { store } = this.#deps;
    const session = await this.#open(ldap, await this.#password(book), DIRECTORY_ANSWER_MS, job.signal);
    const seen: string[] = [];
    const write = (cards: BroughtCard[], last: boolean): Promise<unknown> =>
      store.write('contacts.refresh', { book, cards, seen: last ? seen : null });
    try {
      for await (const page of session.pages(search(ldap, ownFilter(ldap.filter), DIRECTORY_PAGE, true))) {
        await job.checkpoint();
        const cards = page.flatMap((entry) => {
          const contact = contactOf(entry);
          return contact ? [{ uid: entry.dn, ...contact }] : [];
        });
        seen.push(...cards.map((each) => each.uid));
        if (seen.length > DIRECTORY_ENTRIES)
          throw new Fault(
            'user',
            'ldap-limit',
            'The directory has more entries than are copied; narrow its filter.',
            {
              detail: { most: DIRECTORY_ENTRIES },
            },
          );
        for (let at = 0; at < cards.length; at += SLICE) await write(cards.slice(at, at + SLICE), false);
        job.progress(seen.length);
      }
      // Who is gone is known only now: a copy that broke off in the middle forgets nobody.
      await write([], true);
    } finally {
      session.close();
    }
  }

  close(): void {
    for (const book of [...this.#kept.keys()]) this.forget(book);
  }
}

const search = (ldap: LdapSettings, filter: string, page: number, photos: boolean): LdapSearch => ({
  base: ldap.base,
  filter,
  page,
  attributes: photos ? [...ATTRIBUTES, ...PHOTOS] : ATTRIBUTES,
  ...(photos ? { binary: PHOTOS } : {}),
});

const personOf = (content: ContactContent): Omit<DirectoryPerson, 'book'> => ({
  name: shownName(content),
  address: content.emails[0]?.value ?? '',
  department: content.department,
});

/** The work's outcome, or a rejection as soon as the signal aborts. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
