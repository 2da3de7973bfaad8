import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, Question } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { type Book, nameOfBook, setContacts, useContacts } from './contacts-state.ts';
import { DirectoryDialog } from './directory-dialog.tsx';
import { DuplicatesDialog } from './duplicates-dialog.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';

const close = () => setContacts({ open: null });

/** Whatever dialog of the address book is open. */
export function ContactDialogs(): ReactNode {
  const open = useContacts((state) => state.open);
  if (open === null) return null;
  if (open.dialog === 'book') return <BookDialog book={open.book} />;
  if (open.dialog === 'removeBook') return <RemoveBook book={open.book} />;
  if (open.dialog === 'directory') return <DirectoryDialog book={open.book} onClose={close} />;
  if (open.dialog === 'duplicates') return <DuplicatesDialog onClose={close} />;
  if (open.dialog === 'import') return <ImportDialog onClose={close} />;
  return <ExportDialog ids={open.ids} onClose={close} />;
}

function BookDialog({ book }: { book: Book | null }): ReactNode {
  const t = useText();
  const words = t.contacts.books;
  const [name, setName] = useState(book ? nameOfBook(book) : '');
  const save = async () => {
    if (name.trim() === '') return;
    try {
      const { id } = await engine().request('contacts.saveBook', { id: book?.id ?? null, name });
      setContacts({ open: null, book: id, chosen: [], text: '', pane: { show: 'person' } });
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  const verb = book ? words.rename : words.create;
  return (
    <Dialog
      title={book ? words.rename : words.add}
      isOpen
      onClose={close}
      foot={
        <>
          <Button onPress={close}>{t.common.cancel}</Button>
          <Button variant="primary" isDisabled={name.trim() === ''} onPress={() => void save()}>
            {verb}
          </Button>
        </>
      }
    >
      <TextField
        label={words.name}
        value={name}
        onChange={setName}
        autoFocus
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          void save();
        }}
      />
    </Dialog>
  );
}

function RemoveBook({ book }: { book: Book }): ReactNode {
  const t = useText();
  const words = t.contacts.books;
  const remove = async () => {
    try {
      await engine().request('contacts.removeBook', { id: book.id });
      setContacts({ open: null, book: null, chosen: [], pane: { show: 'person' } });
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <Question
      question={words.question(nameOfBook(book))}
      confirm={words.remove}
      isOpen
      onClose={close}
      onConfirm={() => void remove()}
    >
      {words.loss(book.count)}
    </Question>
  );
}
