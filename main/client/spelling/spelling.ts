/**
 * Spelling of what a person writes: the thread with the dictionaries, and what only this profile knows to be right: own
 * words, and the names of people that letters came from or went to or whom the address book has.
 *
 * The thread starts with the first question and ends after a rest. It never changes a text.
 */
import type { Clock } from '../../base/clock.ts';
import { cancelled } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { SpellingLanguage } from '../../contract/mail/spelling.ts';
import { openPool, type Pool } from '../../store/threads.ts';
import { dictionaryFile, spellingModule } from '../entries.ts';
import type { ClientStore } from '../program.ts';
import type { SpellingCalls, SpellingData, Wrong } from './checker.ts';
import { foldYo, nameStem } from './words.ts';

/** Nothing was checked for this long: the dictionaries leave the memory, ms. */
const REST_MS = 5 * 60_000;
/** People who were not known at the last look are asked for again after this long, ms. */
const KNOWN_MS = 60_000;

const files = (language: SpellingLanguage) => ({
  aff: dictionaryFile(language, 'aff').href,
  dic: dictionaryFile(language, 'dic').href,
});

interface Known {
  words: Set<string>;
  stems: Set<string>;
}

const fold = (word: string): string => foldYo(word).toLocaleLowerCase().replaceAll('’', "'");

export class Spelling {
  readonly #store: ClientStore;
  readonly #clock: Clock;
  readonly #log: Log;
  #pool: Promise<Pool<SpellingCalls>> | null = null;
  #known: { at: number; known: Promise<Known> } | null = null;
  readonly #deaf: () => void;
  #rest: () => void = () => {};
  #open = 0;
  #closed = false;

  constructor(store: ClientStore, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#deaf = store.changes.on((batch) => {
      if (batch.changes.some(({ kind }) => kind === 'contacts' || kind === 'books')) this.#known = null;
    });
  }

  async check(texts: string[], languages: SpellingLanguage[], signal: AbortSignal): Promise<Wrong[][]> {
    if (languages.length === 0) return texts.map(() => []);
    const [found, known] = await Promise.all([
      this.#ask((pool) => pool.call('check', { texts, languages }, { signal })),
      this.#knows(),
    ]);
    return found.map((ranges, n) =>
      ranges.filter(({ at, length }) => !isKnown((texts[n] ?? '').slice(at, at + length), known)),
    );
  }

  suggest(word: string, languages: SpellingLanguage[], signal: AbortSignal): Promise<string[]> {
    return this.#ask((pool) => pool.call('suggest', { word, languages }, { signal }));
  }

  /** The own words changed. */
  forgetKnown(): void {
    this.#known = null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#deaf();
    await this.#end();
  }

  async #ask<T>(work: (pool: Pool<SpellingCalls>) => Promise<T>): Promise<T> {
    if (this.#closed) throw cancelled();
    this.#rest();
    this.#open += 1;
    try {
      const data: SpellingData = { files: { en: files('en'), ru: files('ru') } };
      this.#pool ??= openPool<SpellingCalls>({
        module: spellingModule,
        size: 1,
        log: this.#log,
        name: 'spelling',
        data,
      });
      const pool = this.#pool;
      // A thread that could not start is asked for anew by the next question.
      pool.catch(() => {
        if (this.#pool === pool) this.#pool = null;
      });
      return await work(await pool);
    } finally {
      this.#open -= 1;
      if (this.#open === 0 && !this.#closed) {
        this.#rest = this.#clock.after(REST_MS, () => {
          this.#end().catch((failure: unknown) => this.#log.warn('spelling-end-failed', { failure }));
        });
      }
    }
  }

  async #end(): Promise<void> {
    this.#rest();
    const pool = this.#pool;
    this.#pool = null;
    this.#known = null;
    await (await pool?.catch(() => null))?.close();
  }

  #knows(): Promise<Known> {
    const now = this.#clock.ticks();
    if (!this.#known || now - this.#known.at > KNOWN_MS) this.#known = { at: now, known: this.#load() };
    const asked = this.#known;
    // What could not be read is read anew by the next question.
    asked.known.catch(() => {
      if (this.#known === asked) this.#known = null;
    });
    return asked.known;
  }

  async #load(): Promise<Known> {
    const [own, names] = await Promise.all([
      this.#store.read('spelling.words'),
      this.#store.read('spelling.names'),
    ]);
    return {
      words: new Set(own.map(fold)),
      stems: new Set([
        ...own.filter((word) => /\p{Script=Cyrillic}/u.test(word)).map(nameStem),
        ...names.map(nameStem),
      ]),
    };
  }
}

/** Own words in any case; names, and own Russian words, with any ending. A name begins with a capital. */
function isKnown(word: string, { words, stems }: Known): boolean {
  if (words.has(fold(word))) return true;
  const own = stems.has(nameStem(word));
  return own && (/^\p{Lu}/u.test(word) || words.has(nameStem(word)));
}
