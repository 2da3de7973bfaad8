import { Download } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { Attachment, Letter } from '../../../main/contract/mail/messages.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { useCommands } from '../../state/commands.ts';
import { Button } from '../../ui/button.tsx';
import { FileBadge } from '../../ui/chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { attachmentBlob, type FilePlace, saveBlob } from './bytes.ts';
import { NestedLetter } from './nested-letter.tsx';
import styles from './reader.module.css';

/** Text shown of a file; the rest is for its own program. */
const TEXT_SHOWN = 200_000;

/** What can be shown without another program. */
export function canPreview(file: Attachment): boolean {
  return !file.dangerous && (file.kind === 'image' || file.kind === 'text' || file.kind === 'message');
}

/** Files a person sees; pictures that stand in the text are not listed again. */
export function listed(attachments: readonly Attachment[]): Attachment[] {
  return attachments.filter((file) => !file.inline);
}

const TOP: readonly number[] = [];

interface Saving {
  files: Attachment[];
  save: (file: Attachment) => Promise<void>;
  saveAll: () => Promise<void>;
}

function saving(id: number, path: readonly number[], letter: Letter): Saving {
  const files = listed(letter.attachments);
  const save = (file: Attachment) =>
    attachmentBlob({ id, path, n: file.n }).then(({ blob }) => saveBlob(blob, file.name), sayFailure);
  const saveAll = async () => {
    // One after another: a browser drops downloads that begin together.
    for (const file of files) if (!file.dangerous) await save(file);
  };
  return { files, save, saveAll };
}

/** The files of a letter beside the one that is read: an attached one, an unfolded one of the conversation. */
export function Files({
  id,
  path,
  letter,
}: {
  id: number;
  path: readonly number[];
  letter: Letter;
}): ReactNode {
  const { files, save, saveAll } = saving(id, path, letter);
  return <FileStrip id={id} path={path} files={files} onSave={save} onSaveAll={saveAll} />;
}

/** The files of the letter that is read, with their command. */
export function Attachments({ letter }: { letter: Letter }): ReactNode {
  const t = useText();
  const { files, save, saveAll } = saving(letter.row.id, TOP, letter);
  useCommands([
    {
      id: 'letter.saveAttachments',
      label: t.commands.saveAttachments,
      group: 'message',
      where: ['list', 'tree', 'reader'],
      reason: files.length === 0 ? t.reader.attachments.none : undefined,
      run: () => void saveAll(),
    },
  ]);
  return <FileStrip id={letter.row.id} path={TOP} files={files} onSave={save} onSaveAll={saveAll} />;
}

interface FileStripProps {
  id: number;
  /** To the attached letter whose files these are. */
  path: readonly number[];
  files: readonly Attachment[];
  onSave: (file: Attachment) => Promise<void>;
  onSaveAll: () => Promise<void>;
}

function FileStrip({ id, path, files, onSave, onSaveAll }: FileStripProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const [shown, setShown] = useState<Attachment | null>(null);
  if (files.length === 0) return null;
  return (
    <>
      <ul className={styles.strip} aria-label={t.a11y.attachments}>
        {files.map((file) => (
          <li key={file.n}>
            <AriaButton className={styles.file ?? ''} onPress={() => setShown(file)}>
              <FileBadge name={file.name} />
              <span className={styles.fileText}>
                <span className={styles.fileName}>{file.name}</span>
                <span className={styles.fileSize}>{formats.size(file.size)}</span>
              </span>
            </AriaButton>
          </li>
        ))}
        <li>
          <Button
            variant="link"
            icon={<Download size={16} strokeWidth={1.75} aria-hidden="true" />}
            onPress={() => void onSaveAll()}
          >
            {files.length === 1 ? t.reader.attachments.save : t.reader.attachments.saveAll(files.length)}
          </Button>
        </li>
      </ul>
      {shown ? (
        <Preview
          place={{ id, path, n: shown.n }}
          file={shown}
          onClose={() => setShown(null)}
          onSave={() => void onSave(shown)}
        />
      ) : null}
    </>
  );
}

interface PreviewProps {
  place: FilePlace;
  file: Attachment;
  onClose: () => void;
  onSave: () => void;
}

function Preview({ place, file, onClose, onSave }: PreviewProps): ReactNode {
  const t = useText();
  const words = t.reader.attachments;
  const danger = file.dangerous;
  return (
    <Dialog
      title={danger ? words.dangerTitle : file.name}
      wide={!danger}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{danger ? t.common.cancel : t.common.close}</Button>
          <Button variant={danger ? 'danger' : 'primary'} onPress={onSave}>
            {danger ? words.saveAnyway : words.save}
          </Button>
        </>
      }
    >
      {danger ? words.dangerBody(file.name) : null}
      {!danger && file.kind === 'message' ? (
        <NestedLetter
          {...place}
          files={(inner) => <Files id={place.id} path={[...place.path, place.n]} letter={inner} />}
        />
      ) : null}
      {!danger && (file.kind === 'image' || file.kind === 'text') ? (
        <Content place={place} file={file} />
      ) : null}
      {danger || canPreview(file) ? null : words.noPreview}
    </Dialog>
  );
}

function Content({ place, file }: { place: FilePlace; file: Attachment }): ReactNode {
  const t = useText();
  const [content, setContent] = useState<{ url: string } | { text: string } | null>(null);
  const { id, n } = place;
  // A path is made anew on each rendering; its numbers are what matters.
  const path = place.path.join('.');
  useEffect(() => {
    const stop = new AbortController();
    let url: string | null = null;
    const read = async () => {
      const inside = path === '' ? [] : path.split('.').map(Number);
      const { blob } = await attachmentBlob({ id, path: inside, n }, stop.signal);
      if (file.kind === 'text') {
        const bytes = new Uint8Array(await blob.slice(0, TEXT_SHOWN).arrayBuffer());
        setContent({ text: decodeText(bytes) });
        return;
      }
      // An SVG in <img> runs no script and loads nothing.
      url = URL.createObjectURL(blob);
      setContent({ url });
    };
    read().catch((failure: unknown) => {
      if (!stop.signal.aborted) sayFailure(failure);
    });
    return () => {
      stop.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [id, n, path, file]);
  if (!content) return <p>{t.reader.attachments.loading}</p>;
  if ('url' in content) return <img className={styles.picture} src={content.url} alt={file.name} />;
  return <pre className={styles.source}>{content.text}</pre>;
}

/** UTF-8 where it is valid, else the Cyrillic code page most office files are written in. Pure. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1251').decode(bytes);
  }
}
