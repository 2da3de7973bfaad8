import { Paperclip } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Row } from '../../../main/contract/mail/views.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Portrait } from '../../ui/chip.tsx';
import { classes } from '../../ui/class-names.ts';
import { personName } from '../list/row-name.ts';
import { useMinute } from '../list/use-minute.ts';
import styles from './reader.module.css';

/** Rows shown above the letter before "N older letters" stands for the rest. */
const SHOWN = 3;

export interface ConversationProps {
  rows: readonly Row[];
  onOpen: (id: number) => void;
}

/** Letters of the conversation beside the open one, each folded to one line, oldest first. */
export function Conversation({ rows, onOpen }: ConversationProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const now = useMinute();
  const accounts = useSession((state) => state.accounts);
  const [all, setAll] = useState(false);
  if (rows.length === 0) return null;
  const own = new Set(accounts.map((account) => account.address.toLowerCase()));
  const hidden = all ? 0 : Math.max(0, rows.length - SHOWN);
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
        {rows.slice(hidden).map((row) => {
          const mine = own.has(row.from.address.toLowerCase());
          const unread = !row.flags.includes('seen');
          return (
            <li key={row.id}>
              <button type="button" className={styles.folded} onClick={() => onOpen(row.id)}>
                <Portrait name={row.from.name} address={row.from.address} size={28} />
                <span className={classes(styles.foldedName, unread && styles.foldedUnread)}>
                  {mine ? t.common.you : personName(row.from)}
                </span>
                <span className={styles.foldedText}>{row.preview}</span>
                {row.attachments > 0 ? <Paperclip size={14} strokeWidth={1.75} aria-hidden="true" /> : null}
                <span className={styles.foldedDate}>{formats.listDate(row.date, now)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
