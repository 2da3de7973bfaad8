/** A signature as a reader sees it, on light and on dark ground, its fields filled. */
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { cleanHtml } from '../../editor/clean.ts';
import type { KeptPictures } from '../../editor/kept-pictures.ts';
import { useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';

import styles from './signatures.module.css';

export interface PreviewProps {
  id: number;
  /** As it is kept; another value is another look. */
  html: string;
  pictures: KeptPictures;
}

export function SignaturePreview({ id, html, pictures }: PreviewProps): ReactNode {
  const t = useText();
  const [filled, setFilled] = useState(html);
  useEffect(() => {
    let gone = false;
    const ask = async () => {
      const answer = await engine().request('signatures.fill', { identity: null, use: 'new', signature: id });
      const shown = await withPictures(cleanHtml(answer.html), pictures);
      if (!gone) setFilled(shown);
    };
    // What is kept has changed: ask what it says now.
    if (html !== '') ask().catch(() => undefined);
    else setFilled('');
    return () => {
      gone = true;
    };
  }, [id, html, pictures]);
  const markup = useMemo(() => ({ __html: cleanHtml(filled) }), [filled]);
  return (
    <div className={styles.previews} role="group" aria-label={t.signatures.preview}>
      {(['light', 'dark'] as const).map((theme) => (
        <figure key={theme} className={styles.preview} data-ground={theme}>
          <figcaption>{theme === 'light' ? t.signatures.previewLight : t.signatures.previewDark}</figcaption>
          {/* Cleaned by the same allow-list as the editor's own content. */}
          <div
            className={styles.previewText}
            ref={(node) => node?.replaceChildren(fragmentOf(markup.__html))}
          />
        </figure>
      ))}
    </div>
  );
}

function fragmentOf(html: string): DocumentFragment {
  const holder = document.createElement('template');
  holder.innerHTML = html;
  return document.importNode(holder.content, true);
}

async function withPictures(html: string, pictures: KeptPictures): Promise<string> {
  const holder = document.createElement('template');
  holder.innerHTML = html;
  for (const picture of holder.content.querySelectorAll('img[data-cid]')) {
    const source = await pictures.show(picture.getAttribute('data-cid') ?? '').catch(() => null);
    if (source) picture.setAttribute('src', source);
  }
  return holder.innerHTML;
}
