import type { ReactNode } from 'react';
import styles from './empty.module.css';

/** Nothing here: a fact and a way on. Never shown while something is loading. */
export function Empty(props: {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}): ReactNode {
  return (
    <div className={styles.empty}>
      {props.icon}
      <p className={styles.title}>{props.title}</p>
      {props.children ? <p>{props.children}</p> : null}
      {props.action}
    </div>
  );
}
