/** A directory's settings, tried before they are kept: Test shows the first three people, or the reason. */
import { type ReactNode, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import { Certificate } from '../../../main/contract/mail/accounts.ts';
import type { Book, LdapSettings } from '../../../main/contract/mail/contacts.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { asFault, type FaultData } from '../../transport/fault.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { CertificateCard } from '../accounts/certificate-card.tsx';
import { setContacts } from './contacts-state.ts';
import styles from './dialogs.module.css';
import person from './person.module.css';

type Outcome = { people: Output<'contacts.ldapTest'>['people'] } | { fault: FaultData } | 'asking' | null;

const PORTS = { tls: 636, starttls: 389, none: 389 } as const;

export function DirectoryDialog({ book, onClose }: { book: Book | null; onClose: () => void }): ReactNode {
  const t = useText();
  const words = t.contacts.directory;
  const [name, setName] = useState(book?.name ?? '');
  const [ldap, setLdap] = useState<LdapSettings>(
    book?.ldap ?? { host: '', port: PORTS.tls, security: 'tls', base: '', filter: '', bind: '' },
  );
  const [port, setPort] = useState(String(ldap.port));
  const [password, setPassword] = useState('');
  const [outcome, setOutcome] = useState<Outcome>(null);
  const whole: LdapSettings = { ...ldap, port: Number(port) };
  const ready =
    ldap.host.trim() !== '' && /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  const secret = book && password === '' ? {} : { password };
  const set = (change: Partial<LdapSettings>) => {
    setLdap((state) => ({ ...state, ...change }));
    setOutcome(null);
  };
  const test = async () => {
    setOutcome('asking');
    try {
      const { people } = await engine().request('contacts.ldapTest', {
        ldap: whole,
        book: book?.id ?? null,
        ...secret,
      });
      setOutcome({ people });
    } catch (thrown) {
      setOutcome({ fault: asFault(thrown) });
    }
  };
  const save = async () => {
    try {
      const { id } = await engine().request('contacts.saveBook', {
        id: book?.id ?? null,
        name: name.trim() || ldap.host,
        ldap: whole,
        ...secret,
      });
      await engine().request('contacts.ldapRefresh', { book: id });
      setContacts({ open: null, book: id, chosen: [], text: '', pane: { show: 'person' } });
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <Dialog
      title={words.title}
      isOpen
      wide
      onClose={onClose}
      foot={
        <>
          <Button isDisabled={!ready || outcome === 'asking'} onPress={() => void test()}>
            {words.test}
          </Button>
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button variant="primary" isDisabled={!ready} onPress={() => void save()}>
            {words.save}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p>{words.intro}</p>
        <TextField label={words.name} value={name} onChange={setName} autoFocus />
        <div className={styles.server}>
          <TextField label={words.host} value={ldap.host} onChange={(host) => set({ host })} />
          <TextField
            label={words.port}
            value={port}
            onChange={(value) => {
              setPort(value);
              setOutcome(null);
            }}
          />
          <Select
            label={words.security}
            options={(['tls', 'starttls', 'none'] as const).map((id) => ({
              id,
              label: words.securities[id],
            }))}
            value={ldap.security}
            onChange={(security) => {
              set({ security });
              if (port === String(PORTS[ldap.security])) setPort(String(PORTS[security]));
            }}
          />
        </div>
        <div className={person.two}>
          <TextField
            label={words.base}
            value={ldap.base}
            onChange={(base) => set({ base })}
            placeholder="dc=constr,dc=org"
          />
          <TextField
            label={words.filter}
            value={ldap.filter}
            onChange={(filter) => set({ filter })}
            hint={words.filterHint}
          />
          <TextField
            label={words.bind}
            value={ldap.bind}
            onChange={(bind) => set({ bind })}
            hint={words.bindHint}
          />
          <TextField
            label={words.password}
            type="password"
            value={password}
            onChange={(value) => {
              setPassword(value);
              setOutcome(null);
            }}
            hint={book ? words.passwordKept : undefined}
          />
        </div>
        <Told outcome={outcome} onTrusted={() => void test()} />
      </div>
    </Dialog>
  );
}

function Told({ outcome, onTrusted }: { outcome: Outcome; onTrusted: () => void }): ReactNode {
  const t = useText();
  const words = t.contacts.directory;
  if (outcome === null) return null;
  if (outcome === 'asking') return <p role="status">{words.testing}</p>;
  if ('people' in outcome) {
    return (
      <div className={styles.fine} role="status">
        <b>{words.works(outcome.people.length)}</b>
        <ul>
          {outcome.people.map((each) => (
            <li key={each.address}>
              {each.name} <span>{[each.address, each.department].filter(Boolean).join(' · ')}</span>
            </li>
          ))}
        </ul>
      </div>
    );
  }
  const { fault } = outcome;
  const certificate = Certificate.safeParse(fault.detail?.['certificate']);
  if (certificate.success)
    return <CertificateCard certificate={certificate.data} code={fault.code} onTrusted={onTrusted} />;
  const said = sentence(fault);
  const reply = fault.detail?.['reply'];
  return (
    <div className={styles.wrong} role="alert">
      <b>{said.title}</b> {said.body}
      {typeof reply === 'string' && reply !== '' ? <code>{reply}</code> : null}
    </div>
  );
}
