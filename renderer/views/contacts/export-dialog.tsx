import { type ReactNode, useState } from 'react';
import { EXPORT_FORMATS } from '../../../main/contract/mail/contacts.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { saveBlob } from '../reader/bytes.ts';
import { nameOfBook, useContacts } from './contacts-state.ts';
import styles from './dialogs.module.css';

type Format = (typeof EXPORT_FORMATS)[number];
type Charset = 'utf-8' | 'utf-16' | 'windows-1251';

export function ExportDialog({
  ids,
  onClose,
}: {
  ids: readonly number[] | null;
  onClose: () => void;
}): ReactNode {
  const t = useText();
  const words = t.contacts.exporting;
  const formats = useFormats();
  const { books, book } = useContacts();
  const [what, setWhat] = useState(ids ? 'chosen' : book === null ? 'all' : String(book));
  const [format, setFormat] = useState<Format>('vcard3');
  const [charset, setCharset] = useState<Charset>('utf-8');
  const csv = format.startsWith('csv');
  const options = [
    ...(ids ? [{ id: 'chosen', label: words.chosen(ids.length) }] : []),
    { id: 'all', label: words.everybody },
    ...books.map((each) => ({ id: String(each.id), label: nameOfBook(each) })),
  ];
  const start = async () => {
    const chunks: BlobPart[] = [];
    try {
      const { count, lost } = await engine().request(
        'contacts.export',
        {
          ids: what === 'chosen' && ids ? [...ids] : null,
          book: what === 'chosen' || what === 'all' ? null : Number(what),
          format,
          charset: csv ? charset : 'utf-8',
        },
        { onChunk: (bytes) => chunks.push(bytes.slice()) },
      );
      saveBlob(
        new Blob(chunks, { type: csv ? 'text/csv' : 'text/vcard' }),
        `${words.file}.${csv ? 'csv' : 'vcf'}`,
      );
      const names = lost.map((each) => words.parts[each as keyof typeof words.parts] ?? each);
      const said = t.contacts.done.exported(count);
      showToast({
        text: names.length === 0 ? said : `${said} ${words.lost(formats.list(names))}`,
        icon: names.length === 0 ? 'check' : 'warning',
      });
      onClose();
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <Dialog
      title={words.title}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button variant="primary" onPress={() => void start()}>
            {words.start}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Select label={words.what} options={options} value={what} onChange={setWhat} />
        <Select
          label={words.format}
          options={EXPORT_FORMATS.map((id) => ({ id, label: words.formats[id] }))}
          value={format}
          onChange={setFormat}
        />
        {csv ? (
          <Select
            label={words.charset}
            options={(['utf-8', 'utf-16', 'windows-1251'] as const).map((id) => ({ id, label: id }))}
            value={charset}
            onChange={setCharset}
          />
        ) : null}
      </div>
    </Dialog>
  );
}
