import { Bookmark, Cloud, CloudOff, Download, Mail, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { FetchMark } from '../../../main/contract/mail/accounts.ts';
import type { Row } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { classes } from '../../ui/class-names.ts';
import styles from './maildrop.module.css';

const icon = { size: 12, strokeWidth: 1.75, 'aria-hidden': true } as const;
export const MARK_ICONS: Record<FetchMark, typeof Download> = {
  fetch: Download,
  keep: Bookmark,
  delete: Trash2,
};

/** What stands of a letter here, and what will be done with it: sign and word, never colour alone. */
export function ServerMark({ row }: { row: Row }): ReactNode {
  const t = useText();
  const mark = row.server?.mark ?? null;
  if (row.server?.gone)
    return (
      <span className={styles.mark} title={t.maildrop.gone}>
        <CloudOff {...icon} />
        {t.maildrop.gone}
      </span>
    );
  if (mark) return <MarkTag mark={mark} />;
  if (row.body !== 'header') return null;
  return (
    <span className={styles.mark} title={t.maildrop.here}>
      <Cloud {...icon} />
      {t.maildrop.headerOnly}
    </span>
  );
}

export function MarkTag({ mark }: { mark: FetchMark }): ReactNode {
  const t = useText();
  const Picture = MARK_ICONS[mark];
  return (
    <span className={classes(styles.mark, styles[mark])}>
      <Picture {...icon} />
      {t.maildrop.marks[mark]}
    </span>
  );
}

/** The same as a column of its own: where the text is, by a sign, and the mark or a word for there being none. */
export function MarkCell({ row }: { row: Row }): ReactNode {
  const words = useText().maildrop;
  const mark = row.server?.mark ?? null;
  const gone = row.server?.gone ?? false;
  const Place = gone ? CloudOff : row.body === 'header' ? Cloud : Mail;
  const word = gone ? words.goneShort : row.body === 'header' ? words.headerOnly : words.onComputer;
  return (
    <span className={styles.markCell} title={gone ? words.gone : undefined}>
      <Place size={14} strokeWidth={1.75} aria-hidden="true" />
      {mark ? <MarkTag mark={mark} /> : <span className={styles.markWord}>{word}</span>}
    </span>
  );
}

/** The sign alone, where there is no room for the word; the row's name says it too. */
export function ServerSign({ row, className }: { row: Row; className: string | undefined }): ReactNode {
  const t = useText();
  if (row.body !== 'header' && !row.server?.mark) return null;
  const mark = row.server?.mark ?? null;
  const Picture = row.server?.gone ? CloudOff : mark ? MARK_ICONS[mark] : Cloud;
  const name = row.server?.gone ? t.maildrop.gone : mark ? t.maildrop.marks[mark] : t.maildrop.headerOnly;
  return (
    <span className={classes(className, mark && styles[`${mark}Sign`])} title={name}>
      <Picture size={14} strokeWidth={1.75} aria-hidden="true" />
    </span>
  );
}
