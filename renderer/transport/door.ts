/**
 * The window's only way to an engine: typed requests, streamed bytes, cancelling, events.
 *
 * It never knows what carries the frames (a MessagePort in Electron, a WebSocket in a browser) and never
 * keeps data: that is the business of renderer/state. Invariants: a request ends exactly once; after the
 * port is lost every running request ends with `engine-stopped` and requests made meanwhile wait for the
 * next port; events arrive in the order in which they were sent.
 */
import type { EntryName, EventData, EventName, Input, Output } from '../../main/contract/contract.ts';
import type { Frame, FramePort } from '../../main/contract/frames.ts';
import { DoorFault, type FaultData } from './fault.ts';

export interface RequestOptions {
  signal?: AbortSignal | undefined;
  /** Bytes that come before the answer, in order. */
  onChunk?: (bytes: Uint8Array) => void;
}

/** connecting: never had a port; open; lost: had one, the next is awaited. */
export type DoorState = 'connecting' | 'open' | 'lost';

interface Pending {
  name: string;
  input: unknown;
  sent: boolean;
  resolve(output: unknown): void;
  reject(fault: DoorFault): void;
  onChunk?: (bytes: Uint8Array) => void;
  release(): void;
}

const STOPPED: FaultData = {
  kind: 'transient',
  code: 'engine-stopped',
  message: 'The mail engine stopped before it answered.',
  retryable: true,
};
const CANCELLED: FaultData = {
  kind: 'cancelled',
  code: 'cancelled',
  message: 'Cancelled.',
  retryable: false,
};

export class Door {
  #port: FramePort | null = null;
  #state: DoorState = 'connecting';
  #next = 1;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<(data: unknown) => void>>();
  readonly #stateListeners = new Set<(state: DoorState) => void>();

  get state(): DoorState {
    return this.#state;
  }

  /** Gives the door a port; an earlier one is given up. Requests that waited are sent now, in order. */
  attach(port: FramePort): void {
    if (this.#port) this.#drop(this.#port);
    this.#port = port;
    port.onFrame((frame) => {
      if (this.#port === port) this.#receive(frame);
    });
    port.onClose(() => this.#drop(port));
    for (const [id, pending] of this.#pending) this.#send(id, pending);
    this.#setState('open');
  }

  /** Asks the engine. Rejects with a DoorFault and with nothing else. */
  request<N extends EntryName>(name: N, input: Input<N>, options: RequestOptions = {}): Promise<Output<N>> {
    return new Promise<Output<N>>((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) return reject(new DoorFault(CANCELLED));
      const id = this.#next++;
      const cancel = () => this.#cancel(id);
      const pending: Pending = {
        name,
        input,
        sent: false,
        resolve: (output) => resolve(output as Output<N>),
        reject,
        release: () => signal?.removeEventListener('abort', cancel),
      };
      if (options.onChunk) pending.onChunk = options.onChunk;
      this.#pending.set(id, pending);
      signal?.addEventListener('abort', cancel, { once: true });
      this.#send(id, pending);
    });
  }

  /** Hears an event; the returned function ends that. */
  on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const wrapped = (data: unknown) => listener(data as EventData<N>);
    listeners.add(wrapped);
    return () => listeners.delete(wrapped);
  }

  onState(listener: (state: DoorState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  #send(id: number, pending: Pending): void {
    if (!this.#port || pending.sent) return;
    pending.sent = true;
    this.#port.send({ t: 'request', id, name: pending.name, input: pending.input });
  }

  #cancel(id: number): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (pending.sent && this.#port) this.#port.send({ t: 'cancel', id });
    this.#end(id)?.reject(new DoorFault(CANCELLED));
  }

  #end(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.release();
    return pending;
  }

  #receive(frame: Frame): void {
    if (frame.t === 'event') {
      for (const listener of [...(this.#listeners.get(frame.name) ?? [])]) listener(frame.data);
      return;
    }
    if (frame.t === 'chunk') this.#pending.get(frame.id)?.onChunk?.(frame.bytes);
    else if (frame.t === 'ok') this.#end(frame.id)?.resolve(frame.output);
    else if (frame.t === 'error') this.#end(frame.id)?.reject(new DoorFault(frame.error));
  }

  #drop(port: FramePort): void {
    if (this.#port !== port) return;
    this.#port = null;
    this.#setState('lost');
    for (const [id, pending] of [...this.#pending]) {
      if (pending.sent)
        this.#end(id)?.reject(new DoorFault({ ...STOPPED, detail: { request: pending.name } }));
    }
  }

  #setState(state: DoorState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of [...this.#stateListeners]) listener(state);
  }
}
