/**
 * The guard on the store: counts in memory, bans in memory and in the store.
 *
 * Invariants:
 * - Every map here has a greatest size; ten thousand connections of one peer cost one entry.
 * - A trusted network is never banned and never slowed down as a whole: behind loopback stands webmail with everybody.
 *   Its accounts are slowed down like all others.
 * - Where somebody signed in before, from that peer the account is throttled apart from strangers: who fails in
 *   another's name from elsewhere cannot keep them out.
 * - Bans in memory run on the monotonic clock; the wall clock serves the administrator and the next start.
 */
import type { Clock } from '../../base/clock.ts';
import {
  ACCOUNT_THROTTLE_MS,
  BAN_MS,
  GUARD_ENTRIES,
  SIGN_IN_FAILURES,
  SIGN_IN_WAIT_MS,
} from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { Migration } from '../../store/program.ts';
import type { Store } from '../../store/store.ts';
import type { MailService } from '../directory/authenticator.ts';
import { Remembered, Window } from './counters.ts';
import { tripleOf } from './greylist.ts';
import type { Admission, Ban, Guard, RateVerdict } from './guard.ts';
import { Networks, peerOf } from './networks.ts';
import type { BanRow, guardReads, guardWrites } from './operations.ts';
import type { GuardPolicy } from './policy.ts';
import { SessionCounts } from './sessions.ts';
import { Throttle } from './throttle.ts';

/** What this room needs of the office's program. */
export interface GuardProgram {
  readonly schemaName: string;
  readonly migrations: readonly Migration[];
  readonly writes: typeof guardWrites;
  readonly reads: typeof guardReads;
}

export interface GuardParts {
  readonly store: Store<GuardProgram>;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked at each use. */
  readonly policy: () => GuardPolicy;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const REASON = 'sign-in-failures';

type NetworkName = 'trustedNetworks' | 'oldDevices' | 'clearTextLoginFrom';

/** Reads the bans that are still on. */
export async function openGuard(parts: GuardParts): Promise<Guard> {
  return new OfficeGuard(parts, await parts.store.read('guard.bans'));
}

class OfficeGuard implements Guard {
  readonly #parts: GuardParts;
  readonly #sessions = new SessionCounts();
  readonly #peers = new Throttle(SIGN_IN_WAIT_MS);
  readonly #accounts = new Throttle(ACCOUNT_THROTTLE_MS);
  /** Peer and account that belonged together once. */
  readonly #known = new Remembered<true>(GUARD_ENTRIES);
  readonly #connections = new Remembered<Window>(GUARD_ENTRIES);
  readonly #messages = new Remembered<Window>(GUARD_ENTRIES);
  readonly #submissions = new Remembered<{ messages: Window; recipients: Window }>(GUARD_ENTRIES);
  readonly #bans = new Remembered<BanRow & { ends: number }>(GUARD_ENTRIES);
  readonly #networks = new Map<NetworkName, { from: readonly string[]; networks: Networks }>();

  constructor(parts: GuardParts, bans: readonly BanRow[]) {
    this.#parts = parts;
    const now = parts.clock.now();
    for (const ban of bans) {
      // A clock that was stepped back while we were down must not make a ban of minutes one of days.
      const left = Math.min(ban.until - now, BAN_MS);
      if (left > 0) this.#bans.set(ban.peer, { ...ban, ends: parts.clock.ticks() + left });
    }
  }

