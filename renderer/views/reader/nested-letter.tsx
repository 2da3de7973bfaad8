import { type ReactNode, useEffect, useState } from 'react';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { personName } from '../list/row-name.ts';
import styles from './reader.module.css';

/** An attached letter, read as text: its head and its words. */
export function NestedLetter({ id, n }: { id: number; n: number }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const [letter, setLetter] = useState<Letter | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    engine()
      .request('messages.nested', { id, n }, { signal: stop.signal })
      .then(setLetter, (failure: unknown) => {
        if (!stop.signal.aborted) sayFailure(failure);
      });
    return () => stop.abort();
  }, [id, n]);
  if (!letter) return <p>{t.reader.attachments.loading}</p>;
  return (
    <article>
      <h3 className={styles.subject}>{letter.subject || t.common.noSubject}</h3>
      <dl className={styles.headers}>
        <dt>{t.a11y.from}</dt>
        <dd>{letter.from.map((person) => `${personName(person)} <${person.address}>`).join(', ')}</dd>
        <dt>{t.reader.to}</dt>
        <dd>{letter.to.map(personName).join(', ')}</dd>
        <dt>{t.list.columns.date}</dt>
        <dd>{formats.fullDate(letter.date)}</dd>
      </dl>
      <pre className={styles.source}>{letter.text ?? t.reader.emptyBody}</pre>
    </article>
  );
}
