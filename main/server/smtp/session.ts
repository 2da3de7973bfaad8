/**
 * One SMTP session: what the peer has said, who it is, and one command after another to its answer. It knows nothing
 * of sockets; connection.ts carries lines in and replies out.
 *
 * It must never tell a stranger who exists beyond what RCPT needs, never put a secret into a record, and never let a
 * command throw: a failure inside is 451 and the session lives on (rule G14).
 */
import { delay } from '../../base/clock.ts';
import { toFault } from '../../base/errors.ts';
import {
  SMTP_AUTH_BYTES,
  SMTP_COMMAND_BYTES,
  SMTP_ERRORS,
  SMTP_ERRORS_AT_ONCE,
  SMTP_PATH_COMMAND_BYTES,
  SMTP_TARPIT_MS,
} from '../../base/limits.ts';
import type { OfficeContext } from '../context.ts';
import type { ServerMechanism, SignInContext } from '../directory/authenticator.ts';
import type { Person } from '../directory/directory.ts';
import type { SessionRecord } from '../records.ts';
import { type Answer, commands } from './commands/commands.ts';
import { farewell, INTERNAL, type Reply, reply } from './replies.ts';
import { gate, type Hello, type State, VERBS, type Verb } from './states.ts';
import type { CommandLine, Sink } from './wire.ts';

/** What the session may ask of the connection that carries it. */
export interface Carrier {
  readonly secure: boolean;
  /** Protocol and cipher; null without TLS. */
  readonly tlsName: string | null;
  readonly localAddress: string;
  startMessage(sink: Sink): void;
  startChunk(octets: number, sink: Sink): void;
  /** A reply that no command waits for: the verdict about a message. */
  send(reply: Reply): Promise<void>;
}

export interface SessionFacts {
  readonly context: OfficeContext;
  readonly kind: 'smtp' | 'submission';
  readonly ip: string;
  readonly hostname: string;
  readonly record: SessionRecord;
  readonly carrier: Carrier;
}

/** Takes the next line instead of a command: one step of AUTH. `null`: the line was too long. */
export type Continuation = (text: string | null) => Promise<Answer>;

const SECRET = '***';

export class SmtpSession {
  readonly context: OfficeContext;
  readonly kind: 'smtp' | 'submission';
  readonly ip: string;
  /** Our own name; settled before the greeting. */
  hostname: string;
  readonly record: SessionRecord;
  readonly carrier: Carrier;
  state: State = { kind: 'start' };
  hello: Hello | null = null;
  person: Person | null = null;
  /** The name that DNS has for the peer; looked up behind the session's back (rule S56). */
  reverseName: string | null = null;
  signInFailures = 0;
  /** MAIL commands taken (rule S26). */
  messages = 0;
  #continuation: Continuation | undefined;
  #errors = 0;
  #unknown = 0;

  constructor(facts: SessionFacts) {
    this.context = facts.context;
    this.kind = facts.kind;
    this.ip = facts.ip;
    this.hostname = facts.hostname;
    this.record = facts.record;
    this.carrier = facts.carrier;
  }

  get secure(): boolean {
    return this.carrier.secure;
  }
  get tlsName(): string | null {
    return this.carrier.tlsName;
  }
  /** A scanner or a PLC in a network that was named: no TLS, no login, local recipients only. */
  get oldDevice(): boolean {
    return this.kind === 'smtp' && this.person === null && this.context.guard.isOldDevice(this.ip);
  }
  /** Peers whose word is taken without a login. */
  get trusted(): boolean {
    return this.kind === 'smtp' && this.context.guard.isTrusted(this.ip);
  }
  /** Who may ask VRFY, EXPN and ETRN. */
  get known(): boolean {
    return this.person !== null || this.context.guard.isTrusted(this.ip);
  }
  /** True when missing Date and Message-ID are added and Bcc is dropped (rule S52). */
  get completesHeaders(): boolean {
    return this.kind === 'submission' || this.person !== null || this.oldDevice;
  }
  get signInContext(): SignInContext {
    const { kind, ip, secure, hostname } = this;
    return { service: kind, ip, encrypted: secure, hostname };
  }

  /** Mechanisms that are offered here now. Port 25 offers none without TLS, unless this peer may (rules S50, G6). */
  async mechanisms(): Promise<ServerMechanism[]> {
    const { authenticator } = this.context;
    const asked = this.signInContext;
    if (this.kind === 'smtp' && !this.secure && !(await authenticator.clearTextAllowed(asked))) return [];
    return authenticator.mechanisms(asked);
  }

  /** Ends the transaction, if there is one; what has arrived of it is forgotten. */
  reset(): void {
    if (this.state.kind === 'chunks') this.state.receiver?.abandon();
    this.state = { kind: this.hello ? 'ready' : 'start' };
  }

  /** After STARTTLS nothing the peer said before counts (RFC 3207 section 4.2). */
  forget(): void {
    this.reset();
    this.hello = null;
    this.person = null;
    this.state = { kind: 'start' };
    this.#continuation = undefined;
  }

  expect(continuation: Continuation): void {
    this.#continuation = continuation;
  }

  failed(what: string, failure: unknown): void {
    const fault = toFault(failure);
    const fields = { session: this.record.id, what, code: fault.code, cause: fault.cause ?? fault };
    if (fault.kind === 'internal') this.context.log.error('smtp-failure', fields);
    else this.context.log.warn('smtp-failure', fields);
    if (fault.code === 'disk-full') this.context.records.alert(fault.code, { service: this.kind });
  }

