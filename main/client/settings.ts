/** A person's settings: stored by name, read with the defaults of the contract. */
import { Settings } from '../contract/mail/profile.ts';
import type { ClientStore } from './program.ts';

function whole(stored: Record<string, unknown>): Settings {
  const all = Settings.safeParse(stored);
  if (all.success) return all.data;
  // One value that a later version wrote must not hide the others.
  const sound = Object.entries(Settings.shape).map(([name, shape]) => {
    const each = shape.safeParse(stored[name]);
    return [name, each.success ? each.data : undefined];
  });
  return Settings.parse(Object.fromEntries(sound));
}

export async function readSettings(store: ClientStore): Promise<Settings> {
  return whole(await store.read('settings.get'));
}

export async function writeSettings(store: ClientStore, input: Partial<Settings>): Promise<Settings> {
  return whole(await store.write('settings.set', { ...input }));
}
