/**
 * One account's life with its server: connect, tell what was done, pull what is new, listen, and heal.
 *
 * Three lines at most (C31): `sync` for passes and bulk, `user` for what a person waits for, `watch` listening
 * on INBOX. On a server that does not allow so many, everything shares one. After every reconnect a full pass
 * is made: what was known before is worth nothing (C33).
 */
import { cancelled, Fault, type FaultData, toFault } from '../../base/errors.ts';
import type { AccountState } from '../../contract/mail/accounts.ts';
import { Setbacks, stateAfter } from '../accounts/setbacks.ts';
import { type AccountStatus, Standing } from '../accounts/standing.ts';
import { Timing } from '../collecting/timing.ts';
import type { JobHandle } from '../jobs.ts';
import { connectAccount } from './account-connection.ts';
import { type PassReport, syncFolder } from './apply.ts';
import { backoff } from './backoff.ts';
import { fetchOneBody } from './bodies.ts';
import type { Connection } from './connection.ts';
import type { SyncContext } from './context.ts';
import type { EngineParts } from './engine.ts';
import { fullPass } from './full-pass.ts';
import { Line } from './line.ts';
import type { ImapAccount, ImapFolder } from './reads.ts';
import { replay } from './replay.ts';
import type { ReplayReport } from './replayer.ts';
import { Turns } from './turns.ts';
import { WantedBodies } from './wanted-bodies.ts';

export type { AccountStatus } from '../accounts/standing.ts';

/** What one complete pass did; the command line prints it. */
export interface SyncReport {
  account: number;
  address: string;
  folders: number;
  newMessages: number;
  /** Octets received. */
  bytes: number;
  seconds: number;
  error: Pick<FaultData, 'code' | 'message' | 'detail'> | null;
}

export class AccountSync {
  readonly id: number;
  readonly #parts: EngineParts;
  #abort = new AbortController();
  readonly #standing: Standing;
  #sync: Line;
  #user: Line;
  #watch: Line;
  /** One connection is all the server allows. */
  #shrunk = false;
  #openFolder: number | null = null;
  #inbox: number | null = null;
  readonly #timing: Timing;
  #wanted = new Set<number>();
  #running: Promise<void> | undefined;
  #fullPass = false;
  readonly #folderTurns = new Turns();
  readonly #replays = new Turns();
  readonly #bodies: WantedBodies;
  #received = 0;
  /** Keywords that this server was found not to keep. */
  readonly #unkept = new Set<string>();

