/**
 * The POP3 room's door: one Pop3AccountSync an account, the offline switch, and what the handlers may ask for.
 *
 * It must never decide what a person sees (rows do that), and never remove a letter from a server that is not whole here,
 * erased here or marked for it (plan.ts).
 *
 * Invariants: offline, no session is open and none is opened; accounts run beside each other, so that a slow or broken one
 * holds up nobody; close() leaves no socket behind.
 */
import { cancelled, Fault, toFault } from '../../base/errors.ts';
import type { FetchPlan } from '../../contract/mail/accounts.ts';
import { connectionFault } from '../../net/failure.ts';
import type { AccountStatus } from '../imap/account-sync.ts';
import type { EngineParts, ImapTest } from '../imap/engine.ts';
import { Pop3AccountSync, type Pop3SyncReport } from './account-sync.ts';
import { planLetters, type Surveyed } from './pass.ts';
import { amountOf, type KnownLetter, type Listed, type Mark } from './plan.ts';
import type { Pop3Account } from './reads.ts';
import { openSession, type Pop3Server } from './session.ts';

export type Pop3EngineParts = Omit<EngineParts, 'notify'> & {
  notify: Pick<EngineParts['notify'], 'states' | 'arrived'>;
};
export type Pop3EngineOptions = Omit<Pop3EngineParts, 'random'> & Partial<Pick<Pop3EngineParts, 'random'>>;

/** Nobody waits longer for a test, ms. */
const TEST_TIMEOUTS = { setup: 20_000, silence: 20_000 };

export class Pop3Engine {
  readonly #parts: Pop3EngineParts;
  readonly #accounts = new Map<number, Pop3AccountSync>();
  readonly #started = new Set<number>();
  #offline = false;
  #closed = false;

  constructor(options: Pop3EngineOptions) {
    this.#parts = { random: Math.random, ...options };
  }

