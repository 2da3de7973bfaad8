/** Opens stores in throw-away folders, and closes and removes them with the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Log, silentLog } from '../../../main/base/log.ts';
import { openStore, type Store, type StoreOptions } from '../../../main/store/store.ts';
import type { program } from './program.ts';

export type TestStore = Store<typeof program>;
export const programUrl = new URL('./program.ts', import.meta.url);

export function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-store-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function open(
  t: TestContext,
  dir: string,
  options: Partial<StoreOptions> = {},
): Promise<TestStore> {
  const store = await openStore<typeof program>({ dir, program: programUrl, log: silentLog, ...options });
  t.after(() => store.close());
  return store;
}

/** A log that keeps its events. */
export function collectingLog(): Log & { events: { event: string; fields: Record<string, unknown> }[] } {
  const events: { event: string; fields: Record<string, unknown> }[] = [];
  const add = (event: string, fields: Record<string, unknown> = {}) => void events.push({ event, fields });
  const log = { debug: add, info: add, warn: add, error: add, events, with: () => log };
  return log;
}

export { noise } from './noise.ts';
