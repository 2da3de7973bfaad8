/** Marks as commands: by key, from the bar, the menus and the palette; on the letters chosen in the list. */
import { Bookmark, Download, Eraser, ListChecks, Trash2 } from 'lucide-react';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import type { FetchMark } from '../../../main/contract/mail/accounts.ts';
import type { Row } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { useInMail, usePlace } from '../../state/place.ts';
import { currentSelection, focusedRow, onceChosen, useList } from '../list/list-state.ts';
import { useMarking } from './marking.tsx';
import { PlanDialog } from './plan-dialog.tsx';
import { hasWork, listenForPlans, plansOf, runPlan, usePlans } from './plans.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const QUIET = (): (() => void) => () => {};

/** Chosen rows that are here: enough to know what can be done with them. */
function useChosen(): readonly Row[] {
  const rows = useList((state) => state.rows);
  const chosen = useList((state) => state.chosen);
  useList((state) => state.focus);
  useSyncExternalStore(rows?.subscribe ?? QUIET, () => rows?.snapshot.version ?? 0);
  const focused = focusedRow();
  if (!rows) return [];
  if (chosen.kind !== 'some') return focused ? [focused] : [];
  const found = chosen.ids.flatMap((id) => {
    const at = rows.find(id);
    return (at === undefined ? undefined : rows.row(at)) ?? [];
  });
  return found.length > 0 ? found : focused ? [focused] : [];
}

export function MaildropCommands(): ReactNode {
  const t = useText();
  const words = t.maildrop.commands;
  const chosen = useChosen();
  const view = usePlace((state) => state.view);
  const all = usePlans((state) => state.plans);
  const [shown, setShown] = useState<number | null>(null);
  const { choose, question } = useMarking();
  useEffect(listenForPlans, []);
  const here = plansOf(view?.scope, all);
  const [plan] = [...here.filter(hasWork), ...all.filter(hasWork)];
  const open = all.find((each) => each.account === shown);
  const seen = chosen.some((row) => row.server && !row.server.gone);
  // Of a choice that was never loaded only the engine knows which letters are on a server; it passes over the others.
  const unseen = useList((state) => state.chosen.kind !== 'some');
  const markable = seen || (unseen && here.some((each) => each.headers.count > 0));
  const former = chosen.length === 1 ? (chosen[0]?.server?.mark ?? null) : null;
  const act = (wanted: FetchMark | null) => () =>
    onceChosen(() => {
      const selection = currentSelection();
      if (selection) choose(selection, wanted, former);
    });
  const inMail = useInMail();
  const reasonFor = (can: boolean) =>
    inMail ? (can ? undefined : t.maildrop.notOnServer) : t.window.notInMail;
  const reason = reasonFor(markable);
  const where = ['list', 'reader'] as const;
  const commands: Command[] = [
    {
      id: 'maildrop.fetch',
      label: words.fetch,
      group: 'message',
      where,
      icon: <Download {...icon} />,
      reason,
      run: act('fetch'),
    },
    {
      id: 'maildrop.keep',
      label: words.keep,
      group: 'message',
      where,
      icon: <Bookmark {...icon} />,
      reason,
      run: act('keep'),
    },
    {
      id: 'maildrop.delete',
      label: words.delete,
      group: 'message',
      where,
      icon: <Trash2 {...icon} />,
      // Its key erases letters, too: which of both is meant, the letter that has the focus says.
      reason: reasonFor(seen),
      run: act('delete'),
    },
    {
      id: 'maildrop.none',
      label: words.none,
      group: 'message',
      where,
      icon: <Eraser {...icon} />,
      reason,
      run: act(null),
    },
    {
      id: 'maildrop.run',
      label: words.run,
      group: 'application',
      icon: <ListChecks {...icon} />,
      reason: plan ? undefined : t.maildrop.noPlan,
      run: () => {
        if (plan) runPlan(plan.account);
      },
    },
    {
      id: 'maildrop.show',
      label: words.show,
      group: 'application',
      reason: plan ? undefined : t.maildrop.noPlan,
      run: () => setShown(plan?.account ?? null),
    },
  ];
  useCommands(commands);
  return (
    <>
      {open ? <PlanDialog plan={open} onClose={() => setShown(null)} /> : null}
      {question}
    </>
  );
}

/** Whether the marks stand in the command bar: the view holds letters by their headers. */
export function useMarksShown(): boolean {
  const view = usePlace((state) => state.view);
  const plans = usePlans((state) => state.plans);
  return plansOf(view?.scope, plans).some((plan) => plan.headers.count > 0);
}
