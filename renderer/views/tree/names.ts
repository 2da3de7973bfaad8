/** Names of folders, accounts and views as a person reads them. Pure. */
import type { Account } from '../../../main/contract/mail/accounts.ts';
import type { Folder } from '../../../main/contract/mail/folders.ts';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import type { Catalogue } from '../../i18n/text.ts';

/** Special folders are shown in the person's language, all others as the server names them. */
export function folderName(folder: Pick<Folder, 'role' | 'name'>, t: Catalogue): string {
  return folder.role ? t.tree.roles[folder.role] : folder.name;
}

export function accountName(account: Pick<Account, 'kind' | 'address' | 'name'>, t: Catalogue): string {
  // The sample office is a local account with an address of its own.
  return account.kind === 'local' && !account.address.includes('@') ? t.tree.local : account.address;
}

/** "Projects / Block 4": where a folder stands, without its account. */
export function folderPath(folder: Folder, folders: readonly Folder[], t: Catalogue): string {
  const names = [folderName(folder, t)];
  let parent = folder.parent;
  // A server may claim that folders contain each other.
  for (let depth = 0; parent !== null && depth < 64; depth++) {
    const found = folders.find((other) => other.id === parent);
    if (!found) break;
    names.unshift(folderName(found, t));
    parent = found.parent;
  }
  return names.join(' / ');
}

export function viewTitle(
  view: ViewInput,
  folders: readonly Folder[],
  saved: readonly { name: string; view: ViewInput }[],
  t: Catalogue,
): string {
  const { scope } = view;
  if (view.query) {
    const match = saved.find((other) => other.view.query === view.query);
    if (match) return match.name;
  }
  if (scope.in === 'folder') {
    const folder = folders.find((other) => other.id === scope.folder);
    return folder ? folderName(folder, t) : '';
  }
  if (scope.in === 'unified') return t.tree.roles[scope.role];
  return t.tree.roles.all;
}
