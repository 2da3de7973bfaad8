/** Tags and marks of a row, in whatever density. */
import { Flag, Paperclip } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Row } from '../../../main/contract/mail/views.ts';
import type { Catalogue } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Tag } from '../../ui/chip.tsx';
import { isColour } from '../../ui/colours.ts';
import { ServerMark, ServerSign } from '../maildrop/server-mark.tsx';
import styles from './row.module.css';

export const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** States that are written as tags. */
export function States({ row, t }: { row: Row; t: Catalogue }): ReactNode {
  return (
    <>
      <ServerMark row={row} />
      {row.body === 'damaged' ? <Tag colour="red">{t.list.damaged}</Tag> : null}
    </>
  );
}

export function OwnTags({ row }: { row: Row }): ReactNode {
  const tags = useSession((state) => state.tags);
  return row.tags.map((name) => {
    const colour = tags.find((tag) => tag.name === name)?.colour ?? 'grey';
    return (
      <Tag key={name} colour={isColour(colour) ? colour : 'grey'}>
        {name}
      </Tag>
    );
  });
}

export function Tags({ row, t }: { row: Row; t: Catalogue }): ReactNode {
  return (
    <>
      <States row={row} t={t} />
      <OwnTags row={row} />
      {row.outside ? <Tag colour="yellow">{t.list.outside}</Tag> : null}
    </>
  );
}

export const FlagMark = (): ReactNode => <Flag {...icon} className={styles.flag} />;

export function Marks({ row }: { row: Row }): ReactNode {
  return (
    <span className={styles.marks}>
      <ServerSign row={row} className={styles.sign} />
      {row.attachments > 0 ? <Paperclip {...icon} /> : null}
      {row.flags.includes('flagged') ? <FlagMark /> : null}
    </span>
  );
}