  admit(ip: string, service: MailService): Admission {
    const policy = this.#parts.policy();
    const peer = peerOf(ip);
    const trusted = this.isTrusted(ip);
    // Letters for the office still come in at port 25, where a ban forbids signing in alone.
    if (service !== 'smtp' && !trusted && this.#banOf(peer)) return { ok: false, reason: 'banned' };
    const perPeer = trusted ? policy.sessionsPerTrustedPeer : policy.sessionsPerPeer;
    const place = `${service} ${peer}`;
    if (this.#sessions.count(place) >= perPeer) return { ok: false, reason: 'peer' };
    if (this.#sessions.count(service) >= policy.sessionsPerService) return { ok: false, reason: 'total' };
    if (service === 'smtp' && !trusted) {
      const verdict = this.#rate(this.#connections, peer, MINUTE_MS, policy.connectionsPerMinute);
      if (!verdict.ok) return { ok: false, reason: 'rate' };
    }
    return { ok: true, release: this.#sessions.take(service, place) };
  }

  admitPerson(personId: number, service: MailService): Admission {
    const key = `${service} person ${personId}`;
    const limit = service === 'imap' ? this.#parts.policy().sessionsPerPerson : Number.POSITIVE_INFINITY;
    if (this.#sessions.count(key) >= limit) return { ok: false, reason: 'peer' };
    return { ok: true, release: this.#sessions.take(key) };
  }

  isTrusted(ip: string): boolean {
    return this.#within('trustedNetworks', ip);
  }
  isOldDevice(ip: string): boolean {
    return this.#within('oldDevices', ip);
  }
  isClearTextAllowed(ip: string): boolean {
    return this.#within('clearTextLoginFrom', ip);
  }

  beforeSignIn(ip: string, account: string): { readonly waitMs: number; readonly banned: boolean } {
    const now = this.#parts.clock.ticks();
    const peer = peerOf(ip);
    const trusted = this.isTrusted(ip);
    const ban = trusted ? undefined : this.#banOf(peer);
    if (ban) return { waitMs: ban.ends - now, banned: true };
    const byPeer = trusted ? 0 : this.#peers.take(peer, now);
    const waitMs = Math.max(byPeer, this.#accounts.take(this.#accountKey(peer, account), now));
    return { waitMs, banned: waitMs > SIGN_IN_WAIT_MS };
  }

  async signInFailed(ip: string, account: string): Promise<void> {
    const { clock, store, log } = this.#parts;
    const now = clock.ticks();
    const peer = peerOf(ip);
    this.#accounts.failed(this.#accountKey(peer, account), account, now);
    if (this.isTrusted(ip)) return;
    const failures = this.#peers.failed(peer, account, now);
    if (failures < SIGN_IN_FAILURES || this.#banOf(peer)) return;
    const since = clock.now();
    const ban = { peer, since, until: since + BAN_MS, reason: REASON };
    this.#bans.set(peer, { ...ban, ends: now + BAN_MS });
    log.warn('banned', { peer, failures });
    // The ban holds in memory; that it could not be kept is no answer to who just failed.
    await store.write('guard.ban', ban).catch((cause) => log.error('ban-not-kept', { peer, cause }));
  }

  signedIn(ip: string, account: string): void {
    const now = this.#parts.clock.ticks();
    const peer = peerOf(ip);
    this.#peers.succeeded(peer, account, now);
    this.#accounts.succeeded(this.#accountKey(peer, account), account, now);
    this.#known.set(`${peer} ${account}`, true);
  }

  message(ip: string): RateVerdict {
    if (this.isTrusted(ip)) return { ok: true };
    return this.#rate(this.#messages, peerOf(ip), MINUTE_MS, this.#parts.policy().messagesPerMinute);
  }

  submission(personId: number, recipients: number): RateVerdict {
    const policy = this.#parts.policy();
    const now = this.#parts.clock.ticks();
    const key = String(personId);
    const sent =
      this.#submissions.get(key) ??
      this.#submissions.set(key, { messages: new Window(HOUR_MS), recipients: new Window(HOUR_MS) });
    const wait = Math.max(
      sent.messages.waitFor(1, policy.messagesPerHour, now),
      sent.recipients.waitFor(recipients, policy.recipientsPerHour, now),
    );
    if (wait > 0) return { ok: false, retrySeconds: Math.ceil(wait / 1000) };
    sent.messages.add(1, now);
    sent.recipients.add(recipients, now);
    return { ok: true };
  }

  async greylist(ip: string, sender: string, recipient: string): Promise<RateVerdict> {
    const { policy, store, clock } = this.#parts;
    if (!policy().greylist || this.isTrusted(ip) || this.isOldDevice(ip)) return { ok: true };
    const question = { triple: tripleOf(ip, sender, recipient), now: clock.now() };
    // Lost with the power, a sender is asked once more: not worth a wait for the disk.
    const wait = await store.write('guard.greylist', question, { relaxed: true });
    return wait === 0 ? { ok: true } : { ok: false, retrySeconds: Math.ceil(wait / 1000) };
  }

  async bans(): Promise<Ban[]> {
    const rows = await this.#parts.store.read('guard.bans');
    return rows
      .filter(({ peer }) => this.#banOf(peer))
      .map(({ peer, since, until, reason }) => ({ ip: peer, since, until, reason }));
  }

  async lift(ip: string): Promise<boolean> {
    const peer = ip.endsWith('::/64') ? ip.toLowerCase() : peerOf(ip);
    const banned = this.#banOf(peer) !== undefined;
    this.#bans.delete(peer);
    this.#peers.forget(peer);
    await this.#parts.store.write('guard.lift', { peer });
    return banned;
  }

  #accountKey(peer: string, account: string): string {
    const pair = `${peer} ${account}`;
    return this.#known.get(pair) ? pair : account;
  }

  #banOf(peer: string): (BanRow & { ends: number }) | undefined {
    const ban = this.#bans.get(peer);
    if (!ban || ban.ends > this.#parts.clock.ticks()) return ban;
    this.#bans.delete(peer);
    return undefined;
  }

  #rate(windows: Remembered<Window>, key: string, ms: number, limit: number): RateVerdict {
    const now = this.#parts.clock.ticks();
    const window = windows.get(key) ?? windows.set(key, new Window(ms));
    const wait = window.waitFor(1, limit, now);
    if (wait > 0) return { ok: false, retrySeconds: Math.ceil(wait / 1000) };
    window.add(1, now);
    return { ok: true };
  }

  #within(name: NetworkName, ip: string): boolean {
    const from = this.#parts.policy()[name];
    const known = this.#networks.get(name);
    if (known?.from === from) return known.networks.includes(ip);
    const networks = new Networks(from);
    this.#networks.set(name, { from, networks });
    return networks.includes(ip);
  }
}
