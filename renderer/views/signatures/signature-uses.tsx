/** Which identity begins its letters with which signature: new letters and answers, to everybody and inside the office. */
import type { ReactNode } from 'react';
import type { Identity, SignatureChoice } from '../../../main/contract/mail/identities.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { refreshWriting, useWriting } from '../../state/writing.ts';
import { Select } from '../../ui/field.tsx';
import styles from './signatures.module.css';

const USES = ['new', 'newInside', 'reply', 'replyInside'] as const;

const choiceOf = (id: string): SignatureChoice => (id === 'default' || id === 'none' ? id : Number(id));

export function SignatureUses(): ReactNode {
  const t = useText();
  const words = t.signatures;
  const identities = useWriting((state) => state.identities);
  if (identities.length === 0) return null;
  return (
    <section className={styles.uses} aria-label={words.useTitle}>
      <h2>{words.useTitle}</h2>
      <p className={styles.intro}>{words.useAbout}</p>
      {identities.map((identity) => (
        <IdentityUses key={identity.id} identity={identity} />
      ))}
    </section>
  );
}

/** The four choices of one identity. */
export function IdentityUses({ identity, bare }: { identity: Identity; bare?: boolean }): ReactNode {
  const t = useText();
  const words = t.signatures;
  const signatures = useWriting((state) => state.signatures);
  const set = async (use: (typeof USES)[number], choice: SignatureChoice) => {
    try {
      await engine().request('identities.update', { id: identity.id, signatures: { [use]: choice } });
      await refreshWriting();
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  const label = identity.label || identity.name;
  return (
    <fieldset className={styles.identityUses}>
      {bare ? null : (
        <legend>
          <b>{identity.address}</b> {label ? <span>{label}</span> : null}
        </legend>
      )}
      <div className={styles.choices}>
        {USES.map((use) => {
          const known = signatures.map((each) => ({ id: String(each.id), label: each.name }));
          const chosen = String(identity.signatures[use]);
          const options = [
            { id: 'default', label: words.choiceDefault[use] },
            ...known,
            { id: 'none', label: words.choiceNone },
          ];
          return (
            <Select
              key={use}
              label={words.uses[use]}
              value={options.some((each) => each.id === chosen) ? chosen : 'default'}
              options={options}
              onChange={(id) => void set(use, choiceOf(id))}
            />
          );
        })}
      </div>
    </fieldset>
  );
}
