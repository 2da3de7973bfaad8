import type { ReactNode } from 'react';
import styles from './first-run.module.css';

/** Letters in each hole of the sorting rack, row by row; 9 marks the amber one. */
const HOLES = [
  [0, 2, 3, 0, 2],
  [0, 0, 3, 0, 9],
  [2, 0, 3, 0, 0],
  [2, 0, 0, 2, 0],
] as const;

/** Where the sheets of a pile lie: no two piles alike, none moving. */
const LEAN = [4, 0, 6, 2, 5, 1] as const;

/** The sorting rack of a post room. Decoration. */
export function PigeonHoles(): ReactNode {
  return (
    <svg className={styles.rack} viewBox="0 0 398 272" aria-hidden="true" focusable="false">
      <rect className={styles.rackFrame} x="0" y="0" width="398" height="272" rx="10" />
      {HOLES.flatMap((row, down) =>
        row.map((letters, across) => {
          const x = 9 + across * 77;
          const y = 9 + down * 65;
          return (
            <g key={`${x} ${y}`}>
              <rect className={styles.hole} x={x} y={y} width="72" height="51" rx="2" />
              {pile(letters, x, y + 51, down + across * 2)}
              <rect className={styles.shelf} x={x} y={y + 51} width="72" height="10" rx="2" />
              <rect className={styles.slot} x={x + 22} y={y + 54} width="28" height="4" rx="1" />
            </g>
          );
        }),
      )}
    </svg>
  );
}

function pile(letters: number, x: number, floor: number, seed: number): ReactNode {
  const count = letters === 9 ? 3 : letters;
  return Array.from({ length: count }, (_, at) => {
    const lean = LEAN[(seed + at) % LEAN.length] ?? 0;
    const height = letters === 3 && at === 1 ? 12 : 6;
    const below = at * 7 + (letters === 3 && at > 1 ? 6 : 0);
    return (
      <rect
        key={`${x} ${below}`}
        className={letters === 9 && at === 1 ? styles.amber : styles.letter}
        x={x + 8 + lean}
        y={floor - below - height}
        width={56 - ((seed + at) % 3) * 3}
        height={height}
        rx="1"
      />
    );
  });
}
