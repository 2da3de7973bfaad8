/** One reader for each kind of origin; see origins.ts. Loaded when something is brought in. */
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault, toFault } from '../../base/errors.ts';
import {
  belongsTo,
  expressLetters,
  expressStoresBelow,
  expressTitle,
  openExpressStore,
} from '../../boxes/dbx/store.ts';
import { isMaildir } from '../../boxes/maildir.ts';
import { mboxFlags, measureSources, readSources } from '../../boxes/source.ts';
import { markedLetters, type StoredLetter } from '../../boxes/stored.ts';
import { readFilters } from '../../boxes/thunderbird/filters.ts';
import { thunderbirdIdentities } from '../../boxes/thunderbird/identities.ts';
import { measureThunderbird, thunderbirdLetters } from '../../boxes/thunderbird/letters.ts';
import {
  folderOfUrl,
  isThunderbirdProfile,
  profilesOf,
  readThunderbirdProfile,
  type ThunderbirdProfile,
} from '../../boxes/thunderbird/profile.ts';
import { keywordFor } from '../messages/act.ts';
import { readExport } from './export-manifest.ts';
import type { Foreign, ForeignRule } from './foreign.ts';
import type { MovingPool, Origin, OriginOptions, OriginTag } from './origins.ts';
import type { Person } from './outlook/person.ts';
import type { PstPage } from './outlook/pst.ts';
import { ruleOf } from './thunderbird-rules.ts';

const nobody = async (): Promise<Person[]> => [];
const nothing = async (): Promise<void> => {};

/** eml, mbox, Maildir, msg files, folders of these, gzip of these. `except`: files that another origin reads. */
export async function files(
  path: string,
  moving: MovingPool,
  except: (file: string) => boolean = () => false,
): Promise<Origin> {
  return {
    kind: 'files',
    path,
    title: basename(path),
    top: '',
    ownFolders: false,
    size: await measureSources([path], except),
    tags: [],
    letters: (options) => fileLetters(path, moving, { ...options, except }),
    people: nobody,
    close: nothing,
  };
}

/** A folder of files. Stores of Outlook Express in it, however deep, are origins of their own, read as if they were named. */
export async function folder(path: string, moving: MovingPool): Promise<Origin[]> {
  const stores = (await isMaildir(path)) ? [] : await expressStoresBelow(path);
  const rest = await files(path, moving, (file) => belongsTo(stores, file));
  const origins = await Promise.all(stores.map((store) => dbx(store)));
  return stores.length > 0 && rest.size === 0 ? origins : [rest, ...origins];
}

async function* fileLetters(
  path: string,
  moving: MovingPool,
  options: OriginOptions,
): AsyncGenerator<StoredLetter> {
  for await (const letter of readSources([path], { ...options, also: /\.msg$/i })) {
    const isOutlook = /\.msg$/i.test(letter.path);
    const made: StoredLetter = {
      ...letter,
      flags: letter.flags.filter((flag) => flag !== 'deleted'),
      keywords: [],
      async read() {
        const bytes = await letter.read();
        if (isOutlook && bytes[0] === 0xd0) return (await (await moving()).call('msg', { bytes })).bytes;
        // An mbox keeps its marks inside the letter, so they are known only now.
        made.flags = [...new Set([...letter.flags, ...mboxFlags(bytes)])].filter(
          (flag) => flag !== 'deleted',
        );
        return bytes;
      },
    };
    yield made;
  }
}

export async function thunderbird(path: string, moving: MovingPool): Promise<Origin[]> {
  const profiles = (await isThunderbirdProfile(path)) ? [path] : await profilesOf(path);
  const used: Origin[] = [];
  for (const dir of profiles) {
    if (!(await isThunderbirdProfile(dir))) continue;
    const profile = await readThunderbirdProfile(dir);
    const accounts = profile.accounts.map((each) => each.address || each.name).filter((each) => each !== '');
    used.push({
      kind: 'thunderbird',
      path: dir,
      title: accounts.find((each) => each.includes('@'))
        ? `Thunderbird: ${accounts.find((each) => each.includes('@'))}`
        : 'Thunderbird',
      top: 'Thunderbird',
      ownFolders: true,
      size: await measureThunderbird(profile),
      tags: profile.tags,
      letters: (options) =>
        thunderbirdLetters(profile, {
          ...options,
          summary: async (file, octets) => (await moving()).call('summary', { file, size: octets }),
        }),
      people: (options) => booksOf(profile, moving, options),
      foreign: (options) => thunderbirdForeign(profile, options),
      close: nothing,
    });
  }
  if (used.length === 0)
    throw new Fault('user', 'not-a-letter', 'There is no Thunderbird profile here.', { detail: { path } });
  return used;
}

async function booksOf(
  profile: ThunderbirdProfile,
  moving: MovingPool,
  options: OriginOptions,
): Promise<Person[]> {
  const people: Person[] = [];
  for (const book of await (await moving()).call('addressBooks', { dir: profile.dir })) {
    if (book.problem) options.onProblem(book.file, book.problem);
    const name = profile.books.get(basename(book.file));
    for (const person of book.people)
      people.push(
        name !== undefined && !book.collected ? { ...person, book: { kind: 'own', name } } : person,
      );
  }
  return people;
}

