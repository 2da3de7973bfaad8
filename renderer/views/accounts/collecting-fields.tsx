/** When an account connects, what it fetches, and what becomes of it on the server. Nothing is kept before Save. */
import { type ReactNode, useEffect, useState } from 'react';
import type { Account } from '../../../main/contract/mail/accounts.ts';
import type { AccountSchedule } from '../../../main/contract/mail/schedule.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Chip } from '../../ui/chip.tsx';
import { RadioGroup, Select, Switch, TextField } from '../../ui/field.tsx';
import styles from '../maildrop/maildrop.module.css';
import page from './accounts.module.css';
import {
  type FetchForm,
  fetchFormOf,
  fetchProblems,
  type ScheduleForm,
  scheduleFormOf,
  scheduleOf,
  scheduleProblems,
} from './schedule-form.ts';

export interface Collecting {
  fetching: FetchForm;
  setFetching: (form: FetchForm) => void;
  schedule: ScheduleForm | null;
  setSchedule: (form: ScheduleForm) => void;
  /** As it is kept now, with its next time. */
  known: AccountSchedule | null;
  wrong: boolean;
  /** Keeps the schedule if it was changed. */
  save: () => Promise<void>;
}

export function useCollecting(account: Account): Collecting {
  const [fetching, setFetching] = useState(() => fetchFormOf(account));
  const [known, setKnown] = useState<AccountSchedule | null>(null);
  const [schedule, setSchedule] = useState<ScheduleForm | null>(null);
  const { id } = account;
  useEffect(() => {
    let over = false;
    engine()
      .request('schedule.list', {})
      .then((all) => {
        const found = all.find((each) => each.account === id);
        if (over || !found) return;
        setKnown(found);
        setSchedule(scheduleFormOf(found.schedule));
      })
      .catch(sayFailure);
    return () => {
      over = true;
    };
  }, [id]);
  return {
    fetching,
    setFetching,
    schedule,
    setSchedule,
    known,
    wrong: fetchProblems(fetching) !== null || (schedule !== null && scheduleProblems(schedule) !== null),
    async save() {
      if (!schedule || !known) return;
      const wanted = scheduleOf(schedule);
      if (JSON.stringify(wanted) === JSON.stringify(known.schedule)) return;
      await engine().request('schedule.set', { account: id, schedule: wanted });
    },
  };
}

/** Of a POP3 account: whole letters or headers, and how long they stay on the server. */
export function MaildropFields({ collecting }: { collecting: Collecting }): ReactNode {
  const t = useText();
  const words = t.maildrop.collect;
  const { fetching: form, setFetching } = collecting;
  const set = (change: Partial<FetchForm>) => setFetching({ ...form, ...change });
  const problems = fetchProblems(form);
  return (
    <fieldset className={page.server}>
      <legend>{words.title}</legend>
      <div className={styles.stack}>
        <RadioGroup
          label={words.title}
          hideLabel
          value={form.fetched}
          onChange={(fetched) => set({ fetched })}
          options={[
            { id: 'whole', label: words.whole },
            { id: 'headers', label: words.headers },
            {
              id: 'above',
              label: words.above,
              content: (
                <span className={page.choice}>
                  {words.above}
                  <span>{words.aboveHint}</span>
                </span>
              ),
            },
          ]}
        />
        <div className={styles.grid}>
          {form.fetched === 'above' ? <Threshold form={form} onChange={set} wrong={problems?.kb} /> : null}
          <Select
            className={styles.wide ?? ''}
            label={words.leave}
            value={form.leave}
            options={(['until-deleted', 'never', 'days', 'always'] as const).map((id) => ({
              id,
              label: words.leaves[id],
            }))}
            onChange={(leave) => set({ leave })}
          />
          {form.leave === 'days' ? (
            <TextField
              label={words.days}
              type="number"
              value={form.days}
              onChange={(days) => set({ days })}
              problem={problems?.days ? words.badDays : undefined}
            />
          ) : null}
        </div>
        <Switch selected={form.deleteFromTrash} onChange={(deleteFromTrash) => set({ deleteFromTrash })}>
          {words.deleteFromTrash}
        </Switch>
      </div>
    </fieldset>
  );
}

