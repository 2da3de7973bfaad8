/**
 * One POP3 session: socket, order, deadlines, back-pressure. Commands are executed strictly one after the other in
 * the order of arrival (rules G2, P18); what they answer leaves in the same order.
 *
 * It must never remove a message but in QUIT, buffer more than PIPELINE_BYTES of commands, or fake the end of a
 * message that could not be read to its end (rule P19).
 */
import { randomBytes } from 'node:crypto';
import { toFault } from '../../base/errors.ts';
import { PIPELINE_BYTES } from '../../base/limits.ts';
import type { Connection } from '../../net/listener.ts';
import type { OfficeContext } from '../context.ts';
import type { SignInContext } from '../directory/authenticator.ts';
import type { SessionRecord } from '../records.ts';
import { COMMANDS } from './commands/commands.ts';
import { refusalOf } from './faults.ts';
import { gate, type State } from './states.ts';
import { DEFAULT_TEXTS, type Texts } from './texts.ts';
import { COMMAND_OCTETS, Pop3Wire, SASL_OCTETS, type WireLine } from './wire.ts';

/** Ms without a command (rule P17, RFC 1939 section 3: at least ten minutes once signed in). */
const SIGN_IN_MS = 3 * 60_000;
const IDLE_MS = 10 * 60_000;
const MAX_FAILED_SIGN_INS = 3;
const MAX_ERRORS = 20;
/** Octets of answers collected before they are handed to the socket. */
const FLUSH_OCTETS = 16 * 1024;
/** Octets from which a piece is handed over as it is. */
const LONG_OCTETS = 4 * 1024;

export class Pop3Session {
  readonly context: OfficeContext;
  readonly connection: Connection;
  readonly record: SessionRecord;
  readonly hostname: string;
  /** APOP's timestamp of this greeting, null where APOP is not offered. */
  timestamp: string | null = null;
  texts: Texts = DEFAULT_TEXTS;
  /** RFC 6856: this client reads UTF-8 headers. */
  utf8 = false;
  state: State = { name: 'authorization', user: null };
  readonly #wire = new Pop3Wire();
  readonly #onEnd: () => void;
  #out: (string | Uint8Array)[] = [];
  #outOctets = 0;
  #running = false;
  #paused = false;
  #stopping = false;
  #peerEnded = false;
  #failedSignIns = 0;
  #errors = 0;
  #answer: ((line: Uint8Array | null) => void) | undefined;

  constructor(context: OfficeContext, connection: Connection, hostname: string, onEnd: () => void) {
    this.context = context;
    this.connection = connection;
    this.hostname = hostname;
    this.#onEnd = onEnd;
    this.record = context.records.open('pop3', connection.ip);
    connection.onData = (piece) => this.#input(piece);
    connection.onEnd = () => {
      this.#peerEnded = true;
      void this.#run();
    };
    connection.onClose = (reason) => void this.#closed(reason);
  }

  get signIn(): SignInContext {
    const { ip, encrypted } = this.connection;
    return { service: 'pop3', ip, encrypted, hostname: this.hostname };
  }

  /** Speaks first (RFC 1939 section 4). */
  async greet(): Promise<void> {
    this.#arm();
    // RFC 1939 section 7: different for every greeting. Rule G8: only where everybody can complete APOP.
    if (await this.context.authenticator.apopOffered()) {
      this.timestamp = `<${process.pid}.${randomBytes(9).toString('hex')}@${this.hostname}>`;
    }
    const ready = this.texts.ready(this.hostname);
    this.ok(this.timestamp ? `${ready} ${this.timestamp}` : ready);
    this.flush();
  }

  ok(text = ''): void {
    this.send(text === '' ? '+OK\r\n' : `+OK ${text}\r\n`);
  }
  refuse(text: string, code = ''): void {
    this.send(code === '' ? `-ERR ${text}\r\n` : `-ERR ${code} ${text}\r\n`);
  }
  /** Collects; leaves with the next flush. @param more the rest of the answer follows at once and leaves with it. */
  send(bytes: string | Uint8Array, more = false): void {
    this.#out.push(bytes);
    this.#outOctets += bytes.length;
    if (!more && this.#outOctets >= FLUSH_OCTETS) this.flush();
  }
  flush(): void {
    if (this.#out.length === 0) return;
    const out = this.#out;
    this.#out = [];
    this.#outOctets = 0;
    this.#write(out);
    this.#settle();
  }

  /** Once the system has taken all that was ever written, no octets of a message are looked at any more. */
  #settle(): void {
    if (this.#out.length > 0 || this.connection.buffered > 0) return;
    if (this.state.name === 'transaction') this.state.maildrop.sent();
  }

  #write(out: readonly (string | Uint8Array)[]): void {
    if (out.length === 1) {
      this.connection.write(octetsOf(out[0]!));
      return;
    }
    // What is short leaves together; what is long is not copied for that.
    let short: Uint8Array[] = [];
    this.connection.cork();
    for (const each of out.map(octetsOf)) {
      if (each.length < LONG_OCTETS) short.push(each);
      else {
        if (short.length > 0) this.connection.write(Buffer.concat(short));
        short = [];
        this.connection.write(each);
      }
    }
    if (short.length > 0) this.connection.write(Buffer.concat(short));
    this.connection.uncork();
  }
  /** Flushes and waits while the peer does not read. @throws Fault remote `connection-lost`. */
  async flushed(): Promise<void> {
    this.flush();
    // What send() flushed by itself counts, too: its answer is not kept.
    await this.connection.drained();
    this.#settle();
  }

  /** Sends a SASL challenge and waits for the answer; null: cancelled with `*` or the peer is gone. */
  async challenge(data: Uint8Array): Promise<Uint8Array | null> {
    this.send(`+ ${Buffer.from(data).toString('base64')}\r\n`);
    this.#wire.limit = SASL_OCTETS;
    await this.flushed();
    const line = await new Promise<Uint8Array | null>((resolve) => {
      this.#answer = resolve;
      this.#arm();
      this.#feedAnswer();
    });
    this.#wire.limit = COMMAND_OCTETS;
    return line;
  }

  /** After `+OK begin TLS`: nothing said in clear counts any more (RFC 2595 section 4). */
  async startTls(): Promise<void> {
    this.flush();
    this.#wire.clear();
    this.state = { name: 'authorization', user: null };
    this.utf8 = false;
    this.connection.onSecure = () => this.#arm();
    this.connection.startTls();
  }

  /** Ends after the answer has left; input that still comes is ignored. */
  finish(reason: string): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.flush();
    this.record.end(reason);
    this.connection.end();
  }

