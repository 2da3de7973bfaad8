/**
 * Sends what is due: one connection at a time per account, its letters in the order of the queue.
 *
 * Invariants: a letter is never handed to a server before "sending" is durable, and the final dot never goes
 * out before "waiting for the reply" is; an outcome that is not known is never tried again by itself; a
 * trouble of the account (password, certificate) stops its queue until the person has acted. The database
 * holds all of it, so being killed at any moment only means that start() has something to recover.
 */
import type { Clock } from '../../base/clock.ts';
import { type Fault, faultData, toFault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { type ConnectionCode, connectionFault } from '../../net/failure.ts';
import { openSession, type SmtpSession, type SmtpTimeouts } from '../../net/smtp/session.ts';
import { submit } from '../../net/smtp/submit.ts';
import type { TrustedCertificates } from '../../net/tls.ts';
import { secretName } from '../accounts/rows.ts';
import type { ClientStore } from '../program.ts';
import { ACCOUNT_PROBLEMS } from './outcome.ts';
import type { OutboxRow } from './rows.ts';
import { LOOK_FOR_COPY_MS } from './schedule.ts';
import { withoutBcc } from './without-bcc.ts';

export interface OutboxDeps {
  readonly store: ClientStore;
  readonly secrets: { get(name: string): Promise<string | null> };
  readonly trusted: TrustedCertificates;
  readonly clock: Clock;
  readonly log: Log;
  readonly authorities?: readonly string[];
  readonly timeouts?: SmtpTimeouts;
  /** Asks for a look at the Sent folder of an account, where an unknown outcome may be cleared up. */
  readonly lookForCopies?: (account: number) => void;
}

export interface Outbox {
  /** Puts right what a crash left behind, then sends what is due from now on. */
  start(): Promise<void>;
  /** Something may be due: a new letter, a changed time. */
  wake(): void;
  /** The person changed a password, a server or kept a certificate: the account's queue goes on. */
  resume(account: number): void;
  setOffline(offline: boolean): void;
  /** Sends what is due now and resolves when all of it has been tried once. */
  sendDue(): Promise<void>;
  /** Lets a letter that is being sent finish for `graceMs`, then cuts. */
  close(graceMs?: number): Promise<void>;
}

/** The wall clock may step or the computer sleep: the queue is looked at this often whatever the timers say. */
const LOOK_EVERY_MS = 60_000;
const SWEEP_AFTER_MS = 7 * 24 * 3_600_000;
const CLOSE_GRACE_MS = 5000;

export function createOutbox(deps: OutboxDeps): Outbox {
  const { store, clock, log } = deps;
  const paused = new Set<number>();
  const working = new Map<number, Promise<void>>();
  const cut = new AbortController();
  let offline = false;
  let closed = false;
  let started = false;
  let starting: Promise<void> | undefined;
  let stopTimer = () => {};
  let pumping: Promise<void> | null = null;
  let pumpAgain = false;
  let unknownSince: number | null = null;
  const stops: (() => void)[] = [];

  const pump = (): Promise<void> => {
    if (pumping) {
      pumpAgain = true;
      return pumping;
    }
    pumping = (async () => {
      do {
        pumpAgain = false;
        await look();
      } while (pumpAgain && !closed);
    })().finally(() => {
      pumping = null;
    });
    return pumping;
  };

  /** Starts a worker for every account that has something due, and sets the clock for the rest. */
  async function look(): Promise<void> {
    stopTimer();
    if (closed || offline) return;
    const waiting = await store.read('outbox.due');
    const now = clock.now();
    let next = LOOK_EVERY_MS;
    for (const { account, due } of waiting) {
      if (due > now) next = Math.min(next, due - now);
      else if (!paused.has(account) && !working.has(account)) {
        const work = sendFor(account)
          .catch((failure) => log.error('outbox.worker', { account, failure }))
          .finally(() => {
            working.delete(account);
            wake();
          });
        working.set(account, work);
      }
    }
    if (started && !closed) stopTimer = clock.after(Math.max(1, next), wake);
  }

  function wake(): void {
    if (closed || !started) return;
    pump().catch((failure) => log.error('outbox.pump', { failure }));
  }

  async function nextDue(account: number): Promise<number | undefined> {
    if (closed || offline || paused.has(account)) return undefined;
    const now = clock.now();
    return (await store.read('outbox.next', { account, now })) ?? undefined;
  }

  async function sendFor(account: number): Promise<void> {
    let session: SmtpSession | undefined;
    // A letter that comes back as due at once would otherwise be tried for ever.
    const tried = new Map<number, number>();
    try {
      for (let id = await nextDue(account); id !== undefined; id = await nextDue(account)) {
        const times = (tried.get(id) ?? 0) + 1;
        tried.set(id, times);
        if (times > 1000) return;
        if (!session?.alive) {
          try {
            session = await connect(account);
          } catch (failure) {
            await postpone(account, toFault(failure));
            return;
          }
        }
        if (closed || offline) return;
        const letter = await store.write('outbox.begin', { id, now: clock.now() });
        if (letter) await sendOne(session, letter);
      }
    } finally {
      session?.close();
    }
  }

  async function connect(account: number): Promise<SmtpSession> {
    const row = await store.read('accounts.row', { id: account });
    if (!row.outgoing) throw connectionFault('login-disabled', { host: '', port: 0 });
    const password = (await deps.secrets.get(secretName(account))) ?? '';
    const needsPassword = row.outgoing.auth !== 'none' && row.outgoing.user !== '';
    if (needsPassword && password === '') throw connectionFault('wrong-password', row.outgoing);
    return openSession({
      server: row.outgoing,
      password,
      trusted: deps.trusted,
      log,
      signal: cut.signal,
      ...(deps.authorities ? { authorities: deps.authorities } : {}),
      ...(deps.timeouts ? { timeouts: deps.timeouts } : {}),
    });
  }

  async function postpone(account: number, fault: Fault): Promise<void> {
    if (cut.signal.aborted) return;
    log.info('outbox.postponed', { account, code: fault.code, cause: fault.cause });
    if (ACCOUNT_PROBLEMS.has(fault.code)) paused.add(account);
    await store.write('outbox.postpone', { account, fault: faultData(fault), now: clock.now() });
  }

  async function sendOne(session: SmtpSession, letter: OutboxRow): Promise<void> {
    // RFC 9422: no more recipients at a time than the server takes; the rest follows by the next round.
    const open = letter.results.filter((each) => each.state === 'waiting' || each.state === 'deferred');
    const limit = session.extensions.recipients ?? open.length;
    const to = open.slice(0, Math.max(1, limit)).map((each) => each.address);
    const stop = () => session.connection.close();
    cut.signal.addEventListener('abort', stop, { once: true });
    try {
      const result = await submit(session, {
        envelope: { ...letter.envelope, to },
        size: letter.size,
        eightBit: letter.envelope.eightBit,
        octets: () => withoutBcc(store.blobs.stream(letter.blob)),
        beforeFinalDot: () => store.write('outbox.waiting', { id: letter.id }),
      });
      const fault = result.fault ? faultData(result.fault) : null;
      const settled = await store.write('outbox.settle', {
        id: letter.id,
        result: { ...result, fault },
        now: clock.now(),
        notices: session.extensions.dsn,
      });
      log.info('outbox.tried', {
        id: letter.id,
        outcome: result.outcome,
        state: settled.state,
        code: fault?.code,
      });
      if (fault && ACCOUNT_PROBLEMS.has(fault.code)) paused.add(letter.account);
      if (settled.state === 'unknown') watchUnknown();
    } finally {
      cut.signal.removeEventListener('abort', stop);
    }
  }

  /** C42: the provider's own copy in Sent tells that the letter went. */
  async function clearUnknown(): Promise<void> {
    const { unknown, found } = await store.read('outbox.found');
    for (const each of found) await store.write('outbox.confirm', each);
    if (unknown === found.length) unknownSince = null;
  }

  function watchUnknown(): void {
    unknownSince = clock.now();
    const check = () => {
      if (closed || unknownSince === null) return;
      clearUnknown().catch((failure) => log.warn('outbox.unknown', { failure }));
      if (clock.now() - unknownSince > LOOK_FOR_COPY_MS) return;
      for (const account of new Set(accountsOfUnknown)) deps.lookForCopies?.(account);
      stops.push(clock.after(LOOK_EVERY_MS, check));
    };
    let accountsOfUnknown: number[] = [];
    store
      .read('outbox.list', { now: clock.now() })
      .then((items) => {
        accountsOfUnknown = items.filter((each) => each.state === 'unknown').map((each) => each.account);
        check();
      })
      .catch((failure) => log.warn('outbox.unknown', { failure }));
  }

  async function begin(): Promise<void> {
    const { unknown } = await store.write('outbox.recover', { now: clock.now() });
    await store.write('outbox.sweep', { before: clock.now() - SWEEP_AFTER_MS });
    started = true;
    stops.push(
      store.changes.on((batch) => {
        if (unknownSince === null || !batch.changes.some((each) => each.kind === 'message')) return;
        clearUnknown().catch((failure) => log.warn('outbox.unknown', { failure }));
      }),
    );
    if (unknown.length > 0) log.warn('outbox.unknown-after-crash', { letters: unknown.length });
    watchUnknown();
    wake();
  }

  return {
    start() {
      // Recovery is for what another life left behind; what is being sent now is no such thing.
      starting ??= begin();
      return starting;
    },
    wake,
    resume(account) {
      paused.delete(account);
      wake();
    },
    setOffline(value) {
      offline = value;
      wake();
    },
    async sendDue() {
      await pump();
      while (working.size > 0) await Promise.all(working.values());
    },
    async close(graceMs = CLOSE_GRACE_MS) {
      closed = true;
      stopTimer();
      for (const stop of stops.splice(0)) stop();
      if (graceMs > 0 && working.size > 0) {
        let stopWaiting = () => {};
        const grace = new Promise<void>((resolve) => {
          stopWaiting = clock.after(graceMs, resolve);
        });
        await Promise.race([Promise.allSettled(working.values()), grace]);
        stopWaiting();
      }
      cut.abort(connectionFault('offline' satisfies ConnectionCode, { host: '', port: 0 }));
      await Promise.allSettled(working.values());
    },
  };
}
