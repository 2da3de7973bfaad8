/**
 * The reading pane: one letter with its head, warnings, files and conversation. The letter's own markup is
 * only ever shown in its frame. Nothing remote is loaded and nothing is sent because a letter is looked at.
 */
import { CornerUpLeft, Mail, Mails } from 'lucide-react';
import { type ReactNode, useCallback, useState } from 'react';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import type { Row } from '../../../main/contract/mail/views.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { useTheme } from '../../state/appearance.ts';
import { runCommand, useCommands } from '../../state/commands.ts';
import { compose } from '../../state/compose.ts';
import { usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Tag } from '../../ui/chip.tsx';
import { isColour } from '../../ui/colours.ts';
import { Empty } from '../../ui/empty.tsx';
import { focusList } from '../list/focus-list.ts';
import { Highlighted } from '../list/highlighted.tsx';
import { useList } from '../list/list-state.ts';
import { personName, rowSubject } from '../list/row-name.ts';
import { count } from '../list/selection.ts';
import { folderName } from '../tree/names.ts';
import { Attachments } from './attachments.tsx';
import { Banners } from './banners.tsx';
import { saveBlob, sourceBlob } from './bytes.ts';
import { Conversation, useUnfolded } from './conversation.tsx';
import { fileNameOf } from './file-name.ts';
import { FindBar } from './find-bar.tsx';
import { useConversation, useLetter, useMarkRead } from './letter.ts';
import { type Frame, LetterBody } from './letter-body.tsx';
import { type LetterDialog, LetterDialogs } from './letter-dialogs.tsx';
import { LetterHead } from './letter-head.tsx';
import { neighbourCommands } from './neighbours.ts';
import { pageCommands, usePaging } from './paging.ts';
import { printLetter } from './print.ts';
import styles from './reader.module.css';
import { TrackingPanel } from './tracking.tsx';

export function Reader({ words }: { words: readonly string[] }): ReactNode {
  const t = useText();
  const id = usePlace((state) => state.letter);
  const chosen = useList((state) => state.chosen);
  const rows = useList((state) => state.rows);
  const selected = count(chosen, rows?.snapshot.total ?? 0);
  return (
    <section
      className={styles.pane}
      aria-label={t.a11y.message}
      data-scope="reader"
      data-pane="reader"
      tabIndex={-1}
    >
      {selected > 1 ? (
        <Empty icon={<Mails size={32} strokeWidth={1.5} />} title={t.reader.several(selected)}>
          {t.reader.severalHint}
        </Empty>
      ) : id === null ? (
        <Empty icon={<Mail size={32} strokeWidth={1.5} />} title={t.reader.nothing}>
          {t.reader.nothingHint}
        </Empty>
      ) : (
        <OneLetter key={id} id={id} words={words} />
      )}
    </section>
  );
}

function OneLetter({ id, words }: { id: number; words: readonly string[] }): ReactNode {
  const t = useText();
  const theme = useTheme();
  const settings = useSession((state) => state.settings);
  const [charset, setCharset] = useState<string | undefined>(undefined);
  const [pictures, setPictures] = useState(settings?.pictures === 'always');
  const [plain, setPlain] = useState(settings?.plainText ?? false);
  const [original, setOriginal] = useState(false);
  const [quotes, setQuotes] = useState(false);
  const [frame, setFrame] = useState<Frame | null>(null);
  const [find, setFind] = useState<string | null>(null);
  const [dialog, setDialog] = useState<LetterDialog>(null);
  const [trusted, setTrusted] = useState(false);
  const [hit, setHit] = useState(0);
  const paging = usePaging();
  const { letter, failure, again } = useLetter(id, charset);
  const conversation = useConversation(id);
  const unfolded = useUnfolded(conversation, id);
  useMarkRead(letter);
  const onFrame = useCallback((next: Frame | null) => setFrame(next), []);
  const closeFind = () => {
    setFind(null);
    focusList();
  };
  const noLetter = letter ? undefined : t.window.nothingChosen;

  useCommands([
    ...neighbourCommands(t, conversation, id),
    {
      id: 'letter.unfoldAll',
      label: t.commands.unfoldAll,
      group: 'message',
      checked: unfolded.all,
      reason: conversation.length > 1 ? undefined : t.window.alone,
      run: unfolded.toggleAll,
    },
    {
      id: 'letter.find',
      label: t.commands.find,
      group: 'message',
      reason: noLetter,
      run: () => setFind(''),
    },
    {
      id: 'letter.print',
      label: t.commands.print,
      group: 'message',
      reason: noLetter,
      run: () => {
        if (letter) printLetter(letter, pictures, charset).catch(sayFailure);
      },
    },
    {
      id: 'letter.saveAs',
      label: t.commands.saveAs,
      group: 'message',
      reason: noLetter,
      run: () => {
        if (letter)
          sourceBlob(id).then((blob) => saveBlob(blob, fileNameOf(letter.subject, 'eml')), sayFailure);
      },
    },
    {
      id: 'letter.source',
      label: t.commands.source,
      group: 'message',
      reason: noLetter,
      run: () => setDialog('source'),
    },
    {
      id: 'letter.headers',
      label: t.commands.headers,
      group: 'message',
      reason: noLetter,
      run: () => setDialog('headers'),
    },
    {
      id: 'letter.encoding',
      label: t.commands.encoding,
      group: 'message',
      reason: noLetter,
      run: () => setDialog('encoding'),
    },
    ...pageCommands(t, paging, letter?.text ?? '', (frame?.blocked ?? 0) + inlinePictures(letter)),
    {
      id: 'letter.plainText',
      label: t.commands.plainText,
      group: 'message',
      checked: plain,
      reason: noLetter,
      run: () => setPlain(!plain),
    },
  ]);

  if (failure) {
    const said = sentence(failure);
    return (
      <Empty
        icon={<Mail size={32} strokeWidth={1.5} />}
        title={said.title}
        action={<Button onPress={again}>{t.common.retry}</Button>}
      >
        {said.body}
      </Empty>
    );
  }
  if (!letter) return null;
  const at = conversation.findIndex((row) => row.id === id);
  const highlight = find ? find.split(/\s+/).filter(Boolean) : words;
  // Closing the warning is not the same as trusting the links.
  const links = trusted || !letter.banners.some((banner) => banner.kind === 'link-mismatch');
  const mode = plain || !letter.hasHtml ? 'text' : 'html';
  return (
    <>
      {find === null ? null : (
        <FindBar
          text={letter.text ?? letter.row.preview}
          words={find}
          hit={hit}
          onHit={setHit}
          onWords={setFind}
          onClose={closeFind}
        />
      )}
      <Subject letter={letter} conversation={conversation} words={highlight} />
      <Conversation rows={at > 0 ? conversation.slice(0, at) : []} unfolded={unfolded} words={highlight} />
      <LetterHead
        letter={letter}
        dark={theme !== 'light'}
        original={original}
        onOriginal={() => setOriginal(!original)}
      />
      <div className={styles.banners}>
        <Banners
          letter={
            trusted
              ? { ...letter, banners: letter.banners.filter((b) => b.kind !== 'link-mismatch') }
              : letter
          }
          blocked={pictures ? 0 : (frame?.blocked ?? 0)}
          onPictures={() => setPictures(true)}
          onTrustLinks={() => setTrusted(true)}
        />
      </div>
      <TrackingPanel letter={letter} />
      <Attachments letter={letter} />
      <LetterBody
        letter={letter}
        options={{ mode, pictures, original, charset, highlight, quotes, links }}
        onFrame={onFrame}
        onQuotes={() => setQuotes(!quotes)}
        onFetch={again}
        place={find !== null && hit > 0 ? `hit-${hit}` : paging.place}
      />
      <Conversation rows={at >= 0 ? conversation.slice(at + 1) : []} unfolded={unfolded} words={highlight} />
      <ReplyBar letter={letter} />
      <LetterDialogs
        letter={letter}
        open={dialog}
        charset={charset}
        onCharset={setCharset}
        onClose={() => setDialog(null)}
      />
    </>
  );
}

