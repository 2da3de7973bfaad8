/**
 * The log of a profile as a file beside it: JSON lines, two generations, written behind. Lines are gathered for a moment,
 * because a server writes one a command; an error is written with all that led to it at once.
 */
import {
  closeSync,
  createWriteStream,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  type WriteStream,
} from 'node:fs';
import { join } from 'node:path';
import { createLog, type Log, type LogLevel } from '../base/log.ts';

/** Bytes after which a new file is begun: a month of an ordinary day's work, and small enough to be mailed. */
const MAX_LOG_BYTES = 4 * 1024 * 1024;
/** Ms that a line waits for others, and characters that do not wait. */
const GATHER_MS = 50;
const GATHER_CHARS = 16 * 1024;
const ERROR = '"level":"error"';
/** Ms between tries of a log that could not be written, and characters of errors that wait for it meanwhile. */
const RETRY_MS = 1000;
const KEPT_CHARS = 64 * 1024;

export interface LogFile {
  readonly log: Log;
  /** Writes out what waits. */
  close(): Promise<void>;
}

/**
 * @param folder made when missing. A log that cannot be written holds nothing up: mail matters more. Of what could not be
 * written the errors are kept, and follow when there is room again: a full disk is what they tell about.
 */
export function openLogFile(folder: string, least: LogLevel = 'info'): LogFile {
  const file = join(folder, 'postroom.log');
  let written = 0;
  let stream: WriteStream | undefined;
  const begin = (): void => {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      written = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (written > MAX_LOG_BYTES) {
        renameSync(file, join(folder, 'postroom.1.log'));
        written = 0;
      }
      if (written > 0) written = dropTornLine(file);
      stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
      stream.on('error', later);
    } catch {
      later();
    }
  };
  let kept = '';
  let retry: NodeJS.Timeout | undefined;
  const keep = (lines: string): void => {
    for (const line of lines.split('\n')) {
      if (line.includes(ERROR) && kept.length + line.length < KEPT_CHARS) kept += `${line}\n`;
    }
  };
  const put = (lines: string): void => {
    if (!stream) {
      keep(lines);
      return;
    }
    stream.write(lines, (failure) => {
      if (failure) keep(lines);
    });
    written += lines.length;
  };
  const later = (): void => {
    stream = undefined;
    retry ??= setTimeout(() => {
      retry = undefined;
      begin();
      const lines = kept;
      kept = '';
      if (lines !== '') put(lines);
    }, RETRY_MS).unref();
  };
  begin();
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const lines = gathered;
    gathered = '';
    if (lines === '') return;
    put(lines);
    if (!stream || written <= MAX_LOG_BYTES) return;
    stream.end();
    begin();
  };
  const write = (line: string): void => {
    gathered += line;
    if (gathered.length > GATHER_CHARS || line.includes(ERROR)) flush();
    else timer ??= setTimeout(flush, GATHER_MS).unref();
  };
  return {
    log: createLog(write, least),
    close: () =>
      new Promise((resolve) => {
        clearTimeout(retry);
        flush();
        if (!stream || stream.destroyed) return resolve();
        stream.end(() => resolve());
      }),
  };
}

/** A line that the end of the disk, or of the process, cut off is no line. @returns the file's size without it. */
function dropTornLine(file: string): number {
  const handle = openSync(file, 'r+');
  try {
    const { size } = fstatSync(handle);
    const last = Buffer.alloc(Math.min(size, KEPT_CHARS));
    readSync(handle, last, 0, last.length, size - last.length);
    const end = last.lastIndexOf(0x0a);
    if (end < 0 || end === last.length - 1) return size;
    const whole = size - last.length + end + 1;
    ftruncateSync(handle, whole);
    return whole;
  } finally {
    closeSync(handle);
  }
}
