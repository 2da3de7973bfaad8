import { type ReactNode, useState } from 'react';
import type { Account } from '../../../main/contract/mail/accounts.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import styles from './accounts.module.css';

/** The one field that brings a locked-out account back. */
export function PasswordForm({ account }: { account: Account }): ReactNode {
  const t = useText();
  const words = t.accounts;
  const [password, setPassword] = useState('');
  const [working, setWorking] = useState(false);
  const keep = async () => {
    if (password === '' || working) return;
    setWorking(true);
    try {
      await engine().request('accounts.update', { id: account.id, password });
      setPassword('');
      showToast({ text: words.passwordKept, icon: 'check' });
      await engine().request('accounts.sync', { id: account.id });
    } catch (thrown) {
      sayFailure(thrown);
    } finally {
      setWorking(false);
    }
  };
  return (
    <form
      className={styles.password}
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <TextField
        label={words.newPassword(account.address)}
        hideLabel
        placeholder={words.password}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      <Button variant="primary" type="submit" isDisabled={password === '' || working}>
        {words.keepPassword}
      </Button>
    </form>
  );
}
