/** From, To, Cc, Bcc, Reply to, Subject: in this order of focus. */
import { ChevronDown } from 'lucide-react';
import { type ReactNode, type RefObject, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { identityName, useWriting } from '../../state/writing.ts';
import { Button } from '../../ui/button.tsx';
import styles from './composer.module.css';
import { type RecipientLine, RecipientsField } from './recipients-field.tsx';
import type { useComposer } from './use-composer.ts';

export interface ComposerHeadProps {
  it: ReturnType<typeof useComposer>;
  /** Another identity was chosen. */
  onSender: (identity: number) => void;
  subject: RefObject<HTMLInputElement | null>;
  /** Enter in the subject goes on to the text. */
  onText: () => void;
}

export function ComposerHead({ it, onSender, subject, onText }: ComposerHeadProps): ReactNode {
  const t = useText();
  const { draft } = it;
  const [bcc, setBcc] = useState(false);
  const [replyTo, setReplyTo] = useState(false);
  const showBcc = bcc || draft.bcc.length > 0;
  const showReplyTo = replyTo || draft.replyTo.length > 0;
  const line = (name: RecipientLine, label: string, autoFocus: boolean, children?: ReactNode) => (
    <RecipientsField
      line={name}
      label={label}
      recipients={draft[name]}
      houses={it.houses}
      ownDomains={it.ownDomains}
      autoFocus={autoFocus}
      onChange={(recipients) => it.setLine(name, recipients)}
      onMoved={(from, recipient) => it.move(from, name, recipient)}
    >
      {children}
    </RecipientsField>
  );
  const reveal = (label: string, run: () => void) => (
    <Button variant="quiet" size="small" className={styles.reveal} onPress={run}>
      {label}
    </Button>
  );
  return (
    <div className={styles.head}>
      <Sender it={it} onSender={onSender} />
      {line(
        'to',
        t.a11y.to,
        draft.to.length === 0,
        <span className={styles.reveals}>
          {showBcc ? null : reveal(t.composer.showBcc, () => setBcc(true))}
          {showReplyTo ? null : reveal(t.composer.showReplyTo, () => setReplyTo(true))}
        </span>,
      )}
      {line('cc', t.a11y.cc, false)}
      {showBcc ? line('bcc', t.a11y.bcc, bcc) : null}
      {showReplyTo ? line('replyTo', t.composer.replyTo, replyTo) : null}
      <div className={styles.line}>
        <label className={styles.label} htmlFor={`subject ${draft.id}`}>
          {t.a11y.subject}
        </label>
        <input
          ref={subject}
          id={`subject ${draft.id}`}
          className={styles.subject}
          value={draft.subject}
          spellCheck
          onChange={(event) => it.change({ subject: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            onText();
          }}
        />
      </div>
    </div>
  );
}

/** Name and address of the sender, what it adds to the letter, and a choice where there are several. */
function Sender({ it, onSender }: Pick<ComposerHeadProps, 'it' | 'onSender'>): ReactNode {
  const t = useText();
  const all = useWriting((state) => state.identities);
  const senders = all.filter((each) => each.sends);
  const { draft } = it;
  const of = senders.filter((each) => each.account === draft.account);
  const present = of.find((each) => each.id === draft.identity) ?? of.find((each) => each.main);
  const added = present ? present.bcc.map((each) => each.address).join(', ') : '';
  const answers = present ? present.replyTo.map((each) => each.address).join(', ') : '';
  return (
    <div className={styles.line}>
      <span className={styles.label} aria-hidden="true">
        {t.a11y.from}
      </span>
      <span className={styles.sender}>
        {draft.from ? (
          <>
            <b>{draft.from.name || draft.from.address}</b>
            {draft.from.name ? <span>{draft.from.address}</span> : null}
            {present?.label ? <em>{present.label}</em> : null}
          </>
        ) : (
          <span>{t.accounts.none}</span>
        )}
        {senders.length > 1 ? <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" /> : null}
        <select
          aria-label={t.a11y.from}
          value={present?.id ?? ''}
          disabled={senders.length === 0}
          onChange={(event) => onSender(Number(event.target.value))}
        >
          {present ? null : <option value="">{senders.length === 0 ? t.accounts.none : ''}</option>}
          {senders.map((each) => (
            <option key={each.id} value={each.id}>
              {identityName(each)}
            </option>
          ))}
        </select>
      </span>
      {added || (answers && draft.replyTo.length === 0) ? (
        <span className={styles.added}>
          {[
            added ? t.signatures.identity.bccNote(added) : '',
            answers && draft.replyTo.length === 0 ? t.signatures.identity.replyNote(answers) : '',
          ]
            .filter(Boolean)
            .join(' ')}
        </span>
      ) : null}
    </div>
  );
}
