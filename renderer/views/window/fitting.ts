/** How much of the command bar fits: labels go first, from right to left, then whole commands. Pure. */
export interface Fitting {
  /** The first so many commands carry their label. */
  labelled: number;
  /** The first so many commands stand in the bar; the rest is in More. */
  shown: number;
}

/** Pixels at 100 % text: icon and padding of a button, gap of icon and label, the More button, two lines. */
const BUTTON = 38;
const GAP = 10;
const MORE = 40;
const LINES = 36;

/** @param rem text size: 1 is 100 % */
export function fitting(
  width: number,
  labels: readonly string[],
  measure: (text: string) => number,
  rem = 1,
): Fitting {
  const available = width - (MORE + LINES) * rem;
  const bare = labels.length * BUTTON * rem;
  if (bare > available) {
    return { labelled: 0, shown: Math.max(0, Math.floor(available / (BUTTON * rem))) };
  }
  let used = bare;
  let labelled = 0;
  for (const label of labels) {
    used += measure(label) + GAP * rem;
    if (used > available) break;
    labelled++;
  }
  return { labelled, shown: labels.length };
}
