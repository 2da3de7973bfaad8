/** The people of a book: one tab stop over windows of rows of one height; only what is near the viewport is drawn. */
import { BookUser, Ellipsis, UserPlus, Users } from 'lucide-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { ContactRow } from '../../../main/contract/mail/contacts.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { runCommand } from '../../state/commands.ts';
import { useSession } from '../../state/session.ts';
import { pressed } from '../../state/shortcuts.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { Empty } from '../../ui/empty.tsx';
import { TextField } from '../../ui/field.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { inTurn } from '../list/turns.ts';
import { useMinute } from '../list/use-minute.ts';
import styles from './contacts.module.css';
import { nameOfBook, newContact, setContacts, useContacts } from './contacts-state.ts';
import { ContactPortrait } from './person-portrait.tsx';
import { usePeople } from './use-people.ts';

const ROW = 52;
/** Rows drawn beyond what is in sight. */
const OVER = 6;
const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function PeopleList(): ReactNode {
  const t = useText();
  const words = t.contacts;
  const { book, text, chosen, books } = useContacts();
  const people = usePeople(book, text);
  const shown = books.find((each) => each.id === book);
  return (
    <div className={styles.people} data-scope="page">
      <div className={styles.listHead}>
        <div className={styles.listTitle}>
          <h1>{book === null || !shown ? words.title : nameOfBook(shown)}</h1>
          <span role="status">
            {chosen.length > 1
              ? words.chosen(chosen.length)
              : people.total === null
                ? ''
                : words.count(people.total)}
          </span>
        </div>
        <Button size="small" icon={<UserPlus {...icon} />} onPress={() => newContact()}>
          {words.commands.add}
        </Button>
        <MenuButton
          label={words.tools}
          placement="bottom end"
          entries={[
            { id: 'group', label: words.commands.addGroup, run: () => newContact({ kind: 'group' }) },
            { separator: true },
            { id: 'import', label: words.import, run: () => setContacts({ open: { dialog: 'import' } }) },
            {
              id: 'export',
              label: words.export,
              run: () => setContacts({ open: { dialog: 'export', ids: null } }),
            },
            {
              id: 'duplicates',
              label: words.duplicates,
              run: () => setContacts({ open: { dialog: 'duplicates' } }),
            },
          ]}
        >
          <IconButton size="small" label={words.tools} icon={<Ellipsis {...icon} />} />
        </MenuButton>
      </div>
      <TextField
        className={styles.find ?? ''}
        hideLabel
        label={words.find}
        placeholder={words.find}
        type="search"
        value={text}
        onChange={(typed) => setContacts({ text: typed })}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text !== '') setContacts({ text: '' });
          else if (event.key === 'ArrowDown') focusRow(0);
          else return;
          event.preventDefault();
        }}
      />
      {shown?.kind === 'ldap' ? <CopyNote refreshedAt={shown.refreshedAt} /> : null}
      {people.total === 0 ? <Nobody /> : <Rows people={people} />}
    </div>
  );
}

/** When a directory was copied. */
function CopyNote({ refreshedAt }: { refreshedAt: number | null }): ReactNode {
  const words = useText().contacts.books;
  const formats = useFormats();
  const now = useMinute();
  return (
    <p className={styles.copy}>
      {refreshedAt === null ? words.neverRefreshed : words.refreshed(formats.listDate(refreshedAt, now))}
    </p>
  );
}

function Nobody(): ReactNode {
  const t = useText();
  const words = t.contacts;
  const { text, books, book } = useContacts();
  const directory = books.find((each) => each.id === book)?.kind === 'ldap';
  const picture = <BookUser size={32} strokeWidth={1.5} aria-hidden="true" />;
  if (text.trim() !== '') return <Empty icon={picture} title={words.nothing(text.trim())} />;
  if (directory) return <Empty icon={picture} title={words.emptyDirectory} />;
  return (
    <Empty
      icon={picture}
      title={words.empty}
      action={
        <Button variant="link" onPress={() => setContacts({ open: { dialog: 'import' } })}>
          {words.importing.title}
        </Button>
      }
    >
      {words.emptyHint}
    </Empty>
  );
}

function focusRow(at: number): void {
  document.querySelector<HTMLElement>(`[data-person-at="${at}"]`)?.focus();
}

