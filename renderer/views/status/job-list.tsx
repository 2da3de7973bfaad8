import type { ReactNode } from 'react';
import type { Job } from '../../../main/contract/mail/profile.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import styles from '../window/window.module.css';

/** Every job: how far, how fast, how long, and what was left out and why. */
export function JobList(): ReactNode {
  const t = useText();
  const jobs = useSession((state) => state.jobs);
  return (
    <ul aria-label={t.a11y.jobs}>
      {jobs.length === 0 ? <li className={styles.job}>{t.status.noJobs}</li> : null}
      {jobs.map((job) => (
        <OneJob key={job.id} job={job} />
      ))}
    </ul>
  );
}

function OneJob({ job }: { job: Job }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const running = job.state === 'running' || job.state === 'paused';
  const amount = (n: number) => (job.unit === 'bytes' ? formats.size(n) : formats.number(n));
  const facts = [
    job.subject,
    job.total === null ? amount(job.done) : `${amount(job.done)} / ${amount(job.total)}`,
  ];
  if (job.state === 'running' && job.rate) facts.push(t.status.perSecond(amount(Math.round(job.rate))));
  if (job.state === 'running' && job.remainingSeconds)
    facts.push(t.status.remaining(formats.duration(job.remainingSeconds)));
  const ask = (work: Promise<unknown>) => void work.catch(sayFailure);
  const problem = job.problem
    ? sentence({ code: job.problem.code, detail: job.problem.detail ?? {}, retryable: false })
    : null;
  return (
    <li className={styles.job}>
      <div className={styles.jobHead}>
        <span>{t.status.kinds[job.kind]}</span>
        <span className={styles.jobFacts}>{t.status.states[job.state]}</span>
      </div>
      <div className={styles.jobFacts}>{facts.filter(Boolean).join(' · ')}</div>
      {running && job.total ? (
        <div className={styles.progress} style={{ width: '100%' }} aria-hidden="true">
          <div style={{ width: `${Math.min(100, (100 * job.done) / job.total)}%` }} />
        </div>
      ) : null}
      {job.result ? (
        <div className={styles.jobFacts}>
          {t.status.imported(job.result.imported, job.result.duplicates)}
          {job.result.skipped.length > 0 ? (
            <details>
              <summary>{t.status.skipped(job.result.skipped.length)}</summary>
              <ul>
                {job.result.skipped.slice(0, 50).map((skipped) => (
                  <li key={skipped.path}>
                    {skipped.path}: {sentence({ code: skipped.reason, detail: {}, retryable: false }).title}
                  </li>
                ))}
              </ul>
            </details>
          ) : null}
        </div>
      ) : null}
      {problem ? (
        <div className={styles.statusDanger} role="alert">
          {problem.title} {problem.body}
        </div>
      ) : null}
      <div className={styles.jobActions}>
        {running && job.canPause ? (
          <Button
            size="small"
            onPress={() =>
              ask(engine().request('jobs.pause', { id: job.id, paused: job.state === 'running' }))
            }
          >
            {job.state === 'running' ? t.status.pause : t.status.resume}
          </Button>
        ) : null}
        {running && job.canCancel ? (
          <Button
            size="small"
            variant="quiet"
            onPress={() => ask(engine().request('jobs.cancel', { id: job.id }))}
          >
            {t.status.cancel}
          </Button>
        ) : null}
        {running ? null : (
          <Button
            size="small"
            variant="quiet"
            onPress={() => ask(engine().request('jobs.dismiss', { id: job.id }))}
          >
            {t.status.dismiss}
          </Button>
        )}
      </div>
    </li>
  );
}
