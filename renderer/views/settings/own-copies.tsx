/** Copies that are made by themselves: when, into which folder, how many stay, what became of the last one. */
import { type ReactNode, useEffect, useState } from 'react';
import type { ScheduledCopy } from '../../../main/contract/mail/moving.ts';
import type { Settings } from '../../../main/contract/mail/profile.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { changeSettings, useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import accountStyles from '../accounts/accounts.module.css';
import { pathsOf } from '../first-run/import-report.ts';
import styles from '../first-run/moving.module.css';
import { Section } from '../tidy/section.tsx';
import { ChooseButton } from './choose-button.tsx';

const KEEPS = [1, 3, 7, 14, 30] as const;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

export function OwnCopies(): ReactNode {
  const settings = useSession((state) => state.settings);
  return settings ? <Form settings={settings} /> : null;
}

function Form({ settings }: { settings: Settings }): ReactNode {
  const t = useText();
  const words = t.moving.copies.byThemselves;
  const { copyWhen, copyAt, copyFolder, copyKeep } = settings;
  const [folder, setFolder] = useState(copyFolder);
  const [at, setAt] = useState(copyAt);
  const [state, setState] = useState<ScheduledCopy | null>(null);
  const [working, setWorking] = useState(false);
  useEffect(() => {
    // Asked anew whenever what it depends on was changed.
    if (copyWhen !== 'off' || copyAt || copyFolder)
      engine().request('backup.scheduled', {}).then(setState, sayFailure);
  }, [copyWhen, copyAt, copyFolder]);
  const change = (some: Partial<Settings>) => void changeSettings(some).catch(sayFailure);
  const takeFolder = (path: string) => {
    const [clean = ''] = pathsOf(path);
    setFolder(clean);
    if (clean !== copyFolder) change({ copyFolder: clean });
  };
  const now = () => {
    const [clean = ''] = pathsOf(folder);
    setWorking(true);
    // What stands in the field counts, also when it was typed a moment ago.
    changeSettings({ copyFolder: clean })
      .then(() => engine().request('backup.now', {}))
      .then(setState, sayFailure)
      .finally(() => setWorking(false));
  };
  const keeps = [...new Set([...KEEPS, copyKeep])].sort((a, b) => a - b);
  return (
    <Section title={words.title} about={words.about}>
      <div className={styles.forms}>
        <Select
          label={words.when}
          value={copyWhen}
          options={(['off', 'daily', 'quit'] as const).map((id) => ({ id, label: words.whens[id] }))}
          onChange={(chosen) => change({ copyWhen: chosen })}
        />
        {copyWhen === 'daily' ? (
          <TextField
            label={words.at}
            hint={words.atHint}
            value={at}
            onChange={(typed) => {
              setAt(typed);
              if (TIME.test(typed)) change({ copyAt: typed });
            }}
            problem={TIME.test(at) ? undefined : words.atWrong}
          />
        ) : null}
        {copyWhen === 'off' ? null : (
          <>
            <TextField
              label={words.folder}
              hint={words.folderHint}
              value={folder}
              onChange={setFolder}
              onBlur={() => takeFolder(folder)}
            />
            <ChooseButton what="folder" onChosen={takeFolder}>
              {words.choose}
            </ChooseButton>
            <Select
              label={words.keep}
              value={String(copyKeep)}
              options={keeps.map((n) => ({ id: String(n), label: words.keeps(n) }))}
              onChange={(chosen) => change({ copyKeep: Number(chosen) })}
            />
          </>
        )}
      </div>
      {copyWhen === 'off' ? null : (
        <>
          <Outcome state={state} />
          <div className={accountStyles.actions}>
            <Button isDisabled={working || folder.trim() === ''} onPress={now}>
              {words.now}
            </Button>
          </div>
        </>
      )}
    </Section>
  );
}

function Outcome({ state }: { state: ScheduledCopy | null }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.moving.copies.byThemselves;
  if (!state) return null;
  const when = (ms: number) => formats.letterDate(ms, Date.now());
  if (state.problem) {
    const { title, body } = sentence({ code: state.problem.code });
    return <p role="alert">{[words.failed, title, body].filter(Boolean).join(' ')}</p>;
  }
  const said = [
    state.last === null ? '' : words.last(when(state.last)),
    state.next === null ? '' : words.next(when(state.next)),
  ].filter(Boolean);
  return said.length > 0 ? <p role="status">{said.join(' ')}</p> : null;
}
