import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import styles from './columns.module.css';
import { order } from './list-head.tsx';

/** Column heads of the table density: a press sorts, a second one turns the order round. */
export function Columns({ view }: { view: ViewInput }): ReactNode {
  const t = useText();
  const sort = view.sort ?? 'date';
  const descending = view.descending ?? true;
  const Arrow = descending ? ArrowDown : ArrowUp;
  const column = (name: 'from' | 'subject' | 'date' | 'size', label: string, className?: string) => (
    <span
      role="columnheader"
      aria-sort={sort !== name ? 'none' : descending ? 'descending' : 'ascending'}
      className={className}
    >
      <button
        type="button"
        tabIndex={-1}
        onClick={() => {
          const first = name === 'date' || name === 'size';
          order({ sort: name, descending: sort === name ? !descending : first });
        }}
      >
        {label}
        {sort === name ? <Arrow size={12} strokeWidth={1.75} aria-hidden="true" /> : null}
      </button>
    </span>
  );
  return (
    <div role="row" className={styles.columns}>
      <span />
      {column('from', t.list.columns.from)}
      {column('subject', t.list.columns.subject)}
      {column('date', t.list.columns.date, styles.columnDate)}
      {column('size', t.list.columns.size, styles.columnSize)}
    </div>
  );
}
