/** Copies: everything in one file, everything as files of other programs, and the way back. */
import { type ReactNode, useEffect, useState } from 'react';
import type { Backup } from '../../../main/contract/mail/moving.ts';
import type { Job } from '../../../main/contract/mail/profile.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox, Select, TextField } from '../../ui/field.tsx';
import accountStyles from '../accounts/accounts.module.css';
import { Unreadable } from '../first-run/import-preview.tsx';
import { pathsOf } from '../first-run/import-report.ts';
import styles from '../first-run/moving.module.css';
import { Section } from '../tidy/section.tsx';
import { ChooseButton } from './choose-button.tsx';
import { OwnCopies } from './own-copies.tsx';

export function CopiesPage(): ReactNode {
  return (
    <>
      <MakeCopy />
      <OwnCopies />
      <Everything />
    </>
  );
}

const jobNamed = (id: string | null) => (state: { jobs: readonly Job[] }) =>
  state.jobs.find((job) => job.id === id);

function MakeCopy(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.moving.copies;
  const [path, setPath] = useState('');
  const [sealed, setSealed] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [tried, setTried] = useState(false);
  const [id, setId] = useState<string | null>(null);
  const [made, setMade] = useState<readonly Backup[]>([]);
  const job = useSession(jobNamed(id));
  const [clean = ''] = pathsOf(path);
  const ended = job?.endedAt ?? null;
  useEffect(() => {
    // Again when one has ended: it stands on the list then.
    if (ended === null || ended > 0) engine().request('backup.list', {}).then(setMade, sayFailure);
  }, [ended]);
  const make = () => {
    setTried(true);
    if (clean === '' || (sealed && passphrase === '')) return;
    engine()
      .request('backup.start', { path: clean, passphrase: sealed ? passphrase : null })
      .then((started) => setId(started.job), sayFailure);
  };
  const last = job?.state === 'done' ? made.find((each) => each.path === clean) : undefined;
  return (
    <Section title={words.title} about={words.about}>
      <div className={styles.forms}>
        <TextField
          label={words.path}
          hint={words.pathHint}
          value={path}
          onChange={setPath}
          problem={tried && clean === '' ? words.pathMissing : undefined}
        />
        <ChooseButton what="new-copy" onChosen={setPath}>
          {words.byThemselves.choose}
        </ChooseButton>
        <Checkbox selected={sealed} onChange={setSealed}>
          {words.withPasswords}
        </Checkbox>
        {sealed ? (
          <TextField
            type="password"
            label={words.passphrase}
            hint={words.passphraseHint}
            value={passphrase}
            onChange={setPassphrase}
            autoComplete="new-password"
            problem={tried && passphrase === '' ? words.passphraseMissing : undefined}
          />
        ) : null}
      </div>
      <div className={accountStyles.actions}>
        <Button variant="primary" isDisabled={job?.state === 'running'} onPress={make}>
          {words.make}
        </Button>
      </div>
      <JobLine
        job={job}
        running={words.making}
        done={last ? words.made(last.messages, formats.size(last.bytes)) : null}
      />
      {made.length > 0 ? (
        <>
          <h3 className={styles.subhead}>{words.last}</h3>
          <ul className={styles.made} aria-label={words.last}>
            {made.slice(0, 10).map((each) => (
              <li key={each.id}>
                <span>{formats.letterDate(each.at, Date.now())}</span>
                <span>
                  {words.line(each.messages, formats.size(each.bytes))}
                  {each.passwords ? `, ${words.sealed}` : ''}
                </span>
                <code>{each.path}</code>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className={styles.quiet}>{words.none}</p>
      )}
    </Section>
  );
}

function Everything(): ReactNode {
  const t = useText();
  const words = t.moving.everything;
  const [dir, setDir] = useState('');
  const [layout, setLayout] = useState<'mbox' | 'maildir' | 'eml'>('mbox');
  const [tried, setTried] = useState(false);
  const [id, setId] = useState<string | null>(null);
  const job = useSession(jobNamed(id));
  const [clean = ''] = pathsOf(dir);
  const start = () => {
    setTried(true);
    if (clean === '') return;
    engine()
      .request('moving.export', { dir: clean, layout })
      .then((started) => setId(started.job), sayFailure);
  };
  const skipped = job?.result?.skipped ?? [];
  return (
    <Section title={words.title} about={words.about}>
      <div className={styles.forms}>
        <TextField
          label={words.dir}
          hint={words.dirHint}
          value={dir}
          onChange={setDir}
          problem={tried && clean === '' ? words.dirMissing : undefined}
        />
        <ChooseButton what="folder" onChosen={setDir}>
          {t.moving.copies.byThemselves.choose}
        </ChooseButton>
        <Select
          label={words.layout}
          value={layout}
          options={(['mbox', 'maildir', 'eml'] as const).map((each) => ({
            id: each,
            label: words.layouts[each],
          }))}
          onChange={setLayout}
        />
      </div>
      <div className={accountStyles.actions}>
        <Button isDisabled={job?.state === 'running'} onPress={start}>
          {words.start}
        </Button>
      </div>
      <JobLine
        job={job}
        running={words.running}
        done={job?.result ? words.done(job.result.imported) : null}
      />
      {skipped.length > 0 ? <Unreadable items={skipped} /> : null}
    </Section>
  );
}

/** How far a job is, what came of it, or what went wrong. */
function JobLine(props: { job: Job | undefined; running: string; done: string | null }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const { job } = props;
  if (!job) return null;
  if (job.problem) return <p role="alert">{Object.values(sentence(job.problem)).slice(0, 2).join(' ')}</p>;
  const amount = (value: number) => (job.unit === 'bytes' ? formats.size(value) : formats.number(value));
  if (job.state === 'done') return <p role="status">{props.done}</p>;
  if (job.state === 'cancelled') return <p role="status">{t.firstRun.import.cancelled}</p>;
  return (
    <div className={accountStyles.actions}>
      <span role="status">
        {t.status.working(props.running, amount(job.done), job.total === null ? null : amount(job.total))}
      </span>
      <Button
        variant="quiet"
        onPress={() => void engine().request('jobs.cancel', { id: job.id }).catch(sayFailure)}
      >
        {t.firstRun.import.cancel}
      </Button>
    </div>
  );
}
