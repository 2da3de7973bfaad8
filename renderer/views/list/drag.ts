/** Letters in the air: what is dragged cannot be read from a drag event before the drop, so it is kept here. */
import type { DragEvent } from 'react';
import type { Row, SelectionInput } from '../../../main/contract/mail/views.ts';
import { sourceBlob } from '../reader/bytes.ts';
import { fileNameOf } from '../reader/file-name.ts';

export const LETTERS = 'application/x-postroom-letters';

let dragged: SelectionInput | null = null;

/** A letter as a file that the desktop can take; above this size nobody wants to wait before the drag begins. */
const MAX_DRAGGED_FILE = 8 * 1024 * 1024;
let file: { id: number; url: string | null } | null = null;

/** The pointer went down on a row: its letter is made ready, since a drag must name its file when it begins. */
export function prepareDrag(row: Row): void {
  if (file?.id === row.id || row.size > MAX_DRAGGED_FILE || row.body !== 'full') return;
  if (file?.url) URL.revokeObjectURL(file.url);
  const made: { id: number; url: string | null } = { id: row.id, url: null };
  file = made;
  sourceBlob(row.id).then(
    (blob) => {
      if (file === made) made.url = URL.createObjectURL(blob);
    },
    // The drag still moves the letter between folders.
    () => undefined,
  );
}

export function setDragged(selection: SelectionInput, row: Row, event: DragEvent): void {
  dragged = selection;
  event.dataTransfer.effectAllowed = 'copyMove';
  event.dataTransfer.setData(LETTERS, '1');
  event.dataTransfer.setData('text/plain', row.subject);
  if (file?.id === row.id && file.url) {
    const name = fileNameOf(row.subject, 'eml').replaceAll(':', ' ');
    event.dataTransfer.setData('DownloadURL', `message/rfc822:${name}:${file.url}`);
  }
}

export function draggedLetters(event: DragEvent): SelectionInput | null {
  return event.dataTransfer.types.includes(LETTERS) ? dragged : null;
}
