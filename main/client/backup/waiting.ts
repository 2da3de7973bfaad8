/** A checked backup that waits in a profile is put in place before the store is opened, by whoever has the profile alone. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockStore } from '../../store/lock.ts';

/** @throws Fault user `store-in-use` when another process has the profile */
export async function takeWaitingRestore(dir: string): Promise<boolean> {
  // One look at the disk is all that an ordinary start pays.
  if (!existsSync(join(dir, 'restored'))) return false;
  const { takeRestored } = await import('./restore.ts');
  const lock = lockStore(dir);
  try {
    return takeRestored(dir);
  } finally {
    lock.close();
  }
}
