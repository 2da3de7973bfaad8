/** The room's part of the client's program for the store. */
import { folderSyncWrites } from './folder-writes.ts';
import { operationWrites } from './operation-writes.ts';
import { imapReads } from './reads.ts';
import { syncWrites } from './writes.ts';

export const imapWrites = { ...syncWrites, ...operationWrites, ...folderSyncWrites };
export { imapReads };
