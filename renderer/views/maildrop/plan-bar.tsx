/** Above the list: what the next connection will do with letters on the server, when, and what was saved by headers alone. */
import { ListChecks } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ServerPlan } from '../../../main/contract/mail/maildrop.ts';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { useMinute } from '../list/use-minute.ts';
import styles from './maildrop.module.css';
import { PlanDialog } from './plan-dialog.tsx';
import { hasWork, plansOf, runPlan, usePlans, whenOf } from './plans.ts';

export function PlanBars({ view }: { view: ViewInput }): ReactNode {
  const plans = usePlans((state) => state.plans);
  // The account of a folder is known by the folders that the engine told.
  useSession((state) => state.folders);
  return plansOf(view.scope, plans)
    .filter((plan) => hasWork(plan) || plan.keep.count > 0 || plan.headers.count > 0)
    .map((plan) => <PlanBar key={plan.account} plan={plan} />);
}

function PlanBar({ plan }: { plan: ServerPlan }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.maildrop;
  const [open, setOpen] = useState(false);
  const work = hasWork(plan);
  const running = useRunning(plan.account);
  return (
    <section className={classes(styles.bar, !work && styles.calm)} aria-label={words.plan}>
      <ListChecks size={18} strokeWidth={1.75} aria-hidden="true" className={styles.barIcon} />
      <div className={styles.barWords}>
        {work || plan.keep.count > 0 ? <PlanSentence plan={plan} /> : null}
        {plan.headers.count > 0 ? (
          <div className={styles.barFacts}>
            {words.saved(plan.headers.count, formats.size(plan.moved), formats.size(plan.headers.octets))}
          </div>
        ) : null}
      </div>
      {work || plan.keep.count > 0 ? (
        <div className={styles.barActions}>
          <Button variant="quiet" size="small" onPress={() => setOpen(true)}>
            {words.show}
          </Button>
          {work ? (
            <Button variant="primary" size="small" isDisabled={running} onPress={() => runPlan(plan.account)}>
              {running ? words.running : words.now}
            </Button>
          ) : null}
        </div>
      ) : null}
      {open ? <PlanDialog plan={plan} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}

/** "At the next connection, at 11:00: fetch 3 letters (23.9 MB), delete 2 on the server." */
function PlanSentence({ plan }: { plan: ServerPlan }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.maildrop;
  const now = useMinute();
  const offline = useSession((state) => state.hello?.offline ?? false);
  const { fetch, remove, keep, at } = plan;
  const parts = [
    fetch.count > 0 ? words.fetchPart(fetch.count, formats.size(fetch.octets)) : '',
    remove.count > 0 ? words.removePart(remove.count) : '',
    keep.count > 0 ? words.keepPart(keep.count) : '',
  ].filter(Boolean);
  const when = at === null ? null : whenOf(at, now, formats, words);
  return (
    <div>
      <strong>{offline ? words.offline : words.when(when)}</strong> {parts.join(', ')}.
    </div>
  );
}

/** The account is connected and at work. */
function useRunning(account: number): boolean {
  return useSession((session) => {
    const state = session.accounts.find((each) => each.id === account)?.state;
    return state === 'connecting' || state === 'syncing';
  });
}
