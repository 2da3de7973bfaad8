/** What is done with one row by mouse or key: opened, acted upon, dragged. The choice follows it. */
import type { DragEvent } from 'react';
import type { Row } from '../../../main/contract/mail/views.ts';
import { act } from '../../state/actions.ts';
import { runCommand } from '../../state/commands.ts';
import { compose } from '../../state/compose.ts';
import { openLetterWindow } from '../../state/own-window.ts';
import { go } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { setDragged } from './drag.ts';
import { currentSelection, focusAt, useList } from './list-state.ts';
import { has } from './selection.ts';

/**
 * Enter or a double click: drafts open in the composer, letters in a window of their own; where no pane shows them,
 * Enter lets them cover the list.
 */
export function openRow(id: number, how: 'key' | 'mouse'): void {
  const { rows } = useList.getState();
  const at = rows?.find(id);
  const row = at === undefined ? undefined : rows?.row(at);
  const role = useSession.getState().folders.find((folder) => folder.id === row?.folder)?.role;
  const beside = document.querySelector('[data-pane="reader"]') !== null;
  if (role === 'drafts') compose({ open: 'message', message: id });
  else if (how === 'mouse' || beside) openLetterWindow(id);
  else go({ letter: id, letterOpen: true });
}

/** Enter, after the keys before it have moved the focus. */
export function openFocused(): void {
  const { focus } = useList.getState();
  if (focus) openRow(focus.id, 'key');
}

export function actOnRow(what: 'archive' | 'delete' | 'flag', row: Row): void {
  const { rows, chosen } = useList.getState();
  const at = rows?.find(row.id);
  if (at === undefined) return;
  if (what === 'flag') {
    const on = !row.flags.includes('flagged');
    void act({ ids: [row.id] }, { do: 'flag', flag: 'flagged', on });
  } else if (has(chosen, row.id, at)) {
    runCommand(what === 'archive' ? 'message.archive' : 'message.delete');
  } else {
    void focusAt(at, 'choose').then(() =>
      runCommand(what === 'archive' ? 'message.archive' : 'message.delete'),
    );
  }
}

export function onDragStart(event: DragEvent, row: Row): void {
  const { chosen, rows } = useList.getState();
  const at = rows?.find(row.id);
  if (at === undefined || !has(chosen, row.id, at)) {
    if (at !== undefined) void focusAt(at, 'choose');
    setDragged({ ids: [row.id], conversations: rows?.view.conversations ?? false }, row, event);
    return;
  }
  const selection = currentSelection();
  if (selection) setDragged(selection, row, event);
}
