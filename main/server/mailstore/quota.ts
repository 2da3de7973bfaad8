/** What a person holds and may hold: counters kept by mailbox-rows.ts, limits kept by the directory. */
import { Fault } from '../../base/errors.ts';
import type { ReadHandle } from '../../store/program.ts';

export interface Usage {
  readonly bytes: number;
  readonly messages: number;
}

export function usageOf(db: ReadHandle, person: number): Usage {
  return (
    db.get<{ bytes: number; messages: number }>(
      'SELECT bytes, messages FROM mailstores WHERE person = ?',
      person,
    ) ?? { bytes: 0, messages: 0 }
  );
}

/** Octets this person may hold; null is without a limit. Asked inside the write, so a change counts at once. */
export function limitOf(db: ReadHandle, person: number): number | null {
  return db.value<number>('SELECT quota FROM people WHERE id = ?', person) ?? null;
}

/**
 * Before anything is changed, so that a caller may go on with other people's copies.
 * @param limit octets; null is without a limit.
 * @throws Fault user `over-quota`.
 */
export function requireRoom(db: ReadHandle, person: number, octets: number, limit: number | null): void {
  if (limit !== null && usageOf(db, person).bytes + octets > limit) {
    throw new Fault('user', 'over-quota', 'The mailbox is full.', { detail: { limit } });
  }
}
