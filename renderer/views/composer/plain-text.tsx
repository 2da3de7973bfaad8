/**
 * The text of a letter without markup: a text area that grows, with the same text behind it for the marks of the spelling
 * (a text area's own words cannot be marked). What is behind is never read by anybody.
 */
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { keywordBefore } from '../../editor/snippet.ts';
import { SpellingMarks, type SpellingSource } from '../../editor/spelling-marks.ts';
import { type Mistake, SpellingMenu } from '../../editor/spelling-menu.tsx';
import { sayFailure } from '../../state/actions.ts';
import { pressed } from '../../state/shortcuts.ts';
import styles from './composer.module.css';

export interface PlainTextProps {
  text: string;
  label: string;
  field: RefObject<HTMLTextAreaElement | null>;
  spelling: SpellingSource | null;
  snippet: (keyword: string) => Promise<{ text: string; cursor: number | null }> | null;
  onChange: (text: string) => void;
}

export function PlainText({ text, label, field, spelling, snippet, onChange }: PlainTextProps): ReactNode {
  const behind = useRef<HTMLDivElement>(null);
  const marks = useRef<SpellingMarks | null>(null);
  const [mistake, setMistake] = useState<Mistake | null>(null);
  useEffect(() => {
    if (!behind.current || !spelling) return;
    const made = new SpellingMarks(behind.current, spelling);
    marks.current = made;
    return () => {
      marks.current = null;
      made.destroy();
    };
  }, [spelling]);
  // The marks look at what is behind, once it says the same.
  useEffect(() => {
    if (behind.current?.textContent?.startsWith(text)) marks.current?.written();
  }, [text]);

  /** Replaces a piece as typing would, so that undo takes it back. */
  const write = (from: number, to: number, words: string, cursor: number | null) => {
    const area = field.current;
    if (!area) return;
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand('insertText', false, words)) {
      area.setRangeText(words, from, to, 'end');
      onChange(area.value);
    }
    if (cursor !== null) area.setSelectionRange(from + cursor, from + cursor);
  };
  const ask = (range: Range | null) => {
    const area = field.current;
    if (!range || !area) return;
    const { left, bottom } = range.getBoundingClientRect();
    const { startOffset: from, endOffset: to } = range;
    area.focus();
    area.setSelectionRange(from, to);
    setMistake({
      word: range.toString(),
      at: { x: left, y: bottom },
      replace: (word) => write(from, to, word, null),
    });
  };
  const rangeAt = (at: number): Range | null => {
    const node = behind.current?.firstChild;
    if (!node || at > (node.textContent?.length ?? 0)) return null;
    const range = document.createRange();
    range.setStart(node, at);
    return range;
  };
  return (
    <div className={styles.plainPaper}>
      <div ref={behind} className={styles.plainBehind} aria-hidden="true">
        {`${text}\u200b`}
      </div>
      <textarea
        ref={field}
        className={styles.plain}
        aria-label={label}
        value={text}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          const area = event.currentTarget;
          if (pressed('text.mistake', event)) {
            event.preventDefault();
            event.stopPropagation();
            const from = rangeAt(area.selectionStart);
            void marks.current?.look().then(() => ask(marks.current?.after(from) ?? null));
          } else if (pressed('text.snippet', event) && area.selectionStart === area.selectionEnd) {
            const at = area.selectionStart;
            const written = keywordBefore(area.value.slice(0, at));
            const coming = written === null ? null : snippet(written.slice(1));
            if (written === null || !coming) return;
            event.preventDefault();
            coming.then((filled) => write(at - written.length, at, filled.text, filled.cursor), sayFailure);
          }
        }}
        onContextMenu={(event) => {
          // The press has set the cursor; what is behind says whether a mistake stands there.
          const place = rangeAt(event.currentTarget.selectionStart);
          const found = place && marks.current?.at(place.startContainer, place.startOffset);
          if (!found) return;
          event.preventDefault();
          ask(found);
        }}
      />
      <SpellingMenu mistake={mistake} source={spelling} onClose={() => setMistake(null)} />
    </div>
  );
}
