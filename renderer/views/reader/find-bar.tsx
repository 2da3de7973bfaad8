import { ChevronDown, ChevronUp, X } from 'lucide-react';
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
  /** The one in sight, from 1; 0: none yet. */
  hit: number;
  onHit: (hit: number) => void;
  onWords: (words: string) => void;
  onClose: () => void;
}

/** Words typed here are marked in the letter. */
export function FindBar({ text, words, hit, onHit, onWords, onClose }: FindBarProps): ReactNode {
  const t = useText();
  const wanted = words.split(/\s+/).filter(Boolean);
  const count = wanted.length === 0 ? null : splitByWords(text, wanted).filter((part) => part.found).length;
  const step = (by: 1 | -1) => {
    if (count) onHit(((hit - 1 + by + count) % count) + 1);
  };
  return (
    <div className={styles.find} role="search" aria-label={t.reader.find.label}>
      <TextField
        className={styles.findField ?? ''}
        label={t.reader.find.label}
        hideLabel
        value={words}
        onChange={(typed) => {
          onHit(0);
          onWords(typed);
        }}
        autoFocus
        placeholder={t.reader.find.label}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(1);
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
        label={t.reader.find.previous}
        icon={<ChevronUp size={16} strokeWidth={1.75} />}
        isDisabled={!count}
        onPress={() => step(-1)}
      />
      <IconButton
        size="small"
        label={t.reader.find.next}
        icon={<ChevronDown size={16} strokeWidth={1.75} />}
        isDisabled={!count}
        onPress={() => step(1)}
      />
      <IconButton
        size="small"
        label={t.reader.find.close}
        icon={<X size={16} strokeWidth={1.75} />}
        onPress={onClose}
      />
    </div>
  );
}
