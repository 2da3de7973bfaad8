/**
 * Carries an action of a person out on any number of letters: in batches, so that the writer is never held for long, under
 * one undo token. Selections are ids or a whole view.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Action } from '../../contract/mail/messages.ts';
import type { Selection, View } from '../../contract/mail/views.ts';
import type { ClientStore } from '../program.ts';

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
  const except = new Set(selection.except);
  const view: View = selection.view;
  for (let below = Number.MAX_SAFE_INTEGER; ; ) {
    const page = await store.read('views.selection', { view, below, limit: BATCH, now: clock.now() });
    const last = page.at(-1);
    if (!last) return;
    below = last.key;
    const ids = page.map((each) => each.id).filter((id) => !except.has(id));
    if (ids.length > 0) yield ids;
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
