/**
 * Carries an action of a person out on any number of letters: in batches, so that the writer is never held for long, under
 * one undo token. Selections are ids, a whole view or parts of it.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Action } from '../../contract/mail/messages.ts';
import type { Selection, Span, View } from '../../contract/mail/views.ts';
import type { ClientStore } from '../program.ts';
import type { Between } from './spans.ts';

/** Letters in one transaction; about 20 ms. */
const BATCH = 200;

export interface ActionDeps {
  store: ClientStore;
  clock: Clock;
  fetchBody(message: number): Promise<void>;
}

/** Batches of the selected letters' ids. A view is read downwards by place, so marking its letters does not shift it. */
export async function* selected(deps: ActionDeps, selection: Selection): AsyncGenerator<number[]> {
  const { store, clock } = deps;
  if ('ids' in selection) {
    const ids = selection.conversations
      ? await store.read('messages.expand', { ids: selection.ids })
      : selection.ids;
    for (let at = 0; at < ids.length; at += BATCH) yield ids.slice(at, at + BATCH);
    return;
  }
  const { view, between } = selection;
  // A row that was taken out stands for its whole conversation.
  const except = new Set(
    view.conversations && selection.except.length > 0
      ? await store.read('messages.expand', { ids: selection.except })
      : selection.except,
  );
  if (between) {
    yield* inSpans(deps, view, between, except);
    return;
  }
  for (let below = Number.MAX_SAFE_INTEGER; ; ) {
    const page = await store.read('views.selection', { view, below, limit: BATCH, now: clock.now() });
    const last = page.at(-1);
    if (!last) return;
    below = last.key;
    const ids = page.map((each) => each.id).filter((id) => !except.has(id));
    if (ids.length > 0) yield ids;
  }
}

/** Batches of what stands between rows of the view. */
async function* inSpans(
  deps: ActionDeps,
  view: View,
  spans: readonly Span[],
  except: ReadonlySet<number>,
): AsyncGenerator<number[]> {
  const { store } = deps;
  const { keys, conversations } = await rowsBetween(deps, view, spans);
  for (let at = 0; at < keys.length; at += BATCH) {
    const rows = await store.read('messages.idsOfKeys', { keys: [...keys.subarray(at, at + BATCH)] });
    const all = conversations ? await store.read('messages.expand', { ids: rows }) : rows;
    const ids = all.filter((id) => !except.has(id));
    for (let from = 0; from < ids.length; from += BATCH) yield ids.slice(from, from + BATCH);
  }
}

async function rowsBetween(
  { store, clock }: ActionDeps,
  view: View,
  spans: readonly Span[],
): Promise<Between> {
  const options = { affinity: 'views' };
  for (;;) {
    const found = await store.read('views.between', { view, spans, now: clock.now() }, options);
    if (found) return found;
    let complete = false;
    while (!complete) ({ complete } = await store.read('views.build', { view, now: clock.now() }, options));
  }
}

export async function act(
  deps: ActionDeps,
  selection: Selection,
  action: Action,
): Promise<{ count: number; undo: string | null; to: number | null }> {
  const { store } = deps;
  const token = randomUUID();
  let count = 0;
  let undoable = action.do !== 'erase';
  let changed = false;
  let to: number | null = null;
  let n = 0;
  for await (const ids of selected(deps, selection)) {
    if (action.do === 'move' || action.do === 'copy') await bring(deps, ids, action.to);
    const done = await store.write('messages.act', { ids, action, token, n: n++ });
    count += done.count;
    undoable &&= done.undoable;
    changed ||= done.changed;
    to = done.to ?? to;
  }
  return { count, undo: undoable && changed ? token : null, to };
}

/** A letter that goes to another account needs its octets here first. */
async function bring(deps: ActionDeps, ids: number[], folder: number): Promise<void> {
  const { store, fetchBody } = deps;
  const foreign = await store.read('messages.foreignHeaders', { ids, folder });
  for (const id of foreign) await fetchBody(id);
}

export async function undo(deps: ActionDeps, token: string): Promise<{ count: number; redo: string | null }> {
  const redo = randomUUID();
  let count = 0;
  let undoable = true;
  let changed = false;
  for (;;) {
    const done = await deps.store.write('messages.undo', { token, redo });
    count += done.count;
    undoable &&= done.undoable;
    changed ||= done.changed;
    if (!done.more) return { count, redo: undoable && changed ? redo : null };
  }
}
