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
  /** Told to assistive programs: it is closed, or the keyboard is on it. An open one is only a line between letters. */
  told: boolean;
  /** Drawn over the list while its rows pass below it; it says nothing of its own. */
  copy?: boolean;
  onFocus: (here: boolean) => void;
  onToggle: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** The head of a group of rows: a press closes or opens it. The list's arrow keys come here from its rows. */
export function GroupHead(props: GroupHeadProps): ReactNode {
  const t = useText();
  const { name, label, count, shut, told, copy } = props;
  return (
    <div
      {...(told ? { role: 'row' } : { 'aria-hidden': true })}
      className={classes(styles.group, shut && styles.shut)}
      style={{ transform: `translateY(${props.offset}px)`, height: props.height }}
    >
      <span {...(told ? { role: 'gridcell' } : {})} style={{ display: 'flex', flex: 1, minWidth: 0 }}>
        <button
          type="button"
          tabIndex={-1}
          {...(copy ? {} : { 'data-group': name })}
          aria-expanded={!shut}
          aria-label={t.looks.group(label, count)}
          onClick={props.onToggle}
          onKeyDown={props.onKeyDown}
          onFocus={() => props.onFocus(true)}
          onBlur={() => props.onFocus(false)}
        >
          <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
          <span className={styles.groupLabel}>{label}</span>
          {shut ? <span className={styles.groupCount}>{count}</span> : null}
        </button>
      </span>
    </div>
  );
}
