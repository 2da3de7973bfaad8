import { flushSync } from 'react-dom';
import { useText } from '../../i18n/text.ts';
import { useCommands } from '../../state/commands.ts';
import { useLooks } from '../../state/looks.ts';
import { useSession } from '../../state/session.ts';
import { setFavourite, step, usualOrder, whyNot } from './arrange.ts';
import type { TreeNode } from './nodes.ts';

/** Commands that put the tree's focused line elsewhere: up, down, among the favourites. */
export function useArrangeCommands(
  node: TreeNode | null,
  collator: Intl.Collator,
  focus: (key: string) => void,
): void {
  const t = useText();
  const favourites = useLooks((state) => state.favourites);
  // Reasons follow the orders they speak of.
  useSession((state) => state.folders);
  useSession((state) => state.saved);
  const place = node?.place ?? null;
  const liked = place !== null && favourites.includes(place);
  const move = (by: -1 | 1) => {
    if (!node) return;
    // Drawn before the next key is heard, so that a quick second one meets the line at its new place.
    flushSync(() => step(node, by, collator));
    focus(node.key);
  };
  const ordered = node?.folder && !node.favourite ? node.folder : null;
  useCommands([
    {
      id: 'folder.up',
      label: t.looks.moveFolderUp,
      group: 'folder',
      where: ['tree'],
      reason: whyNot(node, -1, collator, t),
      run: () => move(-1),
    },
    {
      id: 'folder.down',
      label: t.looks.moveFolderDown,
      group: 'folder',
      where: ['tree'],
      reason: whyNot(node, 1, collator, t),
      run: () => move(1),
    },
    {
      id: 'folder.favourite',
      label: liked ? t.looks.removeFavourite : t.looks.addFavourite,
      group: 'folder',
      reason: place === null ? t.looks.openFirst : undefined,
      run: () => {
        if (place !== null) setFavourite(place, !liked);
      },
    },
    {
      id: 'folder.leaveFavourites',
      label: t.looks.removeFavourite,
      group: 'folder',
      where: ['tree'],
      hidden: true,
      reason: node?.favourite ? undefined : t.looks.openFirst,
      run: () => {
        if (place !== null) setFavourite(place, false);
      },
    },
    {
      id: 'folder.usualOrder',
      label: t.looks.usualOrder,
      group: 'folder',
      reason: ordered?.order == null ? t.looks.notMovable : undefined,
      run: () => {
        if (ordered) usualOrder(ordered);
      },
    },
  ]);
}
