/**
 * Brings opened origins in, or (dry run) says what would come: the same walk over the same letters, so that the promise and
 * the deed agree. A folder is made when its first letter comes; a letter that is here already is left out and counted; what
 * cannot be read is named with its reason.
 */
import type { StoredLetter } from '../../boxes/stored.ts';
import type { ClientStore } from '../program.ts';
import { findDoubles, fingerprint } from './doubles.ts';
import { cleanLevel } from './export-manifest.ts';
import type { Foreign, ForeignPlaces, ForeignTaken } from './foreign.ts';
import { type ImportControl, type ImportDeps, type IncomingSource, importLetters } from './importer.ts';
import type { Origin, OriginOptions, OriginTag } from './origins.ts';
import type { Person } from './outlook/person.ts';
import { type BringReport, ReportKeeper } from './report.ts';
import { tagColour } from './tag-colours.ts';

export interface BringOptions {
  origins: readonly Origin[];
  /** Folder here; null: folders of their own below the local account, and its Inbox for loose letters. */
  folder: number | null;
  /** A letter that says nothing about having been read counts as read: old mail brought along. */
  readByDefault: boolean;
  /** Make folders for the folders of loose files; stores always keep theirs. */
  subfolders: boolean;
  /** Leave out letters that are in any folder here. */
  everywhere: boolean;
  signal: AbortSignal;
  /** What is done with people found; absent: they are counted only. @returns how many were new */
  takePeople?(people: readonly Person[]): Promise<number>;
  /** Likewise what else the program knows. */
  takeForeign?(foreign: Foreign, places: ForeignPlaces): Promise<ForeignTaken>;
}

export interface BringControl {
  checkpoint(): Promise<void>;
  /** @param position octets of all origins */
  progress(position: number): void;
}

/** Letters of a dry run that are looked up together, and their octets. */
const BATCH = 128;
const BATCH_BYTES = 8 * 1024 * 1024;

interface Target {
  id: number | null;
  path: string;
}

/** Folders here by the levels there. */
class Targets {
  readonly #store: ClientStore;
  readonly #make: boolean;
  #known = new Map<string, number | null>();
  #account: number | null = null;
  #asked = new Map<Origin, Map<string, Promise<Target>>>();

  constructor(store: ClientStore, make: boolean) {
    this.#store = store;
    this.#make = make;
  }

  /**
   * Asked for every letter, and asks the store for every folder once.
   * @returns the folder's id (null: a dry run, and it is not there) and the path to tell
   */
  of(origin: Origin, levels: readonly string[], options: BringOptions): Promise<Target> {
    let own = this.#asked.get(origin);
    if (!own) {
      own = new Map();
      this.#asked.set(origin, own);
    }
    const key = levels.join('\0');
    let target = own.get(key);
    if (!target) {
      target = this.#find(origin, levels, options);
      own.set(key, target);
    }
    return target;
  }

  async #find(origin: Origin, levels: readonly string[], options: BringOptions): Promise<Target> {
    const below = origin.ownFolders || options.subfolders ? levels.map(cleanLevel) : [];
    if (options.folder !== null) {
      const base = await this.#store.read('folders.get', { id: options.folder });
      if (below.length === 0) return { id: base.id, path: base.path };
      return this.#at(base.account, [base.path, ...below].join('/'));
    }
    const account = await this.#local();
    if (origin.ownFolders) {
      const above = origin.top === '' ? [] : [this.#topOf(origin, options)];
      return this.#at(account, [...above, ...below].join('/') || 'Inbox');
    }
    const inbox =
      account === null ? null : await this.#store.read('folders.byRole', { account, role: 'inbox' });
    if (below.length > 0) return this.#at(account, [inbox?.path ?? 'Inbox', ...below].join('/'));
    return { id: inbox?.id ?? null, path: inbox?.path ?? 'Inbox' };
  }

