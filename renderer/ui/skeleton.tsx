import type { ReactNode } from 'react';
import { classes } from './class-names.ts';
import styles from './skeleton.module.css';

/** The place of a line of text that is not here yet; seen only after 150 ms, never moves. */
export function Skeleton({ width }: { width: string }): ReactNode {
  return <span aria-hidden="true" className={classes(styles.skeleton, styles.late)} style={{ width }} />;
}
