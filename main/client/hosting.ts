/** The office server beside the client, as a host lends it to the engine; the client itself knows no server. */
import type { HostingOrder, HostingState } from '../contract/mail/hosting.ts';

export interface OfficeHost {
  /** @throws Fault user `office-exists` for a second set-up. */
  order(order: HostingOrder): Promise<HostingState>;
  /** After every change of the state. Returns the unsubscription. */
  readonly changed: { on(listener: (state: HostingState) => void): () => void };
}

/** Where nothing can run an office. */
export const NO_OFFICE: HostingState = {
  available: false,
  folder: '',
  state: 'off',
  office: null,
  sharing: false,
  ports: null,
  addresses: [],
  fingerprint: null,
  problem: null,
  restarts: 0,
};