  /** Shutdown: a plain close without UPDATE (rule G15), after the running command or when the time is over. */
  async stop(graceMs: number): Promise<void> {
    const until = this.context.clock.ticks() + graceMs;
    while (this.#running && !this.#answer && this.context.clock.ticks() < until && !this.connection.closed) {
      await new Promise<void>((resolve) => {
        this.context.clock.after(20, resolve);
      });
    }
    this.#stopping = true;
    this.record.end('shutdown');
    this.connection.end();
  }

  #input(piece: Uint8Array): void {
    if (this.#stopping) return;
    this.#wire.push(piece);
    if (this.#wire.pending > PIPELINE_BYTES && this.#running && !this.#answer) {
      this.#paused = true;
      this.connection.pause();
    }
    if (this.#answer) this.#feedAnswer();
    else void this.#run();
  }

  /** Executes what has arrived; one runner at a time. */
  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#stopping && !this.connection.closed) {
        const line = this.#wire.next();
        if (!line) break;
        if (this.#paused && this.#wire.pending < PIPELINE_BYTES / 2) {
          this.#paused = false;
          this.connection.resume();
        }
        this.#arm();
        await this.#execute(line);
        // A peer that sends commands and reads no answers is not served on (rule G3).
        await this.connection.drained();
      }
      await this.flushed();
      // A command cut off by the end of the stream is not executed; nothing is removed (rule P16).
      if (this.#peerEnded && !this.#stopping) this.finish('peer closed');
    } catch {
      // The connection is gone; onClose tidies up.
    } finally {
      this.#running = false;
      if (this.#paused) {
        this.#paused = false;
        this.connection.resume();
      }
    }
  }

  async #execute(line: WireLine): Promise<void> {
    if (line.kind !== 'line') {
      return this.#failed('-', line.kind === 'too-long' ? this.texts.tooLong : this.texts.bareLf);
    }
    const text = Buffer.from(line.bytes).toString('latin1');
    const space = text.indexOf(' ');
    const verb = (space < 0 ? text : text.slice(0, space)).toUpperCase();
    const rest = space < 0 ? '' : text.slice(space + 1);
    const allowed = gate(verb, this.state);
    if (allowed === 'unknown') return this.#failed('?', this.texts.unknown);
    if (allowed === 'wrong-state') return this.#failed(verb, this.texts.wrongState(verb));
    if (this.record.traced) this.record.trace('in', SECRET.has(verb) ? `${verb} ***` : text);
    const before = this.#errors;
    try {
      await COMMANDS[verb]!(this, rest, line.bytes);
      if (this.#errors === before) this.record.command(verb, '+OK');
    } catch (failure) {
      if (this.connection.closed) throw failure;
      const refusal = refusalOf(failure, this.texts);
      if (toFault(failure).code === 'disk-full') this.context.records.alert('disk-full', { service: 'pop3' });
      if (refusal.code === '[SYS/TEMP]') this.context.log.error('pop3-command', { verb, failure });
      if (refusal.signIn) this.#failedSignIns += 1;
      this.#failed(verb, refusal.text, refusal.code);
      if (this.#failedSignIns >= MAX_FAILED_SIGN_INS) this.finish('failed sign-ins');
    }
  }

  /** One `-ERR` that counts; the session goes on until there are too many (rule P2). */
  fail(verb: string, text: string, code = ''): void {
    this.#failed(verb, text, code);
  }

  #failed(verb: string, text: string, code = ''): void {
    this.#errors += 1;
    this.record.command(verb, '-ERR', text);
    this.refuse(text, code);
    if (this.#errors >= MAX_ERRORS) this.finish('too many errors');
  }

  #feedAnswer(): void {
    const waiting = this.#answer;
    if (!waiting) return;
    const line = this.#wire.next();
    if (!line) {
      if (this.#peerEnded) this.connection.destroy('peer');
      return;
    }
    this.#answer = undefined;
    waiting(line.kind === 'line' ? line.bytes : new Uint8Array([0]));
  }

  /** Any command sets the clock back; the end of time is a plain close, no UPDATE (rule P17). */
  #arm(): void {
    const ms = this.state.name === 'transaction' ? IDLE_MS : SIGN_IN_MS;
    this.connection.deadline(ms, () => {
      this.record.end('idle');
      this.connection.destroy('deadline');
    });
  }

  async #closed(reason: string): Promise<void> {
    this.record.end(reason);
    this.#stopping = true;
    const state = this.state;
    this.state = { name: 'closed' };
    this.#answer?.(null);
    this.#answer = undefined;
    try {
      if (state.name === 'transaction') await state.maildrop.release();
    } finally {
      this.#onEnd();
    }
  }
}

const SECRET = new Set(['PASS', 'APOP', 'AUTH']);

function octetsOf(part: string | Uint8Array): Uint8Array {
  return typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
}
