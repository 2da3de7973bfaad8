/** The composer's commands: Send and its other ways, what goes with the letter, what becomes of the draft. */
import {
  BellRing,
  Check,
  ChevronDown,
  Clock,
  Ellipsis,
  Flag,
  History,
  Paperclip,
  Send,
  SendHorizontal,
  TableProperties,
  Trash2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { Toolbar } from 'react-aria-components';
import type { Draft } from '../../../main/contract/mail/drafts.ts';
import { useText } from '../../i18n/text.ts';
import { printedKey } from '../../state/shortcuts.ts';
import { Button, IconButton, SplitButton } from '../../ui/button.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import styles from './composer.module.css';
import { SignatureMenu } from './signature-menu.tsx';
import { TemplateMenu } from './template-menu.tsx';
import type { useSignature } from './use-signature.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface ComposerBarProps {
  draft: Draft;
  hold: ReturnType<typeof useSignature>;
  sending: boolean;
  onSend: () => void;
  onSendNow: () => void;
  onSendLater: () => void;
  onCheck: () => void;
  onAttach: () => void;
  onPlain: (plain: boolean) => void;
  onImportance: (importance: Draft['importance']) => void;
  onReceipt: (asked: boolean) => void;
  onNotice: (asked: boolean) => void;
  onMerge: () => void;
  onVersions: () => void;
  onDiscard: () => void;
}

export function ComposerBar(props: ComposerBarProps): ReactNode {
  const t = useText();
  const words = t.composer;
  const { draft } = props;
  return (
    <Toolbar className={styles.bar ?? ''} aria-label={t.a11y.messageActions}>
      <SplitButton>
        <Button
          variant="primary"
          icon={<Send {...icon} />}
          keys={printedKey('composer.send')}
          tooltip={words.send}
          isDisabled={props.sending}
          onPress={props.onSend}
        >
          {words.send}
        </Button>
        <MenuButton
          label={words.sendMore}
          entries={[
            {
              id: 'later',
              label: words.sendLater,
              icon: <Clock {...icon} />,
              keys: printedKey('composer.later'),
              run: props.onSendLater,
            },
            { id: 'now', label: words.sendNow, icon: <SendHorizontal {...icon} />, run: props.onSendNow },
            { separator: true },
            { id: 'check', label: words.checkAddresses, icon: <Check {...icon} />, run: props.onCheck },
            {
              id: 'merge',
              label: t.sending.commands.merge,
              icon: <TableProperties {...icon} />,
              run: props.onMerge,
            },
          ]}
        >
          <IconButton
            variant="primary"
            label={words.sendMore}
            icon={<ChevronDown {...icon} />}
            isDisabled={props.sending}
          />
        </MenuButton>
      </SplitButton>
      <span className={styles.barGap} />
      <Button
        variant="quiet"
        icon={<Paperclip {...icon} />}
        keys={printedKey('composer.attach')}
        tooltip={words.attach}
        onPress={props.onAttach}
      >
        <span className={styles.barLabel}>{words.attach}</span>
      </Button>
      <SignatureMenu hold={props.hold} identity={draft.identity ?? null} />
      <TemplateMenu hold={props.hold} subject={draft.subject} />
      <Button
        variant="quiet"
        icon={<Clock {...icon} />}
        keys={printedKey('composer.later')}
        tooltip={words.sendLater}
        onPress={props.onSendLater}
      >
        <span className={styles.barLabel}>{words.sendLater}</span>
      </Button>
      <i className={styles.barLine} />
      <IconButton
        label={`${words.importance}: ${words.importances.high}`}
        icon={<Flag {...icon} />}
        pressed={draft.importance === 'high'}
        onPress={() => props.onImportance(draft.importance === 'high' ? 'normal' : 'high')}
      />
      <IconButton
        label={words.readReceipt}
        icon={<BellRing {...icon} />}
        pressed={draft.requestReadReceipt}
        onPress={() => props.onReceipt(!draft.requestReadReceipt)}
      />
      <MenuButton
        label={words.moreTools}
        entries={[
          {
            head: words.importance,
            items: (['low', 'normal', 'high'] as const).map((importance) => ({
              id: importance,
              label: words.importances[importance],
              checked: draft.importance === importance,
              run: () => props.onImportance(importance),
            })),
          },
          { separator: true },
          {
            id: 'receipt',
            label: words.readReceipt,
            checked: draft.requestReadReceipt,
            run: () => props.onReceipt(!draft.requestReadReceipt),
          },
          {
            id: 'notice',
            label: t.sending.notice,
            checked: draft.requestDeliveryNotice ?? false,
            run: () => props.onNotice(!(draft.requestDeliveryNotice ?? false)),
          },
          { separator: true },
          {
            id: 'plain',
            label: words.plain,
            checked: draft.html === null,
            run: () => props.onPlain(draft.html !== null),
          },
        ]}
      >
        <IconButton label={words.moreTools} icon={<Ellipsis {...icon} />} />
      </MenuButton>
      <span className={styles.grow} />
      <Button
        variant="quiet"
        icon={<History {...icon} />}
        tooltip={words.versions}
        onPress={props.onVersions}
      >
        <span className={styles.barLabel}>{words.versions}</span>
      </Button>
      <IconButton label={words.discard} icon={<Trash2 {...icon} />} onPress={props.onDiscard} />
    </Toolbar>
  );
}
