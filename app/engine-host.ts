/**
 * Keeps the engine's process running and gives every window a port to it. The main process passes ports on and never looks
 * into what they carry.
 *
 * Invariants: a window gets one port when its page asks (after every load) and one after every restart; the engine is started again at most five
 * times in five minutes, then the person is told; after close() has resolved, the store is closed.
 */
import {
  MessageChannelMain,
  type MessagePortMain,
  type UtilityProcess,
  utilityProcess,
  type WebContents,
} from 'electron';
import type { Clock } from '../main/base/clock.ts';
import { Fault, type FaultData, faultData } from '../main/base/errors.ts';
import { Emitter } from '../main/base/event.ts';
import type { OfficeKeeper } from '../main/host/office-keeper.ts';
import { Restarts } from '../main/host/restarts.ts';
import type { SystemSecrets } from './secrets.ts';
import { type FromEngine, PORT_CHANNEL, type ServedFrame, type ToEngine } from './wire.ts';

export interface EngineHostOptions {
  /** The built entry of the engine. */
  readonly entry: string;
  readonly profile: string;
  /** undefined: the engine keeps them itself, in its key file. */
  readonly secrets: SystemSecrets | undefined;
  /** Carries out what the engine's settings say about an office beside it. */
  readonly office: OfficeKeeper;
  readonly clock: Clock;
  /** The system's dialog for a path; null: none was chosen. */
  choose(what: 'folder' | 'new-copy' | 'copy'): Promise<string | null>;
}

/** Ms that the engine gets to close its store when the application ends. */
const CLOSE_LIMIT = 15_000;

export class EngineHost {
  /** The profile could not be opened: a sentence for the person, then the end. */
  readonly refused = new Emitter<FaultData>();
  /** It stopped too often. */
  readonly lost = new Emitter<number>();
  /** A person wants the window of another profile: its folder. */
  readonly otherProfile = new Emitter<string>();
  /** Runs, for the first time or again. */
  readonly started = new Emitter<void>();
  readonly #options: EngineHostOptions;
  readonly #restarts: Restarts;
  readonly #windows = new Set<WebContents>();
  readonly #frames = new Map<number, (served: ServedFrame | null) => void>();
  #child: UtilityProcess | undefined;
  #next = 1;
  #ended: (() => void) | undefined;
  #refused = false;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#restarts = new Restarts(options.clock);
    options.office.changed.on((state) => this.#tell({ t: 'office-changed', state }));
  }

  start(restarted = false): void {
    const { entry, profile, secrets } = this.#options;
    const child = utilityProcess.fork(entry, [], { serviceName: 'Postroom engine', stdio: 'inherit' });
    this.#child = child;
    child.on('message', (message: FromEngine) => this.#hear(message));
    child.on('exit', (code) => {
      if (this.#child === child) this.#exited(code);
    });
    this.#tell({ t: 'open', dir: profile, restarted, secrets: secrets ? 'system' : 'vault' });
    for (const window of this.#windows) this.connect(window);
    this.started.emit();
  }

  /** Hands a fresh port to a window, whose page asks once it listens. */
  connect(window: WebContents): void {
    if (window.isDestroyed()) return;
    if (!this.#windows.has(window)) {
      this.#windows.add(window);
      window.once('destroyed', () => this.#windows.delete(window));
    }
    window.postMessage(PORT_CHANNEL, null, [this.port()]);
  }

  /** One end of a new channel whose other end the engine serves as a door. */
  port(): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain();
    this.#tell({ t: 'door' }, [port1]);
    return port2;
  }

  /** A document of a letter; null: there is none under this path. */
  frame(path: string): Promise<ServedFrame | null> {
    if (!this.#child) return Promise.resolve(null);
    return new Promise((resolve) => {
      const id = this.#next++;
      this.#frames.set(id, resolve);
      this.#tell({ t: 'frame', id, path });
    });
  }

  /** Asks the engine to close its store and waits for that, for a while. */
  close(): Promise<void> {
    const child = this.#child;
    if (!child) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.#options.clock.after(CLOSE_LIMIT, () => {
        child.kill();
        resolve();
      });
      this.#ended = () => {
        stop();
        resolve();
      };
      this.#tell({ t: 'close' });
    });
  }

  #tell(message: ToEngine, ports: MessagePortMain[] = []): void {
    this.#child?.postMessage(message, ports);
  }

  #hear(message: FromEngine): void {
    if (message.t === 'failed') {
      this.#refused = true;
      this.refused.emit(message.error);
    } else if (message.t === 'frame') {
      const answer = this.#frames.get(message.id);
      this.#frames.delete(message.id);
      answer?.(message.served);
    } else if (message.t === 'secret') void this.#secret(message);
    else if (message.t === 'office') void this.#order(message);
    else if (message.t === 'choose') void this.#choose(message);
    else if (message.t === 'profile') this.otherProfile.emit(message.folder);
  }

  async #choose({ id, what }: Extract<FromEngine, { t: 'choose' }>): Promise<void> {
    this.#tell({ t: 'chosen', id, path: await this.#options.choose(what).catch(() => null) });
  }

  async #order({ id, order }: Extract<FromEngine, { t: 'office' }>): Promise<void> {
    const state = await this.#options.office.order(order).catch(faultData);
    this.#tell({ t: 'office', id, state });
  }

  async #secret(message: Extract<FromEngine, { t: 'secret' }>): Promise<void> {
    const { secrets } = this.#options;
    const { id } = message;
    try {
      if (!secrets) throw new Fault('internal', 'internal', 'Secrets are kept elsewhere.');
      let value: string | null = null;
      if (message.do === 'get') value = await secrets.get(message.name);
      else if (message.do === 'set') await secrets.set(message.name, message.value);
      else await secrets.remove(message.name);
      this.#tell({ t: 'secret', id, value });
    } catch (failure) {
      this.#tell({ t: 'secret', id, value: null, error: faultData(failure) });
    }
  }

  #exited(code: number): void {
    this.#child = undefined;
    for (const answer of this.#frames.values()) answer(null);
    this.#frames.clear();
    if (this.#ended) this.#ended();
    else if (this.#refused) return;
    else if (this.#restarts.allow()) this.start(true);
    else this.lost.emit(code);
  }
}
