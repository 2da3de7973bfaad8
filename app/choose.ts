/** The system's own dialogs for a path of a copy or a folder. Nothing is opened or written here. */
import { type BrowserWindow, dialog } from 'electron';

const FILTERS = [{ name: 'Postroom', extensions: ['postroom'] }];

/** @returns null when the person chose none */
export async function choosePath(
  what: 'folder' | 'new-copy' | 'copy',
  window: BrowserWindow | null | undefined,
): Promise<string | null> {
  if (what === 'new-copy') {
    const options = { defaultPath: 'Postroom.postroom', filters: FILTERS };
    const { canceled, filePath } = window
      ? await dialog.showSaveDialog(window, options)
      : await dialog.showSaveDialog(options);
    return canceled || filePath === '' ? null : filePath;
  }
  const options =
    what === 'folder'
      ? { properties: ['openDirectory', 'createDirectory'] as ('openDirectory' | 'createDirectory')[] }
      : { properties: ['openFile'] as 'openFile'[], filters: FILTERS };
  const { canceled, filePaths } = window
    ? await dialog.showOpenDialog(window, options)
    : await dialog.showOpenDialog(options);
  return canceled ? null : (filePaths[0] ?? null);
}
