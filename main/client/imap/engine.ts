/**
 * The IMAP room's door: one AccountSync an account, the offline switch, and what the handlers may ask for.
 *
 * It must never decide what a person sees (rows do that) and never write to a server what is not in the
 * operation log, folders made by hand excepted.
 *
 * Invariants: offline, no connection is open and none is opened; stop() leaves no socket behind.
 */
import type { Clock } from '../../base/clock.ts';
import { cancelled, Fault, toFault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { connectionFault } from '../../net/failure.ts';
import type { TrustedCertificates } from '../../net/tls.ts';
import type { Jobs } from '../jobs.ts';
import type { ClientStore } from '../program.ts';
import { type AccountStatus, AccountSync, type SyncReport } from './account-sync.ts';
import { peekBody } from './bodies.ts';
import { openConnection } from './connection.ts';
import type { IngestPool } from './context.ts';
import {
  createFolder,
  removeServerFolder,
  renameServerFolder,
  subscribeServerFolder,
} from './folder-operations.ts';
import type { ServerSettings } from './wire.ts';

export type { AccountStatus, SyncReport } from './account-sync.ts';

export interface ImapNotify {
  /** The state of an account has changed; ask states(). */
  states(): void;
  /** Letters new to this computer, `unread` of them unread. */
  arrived(account: number, folder: number, messages: number[], unread: number): void;
  /** A late fact for the status bar: server-alert, deletions-doubted, action-refused, tag-kept-here. */
  notice(level: 'info' | 'warning' | 'error', code: string, detail: Record<string, unknown>): void;
}

export interface EngineParts {
  store: ClientStore;
  pool: IngestPool;
  secrets: { get(name: string): Promise<string | null> };
  trusted: TrustedCertificates;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  notify: ImapNotify;
  /** Authorities instead of the system's, PEM. */
  authorities?: readonly string[];
  /** Minutes between full passes while online. */
  everyMinutes(): number;
  /**
   * Resolves when rules have looked at what has arrived so far: one of them may say that a letter is to stay on the server.
   * false: they could not, and nobody waits for them. Absent: there are none.
   */
  ruled?(): Promise<boolean>;
  /** In [0, 1): jitter of the back-off. */
  random(): number;
}

/** How a test of sign-in ended, for accounts.test. */
export interface ImapTest {
  ok: boolean;
  /** '' or a code of CONNECTION_ERRORS. */
  code: string;
  message: string;
  detail?: Record<string, unknown>;
}

export type ImapEngineOptions = Omit<EngineParts, 'everyMinutes' | 'random'> &
  Partial<Pick<EngineParts, 'everyMinutes' | 'random'>>;

const EVERY_MINUTES = 5;

export function createImapEngine(options: ImapEngineOptions): ImapEngine {
  return new ImapEngine({ everyMinutes: () => EVERY_MINUTES, random: Math.random, ...options });
}

export class ImapEngine {
  readonly #parts: EngineParts;
  readonly #accounts = new Map<number, AccountSync>();
  readonly #started = new Set<number>();
  #offline = false;
  #closed = false;
  #stopListening: () => void;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#stopListening = parts.store.changes.on((batch) => {
      for (const change of batch.changes) {
        if (change.kind !== 'operations') continue;
        const { account } = change.data as { account: number };
        if (this.#started.has(account)) this.#accounts.get(account)?.pushOperations();
      }
    });
  }

  /** Keeps the account in step with its server from now on. */
  start(account: number): void {
    if (this.#closed) return;
    this.#started.add(account);
    const sync = this.#of(account);
    if (!this.#offline) sync.start();
  }

  /** Ends every connection of the account; rows stay. */
  async stop(account: number): Promise<void> {
    this.#started.delete(account);
    const sync = this.#accounts.get(account);
    this.#accounts.delete(account);
    await sync?.stop();
  }

  /** Settings or password have changed: connections are made anew. */
  async restart(account: number): Promise<void> {
    const was = this.#started.has(account);
    await this.stop(account);
    if (was) this.start(account);
  }

  /**
   * A full pass. With `once` it is made now, bodies included, and reported; otherwise accounts that are kept
   * in step are only asked to look now.
   */
  async sync(account: number | undefined, { once = false } = {}): Promise<SyncReport[]> {
    const ids = account === undefined ? await this.#parts.store.read('imap.accounts') : [account];
    if (!once) {
      for (const id of ids) {
        this.start(id);
        this.#of(id).poke();
      }
      return [];
    }
    if (this.#offline) throw new Fault('transient', 'offline', 'Postroom is working offline.');
    return Promise.all(ids.map((id) => this.#of(id).once()));
  }

  /** Brings the octets of one letter. @throws Fault `body-missing`, `no-such-message`, a connection code. */
  async fetchBody(message: number): Promise<void> {
    const place = await this.#parts.store.read('imap.bodyPlace', message);
    if (!place) throw new Fault('user', 'no-such-message', 'This letter does not exist any more.');
    if (place.body === 1) return;
    if (place.serverPath === null)
      throw new Fault('remote', 'body-missing', 'The letter is not on a server.');
    await (await this.#online(place.account)).fetchBody(message);
  }

  /** The beginning of one letter, some KB. @throws as fetchBody() */
  async peek(message: number): Promise<Uint8Array> {
    const place = await this.#parts.store.read('imap.bodyPlace', message);
    if (!place) throw new Fault('user', 'no-such-message', 'This letter does not exist any more.');
    const sync = await this.#online(place.account);
    return sync.withConnection((context, connection) => peekBody(context, connection, message));
  }

  /** The folder a person looks at; null: none. */
  openFolder(folder: number | null): void {
    void this.#openFolder(folder).catch((cause) => this.#parts.log.info('imap-open-folder', { cause }));
  }

  async #openFolder(id: number | null): Promise<void> {
    const folder = id === null ? undefined : await this.#parts.store.read('imap.folder', id);
    for (const [account, sync] of this.#accounts) {
      if (this.#started.has(account)) sync.openFolder(folder?.account === account ? folder : null);
    }
  }

  /** Folders on the server; each resolves when the server has done it and the rows show it. */
  readonly folders = {
    create: async (account: number, parent: number | null, name: string): Promise<number> =>
      (await this.#online(account)).withConnection((context, connection) =>
        createFolder(context, connection, account, parent, name),
      ),
    rename: async (folder: number, name: string, parent?: number | null): Promise<void> =>
      (await this.#onlineOf(folder)).withConnection((context, connection) =>
        renameServerFolder(context, connection, folder, name, parent),
      ),
    remove: async (folder: number): Promise<void> =>
      (await this.#onlineOf(folder)).withConnection((context, connection) =>
        removeServerFolder(context, connection, folder),
      ),
    subscribe: async (folder: number, subscribed: boolean): Promise<void> =>
      (await this.#onlineOf(folder)).withConnection((context, connection) =>
        subscribeServerFolder(context, connection, folder, subscribed),
      ),
  };

  get offline(): boolean {
    return this.#offline;
  }

  /** "Work offline": no connection is kept and none is opened until it is switched off. */
  async setOffline(offline: boolean): Promise<void> {
    if (this.#offline === offline) return;
    this.#offline = offline;
    if (offline) {
      await Promise.all([...this.#accounts.values()].map((each) => each.stop('offline')));
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

  /** The computer woke up, or the network has changed (C32). */
  async wake(): Promise<void> {
    if (!this.#offline) await Promise.all([...this.#started].map((id) => this.#of(id).wake()));
  }

  /** Signs in and leaves, keeping nothing. A failure is the answer, not an exception. */
  async test(server: ServerSettings, password: string, signal?: AbortSignal): Promise<ImapTest> {
    try {
      const { trusted, authorities, clock } = this.#parts;
      const connection = await openConnection({
        server,
        password,
        trusted,
        clock,
        ...(authorities ? { authorities } : {}),
        ...(signal ? { signal } : {}),
      });
      await connection.close();
      return { ok: true, code: '', message: '' };
    } catch (failure) {
      const fault = toFault(failure);
      if (fault.kind === 'cancelled') throw cancelled();
      return {
        ok: false,
        code: fault.code,
        message: fault.message,
        ...(fault.detail ? { detail: { ...fault.detail } } : {}),
      };
    }
  }

  /** When the account connects by itself next, ms; null: not by itself, or offline. */
  next(account: number): number | null {
    return this.#offline ? null : (this.#accounts.get(account)?.next ?? null);
  }

  /** The account's schedule has changed. */
  retime(account: number): void {
    this.#accounts.get(account)?.look();
  }

  states(): AccountStatus[] {
    return [...this.#accounts.values()].map((each) => each.status);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    await Promise.all([...this.#accounts.values()].map((each) => each.stop()));
    this.#accounts.clear();
    this.#started.clear();
  }

  #of(account: number): AccountSync {
    let sync = this.#accounts.get(account);
    if (!sync) {
      sync = new AccountSync(account, this.#parts);
      this.#accounts.set(account, sync);
    }
    return sync;
  }

  async #online(account: number): Promise<AccountSync> {
    const known = await this.#parts.store.read('imap.account', account);
    if (!known) throw new Fault('user', 'no-such-account', 'This account does not exist.');
    if (this.#offline) throw connectionFault('offline', known.server);
    return this.#of(account);
  }

  async #onlineOf(folder: number): Promise<AccountSync> {
    const row = await this.#parts.store.read('imap.folder', folder);
    if (!row)
      throw new Fault('user', 'no-such-folder', 'This folder does not exist.', { detail: { folder } });
    return this.#online(row.account);
  }
}
