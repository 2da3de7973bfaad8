/** What can be done with letters, as commands; and the two pickers and the one question they need. */
import {
  Archive,
  CornerUpLeft,
  CornerUpRight,
  Flag,
  FolderInput,
  Mail,
  MailOpen,
  ReplyAll,
  ShieldAlert,
  SquareArrowOutUpRight,
  SquarePen,
  Tag as TagIcon,
  Trash2,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Catalogue } from '../../i18n/text.ts';
import { text, useText } from '../../i18n/text.ts';
import { type Action, act, type Done, redoStep, sayFailure, undoStep, useUndo } from '../../state/actions.ts';
import { type Command, MAIL, useCommands } from '../../state/commands.ts';
import { compose } from '../../state/compose.ts';
import { openLetterWindow, ownLetter } from '../../state/own-window.ts';
import { go, useInMail, usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Question } from '../../ui/dialog.tsx';
import {
  chosenIds,
  currentSelection,
  focusedRow,
  focusNextUnread,
  leaveChosen,
  onceChosen,
  useList,
} from '../list/list-state.ts';
import { count, several } from '../list/selection.ts';
import { FolderPicker } from '../tree/folder-picker.tsx';
import { TagPicker } from './tag-picker.tsx';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

type Asking = 'move' | 'copy' | 'tag' | 'erase' | null;

function actOnChosen(action: Action, done: Done, leaves: boolean): void {
  const selection = currentSelection();
  if (!selection) return;
  if (leaves) leaveChosen();
  const acted = act(selection, action, done);
  // The letter has gone from under its own window; the other windows say where to and how it comes back.
  if (leaves && ownLetter !== null) void acted.then((count) => count !== null && window.close());
}

/** Letters in one letter, as files. */
const MOST_ATTACHED = 100;

async function forwardAttached(): Promise<void> {
  const { letter } = usePlace.getState();
  const { chosen } = useList.getState();
  const of = several(chosen) ? await chosenIds(MOST_ATTACHED) : letter === null ? [] : [letter];
  if (of && of.length > 0)
    compose({ open: 'create', input: { kind: 'forward-attached', of }, inPane: false });
}

function answer(kind: 'reply' | 'reply-all' | 'forward'): void {
  const { letter } = usePlace.getState();
  if (letter === null) return;
  compose({ open: 'create', input: { kind, of: [letter] }, inPane: true });
  const replies = kind === 'reply' || kind === 'reply-all';
  if (replies && focusedRow()?.id === letter && focusedRow()?.server)
    showToast({ text: text().maildrop.unquoted });
}

/** The state of the world the commands depend on. */
function useTargets(t: Catalogue) {
  const chosen = useList((state) => state.chosen);
  const rows = useList((state) => state.rows);
  const letter = usePlace((state) => state.letter);
  const view = usePlace((state) => state.view);
  const folders = useSession((state) => state.folders);
  const away = !useInMail();
  const selected = Math.max(count(chosen, rows?.snapshot.total ?? 0), letter === null ? 0 : 1);
  const scope = view?.scope;
  const role =
    scope?.in === 'folder'
      ? folders.find((folder) => folder.id === scope.folder)?.role
      : scope?.in === 'unified'
        ? scope.role
        : null;
  return {
    selected,
    role,
    none: away ? t.window.notInMail : selected === 0 ? t.window.nothingChosen : undefined,
    notOne: away ? t.window.notInMail : letter === null || selected > 1 ? t.window.needsOne : undefined,
  };
}

/** What acts upon letters acts upon what the keys before it choose, even if that is still being asked for. */
const inTurn = (command: Command): Command =>
  command.group === 'message' ? { ...command, run: () => onceChosen(command.run) } : command;

