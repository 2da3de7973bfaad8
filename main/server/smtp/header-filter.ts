/**
 * Looks at the header of a message while it streams by: which fields there are, and which lines stay out of what is
 * stored (Bcc of a submission, rule S52; Return-Path at final delivery, rule S35). The body is never looked at.
 *
 * Memory is bounded by one decision: the beginning of a line, up to DECIDE_BYTES.
 */

/** A field name that is longer is not one of those we look for. */
const DECIDE_BYTES = 256;
const LF = 10;
const NOTHING = Buffer.alloc(0);

export class HeaderFilter {
  received = 0;
  hasDate = false;
  hasMessageId = false;
  /** True when the message begins with something that is no field: what is put in front needs a blank line. */
  headless = false;
  readonly #drop: ReadonlySet<string>;
  #inHeader = true;
  #rest: Buffer = NOTHING;
  /** The line under way is decided, its end has not been seen. */
  #inLine = false;
  #dropping = false;
  #first = true;

  /** @param drop names of fields, in lower case, that are left out. */
  constructor(drop: readonly string[]) {
    this.#drop = new Set(drop);
  }

  /** What of these octets (and of those held back before) is kept, in order. */
  push(piece: Uint8Array): Uint8Array[] {
    if (!this.#inHeader) return [piece];
    const arrived = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const bytes = this.#rest.length === 0 ? arrived : Buffer.concat([this.#rest, arrived]);
    this.#rest = NOTHING;
    const kept: Uint8Array[] = [];
    // The run of octets that are kept; -1: none is open.
    let run = -1;
    const close = (at: number) => {
      if (run >= 0 && at > run) kept.push(bytes.subarray(run, at));
      run = -1;
    };
    let at = 0;
    while (at < bytes.length) {
      if (!this.#inLine) {
        const end = bytes.indexOf(LF, at);
        const seen = end < 0 ? bytes.length : end;
        if (end < 0 && seen - at < DECIDE_BYTES) {
          close(at);
          this.#rest = Buffer.from(bytes.subarray(at));
          return kept;
        }
        this.#decide(bytes.toString('latin1', at, Math.min(seen, at + DECIDE_BYTES)), end >= 0);
        if (!this.#inHeader) {
          if (run < 0) run = at;
          close(bytes.length);
          return kept;
        }
        this.#inLine = true;
      }
      const end = bytes.indexOf(LF, at);
      if (this.#dropping) close(at);
      else if (run < 0) run = at;
      if (end >= 0) this.#inLine = false;
      at = end < 0 ? bytes.length : end + 1;
    }
    close(bytes.length);
    return kept;
  }

  /** What was held back when the message ended within a line. */
  finish(): Uint8Array {
    const rest = this.#rest;
    this.#rest = NOTHING;
    if (rest.length === 0) return rest;
    this.#decide(rest.toString('latin1'), false);
    return this.#inHeader && this.#dropping ? NOTHING : rest;
  }

  #decide(line: string, whole: boolean): void {
    const first = this.#first;
    this.#first = false;
    if (whole && (line === '' || line === '\r')) {
      this.#inHeader = false;
      return;
    }
    if (!first && (line[0] === ' ' || line[0] === '\t')) return;
    const name = /^([!-9;-~]+)[ \t]*:/.exec(line)?.[1]?.toLowerCase();
    if (name === undefined) {
      this.headless = first;
      this.#inHeader = false;
      return;
    }
    this.#dropping = this.#drop.has(name);
    if (name === 'received') this.received += 1;
    else if (name === 'date') this.hasDate = true;
    else if (name === 'message-id') this.hasMessageId = true;
  }
}
