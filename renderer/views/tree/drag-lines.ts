/** A line of the tree in the air: between its siblings it is put there, on another folder it goes into it. */
import type { DragEvent } from 'react';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { refreshFolders } from '../../state/session.ts';
import { fits, putBeside, setFavourite } from './arrange.ts';
import type { TreeNode } from './nodes.ts';

const LINE = 'application/x-postroom-line';

let carried: TreeNode | null = null;

export function carry(event: DragEvent, node: TreeNode): void {
  carried = node;
  event.dataTransfer.effectAllowed = 'copyMove';
  event.dataTransfer.setData(LINE, node.key);
  event.dataTransfer.setData('text/plain', node.label);
}

/** What a drop here would do; null: nothing. */
export type Landing = 'before' | 'after' | 'into' | 'favourite';

function goesInto(node: TreeNode, target: TreeNode): boolean {
  const [from, to] = [node.folder, target.folder];
  return (
    from !== null &&
    to !== null &&
    !node.favourite &&
    !target.favourite &&
    from.role === null &&
    from.account === to.account &&
    from.id !== to.id &&
    from.parent !== to.id &&
    !to.path.startsWith(`${from.path}/`)
  );
}

export function landing(event: DragEvent, target: TreeNode, collator: Intl.Collator): Landing | null {
  if (!carried || !event.dataTransfer.types.includes(LINE)) return null;
  if (target.key === 'favourites') return carried.place ? 'favourite' : null;
  const box = event.currentTarget.getBoundingClientRect();
  const part = (event.clientY - box.top) / box.height;
  const beside = fits(carried, target, collator);
  const into = goesInto(carried, target);
  if (into && (!beside || (part > 0.3 && part < 0.7))) return 'into';
  if (beside) return part < 0.5 ? 'before' : 'after';
  // A folder dropped among the favourites is one of them.
  return target.favourite && carried.place && !carried.favourite ? 'favourite' : null;
}

export function land(where: Landing, target: TreeNode, collator: Intl.Collator): void {
  const node = carried;
  carried = null;
  if (!node) return;
  if (where === 'favourite') {
    if (node.place) setFavourite(node.place, true);
  } else if (where === 'into') {
    const { folder } = node;
    if (!folder || !target.folder) return;
    engine()
      .request('folders.rename', { id: folder.id, name: folder.name, parent: target.folder.id })
      .then(refreshFolders, sayFailure);
  } else putBeside(node, target, where === 'after', collator);
}
