/**
 * One IMAP session: who is in, what is selected, what has been enabled, and the ways a command speaks to its client.
 * The loop (loop.ts) takes commands from the wire and answers them; a command sees only this.
 *
 * It must never wait for a socket with anything of the store held, write a secret to a record, or let an untagged
 * line fall into an open response. Every phase has a deadline (rule I7); an idle session keeps next to nothing (I73).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toFault } from '../../base/errors.ts';
import { IMAP_IDLE_MS, IMAP_LOGIN_MS } from '../../base/limits.ts';
import type { CloseReason } from '../../net/listener.ts';
import type { OfficeContext } from '../context.ts';
import type { SignInContext } from '../directory/authenticator.ts';
import type { Person } from '../directory/directory.ts';
import type { SessionRecord } from '../records.ts';
import { capabilities } from './capabilities.ts';
import type { Announces } from './commands/command.ts';
import { fetchItems } from './commands/fetch.ts';
import { bad, no } from './faults.ts';
import { CommandLoop } from './loop.ts';
import type { Notifier } from './notifier.ts';
import { hasCommand } from './registry.ts';
import { type Peer, Responses } from './responses.ts';
import type { SelectedMailbox } from './selected.ts';
import { common } from './sequence-set.ts';
import type { State } from './states.ts';

/** Pieces of an announcement, some hundred lines each, that are written in one turn of the event loop. */
const PIECES_A_TURN = 8;

export class Session {
  readonly context: OfficeContext;
  readonly connection: Peer;
  readonly record: SessionRecord;
  readonly out: Responses;
  /** ENABLE, or a command that enables CONDSTORE (I61): MODSEQ goes into every FETCH response. */
  condstore = false;
  /** ENABLE QRESYNC: VANISHED instead of EXPUNGE (I63). */
  qresync = false;
  /** ENABLE UTF8=ACCEPT (RFC 6855). */
  utf8 = false;
  /** Of the command that runs; ESEARCH answers name it (RFC 4731). */
  tag = '';

  #state: State = { kind: 'not-authenticated' };
  readonly #loop: CommandLoop;
  #hostname = 'localhost';
  #ended = false;
  #closing = false;
  #shuttingDown = false;
  #afterReply: (() => void) | null = null;
  #listener: (() => void) | null = null;
  #notifier: Notifier | null = null;
  #releasePerson: (() => void) | null = null;
  readonly #onEnd: (session: Session) => void;
  #stopTimer: () => void;
  #abort: AbortController | null = null;
  #telling: Promise<void> | null = null;

  /** @param onEnd the session is over; called once. */
  constructor(
    context: OfficeContext,
    connection: Peer,
    record: SessionRecord,
    onEnd: (session: Session) => void,
  ) {
    this.context = context;
    this.connection = connection;
    this.record = record;
    this.out = new Responses(connection);
    this.#onEnd = onEnd;
    this.#loop = new CommandLoop(this);
    this.#stopTimer = context.clock.after(IMAP_LOGIN_MS, () => this.#onTimer());
    connection.onData = (piece) => this.#loop.onData(piece);
    connection.onEnd = () => this.#loop.onEnd();
    connection.onClose = (reason) => this.#onClose(reason);
  }

