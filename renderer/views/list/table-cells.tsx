/** The cells of a row in table density, one a column. */
import { Paperclip } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Row } from '../../../main/contract/mail/views.ts';
import type { Formats } from '../../i18n/format.ts';
import type { Catalogue } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Tag } from '../../ui/chip.tsx';
import { classes } from '../../ui/class-names.ts';
import { MarkCell, ServerSign } from '../maildrop/server-mark.tsx';
import { accountName, folderPath } from '../tree/names.ts';
import { type ShownColumn, SIZES } from './column-sizes.ts';
import styles from './row.module.css';
import { personName } from './row-name.ts';
import { FlagMark, icon, OwnTags, States, Tags } from './row-parts.tsx';

/** Octets above which a size is worth a look. */
const LARGE = 10 * 1024 * 1024;

export interface TableCellsProps {
  row: Row;
  columns: readonly ShownColumn[];
  people: string;
  subject: string;
  /** The row's date, as other densities write it. */
  date: ReactNode;
  now: number;
  t: Catalogue;
  formats: Formats;
}

export function TableCells(props: TableCellsProps): ReactNode {
  return props.columns.map((name) => (
    <span
      key={name}
      role="gridcell"
      data-cell={name}
      className={classes(
        styles.cell,
        name === 'subject' && styles.cellSubject,
        (name === 'from' || name === 'to') && styles.cellPeople,
        name !== 'mark' && SIZES[name].end && styles.cellEnd,
        (name === 'flag' || name === 'files') && styles.cellMark,
        name === 'tags' && styles.cellTags,
      )}
    >
      <Cell {...props} name={name} />
    </span>
  ));
}

function Cell({ name, ...props }: TableCellsProps & { name: ShownColumn }): ReactNode {
  const { row, t, formats, now } = props;
  switch (name) {
    case 'mark':
      return <MarkCell row={row} />;
    case 'from':
      return (
        <>
          <span className={styles.people}>{props.people}</span>
          {row.count > 1 ? <span className={styles.count}>{row.count}</span> : null}
        </>
      );
    case 'to':
      return row.to.map(personName).filter(Boolean).join(', ');
    case 'subject':
      return <SubjectCell {...props} />;
    case 'date':
      return props.date;
    case 'received':
      return row.received === undefined ? null : (
        <span title={formats.fullDate(row.received)}>{formats.listDate(row.received, now)}</span>
      );
    case 'size':
      return row.size > LARGE ? (
        <span className={styles.large}>{formats.size(row.size)}</span>
      ) : (
        formats.size(row.size)
      );
    case 'account':
      return <AccountCell row={row} t={t} />;
    case 'tags':
      return <OwnTags row={row} />;
    case 'flag':
      return row.flags.includes('flagged') ? <FlagMark /> : null;
    case 'files':
      return row.attachments > 0 ? <Paperclip {...icon} /> : null;
    case 'folder':
      return <FolderCell row={row} t={t} />;
  }
}

function SubjectCell({ row, columns, subject, t }: TableCellsProps): ReactNode {
  // Said in the column of marks it is not written twice; "damaged" still is.
  const { server: _server, ...rest } = row;
  const marked = columns.includes('mark');
  const lessMark: Row = marked ? { ...rest, body: row.body === 'header' ? 'full' : row.body } : row;
  return (
    <>
      <span className={styles.subject}>{subject}</span>
      <span className={styles.tags}>
        {columns.includes('tags') ? <SubjectStates row={lessMark} t={t} /> : <Tags row={lessMark} t={t} />}
      </span>
      <span className={styles.marks}>
        {marked ? null : <ServerSign row={row} className={styles.sign} />}
        {row.attachments > 0 && !columns.includes('files') ? <Paperclip {...icon} /> : null}
        {row.flags.includes('flagged') && !columns.includes('flag') ? <FlagMark /> : null}
      </span>
    </>
  );
}

function SubjectStates({ row, t }: { row: Row; t: Catalogue }): ReactNode {
  return (
    <>
      <States row={row} t={t} />
      {row.outside ? <Tag colour="yellow">{t.list.outside}</Tag> : null}
    </>
  );
}

function AccountCell({ row, t }: { row: Row; t: Catalogue }): ReactNode {
  const account = useSession((state) => state.accounts.find((other) => other.id === row.account));
  return account ? accountName(account, t) : null;
}

function FolderCell({ row, t }: { row: Row; t: Catalogue }): ReactNode {
  const folders = useSession((state) => state.folders);
  const folder = folders.find((other) => other.id === row.folder);
  return folder ? folderPath(folder, folders, t) : null;
}
