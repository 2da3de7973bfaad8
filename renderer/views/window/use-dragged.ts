import { useEffect, useRef, useState } from 'react';
import { changeSettings } from '../../state/session.ts';

/** A dragged size is written to the settings when it rests, ms. */
const REST_MS = 400;

/** A size that follows the pointer at once and is remembered when it rests; null: not remembered. */
export function useDragged(
  stored: number,
  setting: 'treeWidth' | 'listWidth' | null,
): [number, (size: number) => void] {
  const [size, setSize] = useState(stored);
  const moving = useRef(false);
  useEffect(() => {
    if (!moving.current) setSize(stored);
  }, [stored]);
  useEffect(() => {
    if (!moving.current || size === stored) return;
    const timer = setTimeout(() => {
      moving.current = false;
      if (setting === 'treeWidth') changeSettings({ treeWidth: size }).catch(() => undefined);
      else if (setting === 'listWidth') changeSettings({ listWidth: size }).catch(() => undefined);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [size, stored, setting]);
  return [
    size,
    (next) => {
      moving.current = true;
      setSize(next);
    },
  ];
}