/** Pictures that stand in the text. */
function inlinePictures(letter: Letter | null): number {
  return letter?.attachments.filter((file) => file.inline && file.kind === 'image').length ?? 0;
}

function Subject({
  letter,
  conversation,
  words,
}: {
  letter: Letter;
  conversation: readonly Row[];
  words: readonly string[];
}): ReactNode {
  const t = useText();
  const formats = useFormats();
  const tags = useSession((state) => state.tags);
  const folders = useSession((state) => state.folders);
  const letters = conversation.length;
  const lying = new Set([letter.row.folder, ...conversation.map((row) => row.folder)]);
  const names = new Set(folders.filter((other) => lying.has(other.id)).map((other) => folderName(other, t)));
  const subject = rowSubject({ subject: letter.subject, count: letters }, t);
  const facts: string[] = [];
  if (letters > 1) facts.push(t.reader.letters(letters));
  if (names.size > 0) facts.push(formats.list([...names]));
  return (
    <header className={styles.top}>
      <h2 className={styles.subject}>
        <Highlighted text={subject} words={words} />
      </h2>
      {letters > 1 || letter.row.tags.length > 0 ? (
        <div className={styles.facts}>
          {letter.row.tags.map((name) => {
            const colour = tags.find((tag) => tag.name === name)?.colour ?? 'grey';
            return (
              <Tag key={name} colour={isColour(colour) ? colour : 'grey'}>
                {name}
              </Tag>
            );
          })}
          <span>{facts.join(' · ')}</span>
        </div>
      ) : null}
    </header>
  );
}

/** At the bottom, where reading ends. */
function ReplyBar({ letter }: { letter: Letter }): ReactNode {
  const t = useText();
  const accounts = useSession((state) => state.accounts);
  const role = useSession((state) => state.folders.find((folder) => folder.id === letter.row.folder)?.role);
  const own = new Set(accounts.map((account) => account.address.toLowerCase()));
  const others = new Set(
    [...letter.from, ...letter.to, ...letter.cc]
      .map((person) => person.address.toLowerCase())
      .filter((address) => !own.has(address)),
  );
  const to = letter.replyTo[0] ?? letter.from[0];
  if (role === 'drafts') {
    return (
      <div className={styles.reply}>
        <Button variant="quiet" onPress={() => compose({ open: 'message', message: letter.row.id })}>
          {t.reader.editDraft}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.reply}>
      <Button
        variant="quiet"
        onPress={() => runCommand('message.reply')}
        icon={<CornerUpLeft size={16} strokeWidth={1.75} aria-hidden="true" />}
      >
        {t.reader.replyTo1(personName(to))}
      </Button>
      {letter.row.outside ? <span className={styles.outside}>{t.reader.outsideAddress}</span> : null}
      {others.size > 1 ? (
        <Button variant="quiet" onPress={() => runCommand('message.replyAll')}>
          {t.reader.replyAll(others.size)}
        </Button>
      ) : null}
      <Button variant="quiet" onPress={() => runCommand('message.forward')}>
        {t.reader.forward}
      </Button>
    </div>
  );
}
