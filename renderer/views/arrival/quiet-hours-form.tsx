import type { ReactNode } from 'react';
import type { QuietHours } from '../../../main/contract/mail/notices.ts';
import { useText } from '../../i18n/text.ts';
import { Checkbox, Select, Switch } from '../../ui/field.tsx';
import styles from './arrival.module.css';
import { clockTime, halfHours, toggledDay } from './notice-rules.ts';
import type { RulesProps } from './notifications-page.tsx';

/** Monday first, as both languages write a week. */
const WEEK = [1, 2, 3, 4, 5, 6, 0];

/** Hours and days of silence. */
export function QuietHoursForm({ rules, onChange }: RulesProps): ReactNode {
  const words = useText().arrival.quiet;
  const { quiet } = rules;
  const change = (part: Partial<QuietHours>) => onChange({ ...rules, quiet: { ...quiet, ...part } });
  const times = (minute: number) =>
    halfHours(minute).map((each) => ({ id: String(each), label: clockTime(each) }));
  return (
    <section aria-label={words.title}>
      <h2>{words.title}</h2>
      <Switch selected={quiet.on} onChange={(on) => change({ on })}>
        {words.on}
      </Switch>
      <p className={styles.about}>{words.about}</p>
      {quiet.on ? (
        <>
          <div className={styles.line}>
            <Select
              className={styles.time ?? ''}
              label={words.from}
              value={String(quiet.from)}
              options={times(quiet.from)}
              onChange={(from) => change({ from: Number(from) })}
            />
            <Select
              className={styles.time ?? ''}
              label={words.to}
              value={String(quiet.to)}
              options={times(quiet.to)}
              onChange={(to) => change({ to: Number(to) })}
            />
          </div>
          <fieldset className={styles.days}>
            <legend>{words.days}</legend>
            {WEEK.map((day) => (
              <Checkbox
                key={day}
                label={words.dayNames[day] ?? ''}
                selected={quiet.days.includes(day)}
                onChange={(on) => change({ days: toggledDay(quiet.days, day, on) })}
              >
                {words.short[day]}
              </Checkbox>
            ))}
          </fieldset>
        </>
      ) : null}
    </section>
  );
}
