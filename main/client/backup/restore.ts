/**
 * Brings a backup back. Everything is unpacked beside its place and checked (names, sizes, hashes, the database) before
 * anything is put in place; putting in place is renaming. A restore that is killed leaves a folder of its own, which the
 * next one removes, and never half a profile.
 *
 * Letters that were still to leave are held: a copy never sends by itself what another computer may have sent (hold.ts).
 *
 * Names inside the file are not believed: only those of the list are unpacked, and the list takes none but a profile's.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';
import { Fault, toFault } from '../../base/errors.ts';
import { syncFolder } from '../../store/segments.ts';
import { insideFolder } from './backup.ts';
import { BACKUP_MANIFEST, BACKUP_VERSION, BackupManifest } from './manifest.ts';
import { openPasswords } from './sealed.ts';
import type { SnapshotFacts } from './snapshot-facts.ts';

/** The list of a backup: some hundred octets a segment. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
/** Where a checked backup waits inside a profile that is open. */
const WAITING = 'restored';

export interface RestoreOptions {
  path: string;
  passphrase: string | null;
  signal?: AbortSignal;
  checkpoint?(): Promise<void>;
  progress?(done: number, total: number): void;
  /** Looks into the database and holds its outgoing letters: in a thread. */
  facts(file: string): Promise<SnapshotFacts>;
}

export interface Restored {
  manifest: BackupManifest;
  /** Of the accounts; empty without a passphrase. */
  passwords: [string, string][];
}

const damaged = (path: string, cause?: unknown): Fault =>
  new Fault('user', 'backup-damaged', 'The copy is damaged or was not finished.', {
    detail: { path },
    cause,
  });

interface Opened {
  zip: ZipFile;
  manifest: BackupManifest;
  entries: Map<string, Entry>;
}

/** @throws Fault user `not-found`, `no-access`, `not-a-backup`, `backup-damaged`, `backup-too-new` */
async function openBackup(path: string): Promise<Opened> {
  const handle = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    const missing = cause.code === 'ENOENT';
    const say = missing ? 'There is no such file or folder.' : 'The file or folder cannot be read.';
    throw new Fault('user', missing ? 'not-found' : 'no-access', say, { detail: { path }, cause });
  });
  const start = Buffer.alloc(4);
  try {
    await handle.read(start, 0, 4, 0);
  } finally {
    await handle.close();
  }
  if (start.readUInt32LE(0) !== 0x0403_4b50)
    throw new Fault('user', 'not-a-backup', 'This is not a copy made by Postroom.', { detail: { path } });
  const yauzl = await import('yauzl');
  const zip = await yauzl
    .openPromise(path, { autoClose: false, lazyEntries: true, strictFileNames: true })
    .catch((cause: unknown) => {
      throw damaged(path, cause);
    });
  try {
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    const list = entries.get(BACKUP_MANIFEST);
    if (!list)
      throw new Fault('user', 'not-a-backup', 'This is not a copy made by Postroom.', { detail: { path } });
    if (list.uncompressedSize > MAX_MANIFEST_BYTES) throw damaged(path);
    const pieces: Buffer[] = [];
    for await (const piece of await zip.openReadStreamPromise(list)) pieces.push(piece as Buffer);
    const value: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    const { version } = (value ?? {}) as { version?: unknown };
    if (typeof version === 'number' && version > BACKUP_VERSION)
      throw new Fault('user', 'backup-too-new', 'The copy was made by a newer Postroom.', {
        detail: { path },
      });
    return { zip, manifest: BackupManifest.parse(value), entries };
  } catch (failure) {
    zip.close();
    throw failure instanceof Fault ? failure : damaged(path, failure);
  }
}

/** What a backup says of itself, without reading it all. */
export async function lookAtBackup(path: string): Promise<BackupManifest> {
  const { zip, manifest } = await openBackup(path);
  zip.close();
  return manifest;
}

