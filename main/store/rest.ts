/**
 * What a thread does when nothing is asked of it for a while: gives the memory of its last work back to the system. V8 keeps
 * the space that a burst of rows has taken until the next burst, and SQLite its pages; in a program that mostly waits, that
 * is most of what its threads hold.
 *
 * It must never run between two calls that follow each other: collecting takes some 20-50 ms, once after each burst.
 */
import { getHeapSpaceStatistics } from 'node:v8';

/** Ms without a call after which a thread counts as resting: a person who reads on has long asked for the next page. */
export const THREAD_REST_MS = 10_000;
/** Octets of young space from which collecting pays: less is what a thread needs for waking up. */
const WORTH_BYTES = 2 * 1024 * 1024;

/** Hands memory back, first by `release` (pages of a database), then by a full collection of this thread alone. */
export async function giveBack(release: (() => void) | undefined): Promise<void> {
  release?.();
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  if (young && young.physical_space_size < WORTH_BYTES) return;
  // Asked through the inspector of this thread (no port is opened): the collector's own function needs a flag of the whole
  // process, which the engine of a desktop application may have frozen.
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}

/** Calls `action` once when `wake` was not called for `ms`. Never keeps the thread alive. */
export class Rest {
  readonly #timer: NodeJS.Timeout;

  constructor(action: () => unknown, ms = THREAD_REST_MS) {
    this.#timer = setTimeout(action, ms).unref();
  }
  /** There is work: the time begins anew. */
  wake(): void {
    this.#timer.refresh();
  }
  end(): void {
    clearTimeout(this.#timer);
  }
}
