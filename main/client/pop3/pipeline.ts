/**
 * The line to one POP3 server: commands go out in order, answers come back in order, many ahead of their answers where
 * the server allows that (RFC 2449 section 6.6). Knows sockets, deadlines and back-pressure; session.ts knows what is said.
 *
 * It must never log what is said. Every silence while an answer is due has a deadline; whoever waits when the line ends
 * fails with the reason.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { POP3_PIPELINE } from '../../base/limits.ts';
import { discard } from '../../base/octets.ts';
import { connectionFault, type Endpoint, socketFault } from '../../net/failure.ts';
import { startTls, type TlsTrust } from '../../net/tls.ts';
import { refusalFault } from './failure.ts';
import { type Reply, ReplyParser } from './wire.ts';

/** What becomes of the answers to many commands; all are called in the order of the items. */
export interface Answers<T> {
  piece?(item: T, octets: Buffer): void;
  /** A promise holds the server up until it is settled; its failure ends the session. */
  taken(item: T): undefined | Promise<void>;
  refused(item: T, refusal: Fault): undefined | Promise<void>;
}

interface Asked {
  block: boolean;
  status(reply: Reply): void;
  piece(octets: Buffer): void;
  end(): void;
  fail(fault: unknown): void;
}

const nothing = () => {};

export class Pipeline {
  readonly endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #silence: number;
  #socket: Socket;
  #parser: ReplyParser;
  #asked: Asked[] = [];
  /** The oldest command whose status line has not come. */
  #head = 0;
  /** The command whose block comes now, or the greeting that is waited for. */
  #current: Asked | undefined;
  #greeted: ((reply: Reply) => void) | undefined;
  #failure: unknown;
  #closed = false;
  #heard: number;
  #watching: (() => void) | undefined;
  /** Who holds the server up now. */
  #held = 0;
  /** Octets received before TLS. */
  #before = 0;
  readonly #closers: (() => void)[] = [];

  /** @param silence ms without an octet while an answer is due. */
  constructor(socket: Socket, endpoint: Endpoint, clock: Clock, silence: number) {
    this.endpoint = endpoint;
    this.#clock = clock;
    this.#silence = silence;
    this.#heard = clock.ticks();
    this.#socket = socket;
    this.#parser = this.#listen(socket);
  }

  get closed(): boolean {
    return this.#closed;
  }
  /** Nothing is asked and nobody holds it. */
  get idle(): boolean {
    return this.#held === 0 && this.#asked.length === 0 && !this.#current;
  }
  /** Octets received so far, TLS not counted. */
  get received(): number {
    return this.#before + this.#socket.bytesRead;
  }

  onClose(action: () => void): void {
    this.#closers.push(action);
  }

