/** One person: how to reach them, what is known, their last letters. Several chosen: what can be done with all of them. */
import { Mail, Merge, Pencil, SquarePen, Trash2, Users } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { ContactContent } from '../../../main/contract/mail/contacts.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { asFault } from '../../transport/fault.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import styles from './contacts.module.css';
import {
  type Contact,
  mergeContacts,
  moveContacts,
  nameOfBook,
  removeContacts,
  setContacts,
  useContacts,
} from './contacts-state.ts';
import { LastLetters } from './last-letters.tsx';
import person from './person.module.css';
import { ContactPortrait } from './person-portrait.tsx';
import { writeTo } from './write-to.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function PersonPane({ ids }: { ids: readonly number[] }): ReactNode {
  const t = useText();
  const words = t.contacts;
  if (ids.length === 0)
    return <Empty icon={<Users size={32} strokeWidth={1.5} aria-hidden="true" />} title={words.choose} />;
  if (ids.length > 1) return <SeveralPeople ids={ids} />;
  return <OnePerson key={ids[0]} id={ids[0] as number} />;
}

/** Contacts that one merge takes. */
const MERGED = 50;

function SeveralPeople({ ids }: { ids: readonly number[] }): ReactNode {
  const t = useText();
  const words = t.contacts;
  const merged = useMerged(ids);
  return (
    <div className={person.page} data-scope="page">
      <div className={person.personHead}>
        <span className={styles.groupMark} data-large="" aria-hidden="true">
          <Users size={28} strokeWidth={1.5} />
        </span>
        <div>
          <h2>{words.several(ids.length)}</h2>
          <p className={person.where}>{words.doubles.hint}</p>
        </div>
      </div>
      <div className={person.actions}>
        <Button
          variant="primary"
          icon={<Merge {...icon} />}
          reason={ids.length > MERGED ? words.tooMany(MERGED) : undefined}
          onPress={() => void mergeContacts(ids)}
        >
          {words.merge}
        </Button>
        <MoveMenu ids={ids} />
        <Button onPress={() => setContacts({ open: { dialog: 'export', ids } })}>{words.exportChosen}</Button>
        <Button icon={<Trash2 {...icon} />} onPress={() => void removeContacts(ids)}>
          {words.remove}
        </Button>
      </div>
      {merged ? (
        <section className={person.letters} aria-label={words.together}>
          <h3>{words.together}</h3>
          <div className={person.together}>
            <p>
              <b>{shownName(merged)}</b>
            </p>
            <Facts content={merged} />
          </div>
        </section>
      ) : null}
    </div>
  );
}

/** What merging these would give; null: not known, or too many. */
function useMerged(ids: readonly number[]): ContactContent | null {
  const [merged, setMerged] = useState<ContactContent | null>(null);
  const key = ids.join(' ');
  useEffect(() => {
    const all = key.split(' ').map(Number);
    setMerged(null);
    if (all.length > MERGED) return;
    const abort = new AbortController();
    engine()
      .request('contacts.merged', { ids: all }, { signal: abort.signal })
      // A preview is a help: merging says what keeps it from being done.
      .then(setMerged, () => undefined);
    return () => abort.abort();
  }, [key]);
  return merged;
}

function MoveMenu({ ids }: { ids: readonly number[] }): ReactNode {
  const t = useText();
  const { books } = useContacts();
  const entries = books
    .filter((book) => book.kind !== 'ldap')
    .map((book) => ({
      id: String(book.id),
      label: nameOfBook(book),
      run: () => void moveContacts(ids, book.id),
    }));
  return (
    <MenuButton label={t.contacts.moveTo} entries={entries}>
      <Button>{t.contacts.moveTo}</Button>
    </MenuButton>
  );
}

function useContact(id: number): Contact | null {
  const [contact, setContact] = useState<Contact | null>(null);
  useEffect(() => {
    let left = false;
    const ask = () => {
      engine()
        .request('contacts.get', { id })
        .then(
          (found) => {
            if (!left) setContact(found);
          },
          (thrown) => {
            if (left) return;
            // Removed or merged elsewhere: nobody is chosen any more.
            if (asFault(thrown).code === 'no-such-contact')
              setContacts((state) => ({ chosen: state.chosen.filter((each) => each !== id) }));
            else sayFailure(thrown);
          },
        );
    };
    ask();
    const stop = engine().on('contacts.changed', ask);
    return () => {
      left = true;
      stop();
    };
  }, [id]);
  return contact;
}

