/**
 * The text of a letter as an editing field with its toolbar. Uncontrolled: it takes `html` once and again only
 * when `stamp` changes; what was written is asked for by `onWritten`, at most four times a second.
 */
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { pressed } from '../state/shortcuts.ts';
import { BlockCorner } from './block-corner.tsx';
import styles from './editor.module.css';
import { type Formats, NO_FORMATS, type PictureStore, RichText } from './rich-text.ts';
import { SpellingMarks, type SpellingSource } from './spelling-marks.ts';
import { type Mistake, SpellingMenu } from './spelling-menu.tsx';
import { Toolbar } from './toolbar.tsx';

export interface EditorHandle {
  /** The rich text itself, once it is there. */
  text(): RichText | null;
  /** Tells `onWritten` what it was not told yet. */
  read(): void;
  focus(): void;
  insert(html: string): void;
  addPictures(files: readonly File[]): void;
}

export interface EditorProps {
  html: string;
  /** Another value takes `html` anew. */
  stamp: string;
  label: string;
  pictures: PictureStore | null;
  onWritten: (html: string) => void;
  /** true: something was typed that `onWritten` was not told yet; false: all is told. */
  onTyping?: (now: boolean) => void;
  onFailure: (thrown: unknown) => void;
  autoFocus?: boolean;
  /** Markup for a `;keyword`; null: there is none. */
  snippet?: (keyword: string) => Promise<string> | null;
  /** Whom to ask about spelling; null or absent: nothing is marked. */
  spelling?: SpellingSource | null;
  /** Stands in the upper right corner of the signature block. */
  blockTool?: ReactNode;
  /** At the toolbar's right end. */
  tools?: ReactNode;
  /** Below the text, inside the scrolled part: signature, quote. */
  children?: ReactNode;
  ref?: Ref<EditorHandle>;
}

/** Milliseconds between looks at what was written: reading a long letter costs more than a key press. */
const READ_MS = 250;

export function Editor(props: EditorProps): ReactNode {
  const root = useRef<HTMLDivElement>(null);
  const [text, setText] = useState<RichText | null>(null);
  const [formats, setFormats] = useState<Formats>(NO_FORMATS);
  const newest = useRef(props);
  newest.current = props;
  const told = useRef('');
  const pointed = useRef(false);
  const marks = useRef<SpellingMarks | null>(null);
  const [written, setWritten] = useState(0);
  const [mistake, setMistake] = useState<Mistake | null>(null);
  const source = props.spelling ?? null;
  const reader = useRef<() => void>(() => undefined);

  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let timer: number | undefined;
    let made: RichText | null = null;
    const read = () => {
      timer = undefined;
      const html = made?.html();
      // The editor writes the same text in its own way: only what a person changed is told.
      if (html !== undefined && html !== told.current) {
        told.current = html;
        newest.current.onWritten(html);
      }
      newest.current.onTyping?.(false);
    };
    reader.current = read;
    made = new RichText(element, {
      html: newest.current.html,
      pictures: newest.current.pictures,
      onFormats: setFormats,
      onFailure: (thrown) => newest.current.onFailure(thrown),
      onInput: () => {
        if (timer === undefined) {
          timer = window.setTimeout(read, READ_MS);
          newest.current.onTyping?.(true);
        }
        marks.current?.written();
        setWritten((n) => n + 1);
      },
      snippet: (keyword) => newest.current.snippet?.(keyword) ?? null,
    });
    told.current = made.html();
    setText(made);
    if (newest.current.autoFocus) {
      made.focus();
      if (!made.placeCursor()) made.cursorToOwnWords();
    }
    return () => {
      if (timer !== undefined) {
        clearTimeout(timer);
        read();
      }
      made.destroy();
    };
  }, []);

  const stamp = useRef(props.stamp);
  useEffect(() => {
    if (!text || stamp.current === props.stamp) return;
    stamp.current = props.stamp;
    text.setHtml(newest.current.html);
    told.current = text.html();
    text.placeCursor();
    marks.current?.written();
    setWritten((n) => n + 1);
  }, [text, props.stamp]);

  useEffect(() => {
    if (!text || !source) return;
    const made = new SpellingMarks(text.root, source);
    marks.current = made;
    return () => {
      marks.current = null;
      made.destroy();
    };
  }, [text, source]);

  const ask = (range: Range | null) => {
    if (!range || !text) return;
    const { left, bottom } = range.getBoundingClientRect();
    text.select(range);
    setMistake({
      word: range.toString(),
      at: { x: left, y: bottom },
      replace: (word) => text.replaceWord(range, word),
    });
  };

  useImperativeHandle(
    props.ref,
    () => ({
      text: () => text,
      read: () => reader.current(),
      focus: () => text?.focus(),
      insert: (html) => text?.insert(html),
      addPictures: (files) => text?.addPictures(files),
    }),
    [text],
  );

  return (
    <div className={styles.editor}>
      <Toolbar text={text} formats={formats} pictures={props.pictures !== null}>
        {props.tools}
      </Toolbar>
      <div className={styles.scroll}>
        <div
          ref={root}
          className={styles.text}
          role="textbox"
          aria-multiline="true"
          aria-label={props.label}
          tabIndex={0}
          // The window's own checker knows one language at a time.
          spellCheck={false}
          lang=""
          onPointerDown={() => {
            pointed.current = true;
          }}
          onPointerUp={() => {
            pointed.current = false;
          }}
          onFocus={() => {
            // Reached by keys for the first time: where the template wants it. A click says itself where.
            if (!pointed.current) text?.placeCursor();
          }}
          onKeyDown={(event) => {
            if (!pressed('text.mistake', event) || !text) return;
            event.preventDefault();
            event.stopPropagation();
            const from = text.selection();
            void marks.current?.look().then(() => ask(marks.current?.after(from) ?? null));
          }}
          onContextMenu={(event) => {
            const found = mistakeAt(marks.current, event, text);
            if (!found) return;
            event.preventDefault();
            ask(found);
          }}
        />
        {props.blockTool ? (
          <BlockCorner root={root} written={written}>
            {props.blockTool}
          </BlockCorner>
        ) : null}
        {props.children}
        <SpellingMenu mistake={mistake} source={source} onClose={() => setMistake(null)} />
      </div>
    </div>
  );
}

/** The mistake under the pointer, or, for the menu key, at the cursor. */
function mistakeAt(
  marks: SpellingMarks | null,
  event: { clientX: number; clientY: number; button: number },
  text: RichText | null,
): Range | null {
  if (!marks || !text) return null;
  if (event.button === 2) {
    const place = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    return place ? marks.at(place.offsetNode, place.offset) : null;
  }
  const { startContainer, startOffset } = text.selection();
  return marks.at(startContainer, startOffset);
}
