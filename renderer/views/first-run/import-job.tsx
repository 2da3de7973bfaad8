/** Imports under way and done: numbers, pause, stop, and the report of what was not read. */
import { type ReactNode, useEffect, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import type { Job } from '../../../main/contract/mail/profile.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import accountStyles from '../accounts/accounts.module.css';
import { saveBlob } from '../reader/bytes.ts';
import styles from './first-run.module.css';
import { Unreadable } from './import-preview.tsx';
import { bringReport, importReport } from './import-report.ts';
import movingStyles from './moving.module.css';

export function ImportJobs({ ids, onOpen }: { ids: readonly string[]; onOpen: () => void }): ReactNode {
  const all = useSession((state) => state.jobs);
  const jobs = all.filter((job) => ids.includes(job.id));
  return jobs.map((job) => <ImportJob key={job.id} job={job} onOpen={onOpen} />);
}

function ImportJob({ job, onOpen }: { job: Job; onOpen: () => void }): ReactNode {
  const t = useText();
  const words = t.firstRun.import;
  const active = job.state === 'running' || job.state === 'paused';
  return (
    <section className={styles.card} aria-label={`${words.title}: ${job.subject}`}>
      <b>{job.subject}</b>
      {active ? <Running job={job} onOpen={onOpen} /> : null}
      {job.state === 'cancelled' ? <p role="status">{words.cancelled}</p> : null}
      {job.problem ? <p role="alert">{Object.values(sentence(job.problem)).slice(0, 2).join(' ')}</p> : null}
      {job.result && !active ? <Done job={job} result={job.result} onOpen={onOpen} /> : null}
    </section>
  );
}

function Running({ job, onOpen }: { job: Job; onOpen: () => void }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.firstRun.import;
  const amount = (value: number) => (job.unit === 'bytes' ? formats.size(value) : formats.number(value));
  const ask = (asked: Promise<unknown>) => void asked.catch(sayFailure);
  return (
    <>
      <p role="status">
        {t.status.working(words.running, amount(job.done), job.total === null ? null : amount(job.total))}
      </p>
      {job.remainingSeconds === null ? null : (
        <p className={accountStyles.hint}>{t.status.remaining(formats.duration(job.remainingSeconds))}</p>
      )}
      <div className={accountStyles.actions}>
        {job.canPause ? (
          <Button
            onPress={() =>
              ask(engine().request('jobs.pause', { id: job.id, paused: job.state === 'running' }))
            }
          >
            {job.state === 'paused' ? words.resume : words.pause}
          </Button>
        ) : null}
        {job.canCancel ? (
          <Button variant="quiet" onPress={() => ask(engine().request('jobs.cancel', { id: job.id }))}>
            {words.cancel}
          </Button>
        ) : null}
        <Button variant="quiet" onPress={onOpen}>
          {words.later}
        </Button>
      </div>
    </>
  );
}

function Done(props: { job: Job; result: NonNullable<Job['result']>; onOpen: () => void }): ReactNode {
  const { job, result } = props;
  const t = useText();
  const words = t.firstRun.import;
  const { calendar = 0, tasks = 0, notes = 0 } = result.others ?? {};
  const facts = [
    words.done(result.imported),
    result.duplicates > 0 ? words.doubles(result.duplicates) : '',
    t.moving.thrownAway(result.thrownAway ?? 0),
    t.moving.peopleCame(result.people ?? 0),
    t.moving.rules(result.rules ?? 0),
    t.moving.signatures(result.signatures ?? 0),
    t.moving.others(calendar + tasks + notes),
  ];
  return (
    <>
      <p role="status">{facts.filter(Boolean).join(' ')}</p>
      <Unreadable items={result.skipped} />
      <div className={accountStyles.actions}>
        <Button variant="primary" onPress={props.onOpen}>
          {words.open}
        </Button>
        <Button variant="quiet" onPress={() => save(importReport(job))}>
          {words.saveReport}
        </Button>
      </div>
    </>
  );
}

const save = (text: string) => saveBlob(new Blob([text], { type: 'text/plain' }), 'postroom-import.txt');

/** Reports of earlier imports, which stay. */
export function EarlierImports({ after }: { after: number }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const [reports, setReports] = useState<Output<'moving.reports'>>([]);
  useEffect(() => {
    if (after < 0) return;
    engine().request('moving.reports', {}).then(setReports, sayFailure);
  }, [after]);
  if (reports.length === 0) return null;
  return (
    <section className={movingStyles.earlier} aria-label={t.moving.earlier}>
      <h3>{t.moving.earlier}</h3>
      <ul>
        {reports.slice(0, 5).map((each) => (
          <li key={each.id}>
            <span>{formats.letterDate(each.at, Date.now())}</span>
            <span className={movingStyles.subject}>{each.subject}</span>
            <span>{t.firstRun.import.done(each.report.letters)}</span>
            <Button size="small" variant="quiet" onPress={() => save(bringReport(each))}>
              {t.firstRun.import.saveReport}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
