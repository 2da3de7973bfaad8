/**
 * Clients that cost as little as possible: they send a command and look only for its end. What arrives is counted, not
 * read, so that the servers are measured and not the client.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const NOTHING = Buffer.alloc(0);
/** The end of an answer of IMAP lies within its last line, which is short. */
const LAST_LINE_BYTES = 512;

/** One connection; one question at a time. */
export class WireClient {
  readonly #socket: Socket;
  #take: ((piece: Buffer) => void) | undefined;
  #fail: (failure: Error) => void = () => {};
  #broken: Error | undefined;
  /** Octets that came since the connection was made. */
  received = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => {
      this.received += piece.length;
      this.#take?.(piece);
    });
    const broken = (failure?: Error) => {
      this.#broken ??= failure ?? new Error('the server closed the connection');
      this.#fail(this.#broken);
    };
    socket.on('error', broken);
    socket.on('close', () => broken());
  }

  static async open({ host, port }: Address): Promise<WireClient> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  /** Sends, and gives what has come to `done` until it says that was all. */
  ask<T>(text: string | Uint8Array, done: (piece: Buffer) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#broken) {
        reject(this.#broken);
        return;
      }
      this.#fail = reject;
      this.#take = (piece) => {
        const result = done(piece);
        if (result === undefined) return;
        this.#take = undefined;
        resolve(result);
      };
      if (text.length > 0) this.#socket.write(text);
    });
  }

  /** While an answer is awaited: more commands behind the first. */
  send(text: string): void {
    this.#socket.write(text);
  }

  /** One reply line, or the last of several (SMTP: `250 `, POP3 and IMAP greetings: any). */
  async line(text: string | Uint8Array, wanted: RegExp): Promise<string> {
    let held = '';
    const reply = await this.ask(text, (piece) => {
      held += piece.toString('latin1');
      if (!held.endsWith('\r\n')) return undefined;
      const last = held.slice(held.lastIndexOf('\r\n', held.length - 3) + 1).trim();
      return /^\d{3}-/.test(last) ? undefined : last;
    });
    if (!wanted.test(reply)) throw new Error(`${String(text).slice(0, 60).trim()} was answered ${reply}`);
    return reply;
  }

  close(): void {
    this.#socket.destroy();
  }
}

export class ImapBenchClient {
  readonly wire: WireClient;
  #serial = 0;

  private constructor(wire: WireClient) {
    this.wire = wire;
  }

  static async login(address: Address, user: string, password: string): Promise<ImapBenchClient> {
    const wire = await WireClient.open(address);
    await wire.line('', /^\* OK/);
    const client = new ImapBenchClient(wire);
    await client.command(`LOGIN ${user} ${password}`);
    return client;
  }

  /** Octets of the whole answer. A literal is given as `{n+}`: both servers take it without asking. */
  async command(text: string, keep?: Buffer[]): Promise<number> {
    this.#serial += 1;
    const tag = `zq${this.#serial}x`;
    const before = this.wire.received;
    const end = Buffer.from(`\r\n${tag} `);
    let tail: Buffer = Buffer.from('\r\n');
    const status = await this.wire.ask(Buffer.from(`${tag} ${text}\r\n`), (piece) => {
      keep?.push(piece);
      tail =
        piece.length >= LAST_LINE_BYTES
          ? piece.subarray(piece.length - LAST_LINE_BYTES)
          : Buffer.concat([tail, piece]).subarray(-LAST_LINE_BYTES);
      if (tail[tail.length - 1] !== 10) return undefined;
      const at = tail.lastIndexOf(end);
      return at < 0 ? undefined : tail.toString('latin1', at + end.length);
    });
    if (!status.startsWith('OK')) throw new Error(`${text.slice(0, 60)} was answered ${status.trim()}`);
    return this.wire.received - before;
  }

  /** IDLE, and then nothing. */
  async idle(): Promise<void> {
    this.#serial += 1;
    await this.wire.line(`zq${this.#serial}x IDLE\r\n`, /^\+/);
  }

  close(): void {
    this.wire.close();
  }
}

const END = Buffer.from('\r\n.\r\n');

export class Pop3BenchClient {
  readonly wire: WireClient;

  private constructor(wire: WireClient) {
    this.wire = wire;
  }

  static async login(address: Address, user: string, password: string): Promise<Pop3BenchClient> {
    const wire = await WireClient.open(address);
    await wire.line('', /^\+OK/);
    await wire.line(`USER ${user}\r\n`, /^\+OK/);
    await wire.line(`PASS ${password}\r\n`, /^\+OK/);
    return new Pop3BenchClient(wire);
  }

  /** Letters `first` to `last`, `inFlight` commands on their way at a time. */
  async retrieve(first: number, last: number, inFlight: number): Promise<void> {
    let next = first;
    let arrived = first;
    let carry = NOTHING;
    const command = (count: number) => {
      let text = '';
      for (let n = 0; n < count && next <= last; n += 1, next += 1) text += `RETR ${next}\r\n`;
      return text;
    };
    await this.wire.ask(command(inFlight), (piece) => {
      // A dot line may lie across two pieces; nothing of the carried octets is counted twice.
      const bytes = carry.length === 0 ? piece : Buffer.concat([carry, piece]);
      let at = bytes.indexOf(END);
      let used = 0;
      let done = 0;
      for (; at >= 0; at = bytes.indexOf(END, used)) {
        done += 1;
        used = at + END.length;
      }
      carry = Buffer.from(bytes.subarray(Math.max(used, bytes.length - (END.length - 1))));
      arrived += done;
      if (arrived > last) return true;
      const more = command(done);
      if (more !== '') this.wire.send(more);
      return undefined;
    });
  }

  async quit(): Promise<void> {
    await this.wire.line('QUIT\r\n', /^\+OK/);
    this.wire.close();
  }

  close(): void {
    this.wire.close();
  }
}
