/**
 * One IMAP connection: takes commands from the wire in order (rules G2, I10), passes each through the one gate,
 * runs it, announces what the mailbox has to tell, and gives exactly one tagged answer (I1).
 *
 * It must never run two commands at once, never let an exception out (G14), never wait for a socket with anything
 * of the store held, and never write a secret to a record. Every phase has a deadline (I7).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault, toFault } from '../../base/errors.ts';
import {
  IMAP_BADS,
  IMAP_BADS_BEFORE_LOGIN,
  IMAP_GARBAGE_BEFORE_LOGIN,
  IMAP_IDLE_MS,
  IMAP_INPROGRESS_MS,
  IMAP_LITERAL_BEFORE_LOGIN,
  IMAP_LITERALS,
  IMAP_LITERALS_BEFORE_LOGIN,
  IMAP_LITERALS_BYTES,
  IMAP_LOGIN_MS,
  PIPELINE_BYTES,
} from '../../base/limits.ts';
import type { CloseReason, Connection } from '../../net/listener.ts';
import type { OfficeContext } from '../context.ts';
import type { SignInContext } from '../directory/authenticator.ts';
import type { Person } from '../directory/directory.ts';
import type { SessionRecord } from '../records.ts';
import type { Announces, Command, Completion } from './commands/command.ts';
import { bad, line, no, refusal } from './faults.ts';
import { Broken, type Feed, type Head, IncomingCommand, readHead } from './incoming.ts';
import { commandNamed } from './registry.ts';
import { Responses } from './responses.ts';
import type { SelectedMailbox } from './selected.ts';
import { gate, type State } from './states.ts';
import { type Announced, CommandReader, type Segment, type WireItem } from './wire.ts';

/** Commands that are run in one turn of the event loop at most. */
const COMMANDS_A_TURN = 50;

export interface SessionRoom {
  readonly context: OfficeContext;
  /** Host name of the office, for challenges. */
  readonly hostname: string;
  /** The session is over; releases its place. */
  readonly onEnd: (session: Session) => void;
}

export class Session {
  readonly context: OfficeContext;
  readonly connection: Connection;
  readonly record: SessionRecord;
  readonly out: Responses;
  readonly hostname: string;
  /** ENABLE, or a command that enables CONDSTORE (I61): MODSEQ goes into every FETCH response. */
  condstore = false;
  /** ENABLE QRESYNC: VANISHED instead of EXPUNGE (I63). */
  qresync = false;
  /** ENABLE UTF8=ACCEPT (RFC 6855). */
  utf8 = false;

  #state: State = { kind: 'not-authenticated' };
  readonly #reader = new CommandReader();
  readonly #room: SessionRoom;
  #busy = false;
  #paused = false;
  #wake: (() => void) | null = null;
  #ended = false;
  #closing = false;
  #bads = 0;
  #refused: { head: Head; fault: Fault } | null = null;
  #afterReply: (() => void) | null = null;
  #releasePerson: (() => void) | null = null;
  #lastInput: number;
  #stopTimer: () => void;
  #abort: AbortController | null = null;
  #telling: Promise<void> | null = null;

  constructor(connection: Connection, record: SessionRecord, room: SessionRoom) {
    this.context = room.context;
    this.connection = connection;
    this.record = record;
    this.hostname = room.hostname;
    this.out = new Responses(connection);
    this.#room = room;
    this.#lastInput = this.context.clock.ticks();
    this.#stopTimer = this.context.clock.after(IMAP_LOGIN_MS, () => this.#onTimer());
    connection.onData = (piece) => this.#onData(piece);
    connection.onEnd = () => this.connection.end();
    connection.onClose = (reason) => this.#onClose(reason);
  }

  // What commands use

