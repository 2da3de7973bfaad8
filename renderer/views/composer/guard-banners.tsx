/** The guards as banners: one sentence, one or two verbs. A passed guard stays passed for this letter. */
import { AtSign, Globe, Paperclip, TextCursorInput, TriangleAlert, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { go } from '../../state/place.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import styles from './composer.module.css';
import { type Guard, stops } from './guards.ts';
import type { Recipient } from './recipients.ts';

export interface GuardBannersProps {
  guards: readonly Guard[];
  onPass: (kind: Guard['kind']) => void;
  onRemove: (recipients: readonly Recipient[]) => void;
  onAttach: () => void;
  onSubject: () => void;
  onBcc: () => void;
  onRecipients: () => void;
}

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function GuardBanners(props: GuardBannersProps): ReactNode {
  if (props.guards.length === 0) return null;
  return (
    <div className={styles.guards}>
      {props.guards.map((guard) => (
        <One key={guard.kind} {...props} guard={guard} />
      ))}
    </div>
  );
}

function One({ guard, ...on }: GuardBannersProps & { guard: Guard }): ReactNode {
  const t = useText();
  const words = t.composer.guards;
  const button = (label: string, run: () => void) => (
    <Button variant="quiet" size="small" onPress={run}>
      {label}
    </Button>
  );
  const pass = (label: string) => button(label, () => on.onPass(guard.kind));
  const banner = (picture: ReactNode, title: ReactNode, actions: ReactNode) => (
    <Banner
      alert
      tone={stops(guard) ? 'danger' : 'warning'}
      icon={picture}
      label={words.label}
      title={title}
      actions={actions}
    />
  );
  switch (guard.kind) {
    case 'new-outside':
      return banner(
        <Globe {...icon} />,
        <>
          {words.newOutside(guard.recipients.length)}{' '}
          <b>{guard.recipients.map((each) => each.address).join(', ')}</b>
        </>,
        <>
          {button(words.removeThem, () => on.onRemove(guard.recipients))}
          {pass(words.meant)}
        </>,
      );
    case 'forgotten-attachment':
      return banner(
        <Paperclip {...icon} />,
        words.forgotten(guard.word),
        <>
          {button(words.attachNow, on.onAttach)}
          {pass(words.withoutFile)}
        </>,
      );
    case 'no-subject':
      return banner(
        <TextCursorInput {...icon} />,
        words.noSubject,
        <>
          {button(words.addSubject, on.onSubject)}
          {pass(words.withoutSubject)}
        </>,
      );
    case 'many-outside':
      return banner(
        <Users {...icon} />,
        words.many(guard.count),
        <>
          {button(words.toBcc, on.onBcc)}
          {pass(words.allSee)}
        </>,
      );
    case 'no-recipients':
      return banner(<AtSign {...icon} />, words.noRecipients, button(words.addRecipient, on.onRecipients));
    case 'invalid':
      return banner(
        <TriangleAlert {...icon} />,
        <>
          {words.invalid(guard.recipients.length)}{' '}
          <b>{guard.recipients.map((each) => each.address || each.name).join(', ')}</b>
        </>,
        button(words.removeThem, () => on.onRemove(guard.recipients)),
      );
    case 'no-account':
      return banner(
        <TriangleAlert {...icon} />,
        words.noAccount,
        button(words.connect, () => go({ flow: 'connect' })),
      );
  }
}
