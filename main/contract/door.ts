/**
 * The engine's door: what comes through a port is checked here and nowhere else. A request whose name is unknown or
 * whose input does not fit its shape is answered with `bad-input`; nothing that a window sends can crash the engine.
 *
 * Each request is answered once; a streaming answer is preceded by its chunks. When the port closes, everything it
 * asked for is given up. Events go to every open door.
 */

import type { z } from 'zod';
import { cancelled, Fault, type FaultData, faultData } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type EntryName, type EventData, type EventName, mailEntries, type Output } from './contract.ts';
import type { Entry } from './entry.ts';
import type { Frame, FramePort } from './frames.ts';

export interface CallOptions {
  signal: AbortSignal;
  /** Sends a piece of a streaming answer before its end. */
  chunk(bytes: Uint8Array): void;
}

export type Entries = Readonly<Record<string, Entry>>;
/** One function an entry; a missing one does not compile. */
export type HandlersOf<E extends Entries> = {
  readonly [N in keyof E]: (
    input: z.output<E[N]['input']>,
    call: CallOptions,
  ) => Promise<z.output<E[N]['output']>>;
};
/** Of the mail contract. */
export type Handlers = HandlersOf<typeof mailEntries>;

export type EngineEvent = { [N in EventName]: { name: N; data: EventData<N> } }[EventName];
/** Subscribes to what the engine announces; returns the unsubscription. */
export type EngineEvents = (listener: (event: EngineEvent) => void) => () => void;

/** Requests of one door that may run at the same time; more is a window gone mad. */
const MAX_OPEN = 1000;

const badInput = (message: string, detail: Record<string, unknown>) =>
  new Fault('user', 'bad-input', message, { detail });

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Checks a question and runs its handler. Also the way of the command line, which has no port. */
export async function callEntry<E extends Entries, N extends keyof E & string>(
  entries: E,
  handlers: HandlersOf<E>,
  name: N,
  input: unknown,
  options: CallOptions,
): Promise<z.output<E[N]['output']>> {
  const parsed = entries[name]!.input.safeParse(input);
  if (!parsed.success) {
    const issues = parsed.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw badInput('The request does not fit its shape.', { name, issues });
  }
  return handlers[name](parsed.data as z.output<E[N]['input']>, options);
}

/** The same for the mail contract. */
export function callHandler<N extends EntryName>(
  handlers: Handlers,
  name: N,
  input: unknown,
  options: CallOptions,
): Promise<Output<N>> {
  return callEntry(mailEntries, handlers, name, input, options);
}

export interface Served<E extends Entries> {
  readonly entries: E;
  readonly handlers: HandlersOf<E>;
  /** Subscribes to what is announced to every port. */
  readonly events: (listener: (event: { name: string; data: unknown }) => void) => () => void;
}

/** Serves the mail contract. */
export function serveDoor(port: FramePort, handlers: Handlers, events: EngineEvents, log: Log): () => void {
  return serveEntries(port, { entries: mailEntries, handlers, events }, log);
}

/** Serves one port until it closes. Returns a function that closes it. */
export function serveEntries<E extends Entries>(port: FramePort, served: Served<E>, log: Log): () => void {
  const { entries, handlers, events } = served;
  const isEntryName = (name: unknown): name is keyof E & string =>
    typeof name === 'string' && Object.hasOwn(entries, name);
  const open = new Map<number, AbortController>();
  let closed = false;
  const send = (frame: Frame): void => {
    if (closed) return;
    try {
      port.send(frame);
    } catch (failure) {
      log.warn('door-send-failed', { kind: frame.t, failure });
      close();
    }
  };
  const fail = (id: number, error: FaultData): void => send({ t: 'error', id, error });

  async function answer(id: number, name: keyof E & string, input: unknown): Promise<void> {
    const abort = new AbortController();
    open.set(id, abort);
    try {
      const chunk = (bytes: Uint8Array): void => send({ t: 'chunk', id, bytes });
      const output = await callEntry(entries, handlers, name, input, { signal: abort.signal, chunk });
      if (abort.signal.aborted) throw cancelled();
      send({ t: 'ok', id, output });
    } catch (failure) {
      const data = abort.signal.aborted ? cancelled().toData() : faultData(failure);
      if (data.kind === 'internal') log.error('request-failed', { name, failure });
      fail(id, data);
    } finally {
      open.delete(id);
    }
  }

  function receive(frame: unknown): void {
    if (!isRecord(frame) || typeof frame['id'] !== 'number' || !Number.isInteger(frame['id'])) {
      log.warn('door-bad-frame', { kind: isRecord(frame) ? frame['t'] : typeof frame });
      return;
    }
    const { id, t, name } = frame as { id: number; t: unknown; name: unknown };
    if (t === 'cancel') {
      open.get(id)?.abort(cancelled());
      return;
    }
    const refused = refusal(id, t, name);
    if (refused) fail(id, refused.toData());
    else if (isEntryName(name)) void answer(id, name, frame['input']);
  }

  function refusal(id: number, t: unknown, name: unknown): Fault | null {
    if (t !== 'request') return badInput('This is not a request.', {});
    if (!isEntryName(name))
      return badInput('There is no such request.', { name: String(name).slice(0, 100) });
    if (open.has(id)) return badInput('This number is in use.', { id });
    return open.size < MAX_OPEN
      ? null
      : new Fault('transient', 'too-many-requests', 'Too many requests at once.');
  }

  const stop = events((event) => send({ t: 'event', name: event.name, data: event.data }));
  function close(): void {
    if (closed) return;
    closed = true;
    stop();
    for (const abort of open.values()) abort.abort(cancelled());
    port.close();
  }
  port.onFrame(receive);
  port.onClose(close);
  return close;
}
