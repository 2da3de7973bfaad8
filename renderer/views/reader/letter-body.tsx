import { Quote } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { MailFrame } from '../../mail-frame/mail-frame.tsx';
import { useTheme } from '../../state/appearance.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { asFault, type DoorFault, isCancelled } from '../../transport/fault.ts';
import { Button } from '../../ui/button.tsx';
import { HeaderOnly } from '../maildrop/header-only.tsx';
import styles from './reader.module.css';

export type Frame = Output<'messages.frame'>;

export interface BodyOptions {
  mode: 'html' | 'text';
  pictures: boolean;
  /** The letter's own colours, also in the dark theme. */
  original: boolean;
  charset: string | undefined;
  highlight: readonly string[];
  quotes: boolean;
  /** false: links are dead while a warning about them stands. */
  links: boolean;
}

export interface LetterBodyProps {
  letter: Letter;
  options: BodyOptions;
  onFrame: (frame: Frame | null) => void;
  onQuotes: () => void;
  onFetch: () => void;
  /** Place in the letter to show. */
  place: string | null;
  /** Height of its frame where it does not fill the pane, px at 100 %. */
  height?: number;
}

/** The letter itself, in its frame; or why it is not there. The former frame stays until the next is ready. */
export function LetterBody({
  letter,
  options,
  onFrame,
  onQuotes,
  onFetch,
  place,
  height,
}: LetterBodyProps): ReactNode {
  const t = useText();
  const known = useSession((state) => state.settings !== null);
  const theme = useTheme();
  const { mode, pictures, original, charset, quotes, links } = options;
  const words = options.highlight.join('\n');
  const id = letter.row.id;
  const here = letter.row.body === 'full';
  const [frame, setFrame] = useState<(Frame & { id: number; dark: boolean }) | null>(null);
  const [failure, setFailure] = useState<DoorFault | null>(null);
  const dark = known && theme !== 'light' && !original;
  const contrast = dark && theme === 'contrast';

  useEffect(() => {
    if (!here) return;
    const stop = new AbortController();
    setFailure(null);
    engine()
      .request(
        'messages.frame',
        {
          id,
          mode,
          pictures,
          dark,
          contrast,
          quotes,
          links,
          highlight: words === '' ? [] : words.split('\n').slice(0, 50),
          ...(charset ? { charset } : {}),
        },
        { signal: stop.signal },
      )
      .then((answer) => {
        setFrame({ ...answer, id, dark });
        onFrame(answer);
      })
      .catch((thrown: unknown) => {
        if (!isCancelled(thrown)) setFailure(asFault(thrown));
      });
    return () => stop.abort();
  }, [id, here, mode, pictures, dark, contrast, quotes, links, words, charset, onFrame]);

  if (failure) {
    const said = sentence(failure);
    return (
      <div className={styles.state} role="alert">
        <strong>{said.title}</strong> {said.body}
      </div>
    );
  }
  if (letter.row.body === 'header' && letter.row.server) return <HeaderOnly letter={letter} />;
  if (!here) {
    return (
      <div className={styles.state}>
        <p>
          {letter.row.body === 'damaged'
            ? t.reader.damaged
            : letter.problem
              ? t.reader.bodyLater
              : t.reader.loadingBody}
        </p>
        {letter.problem ? <Button onPress={onFetch}>{t.reader.fetchNow}</Button> : null}
      </div>
    );
  }
  const size = height === undefined ? undefined : { flex: `0 0 ${height / 16}rem` };
  if (!frame || frame.id !== id) return <div className={styles.body} style={size} />;
  return (
    <div className={styles.body} style={size}>
      <MailFrame
        url={frame.url}
        title={t.a11y.letterBody}
        place={place}
        dark={frame.dark}
        main={height === undefined}
      />
      {frame.hasQuotes ? (
        <button type="button" className={styles.quoted} aria-expanded={quotes} onClick={onQuotes}>
          <Quote size={12} strokeWidth={1.75} aria-hidden="true" />
          {quotes ? t.reader.hideQuoted : t.reader.showQuoted}
        </button>
      ) : null}
    </div>
  );
}
