/** The identities of one account: who else letters may come from. The main one is the account itself. */
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Account } from '../../../main/contract/mail/accounts.ts';
import type { Identity } from '../../../main/contract/mail/identities.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { refreshWriting, useWriting } from '../../state/writing.ts';
import { asFault } from '../../transport/fault.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { readRecipients, writeRecipient } from '../composer/recipients.ts';
import { IdentityUses } from '../signatures/signature-uses.tsx';
import { folderName } from '../tree/names.ts';
import styles from './identities.module.css';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const shown = ({ name, address }: Identity) => (name ? `${name} <${address}>` : address);

export function Identities({ account }: { account: Account }): ReactNode {
  const t = useText();
  const words = t.signatures.identity;
  const all = useWriting((state) => state.identities);
  const identities = all.filter((each) => each.account === account.id);
  const [edited, setEdited] = useState<Identity | 'new' | null>(null);
  const remove = async (identity: Identity) => {
    const { id, main: _main, sends: _sends, ...rest } = identity;
    try {
      await engine().request('identities.remove', { id });
      await refreshWriting();
      const back = () => engine().request('identities.add', rest);
      showToast({
        text: words.removed(shown(identity)),
        icon: 'trash',
        actions: [{ label: t.common.undo, run: () => void back().then(refreshWriting).catch(sayFailure) }],
      });
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <section className={styles.section} aria-label={words.title}>
      <h3>{words.title}</h3>
      <p className={styles.about}>{words.about}</p>
      <ul className={styles.list} aria-label={words.list}>
        {identities.map((each) => (
          <li key={each.id}>
            <span className={styles.who}>
              <b>{each.name || each.address}</b>
              {each.name ? <span>{each.address}</span> : null}
              {each.label ? <em>{each.label}</em> : null}
              {each.main ? <span className={styles.main}>{words.main}</span> : null}
            </span>
            <IconButton
              size="small"
              label={words.edit(shown(each))}
              icon={<Pencil {...icon} />}
              onPress={() => setEdited(each)}
            />
            {each.main ? (
              <span />
            ) : (
              <IconButton
                size="small"
                label={words.remove(shown(each))}
                icon={<Trash2 {...icon} />}
                onPress={() => void remove(each)}
              />
            )}
          </li>
        ))}
      </ul>
      <Button size="small" icon={<Plus {...icon} />} onPress={() => setEdited('new')}>
        {words.add}
      </Button>
      {edited === null ? null : (
        <IdentityDialog
          account={account}
          identity={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
    </section>
  );
}

interface IdentityDialogProps {
  account: Account;
  /** null: a new one. */
  identity: Identity | null;
  onClose: () => void;
}

const OWN = 'own';

function IdentityDialog({ account, identity, onClose }: IdentityDialogProps): ReactNode {
  const t = useText();
  const words = t.signatures.identity;
  const folders = useSession((state) => state.folders);
  const accounts = useSession((state) => state.accounts);
  const people = (list: Identity['bcc'] | undefined) => (list ?? []).map(writeRecipient).join(', ');
  const [form, setForm] = useState({
    name: identity?.name ?? account.name,
    address: identity?.address ?? '',
    label: identity?.label ?? '',
    organisation: identity?.organisation ?? '',
    replyTo: people(identity?.replyTo),
    bcc: people(identity?.bcc),
    sent: identity?.sentFolder ? String(identity.sentFolder) : OWN,
  });
  const [problem, setProblem] = useState<{ field: 'address' | 'other'; text: string } | null>(null);
  const set = (what: Partial<typeof form>) => {
    setForm({ ...form, ...what });
    setProblem(null);
  };
  const local = new Set(accounts.filter((each) => each.kind === 'local').map((each) => each.id));
  const places = folders.filter((each) => each.account === account.id || local.has(each.account));
  const save = async () => {
    const { name, address, label, organisation } = form;
    const rest = {
      label,
      organisation,
      replyTo: readRecipients(form.replyTo),
      bcc: readRecipients(form.bcc),
      sentFolder: form.sent === OWN ? null : Number(form.sent),
    };
    try {
      if (identity?.main) await engine().request('identities.update', { id: identity.id, ...rest });
      else if (identity)
        await engine().request('identities.update', { id: identity.id, name, address, ...rest });
      else
        await engine().request('identities.add', {
          account: account.id,
          name,
          address: address.trim(),
          ...rest,
        });
      await refreshWriting();
      showToast({ text: words.saved, icon: 'check' });
      onClose();
    } catch (thrown) {
      const fault = asFault(thrown);
      const own = fault.code === 'bad-address' && fault.detail?.['address'] === address.trim();
      const short = fault.code === 'bad-input' && address.trim().length < 3;
      if (own || short) setProblem({ field: 'address', text: words.badAddress });
      else setProblem({ field: 'other', text: sentence(fault).title });
    }
  };
  return (
    <Dialog
      isOpen
      title={identity ? words.edit(shown(identity)) : words.add}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button variant="primary" onPress={() => void save()}>
            {t.common.save}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className={styles.two}>
          <TextField
            label={words.name}
            value={form.name}
            isDisabled={identity?.main ?? false}
            hint={identity?.main ? words.mainHint : undefined}
            onChange={(name) => set({ name })}
            autoFocus
          />
          <TextField
            label={words.address}
            type="email"
            value={identity?.main ? identity.address : form.address}
            isDisabled={identity?.main ?? false}
            onChange={(address) => set({ address })}
            problem={problem?.field === 'address' ? problem.text : undefined}
          />
          <TextField
            label={words.label}
            hint={words.labelHint}
            value={form.label}
            onChange={(label) => set({ label })}
          />
          <TextField
            label={words.organisation}
            value={form.organisation}
            onChange={(organisation) => set({ organisation })}
          />
        </div>
        <TextField
          label={words.replyTo}
          hint={words.replyToHint}
          value={form.replyTo}
          onChange={(replyTo) => set({ replyTo })}
        />
        <TextField label={words.bcc} hint={words.many} value={form.bcc} onChange={(bcc) => set({ bcc })} />
        <Select
          label={words.sent}
          value={form.sent}
          options={[
            { id: OWN, label: words.sentOwn },
            ...places.map((each) => ({
              id: String(each.id),
              label: local.has(each.account)
                ? `${t.tree.local}: ${folderName(each, t)}`
                : folderName(each, t),
            })),
          ]}
          onChange={(sent) => set({ sent })}
        />
        {identity ? <IdentityUses identity={identity} bare /> : null}
        {problem?.field === 'other' ? <p role="alert">{problem.text}</p> : null}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
