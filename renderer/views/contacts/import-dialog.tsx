/** A file of contacts, looked at before anything is changed: what it is, what its columns mean, who is in it, what is not read. */
import { FileUp } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { CsvField, type ImportPreview, type NotRead } from '../../../main/contract/mail/contacts.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { RadioGroup, Select } from '../../ui/field.tsx';
import { nameOfBook, sayUndoable, setContacts, useContacts } from './contacts-state.ts';
import styles from './dialogs.module.css';
import person from './person.module.css';
import { shownName } from './person-pane.tsx';

type Separator = ',' | ';' | '\t';
type Known = 'complete' | 'skip' | 'add';
/** What the person chose in place of what was guessed. */
interface Choices {
  charset?: string;
  separator?: Separator;
  columns?: (CsvField | null)[];
}
const SEPARATORS = { ',': 'comma', ';': 'semicolon', '\t': 'tab' } as const;
const CHARSETS = ['utf-8', 'windows-1251', 'utf-16le', 'koi8-r', 'windows-1252', 'ibm866'];

export function ImportDialog({ onClose }: { onClose: () => void }): ReactNode {
  const t = useText();
  const words = t.contacts.importing;
  const { books, book: shown } = useContacts();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<{ name: string; bytes: Uint8Array<ArrayBuffer> } | null>(null);
  const [choices, setChoices] = useState<Choices>({});
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const own = books.filter((each) => each.kind !== 'ldap');
  const [book, setBook] = useState(String(own.find((each) => each.id === shown)?.id ?? own[0]?.id ?? ''));
  const [known, setKnown] = useState<Known>('complete');

  useEffect(() => {
    if (!file) return;
    const abort = new AbortController();
    engine()
      .request('contacts.importPreview', { ...file, ...choices }, { signal: abort.signal })
      .then(setPreview, (thrown) => {
        if (abort.signal.aborted) return;
        setPreview(null);
        sayFailure(thrown);
      });
    return () => abort.abort();
  }, [file, choices]);

  const start = async () => {
    if (!file) return;
    try {
      const done = await engine().request('contacts.import', {
        ...file,
        ...choices,
        book: book === '' ? null : Number(book),
        known,
      });
      setContacts({
        open: null,
        book: book === '' ? null : Number(book),
        text: '',
        chosen: [],
        pane: { show: 'person' },
      });
      sayUndoable(t.contacts.done.imported(done.imported, done.completed), done.undo);
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <Dialog
      title={words.title}
      isOpen
      wide
      onClose={onClose}
      foot={
        <>
          {preview ? <Button onPress={() => input.current?.click()}>{words.another}</Button> : null}
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button variant="primary" isDisabled={!preview || preview.total === 0} onPress={() => void start()}>
            {words.start}
          </Button>
        </>
      }
    >
      <input
        ref={input}
        type="file"
        accept=".vcf,.csv,.ldif,.txt,text/vcard,text/csv"
        hidden
        onChange={async (event) => {
          const chosen = event.target.files?.[0];
          event.target.value = '';
          if (!chosen) return;
          setChoices({});
          setFile({ name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) });
        }}
      />
      <div className={styles.form}>
        {preview && file ? (
          <>
            <p role="status">
              <b>{file.name}</b> {words.found(preview.total)}.{' '}
              {preview.known > 0 ? `${words.known(preview.known)}.` : ''}
            </p>
            <div className={person.three}>
              <Select
                label={words.charset}
                options={[...new Set([preview.charset, ...CHARSETS])].map((id) => ({ id, label: id }))}
                value={preview.charset}
                onChange={(charset) => setChoices({ ...choices, charset })}
              />
              {preview.separator ? (
                <Select
                  label={words.separator}
                  options={(Object.keys(SEPARATORS) as Separator[]).map((id) => ({
                    id,
                    label: words.separators[SEPARATORS[id]],
                  }))}
                  value={preview.separator}
                  onChange={(separator) => setChoices({ ...choices, separator })}
                />
              ) : null}
              <Select
                label={words.into}
                options={own.map((each) => ({ id: String(each.id), label: nameOfBook(each) }))}
                value={book}
                onChange={setBook}
              />
            </div>
            {preview.format === 'csv' ? (
              <Columns preview={preview} onChange={(columns) => setChoices({ ...choices, columns })} />
            ) : null}
            <FirstPeople preview={preview} />
            <RadioGroup
              label={words.doubles}
              options={(['complete', 'skip', 'add'] as const).map((id) => ({
                id,
                label: words.doublesOf[id],
              }))}
              value={known}
              onChange={setKnown}
            />
            <LeftOut notRead={preview.notRead} />
          </>
        ) : (
          <>
            <p>{words.intro}</p>
            <div>
              <Button
                variant="primary"
                icon={<FileUp size={16} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => input.current?.click()}
              >
                {words.choose}
              </Button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}

function Columns({
  preview,
  onChange,
}: {
  preview: ImportPreview;
  onChange: (columns: (CsvField | null)[]) => void;
}): ReactNode {
  const t = useText();
  const words = t.contacts.importing;
  const options = [
    { id: '', label: words.leaveOut },
    ...CsvField.options.map((id) => ({ id: id as string, label: words.fieldNames[id] })),
  ];
  return (
    <details className={styles.columns} open={preview.columns.some((each) => each.field === null)}>
      <summary>{words.columns}</summary>
      <ul>
        {preview.columns.map(({ name, field }, at) => (
          <li key={`column ${String(at)}`}>
            <span title={name}>{name || `${words.column} ${at + 1}`}</span>
            <Select
              hideLabel
              label={`${words.meaning}: ${name || at + 1}`}
              options={options}
              value={field ?? ''}
              onChange={(value) =>
                onChange(
                  preview.columns.map((each, place) =>
                    place === at ? (CsvField.options.find((option) => option === value) ?? null) : each.field,
                  ),
                )
              }
            />
          </li>
        ))}
      </ul>
    </details>
  );
}

function FirstPeople({ preview }: { preview: ImportPreview }): ReactNode {
  const t = useText();
  const words = t.contacts;
  return (
    <div className={styles.preview}>
      <table>
        <caption>{words.importing.firstRows}</caption>
        <thead>
          <tr>
            <th scope="col">{words.fields.name}</th>
            <th scope="col">{words.fields.email}</th>
            <th scope="col">{words.fields.phone}</th>
            <th scope="col">{words.fields.organisation}</th>
          </tr>
        </thead>
        <tbody>
          {preview.first.slice(0, 6).map((content, at) => (
            <tr key={`person ${String(at)}`}>
              <td>{shownName(content)}</td>
              <td>{content.emails[0]?.value ?? ''}</td>
              <td>{content.phones[0]?.value ?? ''}</td>
              <td>{content.organisation}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LeftOut({ notRead }: { notRead: readonly NotRead[] }): ReactNode {
  const t = useText();
  const words = t.contacts.importing;
  if (notRead.length === 0) return null;
  return (
    <details className={styles.columns}>
      <summary>{words.notRead(notRead.length)}</summary>
      <ul className={styles.plain}>
        {notRead.slice(0, 200).map((each, at) => (
          <li key={`place ${String(at)}`}>{words.line(each.line, words.reasons[each.reason], each.text)}</li>
        ))}
      </ul>
    </details>
  );
}
