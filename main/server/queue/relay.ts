/**
 * The relay: sends what is due to other hosts (rules S60-S69). nodemailer is the wire (main/net/smtp); the order of
 * things is ours.
 *
 * Invariants:
 * - A recipient is handed to a host only while this process holds its lease; a crash gives it back.
 * - The final dot never goes out before "it may have gone out" is durable; a connection lost after it is tried again
 *   only after a while (rule S66), one lost before it like any failure.
 * - At most CONNECTIONS at once, DESTINATION_CONNECTIONS to one destination; a destination that is down rests as a whole.
 */
import { networkInterfaces, hostname as systemName } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import { toFault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Dns } from '../../net/dns.ts';
import { openSession, type SmtpSession, type SmtpTimeouts } from '../../net/smtp/session.ts';
import type { StoreBlobs } from '../../store/store.ts';
import { type Destination, destinationOf, type RelaySettings, type Self, targetsOf } from './destination.ts';
import { type Attempt, transact } from './hand-over.ts';
import type { ClaimedLetter, Settled } from './relay-rows.ts';
import type { QueueStore } from './rows.ts';
import { isLate, nextAttempt, type Schedule } from './schedule.ts';

export interface RelayDeps {
  readonly store: QueueStore;
  readonly blobs: Pick<StoreBlobs, 'stream'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly dns: Dns;
  readonly schedule: Schedule;
  /** Read at each attempt. */
  settings(): RelaySettings;
  hostname(): Promise<string>;
  readonly random?: () => number;
  /** Port of MX hosts; 25, another one for tests. */
  readonly mxPort?: number;
  /** Authorities besides the system's, PEM, for a smarthost. */
  readonly authorities?: readonly string[];
  readonly timeouts?: SmtpTimeouts;
  /** Reports have become due. */
  readonly onReport: () => void;
}

export interface Relay {
  start(): Promise<void>;
  /** Something may be due. */
  wake(): void;
  /** Lets running transactions end for `graceMs`, then cuts; what was cut is given back. */
  close(graceMs: number): Promise<void>;
}

const CONNECTIONS = 20;
const DESTINATION_CONNECTIONS = 2;
const LEASE_MS = 30 * 60_000;
/** The wall clock may step, leases may run out: the queue is looked at this often whatever the timer says. */
const LOOK_EVERY_MS = 60_000;
/** RFC 5321 section 4.5.3.2: five minutes to the greeting and for the envelope, ten for the final reply. */
export const RELAY_TIMEOUTS: SmtpTimeouts = { setup: 300_000, idle: 600_000 };

