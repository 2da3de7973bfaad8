/** A letter of the conversation opened in its line: its people, warnings, files and text. The window's commands act on the main one. */
import { CornerUpLeft, CornerUpRight } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { useTheme } from '../../state/appearance.ts';
import { compose } from '../../state/compose.ts';
import { useSession } from '../../state/session.ts';
import { IconButton } from '../../ui/button.tsx';
import { Files } from './attachments.tsx';
import { Banners } from './banners.tsx';
import { useLetter, useMarkRead } from './letter.ts';
import { type Frame, LetterBody } from './letter-body.tsx';
import { LetterHead } from './letter-head.tsx';
import { heightOfText } from './page-count.ts';
import styles from './reader.module.css';
import { TrackingPanel } from './tracking.tsx';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const TOP: readonly number[] = [];

/** The frame of another origin cannot be measured: its height is guessed from the text, px at 100 %; the rest scrolls in it. */
const LEAST = 96;
const MOST = 480;
/** Markup has more air than its text says. */
const LEAST_HTML = 200;

function bodyHeight(letter: Letter): number {
  const pictures = letter.attachments.filter((file) => file.inline && file.kind === 'image').length;
  const least = letter.hasHtml ? LEAST_HTML : LEAST;
  return Math.min(MOST, Math.max(least, heightOfText(letter.text ?? letter.row.preview, pictures) + 48));
}

export function UnfoldedLetter({ id, words }: { id: number; words: readonly string[] }): ReactNode {
  const t = useText();
  const theme = useTheme();
  const settings = useSession((state) => state.settings);
  const { letter, failure, again } = useLetter(id, undefined);
  const place = useRef<HTMLElement>(null);
  const inSight = useInSight(place, letter !== null);
  useMarkRead(inSight ? letter : null);
  const [frame, setFrame] = useState<Frame | null>(null);
  const [pictures, setPictures] = useState(settings?.pictures === 'always');
  const [original, setOriginal] = useState(false);
  const [quotes, setQuotes] = useState(false);
  const [trusted, setTrusted] = useState(false);
  if (failure) {
    const said = sentence(failure);
    return (
      <p className={styles.state} role="alert">
        <strong>{said.title}</strong> {said.body}
      </p>
    );
  }
  if (!letter) return null;
  const links = trusted || !letter.banners.some((banner) => banner.kind === 'link-mismatch');
  const mode = (settings?.plainText ?? false) || !letter.hasHtml ? 'text' : 'html';
  const answer = (kind: 'reply' | 'forward') =>
    compose({ open: 'create', input: { kind, of: [id] }, inPane: true });
  return (
    <article ref={place} className={styles.unfolded} aria-label={letter.subject || t.common.noSubject}>
      <LetterHead
        letter={letter}
        dark={theme !== 'light'}
        original={original}
        onOriginal={() => setOriginal(!original)}
        tools={
          <>
            <IconButton
              size="small"
              label={t.commands.reply}
              icon={<CornerUpLeft {...icon} />}
              onPress={() => answer('reply')}
            />
            <IconButton
              size="small"
              label={t.commands.forward}
              icon={<CornerUpRight {...icon} />}
              onPress={() => answer('forward')}
            />
          </>
        }
      />
      <div className={styles.banners}>
        <Banners
          letter={letter}
          blocked={pictures ? 0 : (frame?.blocked ?? 0)}
          onPictures={() => setPictures(true)}
          onTrustLinks={() => setTrusted(true)}
        />
      </div>
      <TrackingPanel letter={letter} />
      <Files id={id} path={TOP} letter={letter} />
      <LetterBody
        letter={letter}
        options={{ mode, pictures, original, charset: undefined, highlight: words, quotes, links }}
        onFrame={setFrame}
        onQuotes={() => setQuotes(!quotes)}
        onFetch={again}
        place={null}
        height={bodyHeight(letter)}
      />
    </article>
  );
}

/** true once the head of the letter is in the window: what nobody has scrolled to has not been read. */
function useInSight(element: { current: HTMLElement | null }, drawn: boolean): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (!target || !drawn) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, drawn]);
  return seen;
}
