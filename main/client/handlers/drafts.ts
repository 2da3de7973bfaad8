/** Writing and sending: the contract's names over the rooms of drafts and of the outbox. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { EngineEvent, Handlers } from '../../contract/door.ts';
import type { Drafts } from '../drafts/drafts.ts';
import type { Outbox } from '../outbox/runner.ts';
import type { ClientStore } from '../program.ts';

export interface DraftHandlerDeps {
  store: ClientStore;
  drafts: Drafts;
  outbox: Pick<Outbox, 'wake' | 'resume'>;
  clock: Clock;
  log: Log;
}

type Served = Extract<keyof Handlers, `drafts.${string}` | `outbox.${string}`>;

export function draftHandlers(deps: DraftHandlerDeps): Pick<Handlers, Served> {
  const { store, drafts, outbox, clock } = deps;
  return {
    'drafts.create': (input) => drafts.create(input),
    'drafts.save': (input) => drafts.save(input),
    async 'drafts.close'({ id }) {
      await drafts.file(id);
      return {};
    },
    'drafts.get': (input) => store.read('drafts.get', input),
    'drafts.open': ({ message }) => drafts.open(message),
    'drafts.list': () => store.read('drafts.list'),
    'drafts.versions': (input) => store.read('drafts.versions', input),
    async 'drafts.restore'({ id, version }) {
      await store.write('drafts.restore', { id, version });
      return store.read('drafts.get', { id });
    },
    async 'drafts.discard'({ id }) {
      const undo = randomUUID();
      await store.write('drafts.discard', { id, undo });
      return { undo };
    },
    async 'drafts.keep'({ undo }) {
      const id = await store.write('drafts.keep', { undo });
      return store.read('drafts.get', { id });
    },
    'drafts.attach': (input) => drafts.attach(input),
    async 'drafts.detach'(input) {
      await store.write('drafts.detach', input);
      return {};
    },
    async 'drafts.attachment'({ id, attachment }, { chunk, signal }) {
      const { attachments } = await store.read('drafts.row', { id });
      const found = attachments.find((each) => each.id === attachment);
      if (!found) throw new Fault('user', 'no-such-attachment', 'This file is no longer attached.');
      for await (const bytes of store.blobs.stream(found.hash)) {
        signal.throwIfAborted();
        chunk(bytes);
      }
      return { name: found.name, type: found.type, size: found.size };
    },
    'drafts.send': (input) => drafts.send(input),
    'outbox.list': () => store.read('outbox.list', { now: clock.now() }),
    'outbox.edit': (input) => drafts.edit(input),
    async 'outbox.now'({ id }) {
      const { account } = await store.write('outbox.now', { id, now: clock.now() });
      outbox.resume(account);
      return store.read('outbox.item', { id });
    },
    async 'outbox.drop'({ id }) {
      await store.write('outbox.drop', { id, undo: randomUUID() });
      return {};
    },
  };
}

/** Announces what changes in drafts and outbox, whoever changed it. Returns the unsubscription. */
export function announceDrafts(
  { store, clock, log }: Pick<DraftHandlerDeps, 'store' | 'clock' | 'log'>,
  emit: (event: EngineEvent) => void,
): () => void {
  let outboxDue = false;
  const drafts = new Map<number, boolean>();
  let scheduled = false;
  const tell = async () => {
    scheduled = false;
    const changed = [...drafts];
    drafts.clear();
    if (outboxDue) {
      outboxDue = false;
      emit({ name: 'outbox.changed', data: await store.read('outbox.list', { now: clock.now() }) });
    }
    for (const [id, gone] of changed) {
      const draft = gone ? null : await store.read('drafts.get', { id }).catch(() => null);
      const { kept, version } = draft ?? { kept: 'local' as const, version: 0 };
      emit({ name: 'drafts.changed', data: { id, kept, version, gone: draft === null } });
    }
  };
  return store.changes.on((batch) => {
    for (const { kind, data } of batch.changes) {
      if (kind === 'draft') {
        const { id, gone } = data as { id: number; gone?: boolean };
        drafts.set(id, gone ?? false);
        // An operation that ends is how a Sent copy or a draft's copy arrives.
      } else if (kind === 'outbox' || kind === 'operations') outboxDue = true;
    }
    if (scheduled || (!outboxDue && drafts.size === 0)) return;
    scheduled = true;
    setImmediate(() => tell().catch((failure) => log.warn('drafts.announce', { failure })));
  });
}
