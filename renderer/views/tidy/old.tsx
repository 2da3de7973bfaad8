import { type ReactNode, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { AgeSelect, FolderChoice, Section, sayTidied, useWork } from './section.tsx';
import styles from './tidy.module.css';

/** All letters of a folder older than so long, into the archive. */
export function OldLetters(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.tidy.archive;
  const by = useSession((state) => state.settings?.archiveBy);
  const [folder, setFolder] = useState<number | null>(null);
  const [days, setDays] = useState(365);
  const [found, setFound] = useState<(Output<'tidy.oldLetters'> & { by: string | undefined }) | null>(null);
  const [working, run] = useWork();
  const look = () =>
    run(async () => {
      if (folder === null) return;
      setFound({ ...(await engine().request('tidy.oldLetters', { folder, days })), by });
    });
  const archive = () =>
    run(async () => {
      if (folder === null) return;
      const { count, undo } = await engine().request('tidy.archiveOld', { folder, days });
      setFound(null);
      sayTidied(words.done(count), undo, t.commands.undo, 'archive');
    });
  // Another way of filing has other places.
  const shown = found?.by === by ? found : null;
  return (
    <Section title={words.title} about={words.about}>
      <div className={styles.line}>
        <FolderChoice
          value={folder}
          onChange={(id) => {
            setFolder(id);
            setFound(null);
          }}
        />
        <AgeSelect
          label={t.tidy.age.label}
          value={days}
          onChange={(chosen) => {
            setDays(chosen);
            setFound(null);
          }}
        />
        <Button isDisabled={folder === null || working} onPress={look}>
          {working ? t.tidy.looking : t.tidy.look}
        </Button>
      </div>
      <div role="status" className={styles.result}>
        {shown ? (
          <p>{shown.count === 0 ? words.none : words.found(shown.count, formats.size(shown.size))}</p>
        ) : null}
      </div>
      {shown && shown.count > 0 ? (
        <>
          <ul className={styles.places} aria-label={words.places}>
            {shown.places.map(({ path, count }) => (
              <li key={path}>
                <span>{path}</span>
                <span>{formats.number(count)}</span>
              </li>
            ))}
          </ul>
          <Button variant="primary" isDisabled={working} onPress={archive}>
            {words.act(shown.count)}
          </Button>
        </>
      ) : null}
    </Section>
  );
}
