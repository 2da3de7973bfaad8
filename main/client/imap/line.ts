/**
 * A lasting place for one connection: opened when first needed, used by one task at a time in the order of
 * asking, and waiting in IDLE on the folder it watches while nobody uses it. When the connection is lost the
 * task under way fails; the next one gets a new connection.
 */
import { cancelled } from '../../base/errors.ts';
import type { Connection } from './connection.ts';
import type { ConnectionEvents } from './wire.ts';

export interface LineOptions {
  /** The signal aborts when the line is dropped meanwhile. */
  open(events: ConnectionEvents, signal: AbortSignal): Promise<Connection>;
  /**
   * The server told of something in the selected folder while the line was idle, or in the answer to a command of a
   * task that did not care, once that task is done.
   */
  news(): void;
  /** The connection ended by itself while no task was running. */
  lost(): void;
}

/** Tasks in a row after which news are looked into at once; a server that tells something with every answer must not keep the line busy for ever. */
const FOLLOW_UPS = 5;

export class Line {
  readonly #options: LineOptions;
  #connection: Connection | undefined;
  #opening: AbortController | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #followUps = 0;
  #watching = false;
  #closed = false;
  #away = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connection !== undefined && !this.#connection.closed;
  }

  /** Whether somebody uses the line now. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** While nobody uses the line it listens on whatever folder is selected. */
  set watching(on: boolean) {
    this.#watching = on;
    if (on && this.#waiting === 0) this.#listen();
  }

  /** Runs a task alone on the connection, which is opened if there is none. */
  use<T>(task: (connection: Connection) => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const turn = this.#queue.then(async () => {
      try {
        return await task(await this.#open());
      } finally {
        this.#waiting -= 1;
        if (this.#waiting === 0) this.#rested();
      }
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** Ends the connection, whatever is under way, and opens none any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  /** Ends the connection until somebody needs one; who uses it is let finish. */
  async rest(): Promise<void> {
    this.#watching = false;
    await this.#queue;
    if (this.#waiting === 0) await this.#end();
  }

  /** As rest(); and until stay(), who needs a connection has it for the task and no longer. */
  async leave(): Promise<void> {
    this.#away = true;
    await this.rest();
  }

  /** A connection is kept for the next task again. */
  stay(): void {
    this.#away = false;
  }

  async #end(): Promise<void> {
    this.#watching = false;
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  /** Without saying good-bye: the network is gone, or the computer has slept. */
  drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#opening?.abort(cancelled());
    connection?.drop();
  }

  /** Opens again after close(). */
  reopen(): void {
    this.#closed = false;
    this.#away = false;
  }

  async #open(): Promise<Connection> {
    if (this.#connection && !this.#connection.closed) return this.#connection;
    if (this.#closed) throw cancelled();
    const news = () => {
      if (this.#waiting > 0) {
        if (connection) connection.heard = true;
        return;
      }
      this.#followUps = 0;
      this.#options.news();
    };
    let connection: Connection | undefined;
    const events: ConnectionEvents = {
      exists: news,
      expunged: news,
      flags: news,
      closed: () => {
        if (connection === undefined || this.#connection !== connection) return;
        this.#connection = undefined;
        if (this.#waiting === 0) this.#options.lost();
      },
    };
    const opening = new AbortController();
    this.#opening = opening;
    try {
      connection = await this.#options.open(events, opening.signal);
    } finally {
      if (this.#opening === opening) this.#opening = undefined;
    }
    if (this.#closed || opening.signal.aborted) {
      connection.drop();
      throw cancelled();
    }
    this.#connection = connection;
    return connection;
  }

  /** Nobody uses the line any more: it listens, and what was told meanwhile is looked into. */
  #rested(): void {
    if (this.#away) {
      // What cannot be said to a server that is left needs not be said.
      this.#end().catch(() => {});
      return;
    }
    this.#listen();
    const connection = this.#connection;
    if (!this.#watching || !connection?.heard || connection.closed) return;
    connection.heard = false;
    if (this.#followUps >= FOLLOW_UPS) return;
    this.#followUps += 1;
    this.#options.news();
  }

  #listen(): void {
    const connection = this.#connection;
    if (!this.#watching || !connection || connection.closed || !connection.folder) return;
    void connection.idle();
  }
}