  /** Two stores of one program at once do not run into each other. */
  #topOf(origin: Origin, { origins }: BringOptions): string {
    const alike = origins.filter((each) => each.top === origin.top);
    const n = alike.indexOf(origin);
    return cleanLevel(n > 0 ? `${origin.top} ${n + 1}` : origin.top);
  }

  async #local(): Promise<number | null> {
    if (this.#account !== null) return this.#account;
    if (this.#make) this.#account = await this.#store.write('folders.ensureLocal');
    else {
      const accounts = await this.#store.read('profile.accounts');
      this.#account = accounts.find((each) => each.kind === 'local' && each.sample === 0)?.id ?? null;
    }
    return this.#account;
  }

  async #at(account: number | null, path: string): Promise<Target> {
    const known = this.#known.get(path);
    if (known !== undefined) return { id: known, path };
    let id: number | null = null;
    if (account !== null && this.#make) id = await this.#store.write('folders.ensurePath', { account, path });
    else if (account !== null)
      id =
        (await this.#store.read('folders.list')).find(
          (each) => each.account === account && each.path === path,
        )?.id ?? null;
    this.#known.set(path, id);
    return { id, path };
  }
}

interface Walked {
  letter: StoredLetter;
  origin: Origin;
  folder: number | null;
  path: string;
  position: number;
}

class Walk {
  readonly keeper = new ReportKeeper();
  readonly used = new Set<string>();
  readonly #options: BringOptions;
  readonly #targets: Targets;

  constructor(store: ClientStore, options: BringOptions, make: boolean) {
    this.#options = options;
    this.#targets = new Targets(store, make);
    for (const { path, kind, title } of options.origins)
      this.keeper.report.sources.push({ path, kind, title });
  }

