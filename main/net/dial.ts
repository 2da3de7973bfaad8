/**
 * Opens connections to servers: name, address, TCP, and TLS where it starts at once. Every step has a
 * deadline and every failure is a Fault with a connection code.
 */
import net, { type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connectionFault, type Endpoint, socketFault } from './failure.ts';
import { startTls, type TlsTrust } from './tls.ts';

export interface DialOptions {
  readonly endpoint: Endpoint;
  /** Given: TLS from the first byte, verified. */
  readonly tls?: TlsTrust;
  /** ms for the whole of it: name, connection, handshake. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  /** Name look-up of our own; default: the system's. */
  readonly lookup?: net.LookupFunction;
}

/** A connected socket (verified TLS with `tls`). The caller owns it and its later deadlines. */
export async function dial(options: DialOptions & { tls: TlsTrust }): Promise<TLSSocket>;
export async function dial(options: DialOptions): Promise<Socket>;
export async function dial(options: DialOptions): Promise<Socket> {
  const started = performance.now();
  const socket = await openTcp(options);
  if (!options.tls) return socket;
  const left = Math.max(1, options.timeout - (performance.now() - started));
  return startTls(socket, options.tls, left, options.signal);
}

function openTcp({ endpoint, timeout, signal, lookup }: DialOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({
      host: endpoint.host,
      port: endpoint.port,
      noDelay: true,
      keepAlive: true,
      ...(lookup ? { lookup } : {}),
    });
    const timer = setTimeout(() => fail(connectionFault('timed-out', endpoint)), timeout);
    const stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
    };
    const fail = (failure: unknown) => {
      stop();
      socket.on('error', () => {});
      socket.destroy();
      reject(signal?.aborted && failure === signal.reason ? failure : socketFault(failure, endpoint));
    };
    const abort = () => fail(signal?.reason);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      stop();
      resolve(socket);
    });
  });
}
