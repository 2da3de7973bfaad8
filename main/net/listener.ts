/**
 * Listening sockets and the connections they accept, for the protocols that are our own (POP3, IMAP).
 *
 * A Connection carries octets and knows nothing of lines: `onData` in, write() out. Every phase has a deadline, a
 * slow reader is waited for at most SLOW_READER_MS, STARTTLS throws away what was read before it (RFC 3207
 * section 4.2, RFC 9051 section 6.2.1). It must never buffer without bound and never throw into a socket's event.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { Fault } from '../base/errors.ts';
import { HANDSHAKE_MS, SLOW_READER_MS } from '../base/limits.ts';

/** Where the certificate comes from; asked at each handshake, so a renewed one is used at once. */
export interface TlsSource {
  secureContext(): SecureContext;
}

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** TLS from the first octet. */
  readonly implicitTls: boolean;
  readonly tls: TlsSource;
  /** Decides before any octet is spoken; what it returns is written and the socket is closed. */
  readonly refuse?: (ip: string) => { readonly farewell: string } | undefined;
  readonly onConnection: (connection: Connection) => void;
}

export interface Listener {
  readonly port: number;
  /** Stops accepting; connections stay with their sessions. */
  close(): Promise<void>;
}

/** @throws Fault user `port-in-use`, `no-access` or `bad-address` with detail host and port. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true }, (socket) => {
    const ip = plainIp(socket.remoteAddress ?? '');
    const refused = options.refuse?.(ip);
    if (refused && !options.implicitTls) {
      socket.on('error', () => socket.destroy());
      socket.end(refused.farewell, () => socket.destroy());
      return;
    }
    if (refused) {
      socket.destroy();
      return;
    }
    options.onConnection(new Connection(socket, ip, options.tls, options.implicitTls));
  });
  await listening(server, options);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    port,
    close: () => new Promise<void>((resolve) => (server.listening ? stop(server, resolve) : resolve())),
  };
}

function stop(server: Server, resolve: () => void): void {
  // The callback waits for every connection; sessions end by their own rules, so only the port is waited for.
  server.close();
  resolve();
}

function listening(server: Server, { host, port }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (failure) => reject(listenFault(failure, host, port)));
    server.listen({ host, port, backlog: 511 }, () => {
      server.removeAllListeners('error');
      // accept() failing (too many open files) must not end the process; the next accept tries again.
      server.on('error', () => {});
      resolve();
    });
  });
}

/** A failure of listen() as a sentence with a cause a person can act upon. */
export function listenFault(failure: unknown, host: string, port: number): Fault {
  const code = (failure as { code?: string }).code;
  const options = { detail: { host, port }, cause: failure };
  if (code === 'EADDRINUSE')
    return new Fault('user', 'port-in-use', `Port ${port} is in use by another program.`, options);
  if (code === 'EACCES')
    return new Fault('user', 'no-access', `Port ${port} may not be opened by this user.`, options);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EINVAL')
    return new Fault('user', 'bad-address', `${host} is no address of this computer.`, options);
  return new Fault('internal', 'listen-failed', `Port ${port} could not be opened.`, options);
}

/** An IPv4 address mapped into IPv6 as plain IPv4; no zone. */
export function plainIp(address: string): string {
  const bare = address.split('%')[0]!;
  return bare.toLowerCase().startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare;
}

export type CloseReason = 'peer' | 'error' | 'deadline' | 'slow-reader' | 'handshake' | 'ours';

export class Connection {
  readonly ip: string;
  readonly localPort: number;
  /** Called with each piece of input. Set it at once, before anything can arrive. */
  onData: (piece: Uint8Array) => void = () => {};
  /** The peer has finished sending; it may still read. */
  onEnd: () => void = () => this.end();
  /** Exactly once, when the socket is gone, whoever did it. */
  onClose: (reason: CloseReason) => void = () => {};
  /** The TLS handshake is done (at once on accept for implicit TLS: after the handshake). */
  onSecure: () => void = () => {};
  #socket: Socket;
  readonly #tls: TlsSource;
  #deadline: NodeJS.Timeout | undefined;
  #reason: CloseReason = 'peer';
  #closed = false;
  #secure = false;
  #drain: { resolve: () => void; timer: NodeJS.Timeout }[] = [];

