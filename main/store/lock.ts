/**
 * One process per profile. The lock is an exclusive SQLite transaction on a tiny database: the operating
 * system drops it with the process, however that ends, so there is no stale lock to explain to anybody.
 * The file `owner` beside it only says who; it is never believed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '../base/errors.ts';
import { storeFault } from './fault.ts';

/** @throws Fault user `store-in-use` with the other process's number where it is known. */
export function lockStore(dir: string): { close(): void } {
  const owner = join(dir, 'owner');
  const db = new DatabaseSync(join(dir, 'lock.db'), { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (failure) {
    db.close();
    const fault = storeFault(failure);
    if (fault.code !== 'store-busy') throw fault;
    const detail: Record<string, unknown> = { dir };
    const pid = readOwner(owner);
    if (pid !== undefined) detail['pid'] = pid;
    throw new Fault('user', 'store-in-use', 'This profile is already open in another Postroom.', { detail });
  }
  writeFileSync(owner, String(process.pid));
  return { close: () => db.close() };
}

/** Longer than anybody writes a small file. */
const TURN_MS = 5000;

/**
 * Does a short piece of work while no other process does any under the same file; waits for its turn.
 * @throws Fault transient `store-busy` when the turn does not come; what the work throws
 */
export function inTurn<T>(file: string, work: () => T): T {
  const db = new DatabaseSync(file, { timeout: TURN_MS });
  try {
    try {
      db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;');
    } catch (failure) {
      throw storeFault(failure);
    }
    return work();
  } finally {
    db.close();
  }
}

function readOwner(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    // Who holds the lock is only a courtesy in the sentence.
    return undefined;
  }
}
