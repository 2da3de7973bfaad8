/**
 * The address book: books at the left, people in the middle, one person at the right. Lists are windows by position; nothing
 * here holds more people than are in sight.
 */
import { type ReactNode, useEffect } from 'react';
import { useText } from '../../i18n/text.ts';
import { useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { afterTurns } from '../list/turns.ts';
import { BirthdayList } from './birthdays.tsx';
import { BookList } from './book-list.tsx';
import { ContactDialogs } from './contact-dialogs.tsx';
import styles from './contacts.module.css';
import { loadBooks, newContact, removeContacts, setContacts, useContacts } from './contacts-state.ts';
import { ContactEditor } from './editor.tsx';
import { PeopleList } from './people-list.tsx';
import { PersonPane } from './person-pane.tsx';

export function ContactsPage(): ReactNode {
  const t = useText();
  const words = t.contacts;
  const { chosen, pane } = useContacts();
  useEffect(() => {
    // A list that cannot be had is asked for again with the next change; the rows say what failed.
    loadBooks().catch(() => undefined);
    return engine().on('contacts.changed', () => void loadBooks().catch(() => undefined));
  }, []);
  useCommands([
    {
      id: 'contacts.remove',
      label: words.remove,
      group: 'list',
      where: ['page'],
      hidden: true,
      reason: chosen.length === 0 || pane.show !== 'person' ? words.choose : undefined,
      run: () => {
        const { book, text } = useContacts.getState();
        // Whom the keys before it choose, even if they are still being asked for.
        afterTurns(
          () => void removeContacts(useContacts.getState().chosen),
          () => useContacts.getState().book === book && useContacts.getState().text === text,
        );
      },
    },
    {
      id: 'contacts.duplicates',
      label: words.duplicates,
      group: 'application',
      run: () => setContacts({ open: { dialog: 'duplicates' } }),
    },
    {
      id: 'contacts.import',
      label: words.importing.title,
      group: 'application',
      run: () => setContacts({ open: { dialog: 'import' } }),
    },
    {
      id: 'contacts.export',
      label: words.exporting.title,
      group: 'application',
      run: () => setContacts({ open: { dialog: 'export', ids: null } }),
    },
    {
      id: 'contacts.addGroup',
      label: words.commands.addGroup,
      group: 'write',
      run: () => newContact({ kind: 'group' }),
    },
  ]);
  return (
    <div className={styles.contacts}>
      <div className={styles.body}>
        <nav className={styles.nav} aria-label={words.books.label} data-pane="tree">
          <BookList />
          <BirthdayList />
        </nav>
        <PeopleList />
        <section className={styles.pane} aria-label={words.person} data-pane="reader">
          {pane.show === 'person' ? <PersonPane ids={chosen} /> : <ContactEditor pane={pane} />}
        </section>
      </div>
      <ContactDialogs />
    </div>
  );
}
