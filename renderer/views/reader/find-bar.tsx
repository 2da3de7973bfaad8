import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { splitByWords } from '../list/split-by-words.ts';
import styles from './reader.module.css';

export interface FindBarProps {
  /** The letter's words, to count in. */
  text: string;
  words: string;
  onWords: (words: string) => void;
  onClose: () => void;
}

/** Words typed here are marked in the letter. */
export function FindBar({ text, words, onWords, onClose }: FindBarProps): ReactNode {
  const t = useText();
  const wanted = words.split(/\s+/).filter(Boolean);
  const count = wanted.length === 0 ? null : splitByWords(text, wanted).filter((part) => part.found).length;
  return (
    <div className={styles.find} role="search" aria-label={t.reader.find.label}>
      <TextField
        className={styles.findField ?? ''}
        label={t.reader.find.label}
        hideLabel
        value={words}
        onChange={onWords}
        autoFocus
        placeholder={t.reader.find.label}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            onClose();
          }
        }}
      />
      <span role="status" style={{ flex: 1 }}>
        {count === null ? '' : t.reader.find.count(count)}
      </span>
      <IconButton
        size="small"
        label={t.reader.find.close}
        icon={<X size={16} strokeWidth={1.75} />}
        onPress={onClose}
      />
    </div>
  );
}
