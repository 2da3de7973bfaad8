import { CornerUpLeft, Ellipsis, Moon, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { runCommand, useCommandState } from '../../state/commands.ts';
import { useSession } from '../../state/session.ts';
import { IconButton } from '../../ui/button.tsx';
import { MenuButton, type MenuEntry } from '../../ui/menu.tsx';
import { SenderPortrait } from '../contacts/person-portrait.tsx';
import { SenderCommands } from '../contacts/sender-commands.tsx';
import { useMinute } from '../list/use-minute.ts';
import { commandEntries } from '../window/command-entries.tsx';
import { PeopleLine } from './people-line.tsx';
import styles from './reader.module.css';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface LetterHeadProps {
  letter: Letter;
  /** The dark theme is on; true: the letter keeps its own colours. */
  dark: boolean;
  original: boolean;
  onOriginal: () => void;
  /** In place of the commands of the letter that is read. */
  tools?: ReactNode;
}

/** What More offers, in groups. */
const MORE = [
  ['message.replyAll', 'message.forward', 'message.forwardAttached', 'message.redirect', 'message.resend'],
  ['message.window', 'letter.find', 'letter.print', 'letter.saveAs', 'letter.saveAttachments'],
  ['contact.sender'],
  ['letter.plainText', 'letter.encoding', 'letter.headers', 'letter.source'],
] as const;

/** Who wrote, name and address always; when; to whom. */
export function LetterHead({ letter, dark, original, onOriginal, tools }: LetterHeadProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const now = useMinute();
  const from = letter.from[0] ?? letter.sender[0] ?? { name: '', address: '' };
  const sender = letter.sender[0];
  const other = sender && sender.address !== from.address ? t.reader.sentBy(sender.address) : null;
  return (
    <div className={styles.head}>
      <SenderPortrait name={from.name} address={from.address} />
      {tools ? null : <SenderCommands name={from.name} address={from.address} />}
      <div className={styles.who}>
        <div className={styles.nameLine}>
          <span className={styles.name}>{from.name || from.address || t.common.noSender}</span>
          {from.name ? <span className={styles.address}>{from.address}</span> : null}
          {other ? <span className={styles.address}>{other}</span> : null}
          <OutgoingState letter={letter} />
        </div>
        <PeopleLine letter={letter} />
      </div>
      <div className={styles.tools}>
        <time className={styles.date} title={formats.fullDate(letter.date)}>
          {formats.letterDate(letter.date, now)}
        </time>
        {dark ? (
          <IconButton
            size="small"
            label={t.commands.originalColours}
            pressed={original}
            icon={original ? <Moon {...icon} /> : <Sun {...icon} />}
            onPress={onOriginal}
          />
        ) : null}
        {tools ?? <LetterTools />}
      </div>
    </div>
  );
}

/** Reply and More, for the letter that the window's commands act upon. */
function LetterTools(): ReactNode {
  const t = useText();
  const commands = useCommandState((state) => state.commands);
  const entries = MORE.flatMap((group, at): MenuEntry[] => [
    ...(at > 0 ? [{ separator: true as const }] : []),
    ...commandEntries(commands, group),
  ]);
  return (
    <>
      <IconButton
        size="small"
        label={t.commands.reply}
        icon={<CornerUpLeft {...icon} />}
        onPress={() => runCommand('message.reply')}
      />
      <MenuButton label={t.common.more} placement="bottom end" entries={entries}>
        <IconButton size="small" label={t.common.more} icon={<Ellipsis {...icon} />} />
      </MenuButton>
    </>
  );
}

/** Where a letter of one's own is on its way. */
function OutgoingState({ letter }: { letter: Letter }): ReactNode {
  const t = useText();
  const outbox = useSession((state) => state.outbox);
  const folders = useSession((state) => state.folders);
  const role = folders.find((folder) => folder.id === letter.row.folder)?.role;
  if (role !== 'outbox' && role !== 'scheduled') return null;
  const item = outbox.find((other) => other.id === letter.row.id);
  return item ? <span className={styles.outside}>{t.reader.states[item.state]}</span> : null;
}
