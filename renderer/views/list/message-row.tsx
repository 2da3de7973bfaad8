import {
  Archive,
  AtSign,
  CornerUpLeft,
  CornerUpRight,
  FileText,
  Flag,
  Folder as FolderIcon,
  Trash2,
} from 'lucide-react';
import { type DragEvent, type MouseEvent, memo, type ReactNode, useState } from 'react';
import type { Folder } from '../../../main/contract/mail/folders.ts';
import type { Row } from '../../../main/contract/mail/views.ts';
import { type Catalogue, useFormats, useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { classes } from '../../ui/class-names.ts';
import { accountName, folderPath } from '../tree/names.ts';
import type { ShownColumn } from './column-sizes.ts';
import { prepareDrag } from './drag.ts';
import { Highlighted } from './highlighted.tsx';
import styles from './row.module.css';
import { peopleOf, rowName, rowSubject } from './row-name.ts';
import { icon, Marks, Tags } from './row-parts.tsx';
import { TableCells } from './table-cells.tsx';

/** `found`: a search's answer, with the place and the reason. */
export type Density = 'compact' | 'cosy' | 'roomy' | 'table' | 'found';

export interface MessageRowProps {
  row: Row;
  at: number;
  offset: number;
  height: number;
  density: Density;
  /** Of the table. */
  columns: readonly ShownColumn[];
  /** All rows are of folders of one role: the account tells them apart. */
  byAccount: boolean;
  role: Folder['role'] | undefined;
  chosen: boolean;
  focused: boolean;
  now: number;
  /** Words found by a search, and the text around them. */
  words: readonly string[];
  snippet?: { text: string; file: string | null } | undefined;
  onAct: (what: 'archive' | 'delete' | 'flag', row: Row) => void;
  onDragStart: (event: DragEvent, row: Row) => void;
}

function Gutter({ row }: { row: Row }): ReactNode {
  if (row.unread > 0 || !row.flags.includes('seen')) return <span className={styles.dot} />;
  if (row.flags.includes('answered')) return <CornerUpLeft {...icon} />;
  if (row.flags.includes('forwarded')) return <CornerUpRight {...icon} />;
  return null;
}

function HoverActions({
  row,
  onAct,
  t,
}: Pick<MessageRowProps, 'row' | 'onAct'> & { t: Catalogue }): ReactNode {
  const button = (what: 'archive' | 'delete' | 'flag', label: string, picture: ReactNode) => (
    <button
      type="button"
      tabIndex={-1}
      title={label}
      aria-label={label}
      onClick={(event: MouseEvent) => {
        event.stopPropagation();
        onAct(what, row);
      }}
    >
      {picture}
    </button>
  );
  return (
    <span className={styles.hover}>
      {button('archive', t.commands.archive, <Archive {...icon} />)}
      {button('delete', t.commands.delete, <Trash2 {...icon} />)}
      {button('flag', t.commands.flag, <Flag {...icon} />)}
    </span>
  );
}

/** One row; drawn again only when something of it changed. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps): ReactNode {
  const { row, at, density, role, chosen, focused, now, words, snippet } = props;
  const t = useText();
  const formats = useFormats();
  // Made when the pointer comes: they are a third of a row, and most rows only pass by.
  const [hovered, setHovered] = useState(false);
  const people = peopleOf(row, role, t);
  const place = usePlaceOf(row, props.byAccount, t);
  const subject = rowSubject(row, t);
  const unread = row.unread > 0 || !row.flags.includes('seen');
  const name = rowName(row, people, t, formats, now);
  const date = (
    <time className={styles.date} dateTime={dateTime(row.date)} title={formats.fullDate(row.date)}>
      {formats.listDate(row.date, now)}
    </time>
  );
  const cell =
    density === 'table' ? (
      <TableCells
        row={row}
        columns={props.columns}
        people={people}
        subject={subject}
        date={date}
        now={now}
        t={t}
        formats={formats}
      />
    ) : (
      <div role="gridcell" className={styles.lines}>
        <div className={styles.line1}>
          <span className={styles.people}>
            <Highlighted text={people} words={words} />
          </span>
          {row.count > 1 ? <span className={styles.count}>{row.count}</span> : null}
          {row.folderPath ? (
            <span className={styles.path} title={place}>
              {props.byAccount ? <AtSign {...icon} /> : <FolderIcon {...icon} />}
              <span className={styles.pathText}>{place}</span>
            </span>
          ) : null}
          {date}
          {hovered ? <HoverActions row={row} onAct={props.onAct} t={t} /> : null}
        </div>
        <div className={styles.line2}>
          <span className={styles.subject}>
            <Highlighted text={subject} words={words} />
          </span>
          <Marks row={row} />
        </div>
        {density === 'compact' ? null : (
          <div className={density === 'cosy' ? styles.line3 : styles.snippet}>
            <Tags row={row} t={t} />
            {snippet?.file ? (
              <span className={styles.inFile}>
                <FileText {...icon} /> {t.list.inFile(snippet.file)}
              </span>
            ) : null}
            <span className={styles.preview}>
              <Highlighted text={snippet?.text ?? row.preview} words={words} />
            </span>
          </div>
        )}
      </div>
    );
  return (
    <div
      role="row"
      id={`row-${row.id}`}
      data-id={row.id}
      data-at={at}
      aria-rowindex={at + 1}
      aria-selected={chosen}
      aria-label={name}
      tabIndex={focused ? 0 : -1}
      draggable
      onPointerEnter={() => setHovered(true)}
      onPointerDown={() => prepareDrag(row)}
      onDragStart={(event) => props.onDragStart(event, row)}
      className={classes(
        styles.row,
        styles[density],
        unread && styles.unread,
        row.server?.mark === 'delete' && styles.struck,
        chosen && styles.chosen,
      )}
      style={{ transform: `translateY(${props.offset}px)`, height: props.height }}
    >
      <span className={styles.gutter} aria-hidden="true">
        <Gutter row={row} />
      </span>
      {cell}
    </div>
  );
});

/** "" for a date that ISO cannot write (a letter may claim any year). */
function dateTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : '';
}

/** Where a found letter lies: "Projects / Block 4", special folders in the person's language. */
function usePlaceOf(row: Row, byAccount: boolean, t: Catalogue): string {
  const folders = useSession((state) => state.folders);
  const account = useSession((state) =>
    byAccount ? state.accounts.find((other) => other.id === row.account) : undefined,
  );
  if (!row.folderPath) return '';
  if (account) return accountName(account, t);
  const folder = folders.find((other) => other.id === row.folder);
  if (folder) return folderPath(folder, folders, t).split(' / ').slice(-2).join(' / ');
  const parts = row.folderPath.split('/');
  return (parts.length > 1 ? parts.slice(1) : parts).slice(-2).join(' / ');
}
