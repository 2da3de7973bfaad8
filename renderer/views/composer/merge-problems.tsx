/** What is wrong with which row of a mail merge; a row is a way to its letter. */
import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { MergeProblem } from '../../../main/contract/mail/sending.ts';
import { useText } from '../../i18n/text.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import styles from './merge.module.css';

export function MergeProblems({
  problems,
  onRow,
}: {
  problems: readonly MergeProblem[];
  onRow: (row: number) => void;
}): ReactNode {
  const t = useText();
  const words = t.sending.merge;
  if (problems.length === 0) return null;
  const order = [...problems].sort((a, b) => Number(b.stops) - Number(a.stops) || a.row - b.row);
  return (
    <section className={styles.problems} aria-label={words.problems}>
      <h3>{words.problems}</h3>
      <ul>
        {order.map((each) => {
          const said =
            each.row === 0 && each.code === 'no-address'
              ? words.noColumnAddress
              : words.problem[each.code](each.what);
          return (
            <li key={`${each.row} ${each.code} ${each.what}`} className={classes(each.stops && styles.stops)}>
              {each.stops ? (
                <CircleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
              ) : (
                <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
              )}
              {each.row > 0 ? (
                <Button variant="link" onPress={() => onRow(each.row)}>
                  {words.row(each.row)}
                </Button>
              ) : null}
              <span>{said}</span>
              {each.stops && each.row > 0 ? <span className={styles.leftOut}>{words.leftOut}</span> : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
