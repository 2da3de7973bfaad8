/**
 * The writing side of the segment files: one active segment that grows, sealed ones that never change.
 *
 * Invariants:
 * - Octets beyond a segment's committed length belong to nobody: they are cut off at the next opening.
 * - A number is never used twice, so a reader that holds an old place finds the old bytes or no file.
 * - sync() before the database's commit; rollback() undoes everything since begin().
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import type { Connection } from './database.ts';
import type { PackedBlob, PreparedBlob } from './record.ts';

export interface Place {
  readonly segment: number;
  readonly offset: number;
}

/** Where in the group an operation began, for its own rollback. */
export interface SegmentMark {
  readonly segment: number;
  readonly length: number;
  readonly adopted: number;
}

interface Active {
  readonly id: number;
  readonly fd: number;
  length: number;
  /** Size of the file: zeros lie between `length` and here. */
  size: number;
}

/**
 * Zeros laid down ahead of small groups. Octets that go where the file has octets already are on the disk after one
 * write; where the file grows, the file system has to make its new length durable, too, which takes several times as long.
 */
const AHEAD_BYTES = 1024 * 1024;
/** A group of more than this gains nothing, and would be written twice. */
const SMALL_GROUP_BYTES = 128 * 1024;
const ZEROS = new Uint8Array(AHEAD_BYTES);

interface Adopted {
  readonly id: number;
  readonly from: string;
  readonly length: number;
}

export function segmentFolder(dir: string): string {
  return join(dir, 'segments');
}

export function segmentFile(dir: string, id: number): string {
  return join(segmentFolder(dir), `${String(id).padStart(6, '0')}.seg`);
}

/** What a compaction writes before it is adopted; there is one at a time. */
export function compactionFile(dir: string): string {
  return join(segmentFolder(dir), 'compaction.tmp');
}

