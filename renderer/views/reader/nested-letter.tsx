import { type ReactNode, useEffect, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { MailFrame } from '../../mail-frame/mail-frame.tsx';
import { sayFailure } from '../../state/actions.ts';
import { useTheme } from '../../state/appearance.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { personName } from '../list/row-name.ts';
import type { FilePlace } from './bytes.ts';
import styles from './reader.module.css';

interface Opened {
  letter: Letter;
  frame: Output<'messages.frame'>;
  dark: boolean;
}

interface NestedLetterProps extends FilePlace {
  /** Its own files, which may be letters again. */
  files: (letter: Letter) => ReactNode;
}

/** An attached letter: its head, its document in a frame of its own, its files. Nothing remote is loaded for it. */
export function NestedLetter({ id, path, n, files }: NestedLetterProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const known = useSession((state) => state.settings !== null);
  const theme = useTheme();
  const dark = known && theme !== 'light';
  const contrast = dark && theme === 'contrast';
  const [opened, setOpened] = useState<Opened | null>(null);
  // A path is made anew on each rendering; its numbers are what matters.
  const place = [...path, n].join('.');
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const inside = place.split('.').map(Number);
    const open = async () => {
      const input = { id, path: inside.slice(0, -1), n: inside.at(-1) ?? 1 };
      const letter = await engine().request('messages.nested', input, { signal });
      const mode = letter.hasHtml ? ('html' as const) : ('text' as const);
      const asked = { id, path: inside, mode, pictures: false, dark, contrast };
      const frame = await engine().request('messages.frame', asked, { signal });
      setOpened({ letter, frame, dark });
    };
    open().catch((failure: unknown) => {
      if (!signal.aborted) sayFailure(failure);
    });
    return () => stop.abort();
  }, [id, place, dark, contrast]);
  if (!opened) return <p>{t.reader.attachments.loading}</p>;
  const { letter, frame } = opened;
  return (
    <article className={styles.nested}>
      <h3 className={styles.subject}>{letter.subject || t.common.noSubject}</h3>
      <dl className={styles.headers}>
        <dt>{t.a11y.from}</dt>
        <dd>{letter.from.map((person) => `${personName(person)} <${person.address}>`).join(', ')}</dd>
        <dt>{t.reader.to}</dt>
        <dd>{letter.to.map(personName).join(', ')}</dd>
        <dt>{t.list.columns.date}</dt>
        <dd>{formats.fullDate(letter.date)}</dd>
      </dl>
      {files(letter)}
      <MailFrame url={frame.url} title={t.a11y.letterBody} place={null} dark={opened.dark} />
    </article>
  );
}
