/** What the indexer thread answers: it alone writes search.db, which can be thrown away at any time. */
import { rmSync } from 'node:fs';
import type { Log } from '../base/log.ts';
import { noIndex } from './fault.ts';
import { searchFile } from './layout.ts';
import { type SearchDoc, SearchIndex } from './search/index.ts';

export interface IndexerData {
  readonly dir: string;
  readonly fields: readonly string[];
}

let index: SearchIndex | undefined;

export function start({ dir, fields }: IndexerData, log: Log): void {
  if (fields.length === 0) return;
  const file = searchFile(dir);
  try {
    index = new SearchIndex(file, fields);
  } catch (failure) {
    // Nothing in it is the only copy: a damaged or foreign index is made anew, with its mark at 0.
    log.warn('search-index-lost', { cause: failure });
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    index = new SearchIndex(file, fields);
  }
}

export const rest = (): void => index?.rest();

function current(): SearchIndex {
  if (!index) throw noIndex();
  return index;
}

export const calls = {
  index({ docs, mark }: { docs: readonly SearchDoc[]; mark: number | undefined }): void {
    current().add(docs, mark);
  },
  remove({ keys, mark }: { keys: readonly number[]; mark: number | undefined }): void {
    current().remove(keys, mark);
  },
  mark: (_: undefined): number => current().mark(),
  setMark: (mark: number): void => current().setMark(mark),
  rebuild: (_: undefined): void => current().clear(),
  optimize: (_: undefined): void => current().optimize(),
  /** Octets given back. */
  vacuum: (_: undefined): number => index?.vacuum() ?? 0,
};

export type IndexerCalls = typeof calls;
