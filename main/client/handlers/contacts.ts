/**
 * The address book: the contract's names over the room of contacts. Files are read and written in the ingest pool; what talks
 * to directories is loaded when there is one.
 */
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { CONTACT_PHOTO_BYTES } from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { Handlers } from '../../contract/door.ts';
import type { Book } from '../../contract/mail/contacts.ts';
import type { Pool } from '../../store/threads.ts';
import { noSuchBook } from '../contacts/cards.ts';
import type { Directories } from '../contacts/directory.ts';
import type { PackedContacts, ReadContactsInput } from '../contacts/exchange/exchange.ts';
import { unpackCards } from '../contacts/exchange/pages.ts';
import { photoType } from '../contacts/exchange/photo.ts';
import { readings } from '../contacts/words.ts';
import type { BringInput, BroughtReport } from '../contacts/writes.ts';
import type { Jobs } from '../jobs.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';
import type { Secrets } from '../security/vault.ts';

export interface ContactDeps {
  store: ClientStore;
  pool: Pool<IngestCalls>;
  jobs: Jobs;
  secrets: Secrets;
  clock: Clock;
  log: Log;
  authorities?: readonly string[];
  /** The person chose to work offline. */
  isOffline(): Promise<boolean>;
}

export interface ContactRoom {
  readonly handlers: Pick<Handlers, Extract<keyof Handlers, `contacts.${string}`>>;
  /** Keeps the copies of directories fresh from now on. */
  start(): void;
  close(): void;
}

/** Cards of one piece of an exported file. */
const PIECE = 200;
/** A directory is copied by itself when its copy is older than this; looked at after a while, then every hour, ms. */
const COPY_EVERY = 24 * 60 * 60 * 1000;
const LOOK_FIRST = 2 * 60 * 1000;
const LOOK_EVERY = 60 * 60 * 1000;

