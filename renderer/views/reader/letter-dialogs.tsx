import { type ReactNode, useEffect, useState } from 'react';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import { CHARSETS_SHOWN } from '../../../main/contract/mail/messages.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { RadioGroup } from '../../ui/field.tsx';
import { saveBlob, sourceBlob } from './bytes.ts';
import { fileNameOf } from './file-name.ts';
import styles from './reader.module.css';

/** Octets of the source that are drawn; the whole can be saved. */
const SHOWN = 512 * 1024;

export type LetterDialog = 'source' | 'headers' | 'encoding' | null;

export interface LetterDialogsProps {
  letter: Letter;
  open: LetterDialog;
  charset: string | undefined;
  onCharset: (charset: string | undefined) => void;
  onClose: () => void;
}

export function LetterDialogs({ letter, open, charset, onCharset, onClose }: LetterDialogsProps): ReactNode {
  const t = useText();
  if (open === 'source') return <Source letter={letter} onClose={onClose} />;
  if (open === 'headers') {
    return (
      <Dialog title={t.reader.headers} wide isOpen onClose={onClose}>
        <dl className={styles.headers}>
          {letter.headers.map(([name, value], at) => (
            <HeaderLine key={placeKey(at)} name={name} value={value} />
          ))}
        </dl>
      </Dialog>
    );
  }
  if (open === 'encoding') {
    return (
      <Dialog title={t.reader.encoding} isOpen onClose={onClose}>
        <RadioGroup
          label={t.reader.encoding}
          hideLabel
          value={charset ?? 'auto'}
          options={[
            { id: 'auto', label: `${t.reader.automatic} (${letter.charset})` },
            ...CHARSETS_SHOWN.map((name) => ({ id: name as string, label: name as string })),
          ]}
          onChange={(value) => onCharset(value === 'auto' ? undefined : value)}
        />
      </Dialog>
    );
  }
  return null;
}

/** Headers may repeat: their place is their identity. */
const placeKey = (at: number) => `header ${at}`;

function HeaderLine({ name, value }: { name: string; value: string }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Source({ letter, onClose }: { letter: Letter; onClose: () => void }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const [blob, setBlob] = useState<Blob | null>(null);
  const [shown, setShown] = useState('');
  const id = letter.row.id;
  useEffect(() => {
    let gone = false;
    sourceBlob(id).then(async (whole) => {
      const bytes = await whole.slice(0, SHOWN).arrayBuffer();
      if (gone) return;
      setBlob(whole);
      // Bytes as they are: a letter's source has no one charset.
      setShown(new TextDecoder('latin1').decode(bytes));
    }, sayFailure);
    return () => {
      gone = true;
    };
  }, [id]);
  return (
    <Dialog
      title={t.reader.source}
      wide
      isOpen
      onClose={onClose}
      foot={
        <Button
          variant="primary"
          isDisabled={!blob}
          onPress={() => {
            if (blob) saveBlob(blob, fileNameOf(letter.subject, 'eml'));
          }}
        >
          {t.commands.saveAs}
        </Button>
      }
    >
      {blob && blob.size > SHOWN ? (
        <p>{t.reader.sourceShort(formats.size(SHOWN), formats.size(blob.size))}</p>
      ) : null}
      <pre className={styles.source}>{blob ? shown : t.reader.attachments.loading}</pre>
    </Dialog>
  );
}
