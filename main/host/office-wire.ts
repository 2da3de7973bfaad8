/** What an office's process and the one that runs it say to each other. Plain data, over whatever carries it. */
import type { FaultData } from '../base/errors.ts';
import type { HostingPorts, HostingSetup } from '../contract/mail/hosting.ts';

export type ToOffice =
  /** The first message. */
  | {
      readonly t: 'open';
      /** The office's data folder. */
      readonly dir: string;
      readonly host: string;
      /** -1: any free one. */
      readonly ports: HostingPorts;
      /** The first time: who lives here. */
      readonly setup: HostingSetup | null;
    }
  /** Finish what runs, close the store, end with 0. */
  | { readonly t: 'close' };

export type FromOffice =
  | {
      readonly t: 'ready';
      readonly ports: HostingPorts;
      readonly addresses: readonly string[];
      /** SHA-256 of the authority; null when the office has a certificate of its own. */
      readonly fingerprint: string | null;
    }
  /** It cannot be opened and ends by itself; starting it again would not help. */
  | { readonly t: 'failed'; readonly error: FaultData };

/** One end of the line between the two. */
export interface OfficeChannel {
  send(message: FromOffice): void;
  onMessage(listener: (message: ToOffice) => void): void;
}

/** A started office process. */
export interface OfficeProcess {
  tell(message: ToOffice): void;
  onMessage(listener: (message: FromOffice) => void): void;
  onExit(listener: (code: number) => void): void;
  kill(): void;
}
