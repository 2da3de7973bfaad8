/**
 * Letters in windows of their own. Such a window is the same page with the letter's number in its address; it has
 * no list. What is done in it is told to the other windows of the profile, so that it can be undone there when it
 * has closed.
 */
import type { Toast } from './toasts.ts';

const HASH = /^#letter=(\d{1,15})$/;

/** The letter this window was opened for; null: this is a whole window. */
export const ownLetter: number | null = (() => {
  const match = typeof location === 'undefined' ? null : HASH.exec(location.hash);
  return match ? Number(match[1]) : null;
})();

/** What a new window measures, CSS pixels; the system keeps it on its screen. */
const FEATURES = 'popup,width=920,height=760';

/**
 * Opens the letter, or brings its window to the front. The desktop shell refuses the page its window and makes one
 * itself: there nothing may tie the two together, or this one would wait for a window that never comes.
 */
export function openLetterWindow(id: number): void {
  const address = new URL(location.href);
  address.hash = `letter=${id}`;
  if (window.postroom) window.open(address, '_blank', 'noopener');
  else window.open(address, `postroom-letter-${id}`, FEATURES)?.focus();
}

/** A step taken in a letter's window. */
export interface DoneElsewhere {
  text: string;
  undo: string | null;
  icon: Toast['icon'] | null;
}

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('postroom-done');

export function tellOthers(done: DoneElsewhere): void {
  channel?.postMessage(done);
}

/** Hears what letters' windows did; only windows of the same origin speak here. */
export function onDoneElsewhere(listener: (done: DoneElsewhere) => void): () => void {
  const hear = (event: MessageEvent<DoneElsewhere>) => listener(event.data);
  channel?.addEventListener('message', hear);
  return () => channel?.removeEventListener('message', hear);
}
