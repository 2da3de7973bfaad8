/**
 * The shell as a guest of the engine: it asks for settings and folders and hears of new mail through a door like any
 * window's, so that menu, tray and notifications need no way of their own.
 */
import type { MessageEvent, MessagePortMain } from 'electron';
import { Fault } from '../main/base/errors.ts';
import { Emitter } from '../main/base/event.ts';
import type { EntryName, EventData, EventName, Input, Output } from '../main/contract/contract.ts';
import type { Frame } from '../main/contract/frames.ts';

interface Pending {
  resolve(output: unknown): void;
  reject(fault: Fault): void;
}

export type ShellEvent = { [N in EventName]: { name: N; data: EventData<N> } }[EventName];

export class ShellDoor {
  readonly heard = new Emitter<ShellEvent>();
  readonly #pending = new Map<number, Pending>();
  #port: MessagePortMain | undefined;
  #next = 1;

  /** Takes a port in place of the former one, whose requests end with `engine-stopped`. */
  attach(port: MessagePortMain): void {
    this.#drop();
    this.#port = port;
    port.on('message', ({ data }: MessageEvent) => this.#receive(data as Frame));
    port.start();
  }

  request<N extends EntryName>(name: N, input: Input<N>): Promise<Output<N>> {
    const port = this.#port;
    if (!port)
      return Promise.reject(new Fault('transient', 'engine-stopped', 'The mail engine does not run.'));
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#pending.set(id, { resolve: (output) => resolve(output as Output<N>), reject });
      port.postMessage({ t: 'request', id, name, input } satisfies Frame);
    });
  }

  #receive(frame: Frame): void {
    if (frame.t === 'event') this.heard.emit({ name: frame.name, data: frame.data } as ShellEvent);
    else if (frame.t === 'ok') this.#end(frame.id)?.resolve(frame.output);
    else if (frame.t === 'error') this.#end(frame.id)?.reject(Fault.fromData(frame.error));
  }

  #end(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #drop(): void {
    this.#port?.close();
    this.#port = undefined;
    const stopped = new Fault('transient', 'engine-stopped', 'The mail engine stopped before it answered.');
    for (const { reject } of this.#pending.values()) reject(stopped);
    this.#pending.clear();
  }
}
