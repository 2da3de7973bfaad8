/**
 * The short form of a new office, the start of its server, and the mailbox of whoever made it: one button, and every step is
 * said. A port in use is the one thing that is likely to be in the way, so its way out stands beside the reason.
 */
import { Eye, EyeOff } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { asFault, type DoorFault } from '../../transport/fault.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import styles from './hosting.module.css';
import { type OfficeForm, officeProblems, trimmed, USUAL_DOMAIN, userOf } from './office-form.ts';
import { Failure, OfficeProblem } from './office-problem.tsx';
import { connectMailbox } from './own-mailbox.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function SetUp({ onDone }: { onDone: () => void }): ReactNode {
  const t = useText();
  const words = t.hosting;
  const hosting = useSession((state) => state.hosting);
  const [form, setForm] = useState<OfficeForm>({
    office: words.form.officeValue,
    domain: USUAL_DOMAIN,
    user: '',
    name: '',
    password: '',
  });
  const [userTyped, setUserTyped] = useState(false);
  const [shown, setShown] = useState(false);
  const [tried, setTried] = useState(false);
  const [working, setWorking] = useState<'asking' | 'office' | 'mailbox' | null>(null);
  const [failed, setFailed] = useState<DoorFault | null>(null);
  const state = hosting?.state;
  const problems = tried ? officeProblems(form) : null;
  const change = (part: Partial<OfficeForm>) => setForm((before) => ({ ...before, ...part }));
  const whole = trimmed(form);
  const address = `${whole.user}@${whole.domain}`;

  const start = async () => {
    setTried(true);
    if (officeProblems(form) || working) return;
    setWorking('asking');
    try {
      useSession.setState({ hosting: await engine().request('hosting.setUp', whole) });
      // Only now the state is of this try and not of one before.
      setWorking('office');
    } catch (thrown) {
      setWorking(null);
      sayFailure(thrown);
    }
  };
  const connect = async () => {
    if (!hosting) return;
    setWorking('mailbox');
    setFailed(null);
    try {
      await connectMailbox(hosting, { address, name: whole.name, password: whole.password });
      showToast({ text: words.connected(address), icon: 'check' });
      onDone();
    } catch (thrown) {
      setFailed(asFault(thrown));
    }
  };
  const newest = useRef(connect);
  newest.current = connect;
  useEffect(() => {
    // The office told that it runs; its maker's mailbox is the last step.
    if (working === 'office' && state === 'running') void newest.current();
    if (working === 'office' && state === 'failed') setWorking(null);
  }, [working, state]);

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <TextField
        label={words.form.office}
        autoFocus
        value={form.office}
        onChange={(office) => change({ office })}
        problem={problems?.office ? words.form.problems.office : undefined}
      />
      <TextField
        label={words.form.domain}
        hint={words.form.domainHint}
        value={form.domain}
        onChange={(domain) => change({ domain })}
        problem={problems?.domain ? words.form.problems.domain : undefined}
      />
      <TextField
        label={words.form.name}
        autoComplete="name"
        value={form.name}
        onChange={(name) => change({ name, ...(userTyped ? {} : { user: userOf(name) }) })}
      />
      <TextField
        label={words.form.user}
        hint={whole.user === '' ? undefined : words.form.userHint(address)}
        value={form.user}
        onChange={(user) => {
          setUserTyped(user !== '');
          change({ user });
        }}
        problem={problems?.user ? words.form.problems.user : undefined}
      />
      <div className={styles.password}>
        <TextField
          label={words.form.password}
          hint={words.form.passwordHint}
          type={shown ? 'text' : 'password'}
          autoComplete="new-password"
          value={form.password}
          onChange={(password) => change({ password })}
          problem={problems?.password ? words.form.problems.password : undefined}
        />
        <IconButton
          label={t.accounts.showPassword}
          pressed={shown}
          icon={shown ? <EyeOff {...icon} /> : <Eye {...icon} />}
          onPress={() => setShown(!shown)}
        />
      </div>
      <OfficeProblem onAgain={() => setWorking('office')} />
      {failed ? <Failure fault={failed} again={() => void connect()} /> : null}
      <div className={styles.actions}>
        <Button variant="primary" type="submit" isDisabled={working !== null}>
          {words.form.start}
        </Button>
        <span role="status">
          {working === 'asking' || working === 'office' ? words.states.starting : null}
          {working === 'mailbox' && !failed ? words.connecting : null}
        </span>
      </div>
    </form>
  );
}
