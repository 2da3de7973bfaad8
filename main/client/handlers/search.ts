/** The search box, facets, snippets and saved searches: the contract's names over the search room. */
import type { Clock } from '../../base/clock.ts';
import type { Handlers } from '../../contract/door.ts';
import type { Pool } from '../../store/threads.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';
import type { SearchCounter } from '../search/counter.ts';

export interface SearchDeps {
  store: ClientStore;
  pool: Pool<IngestCalls>;
  clock: Clock;
  counter: Pick<SearchCounter, 'wake'>;
}

type Served = Extract<keyof Handlers, `search.${string}`>;

/** Octets of letters read for one answer of snippets; what lies beyond shows its preview. */
const SNIPPET_BYTES = 8 * 1024 * 1024;

export function searchHandlers({ store, pool, clock, counter }: SearchDeps): Pick<Handlers, Served> {
  return {
    'search.parse': ({ query }) => store.read('search.parse', { query }),
    'search.facets': (input, { signal }) =>
      store.read('search.facets', { ...input, now: clock.now() }, { signal }),
    'search.suggest': (input) => store.read('search.suggest', input),
    async 'search.snippets'({ query, ids }, { signal }) {
      const { highlight } = await store.read('search.parse', { query });
      const found = await store.read('search.snippetBlobs', { ids });
      const letters: { id: number; bytes: Uint8Array }[] = [];
      let octets = 0;
      for (const { id, blob } of found) {
        signal.throwIfAborted();
        if (!blob || octets > SNIPPET_BYTES) continue;
        // A letter of many megabytes is not read for two lines of text.
        if ((await store.blobs.size(blob)) > SNIPPET_BYTES / 4) continue;
        const bytes = await store.blobs.read(blob).catch(() => null);
        if (!bytes) continue;
        octets += bytes.length;
        letters.push({ id, bytes });
      }
      const snippets = await pool.call('snippets', { letters, words: highlight }, { signal });
      return snippets.filter((snippet) => snippet.text !== '' || snippet.file !== null);
    },
    async 'search.saved'() {
      counter.wake();
      return store.read('search.saved', undefined);
    },
    async 'search.save'({ name, view }) {
      return { id: await store.write('search.save', { name, view }) };
    },
    async 'search.update'(input) {
      await store.write('search.update', input);
      return {};
    },
    async 'search.arrange'(input) {
      await store.write('search.arrange', input);
      return {};
    },
    async 'search.forget'({ id }) {
      await store.write('search.forget', { id });
      return {};
    },
    'search.state': () => store.read('search.state', undefined),
  };
}
