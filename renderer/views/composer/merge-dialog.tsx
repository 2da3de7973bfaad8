/**
 * Mail merge: a table is chosen, its columns are named, one letter after another is looked at, and only then anything goes.
 * The table is read by the engine; this dialog holds its octets and what the engine said of them.
 */
import { ChevronLeft, ChevronRight, FileSpreadsheet, Paperclip, TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Input, Output } from '../../../main/contract/contract.ts';
import type { Draft } from '../../../main/contract/mail/drafts.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { asFault, type DoorFault, isCancelled } from '../../transport/fault.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/field.tsx';
import styles from './merge.module.css';
import { MergeProblems } from './merge-problems.tsx';
import { undoSeconds } from './sending.ts';

type Preview = Output<'merge.preview'>;
type Choices = Pick<Input<'merge.preview'>, 'charset' | 'addressColumn' | 'nameColumn' | 'fileColumn'>;

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
/** A column named so is none; tables have no such names. */
const NONE = '\u0000';

export interface MergeDialogProps {
  draft: Draft;
  onClose: () => void;
  /** The letters stand in the outbox. */
  onStarted: () => void;
}

export function MergeDialog({ draft, onClose, onStarted }: MergeDialogProps): ReactNode {
  const t = useText();
  const words = t.sending.merge;
  const [table, setTable] = useState<{ name: string; bytes: Uint8Array<ArrayBuffer> } | null>(null);
  const [choices, setChoices] = useState<Choices>({});
  const [files, setFiles] = useState<readonly File[]>([]);
  const [rate, setRate] = useState('60');
  const [row, setRow] = useState(1);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [failure, setFailure] = useState<DoorFault | null>(null);
  const [working, setWorking] = useState(false);
  const making = useRef<AbortController | null>(null);
  const prepared = useSession((state) => state.merges.find((each) => each.state === 'preparing'));
  const tablePicker = useRef<HTMLInputElement>(null);
  const filePicker = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (!table) return;
    const abort = new AbortController();
    engine()
      .request(
        'merge.preview',
        { draft: draft.id, csv: table.bytes, ...choices, row, files: files.map((each) => each.name) },
        { signal: abort.signal },
      )
      .then(
        (said) => {
          setPreview(said);
          setFailure(null);
        },
        (thrown) => {
          if (isCancelled(thrown)) return;
          setPreview(null);
          setFailure(asFault(thrown));
        },
      );
    return () => abort.abort();
  }, [table, choices, row, files, draft.id]);

  /** Nothing goes that was not prepared to the end. */
  const cancel = () => {
    making.current?.abort();
    onClose();
  };
  const start = async () => {
    if (!table || !preview || working) return;
    setWorking(true);
    const abort = new AbortController();
    making.current = abort;
    try {
      const own = await Promise.all(
        files.map(async (file) => ({
          name: file.name.slice(0, 255),
          type: file.type || 'application/octet-stream',
          bytes: new Uint8Array(await file.arrayBuffer()),
        })),
      );
      const merge = await engine().request(
        'merge.start',
        {
          draft: draft.id,
          csv: table.bytes,
          ...choices,
          perMinute: Number(rate),
          delay: undoSeconds(),
          files: own,
        },
        { signal: abort.signal },
      );
      onStarted();
      showToast({
        text: words.started(merge.total),
        icon: 'send',
        actions: [
          {
            label: t.common.undo,
            run: () => {
              engine()
                .request('merge.cancel', { id: merge.id })
                .then(() => showToast({ text: words.stopped, icon: 'check' }), sayFailure);
            },
          },
          { label: t.composer.toasts.show, run: () => go({ section: 'mail', outbox: 'outbox' }) },
        ],
      });
    } catch (thrown) {
      if (!isCancelled(thrown)) setFailure(asFault(thrown));
      setWorking(false);
    }
  };
  const column = (value: string | undefined, name: keyof Choices, label: string, none: boolean) => (
    <Select
      label={label}
      value={value === undefined || value === '' ? NONE : value}
      options={[
        ...(none || !value ? [{ id: NONE, label: words.noColumn }] : []),
        ...(preview?.columns ?? []).filter(Boolean).map((each) => ({ id: each, label: each })),
      ]}
      onChange={(chosen) => setChoices((former) => ({ ...former, [name]: chosen === NONE ? '' : chosen }))}
    />
  );
  const said = failure ? sentence(failure) : null;
  return (
    <Dialog
      isOpen
      wide
      title={words.title}
      onClose={cancel}
      foot={
        <>
          {preview ? (
            <p className={styles.count} role="status">
              {working && prepared
                ? words.preparingOf(prepared.waiting, prepared.total)
                : words.counts(preview.ready, preview.total)}
            </p>
          ) : null}
          <Button onPress={cancel}>{t.common.cancel}</Button>
          <Button
            variant="primary"
            isDisabled={!preview || preview.ready === 0 || working}
            onPress={() => void start()}
          >
            {working ? words.preparing : words.send(preview?.ready ?? 0)}
          </Button>
        </>
      }
    >
      <p>{words.intro}</p>
      <div className={styles.table}>
        <Button icon={<FileSpreadsheet {...icon} />} onPress={() => tablePicker.current?.click()}>
          {table ? words.another : words.choose}
        </Button>
        {table ? <span className={styles.name}>{table.name}</span> : null}
      </div>
      {said ? (
        <p role="alert" className={styles.failure}>
          <b>{said.title}</b> {said.body}
        </p>
      ) : null}
      {preview ? (
        <>
          <div className={styles.columns}>
            {column(preview.addressColumn, 'addressColumn', words.address, false)}
            {column(preview.nameColumn, 'nameColumn', words.name, true)}
            {column(preview.fileColumn, 'fileColumn', words.file, true)}
            <Select
              label={words.rate}
              value={rate}
              options={Object.entries(words.rates).map(([id, label]) => ({ id, label }))}
              onChange={setRate}
            />
            <Select
              label={words.charset}
              value={choices.charset ?? 'auto'}
              options={(['auto', 'utf-8', 'windows-1251'] as const).map((id) => ({
                id,
                label: words.formats[id],
              }))}
              onChange={(charset) => setChoices((former) => ({ ...former, charset }))}
            />
          </div>
          {preview.fileColumn === '' ? null : (
            <div className={styles.table}>
              <Button icon={<Paperclip {...icon} />} onPress={() => filePicker.current?.click()}>
                {words.filesFor}
              </Button>
              {files.length > 0 ? <span>{words.filesHere(files.length)}</span> : null}
            </div>
          )}
          <MergeProblems problems={preview.problems} onRow={setRow} />
          <OneLetter preview={preview} onRow={setRow} />
        </>
      ) : null}
      <FilePicker
        picker={tablePicker}
        accept=".csv,.txt,text/csv"
        onFiles={([file]) => {
          void file?.arrayBuffer().then((octets) => {
            setRow(1);
            setChoices({});
            setTable({ name: file.name, bytes: new Uint8Array(octets) });
          });
        }}
      />
      <FilePicker
        picker={filePicker}
        multiple
        onFiles={(more) =>
          setFiles((former) => [
            ...former.filter((each) => !more.some((other) => other.name === each.name)),
            ...more,
          ])
        }
      />
    </Dialog>
  );
}

