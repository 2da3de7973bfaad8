/** Who letters come from: the contract's names over the room of identities. */
import type { Log } from '../../base/log.ts';
import type { EngineEvent, Handlers } from '../../contract/door.ts';
import type { ClientStore } from '../program.ts';

type Served = Extract<keyof Handlers, `identities.${string}`>;

export function identityHandlers({ store }: { store: ClientStore }): Pick<Handlers, Served> {
  return {
    'identities.list': () => store.read('identities.list'),
    async 'identities.add'(input) {
      const id = await store.write('identities.add', input);
      return store.read('identities.get', { id });
    },
    async 'identities.update'(input) {
      await store.write('identities.update', input);
      return store.read('identities.get', { id: input.id });
    },
    async 'identities.remove'(input) {
      await store.write('identities.remove', input);
      return {};
    },
  };
}

/** Change kinds of the log, and the event each becomes. */
const TOLD = {
  identities: ['identities', 'accounts', 'account'],
  signatures: ['signatures'],
  templates: ['templates'],
  snippets: ['snippets'],
} as const;

/**
 * Announces what changes in identities, signatures, templates, snippets and own words, whoever changed it. Returns the
 * unsubscription.
 */
export function announceIdentities(
  { store, log }: { store: ClientStore; log: Log },
  emit: (event: EngineEvent) => void,
): () => void {
  const tell = async (kinds: ReadonlySet<string>): Promise<void> => {
    const heard = (name: keyof typeof TOLD): boolean => TOLD[name].some((kind) => kinds.has(kind));
    if (heard('identities')) emit({ name: 'identities.changed', data: await store.read('identities.list') });
    if (heard('signatures')) emit({ name: 'signatures.changed', data: await store.read('signatures.list') });
    if (heard('templates')) emit({ name: 'templates.changed', data: await store.read('templates.list') });
    if (heard('snippets')) emit({ name: 'snippets.changed', data: await store.read('snippets.list') });
    if (kinds.has('spelling')) emit({ name: 'spelling.changed', data: {} });
  };
  let waiting = new Set<string>();
  return store.changes.on((batch) => {
    for (const { kind } of batch.changes) {
      if (waiting.size === 0) {
        setImmediate(() => {
          const kinds = waiting;
          waiting = new Set();
          tell(kinds).catch((failure: unknown) => log.warn('announce-identities-failed', { failure }));
        });
      }
      waiting.add(kind);
    }
  });
}
