/**
 * Keeps an office's process running beside the client, as the settings want it, and knows in what state it is. Both hosts
 * use it: the desktop's main process with a utility process, the browser host with a child process.
 *
 * Invariants: at most one process at a time, and the next is started after the former has ended, because the store has
 * one owner; it is started again at most five times in five minutes, then the person is told; a process that
 * says why it cannot open is not started again by itself; after close() has resolved no process runs.
 *
 * It never opens an office itself and never keeps a password once the office has it.
 */
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { Fault, type FaultData, faultData } from '../base/errors.ts';
import { Emitter } from '../base/event.ts';
import type { HostingOrder, HostingPorts, HostingSetup, HostingState } from '../contract/mail/hosting.ts';
import { type HostingFile, readHosting, writeHosting } from './hosting-file.ts';
import { freePorts, usualPorts } from './office-ports.ts';
import type { FromOffice, OfficeProcess } from './office-wire.ts';
import { Restarts } from './restarts.ts';

export interface KeeperOptions {
  /** The office's data folder; made when it is set up. */
  readonly dir: string;
  readonly clock: Clock;
  readonly launch: () => OfficeProcess;
  /** Where it listens the first time. */
  readonly ports?: HostingPorts;
}

/** Ms that an office gets to finish what runs and close its store; its own grace is shorter. */
const CLOSE_LIMIT = 20_000;
/** An office whose host was killed ends by itself, but not at once: its store is asked for again this often, ms. */
const STORE_RETRY = 1000;
const MOST_STORE_RETRIES = 30;
const LOOPBACK = '127.0.0.1';
/** IPv4 of every network of this computer: what an office without DNS calls its server by. */
const EVERYWHERE = '0.0.0.0';

/** The office's folder, beside the profile. */
export function officeFolder(profile: string): string {
  return join(dirname(profile), `${basename(profile)}-office`);
}

interface Running {
  readonly process: OfficeProcess;
  readonly sharing: boolean;
  readonly ended: Promise<void>;
  ready: Extract<FromOffice, { t: 'ready' }> | undefined;
  closing: boolean;
}

