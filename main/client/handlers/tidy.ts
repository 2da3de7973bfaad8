/** Notices and keeping tidy: the contract's names over their rooms. */
import type { Handlers } from '../../contract/door.ts';
import type { Notices } from '../notices/notices.ts';
import type { ClientStore } from '../program.ts';
import type { Tidy } from '../tidy/tidy.ts';

export interface TidyHandlerDeps {
  store: ClientStore;
  tidy: Tidy;
  notices: Notices;
}

type Served = Extract<keyof Handlers, `tidy.${string}` | `notices.${string}`>;

export function tidyHandlers({ store, tidy, notices }: TidyHandlerDeps): Pick<Handlers, Served> {
  return {
    async 'notices.example'({ sound }) {
      await notices.example(sound);
      return {};
    },
    'tidy.duplicates': ({ scope, limit }, { signal }) => tidy.duplicates(scope, limit, signal),
    'tidy.removeDuplicates': ({ scope, except }) => tidy.removeDuplicates(scope, except),
    'tidy.large': (input) => store.read('tidy.large', input),
    async 'tidy.oldLetters'({ folder, days }) {
      const older = { folder, before: tidy.before(days), unflagged: false };
      const [preview, places] = await Promise.all([
        store.read('tidy.oldPreview', older),
        store.read('tidy.oldPlaces', older),
      ]);
      return { ...preview, places };
    },
    'tidy.archiveOld': ({ folder, days }) => tidy.archiveOld(folder, days),
    async 'tidy.retention'() {
      return (await store.read('tidy.rules')).map(({ told: _told, ...rule }) => rule);
    },
    async 'tidy.setRetention'(input) {
      await store.write('tidy.setRule', input);
      return {};
    },
    'tidy.retentionPreview': ({ folder, days }) =>
      store.read('tidy.oldPreview', { folder, before: tidy.before(days), unflagged: true }),
    'tidy.runRetention': () => tidy.runRetention(true),
    'tidy.deleted': (input) => store.read('tidy.deleted', input),
    async 'tidy.bringBack'({ items }) {
      return { count: await tidy.bringBack(items) };
    },
    async 'tidy.forget'({ items }) {
      return { count: await tidy.forget(items) };
    },
    'tidy.compact': () => tidy.compact(),
  };
}
