import { Cake } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import { useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import styles from './contacts.module.css';
import { showContact } from './contacts-state.ts';

type Birthdays = Output<'contacts.birthdays'>;

/** Whose birthday it is within a week; nothing where there is none. */
export function BirthdayList(): ReactNode {
  const t = useText();
  const words = t.contacts;
  const [all, setAll] = useState<Birthdays>([]);
  useEffect(() => {
    const ask = () => {
      engine()
        .request('contacts.birthdays', { days: 7 })
        // A reminder is a help: the book itself says when it cannot be read.
        .then(setAll, () => setAll([]));
    };
    ask();
    return engine().on('contacts.changed', ask);
  }, []);
  if (all.length === 0) return null;
  const when = (inDays: number) =>
    inDays === 0 ? words.today : inDays === 1 ? words.tomorrow : words.inDays(inDays);
  return (
    <div className={styles.birthdays}>
      <h2 id="birthdays">{words.birthdays}</h2>
      <ul aria-labelledby="birthdays">
        {all.map(({ id, name, inDays, age }) => (
          <li key={id}>
            <button type="button" onClick={() => showContact(id)}>
              <Cake size={14} strokeWidth={1.75} aria-hidden="true" />
              <span>
                <b>{name || words.noName}</b>
                <span>{[when(inDays), age === null ? '' : words.age(age)].filter(Boolean).join(', ')}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
