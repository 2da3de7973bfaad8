/**
 * One account's life with its maildrop: a session when it is time or when a person asks, never two at once (a maildrop has
 * one lock, RFC 1939 section 4), and nothing kept open in between.
 *
 * After a failure: [IN-USE] is tried again after a minute, [LOGIN-DELAY] when the server allows, a wrong password twice and
 * then the person is asked, everything else later and later (C38, C32).
 */
import { cancelled, Fault, toFault } from '../../base/errors.ts';
import type { AccountState } from '../../contract/mail/accounts.ts';
import { connectionFault } from '../../net/failure.ts';
import { Setbacks, stateAfter } from '../accounts/setbacks.ts';
import { type AccountStatus, Standing } from '../accounts/standing.ts';
import { Timing } from '../collecting/timing.ts';
import type { SyncReport } from '../imap/account-sync.ts';
import { backoff } from '../imap/backoff.ts';
import type { SyncContext } from '../imap/context.ts';
import type { Pop3EngineParts } from './engine.ts';
import { fetchLetter, type PassReport, peekLetter, runPass, type Surveyed, survey } from './pass.ts';
import type { Pop3Account } from './reads.ts';
import { openSession, type Pop3Session } from './session.ts';

/** What one pass over a maildrop did; the command line prints it. */
export interface Pop3SyncReport extends SyncReport {
  pop3: Omit<PassReport, 'inserted'>;
}

const IN_USE_MS = 60_000;
/** Where the server asks to wait and does not say how long. */
const TOO_SOON_MS = 60_000;
const NOTHING_DONE: Omit<PassReport, 'inserted'> = {
  fetched: 0,
  headers: 0,
  removed: 0,
  skipped: [],
  saved: 0,
};

export class Pop3AccountSync {
  readonly id: number;
  readonly #parts: Pop3EngineParts;
  #abort = new AbortController();
  readonly #standing: Standing;
  #running: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #timing: Timing;
  /** Octets a second of the last pass that brought letters. */
  #rate: number | null = null;
  /** Seconds between sign-ins that the server wants, and when (ticks) the last one was. */
  #loginDelay = 0;
  #signedIn = Number.NEGATIVE_INFINITY;

