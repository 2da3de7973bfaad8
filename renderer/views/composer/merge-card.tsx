/** A mail merge in the outbox: how many of its letters went, and the way to stop it. */
import { TableProperties } from 'lucide-react';
import type { ReactNode } from 'react';
import type { MergeState } from '../../../main/contract/mail/sending.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import styles from './outbox.module.css';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function MergeCard({ merge }: { merge: MergeState }): ReactNode {
  const t = useText();
  const words = t.sending.merge;
  const { sent, total, waiting, failed, perMinute } = merge;
  const title =
    merge.state === 'preparing'
      ? words.preparing
      : merge.state === 'cancelled'
        ? words.cardCancelled(sent)
        : waiting === 0 && failed === 0
          ? words.cardDone(total)
          : words.cardTitle(sent, total);
  const stop = () =>
    engine()
      .request('merge.cancel', { id: merge.id })
      .then(() => showToast({ text: words.stopped, icon: 'check' }), sayFailure);
  const facts = [
    waiting > 0 && perMinute > 0 ? words.cardRate(perMinute) : '',
    failed > 0 ? words.cardFailed(failed) : '',
  ].filter(Boolean);
  return (
    <li className={styles.card}>
      <div className={styles.cardHead}>
        <TableProperties {...icon} />
        <div>
          <b>{title}</b>
          <p>{merge.subject || t.common.noSubject}</p>
          {facts.map((fact) => (
            <p key={fact}>{fact}</p>
          ))}
        </div>
      </div>
      {waiting > 0 ? (
        <div className={styles.cardActions}>
          <Button onPress={stop}>{words.stop}</Button>
        </div>
      ) : null}
    </li>
  );
}
