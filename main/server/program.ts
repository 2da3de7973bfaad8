/**
 * The office's program for the store: every table, every named write and read. Loaded by the writer thread and by every
 * reader thread, so nothing here has a side effect and nothing waits. A room's operations live in the room; this file
 * only puts them together.
 */
import type { Program } from '../store/program.ts';
import type { Store } from '../store/store.ts';
import { directoryWrites } from './directory/operations.ts';
import { directoryReads } from './directory/rows.ts';
import { guardReads, guardWrites } from './guard/operations.ts';
import { mailstoreReads, mailstoreWrites } from './mailstore/operations.ts';
import { queueReads, queueWrites } from './queue/operations.ts';
import { migration010 } from './schema/010-office.ts';
import { migration020 } from './schema/020-greylist.ts';

export const program = {
  schemaName: 'postroom-office',
  migrations: [migration010, migration020],
  writes: {
    ...directoryWrites,
    ...guardWrites,
    ...mailstoreWrites,
    ...queueWrites,
  },
  reads: {
    ...directoryReads,
    ...guardReads,
    ...mailstoreReads,
    ...queueReads,
  },
} satisfies Program;

export type OfficeProgram = typeof program;
export type OfficeStore = Store<OfficeProgram>;
