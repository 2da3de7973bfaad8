/**
 * The log of a profile as a file beside it: JSON lines, two generations, written behind. Lines are gathered for a moment,
 * because a server writes one a command; an error is written with all that led to it at once.
 */
import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createLog, type Log, type LogLevel } from '../base/log.ts';

/** Bytes after which a new file is begun: a month of an ordinary day's work, and small enough to be mailed. */
const MAX_LOG_BYTES = 4 * 1024 * 1024;
/** Ms that a line waits for others, and characters that do not wait. */
const GATHER_MS = 50;
const GATHER_CHARS = 16 * 1024;
const ERROR = '"level":"error"';

export interface LogFile {
  readonly log: Log;
  /** Writes out what waits. */
  close(): Promise<void>;
}

/** @param folder made when missing. A log that cannot be written is given up silently: mail matters more. */
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
      stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
      stream.on('error', () => {
        stream = undefined;
      });
    } catch {
      stream = undefined;
    }
  };
  begin();
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const lines = gathered;
    gathered = '';
    if (!stream || lines === '') return;
    stream.write(lines);
    written += lines.length;
    if (written <= MAX_LOG_BYTES) return;
    stream.end();
    begin();
  };
  const write = (line: string): void => {
    if (!stream) return;
    gathered += line;
    if (gathered.length > GATHER_CHARS || line.includes(ERROR)) flush();
    else timer ??= setTimeout(flush, GATHER_MS).unref();
  };
  return {
    log: createLog(write, least),
    close: () =>
      new Promise((resolve) => {
        flush();
        if (!stream || stream.destroyed) return resolve();
        stream.end(() => resolve());
      }),
  };
}
