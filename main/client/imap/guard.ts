/**
 * The mass-deletion guard (C6). A server that has lost its index, a mount that did not come up, a SEARCH
 * that lies: each looks like "everything was deleted". Before that many letters are dropped here, the server
 * is asked a second, different way; and whatever is dropped stays in the purge area for seven days.
 */

/** Dropping more than this share of a folder is asked about again. */
export const GUARD_SHARE = 0.3;
/** Dropping more than this many letters is asked about again. */
export const GUARD_COUNT = 500;
/** Below this a share means little: two of three letters deleted by hand is a usual day. */
const GUARD_LEAST = 10;

export function needsSecondLook(dropped: number, held: number): boolean {
  if (dropped > GUARD_COUNT) return true;
  return dropped >= GUARD_LEAST && dropped > held * GUARD_SHARE;
}

export type Verdict = 'drop' | 'distrust';

export interface SecondLook {
  /** UIDs held here and thought to be gone. */
  gone: readonly number[];
  /** UIDs found by the second question. */
  found: ReadonlySet<number>;
  /** Letters in the folder by STATUS, or by EXISTS of the selected folder. */
  messages: number;
}

/** Both answers must agree on every single letter; a count that contradicts the list is no agreement. */
export function judge(look: SecondLook): Verdict {
  if (look.found.size === 0 && look.messages > 0) return 'distrust';
  if (look.found.size < look.messages) return 'distrust';
  return look.gone.every((uid) => !look.found.has(uid)) ? 'drop' : 'distrust';
}
