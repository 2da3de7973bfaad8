import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../i18n/text.ts';
import styles from './banner.module.css';
import { IconButton } from './button.tsx';
import { classes } from './class-names.ts';

export interface BannerProps {
  tone?: 'neutral' | 'danger' | 'warning' | 'success';
  icon: ReactNode;
  /** What happened, in one sentence. */
  title: ReactNode;
  /** What it means. */
  children?: ReactNode;
  /** One or two buttons, verbs. */
  actions?: ReactNode;
  onClose?: (() => void) | undefined;
  /** Accessible name of the region ("Sender warning"). */
  label: string;
  /** true: spoken at once. */
  alert?: boolean;
}

/** One reason and its actions, in a place of its own; never modal. */
export function Banner({
  tone = 'neutral',
  icon,
  title,
  children,
  actions,
  onClose,
  label,
  alert,
}: BannerProps): ReactNode {
  const t = useText();
  return (
    <section className={classes(styles.banner, tone !== 'neutral' && styles[tone])} aria-label={label}>
      {icon}
      <div className={styles.words} {...(alert ? { role: 'alert' } : {})}>
        <div className={children ? (styles.title ?? '') : ''}>{title}</div>
        {children ? <div className={styles.body}>{children}</div> : null}
      </div>
      {actions ? <div className={styles.actions}>{actions}</div> : null}
      {onClose ? (
        <IconButton
          label={t.common.hide}
          size="small"
          icon={<X size={14} strokeWidth={1.75} />}
          onPress={onClose}
        />
      ) : null}
    </section>
  );
}
