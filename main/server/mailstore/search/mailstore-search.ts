/** SEARCH, SORT and THREAD of the mailstore: one read each, in a thread of the store. */
import type { Clock } from '../../../base/clock.ts';
import type { OfficeStore } from '../../program.ts';
import type { Mailstore } from '../mailstore.ts';

export type MailstoreSearch = Pick<Mailstore, 'search' | 'sort' | 'thread'> & { close(): Promise<void> };

export async function openSearch(store: OfficeStore, { clock }: { clock: Clock }): Promise<MailstoreSearch> {
  const given = (signal: AbortSignal | undefined) => (signal ? { signal } : {});
  return {
    search: (mailbox, key, within, signal) =>
      store.read('search.run', { mailbox, key, within: within ?? null, now: clock.now() }, given(signal)),
    sort: (mailbox, uids, keys, signal) => store.read('search.sort', { mailbox, uids, keys }, given(signal)),
    thread: (mailbox, uids, algorithm) => store.read('search.thread', { mailbox, uids, algorithm }),
    close: async () => {},
  };
}
