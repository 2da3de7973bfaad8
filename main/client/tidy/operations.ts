/** Named reads and writes of this room. */
import type { WriteTx } from '../../store/program.ts';
import { deletedReads, deletedWrites, reclaimDeleted } from './deleted.ts';
import { duplicateReads } from './duplicates.ts';
import { oldReads } from './old.ts';
import { retentionReads, retentionWrites } from './retention.ts';

/** Letters forgotten in one transaction. */
const SOME = 200;

export const tidyReads = { ...deletedReads, ...duplicateReads, ...oldReads, ...retentionReads };

export const tidyWrites = {
  ...deletedWrites,
  ...retentionWrites,
  /** Housekeeping, a little at a time. Returns whether there is more. */
  'tidy.reclaim': (tx: WriteTx): boolean => reclaimDeleted(tx, SOME) === SOME,
};
