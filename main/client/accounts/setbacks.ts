/**
 * An account's failures in a row, and when it is a person's turn (C32): a certificate at once, a wrong password at the
 * second time, for the first may have been a server's bad moment, and one that nobody has given yet at once. Everything else is
 * tried again by itself.
 */
import type { Fault } from '../../base/errors.ts';
import type { AccountState } from '../../contract/mail/accounts.ts';

const PASSWORD_TRIES = 2;
const NEEDS_PERSON: Readonly<Record<string, AccountState>> = {
  'wrong-password': 'needs-password',
  'certificate-unknown': 'needs-trust',
  'certificate-changed': 'needs-trust',
  'certificate-antivirus': 'needs-trust',
};

/** What a single try that failed leaves the account in. */
export function stateAfter(code: string): AccountState {
  return NEEDS_PERSON[code] ?? 'failed';
}

export class Setbacks {
  #failures = 0;
  #refused = 0;

  /** Failures since the last success. */
  get count(): number {
    return this.#failures;
  }
  clear(): void {
    this.#failures = 0;
    this.#refused = 0;
  }
  /** The state that waits for a person, or null: try again. */
  add({ code, detail }: Pick<Fault, 'code' | 'detail'>): AccountState | null {
    this.#failures += 1;
    const needs = NEEDS_PERSON[code];
    if (code !== 'wrong-password' || detail?.['missing'] === true) return needs ?? null;
    this.#refused += 1;
    if (this.#refused < PASSWORD_TRIES) return null;
    this.#refused = 0;
    return needs ?? null;
  }
}
