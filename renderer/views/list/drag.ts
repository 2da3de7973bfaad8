/** Letters in the air: what is dragged cannot be read from a drag event before the drop, so it is kept here. */
import type { DragEvent } from 'react';
import type { Row, SelectionInput } from '../../../main/contract/mail/views.ts';

export const LETTERS = 'application/x-postroom-letters';

let dragged: SelectionInput | null = null;

export function setDragged(selection: SelectionInput, row: Row, event: DragEvent): void {
  dragged = selection;
  event.dataTransfer.effectAllowed = 'copyMove';
  event.dataTransfer.setData(LETTERS, '1');
  event.dataTransfer.setData('text/plain', row.subject);
}

export function draggedLetters(event: DragEvent): SelectionInput | null {
  return event.dataTransfer.types.includes(LETTERS) ? dragged : null;
}
