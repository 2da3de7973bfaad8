import type { ReactNode, Ref } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import styles from './button.module.css';
import { classes } from './class-names.ts';
import { Tooltip, type TooltipProps } from './tooltip.tsx';

export interface ButtonProps {
  children?: ReactNode;
  variant?: 'default' | 'primary' | 'danger' | 'quiet' | 'link';
  size?: 'normal' | 'small';
  /** Before the words. */
  icon?: ReactNode;
  onPress?: (() => void) | undefined;
  /** Why it cannot be used now: it stays focusable, does nothing and says this in its tooltip. */
  reason?: string | undefined;
  isDisabled?: boolean;
  /** Accessible name when the visible words are not enough; must contain them. */
  label?: string | undefined;
  tooltip?: string | undefined;
  keys?: string | undefined;
  /** A switch that stays pressed. */
  pressed?: boolean | undefined;
  type?: 'button' | 'submit';
  autoFocus?: boolean;
  className?: string | undefined;
  ref?: Ref<HTMLButtonElement> | undefined;
  placement?: NonNullable<TooltipProps['placement']>;
  slot?: string;
  describedBy?: string | undefined;
  excludeFromTabOrder?: boolean;
}

export function Button(props: ButtonProps): ReactNode {
  const { children, variant = 'default', size = 'normal', icon, reason, label, pressed, className } = props;
  const hint = reason ?? props.tooltip;
  const own = classes(
    styles.button,
    styles[variant],
    size === 'small' && styles.small,
    children === undefined && styles.icon,
    className,
  );
  return (
    <Tooltip text={hint} keys={props.keys} placement={props.placement ?? 'bottom'}>
      <AriaButton
        className={own}
        type={props.type ?? 'button'}
        isDisabled={props.isDisabled ?? false}
        onPress={() => {
          if (!reason) props.onPress?.();
        }}
        {...(reason ? { 'aria-disabled': true } : {})}
        {...(label ? { 'aria-label': label } : {})}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        {...(props.describedBy ? { 'aria-describedby': props.describedBy } : {})}
        {...(props.ref ? { ref: props.ref } : {})}
        {...(props.slot ? { slot: props.slot } : {})}
        {...(props.autoFocus ? { autoFocus: true } : {})}
        {...(props.excludeFromTabOrder ? { excludeFromTabOrder: true } : {})}
      >
        {icon}
        {children}
      </AriaButton>
    </Tooltip>
  );
}

/** A picture with a name: the name is its tooltip too. */
export function IconButton(props: Omit<ButtonProps, 'children'> & { label: string }): ReactNode {
  return <Button variant="quiet" tooltip={props.label} {...props} />;
}

/** The main half and a menu half that look like one button. */
export function SplitButton({ children }: { children: ReactNode }): ReactNode {
  return <div className={styles.split}>{children}</div>;
}
