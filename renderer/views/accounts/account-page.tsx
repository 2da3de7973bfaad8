/** One account: who it is, both servers, what is kept, and a test of both ways. Nothing is kept before Save. */
import { ArrowLeft } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Account, TestResult } from '../../../main/contract/mail/accounts.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Switch, TextField } from '../../ui/field.tsx';
import styles from './accounts.module.css';
import { LargeLetters, MaildropFields, ScheduleFields, useCollecting } from './collecting-fields.tsx';
import { Identities } from './identities.tsx';
import { pop3Of, withThreshold } from './schedule-form.ts';
import { KeepFields, ServerFields } from './server-fields.tsx';
import { emptyForm, formOf, formProblems, policyOf, SOME_MONTHS, serverOf } from './server-form.ts';
import { TestLines } from './test-lines.tsx';

export function AccountPage({ account, onBack }: { account: Account; onBack: () => void }): ReactNode {
  const t = useText();
  const words = t.accounts;
  const { address, policy } = account;
  const kind = account.kind === 'pop3' ? 'pop3' : 'imap';
  const [name, setName] = useState(account.name);
  const [password, setPassword] = useState('');
  const [incoming, setIncoming] = useState(
    account.incoming ? formOf(account.incoming) : emptyForm('incoming', kind),
  );
  const [outgoing, setOutgoing] = useState(
    account.outgoing ? formOf(account.outgoing) : emptyForm('outgoing'),
  );
  const [sends, setSends] = useState(account.outgoing !== null);
  const [keep, setKeep] = useState(policy.keep);
  const [months, setMonths] = useState(String(policy.keep === 'months' ? policy.months : SOME_MONTHS));
  const [saveSent, setSaveSent] = useState(account.saveSent);
  const [tried, setTried] = useState(false);
  const [working, setWorking] = useState(false);
  const [result, setResult] = useState<TestResult | null>(null);

  const collecting = useCollecting(account);
  const wrong = formProblems(incoming) ?? (sends ? formProblems(outgoing) : null);
  const servers = () => ({
    incoming: serverOf(incoming, address),
    outgoing: sends ? serverOf(outgoing, address) : null,
  });
  const run = async (work: () => Promise<void>) => {
    setTried(true);
    if (wrong) return;
    setWorking(true);
    try {
      await work();
    } catch (thrown) {
      sayFailure(thrown);
    } finally {
      setWorking(false);
    }
  };
  const test = () =>
    run(async () =>
      setResult(
        await engine().request('accounts.test', {
          id: account.id,
          address,
          name,
          kind,
          password,
          ...servers(),
        }),
      ),
    );
  const save = () =>
    run(async () => {
      await engine().request('accounts.update', {
        id: account.id,
        name,
        ...servers(),
        ...(kind === 'imap'
          ? { policy: withThreshold(policyOf(keep, months), collecting.fetching) }
          : { pop3: pop3Of(collecting.fetching) }),
        saveSent,
        ...(password ? { password } : {}),
      });
      await collecting.save();
      showToast({ text: words.saved, icon: 'check' });
      onBack();
    });
  return (
    <div className={styles.account}>
      <Button
        variant="quiet"
        icon={<ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" />}
        onPress={onBack}
      >
        {words.pageTitle}
      </Button>
      <h2>{address}</h2>
      <TextField label={words.name} hint={words.nameHint} value={name} onChange={setName} />
      <Identities account={account} />
      <TextField
        label={words.password}
        hint={words.newPasswordHint}
        type="password"
        autoComplete="off"
        value={password}
        onChange={setPassword}
      />
      <ServerFields
        side="incoming"
        form={incoming}
        onChange={setIncoming}
        address={address}
        kind={kind}
        problems={tried ? formProblems(incoming) : null}
      />
      <Switch selected={!sends} onChange={(reads) => setSends(!reads)}>
        {words.noOutgoing}
      </Switch>
      {sends ? (
        <ServerFields
          side="outgoing"
          form={outgoing}
          onChange={setOutgoing}
          address={address}
          problems={tried ? formProblems(outgoing) : null}
        />
      ) : null}
      {kind === 'imap' ? (
        <>
          <KeepFields keep={keep} months={months} onKeep={setKeep} onMonths={setMonths} />
          {keep === 'headers' ? null : <LargeLetters collecting={collecting} />}
        </>
      ) : (
        <MaildropFields collecting={collecting} />
      )}
      <ScheduleFields collecting={collecting} />
      <Switch selected={saveSent} onChange={setSaveSent}>
        {words.saveSent} <span className={styles.hint}>{words.saveSentHint}</span>
      </Switch>
      {result ? (
        <TestLines
          result={result}
          hosts={{ incoming, outgoing: sends ? outgoing : null }}
          onTrusted={() => void test()}
        />
      ) : null}
      <div className={styles.actions}>
        <Button variant="primary" isDisabled={working || collecting.wrong} onPress={() => void save()}>
          {t.common.save}
        </Button>
        <Button isDisabled={working} onPress={() => void test()}>
          {working ? words.testing : words.test}
        </Button>
        <Button variant="quiet" onPress={onBack}>
          {t.common.cancel}
        </Button>
      </div>
    </div>
  );
}
