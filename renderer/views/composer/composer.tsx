/**
 * One letter being written: a sheet over the window, or over the lower part of the letter it answers. It never
 * asks "save?": closing keeps, discarding can be undone. The text reaches the engine at most two seconds
 * after it was written (draft-session), at once when the focus leaves or the window is hidden.
 */
import { Maximize2, Minimize2, Minus, TriangleAlert, X } from 'lucide-react';
import {
  type CSSProperties,
  type DragEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Editor, type EditorHandle } from '../../editor/editor.tsx';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { pressed } from '../../state/shortcuts.ts';
import { choiceOf, languagesOf, spellingSource } from '../../state/spelling.ts';
import { Banner } from '../../ui/banner.tsx';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { Question } from '../../ui/dialog.tsx';
import { BrandMark } from '../window/brand-mark.tsx';
import { AttachmentsStrip } from './attachments-strip.tsx';
import styles from './composer.module.css';
import { ComposerBar } from './composer-bar.tsx';
import { ComposerHead } from './composer-head.tsx';
import { DraftStatus } from './draft-status.tsx';
import { GuardBanners } from './guard-banners.tsx';
import { MergeDialog } from './merge-dialog.tsx';
import { type OpenComposer, removeComposer, setShape } from './open-composers.ts';
import { PlainText } from './plain-text.tsx';
import { QuotedLetter } from './quoted-letter.tsx';
import { SendLater } from './send-later.tsx';
import { closeAndKeep, discardComposer } from './sending.ts';
import { SignatureCorner } from './signature-menu.tsx';
import { SpellingTool } from './spelling-tool.tsx';
import { useComposer } from './use-composer.ts';
import { useKeptFocus, useShort } from './use-sheet.ts';
import { useSignature } from './use-signature.ts';
import { Versions } from './versions.tsx';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface ComposerProps {
  composer: OpenComposer;
  /** Where the pane is, in the window's pixels; undefined: a sheet. */
  place: CSSProperties | undefined;
}

