/**
 * The loop of a session: one command at a time from the wire, in order (rules G2, I10), through the one gate, run,
 * announcements, exactly one tagged answer (I1). What is not yet taken stays in the parser; above PIPELINE_BYTES
 * the socket is paused.
 *
 * It must never run two commands at once and never let an exception out (G14).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault, toFault } from '../../base/errors.ts';
import {
  IMAP_BADS,
  IMAP_BADS_BEFORE_LOGIN,
  IMAP_GARBAGE_BEFORE_LOGIN,
  IMAP_INPROGRESS_MS,
  IMAP_LITERAL_BEFORE_LOGIN,
  IMAP_LITERALS,
  IMAP_LITERALS_BEFORE_LOGIN,
  IMAP_LITERALS_BYTES,
  PIPELINE_BYTES,
} from '../../base/limits.ts';
import type { Command, Completion } from './commands/command.ts';
import { bad, line, refusal } from './faults.ts';
import { Broken, type Feed, type Head, IncomingCommand, readHead } from './incoming.ts';
import { commandNamed } from './registry.ts';
import type { Session } from './session.ts';
import { gate } from './states.ts';
import { type Announced, CommandReader, type Segment, type WireItem } from './wire.ts';

/** Commands that are run in one turn of the event loop at most. */
const COMMANDS_A_TURN = 50;

type ViolationItem = Extract<WireItem, { kind: 'violation' }>;

export class CommandLoop implements Feed {
  readonly reader = new CommandReader();
  /** Clock ticks of the last sign of the client: any octets after login; before it only the beginning counts. */
  lastInput: number;
  readonly #session: Session;
  #started = false;
  #busy = false;
  #paused = false;
  #peerDone = false;
  #receiving = false;
  #wake: (() => void) | null = null;
  /** BADs in a row, and lines that were no command at all. */
  #bads = 0;
  #garbage = 0;
  #refused: { readonly head: Head; readonly fault: Fault } | null = null;

  constructor(session: Session) {
    this.#session = session;
    this.lastInput = session.context.clock.ticks();
  }

  /** A command is at work: not waiting for its client. */
  get running(): boolean {
    return this.#busy && this.#wake === null;
  }

  /** A letter is being taken in: its client is waited for, but not idle (rule G15). */
  get receiving(): boolean {
    return this.#receiving;
  }

  /** No command is at work or has begun. */
  get quiet(): boolean {
    return !this.#busy && !this.reader.started;
  }