export function createRelay(deps: RelayDeps): Relay {
  const { store, clock, log, schedule } = deps;
  const busy = new Map<string, { destination: Destination; domains: string[] }[]>();
  const running = new Set<Promise<void>>();
  const cut = new AbortController();
  let cancelTimer = () => {};
  let looking: Promise<void> | undefined;
  let again = false;
  let closed = false;

  const wake = (): void => {
    if (closed) return;
    if (looking) {
      again = true;
      return;
    }
    looking = look()
      .catch((failure: unknown) => log.error('queue-look', { failure }))
      .finally(() => {
        looking = undefined;
        if (again) {
          again = false;
          wake();
        }
      });
  };

  /** Starts as many transactions as there is room for, then sleeps until the next one is due. */
  const look = async (): Promise<void> => {
    cancelTimer();
    await store.write('queue.recover', { now: clock.now(), ambiguousMs: schedule.ambiguousMs, all: false });
    while (!closed && running.size < CONNECTIONS) {
      const settings = deps.settings();
      const full = [...busy.values()].filter((each) => each.length >= DESTINATION_CONNECTIONS);
      const smarthost = settings.mode === 'smarthost' && settings.smarthost !== null;
      const sharedKey = smarthost ? `${settings.smarthost!.host}:${settings.smarthost!.port}` : '';
      const letter = await store.write('queue.claim', {
        now: clock.now(),
        lease: clock.now() + LEASE_MS,
        except: full.flatMap((each) => each.flatMap((one) => one.domains)),
        routed: [...settings.routes.keys()],
        shared: smarthost,
        sharedBusy: smarthost && (busy.get(sharedKey)?.length ?? 0) >= DESTINATION_CONNECTIONS,
      });
      if (!letter) break;
      const work = send(letter, settings).finally(() => {
        running.delete(work);
        wake();
      });
      running.add(work);
    }
    if (closed) return;
    const due = await store.read('queue.nextDue');
    const wait = due === null ? LOOK_EVERY_MS : Math.min(LOOK_EVERY_MS, Math.max(0, due - clock.now()));
    // What is due now but has no room waits for a running transaction, whose end wakes us.
    cancelTimer = clock.after(wait === 0 && running.size > 0 ? LOOK_EVERY_MS : wait, wake);
  };

  const send = async (letter: ClaimedLetter, settings: RelaySettings): Promise<void> => {
    const domains = [...new Set(letter.recipients.map((each) => each.domain))];
    const destination = destinationOf(settings, domains[0]!);
    const entry = destination ? { destination, domains } : undefined;
    if (entry) busy.set(entry.destination.key, [...(busy.get(entry.destination.key) ?? []), entry]);
    try {
      const attempt: Attempt = destination
        ? await attemptAt(letter, destination)
        : {
            down: { status: '5.4.4', reply: 'mail to other places is switched off', host: '', final: false },
          };
      if (attempt.down && !attempt.down.final && destination?.kind === 'mx') {
        const until = nextAttempt(schedule, deferral(letter, letter.recipients[0]!.attempts, false, false));
        if (until !== null) {
          await store.write('queue.rest', { domains, until, reply: attempt.down.reply });
        }
      }
      await settle(letter, attempt);
    } catch (failure) {
      // The store failed: the lease gives the letter back.
      log.error('queue-send', { queueId: letter.queueId, failure });
    } finally {
      if (entry) {
        const left = (busy.get(entry.destination.key) ?? []).filter((each) => each !== entry);
        if (left.length > 0) busy.set(entry.destination.key, left);
        else busy.delete(entry.destination.key);
      }
    }
  };

  /** One host after the other until one takes the envelope or says no for good (rules S61, S67). */
  const attemptAt = async (letter: ClaimedLetter, destination: Destination): Promise<Attempt> => {
    const hostname = await deps.hostname();
    const places = await placesOf(deps, destination, hostname);
    if ('down' in places) return places;
    let last: Attempt = {
      down: { status: '4.4.1', reply: 'no host could be reached', host: '', final: false },
    };
    for (const place of places) {
      let session: SmtpSession;
      try {
        session = await openSession({
          ...place.options,
          trusted: () => undefined,
          log,
          name: hostname,
          timeouts: deps.timeouts ?? RELAY_TIMEOUTS,
          signal: cut.signal,
          ...(deps.authorities ? { authorities: deps.authorities } : {}),
        });
      } catch (failure) {
        const fault = toFault(failure);
        log.info('queue-connect', { queueId: letter.queueId, host: place.host, code: fault.code });
        const reply = String(fault.detail?.['reply'] ?? fault.message);
        last = { down: { status: '4.4.1', reply, host: place.host, final: false } };
        continue;
      }
      try {
        return await transact(session, place.host, letter, {
          octets: () => octetsOf(deps, letter),
          beforeFinalDot: (positions) =>
            store.write('queue.dot', { letter: letter.letter, positions, lease: clock.now() + LEASE_MS }),
        });
      } finally {
        session.close();
      }
    }
    return last;
  };

  const settle = async (letter: ClaimedLetter, attempt: Attempt): Promise<void> => {
    const settled = letter.recipients.map((recipient): Settled => {
      const down = attempt.down;
      const result = attempt.results?.get(recipient.position);
      const outcome = result?.outcome ?? (down?.final ? 'failed' : 'deferred');
      const reply = result?.reply ?? down?.reply ?? '';
      const base = {
        position: recipient.position,
        reply,
        status: result?.status ?? down?.status ?? '4.0.0',
        host: result?.host ?? down?.host ?? '',
        warned: recipient.warned,
        nextAttempt: null,
      };
      const wants = wishes(recipient.notify, recipient.returnTo ?? letter.sender);
      if (outcome === 'relayed') {
        const told = wants.success && !attempt.passesReports;
        return { ...base, state: 'done', report: told ? 'relayed' : null, step: 'relayed' };
      }
      const next =
        outcome === 'failed'
          ? null
          : nextAttempt(
              schedule,
              deferral(letter, recipient.attempts, result?.greylisted ?? false, outcome === 'unknown'),
            );
      if (next === null) {
        const status = base.status.startsWith('4') ? '5.4.7' : base.status;
        return { ...base, status, state: 'failed', report: wants.failure ? 'failure' : null, step: 'failed' };
      }
      const late = !recipient.warned && isLate(schedule, clock.now(), letter.arrived);
      return {
        ...base,
        state: 'waiting',
        nextAttempt: next,
        warned: recipient.warned || late,
        report: late && wants.delay ? 'delay' : null,
        step: 'deferred',
      };
    });
    await store.write('queue.settle', { letter: letter.letter, queueId: letter.queueId, settled });
    if (settled.some((each) => each.report !== null)) deps.onReport();
  };

  const deferral = (letter: ClaimedLetter, attempts: number, greylisted: boolean, ambiguous: boolean) => ({
    now: clock.now(),
    arrived: letter.arrived,
    attempts,
    isReport: letter.sender === '',
    greylisted,
    ambiguous,
  });

  return {
    async start() {
      await store.write('queue.recover', { now: clock.now(), ambiguousMs: schedule.ambiguousMs, all: true });
      wake();
    },
    wake,
    async close(graceMs) {
      closed = true;
      cancelTimer();
      await looking;
      const stop = clock.after(graceMs, () => cut.abort());
      await Promise.all(running);
      stop();
    },
  };
}

