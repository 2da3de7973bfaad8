/**
 * One session with one POP3 server: dialled, encrypted as the account says, signed in, listed, and used until QUIT
 * (protocols.md C35).
 *
 * Never: a password over a connection that is not encrypted unless the person chose so; a silent fall from STLS to clear
 * text. The whole set-up has a deadline, afterwards every silence. A session whose DELEs were not followed by QUIT is
 * dropped, so that the server removes nothing (RFC 1939 section 6).
 */
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { POP3_LISTING_BYTES } from '../../base/limits.ts';
import { dial } from '../../net/dial.ts';
import { connectionFault, socketFault } from '../../net/failure.ts';
import type { AuthSetting } from '../../net/sasl.ts';
import type { TlsTrust, TrustedCertificates } from '../../net/tls.ts';
import { refusalFault } from './failure.ts';
import { type Answers, Pipeline } from './pipeline.ts';
import { signIn } from './sign-in.ts';
import { numberedLines, type Reply } from './wire.ts';

export interface Pop3Server {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string;
  readonly auth: AuthSetting;
}

export interface Pop3Timeouts {
  /** ms from the name look-up to the end of the sign-in. */
  readonly setup: number;
  /** ms without an octet while an answer is due. */
  readonly silence: number;
}
export const POP3_TIMEOUTS: Pop3Timeouts = { setup: 60_000, silence: 120_000 };

export interface Pop3Options {
  readonly server: Pop3Server;
  /** The password, or the access token of XOAUTH2. */
  readonly password: string;
  readonly trusted: TrustedCertificates;
  readonly clock: Clock;
  /** Authorities instead of the system's, PEM. */
  readonly authorities?: readonly string[];
  readonly timeouts?: Pop3Timeouts;
  readonly signal?: AbortSignal;
}

/** What CAPA said (RFC 2449 section 6). UIDL and TOP are tried whatever it says: many servers forget to list them. */
export interface Capabilities {
  /** CAPA was answered; otherwise everything is tried. */
  readonly known: boolean;
  readonly stls: boolean;
  readonly user: boolean;
  readonly pipelining: boolean;
  readonly mechanisms: readonly string[];
  /** Seconds between sign-ins; 0: none asked. */
  readonly loginDelay: number;
}

/** A letter as the server lists it. `uidl` is null on a server without UIDL. */
export interface MaildropLetter {
  n: number;
  uidl: string | null;
  octets: number;
}

/** QUIT is a courtesy where nothing was deleted, ms. */
const GOODBYE_MS = 1000;

