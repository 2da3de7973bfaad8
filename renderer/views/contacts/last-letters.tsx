import { type ReactNode, useEffect, useState } from 'react';
import type { Row } from '../../../main/contract/mail/views.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { go, setSearch } from '../../state/place.ts';
import { Button } from '../../ui/button.tsx';
import { useMinute } from '../list/use-minute.ts';
import styles from './person.module.css';

const SHOWN = 5;

/** The person's last letters: a search like any other, which can be gone on with. */
export function LastLetters({ addresses }: { addresses: readonly string[] }): ReactNode {
  const t = useText();
  const words = t.contacts;
  const formats = useFormats();
  const now = useMinute();
  const query = addresses
    .slice(0, 5)
    .map((each) => `from:${each}`)
    .join(' OR ');
  const [letters, setLetters] = useState<readonly Row[] | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    engine()
      .request(
        'messages.window',
        {
          view: { scope: { in: 'everywhere' }, query, conversations: false },
          from: 0,
          count: SHOWN,
        },
        { signal: abort.signal },
      )
      // What is known of the person stands above; letters are only a help here.
      .then(
        ({ rows }) => setLetters(rows),
        () => undefined,
      );
    return () => abort.abort();
  }, [query]);
  const search = (letter: number | null) => {
    setSearch({ chips: [], text: query, scope: { in: 'everywhere' } });
    if (letter !== null) go({ letter });
  };
  if (letters === null) return null;
  return (
    <section className={styles.letters} aria-label={words.letters}>
      <h3>{words.letters}</h3>
      {letters.length === 0 ? <p>{words.noLetters}</p> : null}
      <ul>
        {letters.map((row) => (
          <li key={row.id}>
            <button type="button" onClick={() => search(row.id)}>
              <span>{row.subject || t.common.noSubject}</span>
              <time>{formats.listDate(row.date, now)}</time>
            </button>
          </li>
        ))}
      </ul>
      {letters.length > 0 ? (
        <Button variant="link" onPress={() => search(null)}>
          {words.allLetters}
        </Button>
      ) : null}
    </section>
  );
}
