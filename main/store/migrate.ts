/**
 * Brings a database to the program's version: a snapshot first, then one transaction per migration. A
 * migration that fails leaves the database at the last one that succeeded; a newer database is refused
 * before anything is touched.
 */
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type Connection, makePrivate } from './database.ts';
import { storeFault } from './fault.ts';
import type { Migration, Program } from './program.ts';

/** Snapshots of older versions that are kept. */
const BACKUPS_KEPT = 3;

/** The kernel's own tables, numbered apart from the program's. */
const KERNEL: readonly Migration[] = [
  {
    number: 10,
    name: 'kernel',
    up: (db) =>
      db.exec(`
        CREATE TABLE blobs (
          hash BLOB NOT NULL PRIMARY KEY,
          segment INTEGER NOT NULL,
          offset INTEGER NOT NULL,
          stored INTEGER NOT NULL,
          raw INTEGER NOT NULL,
          refs INTEGER NOT NULL,
          freed INTEGER,           -- ms since 1970 when refs became 0
          damaged INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE INDEX blobs_place ON blobs (segment, offset);
        CREATE INDEX blobs_free ON blobs (segment) WHERE refs = 0;
        CREATE TABLE segments (
          id INTEGER PRIMARY KEY,
          length INTEGER NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('active', 'sealed', 'dead'))
        );
        CREATE TABLE changes (
          modseq INTEGER NOT NULL,
          n INTEGER NOT NULL,
          kind TEXT NOT NULL,
          data TEXT NOT NULL,
          PRIMARY KEY (modseq, n)
        ) WITHOUT ROWID;`),
  },
];

export interface Versions {
  readonly kernel: number;
  readonly program: number;
}

export function backupFile(dir: string, version: number): string {
  return join(dir, `backup-${version}.db`);
}

/**
 * @throws Fault user `store-too-new` {found, known}; user `store-wrong-kind`; internal
 *   `migration-failed` {number, name}; transient `disk-full`.
 */
export function migrate(db: Connection, dir: string, program: Program, log: Log): Versions {
  verifyNumbers(program.migrations);
  db.exec('CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID');
  const kind = db.value<string>("SELECT value FROM meta WHERE name = 'schema-name'");
  if (kind !== undefined && kind !== program.schemaName) {
    throw new Fault('user', 'store-wrong-kind', 'This folder belongs to another kind of Postroom database.', {
      detail: { found: kind, known: program.schemaName },
    });
  }
  const kernel = version(db, 'kernel-version');
  const found = version(db, 'version');
  refuseNewer(kernel, KERNEL.at(-1)?.number ?? 0);
  refuseNewer(found, program.migrations.at(-1)?.number ?? 0);
  const steps = [
    ...KERNEL.filter((each) => each.number > kernel).map((each) => ({ each, meta: 'kernel-version' })),
    ...program.migrations.filter((each) => each.number > found).map((each) => ({ each, meta: 'version' })),
  ];
  if (steps.length > 0 && kernel > 0) backUp(db, dir, found, log);
  for (const { each, meta } of steps) apply(db, each, meta);
  if (kind === undefined) {
    db.run("INSERT INTO meta (name, value) VALUES ('schema-name', ?)", program.schemaName);
  }
  return { kernel: version(db, 'kernel-version'), program: version(db, 'version') };
}

function apply(db: Connection, migration: Migration, meta: string): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    migration.up(db.writing);
    db.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', meta, migration.number);
    db.exec('COMMIT');
  } catch (failure) {
    if (db.raw.isTransaction) db.exec('ROLLBACK');
    const cause = storeFault(failure);
    if (cause.kind === 'transient') throw cause;
    throw new Fault('internal', 'migration-failed', 'The database could not be brought up to date.', {
      detail: { number: migration.number, name: migration.name },
      cause: failure,
    });
  } finally {
    db.forget();
  }
}

function backUp(db: Connection, dir: string, found: number, log: Log): void {
  const file = backupFile(dir, found);
  const partial = `${file}.tmp`;
  rmSync(partial, { force: true });
  makePrivate(partial);
  db.run('VACUUM INTO ?', partial);
  renameSync(partial, file);
  log.info('store-backup', { file });
  const older = readdirSync(dir)
    .map((name) => /^backup-(\d+)\.db$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => b - a);
  for (const number of older.slice(BACKUPS_KEPT)) rmSync(backupFile(dir, number), { force: true });
}

function refuseNewer(found: number, known: number): void {
  if (found <= known) return;
  throw new Fault(
    'user',
    'store-too-new',
    'This profile was written by a newer Postroom. Install the newer version to open it.',
    { detail: { found, known } },
  );
}

function version(db: Connection, name: string): number {
  return db.value<number>('SELECT value FROM meta WHERE name = ?', name) ?? 0;
}

function verifyNumbers(migrations: readonly Migration[]): void {
  let last = 0;
  for (const { number, name } of migrations) {
    if (!Number.isSafeInteger(number) || number <= last) {
      throw new Fault('internal', 'bad-migration', 'Migration numbers must rise.', {
        detail: { number, name },
      });
    }
    last = number;
  }
}
