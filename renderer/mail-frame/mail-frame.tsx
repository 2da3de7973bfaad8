/**
 * The frame a letter is shown in: a document of another origin with no script, sanitised by the engine.
 * This file never puts markup of a letter into the window's own document and never relaxes the sandbox.
 */
import { type ReactNode, useRef } from 'react';
import { useReturnedFocus } from './frame-focus.ts';
import styles from './mail-frame.module.css';

export interface MailFrameProps {
  /** From `messages.frame`: a random path of the frames' origin. */
  url: string;
  title: string;
  /** A place in the document to show (`page-2`, `hit-1`); null: its top. */
  place: string | null;
  dark: boolean;
  /** The letter of the pane; false: another one of its conversation, unfolded beside it. */
  main?: boolean;
}

/** Links open outside (the host decides where); nothing else is allowed to leave the frame. */
export function MailFrame({ url, title, place, dark, main = true }: MailFrameProps): ReactNode {
  const frame = useRef<HTMLIFrameElement>(null);
  useReturnedFocus(frame, url);
  return (
    <iframe
      ref={frame}
      key={url}
      data-testid={main ? 'mail-frame' : 'other-frame'}
      className={main ? styles.frame : `${styles.frame} ${styles.beside}`}
      // Another fragment of the same document scrolls it and loads nothing.
      src={place === null ? url : `${url}#${place}`}
      title={title}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      style={{ colorScheme: dark ? 'dark' : 'light' }}
    />
  );
}