export function openContacts(deps: ContactDeps): ContactRoom {
  const { store, pool, clock } = deps;
  let opening: Promise<Directories> | null = null;
  const directories = (): Promise<Directories> => {
    opening ??= import('../contacts/directory.ts').then((module) => new module.Directories(deps));
    return opening;
  };
  const forget = async (book: number): Promise<void> => {
    if (opening) (await opening).forget(book);
  };

  async function bookOf(id: number): Promise<Book> {
    const book = (await store.read('contacts.books')).find((each) => each.id === id);
    if (!book) throw noSuchBook(id);
    return book;
  }

  async function readFile(input: ReadContactsInput, preview: boolean): Promise<PackedContacts> {
    const bytes = Uint8Array.from(input.bytes);
    const { charset, separator, columns } = input;
    const asked = { bytes, charset, separator, columns, preview };
    return pool.call('contacts.read', asked, { transfer: [bytes.buffer] });
  }

  const handlers: ContactRoom['handlers'] = {
    'contacts.books': () => store.read('contacts.books'),
    async 'contacts.saveBook'({ password, ...input }) {
      const { id } = await store.write('contacts.saveBook', input);
      if (password !== undefined && input.ldap) {
        const { bookSecret } = await import('../contacts/directory.ts');
        await deps.secrets.set(bookSecret(id), password);
      }
      await forget(id);
      return { id };
    },
    async 'contacts.removeBook'({ id }) {
      const { ldap } = await bookOf(id);
      await store.write('contacts.removeBook', { id });
      await forget(id);
      if (ldap) {
        const { bookSecret } = await import('../contacts/directory.ts');
        await deps.secrets.remove(bookSecret(id));
      }
      return {};
    },
    'contacts.window': (input) => store.read('contacts.window', input),
    async 'contacts.get'({ id }) {
      const { changed, photoType: type, content, book, readOnly } = await store.read('contacts.card', id);
      return { id, book, readOnly, changedAt: changed, photo: type !== null, content };
    },
    async 'contacts.photo'({ id }) {
      const photo = await store.read('contacts.photo', id);
      return photo && { type: photo.type, bytes: Uint8Array.from(photo.bytes) };
    },
    'contacts.find': (input) => store.read('contacts.find', input),
    'contacts.known': (input) => store.read('contacts.known', input),
    async 'contacts.save'({ photo, ...input }) {
      if (!photo) return store.write('contacts.save', { ...input, photo });
      if (photo.bytes.length > CONTACT_PHOTO_BYTES)
        throw new Fault('user', 'photo-too-large', 'The picture is too large for a photograph.', {
          detail: { size: photo.bytes.length, most: CONTACT_PHOTO_BYTES },
        });
      const type = photoType(photo.bytes);
      if (type === null) throw new Fault('user', 'photo-unknown', 'The file is not a picture.');
      return store.write('contacts.save', { ...input, photo: { type, bytes: photo.bytes } });
    },
    'contacts.remove': (input) => store.write('contacts.remove', input),
    'contacts.move': (input) => store.write('contacts.move', input),
    'contacts.undo': async ({ token }) => ({ count: await store.write('contacts.undo', token) }),
    'contacts.duplicates': (input) => store.read('contacts.duplicates', input),
    'contacts.merged': (input) => store.read('contacts.merged', input),
    'contacts.merge': (input) => store.write('contacts.merge', input),
    async 'contacts.birthdays'({ days }) {
      const coming = comingDays(new Date(clock.now()), days);
      const found = await store.read('contacts.birthdays', { days: [...coming.keys()] });
      return found.map(({ id, name, birthday, day }) => {
        const { date, inDays } = coming.get(day) as ComingDay;
        const born = /^\d{4}/.exec(birthday)?.[0];
        return {
          id,
          name,
          date,
          inDays,
          age: born === undefined ? null : Number(date.slice(0, 4)) - Number(born),
        };
      });
    },

    async 'contacts.importPreview'(input) {
      const { pages: _, addresses, ...file } = await readFile(input, true);
      const books = await store.read('contacts.books');
      const own = books.find((each) => each.kind === 'own') as Book;
      const known = new Set(
        await store.read('contacts.knownIn', {
          book: own.id,
          addresses: addresses.filter((each) => each !== ''),
        }),
      );
      return {
        ...file,
        known: addresses.filter((each) => known.has(each.trim().toLowerCase())).length,
        notRead: file.notRead.slice(0, 1000),
      };
    },
    async 'contacts.import'({ book, known, ...input }) {
      const { pages, notRead } = await readFile(input, false);
      return { ...(await bring(book, known, pages)), notRead: notRead.slice(0, 1000) };
    },
    async 'contacts.export'({ book, ids, format, charset, separator }, call) {
      const name = book === null ? '' : (await bookOf(book)).name;
      const lost = new Set<string>();
      let count = 0;
      for (let after: number | null = 0, first = true; after !== null; first = false) {
        const piece: Awaited<ReturnType<typeof cardsOf>> = await cardsOf(book, ids, after);
        const cards = piece.cards.map(({ uid, content, photo }) => ({ uid, content, photo }));
        const written = await pool.call('contacts.write', { cards, format, charset, separator, first });
        for (const each of written.lost) lost.add(each);
        if (written.bytes.length > 0) call.chunk(written.bytes);
        call.signal.throwIfAborted();
        count += cards.length;
        after = piece.next;
      }
      return { count, name, lost: [...lost] };
    },

    async 'contacts.ldapTest'({ ldap, password, book }, { signal }) {
      return { people: await (await directories()).test(ldap, password, book, signal) };
    },
    async 'contacts.ldapRefresh'({ book: id }) {
      const book = await bookOf(id);
      if (!book.ldap) throw noSuchBook(id);
      return { job: (await directories()).refresh(id, book.name, book.ldap) };
    },
    async 'contacts.lookup'({ text, limit }, { signal }) {
      const books = await store.read('contacts.books');
      if (!books.some((each) => each.ldap !== null) || (await deps.isOffline())) return [];
      const [words = []] = readings(text);
      return (await directories()).lookup(words, limit, signal);
    },
  };

  /** In parts, so that other writes come in between; all of it, or nothing. */
  async function bring(
    book: number | null,
    known: BringInput['known'],
    pages: PackedContacts['pages'],
  ): Promise<BroughtReport> {
    const parts = unpackCards(pages);
    const cards = parts.next().value ?? [];
    const report = await store.write('contacts.bring', { book, known, cards });
    try {
      for (const part of parts) {
        const more = await store.write('contacts.bring', { book, known, cards: part, undo: report.undo });
        report.imported += more.imported;
        report.completed += more.completed;
        report.lists += more.lists;
        report.skipped += more.skipped;
      }
    } catch (failure) {
      await store.write('contacts.undo', report.undo);
      throw failure;
    }
    return report;
  }

  const cardsOf = (book: number | null, ids: readonly number[] | null, after: number) =>
    store.read('contacts.cards', { book, ids, after, count: PIECE });

  let stop: () => void = () => {};
  /** Copies that failed by themselves are not tried again at once: the person may be on the road. */
  const tried = new Map<number, number>();
  async function copyOld(): Promise<void> {
    if (await deps.isOffline()) return;
    const now = clock.now();
    for (const { id, name, ldap, refreshedAt } of await store.read('contacts.books')) {
      const last = Math.max(refreshedAt ?? 0, tried.get(id) ?? 0);
      if (ldap === null || now - last < COPY_EVERY) continue;
      tried.set(id, now);
      (await directories()).refresh(id, name, ldap);
    }
  }
  const look = (): void => {
    copyOld().catch((failure: unknown) => deps.log.warn('directories-failed', { failure }));
    stop = clock.after(LOOK_EVERY, look);
  };

  return {
    handlers,
    start() {
      stop = clock.after(LOOK_FIRST, look);
    },
    close() {
      stop();
      opening?.then(
        (room) => room.close(),
        () => {},
      );
    },
  };
}

interface ComingDay {
  /** YYYY-MM-DD on which it is kept. */
  date: string;
  inDays: number;
}

/** The days from today on, by MM-DD. Who was born on 29 February is congratulated on the 28th of other years. */
export function comingDays(today: Date, days: number): Map<string, ComingDay> {
  const coming = new Map<string, ComingDay>();
  const two = (each: number): string => String(each).padStart(2, '0');
  for (let inDays = 0; inDays < days; inDays++) {
    const day = new Date(today.getFullYear(), today.getMonth(), today.getDate() + inDays);
    const key = `${two(day.getMonth() + 1)}-${two(day.getDate())}`;
    const date = `${day.getFullYear()}-${key}`;
    if (!coming.has(key)) coming.set(key, { date, inDays });
    const leap = new Date(day.getFullYear(), 1, 29).getMonth() === 1;
    if (key === '02-28' && !leap) coming.set('02-29', { date, inDays });
  }
  return coming;
}
