/** The plan letter by letter, in the order in which it is carried out; every mark can be taken back here. */
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { PlannedLetter, ServerPlan } from '../../../main/contract/mail/maildrop.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { accountOf } from '../../state/session.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './maildrop.module.css';
import { hasWork, mark, runPlan, secondsFor } from './plans.ts';
import { MarkTag } from './server-mark.tsx';

export function PlanDialog({ plan, onClose }: { plan: ServerPlan; onClose: () => void }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.maildrop;
  const letters = usePlanned(plan);
  const time = (octets: number): string => {
    const seconds = secondsFor(octets, plan.rate);
    return seconds === null ? '' : formats.duration(seconds);
  };
  const total = time(plan.fetch.octets);
  return (
    <Dialog
      title={words.planTitle(accountOf(plan.account)?.address ?? '')}
      isOpen
      wide
      onClose={onClose}
      foot={
        <>
          <span className={styles.planSum}>
            {plan.fetch.count > 0
              ? total === ''
                ? words.fetchPart(plan.fetch.count, formats.size(plan.fetch.octets))
                : words.planSum(formats.size(plan.fetch.octets), total)
              : ''}
          </span>
          <Button onPress={onClose}>{t.common.close}</Button>
          <Button
            variant="primary"
            isDisabled={!hasWork(plan)}
            onPress={() => {
              runPlan(plan.account);
              onClose();
            }}
          >
            {words.now}
          </Button>
        </>
      }
    >
      {letters?.length === 0 ? (
        <p className={styles.planEmpty}>{words.planEmpty}</p>
      ) : (
        <table className={styles.planTable} aria-label={words.plan}>
          <thead>
            <tr>
              <th scope="col" className={styles.number}>
                №
              </th>
              <th scope="col">{words.planColumns.mark}</th>
              <th scope="col">{words.planColumns.from}</th>
              <th scope="col">{words.planColumns.subject}</th>
              <th scope="col" className={styles.number}>
                {words.planColumns.size}
              </th>
              {plan.rate === null ? null : (
                <th scope="col" className={styles.number}>
                  {words.planColumns.time}
                </th>
              )}
              <td />
            </tr>
          </thead>
          <tbody>
            {(letters ?? []).map((letter, n) => (
              <tr key={letter.message}>
                <td className={styles.number}>{formats.number(n + 1)}</td>
                <td>
                  <MarkTag mark={letter.mark} />
                </td>
                <td className={styles.cut} title={letter.from}>
                  {letter.from}
                </td>
                <td className={styles.cut} title={letter.subject}>
                  {letter.subject || t.common.noSubject}
                </td>
                <td className={styles.number}>{formats.size(letter.octets)}</td>
                {plan.rate === null ? null : (
                  <td className={styles.number}>{letter.mark === 'fetch' ? time(letter.octets) : ''}</td>
                )}
                <td>
                  <IconButton
                    size="small"
                    label={words.takeBack(letter.subject || t.common.noSubject)}
                    icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
                    onPress={() => {
                      leaveRow();
                      void mark({ ids: [letter.message] }, null, letter.mark);
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}

/** Before a row goes: the keyboard goes to its neighbour, or to the dialog's own buttons, never to the page. */
function leaveRow(): void {
  const row = document.activeElement?.closest('tr');
  const neighbour = row?.nextElementSibling ?? row?.previousElementSibling;
  const next = neighbour ?? row?.closest('[role="dialog"]');
  next?.querySelector<HTMLElement>('button')?.focus();
}

/** Its letters, asked anew whenever the plan has changed; null: not answered yet. */
function usePlanned(plan: ServerPlan): readonly PlannedLetter[] | null {
  const [letters, setLetters] = useState<readonly PlannedLetter[] | null>(null);
  useEffect(() => {
    let over = false;
    engine()
      .request('maildrop.letters', { account: plan.account })
      .then((found) => {
        if (!over) setLetters(found);
      })
      .catch(sayFailure);
    return () => {
      over = true;
    };
  }, [plan]);
  return letters;
}
