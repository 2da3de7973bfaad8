/**
 * A connection of smtp-server with our wire and our session in it: sockets, TLS, early talkers and idle peers are the
 * library's; what a line means, and every word that is answered, is ours.
 *
 * It must never write during a handshake, never answer a command before the one in front of it, and never read on
 * while the peer does not take its replies (rules G2, G3).
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { HANDSHAKE_MS, REVERSE_NAME_MS, SLOW_READER_MS } from '../../base/limits.ts';
import type { Answer } from './commands/commands.ts';
import { farewell, type Reply, reply, wireText } from './replies.ts';
import type { OfficeSmtpServer } from './server.ts';
import { type Carrier, SmtpSession } from './session.ts';
import { type CommandLine, type Sink, SmtpWire } from './wire.ts';

/** Octets that are discarded after the farewell: more than is on its way when it is sent. */
const LATE_BYTES = 4 * 1024 * 1024;
const SHUTDOWN = farewell(421, '4.3.2', 'Service is shutting down');

export class OfficeConnection extends SMTPConnection {
  readonly #office: OfficeSmtpServer;
  readonly #session: SmtpSession;
  readonly #released: () => void;
  #draining = false;
  #gone = false;
  #reason = 'peer';

  /** @param released called once, when the socket is gone. */
  constructor(
    server: OfficeSmtpServer,
    socket: Socket | TLSSocket,
    options: SMTPConnectionOptions | null | undefined,
    released: () => void,
  ) {
    super(server, socket, options);
    this.#office = server;
    this.#released = released;
    const { context, kind } = server;
    const ip = this.remoteAddress;
    const record = context.records.open(kind, ip);
    const carrier = this.#carrier();
    this.#session = new SmtpSession({ context, kind, ip, hostname: '', record, carrier });
  }

  /** True while a command or a message is being worked on, or octets of a message are due. */
  get busy(): boolean {
    return this._handlerPending || (this._parser instanceof SmtpWire && this._parser.inMessage);
  }
  get ending(): boolean {
    return this._closing || this._closed;
  }

  /** Says farewell as soon as nothing runs (rule G15). */
  drain(): void {
    this.#draining = true;
    if (!this.busy && this._ready) void this.#write(SHUTDOWN);
    else if (!this._ready) this.destroy('shutdown');
  }
  destroy(reason: string): void {
    this.#reason = reason;
    this._socket.destroy();
  }

  override _createParser(): SmtpWire {
    // The base's constructor calls this: nothing of ours may be touched before a line comes.
    const wire = new SmtpWire();
    wire.onLine = (line, next) => this.#takeLine(line, next);
    wire.onEndless = () => void this.#write(farewell(421, '4.7.0', 'Line too long'));
    wire.onEnd = () => this.close();
    wire.on('error', () => this.close());
    return wire;
  }

