/** The folder tree: the contract's names over the room of folders, and over a server where the account has one. */
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Handlers } from '../../contract/door.ts';
import type { Folder } from '../../contract/mail/folders.ts';
import type { View } from '../../contract/mail/views.ts';
import { act } from '../messages/actions.ts';
import type { ClientStore } from '../program.ts';

/** Folders that live on a server: carried out there first, then seen here. */
export interface ServerFolders {
  create(account: number, parent: number | null, name: string): Promise<Folder>;
  rename(folder: number, name: string, parent: number | null | undefined): Promise<Folder>;
  remove(folder: number): Promise<void>;
  subscribe(folder: number, subscribed: boolean): Promise<void>;
}

export interface FolderDeps {
  store: ClientStore;
  clock: Clock;
  server: ServerFolders;
  fetchBody(message: number): Promise<void>;
  openFolder(folder: number | null): void;
}

type Served = Exclude<Extract<keyof Handlers, `folders.${string}`>, 'folders.arrange'>;

/** Letters erased in one transaction. */
const BATCH = 200;

export function folderHandlers(deps: FolderDeps): Pick<Handlers, Served> {
  const { store, server } = deps;
  const isRemote = async (account: number): Promise<boolean> => {
    const accounts = await store.read('profile.accounts');
    return accounts.find((each) => each.id === account)?.kind === 'imap';
  };
  const folder = (id: number) => store.read('folders.get', { id });
  const all = (id: number): View => ({
    scope: { in: 'folder', folder: id },
    filter: 'all',
    sort: 'date',
    descending: true,
    conversations: false,
  });
  return {
    'folders.list': () => store.read('folders.list'),
    async 'folders.create'(input) {
      return (await isRemote(input.account))
        ? server.create(input.account, input.parent, input.name)
        : store.write('folders.createLocal', input);
    },
    async 'folders.rename'({ id, name, parent }) {
      const row = await folder(id);
      if (row.role) throw new Fault('user', 'not-allowed', 'This folder keeps its name.');
      return (await isRemote(row.account))
        ? server.rename(id, name, parent)
        : store.write('folders.rename', { id, name, parent });
    },
    async 'folders.remove'({ id }) {
      const row = await folder(id);
      if (row.role) throw new Fault('user', 'not-allowed', 'This folder cannot be removed.');
      if (await isRemote(row.account)) {
        await server.remove(id);
        return {};
      }
      while ((await store.write('folders.trim', { id, limit: BATCH })) > 0);
      await store.write('folders.remove', { id });
      return {};
    },
    async 'folders.subscribe'({ id, subscribed }) {
      const row = await folder(id);
      if (await isRemote(row.account)) await server.subscribe(id, subscribed);
      else await store.write('folders.subscribe', { id, subscribed });
      return {};
    },
    async 'folders.markRead'({ id }) {
      await folder(id);
      const selection = { view: { ...all(id), filter: 'unread' as const }, except: [] };
      const { count, undo } = await act(deps, selection, { do: 'flag', flag: 'seen', on: true });
      return { count, undo };
    },
    async 'folders.empty'({ id }) {
      const row = await folder(id);
      if (row.role !== 'trash' && row.role !== 'junk')
        throw new Fault('user', 'not-allowed', 'Only Trash and Junk can be emptied.');
      const { count } = await act(deps, { view: all(id), except: [] }, { do: 'erase' });
      return { count };
    },
    async 'folders.open'({ id }) {
      deps.openFolder(id);
      return {};
    },
  };
}
