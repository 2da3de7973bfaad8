import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import type { DeletedItem } from '../../../main/contract/mail/tidy.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Question } from '../../ui/dialog.tsx';
import { Section, useWork } from './section.tsx';
import styles from './tidy.module.css';

/** Items asked for at a time. */
const PAGE = 50;

/** What was deleted for ever and can still be had back. */
export function RecentlyDeleted(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.tidy.deleted;
  const [shown, setShown] = useState(PAGE);
  const [found, setFound] = useState<Output<'tidy.deleted'> | null>(null);
  const [asking, setAsking] = useState(false);
  const [working, run] = useWork();
  const load = useCallback(() => {
    engine()
      .request('tidy.deleted', { count: Math.min(500, shown) })
      .then(setFound, sayFailure);
  }, [shown]);
  useEffect(() => {
    load();
    const offs = [engine().on('tidy.changed', load), engine().on('mail.changed', load)];
    return () => {
      for (const off of offs) off();
    };
  }, [load]);
  const back = ({ kind, id }: DeletedItem) =>
    run(async () => {
      const { count } = await engine().request('tidy.bringBack', { items: [{ kind, id }] });
      showToast({ text: words.broughtBack(count), icon: 'undo' });
      load();
    });
  const forget = (items: { kind: DeletedItem['kind']; id: number }[] | null) =>
    run(async () => {
      const { count } = await engine().request('tidy.forget', { items });
      setAsking(false);
      showToast({ text: words.gone(count), icon: 'trash' });
      load();
    });
  return (
    <Section title={words.title} about={words.about}>
      {found ? (
        <p className={styles.about}>
          {found.total === 0 ? words.none : words.found(found.total, formats.size(found.size))}
        </p>
      ) : null}
      <ul className={styles.found} aria-label={words.list}>
        {found?.items.map((item) => {
          const subject = item.subject || t.common.noSubject;
          return (
            <li key={`${item.kind}-${item.id}`} className={styles.rule}>
              <div className={styles.letter}>
                <b>{subject}</b>
                <span>
                  {[
                    item.kind === 'draft' ? words.draft : item.from || t.common.noSender,
                    item.path,
                    formats.size(item.size),
                    words.until(formats.day(item.until)),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </div>
              <Button
                size="small"
                isDisabled={working}
                label={words.backOf(subject)}
                onPress={() => back(item)}
              >
                {words.back}
              </Button>
              <Button
                size="small"
                variant="quiet"
                isDisabled={working}
                label={words.forgetOf(subject)}
                onPress={() => forget([{ kind: item.kind, id: item.id }])}
              >
                {words.forget}
              </Button>
            </li>
          );
        })}
      </ul>
      {found && found.total > 0 ? (
        <div className={styles.line}>
          {found.total > found.items.length && shown < 500 ? (
            <Button onPress={() => setShown(shown + PAGE)}>{t.common.more}</Button>
          ) : null}
          <Button variant="quiet" isDisabled={working} onPress={() => setAsking(true)}>
            {words.forgetAll}
          </Button>
        </div>
      ) : null}
      <Question
        question={words.question}
        confirm={words.forgetAll}
        isOpen={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => forget(null)}
      >
        <p>{words.questionBody}</p>
      </Question>
    </Section>
  );
}
