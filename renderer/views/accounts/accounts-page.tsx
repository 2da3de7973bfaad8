/** The accounts of this profile: state, what is wrong in a sentence, edit and remove. */
import { HardDrive, Mail, Plus, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Account } from '../../../main/contract/mail/accounts.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { refreshFolders, refreshHello, useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Question } from '../../ui/dialog.tsx';
import { AccountPage } from './account-page.tsx';
import styles from './accounts.module.css';
import { CertificateCard } from './certificate-card.tsx';
import { PasswordForm } from './password-form.tsx';
import { certificateOf } from './problem.ts';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function AccountsPage(): ReactNode {
  const t = useText();
  const words = t.accounts;
  const accounts = useSession((state) => state.accounts);
  const [editing, setEditing] = useState<number | null>(null);
  const [removing, setRemoving] = useState<Account | null>(null);
  const edited = accounts.find((account) => account.id === editing);
  if (edited) return <AccountPage key={edited.id} account={edited} onBack={() => setEditing(null)} />;
  const remove = async (account: Account) => {
    setRemoving(null);
    try {
      await engine().request('accounts.remove', { id: account.id });
      await Promise.all([refreshFolders(), refreshHello()]);
      showToast({ text: words.removed(account.address), icon: 'trash' });
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <>
      <p className={styles.intro}>{words.pageIntro}</p>
      <ul className={styles.list} aria-label={words.pageTitle}>
        {accounts.map((account) => (
          <Row
            key={account.id}
            account={account}
            onEdit={() => setEditing(account.id)}
            onRemove={() => setRemoving(account)}
          />
        ))}
      </ul>
      {accounts.length === 0 ? <p className={styles.intro}>{words.none}</p> : null}
      <Button
        variant="primary"
        icon={<Plus size={16} strokeWidth={1.75} aria-hidden="true" />}
        onPress={() => go({ flow: 'connect' })}
      >
        {words.add}
      </Button>
      <Question
        isOpen={removing !== null}
        question={words.removeQuestion(removing?.address ?? '')}
        confirm={words.removeConfirm}
        onClose={() => setRemoving(null)}
        onConfirm={() => {
          if (removing) void remove(removing);
        }}
      >
        {words.removeBody}
      </Question>
    </>
  );
}

function Row({
  account,
  onEdit,
  onRemove,
}: {
  account: Account;
  onEdit: () => void;
  onRemove: () => void;
}): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.accounts;
  const local = account.kind === 'local';
  const { problem } = account;
  const certificate = certificateOf(problem);
  const said = problem
    ? sentence({
        code: problem.code,
        detail: { host: account.incoming?.host, port: account.incoming?.port, ...problem.detail },
      })
    : null;
  const troubled = said !== null && ['failed', 'needs-password', 'needs-trust'].includes(account.state);
  return (
    <li className={styles.row}>
      {local ? (
        <HardDrive {...icon} />
      ) : troubled ? (
        <TriangleAlert {...icon} className={styles.mark} />
      ) : (
        <Mail {...icon} />
      )}
      <div className={styles.rowWords}>
        <b>{local ? words.local : account.address}</b>
        <span>
          {local
            ? words.localHint
            : [
                words.accountStates[account.state],
                account.lastSync === null
                  ? ''
                  : words.lastSync(formats.listDate(account.lastSync, Date.now())),
              ]
                .filter(Boolean)
                .join(' · ')}
        </span>
        {troubled && !certificate ? (
          <p className={styles.trouble}>
            {said.title} {said.body}
          </p>
        ) : null}
        {certificate && problem ? (
          <CertificateCard
            certificate={certificate}
            code={problem.code}
            onTrusted={() => retry(account.id)}
          />
        ) : null}
        {account.state === 'needs-password' ? <PasswordForm account={account} /> : null}
      </div>
      {local ? null : (
        <div className={styles.rowActions}>
          <Button size="small" label={`${words.edit}: ${account.address}`} onPress={onEdit}>
            {words.edit}
          </Button>
          <Button
            size="small"
            variant="quiet"
            label={`${words.remove}: ${account.address}`}
            onPress={onRemove}
          >
            {words.remove}
          </Button>
        </div>
      )}
    </li>
  );
}

function retry(id: number): void {
  engine().request('accounts.sync', { id }).catch(sayFailure);
}