/** Of an IMAP account: large letters stay on the server until they are wanted. */
export function LargeLetters({ collecting }: { collecting: Collecting }): ReactNode {
  const t = useText();
  const { fetching: form, setFetching } = collecting;
  return (
    <div className={styles.stack}>
      <Switch
        selected={form.fetched === 'above'}
        onChange={(on) => setFetching({ ...form, fetched: on ? 'above' : 'whole' })}
      >
        {t.maildrop.collect.onDemand}
      </Switch>
      {form.fetched === 'above' ? (
        <div className={styles.grid}>
          <Threshold
            form={form}
            onChange={(change) => setFetching({ ...form, ...change })}
            wrong={fetchProblems(form)?.kb}
          />
        </div>
      ) : null}
    </div>
  );
}

function Threshold(props: {
  form: FetchForm;
  onChange: (change: Partial<FetchForm>) => void;
  wrong: boolean | undefined;
}): ReactNode {
  const words = useText().maildrop.collect;
  return (
    <TextField
      label={words.kb}
      type="number"
      value={props.form.kb}
      onChange={(kb) => props.onChange({ kb })}
      problem={props.wrong ? words.badKb : undefined}
    />
  );
}

/** 2 January 2000 was a Sunday. */
const SUNDAY = Date.UTC(2000, 0, 2, 12);
const DAY_MS = 86_400_000;

/** When the account connects by itself. */
export function ScheduleFields({ collecting }: { collecting: Collecting }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.maildrop.schedule;
  const usual = useSession((state) => state.settings?.syncEveryMinutes ?? 5);
  const language = document.documentElement.lang || 'en';
  const { schedule: form, setSchedule, known } = collecting;
  if (!form) return null;
  const set = (change: Partial<ScheduleForm>) => setSchedule({ ...form, ...change });
  const problems = scheduleProblems(form);
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' });
  // Weeks begin on Monday in both languages.
  const days = [1, 2, 3, 4, 5, 6, 0];
  return (
    <fieldset className={page.server}>
      <legend>{words.title}</legend>
      <div className={styles.stack}>
        <Switch selected={form.onStart} onChange={(onStart) => set({ onStart })}>
          {words.onStart}
        </Switch>
        <div className={styles.grid}>
          <Select
            className={styles.wide ?? ''}
            label={words.when}
            value={form.when}
            options={(['every', 'times', 'never'] as const).map((id) => ({ id, label: words.modes[id] }))}
            onChange={(when) => set({ when })}
          />
          {form.when === 'every' ? (
            <TextField
              className={styles.wide ?? ''}
              label={words.minutes}
              hint={words.minutesHint(usual)}
              type="number"
              value={form.minutes}
              onChange={(minutes) => set({ minutes })}
            />
          ) : null}
          {form.when === 'times' ? (
            <TextField
              className={styles.wide ?? ''}
              label={words.times}
              hint={words.timesHint}
              value={form.times}
              onChange={(times) => set({ times })}
              problem={problems?.times ? words.badTime : undefined}
            />
          ) : null}
        </div>
        {form.when === 'every' ? (
          <Switch selected={form.limited} onChange={(limited) => set({ limited })}>
            {words.hours}
          </Switch>
        ) : null}
        {form.when === 'every' && form.limited ? (
          <div className={styles.grid}>
            <TextField
              label={words.from}
              value={form.from}
              onChange={(from) => set({ from })}
              problem={problems?.from ? words.badTime : undefined}
            />
            <TextField
              label={words.to}
              value={form.to}
              onChange={(to) => set({ to })}
              problem={problems?.to ? words.badTime : undefined}
            />
          </div>
        ) : null}
        {form.when === 'never' ? null : (
          <fieldset className={styles.days}>
            <legend>{words.days}</legend>
            {days.map((day) => (
              <Chip
                key={day}
                selected={form.days.includes(day)}
                onChange={(on) =>
                  set({ days: on ? [...form.days, day] : form.days.filter((other) => other !== day) })
                }
              >
                {weekday.format(SUNDAY + day * DAY_MS)}
              </Chip>
            ))}
            {form.days.length === 0 ? <span className={styles.everyDay}>{words.everyDay}</span> : null}
          </fieldset>
        )}
        <p className={page.hint}>
          {known === null || known.next === null
            ? form.when === 'never'
              ? words.noNext
              : ''
            : words.next(formats.letterDate(known.next, Date.now()))}
        </p>
      </div>
    </fieldset>
  );
}
