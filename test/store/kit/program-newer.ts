/** The test program one migration later. */
import type { Program } from '../../../main/store/program.ts';
import { program as base } from './program.ts';

export const program = {
  ...base,
  migrations: [
    ...base.migrations,
    { number: 20, name: 'colours', up: (db) => db.exec('ALTER TABLE letters ADD COLUMN colour TEXT') },
  ],
} satisfies Program;
