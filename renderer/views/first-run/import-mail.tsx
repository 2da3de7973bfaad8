/** Bringing old mail: what was found or named, a look first, then a job with numbers, and a report that can be kept. */
import { ArrowLeft, FolderOpen } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import type { BringReport } from '../../../main/contract/mail/moving.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { refreshFolders, refreshHello, useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox, Select, TextField } from '../../ui/field.tsx';
import accountStyles from '../accounts/accounts.module.css';
import { accountName, folderPath } from '../tree/names.ts';
import styles from './first-run.module.css';
import { FoundStores } from './found-stores.tsx';
import { EarlierImports, ImportJobs } from './import-job.tsx';
import { ImportPreview } from './import-preview.tsx';
import { pathsOf } from './import-report.ts';
import { useFoundStores } from './use-found-stores.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function ImportMail({ onBack }: { onBack: () => void }): ReactNode {
  const t = useText();
  const words = t.firstRun.import;
  const browser = useSession((state) => state.hello?.host === 'browser');
  const folders = useSession((state) => state.folders);
  const accounts = useSession((state) => state.accounts);
  const stores = useFoundStores();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [paths, setPaths] = useState('');
  const [files, setFiles] = useState<readonly File[]>([]);
  const [folder, setFolder] = useState('local');
  const [everywhere, setEverywhere] = useState(false);
  const [jobs, setJobs] = useState<readonly string[]>([]);
  const [preview, setPreview] = useState<BringReport | null>(null);
  const [tried, setTried] = useState(false);
  const [working, setWorking] = useState<'looking' | 'starting' | null>(null);
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
  const named = [...chosen, ...pathsOf(paths)];
  const into = folder === 'local' ? null : Number(folder);
  const request = { paths: named, folder: into, everywhere };
  const run = async (what: 'looking' | 'starting', work: () => Promise<void>) => {
    setTried(true);
    if (named.length + files.length === 0) return;
    setWorking(what);
    try {
      await work();
    } catch (thrown) {
      sayFailure(thrown);
    } finally {
      setWorking(null);
    }
  };
  const look = () =>
    run('looking', async () => {
      setPreview(null);
      if (named.length > 0) setPreview(await engine().request('moving.preview', request));
    });
  const start = () =>
    run('starting', async () => {
      if (named.length > 0) {
        const { job } = await engine().request('moving.start', request);
        setJobs((all) => [...all, job]);
      }
      for (const file of files) {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const { job } = await engine().request('import.bytes', { name: file.name, bytes, folder: into });
        setJobs((all) => [...all, job]);
      }
      setPreview(null);
    });
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
      <FoundStores stores={stores} chosen={chosen} onChange={setChosen} />
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
        lines={2}
        value={paths}
        onChange={setPaths}
        problem={tried && named.length + files.length === 0 ? words.noPaths : undefined}
      />
      <Select
        label={words.into}
        value={folder}
        options={[{ id: 'local', label: t.moving.ownFolders }, ...places]}
        onChange={setFolder}
      />
      <Checkbox selected={everywhere} onChange={setEverywhere}>
        {t.moving.everywhere}
      </Checkbox>
      <div className={accountStyles.actions}>
        <Button variant="primary" isDisabled={working !== null} onPress={() => void start()}>
          {words.start}
        </Button>
        <Button isDisabled={working !== null} onPress={() => void look()}>
          {t.moving.look}
        </Button>
      </div>
      {working === 'looking' ? <Looking /> : null}
      {preview ? <ImportPreview report={preview} /> : null}
      <ImportJobs ids={jobs} onOpen={() => void leave().then(() => go({ section: 'mail' }))} />
      <EarlierImports after={jobs.length} />
    </div>
  );
}

/** How far the look is, from its job, which can also be stopped. */
function Looking(): ReactNode {
  const t = useText();
  const job = useSession((state) =>
    state.jobs.find((each) => each.kind === 'preview' && each.endedAt === null),
  );
  const share = job?.total ? Math.floor((job.done / job.total) * 100) : 0;
  return (
    <div className={accountStyles.actions}>
      <span role="status" className={styles.working}>
        {t.moving.lookingThrough}
        {share > 0 ? ` (${share} %)` : ''}
      </span>
      {job ? (
        <Button
          variant="quiet"
          onPress={() => void engine().request('jobs.cancel', { id: job.id }).catch(sayFailure)}
        >
          {t.firstRun.import.cancel}
        </Button>
      ) : null}
    </div>
  );
}
