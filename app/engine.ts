/**
 * The engine's process: opens the profile that the main process names and serves doors until it is told to end. No
 * Electron in here but the port to the main process; secrets are asked from it, because only it has the system's key store.
 *
 * It exits with 0 after an orderly end and with another code otherwise, which makes its host start it again.
 */
import { join } from 'node:path';
import type { MessageEvent, MessagePortMain } from 'electron';
import { Closers } from '../main/base/disposable.ts';
import { Fault, faultData } from '../main/base/errors.ts';
import { Emitter } from '../main/base/event.ts';
import type { FramePort } from '../main/contract/frames.ts';
import type { HostingOrder, HostingState } from '../main/contract/mail/hosting.ts';
import { type Engine, openEngine } from '../main/host/engine.ts';
import { openLogFile } from '../main/host/log-file.ts';
import { openProfiles, rootOf } from '../main/host/profiles.ts';
import { openOwnSecrets, type Secrets } from '../main/host/secrets.ts';
import { BODY_BASE, type FromEngine, type ToEngine } from './wire.ts';

const main = process.parentPort;
const say = (message: FromEngine): void => main.postMessage(message);

/** A port of Electron as a port of the contract: frames are cloned as they are. */
function framePort(port: MessagePortMain): FramePort {
  return {
    send: (frame) => port.postMessage(frame),
    onFrame(listener) {
      port.on('message', ({ data }: MessageEvent) => listener(data));
      port.start();
    },
    onClose: (listener) => void port.once('close', listener),
    close: () => port.close(),
  };
}

interface Waiting {
  resolve(value: string | null): void;
  reject(failure: Fault): void;
}
const waiting = new Map<number, Waiting>();
let next = 1;

/** The operating system's key store, by way of the main process. */
const systemSecrets: Secrets = {
  get: (name) => ask((id) => say({ t: 'secret', id, do: 'get', name })),
  set: (name, value) => ask((id) => say({ t: 'secret', id, do: 'set', name, value })).then(() => {}),
  remove: (name) => ask((id) => say({ t: 'secret', id, do: 'remove', name })).then(() => {}),
};

function ask(send: (id: number) => void): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const id = next++;
    waiting.set(id, { resolve, reject });
    send(id);
  });
}

interface Ordered {
  resolve(state: HostingState): void;
  reject(failure: Fault): void;
}
const ordered = new Map<number, Ordered>();

/** The office's process, by way of the main process, which alone can start one. */
const office = {
  changed: new Emitter<HostingState>(),
  order: (order: HostingOrder): Promise<HostingState> =>
    new Promise((resolve, reject) => {
      const id = next++;
      ordered.set(id, { resolve, reject });
      say({ t: 'office', id, order });
    }),
};

const choosing = new Map<number, (path: string | null) => void>();
/** The system's dialog, which the main process alone can show. */
const choose = (what: 'folder' | 'new-copy' | 'copy'): Promise<string | null> =>
  new Promise((resolve) => {
    const id = next++;
    choosing.set(id, resolve);
    say({ t: 'choose', id, what });
  });

const closers = new Closers();
let engine: Promise<Engine> | undefined;

/** The host starts a process again that ends with this code. */
const RESTART = 75;
const restart = (): void => void end(RESTART);

async function open({ dir, restarted, secrets }: Extract<ToEngine, { t: 'open' }>): Promise<Engine> {
  const { log } = closers.add(openLogFile(join(dir, 'log')));
  const keeper = secrets === 'vault' ? await openOwnSecrets(dir) : systemSecrets;
  const profiles = openProfiles({
    root: rootOf(dir),
    own: dir,
    open: async (folder) => say({ t: 'profile', folder }),
  });
  const host = {
    kind: 'electron',
    secrets: keeper,
    frameBase: () => BODY_BASE,
    office,
    profiles,
    restart,
    choose,
  } as const;
  return closers.add(await openEngine({ dir, host, log, restarted }));
}

async function end(code: number): Promise<void> {
  try {
    await engine;
    await closers.close();
    process.exit(code);
  } catch {
    process.exit(1);
  }
}

/** Doors wait until the profile is open; one that failed to open serves none. */
async function door(port: MessagePortMain): Promise<void> {
  try {
    (await engine)?.door(framePort(port));
  } catch {
    port.close();
  }
}

async function frame({ id, path }: Extract<ToEngine, { t: 'frame' }>): Promise<void> {
  const served = await engine?.then((each) => each.serveFrame(path)).catch(() => null);
  say({ t: 'frame', id, served: served ?? null });
}

main.on('message', ({ data, ports }: MessageEvent) => {
  const message = data as ToEngine;
  const [port] = ports;
  if (message.t === 'open') {
    engine = open(message);
    engine.then(
      () => say({ t: 'ready' }),
      (failure: unknown) => {
        say({ t: 'failed', error: faultData(failure) });
        void closers.close();
      },
    );
  } else if (message.t === 'door' && port) void door(port);
  else if (message.t === 'frame') void frame(message);
  else if (message.t === 'chosen') {
    choosing.get(message.id)?.(message.path);
    choosing.delete(message.id);
  } else if (message.t === 'close') void end(0);
  else if (message.t === 'office-changed') office.changed.emit(message.state);
  else if (message.t === 'office') {
    const asked = ordered.get(message.id);
    ordered.delete(message.id);
    if ('kind' in message.state) asked?.reject(Fault.fromData(message.state));
    else asked?.resolve(message.state);
  } else if (message.t === 'secret') {
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) asked?.reject(Fault.fromData(message.error));
    else asked?.resolve(message.value);
  }
});

// A failure that nobody caught leaves the engine in a state that nobody knows: end, and be started again.
process.on('uncaughtException', (failure) => {
  process.stderr.write(
    `engine: ${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`,
  );
  process.exit(70);
});
