/**
 * Lines of the tree put in an order by hand: folders among their siblings, favourites, saved searches. The same by dragging
 * and by keys; what may not move says why.
 */
import type { Folder } from '../../../main/contract/mail/folders.ts';
import type { Catalogue } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { changeFavourites, useLooks } from '../../state/looks.ts';
import { refreshSaved, useSession } from '../../state/session.ts';
import { movedBeside, movedTo } from './moved.ts';
import { sortFolders, type TreeNode } from './nodes.ts';

/** Folders that stand under the same line, in their order. */
function siblings(folder: Folder, collator: Intl.Collator): Folder[] {
  const own = useSession.getState().folders.filter((other) => other.account === folder.account);
  const known = new Set(own.map(({ id }) => id));
  const above = (other: Folder) => (other.parent !== null && known.has(other.parent) ? other.parent : null);
  return sortFolders(
    own.filter((other) => above(other) === above(folder)),
    collator,
  );
}

interface Order {
  list: readonly (string | number)[];
  self: string | number;
  keep: (list: readonly (string | number)[]) => void;
}

const numbers = (list: readonly (string | number)[]): number[] => list.map(Number);

/** The order a line stands in; null: it has its place. */
function orderOf(node: TreeNode, collator: Intl.Collator): Order | null {
  if (node.favourite && node.place) {
    return {
      list: useLooks.getState().favourites,
      self: node.place,
      keep: (list) => void changeFavourites(list.map(String)).catch(sayFailure),
    };
  }
  if (node.savedId !== undefined) {
    return {
      list: useSession.getState().saved.map(({ id }) => id),
      self: node.savedId,
      keep: (list) => {
        const ids = numbers(list);
        const { saved } = useSession.getState();
        // At once here; the engine's answer says the same.
        useSession.setState({ saved: ids.flatMap((id) => saved.find((other) => other.id === id) ?? []) });
        engine().request('search.arrange', { ids }).then(refreshSaved, sayFailure);
      },
    };
  }
  const { folder } = node;
  if (!folder) return null;
  const list = siblings(folder, collator);
  return { list: list.map(({ id }) => id), self: folder.id, keep: (next) => arrange(folder, numbers(next)) };
}

function arrange(folder: Folder, ids: number[]): void {
  const { folders } = useSession.getState();
  const known = folders.some((other) => other.id === folder.parent && other.account === folder.account);
  const parent = known ? folder.parent : null;
  useSession.setState({
    folders: folders.map((other) => {
      const order = ids.indexOf(other.id);
      return order < 0 ? other : { ...other, order };
    }),
  });
  engine().request('folders.arrange', { account: folder.account, parent, ids }).catch(sayFailure);
}

/** Back to the usual order of the folder and its siblings. */
export function usualOrder(folder: Folder): void {
  const { folders } = useSession.getState();
  const known = folders.some((other) => other.id === folder.parent && other.account === folder.account);
  const parent = known ? folder.parent : null;
  engine().request('folders.arrange', { account: folder.account, parent, ids: [] }).catch(sayFailure);
}

/** One place up (-1) or down (1). */
export function step(node: TreeNode, by: -1 | 1, collator: Intl.Collator): void {
  const order = orderOf(node, collator);
  if (!order) return;
  const next = movedTo(order.list, order.self, order.list.indexOf(order.self) + by);
  if (next !== order.list) order.keep(next);
}

/** Why a line cannot go one place up or down; undefined: it can. */
export function whyNot(
  node: TreeNode | null,
  by: -1 | 1,
  collator: Intl.Collator,
  t: Catalogue,
): string | undefined {
  const order = node && orderOf(node, collator);
  if (!order) return t.looks.notMovable;
  const to = order.list.indexOf(order.self) + by;
  if (to < 0) return t.looks.nothingAbove;
  return to >= order.list.length ? t.looks.nothingBelow : undefined;
}

/** May the one line be dropped beside the other? */
export function fits(node: TreeNode, beside: TreeNode, collator: Intl.Collator): boolean {
  const [one, other] = [orderOf(node, collator), orderOf(beside, collator)];
  return (
    one !== null &&
    other !== null &&
    node.key !== beside.key &&
    node.favourite === beside.favourite &&
    typeof one.self === typeof other.self &&
    (node.savedId === undefined) === (beside.savedId === undefined) &&
    one.list.includes(other.self)
  );
}

/** Dropped beside another line of the same order. */
export function putBeside(node: TreeNode, beside: TreeNode, after: boolean, collator: Intl.Collator): void {
  const [one, other] = [orderOf(node, collator), orderOf(beside, collator)];
  if (one && other) one.keep(movedBeside(one.list, one.self, other.self, after));
}

/** On or off among the favourites. */
export function setFavourite(place: string, on: boolean): void {
  const { favourites } = useLooks.getState();
  if (favourites.includes(place) === on) return;
  const next = on ? [...favourites, place] : favourites.filter((other) => other !== place);
  changeFavourites(next).catch(sayFailure);
}
