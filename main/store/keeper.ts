/** What the keeper thread answers: the slow, rare work that must hold up neither readers nor the writer. */
import { existsSync, rmSync } from 'node:fs';
import { Fault } from '../base/errors.ts';
import { checkStore } from './check.ts';
import { compactable, copyLive } from './compaction.ts';
import { Connection, makePrivate } from './database.ts';
import { databaseFile } from './layout.ts';
import type { CallContext } from './threads.ts';

export interface KeeperData {
  readonly dir: string;
}

let thread: { db: Connection; dir: string } | undefined;

export function start({ dir }: KeeperData): void {
  thread = { db: new Connection(databaseFile(dir), { readOnly: true }), dir };
}

function current(): { db: Connection; dir: string } {
  if (!thread) throw new Fault('internal', 'not-started', 'The keeper has not started.');
  return thread;
}

export const calls = {
  check(_: undefined, context: CallContext) {
    const { db, dir } = current();
    db.exec('BEGIN');
    try {
      return checkStore(db, dir, context);
    } finally {
      db.exec('COMMIT');
    }
  },
  compactable(input: { freedBefore: number; deadShare: number; state?: 'active' }) {
    return compactable(current().db, input.freedBefore, input.deadShare, input.state);
  },
  copyLive({ segment, freedBefore }: { segment: number; freedBefore: number }) {
    const { db, dir } = current();
    return copyLive(db, dir, segment, freedBefore);
  },
  snapshot(file: string) {
    const { db } = current();
    if (existsSync(file)) throw new Fault('user', 'file-exists', 'There is a file of this name already.');
    db.exec('PRAGMA query_only = OFF');
    try {
      makePrivate(file);
      db.run('VACUUM INTO ?', file);
    } catch (failure) {
      rmSync(file, { force: true });
      throw failure;
    } finally {
      db.exec('PRAGMA query_only = ON');
    }
  },
  stats() {
    const { db } = current();
    const row = db.get<{ blobs: number; raw: number; stored: number; unreferenced: number }>(
      `SELECT count(*) AS blobs, coalesce(sum(raw), 0) AS raw, coalesce(sum(stored), 0) AS stored,
         coalesce(sum(refs = 0), 0) AS unreferenced FROM blobs`,
    );
    return {
      blobs: row?.blobs ?? 0,
      rawBytes: row?.raw ?? 0,
      storedBytes: row?.stored ?? 0,
      unreferencedBlobs: row?.unreferenced ?? 0,
      segments: db.value<number>("SELECT count(*) FROM segments WHERE state <> 'dead'") ?? 0,
      modseq: db.modseq(),
    };
  },
};

export type KeeperCalls = typeof calls;
