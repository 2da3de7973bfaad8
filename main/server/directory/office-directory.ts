/**
 * The directory on the store: one view in memory, thrown away by every change of the directory. Changes are announced
 * before the write that made them resolves, so whoever waited for a write never reads an older view.
 */
import type { Migration } from '../../store/program.ts';
import type { Store } from '../../store/store.ts';
import { canonicalDomain, parseMailbox } from './addresses.ts';
import type { Asker, Directory, Office, Person, Route, Verified } from './directory.ts';
import { directoryWrites } from './operations.ts';
import { mayUse, routeOf } from './routes.ts';
import { directoryReads } from './rows.ts';
import { DirectoryView, personOf } from './view.ts';

export { directoryReads, directoryWrites };

/** What this room needs of the office's program. */
export interface DirectoryProgram {
  readonly schemaName: string;
  readonly migrations: readonly Migration[];
  readonly writes: typeof directoryWrites;
  readonly reads: typeof directoryReads;
}
export type DirectoryStore = Store<DirectoryProgram>;

export class OfficeDirectory implements Directory {
  readonly #store: DirectoryStore;
  readonly #unsubscribe: () => void;
  #view: Promise<DirectoryView> | undefined;

  constructor(store: DirectoryStore) {
    this.#store = store;
    this.#unsubscribe = store.changes.on(({ changes }) => {
      if (changes.some(({ kind }) => kind === 'directory')) this.#view = undefined;
    });
  }

  /** The view of this moment, for the rooms of this folder. */
  view(): Promise<DirectoryView> {
    if (this.#view) return this.#view;
    const reading = this.#store.read('directory.rows').then((rows) => new DirectoryView(rows));
    this.#view = reading;
    reading.catch(() => {
      if (this.#view === reading) this.#view = undefined;
    });
    return reading;
  }

  async office(): Promise<Office> {
    return (await this.view()).office;
  }
  async isLocal(domain: string): Promise<boolean> {
    return (await this.view()).isLocal(canonicalDomain(domain));
  }
  async person(id: number): Promise<Person | undefined> {
    const row = (await this.view()).person(id);
    return row && personOf(row);
  }
  async personByAddress(address: string): Promise<Person | undefined> {
    const key = parseMailbox(address)?.key;
    const entry = key === undefined ? undefined : (await this.view()).byKey(key);
    return entry?.kind === 'person' ? personOf(entry.row) : undefined;
  }
  async people(): Promise<Person[]> {
    return (await this.view()).rows.people.map(personOf);
  }
  async route(recipient: string, asker: Asker): Promise<Route> {
    return routeOf(await this.view(), recipient, asker);
  }
  async mayUse(personId: number, address: string): Promise<boolean> {
    return mayUse(await this.view(), personId, address);
  }
  async verify(text: string): Promise<Verified[]> {
    return (await this.view()).verify(text);
  }
  async expand(text: string): Promise<Verified[] | undefined> {
    return (await this.view()).expand(text);
  }

  close(): void {
    this.#unsubscribe();
  }
}

export function openDirectory(store: DirectoryStore): OfficeDirectory {
  return new OfficeDirectory(store);
}
