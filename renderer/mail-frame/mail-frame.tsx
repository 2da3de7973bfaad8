/**
 * The frame a letter is shown in: a document of another origin with no script, sanitised by the engine.
 * This file never puts markup of a letter into the window's own document and never relaxes the sandbox.
 */
import type { ReactNode } from 'react';
import styles from './mail-frame.module.css';

export interface MailFrameProps {
  /** From `messages.frame`: a random path of the frames' origin. */
  url: string;
  title: string;
  dark: boolean;
}

/** Links open outside (the host decides where); nothing else is allowed to leave the frame. */
export function MailFrame({ url, title, dark }: MailFrameProps): ReactNode {
  return (
    <iframe
      key={url}
      data-testid="mail-frame"
      className={styles.frame}
      src={url}
      title={title}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      style={{ colorScheme: dark ? 'dark' : 'light' }}
    />
  );
}
