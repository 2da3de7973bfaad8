import { ChevronDown } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { classes } from '../../ui/class-names.ts';
import styles from './list.module.css';

export interface GroupHeadProps {
  name: string;
  label: string;
  count: number;
  shut: boolean;
  offset: number;
  height: number;
  /** Drawn over the list while its rows pass below it; it says nothing of its own. */
  copy?: boolean;
  onToggle: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** The head of a group of rows: a press closes or opens it. The list's arrow keys come here from its rows. */
export function GroupHead(props: GroupHeadProps): ReactNode {
  const t = useText();
  const { name, label, count, shut, copy } = props;
  return (
    <div
      {...(copy ? { 'aria-hidden': true } : { role: 'row' })}
      className={classes(styles.group, shut && styles.shut)}
      style={{ transform: `translateY(${props.offset}px)`, height: props.height }}
    >
      <span {...(copy ? {} : { role: 'gridcell' })} style={{ display: 'flex', flex: 1, minWidth: 0 }}>
        <button
          type="button"
          tabIndex={-1}
          {...(copy ? {} : { 'data-group': name })}
          aria-expanded={!shut}
          aria-label={t.looks.group(label, count)}
          onClick={props.onToggle}
          onKeyDown={props.onKeyDown}
        >
          <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
          <span className={styles.groupLabel}>{label}</span>
          {shut ? <span className={styles.groupCount}>{count}</span> : null}
        </button>
      </span>
    </div>
  );
}
