import { Building2, Check, Clock, RefreshCw, TriangleAlert, WifiOff } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Dialog as AriaDialog, DialogTrigger, Popover } from 'react-aria-components';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { outgoing } from '../../state/outgoing.ts';
import { go, openSettings } from '../../state/place.ts';
import { dismissNotice, type Session, useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { ServerStatus } from '../maildrop/server-status.tsx';
import styles from '../window/window.module.css';
import { JobList } from './job-list.tsx';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** What the engine is doing, said once; a click opens all jobs. Failures stay here until they are read. */
export function StatusBar(): ReactNode {
  const t = useText();
  const session = useSession();
  const { waiting, scheduled, failed } = outgoing(session.outbox, session.accounts, session.merges);
  return (
    <footer className={styles.status} data-pane="status">
      <div className={styles.statusLeft}>
        <SyncState session={session} />
        <Troubles session={session} />
        <Notices session={session} />
      </div>
      <div className={styles.statusRight}>
        <ServerStatus />
        {failed > 0 ? (
          <Button
            variant="quiet"
            className={classes(styles.statusButton, styles.statusDanger)}
            icon={<TriangleAlert {...icon} />}
            onPress={() => go({ outbox: 'outbox', section: 'mail' })}
          >
            {t.status.failed(failed)}
          </Button>
        ) : null}
        {waiting > 0 ? (
          <Button
            variant="quiet"
            className={styles.statusButton}
            onPress={() => go({ outbox: 'outbox', section: 'mail' })}
          >
            {t.status.waiting(waiting)}
          </Button>
        ) : null}
        {scheduled > 0 ? (
          <Button
            variant="quiet"
            className={styles.statusButton}
            icon={<Clock {...icon} />}
            onPress={() => go({ outbox: 'scheduled', section: 'mail' })}
          >
            {t.status.scheduled(scheduled)}
          </Button>
        ) : null}
        <OfficeState session={session} />
      </div>
    </footer>
  );
}

/** The office server of this computer, while somebody wants it to run. */
function OfficeState({ session: { hosting, settings } }: { session: Session }): ReactNode {
  const t = useText();
  if (!hosting?.office || !settings?.hostOffice) return null;
  const failed = hosting.state === 'failed';
  return (
    <Button
      variant="quiet"
      className={classes(styles.statusButton, failed && styles.statusDanger)}
      icon={failed ? <TriangleAlert {...icon} /> : <Building2 {...icon} />}
      onPress={() => openSettings('office')}
    >
      {t.status.office[hosting.state]}
    </Button>
  );
}

/** The one sentence at the left. */
function SyncState({ session }: { session: Session }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const running = session.jobs.filter((job) => job.state === 'running' || job.state === 'paused');
  const [job] = running;
  const remote = session.accounts.filter((account) => account.kind !== 'local');
  const lastSync = Math.max(0, ...remote.map((account) => account.lastSync ?? 0));
  const offline = session.hello?.offline || session.offlineSince !== null;
  const words = () => {
    if (session.door === 'lost') return t.status.lost;
    if (job) {
      const total = job.total === null ? null : formats.number(job.total);
      return job.unit === 'bytes'
        ? t.status.working(
            t.status.kinds[job.kind],
            formats.size(job.done),
            job.total === null ? null : formats.size(job.total),
          )
        : t.status.working(t.status.kinds[job.kind], formats.number(job.done), total);
    }
    if (offline)
      return session.hello?.offline
        ? t.status.offlineChosen
        : t.status.offline(formats.time(session.offlineSince ?? Date.now()));
    if (remote.some((account) => account.state === 'connecting')) return t.status.connecting;
    if (remote.some((account) => account.state === 'syncing')) return t.status.checking;
    return lastSync > 0 ? t.status.upToDate(formats.time(lastSync)) : t.status.upToDateNever;
  };
  const Picture = session.door === 'lost' ? TriangleAlert : job ? RefreshCw : offline ? WifiOff : Check;
  const sentenceNow = words();
  return (
    <>
      <DialogTrigger>
        <Button
          variant="quiet"
          className={styles.statusButton}
          icon={<Picture {...icon} />}
          label={`${sentenceNow}. ${t.status.jobs}`}
        >
          {sentenceNow}
        </Button>
        <Popover placement="top start" offset={6}>
          <AriaDialog className={styles.jobs ?? ''} aria-label={t.status.jobs} data-scope="dialog">
            <JobList />
          </AriaDialog>
        </Popover>
      </DialogTrigger>
      <SpokenState label={t.a11y.sync} words={job ? t.status.kinds[job.kind] : sentenceNow} />
      {job?.total ? (
        <span className={styles.progress} aria-hidden="true">
          <div style={{ width: `${Math.min(100, (100 * job.done) / job.total)}%` }} />
        </span>
      ) : null}
      {job?.remainingSeconds ? (
        <span>{t.status.remaining(formats.duration(job.remainingSeconds))}</span>
      ) : null}
      {job?.canPause ? (
        <Button
          variant="link"
          className={styles.statusButton}
          onPress={() => {
            engine()
              .request('jobs.pause', { id: job.id, paused: job.state === 'running' })
              .catch(sayFailure);
          }}
        >
          {job.state === 'running' ? t.status.pause : t.status.resume}
        </Button>
      ) : null}
      {session.hello?.offline && !job ? (
        <Button
          variant="link"
          className={styles.statusButton}
          onPress={() => {
            engine().request('accounts.offline', { offline: false }).catch(sayFailure);
          }}
        >
          {t.status.goOnline}
        </Button>
      ) : null}
      {!job && !offline && remote.length > 0 && remote.every((account) => account.state === 'online') ? (
        <span>{t.status.connected(remote.length)}</span>
      ) : null}
    </>
  );
}

/** Spoken when work begins and ends, not at every letter. */
function SpokenState({ label, words }: { label: string; words: string }): ReactNode {
  const [spoken, setSpoken] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(words), 500);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <span role="status" aria-label={label} className={styles.speak}>
      {spoken}
    </span>
  );
}

/** Accounts that need the person. */
function Troubles({ session }: { session: Session }): ReactNode {
  const t = useText();
  return session.accounts
    .filter((account) => ['needs-password', 'needs-trust', 'failed'].includes(account.state))
    .map((account) => (
      <Button
        key={account.id}
        variant="quiet"
        className={classes(styles.statusButton, styles.statusWarning)}
        icon={<TriangleAlert {...icon} />}
        onPress={() => openSettings('accounts')}
      >
        {account.state === 'needs-password'
          ? t.status.needsPassword(account.address)
          : account.state === 'needs-trust'
            ? t.status.needsTrust(account.address)
            : t.status.accountFailed(account.address)}
      </Button>
    ));
}

/** Late facts; the newest warning stands until it is read. */
function Notices({ session }: { session: Session }): ReactNode {
  const notice = session.notices.filter((other) => other.level !== 'info').at(-1);
  if (!notice) return null;
  const { title, body } = sentence({ code: notice.code, detail: notice.detail, retryable: false });
  return (
    <Button
      variant="quiet"
      className={classes(
        styles.statusButton,
        notice.level === 'error' ? styles.statusDanger : styles.statusWarning,
      )}
      icon={<TriangleAlert {...icon} />}
      tooltip={body}
      onPress={() => dismissNotice(notice.id)}
    >
      {title}
    </Button>
  );
}