/** Registers the commands; draws the dialogs. */
export function MessageCommands(): ReactNode {
  const t = useText();
  const words = t.commands;
  const [asking, setAsking] = useState<Asking>(null);
  const { selected, role, none, notOne } = useTargets(t);
  const tags = useSession((state) => state.tags);
  const undo = useUndo();
  const inJunk = role === 'junk';
  const done = t.list.done;

  const flagChosen = () => {
    const on = !(focusedRow()?.flags.includes('flagged') ?? false);
    actOnChosen({ do: 'flag', flag: 'flagged', on }, { text: on ? done.flag : done.unflag }, false);
  };
  const mark = (seen: boolean) =>
    actOnChosen({ do: 'flag', flag: 'seen', on: seen }, { text: seen ? done.read : done.unread }, false);
  const tagChosen = (name: string) => {
    const on = !(focusedRow()?.tags.includes(name) ?? false);
    actOnChosen(
      { do: 'tag', tag: name, on },
      { text: (n) => (on ? done.tag(n, name) : done.untag(n, name)), icon: 'tag' },
      false,
    );
  };

  const commands: Command[] = [
    {
      id: 'write.new',
      label: words.newMessage,
      group: 'write',
      icon: <SquarePen {...icon} />,
      run: () => compose({ open: 'create', input: { kind: 'new' } }),
    },
    {
      id: 'message.reply',
      label: words.reply,
      group: 'message',
      where: MAIL,
      icon: <CornerUpLeft {...icon} />,
      reason: notOne,
      run: () => answer('reply'),
    },
    {
      id: 'message.replyAll',
      label: words.replyAll,
      group: 'message',
      where: MAIL,
      icon: <ReplyAll {...icon} />,
      reason: notOne,
      run: () => answer('reply-all'),
    },
    {
      id: 'message.forward',
      label: words.forward,
      group: 'message',
      where: MAIL,
      icon: <CornerUpRight {...icon} />,
      reason: notOne,
      run: () => answer('forward'),
    },
    {
      id: 'message.forwardAttached',
      label: words.forwardAttached,
      group: 'message',
      reason: none ?? (selected > MOST_ATTACHED ? t.window.tooMany(MOST_ATTACHED) : undefined),
      run: () => void forwardAttached().catch(sayFailure),
    },
    {
      id: 'message.archive',
      label: words.archive,
      group: 'message',
      where: ['list', 'reader'],
      icon: <Archive {...icon} />,
      reason: none,
      run: () => actOnChosen({ do: 'archive' }, { text: done.archive, icon: 'archive' }, true),
    },
    {
      id: 'message.delete',
      label: words.delete,
      group: 'message',
      where: ['list', 'reader'],
      icon: <Trash2 {...icon} />,
      reason: none,
      run: () => {
        // Inside Trash deleting is for ever, so it is asked about.
        if (role === 'trash') setAsking('erase');
        else actOnChosen({ do: 'delete' }, { text: done.delete, icon: 'trash' }, true);
      },
    },
    {
      id: 'message.erase',
      label: words.erase,
      group: 'message',
      where: ['list', 'reader'],
      reason: none,
      run: () => setAsking('erase'),
    },
    {
      id: 'message.junk',
      label: inJunk ? words.notJunk : words.junk,
      group: 'message',
      where: MAIL,
      icon: <ShieldAlert {...icon} />,
      reason: none,
      run: () =>
        actOnChosen(
          { do: 'junk', on: !inJunk },
          { text: inJunk ? done.notJunk : done.junk, icon: 'trash' },
          true,
        ),
    },
    {
      id: 'message.move',
      label: words.moveTo,
      group: 'message',
      where: MAIL,
      icon: <FolderInput {...icon} />,
      reason: none,
      run: () => setAsking('move'),
    },
    {
      id: 'message.copy',
      label: words.copyTo,
      group: 'message',
      where: MAIL,
      reason: none,
      run: () => setAsking('copy'),
    },
    {
      id: 'message.tag',
      label: words.tag,
      group: 'message',
      where: MAIL,
      icon: <TagIcon {...icon} />,
      reason: none,
      run: () => setAsking('tag'),
    },
    ...tags.slice(0, 8).map(
      (tag, at): Command => ({
        id: `message.tag${at + 1}`,
        label: `${words.tag}: ${tag.name}`,
        group: 'message',
        where: MAIL,
        reason: none,
        run: () => tagChosen(tag.name),
      }),
    ),
    {
      id: 'message.flag',
      label: words.flag,
      group: 'message',
      where: MAIL,
      icon: <Flag {...icon} />,
      reason: none,
      run: flagChosen,
    },
    {
      id: 'message.unread',
      label: words.markUnread,
      group: 'message',
      where: MAIL,
      icon: <Mail {...icon} />,
      reason: none,
      run: () => mark(false),
    },
    {
      id: 'message.read',
      label: words.markRead,
      group: 'message',
      where: MAIL,
      icon: <MailOpen {...icon} />,
      reason: none,
      run: () => mark(true),
    },
    {
      id: 'message.open',
      label: words.openLetter,
      group: 'message',
      reason: notOne,
      run: () => {
        const { letter } = usePlace.getState();
        // Where a pane shows it already, opening means more room: as Enter does.
        if (letter !== null && document.querySelector('[data-pane="reader"]')) openLetterWindow(letter);
        else go({ letterOpen: true });
      },
    },
    {
      id: 'message.window',
      label: words.openInWindow,
      group: 'message',
      icon: <SquareArrowOutUpRight {...icon} />,
      reason: notOne ?? (ownLetter === null ? undefined : words.openInWindow),
      run: () => {
        const { letter } = usePlace.getState();
        if (letter !== null) openLetterWindow(letter);
      },
    },
    {
      id: 'list.nextUnread',
      label: words.nextUnread,
      group: 'list',
      where: ['list', 'reader'],
      reason: usePlace.getState().letter === null ? undefined : words.pageDown,
      run: () => void focusNextUnread(),
    },
    {
      id: 'edit.undo',
      label: words.undo,
      group: 'application',
      reason: undo.undo.length === 0 ? t.window.nothingToUndo : undefined,
      run: () => void undoStep(),
    },
    {
      id: 'edit.redo',
      label: words.redo,
      group: 'application',
      reason: undo.redo.length === 0 ? t.window.nothingToRedo : undefined,
      run: () => void redoStep(),
    },
  ];
  useCommands(commands.map(inTurn));

  const close = () => setAsking(null);
  return (
    <>
      {asking === 'move' || asking === 'copy' ? (
        <FolderPicker
          title={asking === 'copy' ? t.list.copyTitle : t.list.moveTitle}
          onClose={close}
          onPick={(folder, name) => {
            const copying = asking === 'copy';
            close();
            actOnChosen(
              { do: copying ? 'copy' : 'move', to: folder },
              { text: (n) => (copying ? done.copy(n, name) : done.move(n, name)), icon: 'folder' },
              !copying,
            );
          }}
        />
      ) : null}
      {asking === 'tag' ? (
        <TagPicker worn={focusedRow()?.tags ?? []} onClose={close} onPick={tagChosen} />
      ) : null}
      <Question
        question={t.list.eraseQuestion(selected)}
        confirm={t.list.eraseConfirm}
        isOpen={asking === 'erase'}
        onClose={close}
        onConfirm={() => {
          close();
          actOnChosen({ do: 'erase' }, { text: done.erase, icon: 'trash' }, true);
        }}
      >
        {t.list.eraseBody}
      </Question>
    </>
  );
}