export class OfficeKeeper {
  readonly changed = new Emitter<HostingState>();
  readonly #options: KeeperOptions;
  #restarts: Restarts;
  #kept: HostingFile | null = null;
  #loaded: Promise<void> | undefined;
  #setup: HostingSetup | null = null;
  #on = false;
  #sharing = false;
  #free = false;
  #running: Running | undefined;
  #problem: FaultData | null = null;
  #again = 0;
  #waits = 0;
  #stopWaiting: () => void = () => {};
  #closed = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#restarts = new Restarts(options.clock);
  }

  /** @throws Fault user `office-exists`. */
  async order(order: HostingOrder): Promise<HostingState> {
    await this.#load();
    if (order.do === 'prepare') {
      if (this.#kept)
        throw new Fault('user', 'office-exists', 'This computer has an office already.', {
          detail: { name: this.#kept.office.name },
        });
      this.#setup = order.setup;
      this.#problem = null;
    } else if (order.do === 'apply') {
      if (order.on !== this.#on || order.sharing !== this.#sharing) this.#forgive();
      this.#on = order.on;
      this.#sharing = order.sharing;
      this.#settle();
    } else if (order.do === 'again') {
      this.#free = order.ports === 'free';
      this.#forgive();
      this.#settle();
    }
    return this.#state();
  }

  /** Ends the office in order and starts none after it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWaiting();
    this.#settle();
    await this.#turn;
  }

  #load(): Promise<void> {
    this.#loaded ??= readHosting(this.#options.dir).then(
      (kept) => {
        this.#kept = kept;
      },
      (failure: unknown) => {
        this.#problem = faultData(failure);
      },
    );
    return this.#loaded;
  }

  #forgive(): void {
    this.#problem = null;
    this.#again = 0;
    this.#waits = 0;
    this.#restarts = new Restarts(this.#options.clock);
  }

  get #wanted(): boolean {
    return this.#on && !this.#closed && (this.#kept !== null || this.#setup !== null) && !this.#problem;
  }

  /** Brings what runs to what is wanted; one step after the other, whoever asked. */
  #settle(): void {
    this.#turn = this.#turn.then(async () => {
      const running = this.#running;
      const unwanted = running && (!this.#wanted || running.sharing !== this.#sharing);
      if (running && (unwanted || running.closing)) await this.#end(running);
      if (!this.#running && this.#wanted) await this.#start();
      this.changed.emit(this.#state());
    });
  }

  async #start(): Promise<void> {
    const { dir, launch, ports: first = usualPorts() } = this.#options;
    const sharing = this.#sharing;
    const host = sharing ? EVERYWHERE : LOOPBACK;
    let process: OfficeProcess;
    let ports: HostingPorts;
    try {
      ports = this.#free ? await freePorts(host) : (this.#kept?.ports ?? first);
      process = launch();
    } catch (failure) {
      this.#problem = faultData(failure);
      return;
    }
    let left = () => {};
    const ended = new Promise<void>((resolve) => {
      left = resolve;
    });
    const running: Running = { process, sharing, ended, ready: undefined, closing: false };
    this.#running = running;
    process.onMessage((message) => void this.#hear(running, message));
    process.onExit((code) => {
      if (this.#running === running) this.#running = undefined;
      left();
      if (!running.closing && !this.#problem) this.#stopped(code);
    });
    process.tell({
      t: 'open',
      dir,
      host,
      ports,
      setup: this.#kept ? null : this.#setup,
    });
  }

  async #end(running: Running): Promise<void> {
    if (!running.closing) {
      running.closing = true;
      this.changed.emit(this.#state());
      running.process.tell({ t: 'close' });
    }
    const stop = this.#options.clock.after(CLOSE_LIMIT, () => running.process.kill());
    await running.ended;
    stop();
  }

  async #hear(running: Running, message: FromOffice): Promise<void> {
    if (this.#running !== running) return;
    if (message.t === 'failed') {
      // It ends by itself; whoever wants it again waits for that.
      running.closing = true;
      if (message.error.code === 'store-in-use' && this.#waits < MOST_STORE_RETRIES) {
        this.#waits += 1;
        this.#stopWaiting = this.#options.clock.after(STORE_RETRY, () => this.#settle());
      } else this.#problem = message.error;
      this.changed.emit(this.#state());
      return;
    }
    try {
      await this.#remember(message.ports);
    } catch (failure) {
      this.#problem = faultData(failure);
      this.#settle();
      return;
    }
    running.ready = message;
    this.#waits = 0;
    this.changed.emit(this.#state());
  }

  /** From here on the office has its people and passwords itself. */
  async #remember(ports: HostingPorts): Promise<void> {
    const setup = this.#setup;
    const office =
      this.#kept?.office ??
      (setup && {
        name: setup.office,
        domain: setup.domain,
        address: `${setup.user}@${setup.domain}`,
      });
    if (!office) return;
    const kept = { office, ports };
    await writeHosting(this.#options.dir, kept);
    this.#kept = kept;
    this.#setup = null;
    this.#free = false;
  }

  #stopped(code: number): void {
    if (this.#wanted && this.#restarts.allow()) {
      this.#again += 1;
      this.#settle();
      return;
    }
    if (!this.#wanted) return;
    this.#problem = new Fault('transient', 'office-lost', 'The office server stopped several times.', {
      detail: { code },
    }).toData();
    this.changed.emit(this.#state());
  }

  #state(): HostingState {
    const running = this.#running;
    const ready = running?.closing ? undefined : running?.ready;
    const problem = this.#problem;
    let state: HostingState['state'] = 'off';
    if (problem) state = 'failed';
    else if (running && !(running.closing && this.#waits > 0))
      state = running.closing ? 'stopping' : ready ? 'running' : 'starting';
    else if (this.#wanted) state = 'starting';
    return {
      available: true,
      folder: this.#options.dir,
      state,
      office: this.#kept?.office ?? null,
      sharing: this.#sharing,
      ports: ready?.ports ?? null,
      addresses: ready && running?.sharing ? [...ready.addresses] : [],
      fingerprint: ready?.fingerprint ?? null,
      problem: problem && {
        code: problem.code,
        message: problem.message,
        ...(problem.detail ? { detail: { ...problem.detail } } : {}),
      },
      restarts: this.#again,
    };
  }
}
