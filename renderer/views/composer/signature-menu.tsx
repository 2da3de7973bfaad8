/** Which signature a letter has: the menu of the bar and the one in the block itself. */
import { ChevronDown, Pencil, Signature as SignatureIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { openSettings } from '../../state/place.ts';
import { useWriting } from '../../state/writing.ts';
import { Button } from '../../ui/button.tsx';
import { MenuButton, type MenuEntry } from '../../ui/menu.tsx';
import styles from './composer.module.css';
import type { useSignature } from './use-signature.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface SignatureMenuProps {
  hold: ReturnType<typeof useSignature>;
  /** The sender's identity. */
  identity: number | null;
}

function useEntries({ hold, identity }: SignatureMenuProps): readonly MenuEntry[] {
  const t = useText();
  const words = t.signatures.menu;
  const found = useWriting((state) => state.identities.find((each) => each.id === identity));
  const several = useWriting((state) => state.identities.length > 1);
  const choices = [
    ...hold.signatures.map((each) => ({
      id: String(each.id),
      label: each.name,
      checked: hold.current?.id === each.id,
      run: () => void hold.pick(each.id),
    })),
    { id: 'none', label: words.none, checked: hold.current === null, run: () => void hold.pick('none') },
  ];
  const label = found?.label || found?.address || '';
  return [
    { head: several && label ? words.headFor(label) : words.head, items: choices },
    { separator: true },
    { id: 'auto', label: words.auto, checked: hold.auto, run: () => void hold.pick('auto') },
    {
      id: 'edit',
      label: words.edit,
      icon: <Pencil {...icon} />,
      run: () => openSettings('signatures'),
    },
  ];
}

/** In the composer's bar. */
export function SignatureMenu(props: SignatureMenuProps): ReactNode {
  const t = useText();
  const entries = useEntries(props);
  return (
    <MenuButton label={t.composer.signature} entries={entries}>
      <Button variant="quiet" icon={<SignatureIcon {...icon} />} tooltip={t.composer.signature}>
        <span className={styles.barLabel}>{t.composer.signature}</span>
      </Button>
    </MenuButton>
  );
}

/** In the corner of the block, in the text. */
export function SignatureCorner(props: SignatureMenuProps): ReactNode {
  const t = useText();
  const entries = useEntries(props);
  const name = props.hold.current?.name ?? t.signatures.menu.other;
  return (
    <MenuButton label={t.composer.signature} entries={entries} placement="bottom end">
      <Button variant="link" size="small" className={styles.corner} label={t.signatures.menu.corner(name)}>
        <span className={styles.cornerName}>{t.signatures.menu.corner(name)}</span>
        <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
      </Button>
    </MenuButton>
  );
}
