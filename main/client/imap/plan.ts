/**
 * What a folder needs, decided from two states alone (C2, C3): what is known here and what the server says.
 * Pure: no connection, no store. apply.ts carries the steps out, in this order, each of them repeatable.
 */

/** What is stored of a folder. */
export interface LocalState {
  /** null: never synchronised. */
  uidValidity: number | null;
  /** Every letter below this UID is here; null: unknown. */
  uidNext: number | null;
  highestModseq: bigint | null;
  /** Letters here that have a UID. */
  count: number;
  /** An earlier pass came to its end, so there is no hole below uidNext. */
  complete: boolean;
  /** STATUS of the last complete pass, to tell an unchanged folder at a glance. */
  serverTotal: number | null;
}

/** What the server says on selecting the folder, or by STATUS. */
export interface ServerState {
  uidValidity: number;
  /** Older servers need not tell. */
  uidNext: number | null;
  exists: number;
  /** null: the server or this mailbox keeps none (RFC 7162 section 3.1.2.2). */
  highestModseq: bigint | null;
}

export interface Abilities {
  condstore: boolean;
  qresync: boolean;
}

export type Step =
  /** The UIDs mean nothing any more: match letters anew (validity.ts). */
  | { step: 'relink' }
  /** Flags that changed since; with `vanished` the server also tells what is gone. */
  | { step: 'changed-since'; modseq: bigint; vanished: boolean }
  /** Flags of all letters held, in windows, newest first. */
  | { step: 'all-flags' }
  /** Letters from this UID on. */
  | { step: 'new-from'; uid: number }
  /** Ask for every UID: fetch what is missing here, drop what is missing there. */
  | { step: 'compare' }
  /** As compare, but only if, after the steps before, the numbers do not add up. */
  | { step: 'compare-if-uneven' };

/** True when nothing can have changed, so the folder need not even be selected (C2). */
export function unchanged(local: LocalState, status: ServerState, abilities: Abilities): boolean {
  if (!local.complete || local.uidValidity !== status.uidValidity) return false;
  if (status.uidNext === null || local.uidNext !== status.uidNext) return false;
  if (local.count !== status.exists || local.serverTotal !== status.exists) return false;
  // Without modification numbers a changed flag shows in none of the numbers.
  if (!abilities.condstore || status.highestModseq === null) return false;
  return local.highestModseq === status.highestModseq;
}

export function planFolder(local: LocalState, server: ServerState, abilities: Abilities): Step[] {
  if (local.uidValidity === null) return [{ step: 'compare' }];
  if (local.uidValidity !== server.uidValidity) return [{ step: 'relink' }];
  const steps: Step[] = [];
  if (local.count > 0) {
    const { highestModseq: held } = local;
    const modseqs = abilities.condstore && server.highestModseq !== null;
    if (modseqs && held !== null && local.complete) {
      // A number that went back is a restored or broken mailbox: nothing since then can be trusted.
      if ((server.highestModseq as bigint) < held) steps.push({ step: 'all-flags' });
      else if ((server.highestModseq as bigint) > held || abilities.qresync) {
        steps.push({ step: 'changed-since', modseq: held, vanished: abilities.qresync });
      }
    } else steps.push({ step: 'all-flags' });
  }
  if (!local.complete || local.uidNext === null) return [...steps, { step: 'compare' }];
  if (server.uidNext === null || server.uidNext > local.uidNext) {
    steps.push({ step: 'new-from', uid: local.uidNext });
  } else if (server.uidNext < local.uidNext) return [...steps, { step: 'compare' }];
  steps.push({ step: 'compare-if-uneven' });
  return steps;
}

/** First batch small, so that a person sees mail at once; then as many as a server answers in one go. */
export const FIRST_BATCH = 250;
export const LARGE_BATCH = 2000;

/** Newest first. */
export function batches(uids: readonly number[]): number[][] {
  const newest = [...uids].sort((a, b) => b - a);
  const parts: number[][] = [];
  for (let at = 0; at < newest.length; ) {
    const size = at === 0 ? FIRST_BATCH : LARGE_BATCH;
    parts.push(newest.slice(at, at + size));
    at += size;
  }
  return parts;
}
