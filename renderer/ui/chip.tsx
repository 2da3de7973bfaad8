import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components';
import styles from './chip.module.css';
import { classes } from './class-names.ts';
import { badgeOfFile, type Colour, colourOfPerson, initials } from './colours.ts';

/** A filter that is on or off. */
export function Chip(props: {
  children: ReactNode;
  icon?: ReactNode;
  selected: boolean;
  onChange: (selected: boolean) => void;
}): ReactNode {
  return (
    <ToggleButton className={styles.chip ?? ''} isSelected={props.selected} onChange={props.onChange}>
      {props.icon}
      {props.children}
    </ToggleButton>
  );
}

/** A named colour; the name is always written. */
export function Tag({ colour, children }: { colour: Colour; children: string }): ReactNode {
  return (
    <span className={classes(styles.tag, styles[colour])} title={children}>
      {children}
    </span>
  );
}

/** Initials of a person. Decoration: the name stands beside it. */
export function Portrait({
  name,
  address,
  size = 36,
}: {
  name: string;
  address: string;
  size?: number;
}): ReactNode {
  const style = { width: `${size / 16}rem`, height: `${size / 16}rem`, fontSize: `${size / 44}rem` };
  return (
    <span
      className={classes(styles.portrait, styles[colourOfPerson(address)])}
      style={style}
      aria-hidden="true"
    >
      {initials(name, address)}
    </span>
  );
}

/** Kind of a file by its extension. Decoration: the file name stands beside it. */
export function FileBadge({ name }: { name: string }): ReactNode {
  const { colour, letters } = badgeOfFile(name);
  return (
    <span className={classes(styles.badge, styles[colour])} aria-hidden="true">
      {letters}
    </span>
  );
}
