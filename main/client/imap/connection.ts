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
import { type ImapAttribute, ImapFlow, type ImapTransport, type MailboxObject } from 'imapflow';
import { encodePath } from 'imapflow/lib/tools.js';
import { Fault } from '../../base/errors.ts';
import { MAX_IMAP_LITERAL_BYTES } from '../../base/limits.ts';
import { dial } from '../../net/dial.ts';
import { connectionFault, type Endpoint, socketFault } from '../../net/failure.ts';
import { type AuthSetting, chooseMechanisms, startMechanism } from '../../net/sasl.ts';
import { type TlsTrust, type TrustedCertificates, tlsOptions, verifyPeer } from '../../net/tls.ts';
import { commandFault, connectionFailure, refusalOf } from './failure.ts';

export interface ServerSettings {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  user: string;
  auth: AuthSetting;
}

export interface ConnectionOptions {
  server: ServerSettings;
  /** The password, or the access token of XOAUTH2. */
  password: string;
  trusted: TrustedCertificates;
  /** Authorities instead of the system's, PEM; for tests and for an office's own authority. */
  authorities?: readonly string[];
  signal?: AbortSignal;
  events?: ConnectionEvents;
}

/** What the server says unasked. A listener must not wait for a command of the same connection. */
export interface ConnectionEvents {
  /** More or fewer letters in the selected folder. */
  exists?(): void;
  expunged?(): void;
  flags?(): void;
  alert?(text: string): void;
  closed?(): void;
}

/** Name, connection, TLS and greeting together, ms. */
const CONNECT_MS = 20_000;
/** Nothing heard for this long while a long answer is due: the peer is dead. A search may take its time. */
const SILENCE_MS = 120_000;
/** The same after DONE or NOOP, which every server answers at once (C32). */
const PROMPT_MS = 30_000;
/** IDLE is renewed before routers forget the connection (C30). */
export const IDLE_MS = 9 * 60_000;

type Node = {
  type: string;
  value: string | Buffer;
  section?: unknown[];
  partial?: number[];
  sensitive?: boolean;
};
export type Argument = Node | Argument[];

export interface Untagged {
  command: string;
  attributes?: ImapAttribute[];
  numbers?: number[];
}
interface Done {
  response: { attributes?: ImapAttribute[] };
  next(): void;
}
/** The library's own workings that are needed here; pinned by version and by test/client/imap/connection.test.ts. */
interface Internals {
  exec(
    command: string,
    attributes: Argument[] | false,
    options?: {
      untagged?: Record<string, (line: Untagged) => Promise<void> | void>;
      onPlusTag?: (line: Untagged) => Promise<void>;
    },
  ): Promise<Done>;
  write(text: string): void;
  preCheck: false | (() => Promise<void>);
  setAuthenticationState(): Promise<void>;
  /** ms without a byte until the connection is given up; read whenever it is armed. */
  socketTimeout: number;
  socket: { setTimeout(ms: number): unknown } | false;
}

/** A row of UID FETCH, with what was asked for and the server chose to give. */
export interface Fetched {
  uid: number;
  flags?: string[];
  modseq?: bigint;
  size?: number;
  /** ms */
  received?: number;
  serverId?: string;
  /** The literal of BODY[...]. */
  body?: Buffer;
}

export const atom = (value: string): Argument => ({ type: 'ATOM', value });
const text = (value: string): Argument => ({ type: 'STRING', value });

