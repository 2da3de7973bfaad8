/** What can be done about one misspelt word: the likeliest words, keep it as one's own, pass it over in this letter. */
import { type ReactNode, useEffect, useState } from 'react';
import { useText } from '../i18n/text.ts';
import { ContextMenu, type MenuEntry } from '../ui/menu.tsx';
import type { SpellingSource } from './spelling-marks.ts';

export interface Mistake {
  word: string;
  /** In the window's pixels. */
  at: { x: number; y: number };
  replace: (word: string) => void;
}

export interface SpellingMenuProps {
  mistake: Mistake | null;
  source: SpellingSource | null;
  onClose: () => void;
}

export function SpellingMenu({ mistake, source, onClose }: SpellingMenuProps): ReactNode {
  const t = useText();
  const words = t.signatures.spelling;
  const [found, setFound] = useState<{ word: string; suggestions: readonly string[] } | null>(null);
  const word = mistake?.word ?? null;
  useEffect(() => {
    if (word === null || !source) return;
    let gone = false;
    const take = (suggestions: readonly string[]) => {
      if (!gone) setFound({ word, suggestions });
    };
    source.suggest(word).then(take, () => take([]));
    return () => {
      gone = true;
    };
  }, [word, source]);
  // Opened when the words are there: a menu that grows under the pointer would be hit in the wrong place.
  const ready = mistake !== null && found?.word === mistake.word;
  const suggestions = ready ? found.suggestions : [];
  const entries: MenuEntry[] = [
    ...suggestions.map((each) => ({ id: `word ${each}`, label: each, run: () => mistake?.replace(each) })),
    ...(suggestions.length === 0 ? [{ id: 'none', label: words.nothing, reason: words.nothingWhy }] : []),
    { separator: true },
    { id: 'add', label: words.add, run: () => void source?.add(word ?? '') },
    { id: 'ignore', label: words.ignore, run: () => source?.ignore(word ?? '') },
  ];
  return (
    <ContextMenu
      label={words.menu(word ?? '')}
      entries={entries}
      at={ready ? mistake.at : null}
      onClose={onClose}
    />
  );
}
