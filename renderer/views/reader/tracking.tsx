/** What became of a letter of one's own, recipient by recipient: what servers and readers told. */
import { Check, CheckCheck, CircleAlert, Clock, CornerUpRight, Info } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import type { TrackedRecipient, Tracking } from '../../../main/contract/mail/sending.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import styles from './tracking.module.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
/** Lines shown before the rest is asked for. */
const SHOWN = 5;

function useTracking(letter: Letter): Tracking | null {
  const { id } = letter.row;
  const { messageId } = letter;
  const own = useSession((state) => {
    const from = letter.from[0]?.address.toLowerCase();
    return state.accounts.some((account) => account.address.toLowerCase() === from);
  });
  const [known, setKnown] = useState<{ id: number; tracking: Tracking | null } | null>(null);
  const sent = useSession(
    (state) => state.folders.find((folder) => folder.id === letter.row.folder)?.role === 'sent',
  );
  const ours = own || sent;
  useEffect(() => {
    if (!ours) return;
    let gone = false;
    const ask = () =>
      engine()
        .request('receipts.tracking', { id })
        .then(
          (tracking) => {
            if (!gone) setKnown({ id, tracking });
          },
          // What is not known is not shown.
          () => undefined,
        );
    void ask();
    const stop = engine().on('receipts.changed', (event) => {
      if (event.messageIds.includes(messageId)) void ask();
    });
    return () => {
      gone = true;
      stop();
    };
  }, [id, messageId, ours]);
  return known?.id === id ? known.tracking : null;
}

export function TrackingPanel({ letter }: { letter: Letter }): ReactNode {
  const t = useText();
  const words = t.sending.tracking;
  const [all, setAll] = useState(false);
  const tracking = useTracking(letter);
  if (!tracking) return null;
  const heard = tracking.recipients.filter((each) => each.delivery !== null || each.receipt !== null);
  const silent = tracking.recipients.length - heard.length;
  const asked = tracking.askedReceipt || tracking.askedNotice;
  if (heard.length === 0 && !asked && !tracking.noNotices) return null;
  const lines = [...heard].sort((a, b) => rank(a) - rank(b));
  const shown = all ? lines : lines.slice(0, SHOWN);
  return (
    <section className={styles.tracking} aria-label={words.label}>
      <ul>
        {shown.map((each) => (
          <Line key={each.address} recipient={each} />
        ))}
        {silent > 0 && asked ? (
          <li className={styles.silent}>
            <Clock {...icon} />
            <span>{words.waitingBoth(silent)}</span>
          </li>
        ) : null}
        {tracking.noNotices ? (
          <li className={styles.silent}>
            <Info {...icon} />
            <span>{words.noNotices}</span>
          </li>
        ) : null}
      </ul>
      {lines.length > shown.length ? (
        <Button variant="link" onPress={() => setAll(true)}>
          {words.all}
        </Button>
      ) : null}
    </section>
  );
}

/** Troubles first. */
const rank = (each: TrackedRecipient): number =>
  each.delivery === 'failed' ? 0 : each.delivery === 'delayed' ? 1 : each.receipt ? 2 : 3;

function Line({ recipient }: { recipient: TrackedRecipient }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.sending.tracking;
  const { address, delivery, receipt } = recipient;
  const when = (at: number | null) => (at === null ? '' : formats.listDate(at, Date.now()));
  const delivered =
    delivery === null
      ? ''
      : delivery === 'failed'
        ? words.failed(address)
        : words[delivery](address, when(recipient.deliveryAt));
  const read =
    receipt === null
      ? ''
      : receipt === 'failed'
        ? words.receiptFailed(address)
        : words[receipt](address, when(recipient.receiptAt));
  const failed = delivery === 'failed';
  return (
    <li className={classes(failed && styles.failed, delivery === 'delayed' && styles.delayed)}>
      {failed ? (
        <CircleAlert {...icon} />
      ) : receipt === 'displayed' ? (
        <CheckCheck {...icon} />
      ) : delivery === 'delayed' ? (
        <Clock {...icon} />
      ) : delivery === 'delivered' ? (
        <Check {...icon} />
      ) : (
        <CornerUpRight {...icon} />
      )}
      <span>
        {delivered ? <span>{delivered}</span> : null}
        {read ? <span>{read}</span> : null}
        {recipient.words && (failed || delivery === 'delayed') ? (
          <code lang="en">{recipient.words}</code>
        ) : null}
      </span>
    </li>
  );
}