  /** Collects from the account now and from time to time. */
  start(account: number): void {
    if (this.#closed) return;
    this.#started.add(account);
    const sync = this.#of(account);
    if (!this.#offline) sync.start();
  }

  /** Ends the account's session; rows stay. */
  async stop(account: number): Promise<void> {
    this.#started.delete(account);
    const sync = this.#accounts.get(account);
    this.#accounts.delete(account);
    await sync?.stop();
  }

  /** Settings or password have changed. */
  async restart(account: number): Promise<void> {
    const was = this.#started.has(account);
    await this.stop(account);
    if (was) this.start(account);
  }

  /** As the IMAP engine's: with `once` a pass is made now and reported, otherwise accounts are asked to collect now. */
  async sync(account: number | undefined, { once = false } = {}): Promise<Pop3SyncReport[]> {
    const ids = account === undefined ? await this.#parts.store.read('pop3.accounts') : [account];
    if (!once) {
      for (const id of ids) {
        this.start(id);
        this.#of(id).poke();
      }
      return [];
    }
    if (ids.length > 0 && this.#offline)
      throw new Fault('transient', 'offline', 'Postroom is working offline.');
    return Promise.all(ids.map((id) => this.#of(id).once()));
  }

  /** Brings the rest of a letter known by its header. @throws Fault `body-missing`, a connection code. */
  async fetchBody(message: number): Promise<void> {
    const place = await this.#parts.store.read('pop3.place', message);
    if (!place) throw new Fault('remote', 'body-missing', 'The letter is not on a server.');
    if (place.state !== 'header') return;
    await (await this.#online(place.account)).fetchBody(place.uidl);
  }

  /** The beginning of a letter known by its header. @throws Fault `body-missing`, a connection code. */
  async peek(message: number): Promise<Uint8Array> {
    const place = await this.#parts.store.read('pop3.place', message);
    if (!place) throw new Fault('remote', 'body-missing', 'The letter is not on a server.');
    return (await this.#online(place.account)).peek(place.uidl);
  }

  /**
   * What the next connection will do: by what the server listed last, or, with `ask`, by what it lists now.
   * @throws Fault user `no-such-account`, `not-pop3`; a connection code.
   */
  async plan(id: number, ask: boolean): Promise<FetchPlan> {
    const account = await this.#known(id);
    return describe(
      account,
      ask ? await (await this.#online(id)).survey() : await this.#remembered(account),
      ask,
    );
  }

  /** Marks letters for the next connection, or takes marks back; how many could be marked. */
  mark(messages: number[], mark: Mark | null): Promise<number> {
    return this.#parts.store.write('pop3.mark', { messages, mark });
  }

  get offline(): boolean {
    return this.#offline;
  }

  /** "Work offline": no session is kept and none is opened until it is switched off. */
  async setOffline(offline: boolean): Promise<void> {
    if (this.#offline === offline) return;
    this.#offline = offline;
    if (offline) {
      await Promise.all([...this.#accounts.values()].map((each) => each.stop('offline')));
      // One that is not kept in step begins anew when it is asked.
      for (const id of [...this.#accounts.keys()]) if (!this.#started.has(id)) this.#accounts.delete(id);
    } else {
      for (const id of this.#started) {
        const sync = this.#of(id);
        // Whoever goes online asks for mail, and for what waits to be told the servers, whatever the schedule says.
        sync.start();
        sync.poke();
      }
    }
  }

  /** The computer woke up: what is due by now begins. */
  wake(): Promise<void> {
    for (const sync of this.#accounts.values()) sync.look();
    return Promise.resolve();
  }

  /** Signs in and leaves, keeping nothing. A failure is the answer, not an exception. */
  async test(server: Pop3Server, password: string, signal?: AbortSignal): Promise<ImapTest> {
    const { trusted, authorities, clock } = this.#parts;
    try {
      const session = await openSession({
        server,
        password,
        trusted,
        clock,
        timeouts: TEST_TIMEOUTS,
        ...(authorities ? { authorities } : {}),
        ...(signal ? { signal } : {}),
      });
      await session.close();
      return { ok: true, code: '', message: '' };
    } catch (failure) {
      const { kind, code, message, detail } = toFault(failure);
      if (kind === 'cancelled') throw cancelled();
      return { ok: false, code, message, ...(detail ? { detail: { ...detail } } : {}) };
    }
  }

  /** When the account collects by itself next, ms; null: not by itself, or offline. */
  next(account: number): number | null {
    return this.#offline ? null : (this.#accounts.get(account)?.next ?? null);
  }

  /** The account's schedule has changed. */
  retime(account: number): void {
    this.#accounts.get(account)?.look();
  }

  /** Octets a second of the last pass that brought letters; null: not known. */
  rate(account: number): number | null {
    return this.#accounts.get(account)?.rate ?? null;
  }

  states(): AccountStatus[] {
    return [...this.#accounts.values()].map((each) => each.status);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#accounts.values()].map((each) => each.stop()));
    this.#accounts.clear();
    this.#started.clear();
  }

  #of(account: number): Pop3AccountSync {
    let sync = this.#accounts.get(account);
    if (!sync) {
      sync = new Pop3AccountSync(account, this.#parts);
      this.#accounts.set(account, sync);
    }
    return sync;
  }

  async #known(id: number): Promise<Pop3Account> {
    const { kind } = await this.#parts.store.read('accounts.row', { id });
    const account = kind === 'pop3' ? await this.#parts.store.read('pop3.account', id) : undefined;
    if (!account)
      throw new Fault('user', 'not-pop3', 'This account does not collect by POP3.', { detail: { id } });
    return account;
  }

  async #online(id: number): Promise<Pop3AccountSync> {
    const { server } = await this.#known(id);
    if (this.#offline) throw connectionFault('offline', server);
    return this.#of(id);
  }

  /** As the server listed it last. */
  async #remembered(account: Pop3Account): Promise<Surveyed> {
    const lines = await this.#parts.store.read('pop3.known', account.id);
    const known = new Map(lines.map((each): [string, KnownLetter] => [each.uidl, each]));
    const listed = lines
      .filter((each) => each.missingSince === null)
      .map(({ uidl, octets }, n): Listed => ({ n: n + 1, uidl, octets }));
    return { listed, known, plan: planLetters(this.#parts, account, listed, known) };
  }
}

function describe(account: Pop3Account, { listed, known, plan }: Surveyed, asked: boolean): FetchPlan {
  const marked = (mark: Mark) => amountOf(listed.filter((each) => known.get(each.uidl)?.mark === mark));
  return {
    account: account.id,
    asked,
    fetch: amountOf(plan.fetch),
    headers: amountOf(plan.headers),
    remove: amountOf(plan.remove),
    skipped: amountOf(plan.skipped),
    marked: { fetch: marked('fetch'), keep: marked('keep'), delete: marked('delete') },
    saved: plan.saved,
  };
}
