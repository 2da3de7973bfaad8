/** How an account stands with its server: told when it changes, not when it stays. */
import type { Fault } from '../../base/errors.ts';
import type { AccountState } from '../../contract/mail/accounts.ts';

export interface AccountStatus {
  account: number;
  state: AccountState;
  problem: { code: string; message: string; detail?: Record<string, unknown> } | null;
}

export class Standing {
  #status: AccountStatus;
  readonly #changed: () => void;

  constructor(account: number, changed: () => void) {
    this.#status = { account, state: 'idle', problem: null };
    this.#changed = changed;
  }

  get now(): AccountStatus {
    return this.#status;
  }

  set(state: AccountState, fault?: Fault): void {
    const problem = fault
      ? { code: fault.code, message: fault.message, ...(fault.detail ? { detail: { ...fault.detail } } : {}) }
      : null;
    if (this.#status.state === state && this.#status.problem?.code === problem?.code) return;
    this.#status = { ...this.#status, state, problem };
    this.#changed();
  }
}
