/**
 * A backup: one zip file with a snapshot of the database, the segments it points at, and a list with the hash of each. Made
 * while the program runs; the search index is left out, because it is made again from the letters.
 *
 * Invariants: the snapshot comes first and no segment is rewritten until the last octet is copied, so whatever the snapshot
 * points at is in the file. The file has its name only when it is whole and on the disk; nothing that is there is written over.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../base/clock.ts';
import { Fault, toFault } from '../../base/errors.ts';
import { segmentFile } from '../../store/segments.ts';
import type { ClientStore } from '../program.ts';
import type { Secrets } from '../security/vault.ts';
import { BACKUP_MANIFEST, BACKUP_VERSION, type BackupManifest } from './manifest.ts';
import { sealPasswords } from './sealed.ts';
import type { SnapshotFacts } from './snapshot-facts.ts';

export interface BackupDeps {
  store: ClientStore;
  secrets: Secrets;
  clock: Clock;
  /** The profile's folder. */
  dir: string;
  /** Of this program. */
  program: string;
  /** What a snapshot says of itself: read in a thread. */
  facts(file: string): Promise<SnapshotFacts>;
}

export interface BackupOptions {
  path: string;
  /** null: passwords are left out. */
  passphrase: string | null;
  signal: AbortSignal;
  checkpoint(): Promise<void>;
  progress(done: number, total: number): void;
}

export interface BackupDone {
  bytes: number;
  messages: number;
}

/** Counts and hashes what passes. */
class Meter extends Transform {
  readonly hash: Hash = createHash('sha256');
  readonly #passed: (octets: number) => void;

  constructor(passed: (octets: number) => void) {
    super();
    this.#passed = passed;
  }
  override _transform(
    chunk: Buffer,
    _: BufferEncoding,
    done: (failure: Error | null, data: Buffer) => void,
  ): void {
    this.hash.update(chunk);
    this.#passed(chunk.length);
    done(null, chunk);
  }
}

/** @throws Fault user `file-exists`, `not-found`, `no-access`; transient `disk-full`; cancelled */
export async function makeBackup(deps: BackupDeps, options: BackupOptions): Promise<BackupDone> {
  const { path } = options;
  if (await stat(path).catch(() => null))
    throw new Fault('user', 'file-exists', 'There is a file of this name already.', { detail: { path } });
  const unfinished = `${path}.part`;
  const snapshot = `${path}.snapshot`;
  try {
    await stat(dirname(path));
    await Promise.all([unfinished, snapshot].map((each) => rm(each, { force: true })));
    const done = await deps.store.quiet(async (take) => {
      await take(snapshot);
      return write(deps, options, snapshot, unfinished);
    });
    await rename(unfinished, path);
    return done;
  } catch (failure) {
    await rm(unfinished, { force: true }).catch(() => {});
    if ((failure as { code?: unknown }).code === 'ENOENT')
      throw new Fault('user', 'not-found', 'There is no such file or folder.', {
        detail: { path: dirname(path) },
        cause: failure,
      });
    throw toFault(failure);
  } finally {
    await rm(snapshot, { force: true }).catch(() => {});
  }
}

async function write(
  deps: BackupDeps,
  options: BackupOptions,
  snapshot: string,
  out: string,
): Promise<BackupDone> {
  const facts = await deps.facts(snapshot);
  const database = (await stat(snapshot)).size;
  const sources = [
    { name: 'store.db', from: snapshot, size: database },
    ...facts.segments.map(({ id, length }) => {
      const from = segmentFile(deps.dir, id);
      return { name: `segments/${basename(from)}`, from, size: length };
    }),
  ];
  const total = sources.reduce((sum, each) => sum + each.size, 0);
  const { ZipFile } = await import('yazl');
  const zip = new ZipFile();
  const file = createWriteStream(out, { flags: 'wx', mode: 0o600 });
  const written = pipeline(zip.outputStream, file, { signal: options.signal });
  written.catch(() => {});
  const manifest: BackupManifest = {
    format: 'postroom-backup',
    version: BACKUP_VERSION,
    at: deps.clock.now(),
    program: deps.program,
    messages: facts.messages,
    accounts: facts.accounts.map((each) => each.address),
    files: [],
    passwords:
      options.passphrase === null
        ? null
        : await sealPasswords(options.passphrase, await passwordsOf(deps, facts)),
  };
  let done = 0;
  for (const { name, from, size } of sources) {
    await options.checkpoint();
    const meter = new Meter((octets) => {
      done += octets;
      options.progress(done, total);
    });
    // Beyond its committed length a segment's octets belong to nobody.
    const reading = size === 0 ? null : createReadStream(from, { end: size - 1 });
    const copied = reading ? pipeline(reading, meter, { signal: options.signal }) : null;
    // Segments are packed already.
    zip.addReadStream(meter, name, {
      compress: name === 'store.db',
      size,
      mode: 0o600,
      mtime: new Date(manifest.at),
    });
    if (!reading) meter.end();
    await Promise.race([Promise.all([copied, ended(meter)]), written]);
    manifest.files.push({ name, size, sha256: meter.hash.digest('hex') });
  }
  zip.addBuffer(Buffer.from(JSON.stringify(manifest)), BACKUP_MANIFEST, {
    mode: 0o600,
    mtime: new Date(manifest.at),
  });
  zip.end();
  await written;
  const handle = await open(out, 'r+');
  try {
    await handle.sync();
    return { bytes: (await handle.stat()).size, messages: facts.messages };
  } finally {
    await handle.close();
  }
}

const ended = (stream: Transform): Promise<void> =>
  new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject));

/** Every secret that a row of the database has a name for. */
async function passwordsOf({ secrets }: BackupDeps, facts: SnapshotFacts): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const name of facts.secretNames) {
    const value = await secrets.get(name).catch(() => null);
    if (value !== null) found.push([name, value]);
  }
  return found;
}

export const insideFolder = (dir: string, name: string): string => join(dir, ...name.split('/'));