  override connectionReady(next?: () => void): void {
    this.#office.context.directory.office().then(
      ({ hostname }) => {
        if (this.ending) return;
        this.name = hostname;
        this.#session.hostname = hostname;
        this.#lookUpName();
        super.connectionReady(next);
      },
      (failure) => {
        this.#session.failed('greeting', failure);
        void this.#write(farewell(421, '4.3.0', 'Service not available'));
      },
    );
  }

  override _sendGreeting(): void {
    void this.#write(reply(220, null, `${this.name} ESMTP Simple Mail Transfer Service Ready`));
  }

  /** What the library itself has to say: an idle peer, a handler of its own that refused. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const status = this._getEnhancedStatusCode(code, context) || null;
    const lines = Array.isArray(data) ? data : [data ?? ''];
    if (code === 421) this.#reason = 'idle';
    void this.#write({ code, status, lines, close: code === 421 });
  }

  override upgrade(callback: () => void, secureCallback?: () => void): void {
    this.#session.forget();
    const { clock } = this.#office.context;
    const cancel = clock.after(HANDSHAKE_MS, () => this.destroy('handshake'));
    // A peer that goes away in the handshake must end it: nobody reads yet who could see that.
    this._socket.allowHalfOpen = false;
    super.upgrade(callback, () => {
      cancel();
      this._socket.allowHalfOpen = true;
      secureCallback?.();
    });
  }

  override close(): void {
    const first = !this.ending;
    super.close();
    if (first && !this._upgrading) this.#cutLate();
    this.#office.onEnding();
  }

  /** The library discards for some seconds what still comes, for the farewell to arrive; who pours on is cut off. */
  #cutLate(): void {
    let late = 0;
    this._socket.on('data', (piece: Uint8Array) => {
      late += piece.length;
      if (late > LATE_BYTES) this._socket.destroy();
    });
  }

  override _onClose(): void {
    super._onClose();
    if (this.#gone) return;
    this.#gone = true;
    this.#session.reset();
    this.#session.record.end(this.#reason);
    this.#released();
  }

  #carrier(): Carrier {
    const connection = this;
    return {
      get secure() {
        return connection.secure;
      },
      get tlsName() {
        const socket = connection._socket;
        if (!connection.secure || !(socket instanceof TLSSocket)) return null;
        return `${socket.getProtocol() ?? 'TLS'} ${socket.getCipher().standardName ?? ''}`.trim();
      },
      localAddress: connection.localAddress,
      startMessage: (sink) => connection.#wire?.startMessage(connection.#watched(sink)),
      startChunk: (octets, sink) => connection.#wire?.startChunk(octets, connection.#watched(sink)),
      send: (answer) => connection.#write(answer),
    };
  }

  get #wire(): SmtpWire | undefined {
    return this._parser instanceof SmtpWire ? this._parser : undefined;
  }

  /** While we work on a finished message the peer waits for us, and is not idle. */
  #watched(sink: Sink): Sink {
    return {
      write: (piece) => sink.write(piece),
      end: async () => {
        this._handlerPending = true;
        try {
          await sink.end();
        } finally {
          this._handlerPending = false;
          if (this.#draining) void this.#write(SHUTDOWN);
        }
      },
    };
  }

  #takeLine(line: CommandLine, next: () => void): void {
    // What came in clear text behind STARTTLS is thrown away (RFC 3207 section 4.2); so is all behind a farewell.
    if (this._upgrading || this.ending) {
      next();
      return;
    }
    if (!this._ready) {
      this.#reason = 'early';
      void this.#write(farewell(421, '4.7.0', 'You talk too soon'));
      next();
      return;
    }
    this._handlerPending = true;
    void this.#session.answer(line).then(async (answer) => {
      if (!answer.silent) await this.#write(answer);
      if (answer.next) await this.#write(answer.next);
      this._handlerPending = false;
      this.#after(answer, next);
    });
  }

  #after(answer: Answer, next: () => void): void {
    if (answer.startTls && !this.ending) this.upgrade(next);
    else {
      if (this.#draining && !this.busy) void this.#write(SHUTDOWN);
      next();
    }
  }

  /** Resolves when the peer has room for more; one that takes nothing for SLOW_READER_MS is cut off. */
  #write(answer: Reply): Promise<void> {
    const socket = this._socket;
    if (this._upgrading || this.ending || socket.destroyed || !socket.writable) return Promise.resolve();
    const text = wireText(answer);
    this.#session.record.trace('out', text.trimEnd());
    const room = socket.write(text);
    if (answer.close) {
      if (this.#reason === 'peer') this.#reason = String(answer.code);
      this.close();
    }
    if (room || answer.close) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#office.context.clock.after(SLOW_READER_MS, () => this.destroy('slow-reader'));
      const done = () => {
        cancel();
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.once('drain', done).once('close', done);
    });
  }

  #lookUpName(): void {
    const { reverse, context } = this.#office;
    if (!reverse) return;
    let late = false;
    const cancel = context.clock.after(REVERSE_NAME_MS, () => {
      late = true;
    });
    reverse(this.remoteAddress).then(
      ([name]) => {
        cancel();
        // A PTR record holds whatever its owner likes; it becomes a part of Received.
        const plain = name?.toLowerCase().replace(/\.$/, '') ?? '';
        if (!late && /^[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?$/.test(plain))
          this.#session.reverseName = plain;
      },
      () => cancel(),
    );
  }
}