/** ImapFlow that signs in by our own mechanisms, SCRAM-SHA-256 and CRAM-MD5 among them. */
class Wire extends ImapFlow {
  declare authenticated: string | boolean;
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions, transport: ImapTransport) {
    const { server, events } = options;
    super({
      host: server.host,
      port: server.port,
      secure: server.security === 'tls',
      doSTARTTLS: server.security === 'starttls',
      auth: { user: server.user },
      clientInfo: { name: 'Postroom' },
      logger: false,
      transport,
      qresync: true,
      disableAutoIdle: true,
      disableIMAP4rev2: true,
      // On a local network it costs more than it saves, and it hides sizes from TLS's own protection.
      disableCompression: true,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      maxIdleTime: IDLE_MS,
      maxLiteralSize: MAX_IMAP_LITERAL_BYTES,
      maxLineLength: MAX_IMAP_LITERAL_BYTES,
      maxResponseSize: MAX_IMAP_LITERAL_BYTES + 1024 * 1024,
      expungeHandler: () => events?.expunged?.(),
    });
    this.#options = options;
    this.on('exists', () => events?.exists?.());
    this.on('flags', () => events?.flags?.());
    this.on('alert', ({ message }) => events?.alert?.(message));
    this.on('close', () => events?.closed?.());
    // Reported by the command that fails of it, or by `close`.
    this.on('error', () => {});
  }

  /** Called by the library between STARTTLS and ENABLE. */
  async authenticate(): Promise<boolean> {
    if (this.state !== this.states.NOT_AUTHENTICATED) return true;
    const { server, password } = this.#options;
    const offered = [...this.capabilities.keys()]
      .filter((each) => each.startsWith('AUTH='))
      .map((each) => each.slice(5).toUpperCase());
    const endpoint = endpointOf(server);
    const secured = server.security !== 'none';
    const loginAllowed = !this.capabilities.has('LOGINDISABLED');
    let names: ReturnType<typeof chooseMechanisms> = [];
    try {
      // The person chose to do without encryption: then the password may go as it is.
      names = chooseMechanisms(offered, server.auth, true);
      if (!secured && server.auth === 'auto') names = preferHidden(names);
    } catch (failure) {
      const plain = server.auth === 'auto' || server.auth === 'login' || server.auth === 'plain';
      if (!plain || !loginAllowed) throw failure;
    }
    let refused: Fault | undefined;
    // One that hides the password, then one that shows it: servers answer each refusal more slowly.
    const tries = [names.find((each) => !OPEN.has(each)), names.find((each) => OPEN.has(each))];
    for (const name of tries.filter((each) => each !== undefined)) {
      try {
        await this.#mechanism(name, server.user, password);
        return await this.#signedIn();
      } catch (failure) {
        refused = signInFault(failure, endpoint);
        // A server may list a mechanism that this account cannot use; the next one tells.
        if (refused.code !== 'wrong-password') throw refused;
        // Refused in clear, it is the password itself: asking further only lengthens the server's delay.
        if (OPEN.has(name)) throw refused;
      }
    }
    if (refused) throw refused;
    try {
      await this.#login(server.user, password);
    } catch (failure) {
      throw signInFault(failure, endpoint);
    }
    return this.#signedIn();
  }

  async #signedIn(): Promise<boolean> {
    // RFC 3501 section 6.2.3: capabilities may differ now.
    (this as unknown as { expectCapabilityUpdate: boolean }).expectCapabilityUpdate = true;
    await internals(this).setAuthenticationState();
    return true;
  }

  async #login(user: string, password: string): Promise<void> {
    const secret: Argument = { type: 'STRING', value: password, sensitive: true };
    (await internals(this).exec('LOGIN', [text(user), secret])).next();
  }

  async #mechanism(
    name: Parameters<typeof startMechanism>[0],
    user: string,
    password: string,
  ): Promise<void> {
    const wire = internals(this);
    const mechanism = startMechanism(name, { user, password });
    const base64 = (value: string) => Buffer.from(value, 'utf8').toString('base64');
    const args: Argument[] = [atom(name)];
    let initial = mechanism.initial;
    if (initial !== null && this.capabilities.has('SASL-IR')) {
      args.push({ type: 'ATOM', value: initial === '' ? '=' : base64(initial), sensitive: true });
      initial = null;
    }
    let broken: unknown;
    const done = await wire
      .exec('AUTHENTICATE', args, {
        onPlusTag: async (line) => {
          const said = line.attributes?.[0];
          const challenge = said && !Array.isArray(said) && typeof said.value === 'string' ? said.value : '';
          try {
            if (broken !== undefined) wire.write('*');
            else if (initial !== null) {
              wire.write(base64(initial));
              initial = null;
            } else
              wire.write(base64(await mechanism.answer(Buffer.from(challenge, 'base64').toString('utf8'))));
          } catch (failure) {
            broken = failure;
            wire.write('*');
          }
        },
      })
      .catch((failure) => {
        throw broken ?? failure;
      });
    done.next();
    mechanism.finish();
  }
}

/** Mechanisms that show the server the password itself. */
const OPEN = new Set<string>(['PLAIN', 'LOGIN', 'XOAUTH2']);

function preferHidden<T extends string>(names: T[]): T[] {
  return [...names.filter((each) => !OPEN.has(each)), ...names.filter((each) => OPEN.has(each))];
}

function internals(wire: ImapFlow): Internals {
  return wire as unknown as Internals;
}

export function endpointOf(server: ServerSettings): Endpoint {
  return { host: server.host, port: server.port };
}

function signInFault(failure: unknown, endpoint: Endpoint): Fault {
  if (failure instanceof Fault) return failure;
  const refusal = refusalOf(failure);
  return refusal ? commandFault(refusal, endpoint, 'sign-in') : connectionFailure(failure, endpoint);
}

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
  try {
    await expectGreeting(socket, server);
  } catch (failure) {
    socket.destroy();
    throw failure;
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
  return new Connection(wire, server);
}

