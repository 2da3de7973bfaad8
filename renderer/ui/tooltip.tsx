import type { ReactNode } from 'react';
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components';
import styles from './tooltip.module.css';

export interface TooltipProps {
  /** What the thing is, or why it cannot be used. Empty: no tooltip. */
  text: string | undefined;
  /** Its key, as `keyLabel` writes it. */
  keys?: string | undefined;
  /** A focusable react-aria component (Button, ...). */
  children: ReactNode;
  placement?: 'top' | 'bottom' | 'right' | 'left';
}

/** Appears after half a second of rest and on keyboard focus; never holds the only copy of anything. */
export function Tooltip({ text, keys, children, placement = 'bottom' }: TooltipProps): ReactNode {
  if (!text) return children;
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      {children}
      <AriaTooltip className={styles.tooltip ?? ''} placement={placement} offset={6}>
        <span>{text}</span>
        {keys ? <span className={styles.keys}>{keys}</span> : null}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
