/** SEARCH, SORT and THREAD of the mailstore. */
import { Fault } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import type { OfficeStore } from '../../program.ts';
import type { Mailstore } from '../mailstore.ts';

export type MailstoreSearch = Pick<Mailstore, 'search' | 'sort' | 'thread'> & { close(): Promise<void> };

function notReady(): Promise<never> {
  return Promise.reject(new Fault('internal', 'not-ready', 'Searching is not ready.'));
}

export async function openSearch(_store: OfficeStore, _options: { log: Log }): Promise<MailstoreSearch> {
  return { search: notReady, sort: notReady, thread: notReady, close: async () => {} };
}
