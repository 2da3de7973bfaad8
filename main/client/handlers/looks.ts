/** Looks of lists, favourites, kept filters, orders by hand: the contract's names over the room of looks. */
import type { Handlers } from '../../contract/door.ts';
import type { ClientStore } from '../program.ts';

type Served =
  | Extract<keyof Handlers, `looks.${string}` | `favourites.${string}` | `filters.${string}`>
  | 'folders.arrange'
  | 'tags.rename'
  | 'tags.arrange';

export function lookHandlers({ store }: { store: ClientStore }): Pick<Handlers, Served> {
  return {
    'looks.list': () => store.read('looks.list', undefined),
    async 'looks.set'(input) {
      await store.write('looks.set', input);
      return {};
    },
    async 'looks.reset'(input) {
      await store.write('looks.reset', input);
      return {};
    },
    'favourites.list': () => store.read('favourites.list', undefined),
    async 'favourites.set'(input) {
      await store.write('favourites.set', input);
      return {};
    },
    'filters.list': () => store.read('filters.list', undefined),
    async 'filters.save'(input) {
      return { id: await store.write('filters.save', input) };
    },
    async 'filters.remove'(input) {
      await store.write('filters.remove', input);
      return {};
    },
    async 'folders.arrange'(input) {
      await store.write('folders.arrange', input);
      return {};
    },
    async 'tags.rename'(input) {
      await store.write('tags.rename', input);
      return {};
    },
    async 'tags.arrange'(input) {
      await store.write('tags.arrange', input);
      return {};
    },
  };
}
