/**
 * Giving the bytes of unreferenced blobs back. The keeper copies what is alive of a sealed segment into a
 * temporary file and makes it durable; the writer then moves the index over in one transaction, and only
 * after that commit removes the old file. Killed anywhere, either the old segment is whole and the
 * temporary file is dropped at the next opening, or the new one is in force and the old is dropped.
 *
 * The segment that still grows is sealed first where it has as much to give back.
 */
import { closeSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Connection } from './database.ts';
import type { WriteHandle } from './program.ts';
import { compactionFile, type Segments, segmentFile } from './segments.ts';

/** What the keeper found and copied. */
export interface Compaction {
  readonly segment: number;
  /** Octets of the temporary file; 0 when nothing of the segment is alive. */
  readonly length: number;
  /** Live blobs and their offsets in the temporary file. */
  readonly moved: readonly { readonly hash: Uint8Array; readonly offset: number }[];
}

interface BlobRow {
  readonly hash: Uint8Array;
  readonly offset: number;
  readonly stored: number;
  readonly refs: number;
}

const COPY_BYTES = 1024 * 1024;

/** Segments in a state whose dead octets (blobs freed before `freedBefore`, lost records) reach the share. */
export function compactable(
  db: Connection,
  freedBefore: number,
  deadShare: number,
  state: 'sealed' | 'active' = 'sealed',
): number[] {
  return db.pluck<number>(
    `SELECT s.id FROM segments s
     WHERE s.state = ?3 AND EXISTS (SELECT 1 FROM blobs f WHERE f.segment = s.id AND f.refs = 0 AND f.freed < ?1)
       AND (SELECT coalesce(sum(b.stored), 0) FROM blobs b
            WHERE b.segment = s.id AND (b.refs > 0 OR b.freed >= ?1)) <= s.length * (1 - ?2)
     ORDER BY s.id`,
    freedBefore,
    deadShare,
    state,
  );
}

/** Seals the growing segment in a transaction of its own. Runs on the writer's connection, between its groups. */
export function sealActive(db: Connection, segments: Segments, id: number): boolean {
  segments.begin();
  db.exec('BEGIN IMMEDIATE');
  try {
    const sealed = segments.seal(id);
    segments.record(db);
    segments.sync();
    db.exec('COMMIT');
    segments.committed();
    return sealed;
  } catch (failure) {
    if (db.raw.isTransaction) db.exec('ROLLBACK');
    segments.rollback();
    throw failure;
  }
}

/** Copies what stays of a segment to the temporary file, durably. */
export function copyLive(db: Connection, dir: string, segment: number, freedBefore: number): Compaction {
  const rows = db.all<BlobRow>(
    'SELECT hash, offset, stored, refs FROM blobs WHERE segment = ? AND (refs > 0 OR freed >= ?) ORDER BY offset',
    segment,
    freedBefore,
  );
  const target = compactionFile(dir);
  rmSync(target, { force: true });
  const moved: { hash: Uint8Array; offset: number }[] = [];
  if (rows.length === 0) return { segment, length: 0, moved };
  const from = openSync(segmentFile(dir, segment), 'r');
  const to = openSync(target, 'wx', 0o600);
  let length = 0;
  try {
    for (const row of rows) {
      copyOctets(from, row.offset, to, length, row.stored);
      moved.push({ hash: row.hash, offset: length });
      length += row.stored;
    }
    fsyncSync(to);
  } finally {
    closeSync(from);
    closeSync(to);
  }
  return { segment, length, moved };
}

function copyOctets(from: number, start: number, to: number, at: number, count: number): void {
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, count));
  for (let done = 0; done < count; ) {
    const read = readSync(from, buffer, 0, Math.min(buffer.length, count - done), start + done);
    // A short segment: the rest stays zero, and the record is reported as damaged where it is read.
    if (read === 0) break;
    for (let written = 0; written < read; ) {
      written += writeSync(to, buffer, written, read - written, at + done + written);
    }
    done += read;
  }
}

/** The writer's part; runs inside its transaction. */
export function adoptCompaction(
  db: WriteHandle,
  segments: Segments,
  dir: string,
  work: Compaction,
): { dropped: number; freed: number } {
  const old = db.get<{ length: number }>(
    "SELECT length FROM segments WHERE id = ? AND state = 'sealed'",
    work.segment,
  );
  if (!old) return { dropped: 0, freed: 0 };
  const place = work.length > 0 ? segments.adopt(compactionFile(dir), work.length) : undefined;
  if (place) {
    for (const each of work.moved) {
      db.run(
        'UPDATE blobs SET segment = ?, offset = ? WHERE hash = ? AND segment = ?',
        place.segment,
        each.offset,
        each.hash,
        work.segment,
      );
    }
  }
  // What is left was dead when the keeper looked. A letter that came back since then is copied now.
  const rest = db.all<BlobRow>(
    'SELECT hash, offset, stored, refs FROM blobs WHERE segment = ?',
    work.segment,
  );
  for (const row of rest) {
    if (row.refs === 0) db.run('DELETE FROM blobs WHERE hash = ?', row.hash);
    else revive(db, segments, dir, work.segment, row);
  }
  db.run("UPDATE segments SET state = 'dead' WHERE id = ?", work.segment);
  return { dropped: rest.filter((row) => row.refs === 0).length, freed: old.length - work.length };
}

function revive(db: WriteHandle, segments: Segments, dir: string, segment: number, row: BlobRow): void {
  const record = Buffer.alloc(row.stored);
  const fd = openSync(segmentFile(dir, segment), 'r');
  try {
    for (let at = 0; at < row.stored; ) {
      const read = readSync(fd, record, at, row.stored - at, row.offset + at);
      if (read === 0) break;
      at += read;
    }
  } finally {
    closeSync(fd);
  }
  const place = segments.appendBytes(record);
  db.run('UPDATE blobs SET segment = ?, offset = ? WHERE hash = ?', place.segment, place.offset, row.hash);
}