  /** Greets; until then nothing that has come is looked at. */
  async begin(): Promise<void> {
    this.#hostname = (await this.context.directory.office()).hostname;
    this.out.untagged(
      `OK [CAPABILITY ${await this.capabilities()}] ${this.#hostname} Postroom IMAP4rev1 ready`,
    );
    this.out.flush();
    this.#loop.start();
  }

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
  /** The last word has been said. */
  get closing(): boolean {
    return this.#closing || this.#ended;
  }
  /** Aborts when the connection is gone: for long reads of the store. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#ended) this.#abort.abort();
    return this.#abort.signal;
  }
  get signInContext(): SignInContext {
    const { ip, encrypted } = this.connection;
    return { service: 'imap', ip, encrypted, hostname: this.#hostname };
  }
  /** The list of this moment, without the word CAPABILITY. */
  capabilities(): Promise<string> {
    const signedIn = this.#state.kind !== 'not-authenticated';
    return capabilities(this.context, { signedIn, signIn: this.signInContext, has: hasCommand });
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
  line(limit: number): Promise<Uint8Array> {
    return this.#loop.line(limit);
  }
  /** Gives a line back that is a command of its own (rule I10). */
  unread(text: Uint8Array): void {
    this.#loop.reader.unread(text);
  }
  /** Runs `action` when the tagged answer of this command has been handed to the socket. */
  afterReply(action: () => void): void {
    this.#afterReply = action;
  }
  takeAfterReply(): (() => void) | null {
    const action = this.#afterReply;
    this.#afterReply = null;
    return action;
  }

  /** The person is in. @throws Fault user LIMIT for too many sessions (G13). */
  async signIn(person: Person): Promise<void> {
    const admission = this.context.guard.admitPerson(person.id, 'imap');
    if (!admission.ok) throw no('LIMIT', 'You have too many sessions open.');
    if (this.#ended) {
      admission.release();
      return;
    }
    this.#releasePerson = admission.release;
    if ((await this.context.mailstore.mailbox(person.id, 'INBOX')) === undefined)
      await this.context.mailstore.provision(person.id);
    this.#loop.reader.signedIn = true;
    this.#state = { kind: 'authenticated', person };
    this.record.signedIn(person.address);
  }
  /** The session now looks at this mailbox; what it looked at before is left. */
  select(selected: SelectedMailbox): void {
    const { person } = this;
    this.deselect();
    selected.onNews = () => (this.#listener ? this.#listener() : this.push());
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
    this.#loop.reader.reset();
    this.connection.startTls();
  }

  /** NOTIFY: what is told without asking from now on; null: nothing. */
  notify(notifier: Notifier | null): void {
    this.#notifier?.stop();
    this.#notifier = notifier;
  }
  /**
   * There may be something that the client wants to hear without asking. It is told when no command is at work or
   * has begun, or in IDLE; else after that command.
   */
  push(): void {
    const notifier = this.#notifier;
    if (!notifier || this.closing || !(this.#loop.quiet || this.#listener)) return;
    this.#inOrder(async () => {
      await this.#announce(notifier.selectedAnnounces);
      if (!(await notifier.flush()) && this.#notifier === notifier) this.#notifier = null;
    }).then(
      () => this.out.flush(),
      (thrown: unknown) => this.fail(thrown),
    );
  }
  /** Resolves when what is being told has been told: a command sees a view that stands still. */
  told(): Promise<void> | undefined {
    return this.#telling?.catch(() => {});
  }

  /** Calls `listener` when the selected mailbox has news, until the returned function is called (IDLE). */
  listen(listener: () => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = null;
    };
  }
  /** Tells what the selected mailbox has to tell (rules I20 to I24). One at a time, in order. */
  announce(kind: Announces): Promise<void> {
    return this.#inOrder(() => this.#announce(kind));
  }
  /** The same outside of a command, sent at once. A failure ends the session. */
  announceNow(): void {
    this.announce('all').then(
      () => this.out.flush(),
      (thrown: unknown) => this.fail(thrown),
    );
  }

  /** `* BYE text`, then the end. */
  bye(text: string): void {
    if (this.closing) return;
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
    this.deselect();
    this.#closing = true;
    this.#state = { kind: 'logout' };
    this.out.flush();
    this.connection.end();
  }
  /** Something went wrong that no answer can mend. */
  fail(thrown: unknown): void {
    if (toFault(thrown).code !== 'connection-lost' && !this.#ended)
      this.context.log.error('imap session', { session: this.record.id, failure: thrown });
    this.connection.destroy('error');
  }
  /** Shutdown (rule G15): an idle session is told at once, a busy one after its command. */
  shutDown(): void {
    this.#shuttingDown = true;
    if (!this.#loop.running && !this.#loop.receiving) this.endOfShutDown();
  }
  /** Called after each command. */
  endOfShutDown(): void {
    if (this.#shuttingDown) this.bye('The server is shutting down.');
  }

  #inOrder(tell: () => Promise<void>): Promise<void> {
    const next = this.#telling ? this.#telling.then(tell) : tell();
    this.#telling = next;
    const done = () => {
      if (this.#telling === next) this.#telling = null;
    };
    next.then(done, done);
    return next;
  }

  async #announce(kind: Announces): Promise<void> {
    if (kind === 'nothing' || this.#state.kind !== 'selected') return;
    const { selected } = this.#state;
    if (!selected.hasNews || selected.gone) return;
    try {
      if (selected.needsCatchUp)
        await selected.catchUp(
          await this.context.mailstore.changesSince(selected.mailboxId, selected.modseq),
        );
      await this.#claimRecent(selected);
    } catch (thrown) {
      // Deleted at this moment; the event is on its way (I27).
      if (toFault(thrown).code === 'no-mailbox') return;
      throw thrown;
    }
    const options = { expunge: kind === 'all', condstore: this.condstore, qresync: this.qresync };
    const last = selected.view.lastUid;
    let pieces = 0;
    for (const lines of selected.tell(options)) {
      this.out.whole(lines);
      pieces += 1;
      if (this.out.full) await this.out.drained();
      // Rule I75: a hundred thousand changes are told in slices.
      if (pieces % PIECES_A_TURN === 0) await nextTurn();
    }
    const items = this.#notifier?.selectedItems;
    // RFC 5465 section 5.2: what the client asked to be told of new messages.
    if (items && selected.view.lastUid > last)
      await fetchItems(this, items, common(selected.view.uids, [[last + 1, selected.view.lastUid]]));
  }

  /** Rule I28: whoever is told first of a message has it as \Recent. */
  async #claimRecent(selected: SelectedMailbox): Promise<void> {
    const uidNext = selected.claimable;
    if (uidNext === null) return;
    const from = await this.context.mailstore.claimRecent(selected.mailboxId, uidNext);
    if (from !== null) selected.claimed(from, uidNext);
  }

  #onTimer(): void {
    if (this.#ended) return;
    const before = this.#state.kind === 'not-authenticated';
    const limit = before ? IMAP_LOGIN_MS : IMAP_IDLE_MS;
    const quiet = this.context.clock.ticks() - this.#loop.lastInput;
    // A command that still runs is no silence of the client.
    if (quiet >= limit && (before || !this.#loop.running)) {
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
    this.#notifier?.stop();
    this.deselect();
    this.#releasePerson?.();
    this.record.end(reason);
    this.#loop.stop();
    this.#onEnd(this);
  }
}
