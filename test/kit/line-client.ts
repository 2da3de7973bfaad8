/** A client that speaks lines over a real socket: says, waits for an answer, upgrades to TLS. Octets are latin1. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const DEADLINE_MS = 120_000;

export class LineClient {
  #socket: Socket;
  #held = '';
  #ended = false;
  #waiting: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  static open(port: number, options: { tls?: boolean; from?: string } = {}): Promise<LineClient> {
    return new Promise((resolve, reject) => {
      const target = { host: '127.0.0.1', port, ...(options.from ? { localAddress: options.from } : {}) };
      const socket = options.tls ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
      socket.once('error', reject);
      socket.once(options.tls ? 'secureConnect' : 'connect', () => {
        socket.removeListener('error', reject);
        resolve(new LineClient(socket));
      });
    });
  }

  /** Everything read and not yet taken. */
  get held(): string {
    return this.#held;
  }
  get ended(): boolean {
    return this.#ended;
  }
  send(text: string | Uint8Array): void {
    this.#socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }
  /** Half-closes: says that nothing more comes. */
  finish(): void {
    this.#socket.end();
  }
  cut(): void {
    this.#socket.destroy();
  }
  /** Stops and goes on reading: what comes meanwhile waits at the server. */
  pause(): void {
    this.#socket.pause();
  }
  resume(): void {
    this.#socket.resume();
  }
  /** The next line without its end. @param patience ms to wait for it. */
  async line(patience = DEADLINE_MS): Promise<string> {
    const whole = (text: string) => (text.includes('\r\n') ? text.indexOf('\r\n') + 2 : 0);
    return (await this.until(whole, patience)).slice(0, -2);
  }
  /** Lines up to, without, a lone dot; dots are taken off. */
  async dotted(): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === '.') return lines;
      lines.push(line.startsWith('.') ? line.slice(1) : line);
    }
  }
  async ask(text: string): Promise<string> {
    this.send(`${text}\r\n`);
    return this.line();
  }
  /** Takes what `enough` says is complete: how many characters, 0 for not yet. */
  async until(enough: (text: string) => number, patience = DEADLINE_MS): Promise<string> {
    const deadline = Date.now() + patience;
    for (;;) {
      const length = enough(this.#held);
      if (length > 0) {
        const taken = this.#held.slice(0, length);
        this.#held = this.#held.slice(length);
        return taken;
      }
      if (this.#ended)
        throw new Error(`the server closed; held: ${JSON.stringify(this.#held.slice(0, 500))}`);
      await this.#more(deadline);
    }
  }
  /** Resolves when the server has closed; answers what it said last. */
  async closed(): Promise<string> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!this.#ended) await this.#more(deadline);
    return this.#held;
  }
  async startTls(): Promise<void> {
    this.#socket.removeAllListeners();
    this.#socket = await new Promise<Socket>((resolve, reject) => {
      const secure = connectTls({ socket: this.#socket, rejectUnauthorized: false });
      secure.once('secureConnect', () => resolve(secure));
      secure.once('error', reject);
    });
    this.#listen();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('data', (piece: Buffer) => {
      this.#held += piece.toString('latin1');
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('end', end);
    socket.on('close', end);
    socket.on('error', end);
  }
  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }
  #more(deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const left = Math.min(Math.max(1, deadline - Date.now()), 0x7fffffff);
      const timer = setTimeout(
        () => reject(new Error(`nothing came; held: ${JSON.stringify(this.#held.slice(0, 500))}`)),
        left,
      );
      this.#waiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
