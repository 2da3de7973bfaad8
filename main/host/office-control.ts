/**
 * The way into a running office for commands of the same computer: a socket in the data folder (a named pipe on
 * Windows), which only the user who runs the office can open. Frames of the office contract travel on it.
 */
import { createHash } from 'node:crypto';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Fault } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type CallOptions, serveEntries } from '../contract/door.ts';
import type { Frame } from '../contract/frames.ts';
import {
  type OfficeEntryName,
  type OfficeInput,
  type OfficeOutput,
  officeEntries,
} from '../contract/office/office.ts';
import type { Certificates } from '../net/certificates.ts';
import { officeHandlers } from '../server/handlers/handlers.ts';
import type { Office } from '../server/office.ts';
import { socketPort } from './socket-port.ts';

/** A path of a Unix socket may hold this many octets on every system we run on. */
const LONGEST_SOCKET_PATH = 100;
const CONNECT_MS = 5000;

/** Where the office of a data folder listens for commands. */
export function controlPath(dir: string): string {
  const name = createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 32);
  if (process.platform === 'win32') return `\\\\.\\pipe\\postroom-office-${name}`;
  const beside = join(resolve(dir), 'control.sock');
  return Buffer.byteLength(beside) <= LONGEST_SOCKET_PATH ? beside : join(tmpdir(), `postroom-${name}.sock`);
}

export interface Control {
  close(): Promise<void>;
}

export async function openControl(
  dir: string,
  office: Office,
  certificates: Certificates,
  log: Log,
): Promise<Control> {
  const path = controlPath(dir);
  const handlers = officeHandlers(office, async () => certificates.authority);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serveEntries(socketPort(socket), { entries: officeEntries, handlers, events: () => () => {} }, log);
  });
  // The store's lock is ours: a socket that is there was left by an office that was killed.
  if (process.platform !== 'win32') await rm(path, { force: true });
  await new Promise<void>((listening, reject) => {
    server.once('error', reject);
    server.listen(path, listening);
  });
  if (process.platform !== 'win32') await chmod(path, 0o600);
  return {
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of open) socket.destroy();
      }),
  };
}

export interface OfficeCaller {
  call<N extends OfficeEntryName>(
    name: N,
    input: OfficeInput<N>,
    options?: Partial<CallOptions>,
  ): Promise<OfficeOutput<N>>;
  close(): Promise<void>;
}

/** @throws Fault transient `office-unreachable` when nobody listens there. */
export async function callOffice(dir: string): Promise<OfficeCaller> {
  const socket = await reach(controlPath(dir));
  const port = socketPort(socket);
  const waiting = new Map<number, { settle(frame: Frame | undefined): void }>();
  let last = 0;
  port.onFrame((frame) => {
    if (frame.t !== 'ok' && frame.t !== 'error') return;
    waiting.get(frame.id)?.settle(frame);
    waiting.delete(frame.id);
  });
  port.onClose(() => {
    for (const each of waiting.values()) each.settle(undefined);
    waiting.clear();
  });
  return {
    call: (name, input) =>
      new Promise((done, fail) => {
        last += 1;
        waiting.set(last, {
          settle(frame) {
            if (frame?.t === 'ok') done(frame.output as OfficeOutput<typeof name>);
            else fail(frame?.t === 'error' ? Fault.fromData(frame.error) : unreachable());
          },
        });
        port.send({ t: 'request', id: last, name, input });
      }),
    async close() {
      port.close();
    },
  };
}

function reach(path: string): Promise<Socket> {
  return new Promise((reached, fail) => {
    const socket = connect(path);
    const timer = setTimeout(() => socket.destroy(new Error('timeout')), CONNECT_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      reached(socket);
    });
    socket.once('error', (cause) => {
      clearTimeout(timer);
      fail(unreachable(cause));
    });
  });
}

function unreachable(cause?: unknown): Fault {
  return new Fault('transient', 'office-unreachable', 'The running office does not answer.', { cause });
}
