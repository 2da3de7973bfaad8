import { BookUser, Building2, Clock, Ellipsis, Plus, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { MenuButton, type MenuEntry } from '../../ui/menu.tsx';
import styles from './contacts.module.css';
import { type Book, nameOfBook, setContacts, useContacts } from './contacts-state.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const ICONS = { own: BookUser, collected: Clock, ldap: Building2 } as const;

/** Books with their counts, and what can be done with each. */
export function BookList(): ReactNode {
  const t = useText();
  const words = t.contacts.books;
  const formats = useFormats();
  const { books, book: shown } = useContacts();
  const all = books.reduce((sum, each) => sum + each.count, 0);
  const choose = (book: number | null) => setContacts({ book, chosen: [], pane: { show: 'person' } });
  const row = (id: number | null, name: string, picture: ReactNode, count: number, menu: ReactNode) => (
    <li key={id ?? 'all'} className={classes(styles.book, shown === id && styles.current)}>
      <button
        type="button"
        className={styles.bookName}
        {...(shown === id ? { 'aria-current': 'page' as const } : {})}
        onClick={() => choose(id)}
      >
        {picture}
        <span title={name}>{name}</span>
        <span className={styles.bookCount}>{formats.number(count)}</span>
      </button>
      {menu}
    </li>
  );
  return (
    <>
      <div className={styles.navHead}>
        <h2>{words.label}</h2>
        <MenuButton
          label={words.add}
          entries={[
            {
              id: 'book',
              label: words.add,
              run: () => setContacts({ open: { dialog: 'book', book: null } }),
            },
            {
              id: 'directory',
              label: words.addDirectory,
              run: () => setContacts({ open: { dialog: 'directory', book: null } }),
            },
          ]}
        >
          <IconButton size="small" label={words.add} icon={<Plus {...icon} />} />
        </MenuButton>
      </div>
      <ul className={styles.books}>
        {row(null, words.all, <Users {...icon} />, all, null)}
        {books.map((book) => {
          const Picture = ICONS[book.kind];
          return row(
            book.id,
            nameOfBook(book),
            <Picture {...icon} />,
            book.count,
            <BookMenu book={book} first={book.id === books[0]?.id} />,
          );
        })}
      </ul>
    </>
  );
}

function BookMenu({ book, first }: { book: Book; first: boolean }): ReactNode {
  const t = useText();
  const words = t.contacts.books;
  const refresh = () => {
    engine().request('contacts.ldapRefresh', { book: book.id }).catch(sayFailure);
  };
  const entries: MenuEntry[] = [
    ...(book.kind === 'ldap'
      ? [
          { id: 'refresh', label: words.refresh, run: refresh },
          {
            id: 'settings',
            label: words.settings,
            run: () => setContacts({ open: { dialog: 'directory', book } }),
          },
        ]
      : [
          {
            id: 'rename',
            label: words.rename,
            run: () => setContacts({ open: { dialog: 'book', book } }),
          },
        ]),
    ...(book.kind === 'collected' || (book.kind === 'own' && first)
      ? []
      : [
          { separator: true as const },
          {
            id: 'remove',
            label: words.remove,
            danger: true,
            run: () => setContacts({ open: { dialog: 'removeBook', book } }),
          },
        ]),
  ];
  const label = words.more(nameOfBook(book));
  return (
    <MenuButton label={label} entries={entries} placement="bottom end">
      <IconButton size="small" className={styles.bookMenu} label={label} icon={<Ellipsis {...icon} />} />
    </MenuButton>
  );
}
