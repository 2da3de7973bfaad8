/** The test program with a migration that breaks half-way. */
import type { Program } from '../../../main/store/program.ts';
import { program as base } from './program.ts';

export const program = {
  ...base,
  migrations: [
    ...base.migrations,
    {
      number: 20,
      name: 'breaks',
      up: (db) => {
        db.exec('DELETE FROM letters');
        db.exec('INSERT INTO no_such_table VALUES (1)');
      },
    },
  ],
} satisfies Program;
