import type { ReactNode } from 'react';
import type { IncomingKind, KeepPolicy } from '../../../main/contract/mail/accounts.ts';
import { useText } from '../../i18n/text.ts';
import { RadioGroup, Select, TextField } from '../../ui/field.tsx';
import styles from './accounts.module.css';
import { type FormProblems, type ServerForm, type Side, withKind, withSecurity } from './server-form.ts';

export interface ServerFieldsProps {
  side: Side;
  form: ServerForm;
  onChange: (form: ServerForm) => void;
  /** Shown once the person tried to go on. */
  problems: FormProblems | null;
  address: string;
  /** What an incoming server speaks. */
  kind?: IncomingKind;
  /** Absent where the protocol cannot be chosen. */
  onKind?: (kind: IncomingKind, form: ServerForm) => void;
}

const KINDS = ['imap', 'pop3'] as const;
const SECURITIES = ['tls', 'starttls', 'none'] as const;
const AUTHS = ['auto', 'plain', 'login', 'cram-md5', 'scram-sha-256', 'xoauth2', 'none'] as const;

/** One server, every value editable in place. */
export function ServerFields(props: ServerFieldsProps): ReactNode {
  const { side, form, onChange, problems, address, kind = 'imap', onKind } = props;
  const t = useText();
  const words = t.accounts;
  const set = (change: Partial<ServerForm>) => onChange({ ...form, ...change });
  return (
    <fieldset className={styles.server}>
      <legend>{side === 'incoming' && kind === 'pop3' ? words.incomingPop3 : words[side]}</legend>
      <div className={styles.grid}>
        {onKind ? (
          <Select
            className={styles.wide ?? ''}
            label={words.protocol}
            value={kind}
            options={KINDS.map((id) => ({ id, label: words.protocols[id] }))}
            onChange={(next) => onKind(next, withKind(form, kind, next))}
          />
        ) : null}
        <TextField
          className={styles.host ?? ''}
          label={words.host}
          value={form.host}
          onChange={(host) => set({ host })}
          problem={problems?.host ? words.required : undefined}
          autoComplete="off"
        />
        <TextField
          label={words.port}
          value={form.port}
          onChange={(port) => set({ port: port.replace(/\D/g, '').slice(0, 5) })}
          problem={problems?.port ? words.badPort : undefined}
          autoComplete="off"
        />
        <Select
          label={words.security}
          value={form.security}
          options={SECURITIES.map((id) => ({ id, label: words.securities[id] }))}
          onChange={(security) => onChange(withSecurity(form, security, side, kind))}
        />
        <TextField
          className={styles.host ?? ''}
          label={words.user}
          value={form.user}
          placeholder={address}
          onChange={(user) => set({ user })}
          autoComplete="off"
        />
        <Select
          className={styles.wide ?? ''}
          label={words.auth}
          value={form.auth}
          options={AUTHS.map((id) => ({ id, label: words.auths[id] }))}
          onChange={(auth) => set({ auth })}
        />
      </div>
      {kind === 'pop3' && onKind ? <p className={styles.hint}>{words.pop3About}</p> : null}
      {form.security === 'none' ? (
        <p className={styles.warning} role="alert">
          {words.noneWarning}
        </p>
      ) : null}
    </fieldset>
  );
}

export interface KeepFieldsProps {
  keep: KeepPolicy['keep'];
  months: string;
  onKeep: (keep: KeepPolicy['keep']) => void;
  onMonths: (months: string) => void;
}

const KEEPS = ['everything', 'months', 'headers'] as const;

/** How much of the mailbox stands on this computer. */
export function KeepFields({ keep, months, onKeep, onMonths }: KeepFieldsProps): ReactNode {
  const t = useText();
  const words = t.accounts;
  return (
    <div className={styles.keep}>
      <RadioGroup
        label={words.keep}
        value={keep}
        onChange={onKeep}
        options={KEEPS.map((id) => ({
          id,
          label: words.keeps[id],
          content: (
            <span className={styles.choice}>
              {words.keeps[id]}
              <span>{words.keepHints[id]}</span>
            </span>
          ),
        }))}
      />
      {keep === 'months' ? (
        <TextField
          label={words.months}
          type="number"
          value={months}
          onChange={onMonths}
          className={styles.months ?? ''}
        />
      ) : null}
    </div>
  );
}