/** Makes new names in a folder durable; Windows cannot open folders, and journals names by itself. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export class Segments {
  readonly #dir: string;
  readonly #limit: number;
  #next: number;
  #active: Active | undefined;
  /** As committed: what rollback() returns to. */
  #committed: { id: number; length: number } | undefined;
  /** Active segments left behind full in this group; their files stay open until the commit. */
  #filled: Active[] = [];
  #adopted: Adopted[] = [];
  #dirty = new Set<number>();
  #namesChanged = false;
  /** A failed fsync leaves the active segment's tail in doubt: the next record begins a new one. */
  #suspect = false;
  syncs = 0;

  private constructor(dir: string, limit: number, next: number) {
    this.#dir = dir;
    this.#limit = limit;
    this.#next = next;
  }

  /** Recovers: cuts a torn tail, removes files that no commit knows, seals an active segment that is short. */
  static open(db: Connection, dir: string, limit: number, log: Log): Segments {
    const folder = segmentFolder(dir);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const next = db.value<number>("SELECT value FROM meta WHERE name = 'next-segment'") ?? 1;
    for (const name of readdirSync(folder)) {
      const number = /^(\d{6,})\.seg$/.exec(name)?.[1];
      // Numbers below `next` were committed once; a file there that is not in the index is left alone.
      if (name.endsWith('.tmp') || (number && Number(number) >= next)) rmSync(join(folder, name));
    }
    for (const id of db.pluck<number>("SELECT id FROM segments WHERE state = 'dead'")) {
      rmSync(segmentFile(dir, id), { force: true });
      db.run('DELETE FROM segments WHERE id = ?', id);
    }
    const segments = new Segments(dir, limit, next);
    const rows = db.all<{ id: number; length: number }>(
      "SELECT id, length FROM segments WHERE state = 'active' ORDER BY id",
    );
    for (const row of rows) segments.#recover(db, row, log);
    return segments;
  }

  #recover(db: Connection, row: { id: number; length: number }, log: Log): void {
    const path = segmentFile(this.#dir, row.id);
    if (existsSync(path)) {
      const fd = openSync(path, 'r+');
      const { size } = fstatSync(fd);
      if (size > row.length) {
        log.info('store-torn-tail', { segment: row.id, octets: size - row.length });
        ftruncateSync(fd, row.length);
      }
      if (size >= row.length && !this.#active) {
        this.#active = { id: row.id, fd, length: row.length, size: row.length };
        this.#committed = { id: row.id, length: row.length };
        return;
      }
      closeSync(fd);
    }
    log.error('store-segment-short', { segment: row.id, expected: row.length });
    db.run("UPDATE segments SET state = 'sealed' WHERE id = ?", row.id);
  }

  begin(): void {
    this.#dirty.clear();
    this.#filled = [];
    this.#adopted = [];
    this.#namesChanged = false;
  }

  mark(): SegmentMark {
    const active = this.#active;
    return { segment: active?.id ?? 0, length: active?.length ?? 0, adopted: this.#adopted.length };
  }

  /** Undoes one operation. A segment that it opened stays active, empty. */
  rollbackTo(mark: SegmentMark): void {
    const active = this.#active;
    if (active) {
      const full = this.#filled.find((each) => each.id === mark.segment);
      if (full) full.length = mark.length;
      active.length = active.id === mark.segment ? mark.length : 0;
    }
    for (const each of this.#adopted.splice(mark.adopted).reverse()) {
      renameSync(segmentFile(this.#dir, each.id), each.from);
    }
  }

  /** Places a record; a spooled one becomes a sealed segment of its own by renaming. */
  append(blob: PreparedBlob | PackedBlob): Place {
    if (typeof blob.record === 'string') return this.adopt(blob.record, blob.stored);
    return this.appendBytes(blob.record);
  }

  appendBytes(record: Uint8Array): Place {
    const active = this.#room(record.length);
    const offset = active.length;
    this.#dirty.add(active.fd);
    for (let at = 0; at < record.length; ) {
      at += writeSync(active.fd, record, at, record.length - at, offset + at);
    }
    active.length += record.length;
    active.size = Math.max(active.size, active.length);
    return { segment: active.id, offset };
  }

  /** Takes a durable file over as a sealed segment. */
  adopt(from: string, length: number): Place {
    const id = this.#next++;
    renameSync(from, segmentFile(this.#dir, id));
    this.#adopted.push({ id, from, length });
    this.#namesChanged = true;
    return { segment: id, offset: 0 };
  }

  /** The growing segment grows no more when this group is committed; false where `id` is not the growing one. */
  seal(id: number): boolean {
    const active = this.#active;
    if (active?.id !== id || active.length === 0) return false;
    this.#filled.push(active);
    this.#active = undefined;
    this.#namesChanged = true;
    return true;
  }

  #room(octets: number): Active {
    const active = this.#active;
    if (active && !this.#suspect && (active.length === 0 || active.length + octets <= this.#limit))
      return active;
    const id = this.#next++;
    const fd = openSync(segmentFile(this.#dir, id), 'wx+', 0o600);
    if (active) this.#filled.push(active);
    this.#active = { id, fd, length: 0, size: 0 };
    this.#suspect = false;
    this.#namesChanged = true;
    return this.#active;
  }

  /** Everything appended in this group is on the disk when this returns. */
  sync(): void {
    if (this.#dirty.size === 0 && !this.#namesChanged) return;
    this.#suspect = true;
    for (const fd of this.#dirty) fdatasyncSync(fd);
    if (this.#namesChanged) syncFolder(segmentFolder(this.#dir));
    this.#suspect = false;
    this.syncs += 1;
  }

  /** Writes the lengths into the transaction that is about to commit. */
  record(db: Connection): void {
    if (this.#dirty.size === 0 && !this.#namesChanged) return;
    const sql =
      'INSERT INTO segments (id, length, state) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET length = excluded.length, state = excluded.state';
    for (const each of this.#filled) db.run(sql, each.id, each.length, 'sealed');
    for (const each of this.#adopted) db.run(sql, each.id, each.length, 'sealed');
    if (this.#active) db.run(sql, this.#active.id, this.#active.length, 'active');
    db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('next-segment', ?)", this.#next);
  }

  /** After the commit. */
  committed(): void {
    for (const each of this.#filled.splice(0)) finish(each);
    this.#adopted = [];
    this.#dirty.clear();
    this.#namesChanged = false;
    const before = this.#committed;
    this.#committed = this.#active ? { id: this.#active.id, length: this.#active.length } : undefined;
    const { length = 0 } = before?.id === this.#committed?.id ? (before ?? {}) : {};
    if (this.#active && this.#active.length - length <= SMALL_GROUP_BYTES) this.#makeRoom(this.#active);
  }

  /** Zeros for the groups to come. Without them all is as good, only slower. */
  #makeRoom(active: Active): void {
    if (active.size - active.length >= SMALL_GROUP_BYTES) return;
    const end = Math.min(active.size + AHEAD_BYTES, this.#limit);
    if (end <= active.size) return;
    try {
      active.size += writeSync(active.fd, ZEROS, 0, end - active.size, active.size);
    } catch {
      // A full disk is found out by the next record, whose sender is told.
    }
  }

  /** Undoes the whole group; the files are again as the last commit left them. */
  rollback(): void {
    for (const each of this.#adopted.splice(0).reverse()) {
      renameSync(segmentFile(this.#dir, each.id), each.from);
    }
    const keep = this.#committed;
    for (const each of [...this.#filled.splice(0), ...(this.#active ? [this.#active] : [])]) {
      if (each.id === keep?.id) {
        each.length = keep.length;
        each.size = keep.length;
        ftruncateSync(each.fd, keep.length);
        this.#active = each;
        continue;
      }
      if (this.#active === each) this.#active = undefined;
      closeSync(each.fd);
      rmSync(segmentFile(this.#dir, each.id), { force: true });
    }
    if (keep === undefined) this.#active = undefined;
    this.#dirty.clear();
    this.#namesChanged = false;
  }

  close(): void {
    if (this.#active) finish(this.#active);
    this.#active = undefined;
  }
}

/** Closes a file that grows no more; the zeros behind its records go. */
function finish({ fd, length, size }: Active): void {
  try {
    if (size > length) ftruncateSync(fd, length);
  } finally {
    closeSync(fd);
  }
}
