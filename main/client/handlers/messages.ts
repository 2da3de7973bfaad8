/** Reading letters and acting on them: the contract's names over the room of messages. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { Handlers } from '../../contract/door.ts';
import type { Pool } from '../../store/threads.ts';
import { type ActionDeps, act, selected, undo } from '../messages/actions.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import { bodyMissing, LetterReader } from '../messages/reader.ts';
import type { ClientStore } from '../program.ts';
import type { Frames } from '../security/frames.ts';
import { readSettings } from '../settings.ts';

export interface MessageDeps {
  store: ClientStore;
  pool: Pool<IngestCalls>;
  clock: Clock;
  frames: Frames;
  /** Origin under which the host serves `frames`. */
  frameBase(): string;
  fetchBody(message: number): Promise<void>;
}

type Served =
  | 'messages.get'
  | 'messages.conversation'
  | 'messages.frame'
  | 'messages.html'
  | 'messages.source'
  | 'messages.attachment'
  | 'messages.nested'
  | 'messages.act'
  | 'messages.measure'
  | 'messages.undo'
  | 'senders.allow'
  | 'senders.know'
  | 'tags.list'
  | 'tags.save'
  | 'tags.remove';

/** Octets in one chunk of a streaming answer. */
const CHUNK = 256 * 1024;

/** Lets others have their turn after each piece, so that a long file neither holds them up nor piles up in its door. */
async function inPieces(
  bytes: Uint8Array,
  chunk: (piece: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    signal.throwIfAborted();
    chunk(bytes.subarray(at, at + CHUNK));
    await nextTurn();
  }
}

export function messageHandlers(deps: MessageDeps): Pick<Handlers, Served> {
  const { store, pool, clock, frames } = deps;
  const reader = new LetterReader(deps);
  const actions: ActionDeps = deps;
  return {
    'messages.get': (input) => reader.get(input),
    'messages.conversation': (input) => store.read('messages.conversation', input),
    async 'messages.frame'(input) {
      const always = (await readSettings(store)).pictures === 'always';
      const { path, ...made } = await reader.frame(frames, input, always);
      return { url: deps.frameBase() + path, ...made };
    },
    async 'messages.html'({ id, path, pictures, charset }) {
      const input = { path, pictures, ...(charset ? { charset } : {}) };
      const html = await reader.use(id, (bytes) =>
        pool.call('html', { ...input, bytes }, { transfer: [bytes.buffer] }),
      );
      return { html };
    },
    async 'messages.source'({ id, path }, { chunk, signal }) {
      if (path.length > 0) {
        const inner = await reader.use(id, (bytes) =>
          pool.call('nested', { bytes, path }, { signal, transfer: [bytes.buffer] }),
        );
        await inPieces(inner, chunk, signal);
        return { size: inner.length };
      }
      const { blob } = await reader.stored(id);
      if (!blob) {
        const { head } = await store.read('messages.stored', { id });
        if (!head) throw bodyMissing(id);
        const octets = head;
        chunk(octets);
        return { size: octets.length };
      }
      let size = 0;
      for await (const piece of store.blobs.stream(blob)) {
        signal.throwIfAborted();
        size += piece.length;
        chunk(piece);
      }
      return { size };
    },
    async 'messages.attachment'({ id, n, path }, { chunk, signal }) {
      const file = await reader.use(id, (bytes) =>
        pool.call('attachment', { bytes, n, path }, { signal, transfer: [bytes.buffer] }),
      );
      await inPieces(file.bytes, chunk, signal);
      return { name: file.name, type: file.type, size: file.size };
    },
    'messages.nested': ({ id, n, path, charset }) => reader.nested(id, [...path, n], charset),
    'messages.act': ({ selection, action }) => act(actions, selection, action),
    async 'messages.measure'({ selection }, { signal }) {
      if ('view' in selection && selection.between) {
        const sum = { count: 0, size: 0 };
        for await (const ids of selected(actions, selection)) {
          signal.throwIfAborted();
          const part = await store.read('messages.sizes', { ids });
          sum.count += part.count;
          sum.size += part.size;
        }
        return sum;
      }
      if ('view' in selection) {
        const whole = await store.read('views.measure', { view: selection.view, now: clock.now() });
        if (selection.except.length === 0) return whole;
        const { except, view } = selection;
        const ids = view.conversations ? await store.read('messages.expand', { ids: except }) : except;
        const less = await store.read('messages.sizes', { ids });
        return { count: Math.max(0, whole.count - less.count), size: Math.max(0, whole.size - less.size) };
      }
      const ids = selection.conversations
        ? await store.read('messages.expand', { ids: selection.ids })
        : selection.ids;
      return store.read('messages.sizes', { ids });
    },
    'messages.undo': (input) => undo(actions, input.undo),
    async 'senders.allow'(input) {
      await store.write('senders.allow', input);
      return {};
    },
    async 'senders.know'(input) {
      await store.write('senders.know', input);
      return {};
    },
    'tags.list': () => store.read('tags.list'),
    async 'tags.save'(input) {
      await store.write('tags.save', input);
      return {};
    },
    async 'tags.remove'(input) {
      await store.write('tags.remove', input);
      return {};
    },
  };
}
