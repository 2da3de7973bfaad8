/**
 * The letters of the conversation beside the one that is read: each folded to one line, or unfolded in its place,
 * several at once. Unread ones are unfolded from the start.
 */
import { Paperclip } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Row } from '../../../main/contract/mail/views.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Portrait } from '../../ui/chip.tsx';
import { classes } from '../../ui/class-names.ts';
import { personName } from '../list/row-name.ts';
import { useMinute } from '../list/use-minute.ts';
import styles from './reader.module.css';
import { UnfoldedLetter } from './unfolded-letter.tsx';

/** Rows shown above the letter before "N older letters" stands for the rest. */
const SHOWN = 3;
/** Unread letters unfolded by themselves; a person who was away for a month wants to choose. */
const UNFOLDED = 5;

export interface Unfolded {
  has(id: number): boolean;
  toggle(id: number): void;
  /** Every letter of the conversation is open. */
  all: boolean;
  toggleAll(): void;
}

/** Which letters beside `id` are open. One that was unread stays open when it has been read. */
export function useUnfolded(conversation: readonly Row[], id: number): Unfolded {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [met, setMet] = useState(false);
  useEffect(() => {
    if (met || conversation.length < 2) return;
    setMet(true);
    const unread = conversation.filter((row) => row.id !== id && !row.flags.includes('seen'));
    setOpen(new Set(unread.slice(-UNFOLDED).map((row) => row.id)));
  }, [met, conversation, id]);
  const others = conversation.filter((row) => row.id !== id);
  const all = others.length > 0 && others.every((row) => open.has(row.id));
  return {
    has: (other) => open.has(other),
    toggle: (other) =>
      setOpen((former) => {
        const next = new Set(former);
        if (!next.delete(other)) next.add(other);
        return next;
      }),
    all,
    toggleAll: () => setOpen(new Set(all ? [] : others.map((row) => row.id))),
  };
}

export interface ConversationProps {
  rows: readonly Row[];
  unfolded: Unfolded;
  /** Words to mark. */
  words: readonly string[];
}

export function Conversation({ rows, unfolded, words }: ConversationProps): ReactNode {
  const t = useText();
  const [all, setAll] = useState(false);
  if (rows.length === 0) return null;
  const opened = rows.findIndex((row) => unfolded.has(row.id));
  const folded = Math.max(0, rows.length - SHOWN);
  const hidden = all ? 0 : opened >= 0 ? Math.min(folded, opened) : folded;
  return (
    <>
      {hidden > 0 ? (
        <div className={styles.conversation}>
          <Button variant="link" onPress={() => setAll(true)}>
            {t.reader.older(hidden)}
          </Button>
        </div>
      ) : null}
      <ul className={styles.conversation} aria-label={t.a11y.conversation}>
        {rows.slice(hidden).map((row) => (
          <li key={row.id}>
            <Line row={row} open={unfolded.has(row.id)} onToggle={() => unfolded.toggle(row.id)} />
            {unfolded.has(row.id) ? <UnfoldedLetter id={row.id} words={words} /> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Folded: who, the first words, when. Unfolded: the same line without the words, which stand below it. */
function Line({ row, open, onToggle }: { row: Row; open: boolean; onToggle: () => void }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const now = useMinute();
  const accounts = useSession((state) => state.accounts);
  const own = accounts.some((account) => account.address.toLowerCase() === row.from.address.toLowerCase());
  const unread = !row.flags.includes('seen');
  return (
    <button type="button" className={styles.folded} aria-expanded={open} onClick={onToggle}>
      <Portrait name={row.from.name} address={row.from.address} size={28} />
      <span className={classes(styles.foldedName, unread && styles.foldedUnread)}>
        {own ? t.common.you : personName(row.from)}
      </span>
      <span className={styles.foldedText}>{open ? '' : row.preview}</span>
      {row.attachments > 0 ? <Paperclip size={14} strokeWidth={1.75} aria-hidden="true" /> : null}
      <span className={styles.foldedDate}>{formats.listDate(row.date, now)}</span>
    </button>
  );
}
