/**
 * Connecting an account: address, name, password on one screen; the search for settings in the open; the
 * servers, every value editable; a test of both ways. The password is sent only by Connect.
 */
import { ArrowLeft, Eye, EyeOff, TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type {
  Discovered,
  IncomingKind,
  KeepPolicy,
  TestResult,
} from '../../../main/contract/mail/accounts.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { refreshFolders, refreshHello } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Select, Switch, TextField } from '../../ui/field.tsx';
import accountStyles from '../accounts/accounts.module.css';
import { KeepFields, ServerFields } from '../accounts/server-fields.tsx';
import {
  emptyForm,
  formOf,
  formProblems,
  policyOf,
  type ServerForm,
  SOME_MONTHS,
  serverOf,
} from '../accounts/server-form.ts';
import { TestLines } from '../accounts/test-lines.tsx';
import { addressProblem } from '../composer/recipients.ts';
import { type Discovery, DiscoverySteps, useDiscovery } from './discovery.tsx';
import styles from './first-run.module.css';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const NO_DOMAINS: ReadonlySet<string> = new Set();

export function Connect({ onBack, onDone }: { onBack: () => void; onDone: () => void }): ReactNode {
  const t = useText();
  const words = t.accounts;
  const [address, setAddress] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [tried, setTried] = useState(false);
  const [servers, setServers] = useState<Servers | null>(null);
  const discovery = useDiscovery();
  // A single label is a domain in an office without DNS, so only the shape is looked at.
  const problem = addressProblem(
    address.trim(),
    new Set([address.trim().split('@')[1]?.toLowerCase() ?? '']),
  );
  const usable = problem === null;
  const search = async () => {
    setTried(true);
    if (!usable) return;
    const found = await discovery.start(address.trim());
    if (found) setServers(serversOf(found[0]));
  };
  const byHand = () => {
    discovery.stop();
    setServers(servers ?? serversOf(undefined));
  };
  return (
    <form
      className={styles.flow}
      onSubmit={(event) => {
        event.preventDefault();
        if (!servers) void search();
      }}
    >
      <Button
        variant="quiet"
        className={styles.back}
        icon={<ArrowLeft {...icon} />}
        onPress={() => {
          discovery.stop();
          onBack();
        }}
      >
        {words.back}
      </Button>
      <h2>{words.title}</h2>
      <p>{words.intro}</p>
      <TextField
        label={words.address}
        hint={words.addressHint}
        type="email"
        autoComplete="email"
        autoFocus
        value={address}
        onChange={setAddress}
        problem={tried && problem ? t.composer.addressProblems[problem] : undefined}
      />
      <TextField
        label={words.name}
        hint={words.nameHint}
        autoComplete="name"
        value={name}
        onChange={setName}
      />
      <div className={styles.passwordLine}>
        <TextField
          label={words.password}
          type={shown ? 'text' : 'password'}
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        <IconButton
          label={words.showPassword}
          pressed={shown}
          icon={shown ? <EyeOff {...icon} /> : <Eye {...icon} />}
          onPress={() => setShown(!shown)}
        />
      </div>
      {servers ? null : (
        <div className={accountStyles.actions}>
          <Button variant="primary" type="submit" isDisabled={discovery.running}>
            {words.search}
          </Button>
          <Button onPress={byHand}>{words.byHand}</Button>
          {discovery.running ? (
            <Button variant="quiet" onPress={discovery.stop}>
              {words.stop}
            </Button>
          ) : null}
        </div>
      )}
      <DiscoverySteps discovery={discovery} />
      {servers ? (
        <ServersCard
          discovery={discovery}
          servers={servers}
          onServers={setServers}
          person={{ address: address.trim(), name: name.trim(), password }}
          onAddressMissing={() => setTried(true)}
          onDone={onDone}
        />
      ) : null}
    </form>
  );
}

interface Servers {
  kind: IncomingKind;
  incoming: ServerForm;
  outgoing: ServerForm;
  sends: boolean;
}

function serversOf(found: Discovered | undefined): Servers {
  return {
    kind: found?.kind ?? 'imap',
    incoming: found?.incoming ? formOf(found.incoming) : emptyForm('incoming'),
    outgoing: found?.outgoing ? formOf(found.outgoing) : emptyForm('outgoing'),
    sends: true,
  };
}

interface ServersCardProps {
  discovery: Discovery;
  servers: Servers;
  onServers: (servers: Servers) => void;
  person: { address: string; name: string; password: string };
  onAddressMissing: () => void;
  onDone: () => void;
}

function ServersCard({ discovery, servers, onServers, person, ...on }: ServersCardProps): ReactNode {
  const t = useText();
  const words = t.accounts;
  const [tried, setTried] = useState(false);
  const [working, setWorking] = useState(false);
  const [result, setResult] = useState<TestResult | null>(null);
  const [choice, setChoice] = useState(0);
  const [keep, setKeep] = useState<KeepPolicy['keep']>('everything');
  const [months, setMonths] = useState(String(SOME_MONTHS));
  const [saveSent, setSaveSent] = useState(true);
  const { kind, incoming, outgoing, sends } = servers;
  const found = discovery.found ?? [];
  const chosen = found[choice];
  const wrong = formProblems(incoming) ?? (sends ? formProblems(outgoing) : null);
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    card.current?.scrollIntoView({ block: 'nearest' });
  }, []);

  const tests = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (result) tests.current?.scrollIntoView({ block: 'nearest' });
  }, [result]);

  const connect = async () => {
    setTried(true);
    if (addressProblem(person.address, NO_DOMAINS) && !person.address.includes('@')) {
      on.onAddressMissing();
      return;
    }
    if (wrong || working) return;
    setWorking(true);
    const setup = {
      ...person,
      kind,
      incoming: serverOf(incoming, person.address),
      outgoing: sends ? serverOf(outgoing, person.address) : null,
      ...(kind === 'imap' ? { policy: policyOf(keep, months) } : {}),
      saveSent,
    };
    try {
      const tested = await engine().request('accounts.test', setup);
      setResult(tested);
      if (!tested.incoming.ok || (sends && !tested.outgoing.ok)) return;
      await engine().request('accounts.add', setup);
      showToast({ text: words.added(person.address), icon: 'check' });
      await Promise.all([refreshFolders(), refreshHello()]);
      on.onDone();
    } catch (thrown) {
      sayFailure(thrown);
    } finally {
      setWorking(false);
    }
  };
  return (
    <section ref={card} className={styles.card} aria-label={chosen ? words.foundTitle : words.byHand}>
      {chosen ? (
        <p className={styles.from}>{words.foundFrom(words.sources[chosen.source] ?? chosen.source)}</p>
      ) : null}
      {chosen && !chosen.secure ? <Caution>{words.insecure}</Caution> : null}
      {chosen?.foreignHost ? <Caution>{words.foreign(chosen.incoming?.host ?? '')}</Caution> : null}
      {found.length > 1 ? (
        <Select
          label={words.choose}
          value={String(choice)}
          options={found.map((each, at) => ({
            id: String(at),
            label: `${each.incoming?.host ?? ''}, ${words.sources[each.source] ?? each.source}`,
          }))}
          onChange={(at) => {
            setChoice(Number(at));
            onServers(serversOf(found[Number(at)]));
            setResult(null);
          }}
        />
      ) : null}
      <ServerFields
        side="incoming"
        form={incoming}
        address={person.address}
        problems={tried ? formProblems(incoming) : null}
        onChange={(form) => onServers({ ...servers, incoming: form })}
        kind={kind}
        onKind={(next, form) => {
          onServers({ ...servers, kind: next, incoming: form });
          setResult(null);
        }}
      />
      {sends ? (
        <ServerFields
          side="outgoing"
          form={outgoing}
          address={person.address}
          problems={tried ? formProblems(outgoing) : null}
          onChange={(form) => onServers({ ...servers, outgoing: form })}
        />
      ) : null}
      <Switch selected={!sends} onChange={(reads) => onServers({ ...servers, sends: !reads })}>
        {words.noOutgoing}
      </Switch>
      {kind === 'imap' ? (
        <KeepFields keep={keep} months={months} onKeep={setKeep} onMonths={setMonths} />
      ) : null}
      <Switch selected={saveSent} onChange={setSaveSent}>
        {words.saveSent} <span className={accountStyles.hint}>{words.saveSentHint}</span>
      </Switch>
      <div ref={tests}>
        {result ? (
          <TestLines
            result={result}
            hosts={{ incoming, outgoing: sends ? outgoing : null }}
            onTrusted={() => void connect()}
          />
        ) : null}
      </div>
      <div className={accountStyles.actions}>
        <Button variant="primary" isDisabled={working} onPress={() => void connect()}>
          {words.connect}
        </Button>
        {working ? (
          <span role="status" className={styles.working}>
            {words.connecting}
          </span>
        ) : null}
      </div>
    </section>
  );
}

function Caution({ children }: { children: ReactNode }): ReactNode {
  return (
    <p className={styles.caution}>
      <TriangleAlert {...icon} />
      {children}
    </p>
  );
}
