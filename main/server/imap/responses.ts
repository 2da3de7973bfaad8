/**
 * The writing half of a session: whole lines gathered into packets, raw octets of literals between them, and the
 * wait for a peer that reads slowly (rules G3, I73). It must never let an untagged line fall into an open response.
 */
import { IMAP_OUTPUT_BYTES } from '../../base/limits.ts';
import type { Connection } from '../../net/listener.ts';

/** What a session needs of a connection. */
export type Peer = Pick<
  Connection,
  | 'ip'
  | 'encrypted'
  | 'closed'
  | 'buffered'
  | 'onData'
  | 'onEnd'
  | 'onClose'
  | 'write'
  | 'cork'
  | 'uncork'
  | 'drained'
  | 'pause'
  | 'resume'
  | 'startTls'
  | 'end'
  | 'destroy'
>;

export type Output = string | Uint8Array | readonly Uint8Array[];

/** Characters gathered before they go out as one packet. */
const PACKET = 16 * 1024;
/** Octets of a piece that a trace shows: enough to see which message it is, too few to fill a log with letters. */
const TRACED_OCTETS = 200;

/** What a trace says of octets: their first line, cut, and how many they are. */
function tracedOctets(pieces: readonly Uint8Array[]): string {
  const total = pieces.reduce((sum, each) => sum + each.length, 0);
  const start = Buffer.from(pieces[0]?.subarray(0, TRACED_OCTETS) ?? []).toString('utf8');
  const line = start.split('\r\n', 1)[0]!;
  return line.startsWith('* ') ? `${line} ... [${total} octets]` : `[${total} octets]`;
}

export class Responses {
  readonly #connection: Peer;
  #gathered = '';
  #open = false;
  /** Told what is sent, for the trace of an account: lines whole, octets by their first line. Null while nobody traces. */
  onLine: ((line: string) => void) | null = null;
  /** Grows with everything written: a session can see whether there has been a sign of life. */
  written = 0;

  constructor(connection: Peer) {
    this.#connection = connection;
  }

  /** `* text`, one line. UTF-8. */
  untagged(text: string): void {
    this.whole(`* ${text}\r\n`);
  }
  /** Complete responses with their line ends; several pieces go out together. */
  whole(responses: Output): void {
    if (this.#open) throw new Error('a response is open');
    this.#write(responses);
  }
  /** A piece of a response that goes on; finish with close(). Nothing else may be written until then. */
  part(piece: Output): void {
    this.#open = true;
    this.#write(piece);
  }
  /** The last piece of a response, with its line end. */
  close(piece: Output): void {
    this.#write(piece);
    this.#open = false;
  }
  /** True between part() and close(). */
  get open(): boolean {
    return this.#open;
  }

  /** Hands everything to the socket. */
  flush(): void {
    if (this.#gathered === '') return;
    const text = this.#gathered;
    this.#gathered = '';
    this.#connection.write(Buffer.from(text, 'utf8'));
  }
  /** True when the producer should await drained() before it makes more. */
  get full(): boolean {
    return this.#connection.buffered + this.#gathered.length > IMAP_OUTPUT_BYTES;
  }
  /** @throws Fault remote `connection-lost` when the peer is gone or reads nothing for SLOW_READER_MS. */
  async drained(): Promise<void> {
    this.flush();
    if (this.#connection.closed || this.full) await this.#connection.drained();
  }

  #write(piece: Output): void {
    if (typeof piece === 'string') {
      this.written += piece.length;
      this.onLine?.(piece);
      this.#gathered += piece;
      if (this.#gathered.length >= PACKET) this.flush();
      return;
    }
    this.flush();
    const connection = this.#connection;
    const pieces = piece instanceof Uint8Array ? [piece] : piece;
    this.onLine?.(tracedOctets(pieces));
    if (pieces.length === 1) {
      this.written += pieces[0]!.length;
      connection.write(pieces[0]!);
      return;
    }
    connection.cork();
    for (const each of pieces) {
      this.written += each.length;
      connection.write(each);
    }
    connection.uncork();
  }
}
