import { type ReactNode, useState } from 'react';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import type { Address } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { personName } from '../list/row-name.ts';
import styles from './reader.module.css';

/** Names before a click shows all of them with their addresses. */
const SHORT = 4;

/** To and Cc: short at first, everything after a click. */
export function PeopleLine({ letter }: { letter: Letter }): ReactNode {
  const t = useText();
  const accounts = useSession((state) => state.accounts);
  const [all, setAll] = useState(false);
  const own = new Set(accounts.map((account) => account.address.toLowerCase()));
  const short = (person: Address) =>
    own.has(person.address.toLowerCase()) ? t.reader.toYou : personName(person);
  const rows = [
    { label: t.reader.to, line: t.reader.toLine, people: letter.to },
    { label: t.reader.cc, line: t.reader.ccLine, people: letter.cc },
    { label: t.reader.bcc, line: t.reader.bccLine, people: letter.bcc },
    { label: t.reader.replyTo, line: t.reader.replyToLine, people: differs(letter) ? letter.replyTo : [] },
  ].filter((row) => row.people.length > 0);
  if (rows.length === 0) return null;
  return (
    <button
      type="button"
      className={styles.people}
      aria-expanded={all}
      title={all ? undefined : t.reader.showPeople}
      onClick={() => setAll(!all)}
    >
      {all
        ? rows.map((row) => (
            <span key={row.label} style={{ display: 'block' }}>
              {row.label}: {row.people.map(whole).join(', ')}
            </span>
          ))
        : rows.map((row, at) => (
            <span key={row.label}>
              {at > 0 ? ' · ' : ''}
              {row.line(row.people.slice(0, SHORT).map(short).join(', '))}
              {row.people.length > SHORT ? ` ${t.reader.andMore(row.people.length - SHORT)}` : ''}
            </span>
          ))}
    </button>
  );
}

function whole(person: Address): string {
  return person.name ? `${person.name} <${person.address}>` : person.address;
}

/** A Reply-To that says the same as From is not worth a line. */
function differs(letter: Letter): boolean {
  const from = letter.from
    .map((person) => person.address.toLowerCase())
    .sort()
    .join();
  return (
    letter.replyTo
      .map((person) => person.address.toLowerCase())
      .sort()
      .join() !== from
  );
}