  #listeners(): OriginOptions {
    const { report } = this.keeper;
    return {
      signal: this.#options.signal,
      onProblem: (path, reason) => this.keeper.problem(path, reason),
      onThrownAway: () => {
        report.thrownAway++;
      },
      onOther: (kind, count) => {
        report.others[kind] += count;
      },
    };
  }

  async *letters(): AsyncGenerator<Walked> {
    let before = 0;
    for (const origin of this.#options.origins) {
      for (const levels of origin.folders ?? []) await this.#targets.of(origin, levels, this.#options);
      for await (const letter of origin.letters(this.#listeners())) {
        const { id, path } = await this.#targets.of(origin, letter.folder, this.#options);
        yield { letter, origin, folder: id, path, position: before + letter.position };
      }
      before += origin.size;
    }
  }

  async people(): Promise<Person[]> {
    const found: Person[] = [];
    for (const origin of this.#options.origins) found.push(...(await origin.people(this.#listeners())));
    return found;
  }

  /** Of each origin; keywords that rules name count as used. */
  async foreign(): Promise<{ origin: Origin; foreign: Foreign }[]> {
    const found: { origin: Origin; foreign: Foreign }[] = [];
    const canonical = new Map<string, string>();
    for (const origin of this.#options.origins) {
      for (const tag of origin.tags) canonical.set(tag.keyword.toLowerCase(), tag.keyword);
      const foreign = await origin.foreign?.(this.#listeners());
      if (!foreign) continue;
      for (const word of foreign.keywords) this.used.add(canonical.get(word.toLowerCase()) ?? word);
      found.push({ origin, foreign });
    }
    return found;
  }

  places(origin: Origin): ForeignPlaces {
    return {
      folder: async (levels) => (await this.#targets.of(origin, levels, this.#options)).id as number,
      path: origin.title,
      onProblem: (path, reason) => this.keeper.problem(path, reason),
    };
  }

  /** Tags that some letter does carry, in colours that there are here. */
  usedTags(): OriginTag[] {
    const all = this.#options.origins.flatMap((origin) => origin.tags);
    return all
      .filter((tag) => this.used.has(tag.keyword))
      .map((tag) => ({ ...tag, colour: tagColour(tag.colour) }));
  }
}

/** Says what would come in. Changes nothing. */
export async function previewBring(
  store: ClientStore,
  options: BringOptions,
  control: BringControl,
): Promise<BringReport> {
  const walk = new Walk(store, options, false);
  const { keeper, used } = walk;
  const seen = new Map<string, Set<string>>();
  let batch: { walked: Walked; bytes: Uint8Array }[] = [];
  let size = 0;
  const settle = async (): Promise<void> => {
    await control.checkpoint();
    const candidates = batch.map(({ walked, bytes }) => ({ folder: walked.folder, bytes }));
    const known = await findDoubles(store, candidates, { everywhere: options.everywhere, before: null });
    for (const [n, { walked, bytes }] of batch.entries()) {
      let own = seen.get(walked.path);
      if (!own) {
        own = new Set();
        seen.set(walked.path, own);
      }
      const print = fingerprint(bytes).slice(0, 24);
      keeper.letter(walked.path, bytes.length, known[n] === true || own.has(print));
      own.add(print);
      for (const keyword of walked.letter.keywords) used.add(keyword);
    }
    control.progress(batch.at(-1)?.walked.position ?? 0);
    batch = [];
    size = 0;
  };
  for await (const walked of walk.letters()) {
    try {
      const bytes = await walked.letter.read();
      batch.push({ walked, bytes });
      size += bytes.length;
    } catch (failure) {
      keeper.problem(walked.letter.path, codeOf(failure));
    }
    if (batch.length >= BATCH || size >= BATCH_BYTES) await settle();
  }
  if (batch.length > 0) await settle();
  keeper.report.people = (await walk.people()).filter((person) => !person.group).length;
  for (const { foreign } of await walk.foreign()) {
    keeper.report.rules += foreign.rules.length;
    keeper.report.signatures += foreign.identities.filter((each) => each.signature !== null).length;
    keeper.report.identities += foreign.identities.length;
  }
  keeper.report.tags = walk.usedTags().length;
  return keeper.report;
}

const codeOf = (failure: unknown): string => {
  const { code } = (failure ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'unreadable';
};

/** Brings it in. A letter counts when it is durable. */
export async function bring(
  deps: ImportDeps,
  options: BringOptions,
  control: BringControl,
): Promise<BringReport> {
  const { store } = deps;
  const walk = new Walk(store, options, true);
  const { keeper } = walk;
  const before = options.everywhere ? await store.read('moving.nextId') : null;
  const paths = new WeakMap<IncomingSource, string>();
  const importing: ImportDeps = {
    ...deps,
    doubles: (letters) => findDoubles(store, letters, { everywhere: options.everywhere, before }),
    onLetter: (letter, double) => keeper.letter(paths.get(letter) ?? '', letter.size, double),
  };
  const source = async function* (): AsyncGenerator<IncomingSource> {
    for await (const { letter, origin, folder, path, position } of walk.letters()) {
      const made: IncomingSource = {
        path: letter.path,
        size: letter.size,
        folder: folder as number,
        flags: letter.flags,
        keywords: letter.keywords,
        received: letter.received,
        position,
        async read() {
          const bytes = await letter.read();
          made.size = bytes.length;
          const flags = [...letter.flags];
          // Loose files say nothing about having been read; stores do.
          if (flags.length === 0 && options.readByDefault && !origin.ownFolders) flags.push('seen');
          made.flags = flags;
          made.keywords = letter.keywords;
          for (const keyword of letter.keywords) walk.used.add(keyword);
          return bytes;
        },
      };
      paths.set(made, path);
      yield made;
    }
  };
  const importControl: ImportControl = {
    checkpoint: () => control.checkpoint(),
    progress: (_, position) => control.progress(position),
  };
  const { failed } = await importLetters(importing, source(), importControl);
  for (const { path, reason } of failed) keeper.problem(path, reason);
  const foreign = await walk.foreign();
  const tags = walk.usedTags();
  if (tags.length > 0) await store.write('moving.tags', { tags });
  keeper.report.tags = tags.length;
  const people = await walk.people();
  keeper.report.people =
    options.takePeople && people.length > 0 ? await options.takePeople(people) : people.length;
  for (const each of foreign) {
    const taken = await options.takeForeign?.(each.foreign, walk.places(each.origin));
    keeper.report.rules += taken?.rules ?? 0;
    keeper.report.signatures += taken?.signatures ?? 0;
    keeper.report.identities += taken?.identities ?? 0;
  }
  return keeper.report;
}
