/**
 * One connection to one IMAP server: imapflow with our sockets, our trust in certificates, our sign-in, our
 * limits and deadlines, and every failure as a Fault with a code of the contract.
 *
 * Commands that change or fetch letters go through command() instead of the library's own methods: those
 * answer a refusal with `false`, fall back to plain EXPUNGE where UIDPLUS is missing (C24), and spend most of
 * a large header fetch on data nobody asked for.
 *
 * It must never log a password, trust a certificate that was not verified or kept, or fetch without PEEK.
 */
import tls, { type TLSSocket } from 'node:tls';
import type { ImapAttribute, ImapFlow, MailboxObject } from 'imapflow';
import { encodePath } from 'imapflow/lib/tools.js';
import type { Clock } from '../../base/clock.ts';
import { cancelled, Fault } from '../../base/errors.ts';
import { dial } from '../../net/dial.ts';
import { connectionFault, type Endpoint, socketFault } from '../../net/failure.ts';
import { type TlsTrust, tlsOptions, verifyPeer } from '../../net/tls.ts';
import { type Argument, type Fetched, readFetched, readVanished, text, type Untagged } from './answers.ts';
import { commandFault, connectionFailure, refusalOf } from './failure.ts';
import { expectGreeting } from './greeting.ts';
import {
  CONNECT_MS,
  type ConnectionOptions,
  endpointOf,
  IDLE_MS,
  internals,
  PROMPT_MS,
  type ServerSettings,
  SILENCE_MS,
  Wire,
} from './wire.ts';

/** Longest time the event loop is held by answers, ms; a quarter of what the house allows leaves room for the row itself. */
const HOLD_MS = 5;
/** LOGOUT is a courtesy. */
const GOODBYE_MS = 1000;

