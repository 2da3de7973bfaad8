/**
 * Keeping tidy: how Archive files letters, and what finds, moves and brings back many letters at once. Every section shows
 * first and acts then; what it did can be taken back from its toast or from "Recently deleted".
 */
import { type ReactNode, useState } from 'react';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ROWS } from '../settings/rows.ts';
import { SettingControl } from '../settings/setting-control.tsx';
import { RecentlyDeleted } from './deleted.tsx';
import { LargeLetters } from './large.tsx';
import { OldLetters } from './old.tsx';
import { Retention } from './retention.tsx';
import { Section } from './section.tsx';
import styles from './tidy.module.css';
import { Twins } from './twins.tsx';

export function TidyPage(): ReactNode {
  return (
    <>
      {ROWS.filter((row) => row.page === 'tidy').map((row) => (
        <SettingControl key={row.name} row={row} />
      ))}
      <div className={styles.page}>
        <OldLetters />
        <Twins />
        <LargeLetters />
        <Retention />
        <RecentlyDeleted />
        <Disk />
      </div>
    </>
  );
}

function Disk(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.tidy.disk;
  const [working, setWorking] = useState(false);
  const compact = () => {
    setWorking(true);
    engine()
      .request('tidy.compact', {})
      .then(
        ({ freed }) =>
          showToast({ text: freed > 0 ? words.done(formats.size(freed)) : words.none, icon: 'check' }),
        sayFailure,
      )
      .finally(() => setWorking(false));
  };
  return (
    <Section title={words.title} about={words.about}>
      <Button isDisabled={working} onPress={compact}>
        {words.act}
      </Button>
    </Section>
  );
}
