/** What every part of the synchronisation of one account works with. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Pool } from '../../store/threads.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';

export type IngestPool = Pool<IngestCalls>;

export interface SyncContext {
  readonly store: ClientStore;
  readonly pool: IngestPool;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the account is stopped or the program goes offline. */
  readonly signal: AbortSignal;
}
