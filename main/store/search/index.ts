/**
 * The full-text index: one contentless FTS5 table of folded words, and a table of stems.
 *
 * Surface words are indexed, so that a phrase in quotes is exact; a query for a word is widened by the
 * words of the index that share its stem. It holds no text, only words and places, and can always be
 * rebuilt from the blobs. It must never be the only place where something is known.
 */
import { Fault } from '../../base/errors.ts';
import { Connection } from '../database.ts';
import { vacuum } from '../vacuum.ts';
import { stemOf } from './stem.ts';
import { words } from './words.ts';

export interface SearchDoc {
  /** The index's rowid, chosen by the caller so that ORDER BY rowid DESC is newest first. */
  readonly key: number;
  /** Text by field; fields that the program did not name are an error. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Raised when the words or the table change their meaning: an older index is made anew. */
const FORMAT = 1;
/** Words whose stem is known to be stored; the table itself ignores what it has. */
const WORDS_REMEMBERED = 400_000;

export class SearchIndex {
  readonly #db: Connection;
  readonly #fields: readonly string[];
  readonly #insert: string;
  #stemmed = new Set<string>();

  constructor(file: string, fields: readonly string[]) {
    this.#db = new Connection(file, { readOnly: false });
    this.#fields = fields;
    try {
      // A lost commit is only indexed again, so this file does not wait for the disk at every commit.
      this.#db.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -64000;');
      this.#create();
    } catch (failure) {
      this.#db.close();
      throw failure;
    }
    const columns = fields.map((name) => `"${name}"`).join(', ');
    const holes = fields.map(() => '?').join(', ');
    this.#insert = `INSERT OR REPLACE INTO docs (rowid, ${columns}) VALUES (?, ${holes})`;
  }

  #create(): void {
    const db = this.#db;
    const shape = `${FORMAT} ${this.#fields.join(' ')}`;
    db.exec('CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value) WITHOUT ROWID');
    const found = db.value<string>("SELECT value FROM state WHERE name = 'shape'");
    if (found === shape) return;
    if (found !== undefined) throw new Fault('internal', 'search-shape', 'The index has another shape.');
    const columns = this.#fields.map((name) => `"${name}"`).join(', ');
    db.exec('BEGIN IMMEDIATE');
    // Measured on letters of 210 words: prefixes of 3 letters, too, would halve the speed and add half of
    // the size; a batch that fits into one hash of 32 MB is written once instead of merged again.
    // The ascii tokenizer splits at spaces and leaves every other octet of our folded words alone.
    db.exec(
      `CREATE VIRTUAL TABLE docs USING fts5(${columns}, content='', contentless_delete=1,
         tokenize='ascii', prefix='2');
       INSERT INTO docs (docs, rank) VALUES ('hashsize', 33554432);
       INSERT INTO docs (docs, rank) VALUES ('automerge', 8);
       INSERT INTO docs (docs, rank) VALUES ('crisismerge', 32);
       CREATE TABLE stems (stem TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (stem, word)) WITHOUT ROWID;`,
    );
    db.run("INSERT INTO state (name, value) VALUES ('shape', ?)", shape);
    db.exec('COMMIT');
  }

  /** All of them in one transaction, with the mark. */
  add(docs: readonly SearchDoc[], mark: number | undefined): void {
    this.#transaction(mark, () => {
      // FTS5 writes its hash out whenever a key is lower than the one before.
      for (const doc of [...docs].sort((a, b) => a.key - b.key)) {
        for (const name in doc.fields) {
          if (!this.#fields.includes(name)) {
            throw new Fault('internal', 'no-such-field', 'The index has no such field.', {
              detail: { name },
            });
          }
        }
        const texts = this.#fields.map((name) => {
          const list = words(doc.fields[name] ?? '');
          for (const word of list) this.#learn(word);
          return list.join(' ');
        });
        this.#db.run(this.#insert, doc.key, ...texts);
      }
    });
  }

  remove(keys: readonly number[], mark: number | undefined): void {
    this.#transaction(mark, () => {
      for (const key of keys) this.#db.run('DELETE FROM docs WHERE rowid = ?', key);
    });
  }

  mark(): number {
    return this.#db.value<number>("SELECT value FROM state WHERE name = 'mark'") ?? 0;
  }

  setMark(mark: number): void {
    this.#db.run("INSERT OR REPLACE INTO state (name, value) VALUES ('mark', ?)", mark);
  }

  clear(): void {
    this.#transaction(0, () => {
      this.#db.exec("INSERT INTO docs (docs) VALUES ('delete-all'); DELETE FROM stems;");
    });
    this.#stemmed.clear();
  }

  optimize(): void {
    this.#db.exec("INSERT INTO docs (docs) VALUES ('optimize')");
  }

  /** Merges what is left and gives free pages back. @returns octets */
  vacuum(): number {
    this.optimize();
    return vacuum(this.#db);
  }

  /** Lets go of pages and of the words that are known to be stored. */
  rest(): void {
    this.#stemmed.clear();
    this.#db.exec('PRAGMA shrink_memory');
  }

  close(): void {
    this.#db.close();
  }

  #transaction(mark: number | undefined, action: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      action();
      if (mark !== undefined) this.setMark(mark);
      this.#db.exec('COMMIT');
    } catch (failure) {
      if (this.#db.raw.isTransaction) this.#db.exec('ROLLBACK');
      // Words learned in this transaction are not in the table after all.
      this.#stemmed.clear();
      throw failure;
    }
  }

  /** A word that is its own stem needs no row: a query always asks for the stem as a word, too. */
  #learn(word: string): void {
    if (this.#stemmed.has(word)) return;
    if (this.#stemmed.size >= WORDS_REMEMBERED) this.#stemmed.clear();
    this.#stemmed.add(word);
    const stem = stemOf(word);
    if (stem === word) return;
    this.#db.run('INSERT OR IGNORE INTO stems (stem, word) VALUES (?, ?)', stem, word);
  }
}
