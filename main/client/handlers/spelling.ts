/** Spelling: the contract's names over its room, which loads the dictionaries when it is first asked. */
import type { Handlers } from '../../contract/door.ts';
import type { ClientStore } from '../program.ts';
import type { Spelling } from '../spelling/spelling.ts';

type Served = Extract<keyof Handlers, `spelling.${string}`>;

export function spellingHandlers(deps: { store: ClientStore; spelling: Spelling }): Pick<Handlers, Served> {
  const { store, spelling } = deps;
  return {
    'spelling.check': ({ texts, languages }, { signal }) => spelling.check(texts, languages, signal),
    'spelling.suggest': ({ word, languages }, { signal }) => spelling.suggest(word, languages, signal),
    'spelling.words': () => store.read('spelling.words'),
    async 'spelling.add'(input) {
      await store.write('spelling.add', input);
      spelling.forgetKnown();
      return {};
    },
    async 'spelling.forget'(input) {
      await store.write('spelling.forget', input);
      spelling.forgetKnown();
      return {};
    },
  };
}