/** Looks at the first octets without taking them: what is not IMAP is told at once, not after a time-out. */
function expectGreeting(socket: import('node:net').Socket, server: ServerSettings): Promise<void> {
  const endpoint = endpointOf(server);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // A server that waits for a TLS hello says nothing by itself.
      const mute = server.security !== 'tls' && server.port === 993;
      end(connectionFault(mute ? 'wrong-port' : 'timed-out', endpoint));
    }, CONNECT_MS);
    const end = (fault?: Fault) => {
      clearTimeout(timer);
      socket.removeListener('data', look);
      socket.removeListener('error', failed);
      socket.removeListener('close', closed);
      if (fault) reject(fault);
      else resolve();
    };
    const failed = (failure: unknown) => end(socketFault(failure, endpoint));
    const closed = () => end(connectionFault('server-error', endpoint));
    const look = (data: Buffer) => {
      socket.pause();
      const said = data.toString('latin1', 0, 200);
      if (/^\* BYE/i.test(said)) {
        const reply = said.slice(6).trim();
        return end(commandFault({ status: 'BYE', code: '', text: reply }, endpoint, 'sign-in'));
      }
      if (!/^\*/.test(said)) return end(connectionFault('wrong-port', endpoint, { detail: { reply: said } }));
      socket.removeListener('data', look);
      socket.unshift(data);
      end();
    };
    socket.on('data', look);
    socket.once('error', failed);
    socket.once('close', closed);
  });
}

export class Connection {
  readonly #wire: Wire;
  readonly #server: ServerSettings;
  #idling: Promise<unknown> | undefined;

  constructor(wire: Wire, server: ServerSettings) {
    this.#wire = wire;
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
    await this.command(extra.bySequence ? 'FETCH' : 'UID FETCH', args, {
      FETCH: (line) => {
        const fetched = readFetched(line.attributes);
        return fetched.uid > 0 ? row(fetched as Fetched) : undefined;
      },
      ...(extra.vanished ? { VANISHED: (line: Untagged) => readVanished(line, extra.vanished) } : {}),
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
      const timer = setTimeout(() => this.#wire.close(), 1000);
      await bye;
      clearTimeout(timer);
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

function plain(node: ImapAttribute | undefined): string | Buffer | undefined {
  if (!node || Array.isArray(node)) return undefined;
  const { value } = node;
  return typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined;
}
function strings(node: ImapAttribute | undefined): string[] {
  if (!Array.isArray(node)) return [];
  return node.map((each) => String(plain(each) ?? '')).filter((each) => each !== '');
}
const DIGITS = /^\d{1,15}$/;
function numeral(node: ImapAttribute | undefined): number | undefined {
  const value = plain(node);
  return typeof value === 'string' && DIGITS.test(value) ? Number(value) : undefined;
}

/** An untagged FETCH; whatever is missing or broken in it is left out. */
function readFetched(attributes: ImapAttribute[] | undefined): Partial<Fetched> & { uid: number } {
  const row: Partial<Fetched> & { uid: number } = { uid: 0 };
  const list = attributes?.[1];
  if (!Array.isArray(list)) return row;
  for (let at = 0; at + 1 < list.length; at += 2) {
    const key = list[at];
    const value = list[at + 1];
    if (!key || Array.isArray(key) || typeof key.value !== 'string') continue;
    switch (key.value.toUpperCase()) {
      case 'UID':
        row.uid = numeral(value) ?? 0;
        break;
      case 'FLAGS':
        row.flags = strings(value);
        break;
      case 'RFC822.SIZE':
        row.size = numeral(value) ?? 0;
        break;
      case 'INTERNALDATE': {
        const time = Date.parse(
          String(plain(value) ?? '')
            .trim()
            .replace(/^(\d{1,2})-(\w{3})-(\d{4})/, '$1 $2 $3'),
        );
        if (!Number.isNaN(time)) row.received = time;
        break;
      }
      case 'MODSEQ': {
        const number = strings(value)[0];
        if (number !== undefined && /^\d{1,19}$/.test(number)) row.modseq = BigInt(number);
        break;
      }
      case 'EMAILID':
        row.serverId = strings(value)[0] ?? '';
        break;
      case 'X-GM-MSGID':
        row.serverId = String(plain(value) ?? '');
        break;
      case 'BODY': {
        const bytes = plain(value);
        // A section is an nstring: small ones may come quoted instead of as a literal.
        if (bytes !== undefined) row.body = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
        break;
      }
      default:
        break;
    }
  }
  return row;
}

/** `* VANISHED (EARLIER) 41,43:116` (RFC 7162 section 3.2.10). */
function readVanished(line: Untagged, tell: ((set: string) => void) | undefined): void {
  const set = plain(line.attributes?.at(-1));
  if (typeof set === 'string') tell?.(set);
}

/** COPYUID or APPENDUID of a tagged OK (RFC 4315 section 3); undefined where the server gave none. */
export function responseCode(attributes: ImapAttribute[], name: string): string[] | undefined {
  const first = attributes[0];
  if (!first || Array.isArray(first) || !Array.isArray(first.section)) return undefined;
  const words = first.section.map((each) => String(plain(each) ?? ''));
  return words[0]?.toUpperCase() === name ? words.slice(1) : undefined;
}