  /** The server's first line. */
  greeting(): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#current = { block: false, status: nothing, piece: nothing, end: nothing, fail: reject };
      this.#greeted = (said) => {
        this.#greeted = undefined;
        this.#current = undefined;
        resolve(said);
      };
    });
  }

  /** One command, answered by one line; a refusal is a reply. */
  ask(line: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#send([line], [{ block: false, status: resolve, piece: nothing, end: nothing, fail: reject }]);
    });
  }

  /** One command answered by a block, the whole of it; null: refused. @throws Fault remote `too-large` */
  block(command: string, limit: number): Promise<Buffer | null> {
    const pieces: Buffer[] = [];
    let size = 0;
    return new Promise((resolve, reject) => {
      const asked: Asked = {
        block: true,
        status: (reply) => {
          if (reply.status !== 'ok') resolve(null);
        },
        piece: (octets) => {
          size += octets.length;
          if (size > limit) throw new Fault('remote', 'too-large', 'The server lists more than can be read.');
          pieces.push(Buffer.from(octets));
        },
        end: () => resolve(Buffer.concat(pieces)),
        fail: reject,
      };
      this.#send([command], [asked]);
    });
  }

  /**
   * Sends a command for each item and hands the answers on in order.
   * @param block whether +OK is followed by a block.
   * @param pipelined many commands may travel ahead of their answers.
   */
  async each<T>(
    items: readonly T[],
    command: (item: T) => string,
    block: boolean,
    pipelined: boolean,
    answers: Answers<T>,
  ): Promise<void> {
    const ahead = pipelined ? POP3_PIPELINE : 1;
    let sent = 0;
    let done = 0;
    await new Promise<void>((resolve, reject) => {
      const step = (held: undefined | Promise<void>) => {
        done += 1;
        const last = done === items.length;
        if (held) {
          this.#hold();
          held.then(
            () => {
              this.#release();
              if (last) resolve();
            },
            (failure) => {
              reject(failure);
              this.drop(failure);
            },
          );
        } else if (last) resolve();
        if (sent - done <= ahead / 2) more();
      };
      const more = () => {
        const batch = items.slice(sent, done + ahead);
        if (batch.length === 0) return;
        sent += batch.length;
        const asked = batch.map(
          (item): Asked => ({
            block,
            status: (reply) => {
              if (reply.status !== 'ok')
                step(answers.refused(item, refusalFault(reply, this.endpoint, 'command')));
              else if (!block) step(answers.taken(item));
            },
            piece: (octets) => answers.piece?.(item, octets),
            end: () => step(answers.taken(item)),
            fail: reject,
          }),
        );
        this.#send(batch.map(command), asked);
      };
      if (items.length === 0) resolve();
      else more();
    });
  }

  /**
   * TLS from here on. @throws Fault with a connection code; `tls-failed` also for octets that came in clear behind the
   * server's consent: somebody else put them there (RFC 2595 section 4).
   */
  async secure(trust: TlsTrust, timeout: number): Promise<void> {
    const plain = this.#socket;
    if (this.#closed) throw connectionFault('tls-failed', this.endpoint, { cause: this.#failure });
    for (const event of ['data', 'error', 'close'] as const) plain.removeAllListeners(event);
    plain.pause();
    if (this.#parser.unfinished || plain.readableLength > 0)
      throw connectionFault('tls-failed', this.endpoint);
    const secured = await startTls(plain, trust, timeout);
    if (this.#closed) {
      secured.destroy();
      throw this.#failure;
    }
    this.#before += plain.bytesRead;
    this.#socket = secured;
    this.#parser = this.#listen(secured);
  }

  /** Without saying good-bye; whoever waits for an answer fails with `failure`. */
  drop(failure?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failure = failure ?? connectionFault('server-error', this.endpoint);
    this.#watching?.();
    this.#watching = undefined;
    this.#socket.on('error', nothing);
    this.#socket.destroy();
    const waiting = [...(this.#current ? [this.#current] : []), ...this.#asked.slice(this.#head)];
    this.#asked = [];
    this.#head = 0;
    this.#current = undefined;
    for (const asked of waiting) asked.fail(this.#failure);
    for (const close of this.#closers.splice(0)) close();
  }

  #listen(socket: Socket): ReplyParser {
    const parser = new ReplyParser({
      blockFollows: () => {
        if (this.#greeted) return false;
        const asked = this.#asked[this.#head];
        if (!asked)
          throw connectionFault('server-error', this.endpoint, {
            detail: { reply: 'An answer to nothing.' },
          });
        return asked.block;
      },
      status: (reply, block) => {
        if (this.#greeted) return this.#greeted(reply);
        const asked = this.#asked[this.#head] as Asked;
        this.#head += 1;
        if (this.#head === this.#asked.length) {
          this.#asked = [];
          this.#head = 0;
        }
        if (block) this.#current = asked;
        asked.status(reply);
      },
      piece: (octets) => this.#current?.piece(octets),
      blockEnd: () => {
        const asked = this.#current;
        this.#current = undefined;
        asked?.end();
      },
    });
    socket.on('data', (packet: Buffer) => {
      this.#heard = this.#clock.ticks();
      try {
        parser.push(packet);
      } catch (failure) {
        this.drop(failure);
      }
      // What is kept of it has been copied (wire.ts).
      discard(packet);
    });
    socket.on('error', (failure) => this.drop(socketFault(failure, this.endpoint)));
    socket.on('close', () => this.drop());
    return parser;
  }

  #send(lines: readonly string[], asked: readonly Asked[]): void {
    if (this.#closed) {
      for (const each of asked) each.fail(this.#failure);
      return;
    }
    for (const each of asked) this.#asked.push(each);
    this.#socket.write(`${lines.join('\r\n')}\r\n`);
    this.#watch();
  }

  /** One timer that looks from time to time, not one for every packet. */
  #watch(): void {
    if (this.#watching) return;
    this.#heard = this.#clock.ticks();
    const look = (after: number) => {
      this.#watching = this.#clock.after(after, () => {
        this.#watching = undefined;
        if (this.#closed || this.idle) return;
        const quiet = this.#held > 0 ? 0 : this.#clock.ticks() - this.#heard;
        if (quiet >= this.#silence) this.drop(connectionFault('timed-out', this.endpoint));
        else look(this.#silence - quiet);
      });
    };
    look(this.#silence);
  }

  #hold(): void {
    this.#held += 1;
    this.#socket.pause();
  }

  #release(): void {
    this.#held -= 1;
    this.#heard = this.#clock.ticks();
    if (!this.#closed && this.#held === 0) this.#socket.resume();
  }
}