export function OnePerson({ id }: { id: number }): ReactNode {
  const t = useText();
  const words = t.contacts;
  const contact = useContact(id);
  const { books } = useContacts();
  const readOnly = contact?.readOnly ?? true;
  useCommands([
    {
      id: 'contact.edit',
      label: words.edit,
      group: 'list',
      reason: readOnly ? words.books.readOnly : undefined,
      run: () => setContacts({ pane: { show: 'edit', id } }),
    },
  ]);
  if (!contact) return null;
  const { content } = contact;
  const group = content.kind === 'group';
  const [first] = content.emails;
  const name = shownName(content) || words.noName;
  const book = books.find((each) => each.id === contact.book);
  const recipients = group
    ? content.members
    : first
      ? [{ name: name === first.value ? '' : name, address: first.value }]
      : [];
  const write = () => writeTo(recipients);
  return (
    <div className={person.page} data-scope="page">
      <div className={person.personHead}>
        {group ? (
          <span className={styles.groupMark} data-large="" aria-hidden="true">
            <Users size={28} strokeWidth={1.5} />
          </span>
        ) : (
          <ContactPortrait
            name={name}
            address={first?.value ?? ''}
            size={72}
            contact={id}
            photo={contact.photo}
          />
        )}
        <div>
          <h2>{name}</h2>
          <p>
            {group
              ? words.members(content.members.length)
              : [content.title, content.department, content.organisation].filter(Boolean).join(' · ')}
          </p>
          {book ? <p className={person.where}>{words.inBook(nameOfBook(book))}</p> : null}
        </div>
      </div>
      <div className={person.actions}>
        {recipients.length > 0 ? (
          <Button variant="primary" icon={<SquarePen {...icon} />} onPress={write}>
            {words.write}
          </Button>
        ) : null}
        <Button
          icon={<Pencil {...icon} />}
          reason={readOnly ? words.books.readOnly : undefined}
          onPress={() => setContacts({ pane: { show: 'edit', id } })}
        >
          {words.edit}
        </Button>
        {readOnly ? null : (
          <>
            <MoveMenu ids={[id]} />
            <Button icon={<Trash2 {...icon} />} onPress={() => void removeContacts([id])}>
              {words.remove}
            </Button>
          </>
        )}
      </div>
      <Facts content={content} />
      {group || content.emails.length === 0 ? null : (
        <LastLetters addresses={content.emails.map((each) => each.value)} />
      )}
    </div>
  );
}

/** As lists show it. */
export function shownName(content: ContactContent): string {
  const spoken = [content.prefix, content.given, content.middle, content.family, content.suffix]
    .filter(Boolean)
    .join(' ');
  return (
    content.name ||
    spoken ||
    content.nickname ||
    content.organisation ||
    content.emails[0]?.value ||
    content.phones[0]?.value ||
    ''
  );
}

function Facts({ content }: { content: ContactContent }): ReactNode {
  const t = useText();
  const words = t.contacts;
  const formats = useFormats();
  const plain: [string, string][] = [
    [words.fields.nickname, content.nickname],
    [words.fields.organisation, content.organisation],
    [words.fields.department, content.department],
    [words.fields.title, content.title],
    [words.fields.room, content.room],
    [words.fields.birthday, dayOf(content.birthday, formats.day)],
    ...content.addresses.map((each): [string, string] => [
      `${words.fields.addresses}, ${words.types[each.type].toLowerCase()}`,
      [each.box, each.extension, each.street, each.city, each.region, each.code, each.country]
        .filter(Boolean)
        .join(', '),
    ]),
    ...content.urls.map((url): [string, string] => [words.fields.url, url]),
    [words.fields.categories, content.categories.join(', ')],
    [words.fields.notes, content.notes],
    [words.fields.extra, content.extra.join('\n')],
  ];
  return (
    <dl className={person.facts}>
      {content.emails.map((each) => (
        <div key={`mail ${each.value}`}>
          <dt>{`${words.fields.email}, ${words.types[each.type].toLowerCase()}`}</dt>
          <dd>
            <button
              type="button"
              className={person.link}
              aria-label={words.writeTo(each.value)}
              onClick={() => writeTo([{ name: shownName(content), address: each.value }])}
            >
              <Mail size={14} strokeWidth={1.75} aria-hidden="true" />
              {each.value}
            </button>
          </dd>
        </div>
      ))}
      {content.phones.map((each) => (
        <div key={`phone ${each.type} ${each.value}`}>
          <dt>{`${words.fields.phone}, ${words.types[each.type].toLowerCase()}`}</dt>
          <dd>{each.value}</dd>
        </div>
      ))}
      {content.members.length > 0 ? (
        <div>
          <dt>{words.fields.members}</dt>
          <dd>
            <ul className={person.members}>
              {content.members.map((each) => (
                <li key={each.address}>
                  {each.name ? <b>{each.name}</b> : null} {each.address}
                </li>
              ))}
            </ul>
          </dd>
        </div>
      ) : null}
      {plain
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={`${name} ${value}`}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** `1980-05-17` as a person reads it; without a year: 17.05. */
function dayOf(birthday: string, day: (ms: number) => string): string {
  const found = /^(\d{4}|-)-(\d\d)-(\d\d)$/.exec(birthday);
  if (!found) return '';
  if (found[1] === '-') return `${found[3]}.${found[2]}`;
  return day(new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3])).getTime());
}
