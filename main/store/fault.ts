/** What the disk and SQLite throw, as the faults of the house. */
import { Fault, type FaultData, type FaultOptions, toFault } from '../base/errors.ts';

const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
/** SQLite could not grow its shared-memory file: the disk is full, though it does not say so. */
const SQLITE_IOERR_SHMSIZE = SQLITE_IOERR | (19 << 8);
const FULL_DISK = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const BROKEN_DISK = new Set(['EIO', 'ENXIO', 'ENODEV']);

/** Any thrown value as a Fault; knows SQLite's result codes beside the system's. */
export function storeFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  if (looksLikeFault(thrown)) return Fault.fromData(thrown);
  const { code, errcode } = (thrown ?? {}) as { code?: unknown; errcode?: unknown };
  if (typeof code === 'string' && FULL_DISK.has(code)) return diskFull(thrown);
  if (typeof code === 'string' && BROKEN_DISK.has(code)) return diskFailed(thrown);
  if (code !== 'ERR_SQLITE_ERROR' || typeof errcode !== 'number') return toFault(thrown);
  const primary = errcode & 0xff;
  if (primary === SQLITE_FULL || errcode === SQLITE_IOERR_SHMSIZE) return diskFull(thrown);
  if (primary === SQLITE_IOERR) return diskFailed(thrown);
  if (primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB) {
    return new Fault('internal', 'database-damaged', 'The database is damaged.', { cause: thrown });
  }
  if (primary === SQLITE_BUSY) {
    return new Fault('transient', 'store-busy', 'The database is busy.', { cause: thrown });
  }
  return toFault(thrown);
}

/** True when the disk, not the operation, is at fault: then the whole group fails together. */
export function isDiskFault(fault: Fault): boolean {
  return fault.code === 'disk-full' || fault.code === 'disk-failed';
}

function diskFull(cause: unknown): Fault {
  return new Fault('transient', 'disk-full', 'The disk is full.', { cause });
}

function diskFailed(cause: unknown): Fault {
  return new Fault('transient', 'disk-failed', 'The disk could not be read or written.', { cause });
}

/** A program bundled apart brings its own copy of the Fault class, which instanceof does not know. */
function looksLikeFault(thrown: unknown): thrown is FaultData & Error {
  return thrown instanceof Error && thrown.name === 'Fault' && 'code' in thrown && 'kind' in thrown;
}

/** The private reason as text, which crosses threads whatever it was. */
export function causeText(fault: Fault): string | undefined {
  const { cause } = fault;
  if (cause === undefined) return undefined;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

/** A fault that crossed a thread, with its reason for the log. */
export function faultFrom(data: FaultData, cause: string | undefined): Fault {
  const options: FaultOptions = { retryable: data.retryable };
  if (data.detail) options.detail = { ...data.detail };
  if (cause !== undefined) options.cause = cause;
  return new Fault(data.kind, data.code, data.message, options);
}

export function noIndex(): Fault {
  return new Fault('internal', 'no-index', 'This store has no search index.');
}

export function storeClosed(): Fault {
  return new Fault('cancelled', 'store-closed', 'The store is closed.');
}
