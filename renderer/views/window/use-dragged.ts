import { useEffect, useRef, useState } from 'react';
import { changeSettings } from '../../state/session.ts';

/** A dragged size is written to the settings when it rests, ms. */
const REST_MS = 400;

/** A size that follows the pointer at once and is remembered when it rests. */
export function useDragged(
  stored: number,
  setting: 'treeWidth' | 'listWidth' | 'listHeight',
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
      changeSettings({ [setting]: size }).catch(() => undefined);
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
