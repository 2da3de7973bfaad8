/** smtp-server's listener with our connections, our certificate and the guard in front of every socket. */
import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import type { SMTPConnectionOptions, TLSError } from 'smtp-server/lib/smtp-connection.js';
import { HANDSHAKE_MS, SMTP_IDLE_MS } from '../../base/limits.ts';
import { plainIp, type TlsSource } from '../../net/listener.ts';
import type { OfficeContext } from '../context.ts';
import { OfficeConnection } from './connection.ts';
import { farewell, wireText } from './replies.ts';

export interface ServerFacts {
  readonly context: OfficeContext;
  readonly kind: 'smtp' | 'submission';
  readonly implicitTls: boolean;
  /** Names of an address in DNS; without it no name is looked up. */
  readonly reverse?: ((ip: string) => Promise<string[]>) | undefined;
  readonly idleMs?: number | undefined;
}

const BUSY = wireText(farewell(421, '4.7.0', 'Too many connections, try again later'));

/** The certificate of the moment for every handshake: a renewed one is used at once. */
class LiveContexts extends Map<string, SecureContext> {
  readonly #source: TlsSource;

  constructor(source: TlsSource) {
    super();
    this.#source = source;
  }
  override get(_name: string): SecureContext {
    return this.#source.secureContext();
  }
}

export class OfficeSmtpServer extends SMTPServer {
  readonly context: OfficeContext;
  readonly kind: 'smtp' | 'submission';
  readonly reverse: ((ip: string) => Promise<string[]>) | undefined;
  /** Everything whose socket is not gone yet. */
  readonly live = new Set<OfficeConnection>();
  /** A connection is ending, or gone. */
  onEnding: () => void = () => {};
  readonly #admissions = new WeakMap<object, () => void>();

  constructor({ context, kind, implicitTls, reverse, idleMs }: ServerFacts) {
    super({
      secure: implicitTls,
      logger: false,
      // The session decides who has to sign in, and when.
      authOptional: true,
      disableReverseLookup: true,
      hideENHANCEDSTATUSCODES: false,
      disabledCommands: ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'],
      socketTimeout: idleMs ?? SMTP_IDLE_MS,
      // A peer that has said all may still read: its last replies must reach it.
      allowHalfOpen: true,
      keepAlive: true,
    });
    this.context = context;
    this.kind = kind;
    this.reverse = reverse;
    this.secureContext = new LiveContexts(context.tls);
    // A peer that breaks a connection is no failure of ours.
    this.on('error', (failure: Error) => context.log.debug('smtp-socket', { cause: failure }));
  }

  /** The library's built-in certificate has a published key: it is never made. */
  override updateSecureContext(): void {
    this.secureContext = new Map();
  }
  override _resolveSNI(
    _name: string,
    callback: (failure: Error | null, found?: SecureContext) => void,
  ): void {
    callback(null, this.context.tls.secureContext());
  }

  /** Asked for every socket, before a single octet is read (rule G13). */
  override _acceptSocket(socket: Socket, handshake: boolean): (() => void) | false {
    socket.on('error', () => socket.destroy());
    const admission = this.context.guard.admit(plainIp(socket.remoteAddress ?? ''), this.kind);
    if (!admission.ok) {
      this.context.records.meters.count(`${this.kind}_refused_${admission.reason}`);
      if (handshake) socket.destroy();
      else socket.end(BUSY, () => socket.destroy());
      return false;
    }
    let open = true;
    const release = () => {
      if (open) admission.release();
      open = false;
    };
    // STARTTLS takes every listener off the socket, so the connection itself releases too.
    socket.once('close', release);
    this.#admissions.set(socket, release);
    return super._acceptSocket(socket, handshake);
  }

  override _upgrade(socket: Socket, callback: (failure: TLSError | null, secure?: TLSSocket) => void): void {
    // A peer that goes away in the handshake must end it: nobody reads yet who could see that.
    socket.allowHalfOpen = false;
    // The topmost socket: a TLS wrap must not be torn down from below.
    const late = () => (this._pendingSockets.get(socket) ?? socket).destroy();
    const cancel = this.context.clock.after(HANDSHAKE_MS, late);
    super._upgrade(socket, (failure, secure) => {
      cancel();
      if (secure) secure.allowHalfOpen = true;
      const release = this.#admissions.get(socket);
      if (secure && release) this.#admissions.set(secure, release);
      callback(failure, secure);
    });
  }

  override connect(socket: Socket | TLSSocket, options?: SMTPConnectionOptions | null): void {
    const release = this.#admissions.get(socket) ?? (() => {});
    const connection = new OfficeConnection(this, socket, options, () => {
      release();
      this.live.delete(connection);
      this.onEnding();
    });
    this.live.add(connection);
    this.connections.add(connection);
    connection.on('error', (failure) => this._onError(failure));
    connection.init();
  }
}
