/** The tree as a list of lines, top to bottom. Pure: what is drawn, counted and reached by keys is decided here. */
import type { Account } from '../../../main/contract/mail/accounts.ts';
import type { Folder, Role } from '../../../main/contract/mail/folders.ts';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import type { Catalogue } from '../../i18n/text.ts';
import { accountName, folderName } from './names.ts';

export interface TreeNode {
  key: string;
  level: number;
  label: string;
  kind: 'heading' | 'folder' | 'unified' | 'search' | 'outbox';
  role: Role | null;
  /** Blue and bold. */
  unread: number;
  /** Grey: drafts, scheduled, junk. */
  count: number;
  view: ViewInput | null;
  folder: Folder | null;
  account: Account | null;
  expanded: boolean | null;
  parent: string | null;
  /** Something is wrong with it (an account that cannot connect, a letter that did not go). */
  warning: boolean;
  savedId?: number;
  /** The place of its list, where favourites and looks know it by. */
  place: string | null;
  /** It stands among the favourites; the line itself has another place in the tree. */
  favourite?: boolean;
  /** Whose it is, where two lines have one name. */
  note?: string;
}

export interface TreeInput {
  accounts: readonly Account[];
  folders: readonly Folder[];
  saved: readonly {
    id: number;
    name: string;
    view: ViewInput;
    total?: number | null | undefined;
    unread?: number | null | undefined;
  }[];
  unified: boolean;
  unifiedPlace?: 'first' | 'last';
  /** Places in their order. */
  favourites?: readonly string[];
  outbox: { waiting: number; scheduled: number; failed: number };
  collapsed: ReadonlySet<string>;
  /** Folders not subscribed are shown only when asked. */
  showHidden: boolean;
}

const ORDER: readonly (Role | null)[] = [
  'inbox',
  'drafts',
  'outbox',
  'scheduled',
  'sent',
  'archive',
  'junk',
  'trash',
  'all',
  'flagged',
  null,
];

const LAST = Number.MAX_SAFE_INTEGER;

export function sortFolders(folders: readonly Folder[], collator: Intl.Collator): Folder[] {
  const rank = (folder: Folder) => ORDER.indexOf(folder.role);
  return [...folders].sort(
    (a, b) =>
      // Whoever was put somewhere by hand stands there; what came later follows in the usual order.
      (a.order ?? LAST) - (b.order ?? LAST) ||
      rank(a) - rank(b) ||
      a.position - b.position ||
      collator.compare(a.name, b.name),
  );
}

const plain = {
  level: 1,
  role: null,
  unread: 0,
  count: 0,
  view: null,
  folder: null,
  account: null,
  expanded: null,
  parent: null,
  warning: false,
  place: null,
};

export function buildTree(input: TreeInput, t: Catalogue, collator: Intl.Collator): TreeNode[] {
  const nodes: TreeNode[] = [];
  const open = (key: string) => !input.collapsed.has(key);
  addFavourites(nodes, input, t);
  const last = input.unifiedPlace === 'last';
  if (!last) addUnified(nodes, input, t);
  // The local account holds what is kept on this computer: it comes last and only when there is something in it.
  const ordered = [...input.accounts].sort((a, b) => Number(a.kind === 'local') - Number(b.kind === 'local'));
  for (const account of ordered) {
    const own = input.folders.filter((folder) => folder.account === account.id);
    const empty = own.every((folder) => folder.total === 0 && folder.role !== null);
    if (account.kind === 'local' && ordered.length > 1 && empty) continue;
    const key = `account ${account.id}`;
    const warning = ['needs-password', 'needs-trust', 'failed'].includes(account.state);
    nodes.push({
      ...plain,
      key,
      label: accountName(account, t),
      kind: 'heading',
      account,
      expanded: open(key),
      warning,
    });
    if (open(key)) addFolders(nodes, own, null, key, 2, input, t, collator);
  }
  if (last) addUnified(nodes, input, t);
  if (input.saved.length > 0) {
    nodes.push({
      ...plain,
      key: 'saved',
      label: t.tree.savedSearches,
      kind: 'heading',
      expanded: open('saved'),
    });
    if (open('saved')) for (const search of input.saved) nodes.push(searchNode(search));
  }
  return nodes;
}

function searchNode(search: TreeInput['saved'][number]): TreeNode {
  const unread = search.unread ?? 0;
  return {
    ...plain,
    key: `search ${search.id}`,
    level: 2,
    label: search.name,
    kind: 'search',
    unread,
    count: unread > 0 ? 0 : (search.total ?? 0),
    view: search.view,
    parent: 'saved',
    savedId: search.id,
    place: `search ${search.id}`,
  };
}

/** Roles over all accounts, in the order of the tree. */
const UNIFIED = ['inbox', 'unread', 'flagged', 'drafts', 'sent'] as const;
type Unified = (typeof UNIFIED)[number];
/** Folders whose unread letters nobody waits for. */
const NO_NEWS: readonly (Role | null)[] = ['junk', 'trash', 'drafts', 'sent', 'outbox', 'scheduled'];

function unifiedNode(role: Unified, input: TreeInput, t: Catalogue): TreeNode {
  const sum = (of: readonly Folder[], what: 'unread' | 'total') =>
    of.reduce((all, folder) => all + folder[what], 0);
  const own = input.folders.filter((folder) => folder.role === role);
  return {
    ...plain,
    key: `unified ${role}`,
    level: 2,
    label: t.tree.roles[role],
    kind: 'unified',
    role: role === 'unread' ? null : role,
    unread:
      role === 'inbox'
        ? sum(own, 'unread')
        : role === 'unread'
          ? sum(
              input.folders.filter((folder) => !NO_NEWS.includes(folder.role)),
              'unread',
            )
          : 0,
    count: role === 'drafts' ? sum(own, 'total') : 0,
    view: { scope: { in: 'unified', role } },
    parent: 'all',
    place: `unified ${role}`,
  };
}

