/**
 * Looks for other mail programs' stores where they usually lie on Linux, Windows and macOS. A list of known places, each
 * looked into a few levels deep, and nothing else: bounded in entries, cancelled at any entry, never into a place that
 * a link leads to.
 */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { isMaildir } from '../../boxes/maildir.ts';
import { measureThunderbird } from '../../boxes/thunderbird/letters.ts';
import { isThunderbirdProfile, profilesOf, readThunderbirdProfile } from '../../boxes/thunderbird/profile.ts';
import type { FoundStore } from '../../contract/mail/moving.ts';

export interface FindOptions {
  platform?: NodeJS.Platform;
  env?: Readonly<Record<string, string | undefined>>;
  home?: string;
  signal?: AbortSignal;
}

/** Entries looked at in one place. */
const MAX_ENTRIES = 5000;
const MAX_LEVELS = 6;
/** Stores told. */
const MAX_FOUND = 100;

interface Place {
  path: string;
  what: 'thunderbird' | 'outlook' | 'express' | 'live' | 'bat' | 'unix';
}

/** Where each program keeps its mail when nobody told it otherwise. */
export function placesOf({
  platform = process.platform,
  env = process.env,
  home = homedir(),
}: FindOptions = {}): Place[] {
  const at = (what: Place['what'], ...levels: string[]): Place => ({ path: join(...levels), what });
  if (platform === 'win32') {
    const roaming = env['APPDATA'] || join(home, 'AppData', 'Roaming');
    const local = env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
    const documents = ['Documents', 'Документы', 'My Documents'].map((name) => join(home, name));
    return [
      at('thunderbird', roaming, 'Thunderbird'),
      at('outlook', local, 'Microsoft', 'Outlook'),
      ...documents.flatMap((dir) =>
        ['Outlook Files', 'Файлы Outlook'].map((name) => at('outlook', dir, name)),
      ),
      at('express', local, 'Identities'),
      at('express', home, 'Local Settings', 'Application Data', 'Identities'),
      at('live', local, 'Microsoft', 'Windows Live Mail'),
      at('live', local, 'Microsoft', 'Windows Mail'),
      at('bat', roaming, 'The Bat!'),
    ];
  }
  const unix = [
    at('unix', home, 'Maildir'),
    at('unix', home, 'Mail'),
    at('unix', home, 'mail'),
    at('unix', home, 'mbox'),
  ];
  if (platform === 'darwin')
    return [
      at('thunderbird', home, 'Library', 'Thunderbird'),
      at('outlook', home, 'Documents', 'Outlook Files'),
      ...unix,
    ];
  return [
    at('thunderbird', home, '.thunderbird'),
    at('thunderbird', home, '.icedove'),
    at('thunderbird', home, 'snap', 'thunderbird', 'common', '.thunderbird'),
    at('thunderbird', home, '.var', 'app', 'org.mozilla.Thunderbird', '.thunderbird'),
    at('outlook', home, 'Documents'),
    at('outlook', home, 'Документы'),
    ...unix,
    ...(env['USER'] ? [at('unix', '/var/mail', env['USER'])] : []),
  ];
}

/** @throws the signal's reason when it is aborted; nothing else */
export async function findStores(options: FindOptions = {}): Promise<FoundStore[]> {
  const found: FoundStore[] = [];
  const seen = new Set<string>();
  for (const place of placesOf(options)) {
    options.signal?.throwIfAborted();
    for await (const store of lookInto(place, options.signal)) {
      // Windows shows "Local Settings" of old and "AppData" of today as one place with two names.
      const place = await realpath(store.path).catch(() => store.path);
      if (seen.has(place) || found.length >= MAX_FOUND) continue;
      seen.add(place);
      found.push(store);
    }
  }
  return found;
}

async function* lookInto({ path, what }: Place, signal: AbortSignal | undefined): AsyncGenerator<FoundStore> {
  const there = await stat(path).catch(() => null);
  if (!there) return;
  if (what === 'thunderbird') {
    for (const dir of await profilesOf(path)) {
      const store = await thunderbirdStore(dir).catch(() => null);
      if (store) yield store;
    }
    return;
  }
  if (what === 'unix') {
    if (!there.isDirectory()) {
      if (there.size > 0)
        yield { kind: 'files', path, title: basename(path), bytes: there.size, readable: true };
      return;
    }
    const bytes = await sizeBelow(path, signal);
    if (bytes > 0 && ((await isMaildir(path)) || (await hasFile(path))))
      yield { kind: 'files', path, title: basename(path), bytes, readable: true };
    return;
  }
  const expected = FILES[what];
  const folders = new Map<string, number>();
  for await (const { full, entry } of walk(path, signal)) {
    if (!entry.isFile() || !expected.test(entry.name)) continue;
    const { size } = await stat(full);
    if (what === 'outlook') yield { kind: 'pst', path: full, title: entry.name, bytes: size, readable: true };
    else folders.set(entry.parentPath, (folders.get(entry.parentPath) ?? 0) + size);
  }
  if (what === 'live') {
    const bytes = [...folders.values()].reduce((sum, size) => sum + size, 0);
    if (bytes > 0) yield { kind: 'files', path, title: 'Windows Live Mail', bytes, readable: true };
    return;
  }
  for (const [dir, bytes] of folders)
    yield what === 'express'
      ? { kind: 'dbx', path: dir, title: 'Outlook Express', bytes, readable: true }
      : { kind: 'thebat', path: dir, title: `The Bat!: ${basename(dir)}`, bytes, readable: false };
}

const FILES = {
  outlook: /\.(pst|ost)$/i,
  express: /\.(dbx|mbx)$/i,
  live: /\.eml$/i,
  bat: /\.tb[bni]$/i,
} as const;

async function thunderbirdStore(dir: string): Promise<FoundStore | null> {
  if (!(await isThunderbirdProfile(dir))) return null;
  const profile = await readThunderbirdProfile(dir);
  const bytes = await measureThunderbird(profile);
  if (bytes === 0) return null;
  const address = profile.accounts.map((each) => each.address).find((each) => each !== '');
  return {
    kind: 'thunderbird',
    path: dir,
    title: address ? `Thunderbird: ${address}` : 'Thunderbird',
    bytes,
    readable: true,
  };
}

async function* walk(
  top: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ full: string; entry: Dirent }> {
  let left = MAX_ENTRIES;
  const open: { dir: string; level: number }[] = [{ dir: top, level: 0 }];
  for (let next = open.shift(); next; next = open.shift()) {
    signal?.throwIfAborted();
    const entries = await readdir(next.dir, { withFileTypes: true }).catch(() => [] as Dirent[]);
    for (const entry of entries) {
      if (--left < 0) return;
      const full = join(next.dir, entry.name);
      if (entry.isDirectory() && next.level < MAX_LEVELS) open.push({ dir: full, level: next.level + 1 });
      yield { full, entry };
    }
  }
}

async function sizeBelow(path: string, signal: AbortSignal | undefined): Promise<number> {
  let total = 0;
  for await (const { full, entry } of walk(path, signal))
    if (entry.isFile()) total += (await stat(full).catch(() => null))?.size ?? 0;
  return total;
}

const hasFile = async (path: string): Promise<boolean> =>
  (await readdir(path, { withFileTypes: true })).some(
    (entry) => entry.isFile() && !entry.name.startsWith('.'),
  );
