/**
 * The closed set of failures. A function that cannot do its work throws a Fault; it never returns
 * false or an empty list for a failure. A Fault crosses threads, ports and sockets as plain data.
 *
 * `message` is public text in English (the renderer translates by `code`); `cause` is private and is
 * only ever written to a log.
 */
export type FaultKind = 'syntax' | 'user' | 'remote' | 'transient' | 'internal' | 'cancelled';

/** What crosses a boundary. `detail` holds facts for the person's sentence (host, path, address ...). */
export interface FaultData {
  readonly kind: FaultKind;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface FaultOptions {
  /** Facts for the sentence shown to the person. Must survive structured clone. */
  detail?: Record<string, unknown>;
  /** Private reason, logged, never shown. */
  cause?: unknown;
  /** Default: true for `transient`, false for everything else. */
  retryable?: boolean;
}

export class Fault extends Error implements FaultData {
  readonly kind: FaultKind;
  readonly code: string;
  readonly retryable: boolean;
  readonly detail?: Readonly<Record<string, unknown>>;

  constructor(kind: FaultKind, code: string, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.kind = kind;
    this.code = code;
    this.retryable = options.retryable ?? kind === 'transient';
    if (options.detail) this.detail = options.detail;
  }

  toData(): FaultData {
    const data = { kind: this.kind, code: this.code, message: this.message, retryable: this.retryable };
    return this.detail ? { ...data, detail: this.detail } : data;
  }

  static fromData(data: FaultData): Fault {
    const options: FaultOptions = { retryable: data.retryable };
    if (data.detail) options.detail = { ...data.detail };
    return new Fault(data.kind, data.code, data.message, options);
  }
}

/** Any thrown value as data. What is not a Fault is an internal failure whose text stays private. */
export function faultData(thrown: unknown): FaultData {
  return toFault(thrown).toData();
}

/** Any thrown value as a Fault; system errors that a person can act upon get a code of their own. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const system = thrown as { code?: unknown; errcode?: unknown } | null;
  if (system?.code === 'ENOSPC' || system?.errcode === 13) {
    return new Fault('transient', 'disk-full', 'The disk is full.', { cause: thrown });
  }
  if (system?.code === 'EACCES' || system?.code === 'EPERM' || system?.code === 'EROFS') {
    return new Fault('user', 'no-access', 'The file or folder may not be written.', { cause: thrown });
  }
  if ((thrown as { name?: unknown } | null)?.name === 'AbortError') return cancelled();
  return new Fault('internal', 'internal', 'Something inside Postroom failed.', { cause: thrown });
}

export function cancelled(): Fault {
  return new Fault('cancelled', 'cancelled', 'Cancelled.');
}
