/**
 * Greylisting (rule S55): the first time that a network writes from a sender to a recipient it is asked to come again.
 * Real servers do, most senders of junk do not. Off by default; whom it is asked for is the protocol's matter.
 *
 * Invariants: what is remembered is a digest, no address; the table forgets by itself, some rows with every question, so
 * a flood of senders that never come again is gone after a day.
 */
import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { WriteTx } from '../../store/program.ts';
import { peerOf } from './networks.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Who comes again sooner has not waited. */
export const GREYLIST_WAIT_MS = 5 * MINUTE_MS;
/** Who does not come again within this begins anew: servers try for days, and much sooner than that. */
export const GREYLIST_RETRY_MS = DAY_MS;
/** Who came is known for this long after the last letter: a monthly newsletter is not asked again. */
export const GREYLIST_KNOWN_MS = 36 * DAY_MS;
/** A known one is written again only when this much of its time is gone. */
const RENEW_MS = DAY_MS;
/** Rows that one question forgets at most; more than it adds, so that the table shrinks. */
const FORGET = 20;

/** What counts as one sender: large senders try again from another machine of the same network. */
export function tripleOf(ip: string, sender: string, recipient: string): Uint8Array {
  const peer = peerOf(ip);
  const network = isIPv4(peer) ? peer.replace(/\.\d+$/, '.0/24') : peer;
  const text = [network, sender.toLowerCase(), recipient.toLowerCase()].join('\0');
  return createHash('sha256').update(text).digest().subarray(0, 16);
}

interface Row {
  readonly since: number;
  readonly passed: number;
  readonly until: number;
}

export interface GreylistQuestion {
  readonly triple: Uint8Array;
  /** Wall clock, ms. */
  readonly now: number;
}

export const greylistWrites = {
  /** Ms to wait yet; 0: come in. */
  'guard.greylist'(tx: WriteTx, { triple, now }: GreylistQuestion): number {
    const { db } = tx;
    db.run(
      'DELETE FROM greylist WHERE triple IN (SELECT triple FROM greylist WHERE until <= ? LIMIT ?)',
      now,
      FORGET,
    );
    const row = db.get<Row>('SELECT since, passed, until FROM greylist WHERE triple = ?', triple);
    const put = (since: number, passed: number, until: number) =>
      db.run(
        'INSERT OR REPLACE INTO greylist (triple, since, passed, until) VALUES (?, ?, ?, ?)',
        triple,
        since,
        passed,
        until,
      );
    // A clock that was stepped back must not make minutes days: a row from the future begins anew.
    if (!row || row.until <= now || row.since > now) {
      put(now, 0, now + GREYLIST_RETRY_MS);
      return GREYLIST_WAIT_MS;
    }
    if (row.passed === 0) {
      const left = row.since + GREYLIST_WAIT_MS - now;
      if (left > 0) return left;
    }
    if (row.passed === 0 || row.until < now + GREYLIST_KNOWN_MS - RENEW_MS)
      put(row.since, 1, now + GREYLIST_KNOWN_MS);
    return 0;
  },
};
