/** In which languages the spelling of this letter is checked: stands at the right end of the formatting bar. */
import { SpellCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { SPELLING_CHOICES, type SpellingChoice } from '../../state/spelling.ts';
import { Button } from '../../ui/button.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import styles from './composer.module.css';

export interface SpellingToolProps {
  choice: SpellingChoice;
  onChange: (choice: SpellingChoice) => void;
}

export function SpellingTool({ choice, onChange }: SpellingToolProps): ReactNode {
  const t = useText();
  const words = t.signatures.spelling;
  return (
    <MenuButton
      label={words.title}
      placement="bottom end"
      entries={SPELLING_CHOICES.map((each) => ({
        id: each,
        label: words.choices[each],
        checked: each === choice,
        run: () => onChange(each),
      }))}
    >
      <Button
        variant="quiet"
        size="small"
        className={styles.spelling}
        label={`${words.title}: ${words.choices[choice]}`}
        tooltip={words.tip}
      >
        <span className={styles.spellingName}>{words.choices[choice]}</span>
        <SpellCheck size={16} strokeWidth={1.75} aria-hidden="true" />
      </Button>
    </MenuButton>
  );
}
