/** The office's first tables; each room brings its own. */
import type { Migration } from '../../store/program.ts';
import { createMailstoreTables } from './mailstore.ts';

export const migration010: Migration = {
  number: 10,
  name: 'office',
  up(db) {
    createMailstoreTables(db);
  },
};
