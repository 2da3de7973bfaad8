/** Where things lie in a profile's folder (segments have their own file, segments.ts). */
import { join } from 'node:path';

export const databaseFile = (dir: string): string => join(dir, 'store.db');
export const searchFile = (dir: string): string => join(dir, 'search.db');
/** Blobs on their way in; emptied at every opening. */
export const spoolFolder = (dir: string): string => join(dir, 'spool');
