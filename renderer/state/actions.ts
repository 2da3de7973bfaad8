/** What is done to letters: at once, with a toast and a way back. Undo and redo work for letters of any folder. */
import { create } from 'zustand';
import type { Input } from '../../main/contract/contract.ts';
import type { SelectionInput } from '../../main/contract/mail/views.ts';
import { sentence } from '../i18n/sentence.ts';
import { text } from '../i18n/text.ts';
import { asFault } from '../transport/fault.ts';
import { engine } from './engine.ts';
import { type DoneElsewhere, onDoneElsewhere, ownLetter, tellOthers } from './own-window.ts';
import { showToast, type Toast } from './toasts.ts';

export type Action = Input<'messages.act'>['action'];

interface UndoState {
  undo: readonly string[];
  redo: readonly string[];
}

/** Steps kept; older ones have left the reach of a person's memory. */
const KEPT = 50;

export const useUndo = create<UndoState>(() => ({ undo: [], redo: [] }));

/** Says a failure in a toast; the status bar keeps what must not be missed. */
export function sayFailure(thrown: unknown): void {
  const fault = asFault(thrown);
  if (fault.code === 'cancelled') return;
  const { title, body } = sentence(fault);
  showToast({ text: body ? `${title} ${body}` : title, icon: 'warning' });
}

/** Remembers a step that can be taken back. */
export function remember(token: string): void {
  useUndo.setState((state) => ({ undo: [...state.undo.slice(-KEPT + 1), token], redo: [] }));
}

export interface Done {
  /** Sentence of the toast; absent: silent (marking read by itself). */
  text?: (count: number) => string;
  icon?: Toast['icon'];
}

/** Does it and offers Undo. Resolves to the number of letters, null when it failed (which was said). */
export async function act(
  selection: SelectionInput,
  action: Action,
  done: Done = {},
): Promise<number | null> {
  try {
    const { count, undo } = await engine().request('messages.act', { selection, action });
    if (!done.text) return count;
    const said = { text: done.text(count), undo, icon: done.icon ?? null };
    sayDone(said);
    if (ownLetter !== null) tellOthers(said);
    return count;
  } catch (failure) {
    sayFailure(failure);
    return null;
  }
}

/** A step that was taken, here or in a letter's own window, and its way back. */
function sayDone({ text: words, undo, icon }: DoneElsewhere): void {
  if (undo) remember(undo);
  showToast({
    text: words,
    ...(icon ? { icon } : {}),
    actions: undo ? [{ label: text().commands.undo, run: () => void undoStep(undo) }] : [],
  });
}

/** Starts hearing what letters' own windows did; called once by a whole window. */
export function hearOtherWindows(): void {
  onDoneElsewhere(sayDone);
}

/** Takes back one step: the given one or the last. */
export async function undoStep(token = useUndo.getState().undo.at(-1)): Promise<void> {
  if (!token) return;
  useUndo.setState((state) => ({ ...state, undo: state.undo.filter((other) => other !== token) }));
  try {
    const { count, redo } = await engine().request('messages.undo', { undo: token });
    if (redo) useUndo.setState((state) => ({ ...state, redo: [...state.redo, redo] }));
    showToast({ text: text().list.done.undone(count), icon: 'undo' });
  } catch (failure) {
    sayFailure(failure);
  }
}

export async function redoStep(): Promise<void> {
  const token = useUndo.getState().redo.at(-1);
  if (!token) return;
  useUndo.setState((state) => ({ ...state, redo: state.redo.slice(0, -1) }));
  try {
    const { count, redo } = await engine().request('messages.undo', { undo: token });
    if (redo) useUndo.setState((state) => ({ ...state, undo: [...state.undo, redo] }));
    showToast({ text: text().list.done.redone(count), icon: 'undo' });
  } catch (failure) {
    sayFailure(failure);
  }
}