function addUnified(nodes: TreeNode[], input: TreeInput, t: Catalogue): void {
  const open = !input.collapsed.has('all');
  if (input.unified) {
    nodes.push({ ...plain, key: 'all', label: t.tree.allAccounts, kind: 'heading', expanded: open });
    if (open) {
      for (const role of UNIFIED) {
        // One account's drafts and sent letters stand below it already.
        const own = input.folders.filter((folder) => folder.role === role);
        if ((role === 'drafts' || role === 'sent') && own.length < 2) continue;
        nodes.push(unifiedNode(role, input, t));
      }
    }
  }
  // Letters that have not left are said whatever else is shown.
  if (!input.unified || open) addOutgoing(nodes, input, t);
}

function addFavourites(nodes: TreeNode[], input: TreeInput, t: Catalogue): void {
  const found = (input.favourites ?? []).flatMap((place): TreeNode[] => {
    const [kind, value = ''] = place.split(' ');
    if (kind === 'folder') {
      const folder = input.folders.find((other) => other.id === Number(value));
      if (!folder) return [];
      const account = input.accounts.find((other) => other.id === folder.account);
      const note = input.accounts.length > 1 && account ? accountName(account, t) : undefined;
      return [{ ...folderNode(folder, 2, t), ...(note ? { note } : {}) }];
    }
    if (kind === 'search') {
      const search = input.saved.find((other) => other.id === Number(value));
      return search ? [searchNode(search)] : [];
    }
    const role = UNIFIED.find((other) => other === value);
    return kind === 'unified' && role ? [unifiedNode(role, input, t)] : [];
  });
  if (found.length === 0) return;
  const open = !input.collapsed.has('favourites');
  nodes.push({
    ...plain,
    key: 'favourites',
    label: t.looks.favourites,
    kind: 'heading',
    expanded: open,
  });
  if (!open) return;
  for (const node of found) {
    nodes.push({
      ...node,
      key: `favourite ${node.key}`,
      level: 2,
      parent: 'favourites',
      expanded: null,
      favourite: true,
    });
  }
}

/** The line of a folder without what is below it. */
function folderNode(folder: Folder, level: number, t: Catalogue): TreeNode {
  const grey =
    folder.role === 'drafts' ||
    folder.role === 'junk' ||
    folder.role === 'scheduled' ||
    folder.role === 'outbox';
  const quiet = folder.role === 'trash' || folder.role === 'sent';
  return {
    ...plain,
    key: `folder ${folder.id}`,
    level,
    label: folderName(folder, t),
    kind: 'folder',
    role: folder.role,
    unread: grey || quiet ? 0 : folder.unread,
    count: folder.role === 'junk' ? folder.unread : grey ? folder.total : 0,
    view: folder.selectable ? { scope: { in: 'folder', folder: folder.id } } : null,
    folder,
    place: folder.selectable ? `folder ${folder.id}` : null,
  };
}

function addOutgoing(nodes: TreeNode[], input: TreeInput, t: Catalogue): void {
  const { waiting, scheduled, failed } = input.outbox;
  const line = (role: 'outbox' | 'scheduled', count: number): TreeNode => ({
    ...plain,
    key: role,
    level: input.unified ? 2 : 1,
    label: t.tree.roles[role],
    kind: 'outbox',
    role,
    count,
    parent: input.unified ? 'all' : null,
    warning: role === 'outbox' && failed > 0,
  });
  // Where letters can leave from the lines stand always: one that came and went would move all below it under the pointer.
  const canSend = input.accounts.some((account) => account.outgoing !== null);
  if (canSend || waiting > 0 || failed > 0) nodes.push(line('outbox', waiting + failed));
  if (canSend || scheduled > 0) nodes.push(line('scheduled', scheduled));
}

function addFolders(
  nodes: TreeNode[],
  own: readonly Folder[],
  parent: number | null,
  parentKey: string,
  level: number,
  input: TreeInput,
  t: Catalogue,
  collator: Intl.Collator,
): void {
  const ids = new Set(own.map((folder) => folder.id));
  const here = own.filter((folder) =>
    parent === null ? folder.parent === null || !ids.has(folder.parent) : folder.parent === parent,
  );
  for (const folder of sortFolders(here, collator)) {
    const children = own.some((other) => other.parent === folder.id);
    if (!folder.subscribed && !input.showHidden && !children && folder.role === null) continue;
    const key = `folder ${folder.id}`;
    nodes.push({
      ...folderNode(folder, level, t),
      expanded: children ? !input.collapsed.has(key) : null,
      parent: parentKey,
    });
    if (children && level < 64 && !input.collapsed.has(key)) {
      addFolders(nodes, own, folder.id, key, level + 1, input, t, collator);
    }
  }
}

/** The tree line of a view, to mark it. */
export function keyOfView(view: ViewInput | null, saved: TreeInput['saved']): string | null {
  if (!view) return null;
  if (view.query) {
    const match = saved.find((search) => search.view.query === view.query && sameScope(search.view, view));
    if (match) return `search ${match.id}`;
  }
  if (view.scope.in === 'folder') return `folder ${view.scope.folder}`;
  if (view.scope.in === 'unified') return `unified ${view.scope.role}`;
  return null;
}

function sameScope(a: ViewInput, b: ViewInput): boolean {
  return JSON.stringify(a.scope) === JSON.stringify(b.scope);
}
