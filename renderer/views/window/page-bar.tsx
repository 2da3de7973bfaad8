/** What a page puts into the command bar: there is one bar, and it always belongs to what is in sight. */
import { type ReactNode, useLayoutEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { useSession } from '../../state/session.ts';
import { useMedia } from './use-media.ts';

const SLOT = 'page-bar';
/** Px at text of 100 %: in a smaller window the page keeps its commands, where they scroll away. */
const ROOM = 900;

/** Where PageBar draws. */
export function PageBarSlot({ className }: { className: string | undefined }): ReactNode {
  return <div id={SLOT} className={className} data-pane="commands" />;
}

/** Its children stand in the window's command bar where there is room for them, else where they are written. */
export function PageBar({ children }: { children: ReactNode }): ReactNode {
  const size = useSession((state) => (state.settings?.textSize ?? 100) / 100);
  const room = useMedia(`(min-width: ${ROOM * size}px)`);
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  useLayoutEffect(() => setSlot(document.getElementById(SLOT)), []);
  return room && slot ? createPortal(children, slot) : children;
}