  get state(): State {
    return this.#state;
  }
  /** The signed-in person. @throws Fault syntax before login. */
  get person(): Person {
    if (this.#state.kind === 'authenticated' || this.#state.kind === 'selected') return this.#state.person;
    throw bad('Sign in first.');
  }
  /** The selected mailbox. @throws Fault syntax when there is none. */
  get selected(): SelectedMailbox {
    if (this.#state.kind === 'selected') return this.#state.selected;
    throw bad('Select a mailbox first.');
  }
  /** The selected mailbox, for a command that changes it. @throws Fault user READ-ONLY after EXAMINE (I31). */
  get writable(): SelectedMailbox {
    if (this.selected.readOnly) throw no('READ-ONLY', 'The mailbox is open for reading only.');
    return this.selected;
  }
  /** True when nobody is left to answer. */
  get closed(): boolean {
    return this.#ended;
  }
  /** Aborts when the connection is gone: for long reads of the store. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#ended) this.#abort.abort();
    return this.#abort.signal;
  }
  get signInContext(): SignInContext {
    const { ip, encrypted } = this.connection;
    return { service: 'imap', ip, encrypted, hostname: this.hostname };
  }

  /** `* text` at once or with the next packet, always before the tagged answer. */
  untagged(text: string): void {
    this.out.untagged(text);
  }
  /** Back-pressure: await this now and then while producing much (rule G3). @throws Fault remote. */
  drained(): Promise<void> {
    return this.out.drained();
  }
  /** `+ text` and nothing more (rule I3: never a bare plus). */
  goAhead(text = 'go ahead'): void {
    this.out.whole(`+ ${text}\r\n`);
    this.out.flush();
  }
  /** One line of the client, for SASL answers and IDLE. @throws Fault remote when it is gone; syntax. */
  async line(limit: number): Promise<Uint8Array> {
    for (;;) {
      const got = this.#reader.line(limit);
      if (got instanceof Uint8Array) return got;
      if (got) throw new Broken(got);
      await this.#more();
    }
  }
  /** Gives a line back that is a command of its own (rule I10). */
  unread(text: Uint8Array): void {
    this.#reader.unread(text);
  }
  /** Runs `action` when the tagged answer of this command has been handed to the socket. */
  afterReply(action: () => void): void {
    this.#afterReply = action;
  }

  /** The person is in. @throws Fault user LIMIT for too many sessions (G13). */
  async signIn(person: Person): Promise<void> {
    const admission = this.context.guard.admitPerson(person.id, 'imap');
    if (!admission.ok) throw no('LIMIT', 'You have too many sessions open.');
    this.#releasePerson = admission.release;
    if (this.#ended) return admission.release();
    if ((await this.context.mailstore.mailbox(person.id, 'INBOX')) === undefined)
      await this.context.mailstore.provision(person.id);
    this.#reader.signedIn = true;
    this.#state = { kind: 'authenticated', person };
    this.record.signedIn(person.address);
  }
  /** The session now looks at this mailbox; what it looked at before is left. */
  select(selected: SelectedMailbox): void {
    const { person } = this;
    this.deselect();
    this.#state = { kind: 'selected', person, selected };
  }
  /** @returns true when a mailbox had been selected. */
  deselect(): boolean {
    if (this.#state.kind !== 'selected') return false;
    this.#state.selected.close();
    this.#state = { kind: 'authenticated', person: this.#state.person };
    return true;
  }
  /** TLS from here on: whatever was sent before it is forgotten (rule G5). */
  startTls(): void {
    this.#reader.reset();
    this.connection.startTls();
  }

  /** Tells what the selected mailbox has to tell (rules I20 to I24). One at a time, in order. */
  announce(kind: Announces): Promise<void> {
    const before = this.#telling ?? Promise.resolve();
    const next = before.then(() => this.#announce(kind));
    this.#telling = next;
    const done = () => {
      if (this.#telling === next) this.#telling = null;
    };
    next.then(done, done);
    return next;
  }

  /** `* BYE text`, then the end. */
  bye(text: string): void {
    if (this.#ended || this.#closing) return;
    this.#closing = true;
    // Inside a literal a BYE would be taken for content; the cut says it all.
    if (this.out.open) {
      this.connection.destroy();
      return;
    }
    this.out.untagged(`BYE ${text}`);
    this.out.flush();
    this.connection.end();
  }
  /** Closes after everything written, without a word. */
  finish(): void {
    this.#closing = true;
    this.#state = { kind: 'logout' };
    this.out.flush();
    this.connection.end();
  }
  /** Shutdown (rule G15): an idle session is told at once, a busy one after its command. */
  shutDown(): void {
    const idling = this.#wake !== null;
    if (!this.#busy || idling) this.bye('The server is shutting down.');
    else this.afterReplyOfAll();
  }
  /** The current command is the last one. */
  afterReplyOfAll(): void {
    this.#lastCommand = true;
  }
  #lastCommand = false;

  // Input

  #onData(piece: Uint8Array): void {
    if (this.#closing) return;
    this.#reader.push(piece);
    if (this.#state.kind !== 'not-authenticated') this.#lastInput = this.context.clock.ticks();
    if (this.#wake) {
      const wake = this.#wake;
      this.#wake = null;
      wake();
    } else if (!this.#busy) void this.#work();
    else if (this.#reader.buffered > PIPELINE_BYTES && !this.#paused) {
      this.#paused = true;
      this.connection.pause();
    }
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.connection.resume();
  }

  async #more(): Promise<void> {
    if (this.#ended || this.#closing) throw lost();
    this.out.flush();
    this.#resume();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#ended) throw lost();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    try {
      for (let run = 1; !this.#ended && !this.#closing; run += 1) {
        const item = this.#reader.next();
        if (!item) break;
        await this.#item(item);
        if (this.out.full) await this.out.drained();
        if (this.#reader.buffered <= PIPELINE_BYTES) this.#resume();
        if (run % COMMANDS_A_TURN === 0) await nextTurn();
      }
    } catch (thrown) {
      this.#broken(thrown);
    } finally {
      this.#busy = false;
    }
    this.out.flush();
    this.#resume();
  }

  #broken(thrown: unknown): void {
    if (thrown instanceof Broken) {
      this.#violated(thrown.violation);
      return;
    }
    const fault = toFault(thrown);
    if (fault.code !== 'connection-lost')
      this.context.log.error('imap session', { session: this.record.id, failure: thrown });
    this.connection.destroy('error');
  }

  async #item(item: WireItem): Promise<void> {
    switch (item.kind) {
      case 'command':
        return this.#command(item.segments, null);
      case 'literal':
        return this.#literal(item.segments, item.literal);
      case 'refused': {
        const refused = this.#refused;
        this.#refused = null;
        if (refused) this.#failed(refused.head, refused.fault);
        return;
      }
      case 'violation':
        return this.#violated(item);
      case 'octets':
        throw new Error('octets belong to a streamed command');
    }
  }

  /** A literal is announced: its size and place are judged before `+` (rule I2). */
  async #literal(segments: Segment[], literal: Announced): Promise<void> {
    const head = readHead(segments, this.utf8);
    try {
      const command = this.#find(head);
      gate(this.#state, command.allowed);
      if (command.kind === 'stream') return await this.#command(segments, literal);
      this.#checkLiterals(segments, literal);
    } catch (thrown) {
      this.#refused = { head, fault: toFault(thrown) };
      this.#reader.refuse();
      return;
    }
    this.#reader.accept();
    if (literal.sync) this.goAhead();
  }

  /** @throws Fault syntax TOOBIG (I70, I71). */
  #checkLiterals(segments: readonly Segment[], literal: Announced): void {
    const before = this.#state.kind === 'not-authenticated';
    const sum = segments.reduce((octets, each) => octets + (each.literal?.size ?? 0), 0);
    const most = before ? IMAP_LITERAL_BEFORE_LOGIN : IMAP_LITERALS_BYTES;
    if ((before ? literal.size : sum) > most) throw bad('The literal is too large.', 'TOOBIG');
    if (segments.length > (before ? IMAP_LITERALS_BEFORE_LOGIN : IMAP_LITERALS))
      throw bad('The command has too many literals.', 'LIMIT');
    if (literal.binary) throw bad('A binary literal has no place here.');
  }

  #find(head: Head): Command {
    if (head.tag === null) throw bad('The tag is missing or broken.');
    if (head.verb === '') throw bad('A command is missing.');
    const command = commandNamed(head.verb);
    if (!command) throw bad('This command is not known.');
    return command;
  }

  async #command(segments: Segment[], literal: Announced | null): Promise<void> {
    // An empty line is ignored (rule I1).
    if (literal === null && segments.length === 1 && segments[0]!.text.length === 0) return;
    const head = readHead(segments, this.utf8);
    this.#trace(segments, head);
    const started = this.context.clock.ticks();
    const stopProgress = this.#signsOfLife(head.tag);
    let incoming: IncomingCommand | null = null;
    try {
      const command = this.#find(head);
      gate(this.#state, command.allowed);
      let completion: Completion;
      if (command.kind === 'stream') {
        incoming = new IncomingCommand(head.scanner, literal, this.#feed());
        completion = await command.stream(this, incoming);
      } else {
        const args = command.parse(head.scanner, this);
        head.scanner.end();
        completion = await command.run(this, args);
      }
      stopProgress();
      await this.announce(command.announces);
      const status = completion.status ?? 'OK';
      this.#bads = 0;
      this.#reply(head, status, completion.code ?? null, completion.text);
    } catch (thrown) {
      stopProgress();
      if (thrown instanceof Broken) throw thrown;
      const fault = toFault(thrown);
      if (fault.code === 'connection-lost') throw fault;
      if (incoming) await incoming.discard(this.#worthReading(fault));
      if (fault.kind === 'internal')
        this.context.log.error('imap command', { session: this.record.id, verb: head.verb, failure: thrown });
      this.#failed(head, fault);
    } finally {
      stopProgress();
    }
    this.context.records.meters.time('imap_command', this.context.clock.ticks() - started);
    const after = this.#afterReply;
    this.#afterReply = null;
    if (after) {
      this.out.flush();
      after();
    }
    if (this.#lastCommand) this.bye('The server is shutting down.');
  }

  /** What a refused letter may still send: one that is too big is not read (rule I2), another keeps the session. */
  #worthReading(fault: Fault): number {
    return refusal(fault).code === 'TOOBIG' ? 0 : this.context.policy().maxMessageBytes;
  }

  #feed(): Feed {
    return { reader: this.#reader, more: () => this.#more(), goAhead: () => this.goAhead() };
  }

  // Output

  #reply(head: Head, status: 'OK' | 'NO' | 'BAD', code: string | null, text: string): void {
    const words = `${status} ${code === null ? '' : `[${code}] `}${text}`;
    this.out.whole(`${head.tag ?? '*'} ${words}\r\n`);
    this.record.command(head.verb === '' ? '?' : head.verb.slice(0, 40), status, code?.split(' ')[0]);
  }

  #failed(head: Head, fault: Fault): void {
    const { status, code, text } = refusal(fault);
    if (this.out.open) {
      this.connection.destroy('error');
      return;
    }
    const known = head.verb !== '' && commandNamed(head.verb) !== undefined;
    this.#reply(known ? head : { ...head, verb: '?' }, status, code, text);
    if (status !== 'BAD') {
      this.#bads = 0;
      return;
    }
    this.#bads += 1;
    const before = this.#state.kind === 'not-authenticated';
    const garbage = before && !known && this.#bads >= IMAP_GARBAGE_BEFORE_LOGIN && head.tag === null;
    if (garbage || this.#bads >= (before ? IMAP_BADS_BEFORE_LOGIN : IMAP_BADS)) this.bye('Too many errors.');
  }

  #violated(violation: Extract<WireItem, { kind: 'violation' }>): void {
    const { tag } = readHead([{ text: violation.start, literal: null, octets: null }], false);
    const head: Head = { tag, verb: '', scanner: readHead([], false).scanner };
    const before = this.#state.kind === 'not-authenticated';
    if (this.out.open) this.connection.destroy('error');
    else if (violation.reason === 'swallowed-too-much') this.bye('[TOOBIG] This is too large.');
    else if (violation.reason === 'line-too-long') {
      // Before login there is no reason to go on (rule I70).
      if (violation.fatal || before) this.bye('[TOOBIG] The line is too long.');
      else this.#failed(head, bad('The line is too long.', 'TOOBIG'));
    } else {
      const text =
        violation.reason === 'nul' ? 'NUL has no place in a command.' : 'Lines end with CR and LF.';
      this.#reply(head, 'BAD', null, text);
      this.bye(text);
    }
  }

  async #announce(kind: Announces): Promise<void> {
    if (kind === 'nothing' || this.#state.kind !== 'selected') return;
    const { selected } = this.#state;
    if (!selected.hasNews) return;
    if (selected.needsCatchUp)
      selected.catchUp(await this.context.mailstore.changesSince(selected.mailboxId, selected.modseq));
    const options = { expunge: kind === 'all', condstore: this.condstore, qresync: this.qresync };
    for (const lines of selected.tell(options)) {
      this.out.whole(lines);
      if (this.out.full) await this.out.drained();
    }
  }

  /** `* OK [INPROGRESS ...]` while a command runs long and nothing is sent (rule I75, RFC 9585). */
  #signsOfLife(tag: string | null): () => void {
    let written = this.out.written;
    let stop = () => {};
    const sign = () => {
      if (!this.out.open && this.out.written === written && !this.#ended && this.#wake === null) {
        this.out.untagged(`OK [INPROGRESS${tag === null ? '' : ` ("${line(tag)}" NIL NIL)`}] Still at it.`);
        this.out.flush();
      }
      written = this.out.written;
      stop = this.context.clock.after(IMAP_INPROGRESS_MS, sign);
    };
    stop = this.context.clock.after(IMAP_INPROGRESS_MS, sign);
    return () => stop();
  }

  #trace(segments: readonly Segment[], head: Head): void {
    if (!this.record.traced) {
      this.out.onLine = null;
      return;
    }
    const signingIn = head.verb === 'LOGIN' || head.verb === 'AUTHENTICATE';
    const text = segments.map((each) => Buffer.from(each.text).toString('utf8')).join(' {literal} ');
    this.record.trace('in', signingIn ? `${head.tag} ${head.verb} ***` : text);
    this.out.onLine = (text) => this.record.trace('out', text);
  }

  // Time and end

  #onTimer(): void {
    if (this.#ended) return;
    const before = this.#state.kind === 'not-authenticated';
    const limit = before ? IMAP_LOGIN_MS : IMAP_IDLE_MS;
    const quiet = this.context.clock.ticks() - this.#lastInput;
    // A command that still runs is no silence of the client.
    if (quiet >= limit && !(this.#busy && this.#wake === null && !before)) {
      this.bye(before ? 'Autologout: nobody signed in.' : 'Autologout: nothing was heard for 30 minutes.');
      return;
    }
    this.#stopTimer = this.context.clock.after(Math.max(1000, limit - quiet), () => this.#onTimer());
  }

  #onClose(reason: CloseReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopTimer();
    this.#abort?.abort();
    this.deselect();
    this.#releasePerson?.();
    this.record.end(reason);
    this.#wake?.();
    this.#wake = null;
    this.#room.onEnd(this);
  }
}

function lost(): Fault {
  return new Fault('remote', 'connection-lost', 'The connection was lost.');
}
