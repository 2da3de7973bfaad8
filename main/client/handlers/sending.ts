/** Receipts, letters sent on, mail merge: the contract's names over their rooms. */
import { Fault } from '../../base/errors.ts';
import type { Handlers } from '../../contract/door.ts';
import type { Merges } from '../merge/merges.ts';
import { type RedirectDeps, redirect } from '../outbox/redirect.ts';
import type { ClientStore } from '../program.ts';
import type { Receipts } from '../receipts/receipts.ts';

export interface SendingHandlerDeps {
  store: ClientStore;
  receipts: Receipts;
  merges: Merges;
  redirect: RedirectDeps;
}

export type SendingNames =
  | Extract<keyof Handlers, `receipts.${string}` | `merge.${string}`>
  | 'messages.redirect';

export function sendingHandlers(deps: SendingHandlerDeps): Pick<Handlers, SendingNames> {
  const { store, receipts, merges } = deps;
  return {
    async 'receipts.tracking'({ id }) {
      const facts = await store.read('receipts.facts', { message: id });
      if (!facts)
        throw new Fault('user', 'no-such-message', 'This letter no longer exists.', { detail: { id } });
      return store.read('receipts.tracking', { message: id });
    },
    'receipts.state': ({ id }) => receipts.state(id),
    'receipts.answer': ({ id, send, byHand }) => receipts.answer(id, send, byHand),
    'receipts.list': (input) => store.read('receipts.list', input),
    'messages.redirect': (input) => redirect(deps.redirect, input),
    'merge.preview': (input) => merges.preview(input),
    'merge.start': (input, { signal }) => merges.send(input, signal),
    'merge.list': () => merges.list(),
    'merge.cancel': ({ id }) => merges.cancel(id),
  };
}
