/** Short notes at the bottom left of the sheet: one at a time, with a way back. Never the only copy of a failure. */
import { create } from 'zustand';

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface Toast {
  id: number;
  text: string;
  icon?: 'archive' | 'trash' | 'send' | 'check' | 'undo' | 'folder' | 'warning' | 'tag';
  actions: readonly ToastAction[];
  /** Milliseconds it stays while nobody looks at it. */
  stays: number;
  /** Counts down to this time in its text: `countdown(secondsLeft)`. */
  until?: number;
  countdown?: (seconds: number) => string;
  /** Called when it goes by itself or is replaced. */
  onGone?: () => void;
}

/** Kept while hovered or focused. */
export const TOAST_MS = 8000;

interface ToastState {
  toast: Toast | null;
}

let next = 1;

export const useToastState = create<ToastState>(() => ({ toast: null }));

export type ToastInput = Partial<Omit<Toast, 'id' | 'text'>> & { text: string };

/** Shows a toast in place of the one that is there; returns its id. */
export function showToast(input: ToastInput): number {
  const id = next++;
  const former = useToastState.getState().toast;
  useToastState.setState({ toast: { actions: [], stays: TOAST_MS, ...input, id } });
  former?.onGone?.();
  return id;
}

/** Takes it away (only if it is still that one). */
export function hideToast(id: number): void {
  const { toast } = useToastState.getState();
  if (toast?.id !== id) return;
  useToastState.setState({ toast: null });
  toast.onGone?.();
}
