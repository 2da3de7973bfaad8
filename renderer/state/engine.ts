/** The door of this window for all of the renderer. `engine()` is there from the first line of desktop.tsx on. */
import { connect } from '../transport/connect.ts';
import type { Door } from '../transport/door.ts';

let door: Door | null = null;

/** Opens the door; called once per window. */
export function openEngine(): Door {
  door ??= connect();
  return door;
}

/** A door made elsewhere, for tests. */
export function replaceDoor(other: Door): void {
  door = other;
}

export function engine(): Door {
  return openEngine();
}
