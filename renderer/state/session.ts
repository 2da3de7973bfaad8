/**
 * What the engine has told this window and keeps telling it: settings, accounts, folders, jobs, tags, outbox.
 * Filled after every (re)connection, then kept up by events. Views read it with `useSession(selector)`.
 * It never holds messages (renderer/views/list asks for windows of them) and never guesses.
 */
import { create } from 'zustand';
import type { EventData, Input, Output } from '../../main/contract/contract.ts';
import type { Account } from '../../main/contract/mail/accounts.ts';
import type { Folder } from '../../main/contract/mail/folders.ts';
import type { HostingState } from '../../main/contract/mail/hosting.ts';
import type { Hello, Job, Settings } from '../../main/contract/mail/profile.ts';
import type { MergeState } from '../../main/contract/mail/sending.ts';
import { setLanguage } from '../i18n/language.ts';
import type { Door, DoorState } from '../transport/door.ts';
import { asFault } from '../transport/fault.ts';
import { applyAppearance } from './appearance.ts';
import { useCommandState } from './commands.ts';
import { engine } from './engine.ts';

export type Outbox = Output<'outbox.list'>[number];
export type TagRow = Output<'tags.list'>[number];
export type SavedSearch = Output<'search.saved'>[number];
export type Notice = EventData<'notice'> & { id: number; at: number };

export interface Session {
  /** false until the first answer: nothing is drawn before it but the frame. */
  ready: boolean;
  door: DoorState;
  hello: Omit<Hello, 'settings'> | null;
  settings: Settings | null;
  accounts: readonly Account[];
  folders: readonly Folder[];
  jobs: readonly Job[];
  tags: readonly TagRow[];
  saved: readonly SavedSearch[];
  outbox: readonly Outbox[];
  /** Mail merges: their letters are not in the outbox's list one by one. */
  merges: readonly MergeState[];
  notices: readonly Notice[];
  /** The office server of this computer; null: not told yet. */
  hosting: HostingState | null;
  /** When the engine was lost or the network went, ms; null: all is well. */
  offlineSince: number | null;
  /** The engine was started again; said once. */
  restarted: boolean;
}

export const useSession = create<Session>(() => ({
  ready: false,
  door: 'connecting',
  hello: null,
  settings: null,
  accounts: [],
  folders: [],
  jobs: [],
  tags: [],
  saved: [],
  outbox: [],
  merges: [],
  notices: [],
  hosting: null,
  offlineSince: null,
  restarted: false,
}));

const set = useSession.setState;
let nextNotice = 1;

function takeSettings(settings: Settings): void {
  set({ settings });
  setLanguage(settings.language);
  applyAppearance(settings);
  useCommandState.setState({ singleKeys: settings.singleKeys });
}

/** One part of the whole: when it cannot be had, what was known stays and the status bar says so. */
async function part<T>(asked: Promise<T>, known: T): Promise<T> {
  try {
    return await asked;
  } catch (failure) {
    const { code, detail } = asFault(failure);
    if (code !== 'engine-stopped') addNotice({ level: 'error', code, detail: { ...detail } });
    return known;
  }
}

function addNotice(notice: EventData<'notice'>): void {
  set((state) => ({
    notices: [...state.notices.slice(-19), { ...notice, id: nextNotice++, at: Date.now() }],
  }));
}

async function load(door: Door, first: boolean): Promise<void> {
  const hello = await door.request('session.hello', {});
  const { settings, ...rest } = hello;
  const known = useSession.getState();
  // At once, not with the others: an event that comes meanwhile is newer.
  const hosting = part<HostingState | null>(door.request('hosting.state', {}), known.hosting);
  void hosting.then((state) => set({ hosting: state }));
  const [accounts, folders, jobs, tags, saved, outbox, merges] = await Promise.all([
    part(door.request('accounts.list', {}), [...known.accounts]),
    part(door.request('folders.list', {}), [...known.folders]),
    part(door.request('jobs.list', {}), [...known.jobs]),
    part(door.request('tags.list', {}), [...known.tags]),
    part(door.request('search.saved', {}), [...known.saved]),
    part(door.request('outbox.list', {}), [...known.outbox]),
    part(door.request('merge.list', {}), [...known.merges]),
  ]);
  takeSettings(settings);
  set({
    ready: true,
    hello: rest,
    accounts,
    folders,
    jobs,
    tags,
    saved,
    outbox,
    merges,
    restarted: rest.restarted || !first,
    offlineSince: rest.offline ? Date.now() : null,
  });
}

/** Begins to listen and loads everything; called once by the window. */
export function startSession(): void {
  const door = engine();
  let loads = 0;
  door.onState((state) => {
    set({ door: state });
    if (state === 'open') void load(door, loads++ === 0).catch(() => set({ door: 'lost' }));
  });
  if (door.state === 'open') void load(door, loads++ === 0);
  door.on('settings.changed', takeSettings);
  door.on('accounts.changed', (accounts) => {
    const away = accounts.some((account) => account.state === 'offline');
    set((state) => ({ accounts, offlineSince: away ? (state.offlineSince ?? Date.now()) : null }));
    void refreshHello();
    refreshTags().catch(() => undefined);
  });
  door.on('folders.changed', (folders) => set({ folders }));
  door.on('jobs.changed', (jobs) => {
    const ended = (list: readonly Job[]) => list.filter((job) => job.endedAt !== null).length;
    const more = ended(jobs) > ended(useSession.getState().jobs);
    set({ jobs });
    // The sample, an import or a first sync may have brought letters with tags that were not known.
    if (more) refreshTags().catch(() => undefined);
  });
  door.on('outbox.changed', (outbox) => set({ outbox }));
  door.on('merge.changed', (merges) => set({ merges }));
  door.on('hosting.changed', (hosting) => set({ hosting }));
  door.on('notice', addNotice);
}

/** Asks again who we are: first run and sample change when accounts come and go. */
export async function refreshHello(): Promise<void> {
  const { settings, ...hello } = await engine().request('session.hello', {});
  takeSettings(settings);
  set({ hello });
}

/** Asks again for folders (after adding an account or the sample). */
export async function refreshFolders(): Promise<void> {
  const [folders, accounts] = await Promise.all([
    engine().request('folders.list', {}),
    engine().request('accounts.list', {}),
  ]);
  set({ folders, accounts });
}

export async function refreshTags(): Promise<void> {
  set({ tags: await engine().request('tags.list', {}) });
}

export async function refreshSaved(): Promise<void> {
  set({ saved: await engine().request('search.saved', {}) });
}

/** Changes settings at once here, then in the engine; a refusal brings the old value back and throws. */
export async function changeSettings(change: Input<'settings.set'>): Promise<void> {
  const before = useSession.getState().settings;
  if (before) takeSettings({ ...before, ...definedOnly(change) });
  try {
    takeSettings(await engine().request('settings.set', change));
  } catch (failure) {
    if (before) takeSettings(before);
    throw failure;
  }
}

function definedOnly(change: Input<'settings.set'>): Partial<Settings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

export function dismissNotice(id: number): void {
  set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) }));
}

export function accountOf(id: number): Account | undefined {
  return useSession.getState().accounts.find((account) => account.id === id);
}

export function folderOf(id: number): Folder | undefined {
  return useSession.getState().folders.find((folder) => folder.id === id);
}