function FilePicker(props: {
  picker: { current: HTMLInputElement | null };
  accept?: string;
  multiple?: boolean;
  onFiles: (files: File[]) => void;
}): ReactNode {
  return (
    <input
      ref={props.picker}
      type="file"
      hidden
      accept={props.accept}
      multiple={props.multiple ?? false}
      onChange={(event) => {
        const files = [...(event.target.files ?? [])];
        event.target.value = '';
        if (files.length > 0) props.onFiles(files);
      }}
    />
  );
}

/** One letter as it would go. */
function OneLetter({ preview, onRow }: { preview: Preview; onRow: (row: number) => void }): ReactNode {
  const t = useText();
  const words = t.sending.merge;
  const { letter, total } = preview;
  if (!letter) return null;
  const broken = preview.problems.filter((each) => each.row === letter.row && each.stops);
  return (
    <section className={styles.letter} aria-label={words.preview}>
      <div className={styles.rowLine}>
        <b>{words.rowOf(letter.row, total)}</b>
        {broken.length > 0 ? (
          <span className={styles.leftOut}>
            <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
            {words.leftOut}
          </span>
        ) : null}
        <span className={styles.grow} />
        <IconButton
          size="small"
          label={words.previous}
          icon={<ChevronLeft {...icon} />}
          isDisabled={letter.row <= 1}
          onPress={() => onRow(letter.row - 1)}
        />
        <IconButton
          size="small"
          label={words.next}
          icon={<ChevronRight {...icon} />}
          isDisabled={letter.row >= total}
          onPress={() => onRow(letter.row + 1)}
        />
      </div>
      <dl>
        <dt>{words.to}</dt>
        <dd>{letter.to.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', ')}</dd>
        <dt>{words.subject}</dt>
        <dd>{letter.subject || t.common.noSubject}</dd>
        {letter.files.length > 0 ? (
          <>
            <dt>{words.files}</dt>
            <dd>{letter.files.join(', ')}</dd>
          </>
        ) : null}
      </dl>
      <p className={styles.text}>{letter.text}</p>
    </section>
  );
}