function Rows({ people }: { people: ReturnType<typeof usePeople> }): ReactNode {
  const t = useText();
  const words = t.contacts;
  const { chosen, book, text } = useContacts();
  const textSize = useSession((state) => state.settings?.textSize ?? 100);
  const row = (ROW * textSize) / 100;
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [focus, setFocus] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const lines = useRef<HTMLUListElement>(null);
  const wanted = useRef<number | null>(null);
  const total = people.total ?? 0;
  const from = Math.max(0, Math.floor(top / row) - OVER);
  const to = Math.min(total, Math.ceil((top + height) / row) + OVER);
  const { want } = people;
  useEffect(() => want(from, to));
  useLayoutEffect(() => {
    const target = scroller.current;
    if (!target) return;
    const observer = new ResizeObserver(() => setHeight(target.clientHeight));
    observer.observe(target);
    return () => observer.disconnect();
  }, []);
  // Another list begins at its top.
  useLayoutEffect(() => {
    if (book !== undefined && text !== undefined && scroller.current) scroller.current.scrollTop = 0;
    setFocus(0);
    setAnchor(0);
  }, [book, text]);
  // A row that a key went to is focused as soon as it is drawn.
  useLayoutEffect(() => {
    const at = wanted.current;
    if (at === null || !people.row(at)) return;
    wanted.current = null;
    scroller.current?.querySelector<HTMLElement>(`[data-person-at="${at}"]`)?.focus();
  });

  const choose = (at: number, how: 'one' | 'toggle' | 'range') => {
    setFocus(at);
    if (how === 'toggle') {
      const id = people.row(at)?.id;
      if (id === undefined) return;
      const rest = chosen.filter((each) => each !== id);
      setContacts({ chosen: rest.length < chosen.length ? rest : [...chosen, id], pane: { show: 'person' } });
      return;
    }
    if (how === 'one') setAnchor(at);
    const begin = how === 'one' ? at : anchor;
    const take = (ids: readonly number[]) => setContacts({ chosen: ids, pane: { show: 'person' } });
    void inTurn(() => {
      const ids = people.ids(Math.min(begin, at), Math.max(begin, at));
      if (!(ids instanceof Promise)) {
        take(ids);
        return undefined;
      }
      return ids.then((all) => {
        const now = useContacts.getState();
        if (now.book === book && now.text === text) take(all);
      });
    });
  };
  const moveTo = (at: number, extend: boolean) => {
    const next = Math.max(0, Math.min(total - 1, at));
    const target = scroller.current;
    if (!target) return;
    if (next * row < target.scrollTop) target.scrollTop = next * row;
    else if ((next + 1) * row > target.scrollTop + height) target.scrollTop = (next + 1) * row - height;
    wanted.current = next;
    // The keyboard waits in the list for a row that is not here yet; further keys are the list's.
    if (!people.row(next)) lines.current?.focus({ preventScroll: true });
    setFocus(next);
    setTop(target.scrollTop);
    choose(next, extend ? 'range' : 'one');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / row) - 1);
    const steps: Record<string, number> = {
      ArrowDown: focus + 1,
      ArrowUp: focus - 1,
      PageDown: focus + page,
      PageUp: focus - page,
      Home: 0,
      End: total - 1,
    };
    const next = steps[event.key];
    if (event.altKey) return;
    if (next !== undefined) moveTo(next, event.shiftKey);
    else if (pressed('contacts.choose', event))
      choose(focus, event.ctrlKey || event.metaKey ? 'toggle' : 'one');
    else if (pressed('contacts.open', event)) runCommand('contact.edit');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: MouseEvent, at: number) =>
    choose(at, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'one');

  const drawn: ReactNode[] = [];
  const draw = (at: number) => {
    const person = people.row(at);
    drawn.push(
      <li
        key={at}
        className={styles.slot}
        style={{ transform: `translateY(${at * row}px)`, height: row }}
        aria-setsize={total}
        aria-posinset={at + 1}
      >
        {person ? (
          <Row
            person={person}
            at={at}
            chosen={chosen.includes(person.id)}
            shown={chosen.length === 1 && chosen[0] === person.id}
            tabbable={at === focus}
            onClick={(event) => onClick(event, at)}
          />
        ) : null}
      </li>,
    );
  };
  for (let at = from; at < to; at++) draw(at);
  if (focus < total && (focus < from || focus >= to)) draw(focus);
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      data-pane="list"
    >
      <ul
        ref={lines}
        tabIndex={-1}
        aria-label={words.title}
        className={styles.tall}
        style={{ height: total * row }}
        onKeyDown={onKeyDown}
      >
        {drawn}
      </ul>
    </div>
  );
}

interface RowProps {
  person: ContactRow;
  at: number;
  chosen: boolean;
  shown: boolean;
  tabbable: boolean;
  onClick: (event: MouseEvent) => void;
}

function Row({ person, at, chosen, shown, tabbable, onClick }: RowProps): ReactNode {
  const t = useText();
  const words = t.contacts;
  const second =
    person.kind === 'group'
      ? words.members(person.members)
      : [person.address === person.name ? '' : person.address, person.organisation || person.department]
          .filter(Boolean)
          .join(' · ') || person.phone;
  return (
    <button
      type="button"
      className={classes(styles.person, chosen && styles.chosen)}
      data-person-at={at}
      tabIndex={tabbable ? 0 : -1}
      aria-pressed={chosen}
      {...(shown ? { 'aria-current': 'true' as const } : {})}
      onClick={onClick}
    >
      {person.kind === 'group' ? (
        <span className={styles.groupMark} aria-hidden="true">
          <Users size={16} strokeWidth={1.75} />
        </span>
      ) : (
        <ContactPortrait
          name={person.name}
          address={person.address}
          size={32}
          contact={person.id}
          photo={person.photo}
        />
      )}
      <span className={styles.lines}>
        <span className={styles.name} title={person.name}>
          {person.name || words.noName}
        </span>
        <span className={styles.second} title={second}>
          {second}
        </span>
      </span>
    </button>
  );
}
