/** What the main process and the engine's process say to each other. Structured clone only; ports travel beside. */
import type { FaultData } from '../main/base/errors.ts';
import type { HostingOrder, HostingState } from '../main/contract/mail/hosting.ts';

export interface ServedFrame {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export type ToEngine =
  /** The first message: which profile. `vault`: the system keeps no secrets, so the engine does. */
  | {
      readonly t: 'open';
      readonly dir: string;
      readonly restarted: boolean;
      readonly secrets: 'system' | 'vault';
    }
  /** One port comes with it. */
  | { readonly t: 'door' }
  | { readonly t: 'frame'; readonly id: number; readonly path: string }
  | { readonly t: 'secret'; readonly id: number; readonly value: string | null; readonly error?: FaultData }
  /** The answer to an order, or the reason why there is none. */
  | { readonly t: 'office'; readonly id: number; readonly state: HostingState | FaultData }
  /** The office's state changed by itself. */
  | { readonly t: 'office-changed'; readonly state: HostingState }
  /** What a person chose in a dialog. */
  | { readonly t: 'chosen'; readonly id: number; readonly path: string | null }
  | { readonly t: 'close' };

export type FromEngine =
  | { readonly t: 'ready' }
  | { readonly t: 'failed'; readonly error: FaultData }
  | { readonly t: 'frame'; readonly id: number; readonly served: ServedFrame | null }
  | { readonly t: 'office'; readonly id: number; readonly order: HostingOrder }
  /** The system's dialog, please. */
  | { readonly t: 'choose'; readonly id: number; readonly what: 'folder' | 'new-copy' | 'copy' }
  /** The window of another profile, please. */
  | { readonly t: 'profile'; readonly folder: string }
  | { readonly t: 'secret'; readonly id: number; readonly do: 'get' | 'remove'; readonly name: string }
  | {
      readonly t: 'secret';
      readonly id: number;
      readonly do: 'set';
      readonly name: string;
      readonly value: string;
    };

/** Scheme of the window's own files, and of the documents that letters are shown in. */
export const WINDOW_SCHEME = 'postroom';
export const BODY_SCHEME = 'postroom-body';
export const WINDOW_URL = `${WINDOW_SCHEME}://window/desktop.html`;
/** The engine adds a random path. */
export const BODY_BASE = `${BODY_SCHEME}://letters`;

/** Main process -> preload -> page. */
export const PORT_CHANNEL = 'postroom-port';
export const SHELL_CHANNEL = 'postroom-shell';
/** Preload -> main process: one more port, please. */
export const CONNECT_CHANNEL = 'postroom-connect';

/** What the shell tells a window: a command of its registry, an address to write to, a letter to show. */
export type ShellMessage =
  | { readonly postroom: 'command'; readonly id: string }
  | { readonly postroom: 'mailto'; readonly url: string }
  | { readonly postroom: 'letter'; readonly id: number; readonly folder: number }
  | { readonly postroom: 'reply'; readonly id: number; readonly folder: number };
