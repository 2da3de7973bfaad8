import type { ReactNode } from 'react';
import { Portrait } from '../../ui/chip.tsx';
import styles from './contacts.module.css';
import { useKnown, usePhoto } from './known-people.ts';

interface PortraitProps {
  name: string;
  address: string;
  size?: number;
}

/** A photograph where there is one, initials otherwise. Decoration: the name stands beside it. */
export function ContactPortrait(
  props: PortraitProps & { contact: number | null; photo: boolean },
): ReactNode {
  const { contact, photo, ...portrait } = props;
  const url = usePhoto(contact, photo);
  const size = `${(props.size ?? 36) / 16}rem`;
  if (url === null) return <Portrait {...portrait} />;
  return <img className={styles.photo} src={url} alt="" style={{ width: size, height: size }} />;
}

/** The same for whoever has this address. */
export function SenderPortrait(props: PortraitProps): ReactNode {
  const found = useKnown(props.address);
  return <ContactPortrait {...props} contact={found?.contact ?? null} photo={found?.photo ?? false} />;
}
