/**
 * What is to be done with a maildrop: what the server lists and what is known here, by the account's rules and the person's
 * marks, as steps with their counts and octets (protocols.md C35-C37). Pure.
 *
 * Invariants: a letter is removed from the server only when it is whole here, was erased here, or the person marked it so;
 * a letter that is known is never fetched twice; a mark beats every rule.
 */
import type { Pop3Policy } from '../../contract/mail/accounts.ts';
import type { MaildropLetter } from './session.ts';

/** `header`: only its header is here. `erased`: it was here and the person took it away. `failed`: the server refused it. */
export type LetterState = 'header' | 'whole' | 'erased' | 'failed';
export type Mark = 'fetch' | 'keep' | 'delete';

export interface KnownLetter {
  uidl: string;
  octets: number;
  state: LetterState;
  mark: Mark | null;
  /** ms */
  firstSeen: number;
  /** Times in a row that the server refused it, and when it did last (ms). */
  failures: number;
  tried: number;
  /** The server has not listed it since (ms). */
  missingSince: number | null;
  /** Its row here. */
  message: number | null;
  /** See likenessOf(). */
  likeness: string;
}

export interface Listed extends MaildropLetter {
  uidl: string;
}

export interface Skipped extends Listed {
  /** `too-large`, `refused-before` */
  reason: string;
}

export interface Plan {
  /** RETR, newest first. */
  fetch: Listed[];
  /** TOP n 0, newest first. */
  headers: Listed[];
  /** DELE once nothing is lost by it: what is fetched in this very session counts only when it is safe here. */
  remove: Listed[];
  skipped: Skipped[];
  /** Octets of letters whose headers alone are or will be here and which nobody wants to fetch. */
  saved: number;
  /** Known letters that the server lists again, or no more. */
  back: string[];
  missing: string[];
}

/** Refusals in a row after which a letter is asked for once a day only. */
export const FETCH_TRIES = 3;
const DAY_MS = 24 * 3_600_000;

export interface PlanInput {
  listed: readonly Listed[];
  known: ReadonlyMap<string, KnownLetter>;
  policy: Pop3Policy;
  /** ms */
  now: number;
  /** Octets of the largest letter that can be kept. */
  largest: number;
}

export function planMaildrop({ listed, known, policy, now, largest }: PlanInput): Plan {
  const plan: Plan = { fetch: [], headers: [], remove: [], skipped: [], saved: 0, back: [], missing: [] };
  const here = new Set<string>();
  for (const letter of [...listed].sort((a, b) => b.n - a.n)) {
    const { uidl, octets } = letter;
    const row = known.get(uidl);
    // RFC 1939 section 7: identical copies may share a unique-id. One of them is enough here; all of them go together.
    const twin = here.has(uidl);
    here.add(uidl);
    if (!twin && row && row.missingSince !== null) plan.back.push(uidl);
    const wanted = wantOf(letter, row, policy, now, largest);
    if (wanted === 'skip-large' || wanted === 'skip-refused') {
      if (!twin)
        plan.skipped.push({ ...letter, reason: wanted === 'skip-large' ? 'too-large' : 'refused-before' });
      continue;
    }
    if (!twin) {
      if (wanted === 'fetch') plan.fetch.push(letter);
      else if (wanted === 'header') plan.headers.push(letter);
      if (wanted === 'header' || (row?.state === 'header' && wanted !== 'fetch')) plan.saved += octets;
    }
    if (isRemoved(row, wanted, policy, now)) plan.remove.push(letter);
  }
  for (const row of known.values())
    if (!here.has(row.uidl) && row.missingSince === null) plan.missing.push(row.uidl);
  return plan;
}

type Want = 'fetch' | 'header' | 'nothing' | 'skip-large' | 'skip-refused';

function wantOf(
  { octets }: Listed,
  row: KnownLetter | undefined,
  policy: Pop3Policy,
  now: number,
  largest: number,
): Want {
  const fetch = (): Want => {
    if (octets > largest) return 'skip-large';
    const failures = row?.failures ?? 0;
    return failures >= FETCH_TRIES && now - (row?.tried ?? 0) < DAY_MS ? 'skip-refused' : 'fetch';
  };
  if (!row || row.state === 'failed') return isHeaderOnly(octets, policy) ? 'header' : fetch();
  return row.state === 'header' && row.mark === 'fetch' ? fetch() : 'nothing';
}

const isHeaderOnly = (octets: number, { headersAbove }: Pop3Policy): boolean =>
  headersAbove !== null && octets > headersAbove * 1024;

function isRemoved(row: KnownLetter | undefined, wanted: Want, policy: Pop3Policy, now: number): boolean {
  if (row?.mark === 'delete') return true;
  if (row?.mark === 'keep') return false;
  const whole = row?.state === 'whole' || wanted === 'fetch';
  const erased = row?.state === 'erased';
  if (!whole && !erased) return false;
  if (erased && (policy.leave === 'until-deleted' || policy.deleteFromTrash)) return true;
  if (policy.leave === 'never') return true;
  if (policy.leave !== 'days') return false;
  return now - (row?.firstSeen ?? now) >= policy.days * DAY_MS;
}

export interface Amount {
  count: number;
  octets: number;
}

export const amountOf = (letters: readonly { octets: number }[]): Amount => ({
  count: letters.length,
  octets: letters.reduce((sum, each) => sum + each.octets, 0),
});
