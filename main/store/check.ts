/**
 * Verification: the database's own integrity, and every record of every segment against its checksums,
 * its SHA-256 and the index, both ways. Reads everything once; changes nothing.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { cancelled } from '../base/errors.ts';
import type { Connection } from './database.ts';
import { HEADER_BYTES, hashHex, parseHeader, parseTable, tableBytes, unpackFrame } from './record.ts';
import { segmentFile, segmentFolder } from './segments.ts';
import type { CallContext } from './threads.ts';

export interface CheckProblem {
  readonly code:
    | 'database-damaged'
    | 'segment-missing'
    | 'segment-short'
    | 'segment-unknown'
    | 'record-damaged'
    | 'record-unindexed';
  readonly message: string;
  readonly hash?: string;
  readonly segment?: number;
}

export interface CheckReport {
  readonly ok: boolean;
  /** Blobs verified. */
  readonly blobs: number;
  readonly problems: readonly CheckProblem[];
}

/** Problems named in a report; a lost disk would otherwise fill the memory. */
const MOST_PROBLEMS = 1000;

interface BlobRow {
  readonly hash: Uint8Array;
  readonly offset: number;
  readonly stored: number;
  readonly raw: number;
}

export function checkStore(db: Connection, dir: string, context: CallContext): CheckReport {
  const problems: CheckProblem[] = [];
  const report = (problem: CheckProblem) => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  for (const text of db.pluck<string>('PRAGMA main.integrity_check(100)')) {
    if (text !== 'ok') report({ code: 'database-damaged', message: text });
  }
  for (const row of db.all('PRAGMA foreign_key_check')) {
    report({ code: 'database-damaged', message: `foreign key of table ${String(row['table'])}` });
  }
  const segments = db.all<{ id: number; length: number }>(
    "SELECT id, length FROM segments WHERE state <> 'dead' ORDER BY id",
  );
  reportUnknown(dir, new Set(db.pluck<number>('SELECT id FROM segments')), report);
  let blobs = 0;
  for (const segment of segments) blobs += checkSegment(db, dir, segment, context, report);
  const known = new Set(segments.map((each) => each.id));
  for (const id of db.pluck<number>('SELECT DISTINCT segment FROM blobs')) {
    if (!known.has(id))
      report({ code: 'segment-missing', message: 'not in the list of segments', segment: id });
  }
  return { ok: problems.length === 0, blobs, problems };
}

function reportUnknown(
  dir: string,
  known: ReadonlySet<number>,
  report: (problem: CheckProblem) => void,
): void {
  for (const name of readdirSync(segmentFolder(dir))) {
    const number = /^(\d{6,})\.seg$/.exec(name)?.[1];
    if (number && !known.has(Number(number))) {
      report({ code: 'segment-unknown', message: `${name} is not in the index`, segment: Number(number) });
    }
  }
}

function checkSegment(
  db: Connection,
  dir: string,
  { id, length }: { id: number; length: number },
  context: CallContext,
  report: (problem: CheckProblem) => void,
): number {
  const rows = db.all<BlobRow>(
    'SELECT hash, offset, stored, raw FROM blobs WHERE segment = ? ORDER BY offset',
    id,
  );
  const path = segmentFile(dir, id);
  if (!existsSync(path)) {
    if (rows.length > 0)
      report({ code: 'segment-missing', message: `${rows.length} blobs are lost`, segment: id });
    return 0;
  }
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size < length) report({ code: 'segment-short', message: `${size} of ${length} octets`, segment: id });
    let position = 0;
    for (const row of rows) {
      if (context.cancelled()) throw cancelled();
      checkGap(db, fd, id, position, row.offset, report);
      const reason = checkRecord(fd, row);
      if (reason) report({ code: 'record-damaged', message: reason, hash: hashHex(row.hash), segment: id });
      position = row.offset + row.stored;
    }
    checkGap(db, fd, id, position, Math.min(length, size), report);
    return rows.length;
  } finally {
    closeSync(fd);
  }
}

/** Octets that no row points at: a record there whose hash the index does not know at all was lost. */
function checkGap(
  db: Connection,
  fd: number,
  segment: number,
  from: number,
  to: number,
  report: (problem: CheckProblem) => void,
): void {
  for (let at = from; at < to; ) {
    const header = parseHeader(octets(fd, at, HEADER_BYTES));
    // A damaged record that was stored anew elsewhere leaves such a hole.
    if (!header || header.stored < HEADER_BYTES) return;
    if (!db.get('SELECT 1 FROM blobs WHERE hash = ?', header.hash)) {
      const hash = hashHex(header.hash);
      report({ code: 'record-unindexed', message: 'in the segment, not in the index', hash, segment });
    }
    at += header.stored;
  }
}

/** Why the record cannot be trusted, or undefined. One frame is in memory at a time. */
function checkRecord(fd: number, row: BlobRow): string | undefined {
  const header = parseHeader(octets(fd, row.offset, HEADER_BYTES));
  if (!header) return 'header';
  if (hashHex(header.hash) !== hashHex(row.hash)) return 'another blob is stored here';
  if (header.stored !== row.stored || header.raw !== row.raw) return 'lengths';
  const count = tableBytes(header.frames);
  const frames = parseTable(header, octets(fd, row.offset + row.stored - count, count));
  if (!frames) return 'frame table';
  const hash = createHash('sha256');
  for (const [index, frame] of frames.entries()) {
    try {
      hash.update(unpackFrame(octets(fd, row.offset + frame.offset, frame.stored), frame));
    } catch {
      return `frame ${index}`;
    }
  }
  return hash.digest('hex') === hashHex(row.hash) ? undefined : 'SHA-256';
}

function octets(fd: number, offset: number, count: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(Math.max(0, count));
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(fd, bytes, done, bytes.length - done, offset + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}
