/** Accounts that wait for the person: a password or a look at a certificate. A banner with its field, never a dialog. */
import { KeyRound, ShieldX } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { sentence } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { openSettings } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { PasswordForm } from './password-form.tsx';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function AccountNotices(): ReactNode {
  const t = useText();
  const accounts = useSession((state) => state.accounts);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  return accounts
    .filter((account) => account.state === 'needs-password' || account.state === 'needs-trust')
    .filter((account) => !hidden.has(`${account.id} ${account.state}`))
    .map((account) => {
      const hide = () => setHidden((all) => new Set([...all, `${account.id} ${account.state}`]));
      const code =
        account.problem?.code ?? (account.state === 'needs-trust' ? 'certificate-unknown' : 'wrong-password');
      const said = sentence({ code, detail: { host: account.incoming?.host, ...account.problem?.detail } });
      return account.state === 'needs-password' ? (
        <Banner
          key={account.id}
          tone="warning"
          label={t.a11y.notices}
          icon={<KeyRound {...icon} />}
          title={`${said.title} ${said.body}`}
          actions={<PasswordForm account={account} />}
          onClose={hide}
        />
      ) : (
        <Banner
          key={account.id}
          tone="danger"
          label={t.a11y.notices}
          icon={<ShieldX {...icon} />}
          title={said.title}
          actions={
            <Button size="small" onPress={() => openSettings('accounts')}>
              {t.accounts.certificate.showing}
            </Button>
          }
          onClose={hide}
        >
          {said.body}
        </Banner>
      );
    });
}
