/**
 * A Thunderbird profile: accounts and tags from prefs.js, and where their folders lie. Only prefs.js, profiles.ini and the
 * folders below are read; a path in the preferences that does not exist any more (a profile that was moved or copied) is
 * looked for inside the profile.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, posix, win32 } from 'node:path';
import { decodeMailboxName } from './folders.ts';
import { type Prefs, prefText, readPrefs } from './prefs.ts';

export interface ThunderbirdAccount {
  /** As Thunderbird shows it. */
  name: string;
  kind: string;
  address: string;
  /** Folder with the account's mail. */
  dir: string;
  /** Its folders' addresses begin so: `mailbox://user@host`, `imap://user@host`; user and host as they are written there. */
  url: string;
  /** Keys of its identities, the first of them its own. */
  identities: string[];
}

export interface ThunderbirdTag {
  /** Keyword of letters. */
  keyword: string;
  name: string;
  /** "#rrggbb" */
  colour: string;
}

export interface ThunderbirdProfile {
  dir: string;
  accounts: ThunderbirdAccount[];
  tags: ThunderbirdTag[];
  prefs: Prefs;
  /** Names that a person gave to address books, by their files. */
  books: Map<string, string>;
}

/** The five tags that are there without a line in prefs.js. */
const FIRST_TAGS: readonly ThunderbirdTag[] = [
  { keyword: '$label1', name: 'Important', colour: '#FF0000' },
  { keyword: '$label2', name: 'Work', colour: '#FF9900' },
  { keyword: '$label3', name: 'Personal', colour: '#009900' },
  { keyword: '$label4', name: 'To Do', colour: '#3333FF' },
  { keyword: '$label5', name: 'Later', colour: '#993399' },
];

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() === true;

/** Folders of the profiles that a profiles.ini names. */
export async function profilesOf(root: string): Promise<string[]> {
  const text = await readFile(join(root, 'profiles.ini'), 'utf8').catch(() => '');
  const found: string[] = [];
  for (const section of text.split(/^\[/m)) {
    if (!/^Profile\d+\]/.test(section)) continue;
    const path = /^Path=(.+?)\r?$/m.exec(section)?.[1];
    if (!path) continue;
    const relative = !/^IsRelative=0/m.test(section);
    const full = relative ? join(root, ...path.split('/')) : path;
    if (await isFolder(full)) found.push(full);
  }
  return found;
}

export async function isThunderbirdProfile(dir: string): Promise<boolean> {
  const prefs = await stat(join(dir, 'prefs.js')).catch(() => null);
  if (!prefs?.isFile()) return false;
  return (await isFolder(join(dir, 'Mail'))) || (await isFolder(join(dir, 'ImapMail')));
}

export async function readThunderbirdProfile(dir: string): Promise<ThunderbirdProfile> {
  const prefs = readPrefs(await readFile(join(dir, 'prefs.js'), 'utf8'));
  const accounts: ThunderbirdAccount[] = [];
  const taken = new Set<string>();
  for (const key of prefText(prefs, 'mail.accountmanager.accounts').split(',')) {
    const server = prefText(prefs, `mail.account.${key.trim()}.server`);
    if (server === '') continue;
    const place = await placeOf(dir, prefs, server);
    if (place === null || taken.has(place)) continue;
    taken.add(place);
    const identities = prefText(prefs, `mail.account.${key.trim()}.identities`)
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    const address = prefText(prefs, `mail.identity.${identities[0] ?? ''}.useremail`);
    const name =
      prefText(prefs, `mail.server.${server}.name`) ||
      address ||
      prefText(prefs, `mail.server.${server}.hostname`);
    accounts.push({
      name: name || basename(place),
      kind: prefText(prefs, `mail.server.${server}.type`),
      address,
      dir: place,
      url: urlOf(prefs, server),
      identities,
    });
  }
  return { dir, accounts, tags: tagsOf(prefs), prefs, books: booksOf(prefs) };
}

function urlOf(prefs: Prefs, server: string): string {
  const text = (name: string): string => prefText(prefs, `mail.server.${server}.${name}`);
  const scheme = text('type') === 'imap' ? 'imap' : 'mailbox';
  const user = encodeURIComponent(text('userName') || 'nobody');
  return `${scheme}://${user}@${encodeURIComponent(text('hostname'))}`;
}

function booksOf(prefs: Prefs): Map<string, string> {
  const books = new Map<string, string>();
  for (const [name, value] of prefs) {
    const key = /^(ldap_2\.servers\..+)\.filename$/.exec(name)?.[1];
    if (key === undefined || typeof value !== 'string') continue;
    const called = prefText(prefs, `${key}.description`);
    if (called !== '') books.set(value, called);
  }
  return books;
}

/**
 * The folder that an address of Thunderbird names: levels of thunderbirdLetters(), null for one of no account of this profile.
 */
export function folderOfUrl(profile: ThunderbirdProfile, url: string): string[] | null {
  for (const account of profile.accounts) {
    if (!url.toLowerCase().startsWith(`${account.url.toLowerCase()}/`)) continue;
    const below = url
      .slice(account.url.length + 1)
      .split('/')
      .map((level) => (account.kind === 'imap' ? decodeMailboxName(unescaped(level)) : unescaped(level)));
    return profile.accounts.length > 1 ? [account.name, ...below] : below;
  }
  return null;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function placeOf(dir: string, prefs: Prefs, server: string): Promise<string | null> {
  const relative = prefText(prefs, `mail.server.${server}.directory-rel`);
  if (relative.startsWith('[ProfD]')) {
    const path = join(dir, ...relative.slice('[ProfD]'.length).split('/'));
    if (await isFolder(path)) return path;
  }
  const absolute = prefText(prefs, `mail.server.${server}.directory`);
  if (absolute === '') return null;
  if (isAbsolute(absolute) && (await isFolder(absolute))) return absolute;
  const levels = (absolute.includes('\\') ? win32 : posix).normalize(absolute).split(/[\\/]/);
  const at = levels.findLastIndex((level) => /^(Mail|ImapMail|News)$/.test(level));
  const inside = at < 0 ? '' : join(dir, ...levels.slice(at));
  return inside !== '' && (await isFolder(inside)) ? inside : null;
}

function tagsOf(prefs: Prefs): ThunderbirdTag[] {
  const tags = new Map(FIRST_TAGS.map((tag) => [tag.keyword, { ...tag }]));
  for (const [name, value] of prefs) {
    const found = /^mailnews\.tags\.(.+)\.(tag|color)$/.exec(name);
    if (!found || typeof value !== 'string') continue;
    const [, keyword = '', what] = found;
    const tag = tags.get(keyword) ?? { keyword, name: keyword, colour: '#808080' };
    if (what === 'tag') tag.name = value;
    else if (/^#[0-9a-f]{6}$/i.test(value)) tag.colour = value;
    tags.set(keyword, tag);
  }
  return [...tags.values()];
}
