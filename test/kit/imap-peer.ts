/**
 * An IMAP session without a socket: the peer's half in memory, so that a test decides where packets are cut and
 * knows when everything has been answered.
 */
import type { OfficeContext } from '../../main/server/context.ts';
import type { Peer } from '../../main/server/imap/responses.ts';
import { Session } from '../../main/server/imap/session.ts';

const PATIENCE_MS = 120_000;

export class MemoryPeer implements Peer {
  ip = '127.0.0.1';
  encrypted = false;
  closed = false;
  paused = false;
  onData: (piece: Uint8Array) => void = () => {};
  onEnd: () => void = () => {};
  onClose: (reason: 'peer' | 'error' | 'deadline' | 'slow-reader' | 'handshake' | 'ours') => void = () => {};
  /** Octets the peer has not "read"; a test sets it to play a slow reader. */
  buffered = 0;
  #text = '';
  #wake: (() => void)[] = [];

  write(bytes: Uint8Array | string): boolean {
    this.#text += typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
    for (const wake of this.#wake.splice(0)) wake();
    return true;
  }
  drained(): Promise<void> {
    return Promise.resolve();
  }
  cork(): void {}
  uncork(): void {}
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  startTls(): void {
    this.encrypted = true;
  }
  end(): void {
    this.destroy();
  }
  destroy(): void {
    if (this.closed) return;
    this.closed = true;
    for (const wake of this.#wake.splice(0)) wake();
    this.onClose('ours');
  }

  get text(): string {
    return this.#text;
  }
  /** Takes everything up to and with the first match. */
  async until(pattern: RegExp): Promise<string> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const match = pattern.exec(this.#text);
      if (match) {
        const taken = this.#text.slice(0, match.index + match[0].length);
        this.#text = this.#text.slice(taken.length);
        return taken;
      }
      if (this.closed || performance.now() > deadline)
        throw new Error(`no ${pattern} in ${JSON.stringify(this.#text.slice(-400))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}

export interface MemorySession {
  readonly peer: MemoryPeer;
  readonly session: Session;
  say(text: string | Uint8Array): void;
}

/** A greeted session. */
export async function memorySession(context: OfficeContext): Promise<MemorySession> {
  const peer = new MemoryPeer();
  const session = new Session(context, peer, context.records.open('imap', peer.ip), () => {});
  await session.begin();
  await peer.until(/\* OK [^\r\n]*\r\n/);
  return {
    peer,
    session,
    say: (text) => peer.onData(typeof text === 'string' ? Buffer.from(text, 'latin1') : text),
  };
}