/** Unpacks and checks into `dir`, which exists and is empty. */
async function unpack(dir: string, opened: Opened, options: RestoreOptions): Promise<void> {
  const { zip, manifest, entries } = opened;
  const { path, signal } = options;
  const total = manifest.files.reduce((sum, each) => sum + each.size, 0);
  let done = 0;
  await mkdir(join(dir, 'segments'), { mode: 0o700 });
  for (const { name, size, sha256 } of manifest.files) {
    signal?.throwIfAborted();
    await options.checkpoint?.();
    const entry = entries.get(name);
    if (!entry || entry.uncompressedSize !== size) throw damaged(path);
    const hash = createHash('sha256');
    const meter = new Transform({
      transform(chunk: Buffer, _, next) {
        hash.update(chunk);
        done += chunk.length;
        options.progress?.(done, total);
        next(null, chunk);
      },
    });
    const target = insideFolder(dir, name);
    try {
      const out = createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true });
      await pipeline(await zip.openReadStreamPromise(entry), meter, out, signal ? { signal } : {});
    } catch (failure) {
      const fault = toFault(failure);
      throw fault.kind === 'internal' ? damaged(path, failure) : fault;
    }
    if (hash.digest('hex') !== sha256) throw damaged(path);
  }
  const facts = await options.facts(join(dir, 'store.db'));
  const there = new Map(manifest.files.map((each) => [each.name, each.size]));
  for (const { id, length } of facts.segments)
    if (there.get(`segments/${String(id).padStart(6, '0')}.seg`) !== length) throw damaged(path);
  syncFolder(join(dir, 'segments'));
  syncFolder(dir);
}

async function unpackChecked(dir: string, options: RestoreOptions): Promise<Restored> {
  const opened = await openBackup(options.path);
  const { manifest } = opened;
  try {
    // A wrong passphrase is said before minutes of unpacking.
    const passwords =
      manifest.passwords && options.passphrase !== null
        ? await openPasswords(options.passphrase, manifest.passwords)
        : [];
    await unpack(dir, opened, options);
    return { manifest, passwords };
  } finally {
    opened.zip.close();
  }
}

/**
 * Into a folder that is not there yet, or is empty.
 * @throws Fault user `profile-not-empty`, `wrong-passphrase` and those of a backup that cannot be read; transient `disk-full`
 */
export async function restoreInto(dir: string, options: RestoreOptions): Promise<Restored> {
  const there = await readdir(dir).catch(() => [] as string[]);
  if (there.length > 0)
    throw new Fault('user', 'profile-not-empty', 'There is a profile in this folder already.', {
      detail: { path: dir },
    });
  const above = dirname(dir);
  await mkdir(above, { recursive: true, mode: 0o700 });
  const begun = `${basename(dir)}.restoring-`;
  for (const name of await readdir(above))
    if (name.startsWith(begun)) await rm(join(above, name), { recursive: true, force: true });
  const beside = await mkdtemp(join(above, begun));
  try {
    const restored = await unpackChecked(beside, options);
    if (existsSync(dir)) rmdirSync(dir);
    await rename(beside, dir);
    syncFolder(above);
    return restored;
  } catch (failure) {
    await rm(beside, { recursive: true, force: true }).catch(() => {});
    throw toFault(failure);
  }
}

/** Into a profile that is open and empty: checked wholly, and put in place when the profile is opened next. */
export async function restoreBeside(dir: string, options: RestoreOptions): Promise<Restored> {
  const beside = join(dir, 'restoring');
  await rm(beside, { recursive: true, force: true });
  await rm(join(dir, WAITING), { recursive: true, force: true });
  await mkdir(beside, { mode: 0o700 });
  try {
    const restored = await unpackChecked(beside, options);
    await rename(beside, join(dir, WAITING));
    syncFolder(dir);
    return restored;
  } catch (failure) {
    await rm(beside, { recursive: true, force: true }).catch(() => {});
    throw toFault(failure);
  }
}

export const restoreWaits = (dir: string): boolean => existsSync(join(dir, WAITING, 'store.db'));

/**
 * Puts a waiting backup in place, before the store is opened. Each step may be the last one before a kill: the next opening
 * goes on with what still waits.
 */
export function takeRestored(dir: string): boolean {
  const from = join(dir, WAITING);
  if (!existsSync(from)) return false;
  const names = readdirSync(from);
  if (names.includes('segments')) {
    rmSync(join(dir, 'segments'), { recursive: true, force: true });
    renameSync(join(from, 'segments'), join(dir, 'segments'));
  }
  // The database comes last: with it the profile is the restored one.
  if (names.includes('store.db')) {
    for (const name of ['store.db-wal', 'store.db-shm', 'search.db', 'search.db-wal', 'search.db-shm'])
      rmSync(join(dir, name), { force: true });
    renameSync(join(from, 'store.db'), join(dir, 'store.db'));
  }
  syncFolder(dir);
  rmSync(from, { recursive: true, force: true });
  return true;
}
