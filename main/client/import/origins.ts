/**
 * Where old mail can come from: what a path is, and a reader for each kind that gives letters, tags, people and a count of
 * what is none of these. Everything after this is the same for every origin. Originals are only read.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Fault, toFault } from '../../base/errors.ts';
import { isExpressStore } from '../../boxes/dbx/store.ts';
import { isMaildir } from '../../boxes/maildir.ts';
import type { StoredLetter, StoredOptions } from '../../boxes/stored.ts';
import { isThunderbirdProfile } from '../../boxes/thunderbird/profile.ts';
import type { Pool } from '../../store/threads.ts';
import type { Foreign } from './foreign.ts';
import type { MovingCalls } from './moving-thread.ts';
import type { Person } from './outlook/person.ts';

export const ORIGIN_KINDS = ['files', 'thunderbird', 'dbx', 'pst', 'msg', 'postroom', 'thebat'] as const;
export type OriginKind = (typeof ORIGIN_KINDS)[number];

export interface OriginTag {
  keyword: string;
  name: string;
  colour: string;
}

export interface OriginOptions extends StoredOptions {
  /** Items that are no letters: appointments, tasks, notes. Counted and said, not brought. */
  onOther?(kind: 'calendar' | 'tasks' | 'notes', count: number): void;
}

/** One place of old mail, opened. */
export interface Origin {
  kind: OriginKind;
  path: string;
  /** What a person knows it by. */
  title: string;
  /** Folder here that stands above all of its folders; '' for none. */
  top: string;
  /** Has folders of its own, which are made here; otherwise letters go where the person said. */
  ownFolders: boolean;
  /** Octets, for progress. */
  size: number;
  tags: OriginTag[];
  /** Folders that are made although no letter goes there. */
  folders?: readonly (readonly string[])[];
  letters(options: OriginOptions): AsyncGenerator<StoredLetter>;
  people(options: OriginOptions): Promise<Person[]>;
  /** Rules, identities, signatures, where the program has any. */
  foreign?(options: OriginOptions): Promise<Foreign>;
  close(): Promise<void>;
}

export type MovingPool = () => Promise<Pool<MovingCalls>>;

/** What lies at a path. @throws Fault user `not-found`, `no-access`, `not-a-file` */
export async function kindOf(path: string): Promise<OriginKind> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'not-found' : 'no-access';
    throw new Fault('user', code, 'The file or folder cannot be read.', { detail: { path }, cause });
  });
  if (found.isDirectory()) return kindOfFolder(path);
  // A pipe would be waited for without end.
  if (!found.isFile())
    throw new Fault('user', 'not-a-file', 'This is no file and no folder.', { detail: { path } });
  return kindOfFile(path);
}

async function kindOfFolder(path: string): Promise<OriginKind> {
  const names = await readdir(path).catch((failure: unknown) => {
    throw toFault(failure);
  });
  if (names.includes('postroom-export.json')) return 'postroom';
  if (await isThunderbirdProfile(path)) return 'thunderbird';
  // The folder above the profiles; which of them is meant, is for the opener.
  if (names.includes('profiles.ini')) return 'thunderbird';
  if (await isMaildir(path)) return 'files';
  if (await isExpressStore(path)) return 'dbx';
  if (names.some((name) => /\.tb[bni]$/i.test(name))) return 'thebat';
  return 'files';
}

async function kindOfFile(path: string): Promise<OriginKind> {
  const head = Buffer.alloc(16);
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new Fault('user', 'no-access', 'The file or folder cannot be read.', { detail: { path }, cause });
  });
  try {
    await file.read(head, 0, 16, 0);
  } finally {
    await file.close();
  }
  if (head.toString('latin1', 0, 4) === '!BDN') return 'pst';
  if (
    head.readUInt32LE(0) === 0xfe12_adcf ||
    (head.toString('latin1', 0, 3) === 'JMF' && /\.(dbx|mbx)$/i.test(path))
  )
    return 'dbx';
  if (head.readUInt32BE(0) === 0xd0cf_11e0) return 'msg';
  if (/\.tb[bni]$/i.test(path)) return 'thebat';
  if (/^prefs\.js$/i.test(basename(path)) && (await isThunderbirdProfile(dirname(path))))
    return 'thunderbird';
  return 'files';
}

/**
 * @param kind undefined: found out by looking
 * @throws Fault user `not-found`, `no-access`, `not-a-file`, `not-a-letter`, `not-readable` for a store that is known but cannot be read
 */
export async function openOrigin(path: string, moving: MovingPool, kind?: OriginKind): Promise<Origin[]> {
  const looked = await kindOf(path);
  const found = kind ?? looked;
  const folder = (await stat(path)).isDirectory();
  if ((found === 'pst' || found === 'msg') && folder)
    throw new Fault('user', 'not-a-letter', 'This is a folder, not a file of Outlook.', { detail: { path } });
  const readers = await import('./origin-readers.ts');
  switch (found) {
    case 'thunderbird':
      return readers.thunderbird(basename(path) === 'prefs.js' ? dirname(path) : path, moving);
    case 'dbx':
      return folder && kind === undefined ? readers.folder(path, moving) : [await readers.dbx(path)];
    case 'pst':
      return [await readers.pst(path, moving)];
    case 'msg':
      return [await readers.msg(path, moving)];
    case 'postroom':
      return [await readers.postroom(path)];
    case 'thebat':
      throw new Fault('user', 'not-readable', 'Letters of The Bat! have to be exported there first.', {
        detail: { path, program: 'The Bat!' },
      });
    default:
      return folder && kind === undefined
        ? readers.folder(path, moving)
        : [await readers.files(path, moving)];
  }
}
