/**
 * POP3's maildrop lock (rule P8): one session a person. It lives in this process, which is the only one that may have the
 * store open, so a crash gives every lock back at once; and a full disk never keeps anybody from deleting letters.
 */
import { Fault } from '../../base/errors.ts';
import type { MaildropLock } from './mailstore.ts';

export class MaildropLocks {
  readonly #held = new Map<number, symbol>();

  /** @throws Fault user `maildrop-locked`. */
  lock(person: number): MaildropLock {
    if (this.#held.has(person)) {
      throw new Fault('user', 'maildrop-locked', 'The maildrop is locked by another session.');
    }
    const token = Symbol('maildrop');
    this.#held.set(person, token);
    return {
      release: async () => {
        if (this.#held.get(person) === token) this.#held.delete(person);
      },
    };
  }
}
