/**
 * The office server of this computer in settings: set up once, then two switches, its state, and the facts that other programs
 * and computers need. People, queue and all the rest have a window of their own, later; until then the command line.
 */
import { CircleCheck, LoaderCircle, Power } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { HostingState } from '../../../main/contract/mail/hosting.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { asFault, type DoorFault } from '../../transport/fault.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { TextField } from '../../ui/field.tsx';
import { grouped } from '../accounts/certificate-card.tsx';
import { ROWS } from '../settings/rows.ts';
import { SettingControl } from '../settings/setting-control.tsx';
import styles from './hosting.module.css';
import { Failure, OfficeProblem } from './office-problem.tsx';
import { connectMailbox, followOffice, hasMoved } from './own-mailbox.ts';
import { PortsTable } from './ports-table.tsx';
import { SetUp } from './set-up.tsx';

export function HostingPage({ onDone = () => {} }: { onDone?: () => void }): ReactNode {
  const t = useText();
  const hosting = useSession((state) => state.hosting);
  // Who is in the middle of setting up stays there until the mailbox is connected.
  const [setting, setSetting] = useState(hosting?.office === null);
  if (!hosting) return null;
  if (!hosting.available) return <p className={styles.intro}>{t.hosting.elsewhere}</p>;
  if (setting || hosting.office === null) {
    return (
      <>
        <p className={styles.intro}>{t.hosting.intro}</p>
        <SetUp
          onDone={() => {
            setSetting(false);
            onDone();
          }}
        />
      </>
    );
  }
  return (
    <div className={styles.page}>
      {ROWS.filter((row) => row.page === 'office').map((row) => (
        <SettingControl key={row.name} row={row} />
      ))}
      <StateLine hosting={hosting} />
      <OfficeProblem />
      <Mailbox hosting={hosting} onDone={onDone} />
      <Facts hosting={hosting} />
    </div>
  );
}

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

function StateLine({ hosting }: { hosting: HostingState }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.hosting;
  const { state, sharing, restarts } = hosting;
  const picture = {
    off: <Power {...icon} />,
    failed: <Power {...icon} />,
    starting: <LoaderCircle {...icon} />,
    stopping: <LoaderCircle {...icon} />,
    running: <CircleCheck {...icon} />,
  }[state];
  return (
    <div role="status" aria-label={words.state}>
      <p className={classes(styles.state, state === 'running' && styles.running)}>
        {picture}
        {state === 'running' && !sharing ? words.states.runningHere : words.states[state]}
      </p>
      {restarts > 0 ? <p className={styles.note}>{words.restarted(formats.number(restarts))}</p> : null}
    </div>
  );
}

/** For whoever has the office but not its mailbox in this window. */
function Mailbox({ hosting, onDone }: { hosting: HostingState; onDone: () => void }): ReactNode {
  const t = useText();
  const words = t.hosting;
  const address = hosting.office?.address ?? '';
  const own = useSession((state) =>
    state.accounts.find((account) => account.address.toLowerCase() === address.toLowerCase()),
  );
  const moved = own !== undefined && hasMoved(own, hosting);
  useEffect(() => {
    // Other programs have to be told the new ports; our own tells itself.
    if (moved && own) followOffice(own, hosting).catch(sayFailure);
  }, [moved, own, hosting]);
  const [password, setPassword] = useState('');
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<DoorFault | null>(null);
  if (own || hosting.state !== 'running') return null;
  const connect = async () => {
    if (password === '' || working) return;
    setWorking(true);
    setFailed(null);
    try {
      await connectMailbox(hosting, { address, name: '', password });
      showToast({ text: words.connected(address), icon: 'check' });
      onDone();
    } catch (thrown) {
      const fault = asFault(thrown);
      if (fault.code === 'cancelled') sayFailure(fault);
      else setFailed(fault);
    } finally {
      setWorking(false);
    }
  };
  return (
    <form
      className={styles.mailbox}
      aria-label={words.mailbox}
      onSubmit={(event) => {
        event.preventDefault();
        void connect();
      }}
    >
      <p>{words.mailboxAbout(address)}</p>
      <div className={styles.line}>
        <TextField
          label={words.mailboxPassword(address)}
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        <Button type="submit" isDisabled={password === '' || working}>
          {words.mailboxConnect}
        </Button>
      </div>
      {failed ? <Failure fault={failed} again={() => void connect()} /> : null}
    </form>
  );
}

function Facts({ hosting }: { hosting: HostingState }): ReactNode {
  const t = useText();
  const words = t.hosting;
  const { office, ports, addresses, fingerprint, folder } = hosting;
  const [nearest = '127.0.0.1'] = addresses;
  const host = nearest.includes(':') ? `[${nearest}]` : nearest;
  const facts: [string, ReactNode][] = [
    [words.facts.office, office?.name],
    [words.facts.domain, office?.domain],
    ...(addresses.length > 0
      ? [[words.facts.computers, <Mono key="computers">{addresses.join(', ')}</Mono>] as [string, ReactNode]]
      : []),
    ...(fingerprint && ports
      ? [
          [words.facts.fingerprint, <Mono key="fingerprint">{grouped(fingerprint)}</Mono>] as [
            string,
            ReactNode,
          ],
          [words.facts.certificate, <Mono key="authority">{`http://${host}:${ports.web}/ca.pem`}</Mono>] as [
            string,
            ReactNode,
          ],
        ]
      : []),
    [words.facts.folder, <Mono key="folder">{folder}</Mono>],
  ];
  return (
    <>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {ports ? <PortsTable ports={ports} /> : null}
      <p className={styles.note}>
        {words.people}
        <code className={styles.command}>{words.peopleAdd(folder)}</code>
      </p>
    </>
  );
}

function Mono({ children }: { children: string }): ReactNode {
  return <span className={styles.mono}>{children}</span>;
}