export function Composer({ composer, place }: ComposerProps): ReactNode {
  const t = useText();
  const words = t.composer;
  const sheet = useRef<HTMLElement>(null);
  const editor = useRef<EditorHandle>(null);
  const subject = useRef<HTMLInputElement>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const it = useComposer(composer, editor);
  const { draft, view } = it;
  const hold = useSignature(composer, it, editor);
  const usual = useSession((state) => state.settings?.spelling ?? 'ru-en');
  const choice = draft.spelling ? choiceOf(draft.spelling) : usual;
  const spelling = useMemo(() => spellingSource(choice, composer.ignored), [choice, composer]);
  const tool = (
    <SpellingTool choice={choice} onChange={(next) => it.change({ spelling: languagesOf(next) })} />
  );
  const [dialog, setDialog] = useState<'later' | 'versions' | 'plain' | 'merge' | null>(null);
  const [dropping, setDropping] = useState(false);
  const online = useSession((state) => !(state.hello?.offline ?? false));
  const answers = draft.kind === 'reply' || draft.kind === 'reply-all';
  const name = answers
    ? t.a11y.reply
    : draft.kind === 'new' || draft.kind === 'resend'
      ? t.a11y.newMessage
      : t.a11y.forward;

  // An answer begins in its text; a new letter with whom it is for.
  const begins = useRef(it.recipientCount > 0);
  useEffect(() => {
    if (!begins.current || !plain.current) return;
    plain.current.focus();
    plain.current.setSelectionRange(0, 0);
  }, []);

  const short = useShort(sheet);
  useKeptFocus(sheet);
  useJournal(composer, sheet, it.collect);
  useEffect(
    () =>
      engine().on('drafts.changed', (event) => {
        if (event.id === composer.session.draft.id && !event.gone) composer.session.hear(event);
      }),
    [composer],
  );

  const close = () => {
    it.collect();
    closeAndKeep(composer).catch(sayFailure);
  };
  const send = (how: { delay?: number; at?: number } = {}) => {
    setDialog(null);
    void it.send(how);
  };
  const pick = () => picker.current?.click();
  /** The letter has become many; it stays as it is among the drafts. */
  const putAside = () => {
    removeComposer(composer.key);
    engine().request('drafts.close', { id: draft.id }).catch(sayFailure);
  };
  const merge = () => {
    it.collect();
    void composer.session.flush().then(() => setDialog('merge'));
  };
  const command = (id: string, label: string, run: () => void): Command => ({
    id,
    label,
    group: 'composer',
    where: ['composer'],
    run,
  });
  useCommands([
    command('composer.send', words.send, () => send()),
    command('composer.later', words.sendLater, () => setDialog('later')),
    command('composer.merge', t.sending.commands.merge, merge),
    command('composer.attach', words.attach, pick),
    command('composer.save', words.saveVersion, () => {
      it.collect();
      void composer.session.flush();
    }),
    command('composer.close', words.close, close),
  ]);

  const dropped = (event: DragEvent) => {
    const files = [...event.dataTransfer.files];
    setDropping(false);
    if (files.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const target = event.target instanceof Element ? event.target : null;
    const inText = draft.html !== null && target?.closest('[role="textbox"][aria-multiline]') !== null;
    const pictures = inText ? files.filter((file) => /^image\//.test(file.type)) : [];
    editor.current?.addPictures(pictures);
    it.attach(files.filter((file) => !pictures.includes(file)));
  };
  const focusRecipients = () => sheet.current?.querySelector<HTMLElement>('input[role="combobox"]')?.focus();

  return (
    <section
      ref={sheet}
      className={classes(styles.sheet, styles[composer.shape])}
      style={place}
      role="dialog"
      aria-label={name}
      tabIndex={-1}
      data-scope="composer"
      data-pane="composer"
      onKeyDownCapture={(event) => {
        // A focused button takes Enter for a press, with Ctrl too: here it means Send wherever the focus is.
        const later = pressed('composer.later', event);
        if ((!later && !pressed('composer.send', event)) || event.repeat) return;
        event.preventDefault();
        event.stopPropagation();
        if (later) setDialog('later');
        else send();
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropping(false);
      }}
      onDropCapture={dropped}
    >
      <div className={styles.top}>
        <div className={styles.title}>
          <BrandMark />
          <h2 title={draft.subject}>{draft.subject || titleOf(words.titles, draft.kind)}</h2>
          <DraftStatus view={view} online={online} />
          <IconButton
            size="small"
            label={words.minimise}
            icon={<Minus {...icon} />}
            onPress={() => setShape(composer.key, 'small')}
          />
          <IconButton
            size="small"
            label={composer.shape === 'large' ? words.shrink : words.enlarge}
            icon={composer.shape === 'large' ? <Minimize2 {...icon} /> : <Maximize2 {...icon} />}
            // From the pane to a sheet, from a sheet to the whole window, and back.
            onPress={() => setShape(composer.key, composer.shape === 'sheet' ? 'large' : 'sheet')}
          />
          <IconButton size="small" label={words.close} icon={<X {...icon} />} onPress={close} />
        </div>
        <ComposerBar
          draft={draft}
          hold={hold}
          sending={it.sending}
          onSend={() => send()}
          onSendNow={() => send({ delay: 0 })}
          onSendLater={() => setDialog('later')}
          onCheck={it.check}
          onAttach={pick}
          onPlain={(plain) => (plain ? setDialog('plain') : void hold.plain(false))}
          onImportance={(importance) => it.change({ importance })}
          onReceipt={(requestReadReceipt) => it.change({ requestReadReceipt })}
          onNotice={(requestDeliveryNotice) => it.change({ requestDeliveryNotice })}
          onMerge={merge}
          onVersions={() => {
            it.collect();
            void composer.session.flush().then(() => setDialog('versions'));
          }}
          onDiscard={() => {
            it.collect();
            discardComposer(composer).catch(sayFailure);
          }}
        />
      </div>
      <div className={classes(styles.rest, short && styles.short)}>
        <ComposerHead it={it} onSender={hold.from} subject={subject} onText={() => editor.current?.focus()} />
        {view.parted ? (
          <div className={styles.guards}>
            <Banner
              tone="warning"
              label={t.a11y.draft}
              icon={<TriangleAlert {...icon} />}
              title={words.parted}
            />
          </div>
        ) : null}
        <GuardBanners
          guards={it.shown}
          onPass={it.pass}
          onRemove={it.removeRecipients}
          onAttach={pick}
          onSubject={() => subject.current?.focus()}
          onBcc={it.outsideToBcc}
          onRecipients={focusRecipients}
        />
        {draft.html === null ? (
          <div className={styles.plainScroll}>
            <PlainText
              text={draft.text}
              label={t.a11y.messageText}
              field={plain}
              spelling={spelling}
              snippet={hold.plainSnippet}
              onChange={(written) => it.change({ text: written })}
            />
            <QuotedLetter draft={draft} onEdit={it.editQuote} onRemove={it.removeQuote} />
          </div>
        ) : (
          <Editor
            ref={editor}
            html={draft.html}
            stamp={String(it.stamp)}
            label={t.a11y.messageText}
            pictures={composer.pictures}
            autoFocus={it.recipientCount > 0}
            onWritten={it.written}
            onTyping={it.typing}
            onFailure={sayFailure}
            snippet={hold.snippet}
            spelling={spelling}
            blockTool={<SignatureCorner hold={hold} identity={draft.identity ?? null} />}
            tools={tool}
          >
            <QuotedLetter draft={draft} onEdit={it.editQuote} onRemove={it.removeQuote} />
          </Editor>
        )}
        <AttachmentsStrip draft={draft} adding={it.adding} onRemove={it.detach} />
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          it.attach([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      {dropping ? (
        <p className={styles.drop}>{draft.html === null ? words.files.drop : words.files.dropPictures}</p>
      ) : null}
      {dialog === 'later' ? (
        <SendLater onClose={() => setDialog(null)} onPick={(at) => send({ at })} />
      ) : null}
      {dialog === 'merge' ? (
        <MergeDialog draft={draft} onClose={() => setDialog(null)} onStarted={putAside} />
      ) : null}
      {dialog === 'versions' ? (
        <Versions id={draft.id} onClose={() => setDialog(null)} onRestored={it.take} />
      ) : null}
      <Question
        isOpen={dialog === 'plain'}
        question={words.plainQuestion}
        confirm={words.plainConfirm}
        danger={false}
        onClose={() => setDialog(null)}
        onConfirm={() => {
          void hold.plain(true);
          setDialog(null);
        }}
      >
        {words.plainBody}
      </Question>
    </section>
  );
}

function titleOf(titles: { new: string; reply: string; forward: string }, kind: string): string {
  if (kind === 'reply' || kind === 'reply-all') return titles.reply;
  return kind === 'new' || kind === 'resend' ? titles.new : titles.forward;
}

/** Saves at once when the focus leaves the letter, the window is hidden or goes away. */
function useJournal(
  composer: OpenComposer,
  sheet: { current: HTMLElement | null },
  collect: () => unknown,
): void {
  const newest = useRef(collect);
  newest.current = collect;
  useEffect(() => {
    const { session } = composer;
    const element = sheet.current;
    const save = () => {
      newest.current();
      if (session.dirty) void session.flush();
    };
    const onFocusOut = (event: FocusEvent) => {
      if (!(event.relatedTarget instanceof Node) || !element?.contains(event.relatedTarget)) save();
    };
    const onHidden = () => {
      if (document.visibilityState === 'hidden') save();
    };
    element?.addEventListener('focusout', onFocusOut);
    document.addEventListener('visibilitychange', onHidden);
    window.addEventListener('pagehide', save);
    return () => {
      element?.removeEventListener('focusout', onFocusOut);
      document.removeEventListener('visibilitychange', onHidden);
      window.removeEventListener('pagehide', save);
    };
  }, [composer, sheet]);
}
