/**
 * The text of a letter as an editing field with its toolbar. Uncontrolled: it takes `html` once and again only
 * when `stamp` changes; what was written is asked for by `onWritten`, at most four times a second.
 */
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import styles from './editor.module.css';
import { type Formats, NO_FORMATS, type PictureStore, RichText } from './rich-text.ts';
import { Toolbar } from './toolbar.tsx';

export interface EditorHandle {
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
  onFailure: (thrown: unknown) => void;
  autoFocus?: boolean;
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
      if (html === undefined || html === told.current) return;
      told.current = html;
      newest.current.onWritten(html);
    };
    reader.current = read;
    made = new RichText(element, {
      html: newest.current.html,
      pictures: newest.current.pictures,
      onFormats: setFormats,
      onFailure: (thrown) => newest.current.onFailure(thrown),
      onInput: () => {
        timer ??= window.setTimeout(read, READ_MS);
      },
    });
    told.current = made.html();
    setText(made);
    if (newest.current.autoFocus) {
      made.focus();
      made.cursorToOwnWords();
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
  }, [text, props.stamp]);

  useImperativeHandle(
    props.ref,
    () => ({
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
          spellCheck
          lang=""
        />
        {props.children}
      </div>
    </div>
  );
}