  constructor(id: number, parts: Pop3EngineParts) {
    this.id = id;
    this.#parts = parts;
    this.#standing = new Standing(id, () => parts.notify.states());
    this.#timing = new Timing({
      clock: parts.clock,
      schedule: () => parts.store.read('schedule.of', id),
      everyMinutes: parts.everyMinutes,
      changed: () => parts.notify.states(),
    });
  }

  get status(): AccountStatus {
    return this.#standing.now;
  }

  /** When it collects by itself next, ms; null: not by itself, or not running. */
  get next(): number | null {
    return this.#running ? this.#timing.next : null;
  }

  get rate(): number | null {
    return this.#rate;
  }

  /** The schedule has changed. */
  look(): void {
    this.#timing.look();
  }

  /** Collects now and every so many minutes until stop(). */
  start(): void {
    if (this.#running) return;
    this.#abort = new AbortController();
    this.#running = this.#live().finally(() => {
      this.#running = undefined;
    });
  }

  async stop(state: AccountState = 'idle'): Promise<void> {
    this.#abort.abort(cancelled());
    this.#timing.look();
    await this.#turn.catch(() => {});
    await this.#running;
    this.#setState(state);
  }

  /** Asks for a pass now; also ends a wait after a failure. */
  poke(): void {
    this.#timing.ask();
  }

  /** One pass, without staying. A failure is told in the report. */
  async once(): Promise<Pop3SyncReport> {
    const { clock } = this.#parts;
    const started = clock.ticks();
    if (!this.#running) this.#abort = new AbortController();
    const { address } = await this.#account();
    const report: Pop3SyncReport = {
      account: this.id,
      address,
      folders: 1,
      newMessages: 0,
      bytes: 0,
      seconds: 0,
      error: null,
      pop3: NOTHING_DONE,
    };
    try {
      const { inserted, bytes, ...pop3 } = await this.#pass();
      report.newMessages = inserted.length;
      report.bytes = bytes;
      report.pop3 = pop3;
      this.#setState('online');
    } catch (failure) {
      const fault = toFault(failure);
      report.error = fault.toData();
      this.#setState(stateAfter(fault.code), fault);
    }
    report.seconds = (clock.ticks() - started) / 1000;
    return report;
  }

  /** What a pass would do now. Asks the server for its list, and for no letter. */
  survey(): Promise<Surveyed> {
    return this.#alone((context, session, account) => survey(context, session, account));
  }

  /** @throws Fault `body-missing` when the server does not list it any more; `refused`; a connection code. */
  async fetchBody(uidl: string): Promise<void> {
    const there = await this.#alone((context, session, account) =>
      fetchLetter(context, session, account, uidl),
    );
    if (!there) throw new Fault('remote', 'body-missing', 'The letter is not on the server any more.');
  }

  /** The letter's beginning: its header and some lines. @throws as fetchBody() */
  async peek(uidl: string): Promise<Uint8Array> {
    const beginning = await this.#alone((context, session, account) =>
      peekLetter(context, session, account, uidl),
    );
    if (!beginning) throw new Fault('remote', 'body-missing', 'The letter is not on the server any more.');
    return beginning;
  }

  async #account(): Promise<Pop3Account> {
    const account = await this.#parts.store.read('pop3.account', this.id);
    if (!account) throw new Fault('user', 'no-such-account', 'This account does not exist.');
    return account;
  }

  async #live(): Promise<void> {
    const setbacks = new Setbacks();
    const timing = this.#timing;
    const { signal } = this.#abort;
    const ended = () => signal.aborted;
    timing.mark();
    if (!(await timing.atStart())) await timing.due(ended);
    while (!signal.aborted) {
      timing.begin();
      try {
        await this.#pass();
        setbacks.clear();
        this.#setState('online');
        timing.mark();
        await timing.due(ended);
      } catch (thrown) {
        if (signal.aborted) return;
        const fault = toFault(thrown);
        if (fault.code === 'no-such-account') return;
        if (fault.kind === 'cancelled') {
          // The person stopped this pass, not the account.
          this.#setState('online');
          timing.mark();
          await timing.due(ended);
          continue;
        }
        this.#parts.log.info('pop3-account-failed', {
          account: this.id,
          code: fault.code,
          cause: fault.cause,
        });
        const needs = setbacks.add(fault);
        if (needs) {
          this.#setState(needs, fault);
          await timing.rest(null);
        } else {
          this.#setState('failed', fault);
          await timing.retry(this.#waitAfter(fault, setbacks.count), setbacks.count, ended);
        }
      }
    }
  }

  /** ms until the next try. */
  #waitAfter(fault: Fault, failures: number): number {
    if (fault.code === 'mailbox-in-use') return IN_USE_MS;
    if (fault.code === 'login-too-soon') return this.#loginDelay > 0 ? this.#delayLeft() : TOO_SOON_MS;
    return backoff(failures, this.#parts.random());
  }

  #delayLeft(): number {
    return Math.max(1000, this.#loginDelay * 1000 - (this.#parts.clock.ticks() - this.#signedIn));
  }

  async #pass(): Promise<PassReport & { bytes: number }> {
    const { jobs, notify, store, clock } = this.#parts;
    const { address } = await this.#account();
    const started = clock.ticks();
    const first = (await store.read('accounts.row', { id: this.id })).lastSync === null;
    const job = jobs.start('sync', address, 'bytes');
    try {
      const { report, bytes } = await this.#alone(async (context, session, account) => {
        const done = await runPass(context, session, account, {
          progress: (octets, total) => job.progress(octets, total),
        });
        return { report: done, bytes: session.received };
      }, job.signal);
      const { inbox } = await this.#account();
      // What a first collection brings is not news.
      const news = first ? 0 : report.inserted.length;
      if (report.inserted.length > 0) notify.arrived(this.id, inbox, report.inserted, news);
      job.done();
      const seconds = (clock.ticks() - started) / 1000;
      if (report.fetched > 0 && seconds > 0) this.#rate = bytes / seconds;
      return { ...report, bytes };
    } catch (failure) {
      job.failed(failure);
      throw failure;
    }
  }

  /** A session of its own for one task, after the tasks before it. */
  #alone<T>(
    task: (context: SyncContext, session: Pop3Session, account: Pop3Account) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const turn = this.#turn.then(async () => {
      const { store, pool, clock, log } = this.#parts;
      const own = signal ? AbortSignal.any([this.#abort.signal, signal]) : this.#abort.signal;
      own.throwIfAborted();
      const account = await this.#account();
      const { state } = this.#standing.now;
      this.#setState('connecting');
      try {
        const session = await this.#open(account, own);
        try {
          this.#setState('syncing');
          return await task({ store, pool, clock, log, signal: own }, session, account);
        } finally {
          await session.close();
        }
      } finally {
        // A pass says itself how it ended; after a letter or a look the account stands as it stood.
        if (!signal) this.#setState(state);
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #open({ id, server }: Pop3Account, signal: AbortSignal): Promise<Pop3Session> {
    const { secrets, trusted, clock, authorities } = this.#parts;
    const password = await secrets.get(`account:${id}:password`);
    if (password === null) throw connectionFault('wrong-password', server, { detail: { missing: true } });
    if (this.#loginDelay * 1000 > clock.ticks() - this.#signedIn)
      throw connectionFault('login-too-soon', server);
    const session = await openSession({
      server,
      password,
      trusted,
      clock,
      signal,
      ...(authorities ? { authorities } : {}),
    });
    this.#loginDelay = session.capabilities.loginDelay;
    this.#signedIn = clock.ticks();
    return session;
  }

  #setState(state: AccountState, fault?: Fault): void {
    this.#standing.set(state, fault);
  }
}
