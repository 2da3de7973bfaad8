/**
 * imapflow as this room uses it: signed in by our own mechanisms, with our limits and patience, and with the
 * few of its own workings that are needed here. It must never log a password.
 */
import { type ImapAttribute, ImapFlow, type ImapTransport } from 'imapflow';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { MAX_IMAP_LITERAL_BYTES } from '../../base/limits.ts';
import type { Endpoint } from '../../net/failure.ts';
import { type AuthSetting, chooseMechanisms, startMechanism } from '../../net/sasl.ts';
import type { TrustedCertificates } from '../../net/tls.ts';
import { type Argument, atom, type Fetched, text, type Untagged } from './answers.ts';
import { commandFault, connectionFailure, refusalOf } from './failure.ts';
import { readFetchLine } from './fetch-line.ts';

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
  clock: Clock;
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
export const CONNECT_MS = 20_000;
/** Nothing heard for this long while a long answer is due: the peer is dead. A search may take its time. */
export const SILENCE_MS = 120_000;
/** The same after DONE or NOOP, which every server answers at once (C32). */
export const PROMPT_MS = 30_000;
/** IDLE is renewed before routers forget the connection (C30). */
export const IDLE_MS = 9 * 60_000;

interface Done {
  response: { attributes?: ImapAttribute[] };
  next(): void;
}
/** The library's own workings that are needed here; pinned by version and by test/client/imap/connection.test.ts. */
export interface Internals {
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
  socket: { setTimeout: (ms: number) => unknown } | false;
  handleResponse(data: StreamItem): Promise<boolean>;
}
/** One answer as the library's stream cuts it out: the line without its literals, and those. */
interface StreamItem {
  payload: Buffer;
  literals: Buffer[];
}

/** ImapFlow that signs in by our own mechanisms, SCRAM-SHA-256 and CRAM-MD5 among them. */
export class Wire extends ImapFlow {
  declare authenticated: string | boolean;
  /** While a FETCH is under way: takes its rows. Never throws; reading waits while its promise is pending. */
  rows: ((row: Fetched) => void | Promise<void>) | undefined;
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

  /** The library's handler of one answer; rows of a FETCH with a literal go past its parser. */
  async handleResponse(data: StreamItem): Promise<boolean> {
    const row = this.rows && data.literals.length === 1 && readFetchLine(data.payload, data.literals);
    if (!row) return inherited.handleResponse.call(this, data);
    await this.rows?.(row);
    return true;
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

const inherited = ImapFlow.prototype as unknown as Internals;

export function internals(wire: ImapFlow): Internals {
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
