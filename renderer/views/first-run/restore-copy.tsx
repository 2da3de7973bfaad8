/** Restoring from a copy: what it is, its passphrase, the check as a job, and going on with it. */
import { ArrowLeft } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { BackupFacts } from '../../../main/contract/mail/moving.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { asFault } from '../../transport/fault.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import accountStyles from '../accounts/accounts.module.css';
import { ChooseButton } from '../settings/choose-button.tsx';
import styles from './first-run.module.css';
import { pathsOf } from './import-report.ts';
import movingStyles from './moving.module.css';

export function RestoreCopy({ onBack }: { onBack: () => void }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.moving.restore;
  const [path, setPath] = useState('');
  const [facts, setFacts] = useState<BackupFacts | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [id, setId] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [working, setWorking] = useState(false);
  const [taken, setTaken] = useState(false);
  const firstRun = useSession((state) => state.hello?.firstRun ?? true);
  useEffect(() => {
    // The engine came back with what was in the copy.
    if (taken && !firstRun) go({ flow: null, section: 'mail' });
  }, [taken, firstRun]);
  const job = useSession((state) => state.jobs.find((each) => each.id === id));
  const [clean = ''] = pathsOf(path);
  const run = async (work: () => Promise<void>) => {
    setTried(true);
    if (clean === '') return;
    setWorking(true);
    await work().catch(sayFailure);
    setWorking(false);
  };
  const look = () =>
    run(async () => {
      setFacts(null);
      setFacts(await engine().request('backup.look', { path: clean }));
    });
  const start = () =>
    run(async () => {
      const secret = facts?.passwords && passphrase !== '' ? passphrase : null;
      setId((await engine().request('backup.restore', { path: clean, passphrase: secret })).job);
    });
  const lost = (thrown: unknown) => {
    // The engine may be gone before it could answer: that is what was asked for.
    if (asFault(thrown).code === 'engine-stopped') return;
    setTaken(false);
    sayFailure(thrown);
  };
  const take = (next: string) => {
    setPath(next);
    setFacts(null);
  };
  const running = job?.state === 'running';
  return (
    <div className={styles.flow}>
      <Button
        variant="quiet"
        className={styles.back}
        icon={<ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" />}
        onPress={onBack}
      >
        {t.accounts.back}
      </Button>
      <h2>{words.title}</h2>
      <p>{words.intro}</p>
      <TextField
        label={words.where}
        hint={words.whereHint}
        value={path}
        autoFocus
        onChange={take}
        problem={tried && clean === '' ? t.moving.copies.pathMissing : undefined}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void look();
        }}
      />
      <ChooseButton what="copy" onChosen={take}>
        {t.moving.copies.byThemselves.choose}
      </ChooseButton>
      {facts ? (
        <div className={movingStyles.facts}>
          <p>
            {words.made(formats.letterDate(facts.at, Date.now()), facts.version)}{' '}
            {words.holds(facts.messages, formats.size(facts.bytes))}
          </p>
          {facts.accounts.length > 0 ? <p>{words.accounts(facts.accounts.join(', '))}</p> : null}
          {facts.passwords ? null : <p>{words.noPasswords}</p>}
        </div>
      ) : null}
      {facts?.passwords ? (
        <TextField
          type="password"
          label={words.passphrase}
          hint={words.passphraseHint}
          value={passphrase}
          onChange={setPassphrase}
        />
      ) : null}
      {job?.state === 'done' ? (
        <>
          <p role="status">{words.ready}</p>
          <div className={accountStyles.actions}>
            <Button
              variant="primary"
              isDisabled={taken}
              onPress={() => {
                setTaken(true);
                engine().request('backup.take', {}).catch(lost);
              }}
            >
              {words.restart}
            </Button>
          </div>
        </>
      ) : (
        <div className={accountStyles.actions}>
          {facts ? (
            <Button variant="primary" isDisabled={working || running} onPress={() => void start()}>
              {words.start}
            </Button>
          ) : (
            <Button variant="primary" isDisabled={working} onPress={() => void look()}>
              {words.look}
            </Button>
          )}
        </div>
      )}
      {job && running ? (
        <p role="status">
          {t.status.working(
            words.running,
            formats.size(job.done),
            job.total === null ? null : formats.size(job.total),
          )}
        </p>
      ) : null}
      {job?.problem ? <p role="alert">{Object.values(sentence(job.problem)).slice(0, 2).join(' ')}</p> : null}
    </div>
  );
}
