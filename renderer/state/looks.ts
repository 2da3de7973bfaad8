/**
 * How lists look and what a person has put where: looks of places, favourites, kept filters. Filled after every
 * (re)connection, kept up by events; a change is seen at once here and taken back when the engine refuses it.
 *
 * A place's look is put together of what was said of it, of the place `default`, and of the settings.
 */
import { create } from 'zustand';
import type { KeptFilter, Look } from '../../main/contract/mail/looks.ts';
import type { ViewInput } from '../../main/contract/mail/views.ts';
import type { Door } from '../transport/door.ts';
import { engine } from './engine.ts';
import { useSession } from './session.ts';
import { placeOf, type WholeLook, wholeLook } from './whole-look.ts';

export interface Looks {
  looks: ReadonlyMap<string, Look>;
  favourites: readonly string[];
  filters: readonly KeptFilter[];
}

export const useLooks = create<Looks>(() => ({ looks: new Map(), favourites: [], filters: [] }));

/** The place of the view that is shown. */
export function usePlacedLook(view: ViewInput): { place: string; look: WholeLook } {
  const saved = useSession((state) => state.saved);
  const settings = useSession((state) => state.settings);
  const looks = useLooks((state) => state.looks);
  const place = placeOf(view, saved);
  return { place, look: wholeLook(place, looks, settings) };
}

const set = useLooks.setState;

function takeLooks(list: readonly { place: string; look: Look }[]): void {
  set({ looks: new Map(list.map(({ place, look }) => [place, look])) });
}

async function load(door: Door): Promise<void> {
  const [looks, favourites, filters] = await Promise.all([
    door.request('looks.list', {}),
    door.request('favourites.list', {}),
    door.request('filters.list', {}),
  ]);
  takeLooks(looks);
  set({ favourites, filters });
}

/** Begins to listen; called once by the window. Without an answer every list has its usual look. */
export function startLooks(): void {
  const door = engine();
  const begin = () => void load(door).catch(() => undefined);
  door.onState((state) => {
    if (state === 'open') begin();
  });
  if (door.state === 'open') begin();
  door.on('looks.changed', takeLooks);
  door.on('favourites.changed', (favourites) => set({ favourites }));
  door.on('filters.changed', (filters) => set({ filters }));
  door.on('searches.changed', (saved) => useSession.setState({ saved }));
  door.on('tags.changed', (tags) => useSession.setState({ tags }));
}

/** Changes a part of a place's look, at once; a refusal brings the old one back and throws. */
export async function changeLook(place: string, change: Look): Promise<void> {
  const before = useLooks.getState().looks;
  set({ looks: new Map(before).set(place, { ...before.get(place), ...change }) });
  try {
    await engine().request('looks.set', { place, change });
  } catch (failure) {
    set({ looks: before });
    throw failure;
  }
}

export async function resetLook(place: string): Promise<void> {
  const before = useLooks.getState().looks;
  const looks = new Map(before);
  looks.delete(place);
  set({ looks });
  try {
    await engine().request('looks.reset', { place });
  } catch (failure) {
    set({ looks: before });
    throw failure;
  }
}

export async function changeFavourites(favourites: readonly string[]): Promise<void> {
  const before = useLooks.getState().favourites;
  set({ favourites });
  try {
    await engine().request('favourites.set', { places: [...favourites] });
  } catch (failure) {
    set({ favourites: before });
    throw failure;
  }
}