  /** One line to its answer. Never throws. */
  async answer(line: CommandLine): Promise<Answer> {
    const continuation = this.#continuation;
    this.#continuation = undefined;
    try {
      if (continuation) return await this.#continue(continuation, line);
      return await this.#command(line);
    } catch (failure) {
      this.failed('command', failure);
      return INTERNAL;
    }
  }

  /**
   * Counts errors before a reply is sent: from the fourth each waits, the last one ends the session (rule S27).
   * @returns what is sent instead.
   */
  async pace(answer: Reply, verb = ''): Promise<Reply> {
    if (answer.code < 500 || answer.close || answer.next) return answer;
    // Someone we know may have an old address book: his unknown recipients are no attack.
    if (verb === 'RCPT' && (this.person !== null || this.trusted)) return answer;
    this.#errors += 1;
    if (this.#errors >= SMTP_ERRORS) return farewell(421, '4.7.0', 'Too many errors');
    if (this.#errors > SMTP_ERRORS_AT_ONCE) await delay(this.context.clock, SMTP_TARPIT_MS);
    return answer;
  }

  async #continue(continuation: Continuation, line: CommandLine): Promise<Answer> {
    this.record.trace('in', SECRET);
    const text = line.length > SMTP_AUTH_BYTES ? null : line.bytes.toString('latin1');
    const answer = await continuation(text);
    this.record.command('AUTH', String(answer.code));
    return this.pace(answer);
  }

  async #command(line: CommandLine): Promise<Answer> {
    const parsed = readCommand(line);
    if ('reply' in parsed) {
      this.record.command(parsed.verb, String(parsed.reply.code));
      return this.pace(parsed.reply);
    }
    const { verb, argument } = parsed;
    this.record.trace('in', masked(verb, argument));
    const answer: Answer = verb === null ? this.#notKnown() : await this.#run(verb, argument);
    if (answer.silent) return answer;
    const paced = await this.pace(answer, verb ?? '');
    this.record.command(verb ?? 'unknown', String(paced.code), shown(verb, argument));
    return paced === answer ? answer : paced;
  }

  #notKnown(): Reply {
    this.#unknown += 1;
    if (this.#unknown >= 10) return farewell(421, '4.7.0', 'Too many unknown commands');
    return reply(500, '5.5.2', 'Command not known');
  }

  async #run(verb: Verb, argument: string): Promise<Answer> {
    const refusal = gate(verb, this.state, this.person !== null);
    // A chunk is swallowed whatever we think of it, or its octets would be read as commands (RFC 3030 section 2).
    if (refusal && verb !== 'BDAT') return refusal;
    return commands[verb](this, argument, refusal);
  }
}

type Read = { verb: Verb | null; argument: string } | { verb: string; reply: Reply };

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readCommand({ bytes, length, bareLf }: CommandLine): Read {
  // Rule S32: what another host may have taken for the end of a message is never executed.
  if (bareLf) return { verb: 'unknown', reply: farewell(500, '5.5.2', 'A line ends with CRLF') };
  const word = /^[A-Za-z]+/.exec(bytes.toString('latin1', 0, 16))?.[0].toUpperCase() ?? '';
  const verb = (VERBS as readonly string[]).includes(word) ? (word as Verb) : null;
  if (length > limitOf(verb)) {
    // RFC 4954 section 4 has a code of its own for AUTH.
    const status = verb === 'AUTH' ? '5.5.6' : '5.5.2';
    return { verb: verb ?? 'unknown', reply: reply(500, status, 'Line too long') };
  }
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return { verb: verb ?? 'unknown', reply: reply(500, '5.5.2', 'Not UTF-8') };
  }
  if (/^(?:OPTIONS|GET|HEAD|POST|PUT|DELETE|TRACE|CONNECT) .* HTTP\/\d/i.test(text)) {
    return { verb: 'unknown', reply: farewell(421, '4.7.0', 'This is no web server') };
  }
  // A tab is a blank; nothing else below 0x20 is text.
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(text)) {
    return { verb: verb ?? 'unknown', reply: reply(500, '5.5.2', 'Control characters in a command') };
  }
  const rest = text.slice(word.length);
  if (rest !== '' && !/^[ \t]/.test(rest)) return { verb: null, argument: '' };
  return { verb, argument: rest.trim() };
}

/** Octets with CRLF (rule S20). */
function limitOf(verb: Verb | null): number {
  if (verb === 'AUTH') return SMTP_AUTH_BYTES;
  return verb === 'MAIL' || verb === 'RCPT' ? SMTP_PATH_COMMAND_BYTES : SMTP_COMMAND_BYTES;
}

function masked(verb: Verb | null, argument: string): string {
  if (verb === null) return 'unknown';
  if (verb !== 'AUTH') return `${verb} ${argument}`.trim();
  const [mechanism = '', ...rest] = argument.split(/[ \t]+/);
  return `AUTH ${mechanism}${rest.length > 0 ? ` ${SECRET}` : ''}`.trim();
}

/** What a record may show of a command. */
function shown(verb: Verb | null, argument: string): string | undefined {
  if (verb === null || argument === '') return undefined;
  return masked(verb, argument).slice(verb.length + 1, 300);
}