  onData(piece: Uint8Array): void {
    if (this.#session.closing) return;
    this.reader.push(piece);
    if (this.reader.signedIn) this.lastInput = this.#session.context.clock.ticks();
    if (this.#wake) this.#awake();
    else if (!this.#busy && this.#started) void this.#work();
    else if (this.reader.buffered > PIPELINE_BYTES && !this.#paused) {
      this.#paused = true;
      this.#session.connection.pause();
    }
  }

  /** The greeting is out. */
  start(): void {
    this.#started = true;
    if (this.reader.buffered > 0) void this.#work();
  }

  /** The peer has said all it will say; what it has asked is still answered. */
  onEnd(): void {
    this.#peerDone = true;
    if (!this.running) this.#session.connection.end();
  }

  /** The connection is gone: whoever waits for input is told. */
  stop(): void {
    this.#awake();
  }

  goAhead(): void {
    this.#session.goAhead();
  }

  async line(limit: number): Promise<Uint8Array> {
    for (;;) {
      const got = this.reader.line(limit);
      if (got instanceof Uint8Array) return got;
      if (got) throw new Broken(got);
      await this.more();
    }
  }

  /** Resolves when more input is there. @throws Fault remote `connection-lost`. */
  async more(): Promise<void> {
    const session = this.#session;
    if (session.closing) throw lost();
    session.out.flush();
    this.#resume();
    if (this.#peerDone) {
      session.connection.end();
      throw lost();
    }
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (session.closing) throw lost();
  }

  #awake(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#session.connection.resume();
  }

  async #work(): Promise<void> {
    const session = this.#session;
    this.#busy = true;
    try {
      for (let run = 1; !session.closing; run += 1) {
        const item = this.reader.next();
        if (!item) break;
        await this.#answered(item);
        if (session.out.full) await session.out.drained();
        if (this.reader.buffered <= PIPELINE_BYTES) this.#resume();
        if (run % COMMANDS_A_TURN === 0) await nextTurn();
      }
    } catch (thrown) {
      session.fail(thrown);
    } finally {
      this.#busy = false;
    }
    session.out.flush();
    this.#resume();
    if (this.#peerDone) session.connection.end();
    else session.push();
  }

  async #answered(item: WireItem): Promise<void> {
    try {
      await this.#item(item);
    } catch (thrown) {
      if (!(thrown instanceof Broken)) throw thrown;
      this.#violated(thrown.violation);
    }
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
    const head = readHead(segments, this.#session.utf8);
    try {
      const command = find(head);
      gate(this.#session.state, command.allowed);
      if (command.kind === 'stream') return await this.#command(segments, literal);
      this.#checkLiterals(segments, literal);
    } catch (thrown) {
      if (thrown instanceof Broken || toFault(thrown).code === 'connection-lost') throw thrown;
      this.#refused = { head, fault: toFault(thrown) };
      this.reader.refuse();
      return;
    }
    this.reader.accept();
    if (literal.sync) this.goAhead();
  }

  /** @throws Fault syntax TOOBIG (I70, I71). */
  #checkLiterals(segments: readonly Segment[], literal: Announced): void {
    const before = !this.reader.signedIn;
    const sum = segments.reduce((octets, each) => octets + (each.literal?.size ?? 0), 0);
    const most = before ? IMAP_LITERAL_BEFORE_LOGIN : IMAP_LITERALS_BYTES;
    if ((before ? literal.size : sum) > most) throw bad('The literal is too large.', 'TOOBIG');
    if (segments.length > (before ? IMAP_LITERALS_BEFORE_LOGIN : IMAP_LITERALS))
      throw bad('The command has too many literals.', 'LIMIT');
    if (literal.binary) throw bad('A binary literal has no place here.');
  }

  async #command(segments: Segment[], literal: Announced | null): Promise<void> {
    // An empty line is ignored (rule I1).
    if (literal === null && segments.length === 1 && segments[0]!.text.length === 0) return;
    const session = this.#session;
    const telling = session.told();
    if (telling) await telling;
    const { clock, log, records } = session.context;
    const head = readHead(segments, session.utf8);
    this.#trace(segments, head);
    session.tag = head.tag ?? '';
    const started = clock.ticks();
    const stopSigns = this.#signsOfLife(head.tag);
    let incoming: IncomingCommand | null = null;
    try {
      const command = find(head);
      gate(session.state, command.allowed);
      let completion: Completion;
      if (command.kind === 'stream') {
        incoming = new IncomingCommand(head.scanner, literal, this);
        this.#receiving = true;
        completion = await command.stream(session, incoming);
      } else {
        const args = command.parse(head.scanner, session);
        head.scanner.end();
        completion = await command.run(session, args);
      }
      await session.announce(command.announces);
      this.#bads = 0;
      this.#reply(head, completion.status ?? 'OK', completion.code ?? null, completion.text);
    } catch (thrown) {
      if (thrown instanceof Broken) throw thrown;
      const fault = toFault(thrown);
      if (fault.code === 'connection-lost') throw fault;
      // A letter that is too big is not read (rule I2); any other refusal keeps the session.
      const tooBig = refusal(fault).code === 'TOOBIG';
      await incoming?.discard(tooBig ? 0 : session.context.policy().maxMessageBytes);
      if (fault.code === 'disk-full') records.alert(fault.code, { service: 'imap' });
      if (fault.kind === 'internal')
        log.error('imap command', { session: session.record.id, verb: head.verb, failure: thrown });
      this.#failed(head, fault);
    } finally {
      this.#receiving = false;
      stopSigns();
    }
    records.meters.time('imap_command', clock.ticks() - started);
    const after = session.takeAfterReply();
    if (after) {
      session.out.flush();
      after();
    }
    session.endOfShutDown();
  }

  #reply(head: Head, status: 'OK' | 'NO' | 'BAD', code: string | null, text: string): void {
    const known = commandNamed(head.verb) !== undefined;
    this.#session.out.whole(`${head.tag ?? '*'} ${status} ${code === null ? '' : `[${code}] `}${text}\r\n`);
    this.#session.record.command(known ? head.verb : '?', status, code?.split(' ')[0]);
  }

