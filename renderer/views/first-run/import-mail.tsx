/** Bringing old mail: what to read, where to put it, then a job with numbers, and a report that can be kept. */
import { ArrowLeft, FolderOpen } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import type { Job } from '../../../main/contract/mail/profile.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { refreshFolders, refreshHello, useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import accountStyles from '../accounts/accounts.module.css';
import { saveBlob } from '../reader/bytes.ts';
import { accountName, folderPath } from '../tree/names.ts';
import styles from './first-run.module.css';
import { importReport, pathsOf } from './import-report.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function ImportMail({ onBack }: { onBack: () => void }): ReactNode {
  const t = useText();
  const words = t.firstRun.import;
  const browser = useSession((state) => state.hello?.host === 'browser');
  const folders = useSession((state) => state.folders);
  const accounts = useSession((state) => state.accounts);
  const [paths, setPaths] = useState('');
  const [files, setFiles] = useState<readonly File[]>([]);
  const [folder, setFolder] = useState('local');
  const [jobs, setJobs] = useState<readonly string[]>([]);
  const [tried, setTried] = useState(false);
  const [working, setWorking] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const places = folders
    .filter((each) => each.selectable)
    .map((each) => {
      const account = accounts.find((other) => other.id === each.account);
      return {
        id: String(each.id),
        label: `${account ? `${accountName(account, t)}: ` : ''}${folderPath(each, folders, t)}`,
      };
    });
  const start = async () => {
    setTried(true);
    const named = pathsOf(paths);
    if (named.length + files.length === 0) return;
    setWorking(true);
    const into = folder === 'local' ? null : Number(folder);
    try {
      if (named.length > 0) {
        const { job } = await engine().request('import.start', { paths: named, folder: into });
        setJobs((all) => [...all, job]);
      }
      for (const file of files) {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const { job } = await engine().request('import.bytes', { name: file.name, bytes, folder: into });
        setJobs((all) => [...all, job]);
      }
    } catch (thrown) {
      sayFailure(thrown);
    } finally {
      setWorking(false);
    }
  };
  const leave = async () => {
    await Promise.all([refreshFolders(), refreshHello()]).catch(sayFailure);
    onBack();
  };
  return (
    <div className={styles.flow}>
      <Button
        variant="quiet"
        className={styles.back}
        icon={<ArrowLeft {...icon} />}
        onPress={() => void leave()}
      >
        {t.accounts.back}
      </Button>
      <h2>{words.title}</h2>
      <p>{words.intro}</p>
      {browser ? (
        <>
          <div className={accountStyles.actions}>
            <Button icon={<FolderOpen {...icon} />} onPress={() => picker.current?.click()}>
              {words.choose}
            </Button>
            {files.length > 0 ? <span className={styles.working}>{words.chosen(files.length)}</span> : null}
          </div>
          <p className={accountStyles.hint}>{words.browserHint}</p>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label={words.choose}
            onChange={(event) => setFiles([...(event.target.files ?? [])])}
          />
        </>
      ) : null}
      <TextField
        label={words.where}
        hint={words.whereHint}
        lines={3}
        value={paths}
        onChange={setPaths}
        problem={tried && pathsOf(paths).length + files.length === 0 ? words.noPaths : undefined}
      />
      <Select
        label={words.into}
        value={folder}
        options={[{ id: 'local', label: words.intoLocal }, ...places]}
        onChange={setFolder}
      />
      <div className={accountStyles.actions}>
        <Button variant="primary" isDisabled={working} onPress={() => void start()}>
          {words.start}
        </Button>
      </div>
      <ImportJobs ids={jobs} onOpen={() => void leave().then(() => go({ section: 'mail' }))} />
    </div>
  );
}

function ImportJobs({ ids, onOpen }: { ids: readonly string[]; onOpen: () => void }): ReactNode {
  const all = useSession((state) => state.jobs);
  const jobs = all.filter((job) => ids.includes(job.id));
  return jobs.map((job) => <ImportJob key={job.id} job={job} onOpen={onOpen} />);
}

function ImportJob({ job, onOpen }: { job: Job; onOpen: () => void }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.firstRun.import;
  const active = job.state === 'running' || job.state === 'paused';
  const { result } = job;
  const ask = (name: 'jobs.cancel') => {
    engine().request(name, { id: job.id }).catch(sayFailure);
  };
  const done = job.unit === 'bytes' ? formats.size(job.done) : formats.number(job.done);
  const total =
    job.total === null ? null : job.unit === 'bytes' ? formats.size(job.total) : formats.number(job.total);
  return (
    <section className={styles.card} aria-label={`${words.title}: ${job.subject}`}>
      <b>{job.subject}</b>
      {active ? (
        <>
          <p role="status">{t.status.working(words.running, done, total)}</p>
          {job.remainingSeconds === null ? null : (
            <p className={accountStyles.hint}>{t.status.remaining(formats.duration(job.remainingSeconds))}</p>
          )}
          <div className={accountStyles.actions}>
            {job.canPause ? (
              <Button
                onPress={() => {
                  engine()
                    .request('jobs.pause', { id: job.id, paused: job.state === 'running' })
                    .catch(sayFailure);
                }}
              >
                {job.state === 'paused' ? words.resume : words.pause}
              </Button>
            ) : null}
            {job.canCancel ? (
              <Button variant="quiet" onPress={() => ask('jobs.cancel')}>
                {words.cancel}
              </Button>
            ) : null}
            <Button variant="quiet" onPress={onOpen}>
              {words.later}
            </Button>
          </div>
        </>
      ) : null}
      {job.state === 'cancelled' ? <p role="status">{words.cancelled}</p> : null}
      {job.problem ? <p role="alert">{Object.values(sentence(job.problem)).slice(0, 2).join(' ')}</p> : null}
      {result && !active ? (
        <>
          <p role="status">
            {words.done(result.imported)} {result.duplicates > 0 ? words.doubles(result.duplicates) : ''}
          </p>
          {result.skipped.length > 0 ? (
            <>
              <p>{words.skipped(result.skipped.length)}</p>
              <ul className={styles.skipped}>
                {result.skipped.slice(0, 50).map((each) => (
                  <li key={`${each.path} ${each.reason}`}>
                    {each.path}: {each.reason}
                  </li>
                ))}
              </ul>
            </>
          ) : null}
          <div className={accountStyles.actions}>
            <Button variant="primary" onPress={onOpen}>
              {words.open}
            </Button>
            <Button
              variant="quiet"
              onPress={() =>
                saveBlob(new Blob([importReport(job)], { type: 'text/plain' }), 'postroom-import.txt')
              }
            >
              {words.saveReport}
            </Button>
          </div>
        </>
      ) : null}
    </section>
  );
}