/**
 * Connects and signs in.
 * @throws Fault with a code of CONNECTION_ERRORS.
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { server } = options;
  const endpoint = endpointOf(server);
  const trust: TlsTrust = {
    endpoint,
    trusted: options.trusted,
    ...(options.authorities ? { authorities: options.authorities } : {}),
  };
  const socket = await dial({
    endpoint,
    timeout: CONNECT_MS,
    ...(server.security === 'tls' ? { tls: trust } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  // A server that says nothing is left at once, too.
  const leave = () => socket.destroy();
  options.signal?.addEventListener('abort', leave, { once: true });
  try {
    await expectGreeting(socket, server, options.clock);
  } catch (failure) {
    socket.destroy();
    throw options.signal?.aborted ? cancelled() : failure;
  } finally {
    options.signal?.removeEventListener('abort', leave);
  }
  let distrusted: Fault | undefined;
  const wire = new Wire(options, {
    connect(_where, onConnect) {
      setImmediate(onConnect);
      return socket;
    },
    upgrade(plain, _where, onSecure) {
      const secured: TLSSocket = tls.connect({
        ...tlsOptions(trust),
        rejectUnauthorized: false,
        socket: plain as never,
      });
      secured.once('secureConnect', () => {
        try {
          verifyPeer(secured, trust);
        } catch (failure) {
          distrusted = socketFault(failure, endpoint);
          secured.destroy(distrusted);
          return;
        }
        onSecure();
      });
      return secured;
    },
  });
  const abort = () => wire.close();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    await wire.connect();
  } catch (failure) {
    wire.close();
    throw distrusted ?? connectionFailure(failure, endpoint, server.security);
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
  return new Connection(wire, server, options.clock);
}

export class Connection {
  readonly #wire: Wire;
  readonly #server: ServerSettings;
  readonly #clock: Clock;
  #idling: Promise<unknown> | undefined;
  /** Ticks when others had their turn last. */
  #breathed = 0;
  /**
   * The server told of something that nobody has looked into yet. It tells once (C4), in the answer to whatever
   * command comes next; a pass that begins clears it.
   */
  heard = false;

  constructor(wire: Wire, server: ServerSettings, clock: Clock) {
    this.#wire = wire;
    this.#clock = clock;
    this.#server = server;
  }

  get endpoint(): Endpoint {
    return endpointOf(this.#server);
  }
  get closed(): boolean {
    return this.#wire.isClosed || !this.#wire.usable;
  }
  get condstore(): boolean {
    return this.#wire.enabled.has('CONDSTORE') || this.#wire.enabled.has('QRESYNC');
  }
  get qresync(): boolean {
    return this.#wire.enabled.has('QRESYNC');
  }
  /** Upper-case name of a capability (RFC 3501 section 7.2.1). */
  can(capability: string): boolean {
    return this.#wire.capabilities.has(capability);
  }
  get folder(): MailboxObject | undefined {
    return this.#wire.mailbox || undefined;
  }
  /** Octets received since the connection began. */
  get received(): number {
    return this.#wire.stats().received;
  }
  /** The library's object, for what it does well: LIST, STATUS, CREATE, RENAME. */
  get library(): ImapFlow {
    return this.#wire;
  }

  /** Runs a library call with its failures as Faults. */
  async call<T>(action: (wire: ImapFlow) => Promise<T>): Promise<T> {
    try {
      return await action(this.#wire);
    } catch (failure) {
      throw this.#fault(failure);
    }
  }

  /** Selects a folder by the server's own path; again selects it anew. */
  async select(serverPath: string): Promise<MailboxObject> {
    return this.call((wire) => wire.mailboxOpen(serverPath));
  }

  /**
   * A command with its untagged answers; reading waits while a handler's promise is pending. Gives the attributes of the tagged OK.
   * @throws Fault: `remote` for NO (or `transient` where the code says so), `internal` for BAD.
   */
  async command(
    name: string,
    args: Argument[],
    untagged: Record<string, (line: Untagged) => void | Promise<void>> = {},
  ): Promise<ImapAttribute[]> {
    const wire = internals(this.#wire);
    try {
      if (this.closed) throw connectionFault('server-error', this.endpoint);
      // Ends an IDLE under way, as the library's own commands do.
      if (typeof wire.preCheck === 'function') {
        this.#patience(PROMPT_MS);
        await wire.preCheck();
        this.#patience(SILENCE_MS);
      }
      const done = await wire.exec(name, args, { untagged });
      done.next();
      return done.response.attributes ?? [];
    } catch (failure) {
      throw this.#fault(failure);
    }
  }

  /** UID FETCH of a set; rows without a UID are dropped (C8). `items` as atoms or written out. */
  async fetch(
    set: string,
    items: Argument[],
    row: (fetched: Fetched) => void | Promise<void>,
    extra: { modifiers?: Argument[]; bySequence?: boolean; vanished?: (set: string) => void } = {},
  ): Promise<void> {
    const args: Argument[] = [{ type: 'SEQUENCE', value: set }, items];
    if (extra.modifiers) args.push(extra.modifiers);
    const asked = new Set(items.map((item) => (Array.isArray(item) ? '' : String(item.value).toUpperCase())));
    const take = (fetched: Fetched) => {
      if (isNews(fetched, asked)) this.heard = true;
      return (fetched.uid > 0 ? row(fetched) : undefined) ?? this.#breathe();
    };
    // A row that cannot be taken fails its taker, which waits for all of its rows; the others go on.
    this.#wire.rows = async (fetched) => {
      try {
        await take(fetched);
      } catch {}
    };
    try {
      await this.command(extra.bySequence ? 'FETCH' : 'UID FETCH', args, {
        FETCH: (line) => take(readFetched(line.attributes) as Fetched),
        ...(extra.vanished ? { VANISHED: (line: Untagged) => readVanished(line, extra.vanished) } : {}),
      });
    } finally {
      this.#wire.rows = undefined;
    }
  }

  /**
   * Answers that are here already are read one after another without ever going back to the event loop, as
   * many megabytes as the socket has: from time to time everybody else must have a turn.
   */
  #breathe(): Promise<void> | undefined {
    const now = this.#clock.ticks();
    if (now - this.#breathed < HOLD_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#breathed = this.#clock.ticks();
        resolve();
      });
    });
  }

  pathArgument(serverPath: string): Argument {
    return text(encodePath(this.#wire as never, serverPath));
  }

  /** Waits for news of the selected folder until the next command; resolves when IDLE has ended. */
  idle(): Promise<void> {
    this.#patience(IDLE_MS + PROMPT_MS);
    this.#idling ??= this.#wire
      .idle()
      .catch(() => {})
      .finally(() => {
        this.#idling = undefined;
      });
    return this.#idling.then(() => {});
  }

  /** Asks for nothing, so that the server tells what is new. */
  async poll(): Promise<void> {
    this.#patience(PROMPT_MS);
    await this.call((wire) => wire.noop());
    this.#patience(SILENCE_MS);
  }

  #patience(ms: number): void {
    const wire = internals(this.#wire);
    wire.socketTimeout = ms;
    if (wire.socket) wire.socket.setTimeout(ms);
  }

  async close(): Promise<void> {
    if (!this.closed) {
      const bye = this.#wire.logout().catch(() => {});
      const stop = this.#clock.after(GOODBYE_MS, () => this.#wire.close());
      await bye;
      stop();
    }
    this.#wire.close();
  }
  /** Without saying good-bye. */
  drop(): void {
    this.#wire.close();
  }

  #fault(failure: unknown): Fault {
    if (failure instanceof Fault) return failure;
    const refusal = refusalOf(failure);
    if (refusal) return commandFault(refusal, this.endpoint, 'command');
    return connectionFailure(failure, this.endpoint);
  }
}

/** An untagged FETCH that only tells of changed marks while something else was asked for (RFC 9051 section 7.5.2). */
function isNews(fetched: Fetched, asked: ReadonlySet<string>): boolean {
  if (fetched.flags === undefined) return false;
  if (!asked.has('FLAGS')) return true;
  return asked.has('BODY.PEEK') && fetched.body === undefined && fetched.size === undefined;
}
