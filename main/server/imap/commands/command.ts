/**
 * What a command is. One file a command (or a family that shares its grammar): the grammar in `parse`, the work in
 * `run`, failures as Faults that faults.ts translates. A command never touches the socket or the wire parser.
 */

import type { Scanner } from '../scanner.ts';
import type { Session } from '../session.ts';
import type { Allowed } from '../states.ts';
import type { Announced } from '../wire.ts';

/** The tagged answer of a command that did not throw. */
export interface Completion {
  /** Default OK. */
  readonly status?: 'OK' | 'NO';
  /** Response code without brackets, e.g. `READ-WRITE`. */
  readonly code?: string;
  readonly text: string;
}

/**
 * What the session tells by itself before the tagged answer (rules I21, I22): `all` includes EXPUNGE and VANISHED,
 * `no-expunge` holds those back (FETCH, STORE, SEARCH and their kin by message number), `nothing` stays silent.
 */
export type Announces = 'all' | 'no-expunge' | 'nothing';

interface CommandFacts {
  /** Upper case; `UID FETCH` for the UID variant. */
  readonly name: string;
  readonly allowed: Allowed;
  readonly announces: Announces;
}

export interface PlainCommand<T> extends CommandFacts {
  readonly kind: 'plain';
  /**
   * Reads the arguments. The scanner stands behind the verb, before the space; end() is called by the session.
   * @throws Fault syntax: BAD.
   */
  parse(scanner: Scanner, session: Session): T;
  run(session: Session, args: T): Promise<Completion>;
}

/** A command whose literals are streamed instead of kept (APPEND). It reads its own arguments, and their end. */
export interface StreamCommand extends CommandFacts {
  readonly kind: 'stream';
  stream(session: Session, incoming: Incoming): Promise<Completion>;
}

/** The arguments of a StreamCommand while they come in. */
export interface Incoming {
  /** Over what has come so far; it grows with keep() and pour(). */
  readonly scanner: Scanner;
  /**
   * The literal that stands next, not yet taken; null when the command is complete. The scanner is `atLiteral`
   * exactly when it has reached it.
   */
  readonly literal: Announced | null;
  /** Takes the literal into the scanner (a mailbox name), and what follows up to the next literal or the end. */
  keep(): Promise<void>;
  /**
   * Says `+` where it is wanted, gives the literal's octets to `sink` piece by piece (awaiting each), then reads on
   * up to the next literal or the end. The scanner goes past the literal. Throw before pour() to refuse it unread.
   */
  pour(sink: (piece: Uint8Array) => Promise<void>): Promise<void>;
}

export type Command<T = unknown> = PlainCommand<T> | StreamCommand;

/** Nothing after the verb. */
export function noArguments(): undefined {
  return undefined;
}
