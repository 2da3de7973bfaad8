/** What the engine says of letters on servers, kept up by its events; and marking. Nothing of it is guessed here. */
import { create } from 'zustand';
import type { FetchMark } from '../../../main/contract/mail/accounts.ts';
import type { ServerPlan } from '../../../main/contract/mail/maildrop.ts';
import type { Scope, SelectionInput } from '../../../main/contract/mail/views.ts';
import type { Formats } from '../../i18n/format.ts';
import { type Catalogue, text } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { folderOf } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';

export const usePlans = create<{ plans: readonly ServerPlan[] }>(() => ({ plans: [] }));

/** Begins to listen; the returned function ends it. */
export function listenForPlans(): () => void {
  const door = engine();
  const ask = (): void => {
    door.request('maildrop.plans', {}).then(
      (plans) => usePlans.setState({ plans }),
      // Without them nothing is marked and nothing is lost; the next event brings them.
      () => undefined,
    );
  };
  const release = [
    door.on('maildrop.changed', (plans) => usePlans.setState({ plans })),
    door.onState((state) => {
      if (state === 'open') ask();
    }),
  ];
  if (door.state === 'open') ask();
  return () => {
    for (const end of release) end();
  };
}

/** Plans of the accounts that a view shows. */
export function plansOf(scope: Scope | undefined, plans: readonly ServerPlan[]): readonly ServerPlan[] {
  if (scope?.in === 'folder') {
    const account = folderOf(scope.folder)?.account;
    return plans.filter((plan) => plan.account === account);
  }
  if (scope?.in === 'account') return plans.filter((plan) => plan.account === scope.account);
  return scope?.in === 'unified' && scope.role === 'inbox' ? plans.filter(hasWork) : [];
}

/** The next connection has something to do that a person asked for. */
export const hasWork = ({ fetch, remove }: ServerPlan): boolean => fetch.count + remove.count > 0;

/** Seconds that so many octets take by the last connection; null: not known. */
export const secondsFor = (octets: number, rate: number | null): number | null =>
  rate === null || rate <= 0 ? null : octets / rate;

const DAY = 86_400_000;

/** "at 11:00", or with its day when that is not today. */
export const whenOf = (at: number, now: number, formats: Formats, words: Catalogue['maildrop']): string =>
  at - now < DAY && new Date(at).getDate() === new Date(now).getDate()
    ? words.at(formats.time(at))
    : formats.letterDate(at, now);

/** Marks letters, says how many, and offers the way back to `former`. */
export async function mark(
  selection: SelectionInput,
  wanted: FetchMark | null,
  former: FetchMark | null,
): Promise<void> {
  const t = text();
  try {
    const { count } = await engine().request('maildrop.mark', { selection, mark: wanted });
    if (count === 0) {
      showToast({ text: t.maildrop.nothingMarked });
      return;
    }
    const undo = () => void mark(selection, former, wanted);
    showToast({
      text: t.maildrop.marked[wanted ?? 'none'](count),
      actions: [{ label: t.commands.undo, run: undo }],
    });
  } catch (failure) {
    sayFailure(failure);
  }
}

/** Carries an account's plan out now. */
export function runPlan(account: number): void {
  engine().request('maildrop.run', { account }).catch(sayFailure);
}
