import type { Frame } from '../../main/contract/frames.ts';

/** A failure as it crossed the door: a code for the sentence, facts for its blanks. */
export type FaultData = Extract<Frame, { t: 'error' }>['error'];

/** What every rejected request throws. Show it with `sentence(fault)` of i18n, never by its message. */
export class DoorFault extends Error {
  readonly kind: FaultData['kind'];
  readonly code: string;
  readonly retryable: boolean;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(data: FaultData) {
    super(data.message);
    this.name = 'DoorFault';
    this.kind = data.kind;
    this.code = data.code;
    this.retryable = data.retryable;
    this.detail = data.detail ?? {};
  }
}

/** Any thrown value as a DoorFault; what did not come through the door is `internal`. */
export function asFault(thrown: unknown): DoorFault {
  if (thrown instanceof DoorFault) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new DoorFault({ kind: 'internal', code: 'internal', message, retryable: false });
}

/** True for the end of a request that somebody asked for; nothing needs to be said about it. */
export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof DoorFault && thrown.code === 'cancelled';
}