interface Place {
  readonly host: string;
  readonly options: Pick<Parameters<typeof openSession>[0], 'server' | 'password' | 'opportunisticTls'>;
}

async function placesOf(
  deps: RelayDeps,
  destination: Destination,
  hostname: string,
): Promise<Place[] | { down: NonNullable<Attempt['down']> }> {
  if (destination.kind === 'smarthost') {
    const { host, port, security, user, password } = destination.smarthost;
    const auth = user === '' ? 'none' : 'auto';
    return [{ host, options: { server: { host, port, security, user, auth }, password } }];
  }
  try {
    const self = ourselves(hostname);
    const targets = await targetsOf(destination.domain, deps.dns, self, deps.random ?? Math.random);
    return targets.map(({ host, address }) => ({
      host,
      options: {
        server: { host: address, port: deps.mxPort ?? 25, security: 'none', user: '', auth: 'none' },
        password: '',
        // RFC 7435, rule S68: TLS where it is offered, its certificate not judged.
        opportunisticTls: true,
      },
    }));
  } catch (failure) {
    const fault = toFault(failure);
    const status = fault.detail?.['status'];
    if (typeof status === 'string') return { down: { status, reply: fault.message, host: '', final: true } };
    return { down: { status: '4.4.3', reply: fault.message, host: '', final: false } };
  }
}

/** Names and addresses of this host, so that a letter is never sent to ourselves. */
function ourselves(hostname: string): Self {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return {
    names: new Set([hostname.toLowerCase(), systemName().toLowerCase(), 'localhost']),
    addresses: new Set(addresses.filter((each) => !each.internal).map((each) => each.address)),
  };
}

/** What the sender wants to hear (RFC 3461 section 4.1); nobody hears about a report (rule S71). */
function wishes(notify: string, sender: string): { success: boolean; failure: boolean; delay: boolean } {
  if (sender === '') return { success: false, failure: false, delay: false };
  const words = notify === '' ? ['failure', 'delay'] : notify.split(',');
  return {
    success: words.includes('success'),
    failure: words.includes('failure'),
    delay: words.includes('delay'),
  };
}

/** The letter without our own Return-Path, with Delivered-To in front where an alias sends it on (rule S36). */
async function* octetsOf(deps: RelayDeps, letter: ClaimedLetter): AsyncIterable<Uint8Array> {
  const forwarded = letter.recipients.find((each) => each.address !== each.recipient);
  if (forwarded) yield Buffer.from(`Delivered-To: ${forwarded.recipient}\r\n`);
  yield* deps.blobs.stream(letter.hash, { start: letter.skip, end: letter.size });
}
