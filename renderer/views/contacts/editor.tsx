/** The form of a person or of a group. Nothing is saved before Save; Esc goes back. Lines nobody understands are left alone. */
import { type ReactNode, useEffect, useState } from 'react';
import type { ContactContent, ContactValue } from '../../../main/contract/mail/contacts.ts';
import { emptyContact } from '../../../main/contract/mail/empty-contact.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { readBirthday, writeBirthday } from './birthday-text.ts';
import {
  bookForNew,
  nameOfBook,
  type Pane,
  sayUndoable,
  setContacts,
  useContacts,
} from './contacts-state.ts';
import { Addresses, Members, type Photo, PhotoField, Values } from './editor-fields.tsx';
import styles from './person.module.css';
import { shownName } from './person-pane.tsx';

/** Frames until the form is gone: half a second at most. */
const FRAMES = 30;

/** The form goes with the focus in it: the keyboard goes to the person in the list, if a person has not taken it elsewhere. */
function focusPeople(): void {
  const form = document.activeElement?.closest('form');
  let frames = 0;
  const look = () => {
    if (form?.isConnected && frames++ < FRAMES) {
      requestAnimationFrame(look);
      return;
    }
    if (document.activeElement !== document.body) return;
    const list = document.querySelector('[data-pane="list"]');
    const row = list?.querySelector<HTMLElement>('[aria-current]');
    (row ?? list?.querySelector<HTMLElement>('[tabindex="0"]'))?.focus({ preventScroll: true });
  };
  requestAnimationFrame(look);
}

export function ContactEditor({ pane }: { pane: Exclude<Pane, { show: 'person' }> }): ReactNode {
  const id = pane.show === 'edit' ? pane.id : null;
  const [content, setContent] = useState<ContactContent | null>(
    pane.show === 'new' ? { ...emptyContact(), ...pane.content } : null,
  );
  const [book, setBook] = useState<number | null>(bookForNew);
  const [photo, setPhoto] = useState(false);
  useEffect(() => {
    if (id === null) return;
    engine()
      .request('contacts.get', { id })
      .then((found) => {
        setContent(found.content);
        setBook(found.book);
        setPhoto(found.photo);
      }, sayFailure);
  }, [id]);
  if (!content) return null;
  return <Form id={id} initial={content} book={book} photo={photo} />;
}

interface FormProps {
  id: number | null;
  initial: ContactContent;
  book: number | null;
  photo: boolean;
}

/** At least one empty line to write into. */
const withLine = (values: readonly ContactValue[], type: ContactValue['type']): ContactValue[] =>
  values.length === 0 ? [{ value: '', type }] : [...values];