async function thunderbirdForeign(profile: ThunderbirdProfile, options: OriginOptions): Promise<Foreign> {
  const rules: ForeignRule[] = [];
  for (const { dir, address } of profile.accounts) {
    const text = await readFile(join(dir, 'msgFilterRules.dat'), 'utf8').catch(() => '');
    for (const filter of readFilters(text))
      rules.push(ruleOf(filter, address, (url) => folderOfUrl(profile, url)));
  }
  const keywords = rules.flatMap(({ actions }) =>
    actions.flatMap((each) => (each.do === 'tag' ? [each.tag] : [])),
  );
  const problem = (path: string, reason: string): void => options.onProblem(path, reason);
  return { rules, keywords, identities: await thunderbirdIdentities(profile, problem) };
}

/** Outlook Express, every version: a store folder, or one of its files. */
export async function dbx(path: string): Promise<Origin> {
  const store = (await stat(path)).isDirectory() ? await openExpressStore(path) : null;
  return {
    kind: 'dbx',
    path,
    title: store ? 'Outlook Express' : basename(path),
    top: 'Outlook Express',
    ownFolders: true,
    size: await measureSources(store?.files ?? [path]),
    tags: [],
    folders: store?.folders ?? [],
    async *letters(options) {
      const letters = store?.letters(options) ?? expressLetters(path, [expressTitle(path)], options);
      for await (const letter of letters) yield { ...letter, keywords: [] };
    },
    people: nobody,
    close: nothing,
  };
}

export async function pst(path: string, moving: MovingPool): Promise<Origin> {
  const pool = await moving();
  const folders = await pool.call('pstOpen', { path });
  const { size } = await stat(path);
  const total = folders.reduce((sum, folder) => sum + folder.count, 0);
  const people: Person[] = [];
  const tags: OriginTag[] = [];
  return {
    kind: 'pst',
    path,
    title: basename(path),
    top: basename(path).replace(/\.(pst|ost)$/i, ''),
    ownFolders: true,
    size,
    tags,
    async *letters(options) {
      people.length = 0;
      let done = 0;
      for (const [n, folder] of folders.entries()) {
        for (let from: number | null = 0; from !== null; ) {
          options.signal?.throwIfAborted();
          const page: PstPage = await pool.call('pstPage', { path, folder: n, from });
          const name = `${path}: ${folder.levels.join('/')}`;
          for (const each of page.unreadable) options.onProblem(`${name}#${each.n + 1}`, each.reason);
          for (const kind of ['calendar', 'tasks', 'notes'] as const)
            if (page.others[kind] > 0) options.onOther?.(kind, page.others[kind]);
          people.push(...page.people);
          for (const { n: item, letter } of page.letters) {
            let kept: Uint8Array<ArrayBuffer> | null = letter.bytes;
            yield {
              path: `${name}#${item + 1}`,
              size: letter.bytes.length,
              flags: letter.flags,
              keywords: letter.categories.map(keywordFor),
              received: letter.received,
              folder: folder.levels,
              position: (size * (done + item + 1)) / Math.max(1, total),
              async read() {
                const bytes =
                  kept ??
                  (await pool.call('pstPage', { path, folder: n, from: item, items: 1 })).letters[0]?.letter
                    .bytes;
                kept = null;
                if (!bytes) throw new Fault('user', 'damaged', 'The letter is damaged.');
                return bytes;
              },
            };
            for (const category of letter.categories)
              if (!tags.some((tag) => tag.name === category))
                tags.push({ name: category, keyword: keywordFor(category), colour: 'blue' });
          }
          from = page.next;
        }
        done += folder.count;
      }
    },
    // Contacts lie among the letters' folders: they are known when the letters were read.
    people: async () => people,
    close: () => pool.call('pstClose', { path }),
  };
}

export async function msg(path: string, moving: MovingPool): Promise<Origin> {
  const { size } = await stat(path);
  return {
    kind: 'msg',
    path,
    title: basename(path),
    top: '',
    ownFolders: false,
    size,
    tags: [],
    async *letters(options) {
      const bytes = new Uint8Array(await readFile(path));
      const letter = await (await moving())
        .call('msg', { bytes })
        .catch((failure: unknown) => toFault(failure));
      if (letter instanceof Fault) {
        options.onProblem(path, letter.code);
        return;
      }
      yield {
        path,
        size: letter.bytes.length,
        flags: ['seen'],
        keywords: [],
        received: letter.received,
        folder: [],
        position: size,
        read: async () => Uint8Array.from(letter.bytes),
      };
    },
    people: nobody,
    close: nothing,
  };
}

/** A folder that our own export made. */
export async function postroom(path: string): Promise<Origin> {
  const manifest = await readExport(path);
  return {
    kind: 'postroom',
    path,
    title: 'Postroom',
    top: '',
    ownFolders: true,
    size: await measureSources([path]),
    tags: manifest.tags,
    folders: manifest.folders.map((folder) => folder.levels),
    async *letters(options) {
      let before = 0;
      for (const folder of manifest.folders) {
        const box = join(path, ...folder.file.split('/'));
        const size = (await stat(box).catch(() => null))?.size ?? 0;
        if (size > 0)
          for await (const letter of markedLetters(box, [], before, options))
            yield { ...letter, folder: folder.levels };
        before += size;
      }
    },
    people: nobody,
    close: nothing,
  };
}