  constructor(id: number, parts: EngineParts) {
    this.id = id;
    this.#parts = parts;
    this.#standing = new Standing(id, () => parts.notify.states());
    this.#timing = new Timing({
      clock: parts.clock,
      schedule: () => parts.store.read('schedule.of', id),
      everyMinutes: parts.everyMinutes,
      changed: () => parts.notify.states(),
    });
    // Where one connection is all there is, it listens for the inbox too.
    this.#sync = this.#line(() => {
      if (this.#shrunk) this.#news(this.#inbox);
    });
    this.#user = this.#line(() => this.#news(this.#openFolder));
    this.#watch = this.#line(() => this.#news(this.#inbox));
    this.#bodies = new WantedBodies({
      parts,
      account: id,
      context: () => this.#context(),
      line: this.#sync,
      open: () => this.#openFolder,
    });
  }

  get status(): AccountStatus {
    return this.#standing.now;
  }

  /** When it makes a full pass by itself next, ms; null: not by itself, or not running. */
  get next(): number | null {
    return this.#running ? this.#timing.next : null;
  }

  /** The schedule has changed. */
  look(): void {
    this.#timing.look();
  }

  /** Keeps the account in step until stop(). */
  start(): void {
    if (this.#running) return;
    this.#abort = new AbortController();
    for (const line of this.#lines) line.reopen();
    this.#running = this.#live().finally(() => {
      this.#running = undefined;
    });
  }

  async stop(state: AccountState = 'idle'): Promise<void> {
    this.#abort.abort(cancelled());
    this.#timing.look();
    await Promise.all([this.#sync.close(), this.#user.close(), this.#watch.close()]);
    await this.#running;
    await this.#bodies.settled();
    this.#setState(state);
  }

  /** Asks for a full pass now; also ends a wait after a failure. */
  poke(): void {
    this.#fullPass = true;
    this.#timing.look();
  }

  /**
   * The network has changed or the computer has slept: no connection can be trusted (C32). An account that is to be away by
   * its schedule is not asked, but looks at the clock.
   */
  async wake(): Promise<void> {
    const stays = await this.#timing.mayStay();
    for (const line of this.#lines) line.drop();
    if (stays) this.poke();
    else this.#timing.look();
  }

  /** Something waits for the server. */
  pushOperations(): void {
    if (this.#standing.now.state !== 'online' && this.#standing.now.state !== 'syncing') return;
    void this.#push().catch((failure) => this.#parts.log.info('imap-replay-later', { cause: failure }));
  }

  async #push(): Promise<void> {
    const report = await this.#replay(this.#userLine);
    this.#tellReplay(report);
    for (const folder of report.touched) this.#wanted.add(folder);
    if (report.nextTry !== null) {
      const wait = Math.max(1000, report.nextTry - this.#parts.clock.now());
      this.#parts.clock.after(wait, () => this.pushOperations());
    }
    this.#timing.look();
  }

  /**
   * Tells the server what waits, never on two lines at a time: both would see an operation the other is carrying out as one
   * that was interrupted, and a letter would be put there twice. The turn comes before the line, because a line that is held
   * while its user waits for the turn could be the one the turn's owner waits for.
   */
  #replay(line: Line): Promise<ReplayReport> {
    return this.#replays.run(this.id, () =>
      line.use(async (connection) => {
        // Nothing is under way in this turn: what says so was interrupted.
        await this.#parts.store.write('imap.recoverOperations', this.id);
        return replay(this.#context(), connection, this.id);
      }),
    );
  }

  /** The folder a person looks at: synchronised first, and listened to. */
  openFolder(folder: ImapFolder | null): void {
    this.#openFolder = folder?.id ?? null;
    if (!folder || this.#standing.now.state === 'offline') return;
    this.#news(folder.id);
  }

  async fetchBody(message: number): Promise<void> {
    try {
      await this.#userLine.use((connection) => fetchOneBody(this.#context(), connection, message));
    } catch (failure) {
      throw toFault(failure);
    }
  }

  /** A task of a person on a connection of their own. */
  async withConnection<T>(task: (context: SyncContext, connection: Connection) => Promise<T>): Promise<T> {
    return this.#userLine.use((connection) => task(this.#context(), connection));
  }

  /** One complete pass, bodies included, without staying. */
  async once(): Promise<SyncReport> {
    const started = this.#parts.clock.ticks();
    const account = await this.#account();
    const report: SyncReport = {
      account: this.id,
      address: account.address,
      folders: 0,
      newMessages: 0,
      bytes: 0,
      seconds: 0,
      error: null,
    };
    this.#received = 0;
    try {
      const passed = await this.#pass(account);
      report.folders = passed.folders;
      report.newMessages = passed.inserted;
      await this.#bodies.fetch(account);
      // Actions taken while the pass ran go out with it; what rules have moved is fetched from its new place.
      const { touched } = await this.#replay(this.#sync);
      for (const folder of touched) await this.#oneFolder(this.#sync, folder);
      if (touched.size > 0) await this.#bodies.fetch(account);
      report.bytes = await this.#sync.use(async (connection) => connection.received + this.#received);
    } catch (failure) {
      const fault = toFault(failure);
      report.error = fault.toData();
      this.#setState(stateAfter(fault.code), fault);
    } finally {
      if (!this.#running) {
        await Promise.all([this.#sync.rest(), this.#user.rest(), this.#watch.rest()]);
      }
    }
    report.seconds = (this.#parts.clock.ticks() - started) / 1000;
    return report;
  }

  get #userLine(): Line {
    return this.#shrunk ? this.#sync : this.#user;
  }

  #line(news: () => void): Line {
    return new Line({
      open: async (events, dropped) =>
        connectAccount(this.#parts, await this.#account(), [this.#abort.signal, dropped], events),
      news,
      lost: () => this.poke(),
    });
  }

  #context(): SyncContext {
    const { store, pool, clock, log } = this.#parts;
    return { store, pool, clock, log, signal: this.#abort.signal };
  }

  async #account(): Promise<ImapAccount> {
    const account = await this.#parts.store.read('imap.account', this.id);
    if (!account) throw new Fault('user', 'no-such-account', 'This account does not exist.');
    return account;
  }

  async #live(): Promise<void> {
    const setbacks = new Setbacks();
    const timing = this.#timing;
    const { signal } = this.#abort;
    timing.mark();
    let waits = !(await timing.atStart());
    while (!signal.aborted) {
      if (waits) await this.#away();
      if (signal.aborted) return;
      for (const line of this.#lines) line.stay();
      timing.begin();
      try {
        const account = await this.#account();
        this.#setState(this.#sync.connected ? 'syncing' : 'connecting');
        await this.#pass(account);
        setbacks.clear();
        this.#setState('online');
        timing.mark();
        this.#bodies.start(account);
        if (await timing.mayStay()) {
          await this.#listen();
          waits = await this.#stay();
        } else {
          // It came for what there is, and leaves.
          await this.#bodies.settled();
          waits = true;
        }
      } catch (thrown) {
        if (signal.aborted) return;
        const fault = toFault(thrown);
        const { code, cause } = fault;
        this.#parts.log.info('imap-account-failed', { account: this.id, code, cause });
        if (code === 'no-such-account') return;
        for (const line of this.#lines) line.drop();
        // The person stopped this pass, not the account.
        waits = fault.kind === 'cancelled';
        if (waits) timing.mark();
        else await this.#pauseAfter(fault, setbacks);
      }
    }
  }

  async #pauseAfter(fault: Fault, setbacks: Setbacks): Promise<void> {
    const needs = setbacks.add(fault);
    this.#setState(needs ?? 'failed', fault);
    if (this.#enough()) return;
    if (needs) await this.#timing.rest(null);
    else {
      const wait = backoff(setbacks.count, this.#parts.random());
      await this.#timing.retry(wait, setbacks.count, () => this.#enough());
    }
  }

  get #lines(): Line[] {
    return [this.#sync, this.#user, this.#watch];
  }

  /** Something is to be done now. */
  #enough(): boolean {
    return this.#abort.signal.aborted || this.#fullPass || this.#wanted.size > 0;
  }

  /** Disconnected, until the schedule says otherwise or somebody asks. */
  async #away(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.leave()));
    if (!this.#abort.signal.aborted) this.#setState('idle');
    this.#wanted.clear();
    await this.#timing.due(() => this.#abort.signal.aborted || this.#fullPass);
  }

  /** Online: folders that were told of are looked at; all of them from time to time. true: the time to be so is over. */
  async #stay(): Promise<boolean> {
    for (;;) {
      if (this.#wanted.size === 0) {
        const why = await this.#timing.due(() => this.#enough(), true);
        if (this.#abort.signal.aborted || this.#fullPass || why !== 'asked') return why === 'over';
      }
      for (const folder of [...this.#wanted]) {
        this.#wanted.delete(folder);
        await this.#oneFolder(this.#sync, folder);
      }
      // A letter that was moved before its text came has it fetched from where it lies now.
      this.#bodies.start(await this.#account());
      // What was looked at last is what a line listens to.
      if (this.#shrunk) await this.#listenAlone();
    }
  }

  /** INBOX on the watching line, the open folder on the person's. */
  async #listen(): Promise<void> {
    if (this.#inbox === null || this.#shrunk) return this.#listenAlone();
    try {
      await this.#oneFolder(this.#watch, this.#inbox);
      this.#watch.watching = true;
      if (this.#openFolder !== null && this.#openFolder !== this.#inbox) {
        await this.#oneFolder(this.#user, this.#openFolder);
        this.#user.watching = true;
      }
    } catch (failure) {
      if (toFault(failure).code !== 'too-many-connections') throw failure;
      this.#shrunk = true;
      await this.#listenAlone();
    }
  }

  /** INBOX on the only line there is. */
  async #listenAlone(): Promise<void> {
    if (this.#inbox === null) return;
    await this.#oneFolder(this.#sync, this.#inbox, true);
    this.#sync.watching = true;
  }

  /** News of a folder, told or suspected. */
  #news(folder: number | null): void {
    if (folder === null || this.#abort.signal.aborted || !this.#running) return;
    const line = this.#shrunk ? this.#sync : folder === this.#inbox ? this.#watch : this.#user;
    if (line === this.#user) this.#user.watching = true;
    this.#oneFolder(line, folder, true).catch((failure) => {
      const fault = toFault(failure);
      if (fault.code === 'too-many-connections') this.#shrunk = true;
      this.#parts.log.info('imap-folder-failed', { folder, code: fault.code });
      this.poke();
    });
  }

  async #pass(account: ImapAccount): Promise<{ folders: number; inserted: number }> {
    this.#fullPass = false;
    this.#wanted.clear();
    while ((await this.#parts.store.write('maildrop.carryOut', this.id)) > 0);
    return fullPass(
      {
        parts: this.#parts,
        context: this.#context(),
        line: this.#sync,
        open: this.#openFolder,
        connected: () => this.#setState('syncing'),
        replay: async () => this.#tellReplay(await this.#replay(this.#sync)),
        inbox: (folder) => {
          this.#inbox = folder;
        },
        folder: (id, job) => this.#oneFolder(this.#sync, id, false, job),
      },
      account,
    );
  }

  /** One pass over one folder, never two at a time whatever the line. */
  async #oneFolder(line: Line, folder: number, reuse = false, job?: JobHandle): Promise<PassReport> {
    const report = await this.#folderTurns.run(folder, () =>
      line.use((connection) =>
        syncFolder(
          this.#context(),
          connection,
          folder,
          job ? { progress: (done, total) => job.progress(done, total) } : {},
          reuse,
        ),
      ),
    );
    if (report.doubted > 0)
      this.#parts.notify.notice('warning', 'deletions-doubted', { folder, count: report.doubted });
    if (report.inserted.length > 0) {
      this.#parts.notify.arrived(this.id, folder, report.inserted, report.first ? 0 : report.unread);
      if (line !== this.#sync) void this.#account().then((account) => this.#bodies.start(account));
    }
    return report;
  }

  #tellReplay({ refused, unkept }: ReplayReport): void {
    for (const each of refused)
      this.#parts.notify.notice('warning', 'action-refused', { account: this.id, ...each });
    for (const keyword of unkept) {
      if (this.#unkept.has(keyword)) continue;
      this.#unkept.add(keyword);
      void this.#tellUnkept(keyword).catch((cause) => this.#parts.log.info('imap-unkept-tag', { cause }));
    }
  }

  /** A tag that the server does not keep is said once a run of the program; other keywords nobody has chosen. */
  async #tellUnkept(keyword: string): Promise<void> {
    const { store, notify } = this.#parts;
    const tag = (await store.read('tags.list', undefined)).find((each) => each.keyword === keyword);
    if (!tag) return;
    const { server } = await this.#account();
    notify.notice('warning', 'tag-kept-here', { account: this.id, name: tag.name, host: server.host });
  }

  #setState(state: AccountState, fault?: Fault): void {
    this.#standing.set(state, fault);
  }
}