/** @throws Fault with a code of CONNECTION_ERRORS. */
export async function openSession(options: Pop3Options): Promise<Pop3Session> {
  const { server, clock, signal } = options;
  const timeouts = options.timeouts ?? POP3_TIMEOUTS;
  const endpoint = { host: server.host, port: server.port };
  const trust: TlsTrust = {
    endpoint,
    trusted: options.trusted,
    ...(options.authorities ? { authorities: options.authorities } : {}),
  };
  const begun = clock.ticks();
  const left = () => Math.max(1, timeouts.setup - (clock.ticks() - begun));
  const socket = await dial({
    endpoint,
    timeout: timeouts.setup,
    ...(server.security === 'tls' ? { tls: trust } : {}),
    ...(signal ? { signal } : {}),
  });
  const line = new Pipeline(socket, endpoint, clock, timeouts.silence);
  const late = clock.after(left(), () => line.drop(connectionFault('timed-out', endpoint)));
  const abort = () => line.drop(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  line.onClose(() => signal?.removeEventListener('abort', abort));
  try {
    signal?.throwIfAborted();
    const session = new Pop3Session(line, clock);
    await session.setUp(options, trust, left);
    return session;
  } catch (failure) {
    line.drop(failure);
    throw socketFault(failure, endpoint);
  } finally {
    late();
  }
}

export class Pop3Session {
  readonly #line: Pipeline;
  readonly #clock: Clock;
  #capabilities: Capabilities = NO_CAPABILITIES;
  #deleted = false;

  constructor(line: Pipeline, clock: Clock) {
    this.#line = line;
    this.#clock = clock;
  }

  get capabilities(): Capabilities {
    return this.#capabilities;
  }
  /** Octets received so far, TLS not counted. */
  get received(): number {
    return this.#line.received;
  }

  /** Greeting, CAPA, STLS, CAPA, sign-in, CAPA. `left`: ms. */
  async setUp(options: Pop3Options, trust: TlsTrust, left: () => number): Promise<void> {
    const { server } = options;
    const greeting = await this.#greeting(server);
    const timestamp = /<[^<>\s]+@[^<>\s]+>/.exec(greeting.text)?.[0] ?? null;
    await this.#capa();
    if (server.security === 'starttls') {
      const { known, stls } = this.#capabilities;
      const consent = known && !stls ? null : await this.#line.ask('STLS');
      if (consent?.status !== 'ok') throw connectionFault('no-tls-offered', this.#line.endpoint);
      await this.#line.secure(trust, left());
      await this.#capa();
    }
    await signIn(
      {
        endpoint: this.#line.endpoint,
        encrypted: server.security !== 'none',
        mechanisms: this.#capabilities.mechanisms,
        // Who lists nothing at all over TLS has forgotten it; in clear it means no.
        userOffered:
          this.#capabilities.user ||
          (server.security !== 'none' && this.#capabilities.mechanisms.length === 0),
        timestamp,
        ask: (line) => this.#line.ask(line),
      },
      { user: server.user, password: options.password, auth: server.auth },
    );
    // RFC 2449 section 5: what is offered may change with the state.
    if (this.#capabilities.known) await this.#capa();
  }

  /**
   * Every letter of the maildrop with its number, unique-id and size (STAT, UIDL, LIST).
   * @throws Fault transient `server-error` when the three do not agree: what is missing from half a list is not gone.
   */
  async letters(): Promise<MaildropLetter[]> {
    const stat = await this.#line.ask('STAT');
    const count = Number(/^(\d+)\s+\d+/.exec(stat.text)?.[1] ?? Number.NaN);
    if (stat.status !== 'ok' || Number.isNaN(count)) throw refusalFault(stat, this.#line.endpoint, 'command');
    if (count === 0) return [];
    const uidls = await this.#listing('UIDL');
    const sizes = await this.#listing('LIST');
    if (!sizes) throw new Fault('remote', 'refused', 'The server does not list its letters.');
    const ids = new Map(uidls ?? []);
    const agree = sizes.length === count && (uidls === null || sizes.every(([n]) => ids.has(n)));
    if (!agree) {
      throw connectionFault('server-error', this.#line.endpoint, {
        detail: { reply: `STAT ${count}, LIST ${sizes.length}, UIDL ${uidls?.length ?? '-'}` },
      });
    }
    return sizes.map(([n, octets]) => ({ n, uidl: ids.get(n) ?? null, octets: Number(octets) || 0 }));
  }

  /** A command for each item, as Pipeline.each(), ahead of the answers where the server offers that. */
  each<T>(
    items: readonly T[],
    command: (item: T) => string,
    block: boolean,
    answers: Answers<T>,
  ): Promise<void> {
    return this.#line.each(items, command, block, this.#capabilities.pipelining, answers);
  }

  /** Marks letters for removal; they are gone when quit() says so, not before. Gives those the server marked. */
  async delete<T extends { n: number }>(
    items: readonly T[],
    refused: (item: T, refusal: Fault) => void,
  ): Promise<T[]> {
    const marked: T[] = [];
    this.#deleted ||= items.length > 0;
    await this.each(items, ({ n }) => `DELE ${n}`, false, {
      taken(item) {
        marked.push(item);
        return undefined;
      },
      refused(item, refusal) {
        refused(item, refusal);
        return undefined;
      },
    });
    return marked;
  }

  /** Ends the session; only after +OK has the server removed what was marked. */
  async quit(): Promise<Reply> {
    const reply = await this.#line.ask('QUIT');
    this.#line.drop();
    return reply;
  }

  /** Ends the session without removing anything. */
  async close(): Promise<void> {
    if (!this.#deleted && !this.#line.closed && this.#line.idle) {
      const stop = this.#clock.after(GOODBYE_MS, () => this.#line.drop());
      await this.#line.ask('QUIT').catch(() => {});
      stop();
    }
    this.#line.drop();
  }

  async #greeting(server: Pop3Server): Promise<Reply> {
    const { endpoint } = this.#line;
    let reply: Reply;
    try {
      reply = await this.#line.greeting();
    } catch (failure) {
      // What does not begin as POP3 begins is another service; what says nothing waits for a TLS hello, perhaps.
      const { code, kind } = (failure ?? {}) as { code?: string; kind?: string };
      const mute = code === 'timed-out' && server.security !== 'tls' && server.port === 995;
      const foreign = code === 'server-error' && kind === 'remote';
      throw mute || foreign ? connectionFault('wrong-port', endpoint, { cause: failure }) : failure;
    }
    if (reply.status !== 'ok') throw refusalFault(reply, endpoint, 'greeting');
    return reply;
  }

  async #capa(): Promise<void> {
    const block = await this.#line.block('CAPA', POP3_LISTING_BYTES);
    this.#capabilities = block ? readCapabilities(block.toString('latin1')) : NO_CAPABILITIES;
  }

  async #listing(command: 'UIDL' | 'LIST'): Promise<[number, string][] | null> {
    const block = await this.#line.block(command, POP3_LISTING_BYTES);
    return block && [...numberedLines(block)];
  }
}

const NO_CAPABILITIES: Capabilities = {
  known: false,
  stls: false,
  user: true,
  pipelining: false,
  mechanisms: [],
  loginDelay: 0,
};

function readCapabilities(text: string): Capabilities {
  const lines = text.split(/\r?\n/).map((line) => line.trim().toUpperCase().split(/\s+/));
  const words = (name: string) => lines.find(([first]) => first === name);
  const has = (name: string) => words(name) !== undefined;
  return {
    known: true,
    stls: has('STLS'),
    user: has('USER'),
    pipelining: has('PIPELINING'),
    mechanisms: words('SASL')?.slice(1) ?? [],
    loginDelay: Math.min(86_400, Number(words('LOGIN-DELAY')?.[1]) || 0),
  };
}
