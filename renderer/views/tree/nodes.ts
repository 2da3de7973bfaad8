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
}

export interface TreeInput {
  accounts: readonly Account[];
  folders: readonly Folder[];
  saved: readonly { id: number; name: string; view: ViewInput }[];
  unified: boolean;
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

export function sortFolders(folders: readonly Folder[], collator: Intl.Collator): Folder[] {
  const rank = (folder: Folder) => ORDER.indexOf(folder.role);
  return [...folders].sort(
    (a, b) => rank(a) - rank(b) || a.position - b.position || collator.compare(a.name, b.name),
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
};

export function buildTree(input: TreeInput, t: Catalogue, collator: Intl.Collator): TreeNode[] {
  const nodes: TreeNode[] = [];
  const open = (key: string) => !input.collapsed.has(key);
  const inboxes = input.folders.filter((folder) => folder.role === 'inbox');
  if (input.unified) {
    nodes.push({ ...plain, key: 'all', label: t.tree.allAccounts, kind: 'heading', expanded: open('all') });
    if (open('all')) {
      const unread = inboxes.reduce((sum, folder) => sum + folder.unread, 0);
      const unified = (role: 'inbox' | 'flagged', count: number): TreeNode => ({
        ...plain,
        key: `unified ${role}`,
        level: 2,
        label: t.tree.roles[role],
        kind: 'unified',
        role,
        unread: count,
        view: { scope: { in: 'unified', role } },
        parent: 'all',
      });
      nodes.push(unified('inbox', unread), unified('flagged', 0));
    }
  }
  // Letters that have not left are said whatever else is shown.
  if (!input.unified || open('all')) addOutgoing(nodes, input, t);
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
  if (input.saved.length > 0) {
    nodes.push({
      ...plain,
      key: 'saved',
      label: t.tree.savedSearches,
      kind: 'heading',
      expanded: open('saved'),
    });
    if (open('saved')) {
      for (const search of input.saved) {
        nodes.push({
          ...plain,
          key: `search ${search.id}`,
          level: 2,
          label: search.name,
          kind: 'search',
          view: search.view,
          parent: 'saved',
          savedId: search.id,
        });
      }
    }
  }
  return nodes;
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
  if (waiting > 0 || failed > 0) nodes.push(line('outbox', waiting + failed));
  if (scheduled > 0) nodes.push(line('scheduled', scheduled));
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
    const grey =
      folder.role === 'drafts' ||
      folder.role === 'junk' ||
      folder.role === 'scheduled' ||
      folder.role === 'outbox';
    const quiet = folder.role === 'trash' || folder.role === 'sent';
    nodes.push({
      ...plain,
      key,
      level,
      label: folderName(folder, t),
      kind: 'folder',
      role: folder.role,
      unread: grey || quiet ? 0 : folder.unread,
      count: folder.role === 'junk' ? folder.unread : grey ? folder.total : 0,
      view: folder.selectable ? { scope: { in: 'folder', folder: folder.id } } : null,
      folder,
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
