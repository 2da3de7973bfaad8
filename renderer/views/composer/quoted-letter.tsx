import { Ellipsis } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { Draft } from '../../../main/contract/mail/drafts.ts';
import { cleanHtml } from '../../editor/clean.ts';
import { htmlToText } from '../../editor/markup.ts';
import { useText } from '../../i18n/text.ts';
import { Button } from '../../ui/button.tsx';
import styles from './quote.module.css';

export interface QuotedLetterProps {
  draft: Draft;
  /** The quote becomes part of the text. */
  onEdit: () => void;
  onRemove: () => void;
}

/** The letter that is answered, folded below the text; it leaves with it unless it is removed. */
export function QuotedLetter({ draft, onEdit, onRemove }: QuotedLetterProps): ReactNode {
  const t = useText();
  const words = t.composer.quote;
  const [open, setOpen] = useState(false);
  const { quoteHtml, quoteText } = draft;
  const lines = useMemo(() => {
    const plain = quoteText || htmlToText(quoteHtml ?? '');
    const all = plain.split('\n').filter((line) => line.trim() !== '');
    return { first: all[0] ?? '', count: Math.max(0, all.length - 1) };
  }, [quoteHtml, quoteText]);
  if (quoteHtml === null && quoteText === '') return null;
  return (
    <div className={styles.quote}>
      <button
        type="button"
        className={styles.quotePill}
        aria-expanded={open}
        title={open ? words.hide : words.show}
        onClick={() => setOpen(!open)}
      >
        <Ellipsis size={14} strokeWidth={1.75} aria-hidden="true" />
        <span>
          {lines.first.replace(/:$/, '')}, {words.lines(lines.count)}
        </span>
      </button>
      {open ? (
        <>
          <QuoteFrame draft={draft} />
          <div className={styles.quoteActions}>
            <Button size="small" onPress={onEdit}>
              {words.edit}
            </Button>
            <Button size="small" variant="quiet" onPress={onRemove}>
              {words.remove}
            </Button>
          </div>
        </>
      ) : null}
    </div>
  );
}

const POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:`;

/** Somebody else's markup is never part of our own page: it is shown in a frame that may do nothing. */
function QuoteFrame({ draft }: { draft: Draft }): ReactNode {
  const t = useText();
  const { quoteHtml, quoteText } = draft;
  const html = useMemo(() => (quoteHtml === null ? null : cleanHtml(quoteHtml)), [quoteHtml]);
  if (html === null || draft.html === null) {
    return <pre className={styles.quoteText}>{quoteText}</pre>;
  }
  const page =
    `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    '<style>body{margin:10px 12px;font:14px/22px "Segoe UI",Inter,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}' +
    'blockquote{margin:4px 0;padding-left:12px;border-left:2px solid #8a8378}img{max-width:100%}</style>' +
    `<body>${html}`;
  return <iframe className={styles.quoteFrame} title={t.composer.quote.frame} sandbox="" srcDoc={page} />;
}