function Form({ id, initial, book: firstBook, photo: hasPhoto }: FormProps): ReactNode {
  const t = useText();
  const words = t.contacts;
  const { books } = useContacts();
  const group = initial.kind === 'group';
  const [content, setContent] = useState<ContactContent>({
    ...initial,
    emails: group ? [] : withLine(initial.emails, 'work'),
    phones: group ? [] : withLine(initial.phones, 'work'),
  });
  const [birthday, setBirthday] = useState(writeBirthday(initial.birthday));
  const [categories, setCategories] = useState(initial.categories.join(', '));
  const [book, setBook] = useState(firstBook);
  const [photo, setPhoto] = useState<Photo | null | undefined>(undefined);
  const [more, setMore] = useState(
    [initial.name, initial.prefix, initial.suffix, initial.nickname].some((each) => each !== '') ||
      initial.addresses.length > 0 ||
      initial.urls.length > 0,
  );
  const day = readBirthday(birthday);
  const set = (change: Partial<ContactContent>) => setContent((state) => ({ ...state, ...change }));
  const close = () => {
    setContacts({ pane: { show: 'person' } });
    focusPeople();
  };
  const save = async () => {
    if (day === null) return;
    const tidy: ContactContent = {
      ...content,
      emails: content.emails.filter((each) => each.value.trim() !== ''),
      phones: content.phones.filter((each) => each.value.trim() !== ''),
      urls: content.urls.filter((each) => each.trim() !== ''),
      addresses: content.addresses.filter((each) =>
        [each.street, each.city, each.region, each.code, each.country].some((part) => part.trim() !== ''),
      ),
      birthday: day,
      categories: categories
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    };
    try {
      const saved = await engine().request('contacts.save', {
        id,
        book,
        content: tidy,
        ...(photo === undefined ? {} : { photo }),
      });
      setContacts({ chosen: [saved.id], pane: { show: 'person' } });
      focusPeople();
      sayUndoable(words.done.saved, saved.undo);
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  const field = (
    name:
      | 'family'
      | 'given'
      | 'middle'
      | 'name'
      | 'prefix'
      | 'suffix'
      | 'nickname'
      | 'organisation'
      | 'department'
      | 'title'
      | 'room',
  ) => (
    <TextField
      label={group && name === 'name' ? words.fields.groupName : words.fields[name]}
      value={content[name]}
      onChange={(value) => set({ [name]: value })}
      autoFocus={name === (group ? 'name' : 'family')}
    />
  );
  const bookOptions = books
    .filter((each) => each.kind !== 'ldap')
    .map((each) => ({ id: String(each.id), label: nameOfBook(each) }));
  return (
    <form
      className={styles.page}
      data-scope="page"
      aria-label={id === null ? (group ? words.commands.addGroup : words.commands.add) : words.edit}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      {group ? (
        <>
          <h2 className={styles.formTitle}>{id === null ? words.commands.addGroup : words.edit}</h2>
          {field('name')}
          <Members content={content} onChange={(members) => set({ members })} />
        </>
      ) : (
        <>
          <h2 className={styles.formTitle}>
            {id === null ? words.commands.add : shownName(content) || words.edit}
          </h2>
          <PhotoField id={id} there={hasPhoto} content={content} photo={photo} onChange={setPhoto} />
          <div className={styles.three}>
            {field('family')}
            {field('given')}
            {field('middle')}
          </div>
          <Values kind="emails" content={content} onChange={set} />
          <Values kind="phones" content={content} onChange={set} />
          <div className={styles.two}>
            {field('organisation')}
            {field('department')}
            {field('title')}
            {field('room')}
            <TextField
              label={words.fields.birthday}
              value={birthday}
              onChange={setBirthday}
              hint={words.fields.birthdayHint}
              problem={day === null ? words.badBirthday : undefined}
            />
            <TextField
              label={words.fields.categories}
              value={categories}
              onChange={setCategories}
              hint={words.fields.categoriesHint}
            />
          </div>
          {more ? (
            <>
              <div className={styles.two}>
                {field('name')}
                {field('nickname')}
                {field('prefix')}
                {field('suffix')}
                <TextField
                  label={words.fields.url}
                  value={content.urls[0] ?? ''}
                  onChange={(value) => set({ urls: [value, ...content.urls.slice(1)] })}
                />
              </div>
              <Addresses content={content} onChange={(addresses) => set({ addresses })} />
            </>
          ) : (
            <div>
              <Button variant="link" onPress={() => setMore(true)}>
                {words.moreFields}
              </Button>
            </div>
          )}
        </>
      )}
      <TextField
        label={words.fields.notes}
        value={content.notes}
        onChange={(notes) => set({ notes })}
        lines={4}
      />
      {bookOptions.length > 1 ? (
        <Select
          className={styles.narrow ?? ''}
          label={words.fields.book}
          options={bookOptions}
          value={String(book ?? bookOptions[0]?.id ?? '')}
          onChange={(value) => setBook(Number(value))}
        />
      ) : null}
      <div className={styles.actions}>
        <Button variant="primary" type="submit">
          {words.save}
        </Button>
        <Button onPress={close}>{t.common.cancel}</Button>
      </div>
    </form>
  );
}
