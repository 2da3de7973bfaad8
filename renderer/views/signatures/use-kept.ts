/** Keeps what is typed a moment after it was, and at once when its page goes: there is no Save. */
import { useEffect, useRef } from 'react';
import { sayFailure } from '../../state/actions.ts';

/** Milliseconds of rest. */
const KEEP_MS = 600;

/** @returns change: what is to be kept by and by; flush: now */
export function useKept<T>(keep: (value: T) => Promise<unknown>): {
  change: (value: T) => void;
  flush: () => void;
} {
  const newest = useRef(keep);
  newest.current = keep;
  const waiting = useRef<{ value: T } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hold = useRef({
    flush() {
      clearTimeout(timer.current);
      const held = waiting.current;
      waiting.current = null;
      if (held) newest.current(held.value).catch(sayFailure);
    },
    change(value: T) {
      waiting.current = { value };
      clearTimeout(timer.current);
      timer.current = setTimeout(() => hold.current.flush(), KEEP_MS);
    },
  });
  useEffect(() => () => hold.current.flush(), []);
  return hold.current;
}
