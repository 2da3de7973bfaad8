import type { ReactNode } from 'react';
import { Skeleton } from '../../ui/skeleton.tsx';
import type { Density } from './message-row.tsx';
import styles from './row.module.css';

/** Stands where a row will be, at its height. */
export function SkeletonRow({
  offset,
  height,
  density,
}: {
  offset: number;
  height: number;
  density: Density;
}): ReactNode {
  return (
    <div className={styles.row} aria-hidden="true" style={{ transform: `translateY(${offset}px)`, height }}>
      <span className={styles.gutter} />
      <span className={styles.skeletons}>
        <Skeleton width="38%" />
        {density === 'table' ? null : <Skeleton width="72%" />}
        {density === 'cosy' || density === 'roomy' || density === 'found' ? <Skeleton width="84%" /> : null}
      </span>
    </div>
  );
}

/** Before the first answer. */
export function FirstSkeletons({ height, density }: { height: number; density: Density }): ReactNode {
  return [0, 1, 2, 3, 4, 5].map((at) => (
    <SkeletonRow key={at} offset={at * height} height={height} density={density} />
  ));
}