  #failed(head: Head, fault: Fault): void {
    const { status, code, text } = refusal(fault);
    if (this.#session.out.open) {
      this.#session.connection.destroy('error');
      return;
    }
    this.#reply(head, status, code, text);
    if (status !== 'BAD') {
      this.#bads = 0;
      return;
    }
    this.#bads += 1;
    if (commandNamed(head.verb) === undefined) this.#garbage += 1;
    const garbage = !this.reader.signedIn && this.#garbage >= IMAP_GARBAGE_BEFORE_LOGIN;
    const most = this.reader.signedIn ? IMAP_BADS : IMAP_BADS_BEFORE_LOGIN;
    if (garbage || this.#bads >= most) this.#session.bye('Too many errors.');
  }

  #violated({ reason, fatal, start }: ViolationItem): void {
    const session = this.#session;
    const head: Head = readHead([{ text: start, literal: null, octets: null }], false);
    if (session.out.open) session.connection.destroy('error');
    else if (reason === 'swallowed-too-much') session.bye('[TOOBIG] This is too large.');
    else if (reason === 'line-too-long') {
      // Before login there is no reason to go on (rule I70).
      if (fatal || !this.reader.signedIn) session.bye('[TOOBIG] The line is too long.');
      else this.#failed(head, bad('The line is too long.', 'TOOBIG'));
    } else {
      const text = reason === 'nul' ? 'NUL has no place in a command.' : 'Lines end with CR and LF.';
      this.#reply(head, 'BAD', null, text);
      session.bye(text);
    }
  }

  /** `* OK [INPROGRESS ...]` while a command runs long and nothing is sent (rule I75, RFC 9585). */
  #signsOfLife(tag: string | null): () => void {
    const { out, context } = this.#session;
    let written = out.written;
    let stop = () => {};
    const sign = () => {
      // Not while the client is waited for, and never inside of a literal.
      if (!out.open && out.written === written && this.running && !this.#session.closing) {
        out.untagged(`OK [INPROGRESS${tag === null ? '' : ` ("${line(tag)}" NIL NIL)`}] Still at it.`);
        out.flush();
      }
      written = out.written;
      stop = context.clock.after(IMAP_INPROGRESS_MS, sign);
    };
    stop = context.clock.after(IMAP_INPROGRESS_MS, sign);
    return () => stop();
  }

  #trace(segments: readonly Segment[], head: Head): void {
    const { record, out } = this.#session;
    if (!record.traced) {
      out.onLine = null;
      return;
    }
    const text = segments.map((each) => Buffer.from(each.text).toString('utf8')).join(' {literal} ');
    const signingIn = head.verb === 'LOGIN' || head.verb === 'AUTHENTICATE';
    record.trace('in', signingIn ? `${head.tag} ${head.verb} ***` : text);
    out.onLine = (sent) => record.trace('out', sent);
  }
}

/** @throws Fault syntax for what is no command. */
function find(head: Head): Command {
  if (head.tag === null) throw bad('The tag is missing or broken.');
  if (head.verb === '') throw bad('A command is missing.');
  const command = commandNamed(head.verb);
  if (!command) throw bad('This command is not known.');
  return command;
}

function lost(): Fault {
  return new Fault('remote', 'connection-lost', 'The connection was lost.');
}
