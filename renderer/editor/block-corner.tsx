/** What stands in the corner of the signature block, over the text and not in it: a letter never holds a button. */
import { type CSSProperties, type ReactNode, type RefObject, useLayoutEffect, useState } from 'react';
import styles from './editor.module.css';
import { BLOCK } from './signature-block.ts';

export interface BlockCornerProps {
  root: RefObject<HTMLElement | null>;
  /** Grows with every change of the text. */
  written: number;
  children: ReactNode;
}

export function BlockCorner({ root, written, children }: BlockCornerProps): ReactNode {
  const [place, setPlace] = useState<CSSProperties | null>(null);
  useLayoutEffect(() => {
    const text = root.current;
    if (!text) return;
    // `written` counts the changes of the text: the block moves when the text above it grows.
    const measure = (_changes: number) => {
      const block = text.querySelector<HTMLElement>(BLOCK);
      const frame = text.offsetParent;
      if (!block || !frame) {
        setPlace(null);
        return;
      }
      const box = block.getBoundingClientRect();
      const outer = frame.getBoundingClientRect();
      setPlace({
        top: box.top - outer.top + frame.scrollTop + 3,
        left: box.right - outer.left + frame.scrollLeft - 6,
      });
    };
    measure(written);
    const observer = new ResizeObserver(() => measure(written));
    observer.observe(text);
    return () => observer.disconnect();
  }, [root, written]);
  if (!place) return null;
  return (
    <div className={styles.corner} style={place}>
      {children}
    </div>
  );
}
