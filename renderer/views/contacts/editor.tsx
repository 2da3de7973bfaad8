/** The form of a person or of a group. Nothing is saved before Save; Esc goes back. Lines nobody understands are left alone. */
import { ImagePlus, Plus, X } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { ContactContent, ContactValue, PostalAddress } from '../../../main/contract/mail/contacts.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Portrait } from '../../ui/chip.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { ownHouses } from '../composer/recipients.ts';
import { RecipientsField } from '../composer/recipients-field.tsx';
import { readBirthday, writeBirthday } from './birthday-text.ts';
import styles from './contacts.module.css';
import {
  bookForNew,
  nameOfBook,
  type Pane,
  sayUndoable,
  setContacts,
  useContacts,
} from './contacts-state.ts';
import { usePhoto } from './known-people.ts';
import { shownName } from './person-pane.tsx';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

const EMPTY: ContactContent = {
  kind: 'person',
  name: '',
  family: '',
  given: '',
  middle: '',
  prefix: '',
  suffix: '',
  nickname: '',
  emails: [],
  phones: [],
  organisation: '',
  department: '',
  title: '',
  room: '',
  addresses: [],
  urls: [],
  birthday: '',
  notes: '',
  categories: [],
  members: [],
  extra: [],
};

type Photo = { type: string; bytes: Uint8Array<ArrayBuffer> };

export function ContactEditor({ pane }: { pane: Exclude<Pane, { show: 'person' }> }): ReactNode {
  const id = pane.show === 'edit' ? pane.id : null;
  const [content, setContent] = useState<ContactContent | null>(
    pane.show === 'new' ? { ...EMPTY, ...pane.content } : null,
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
  const close = () => setContacts({ pane: { show: 'person' } });
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

/** Addresses or telephones, each with its kind; the kind decides how a line came is written again. */
function Values(props: {
  kind: 'emails' | 'phones';
  content: ContactContent;
  onChange: (change: Partial<ContactContent>) => void;
}): ReactNode {
  const t = useText();
  const words = t.contacts;
  const { kind, content } = props;
  const values = content[kind];
  const label = kind === 'emails' ? words.fields.email : words.fields.phone;
  const types = (
    kind === 'emails'
      ? (['work', 'home', 'other'] as const)
      : (['work', 'home', 'mobile', 'fax', 'pager', 'other'] as const)
  ).map((id) => ({ id, label: words.types[id] }));
  const change = (at: number, value: Partial<ContactValue>) =>
    props.onChange({ [kind]: values.map((each, place) => (place === at ? { ...each, ...value } : each)) });
  return (
    <fieldset className={styles.values}>
      <legend>{kind === 'emails' ? words.fields.emails : words.fields.phones}</legend>
      {values.map((each, at) => (
        // A line has no identity but its place.
        <div key={`${kind} ${String(at)}`} className={styles.value}>
          <TextField
            hideLabel
            label={values.length > 1 ? `${label} ${at + 1}` : label}
            type={kind === 'emails' ? 'email' : 'text'}
            value={each.value}
            onChange={(value) => change(at, { value })}
          />
          <Select
            hideLabel
            label={`${words.fields.kind}: ${each.value || label}`}
            options={types}
            value={
              types.some(({ id }) => id === each.type) ? (each.type as (typeof types)[number]['id']) : 'other'
            }
            onChange={(type) => change(at, { type })}
          />
          <IconButton
            label={words.removeValue(each.value || label)}
            icon={<X {...icon} />}
            onPress={() => props.onChange({ [kind]: values.filter((_, place) => place !== at) })}
          />
        </div>
      ))}
      <div>
        <Button
          variant="quiet"
          size="small"
          icon={<Plus {...icon} />}
          onPress={() => props.onChange({ [kind]: [...values, { value: '', type: 'other' }] })}
        >
          {kind === 'emails' ? words.addEmail : words.addPhone}
        </Button>
      </div>
    </fieldset>
  );
}

function Addresses(props: { content: ContactContent; onChange: (all: PostalAddress[]) => void }): ReactNode {
  const t = useText();
  const words = t.contacts;
  const all = props.content.addresses;
  const change = (at: number, part: Partial<PostalAddress>) =>
    props.onChange(all.map((each, place) => (place === at ? { ...each, ...part } : each)));
  return (
    <fieldset className={styles.values}>
      <legend>{words.fields.addresses}</legend>
      {all.map((each, at) => (
        <div key={`address ${String(at)}`} className={styles.two}>
          {(['street', 'city', 'region', 'code', 'country'] as const).map((part) => (
            <TextField
              key={part}
              label={words.fields[part]}
              value={each[part]}
              onChange={(value) => change(at, { [part]: value })}
            />
          ))}
        </div>
      ))}
      <div>
        <Button
          variant="quiet"
          size="small"
          icon={<Plus {...icon} />}
          onPress={() =>
            props.onChange([
              ...all,
              { type: 'work', street: '', city: '', region: '', code: '', country: '' },
            ])
          }
        >
          {words.addAddress}
        </Button>
      </div>
    </fieldset>
  );
}

/** People of a group are typed as recipients are: they complete. */
function Members(props: {
  content: ContactContent;
  onChange: (members: ContactContent['members']) => void;
}): ReactNode {
  const t = useText();
  const accounts = useSession((state) => state.accounts);
  const addresses = useMemo(() => accounts.map((each) => each.address), [accounts]);
  const houses = useMemo(() => ownHouses(addresses), [addresses]);
  const domains = useMemo(
    () => new Set(addresses.map((each) => each.slice(each.lastIndexOf('@') + 1).toLowerCase())),
    [addresses],
  );
  return (
    <div className={styles.recipients}>
      <RecipientsField
        line="to"
        label={t.contacts.fields.members}
        recipients={props.content.members}
        onChange={(members) => props.onChange(members)}
        onMoved={() => {}}
        houses={houses}
        ownDomains={domains}
      />
    </div>
  );
}

function PhotoField(props: {
  id: number | null;
  there: boolean;
  content: ContactContent;
  photo: Photo | null | undefined;
  onChange: (photo: Photo | null) => void;
}): ReactNode {
  const t = useText();
  const words = t.contacts;
  const input = useRef<HTMLInputElement>(null);
  const former = usePhoto(props.id, props.there && props.photo === undefined);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!props.photo) {
      setUrl(null);
      return;
    }
    const made = URL.createObjectURL(new Blob([props.photo.bytes], { type: props.photo.type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [props.photo]);
  const shown = url ?? former;
  const { content } = props;
  return (
    <div className={styles.photoField}>
      {shown ? (
        <img
          className={styles.photo}
          src={shown}
          alt={words.fields.photo}
          style={{ width: '4rem', height: '4rem' }}
        />
      ) : (
        <Portrait name={shownName(content)} address={content.emails[0]?.value ?? ''} size={64} />
      )}
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp,image/bmp"
        hidden
        onChange={async (event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) props.onChange({ type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) });
        }}
      />
      <Button size="small" icon={<ImagePlus {...icon} />} onPress={() => input.current?.click()}>
        {words.choosePhoto}
      </Button>
      {shown ? (
        <Button size="small" variant="quiet" onPress={() => props.onChange(null)}>
          {words.removePhoto}
        </Button>
      ) : null}
    </div>
  );
}
