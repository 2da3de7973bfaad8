/**
 * Files that a person saves: a dialog that begins in Downloads, and the mark that tells the system where they came from,
 * so that it asks before it runs them. Nothing is opened here.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app, type Session } from 'electron';
import { plainName } from './file-name.ts';

/** Zone 3 is the Internet; the stream is Windows's own mark of the web. macOS sets its quarantine by itself. */
async function markOrigin(path: string): Promise<void> {
  if (process.platform !== 'win32') return;
  // A disk that keeps no streams (FAT) is no reason to lose the file.
  await writeFile(`${path}:Zone.Identifier`, '[ZoneTransfer]\r\nZoneId=3\r\n').catch(() => {});
}

export function guideDownloads(session: Session): void {
  session.on('will-download', (_event, item) => {
    item.setSaveDialogOptions({ defaultPath: join(app.getPath('downloads'), plainName(item.getFilename())) });
    item.once('done', (_done, state) => {
      if (state === 'completed') void markOrigin(item.getSavePath());
    });
  });
}
