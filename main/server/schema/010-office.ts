/** The office's first tables; each room brings its own. */
import type { Migration } from '../../store/program.ts';
import { createDirectoryTables } from './directory.ts';
import { createGuardTables } from './guard.ts';
import { createMailstoreTables } from './mailstore.ts';
import { createQueueTables } from './queue.ts';
import { createSearchTables } from './search.ts';

export const migration010: Migration = {
  number: 10,
  name: 'office',
  up(db) {
    createDirectoryTables(db);
    createGuardTables(db);
    createMailstoreTables(db);
    createSearchTables(db);
    createQueueTables(db);
  },
};