  constructor(socket: Socket, ip: string, tls: TlsSource, implicitTls: boolean) {
    this.ip = ip;
    this.localPort = socket.localPort ?? 0;
    this.#tls = tls;
    this.#socket = socket;
    if (implicitTls) this.#wrap();
    else this.#listen(socket);
  }

  /** True once TLS protects the connection. */
  get encrypted(): boolean {
    return this.#secure;
  }
  get closed(): boolean {
    return this.#closed;
  }
  /** Cipher and protocol for the trace header; null without TLS. */
  get tlsName(): string | null {
    return this.#socket instanceof TLSSocket && this.#secure ? (this.#socket.getProtocol() ?? 'TLS') : null;
  }
  /** Octets written that the system has not taken yet. */
  get buffered(): number {
    return this.#socket.writableLength;
  }

  /** False: stop producing and await drained(). Ignored once closed. */
  write(bytes: Uint8Array | string): boolean {
    if (this.#closed || this.#socket.destroyed || this.#socket.writableEnded) return true;
    return typeof bytes === 'string' ? this.#socket.write(bytes, 'latin1') : this.#socket.write(bytes);
  }
  /** Sends what is written between as one packet where possible. */
  cork(): void {
    this.#socket.cork();
  }
  uncork(): void {
    this.#socket.uncork();
  }

  /**
   * Resolves when the peer has read enough. A peer that reads nothing for SLOW_READER_MS is cut off (rule G3).
   * @throws Fault remote `connection-lost`.
   */
  drained(): Promise<void> {
    if (this.#closed) return Promise.reject(lost());
    if (!this.#socket.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.destroy('slow-reader'), SLOW_READER_MS);
      this.#drain.push({ resolve: () => (this.#closed ? reject(lost()) : resolve()), timer });
    });
  }

  pause(): void {
    this.#socket.pause();
  }
  resume(): void {
    this.#socket.resume();
  }

  /** One deadline at a time; a new one replaces the old. `ms` 0 removes it. */
  deadline(ms: number, action: () => void): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    if (ms === 0 || this.#closed) return;
    this.#deadline = setTimeout(action, ms);
    this.#deadline.unref();
  }

  /** STARTTLS, STLS: after the go-ahead has been written. What the parser still holds is the caller's to drop. */
  startTls(): void {
    this.#socket.removeAllListeners('data');
    this.#wrap();
  }

  /** Sends what is written, then closes. */
  end(farewell?: Uint8Array | string): void {
    if (this.#closed) return;
    this.#reason = 'ours';
    if (farewell !== undefined) this.write(farewell);
    // A peer that never reads must not keep the socket: the deadline is the slow reader's.
    this.deadline(SLOW_READER_MS, () => this.destroy('slow-reader'));
    const socket = this.#socket;
    socket.end(() => socket.destroy());
  }
  destroy(reason: CloseReason = 'ours'): void {
    if (this.#closed) return;
    this.#reason = reason;
    this.#socket.destroy();
  }

  #wrap(): void {
    const raw = this.#socket;
    raw.removeAllListeners('close');
    raw.removeAllListeners('end');
    const secure = new TLSSocket(raw, { isServer: true, secureContext: this.#tls.secureContext() });
    this.#secure = false;
    this.#socket = secure;
    this.deadline(HANDSHAKE_MS, () => this.destroy('handshake'));
    secure.once('secure', () => {
      this.#secure = true;
      this.deadline(0, () => {});
      this.onSecure();
    });
    // A raw socket that dies before the handshake ends does not always end its TLS socket.
    raw.once('close', () => secure.destroy());
    this.#listen(secure);
  }

  #listen(socket: Socket): void {
    socket.on('data', (piece: Uint8Array) => this.onData(piece));
    socket.on('end', () => {
      if (socket === this.#socket) this.onEnd();
    });
    socket.on('error', () => {
      this.#reason = 'error';
      socket.destroy();
    });
    socket.on('drain', () => this.#release());
    socket.on('close', () => {
      if (socket !== this.#socket || this.#closed) return;
      this.#closed = true;
      clearTimeout(this.#deadline);
      this.#release();
      this.onClose(this.#reason);
    });
  }

  #release(): void {
    const waiting = this.#drain;
    this.#drain = [];
    for (const each of waiting) {
      clearTimeout(each.timer);
      each.resolve();
    }
  }
}

function lost(): Fault {
  return new Fault('remote', 'connection-lost', 'The connection was lost.');
}
