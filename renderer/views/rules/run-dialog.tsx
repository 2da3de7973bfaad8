/** A run over a folder: the letters first, then the deed, then one Undo. */
import { type ReactNode, useState } from 'react';
import { text, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { FolderField } from './action-rows.tsx';
import editor from './editor.module.css';
import { CaughtRows, Counting, isCounting, Problem, usePreview } from './preview.tsx';
import { folderWords } from './rule-words.ts';
import styles from './rules.module.css';
import { useRules } from './rules-state.ts';

const ALL = 'all';

/** Resolves when the job has ended. */
function jobEnded(id: string): Promise<void> {
  const ended = (): boolean =>
    useSession.getState().jobs.some((job) => job.id === id && job.endedAt !== null);
  return new Promise((resolve) => {
    if (ended()) {
      resolve();
      return;
    }
    const stop = useSession.subscribe(() => {
      if (!ended()) return;
      stop();
      resolve();
    });
  });
}

/** Takes a run back and says so. */
export async function undoRun(token: string): Promise<void> {
  try {
    const { count } = await engine().request('rules.undo', { undo: token });
    showToast({ text: text().rules.runDialog.undone(count), icon: 'undo' });
  } catch (failure) {
    sayFailure(failure);
  }
}

async function run(folder: number, rules: number[] | null): Promise<void> {
  try {
    const { job, undo } = await engine().request('rules.run', { folder, rules });
    await jobEnded(job);
    const runs = await engine().request('rules.runs', {});
    const caught = runs.find((each) => each.undo === undo)?.caught ?? 0;
    const t = text();
    const name = folderWords(folder, useSession.getState().folders, t);
    showToast({
      text: t.rules.runDialog.ran(caught, name),
      icon: 'check',
      actions: caught === 0 ? [] : [{ label: t.common.undo, run: () => void undoRun(undo) }],
    });
  } catch (failure) {
    sayFailure(failure);
  }
}

/** What scrolls and holds no control is a stop of its own, or a keyboard could not read its end. */
const SCROLLED_BY_KEYS = { tabIndex: 0 } as const;

export function RunDialog({ onClose }: { onClose: () => void }): ReactNode {
  const t = useText();
  const words = t.rules.runDialog;
  const all = useRules((state) => state.rules) ?? [];
  const folders = useSession((state) => state.folders);
  const scope = usePlace((state) => state.view?.scope);
  const first = scope?.in === 'folder' ? scope.folder : folders.find((each) => each.role === 'inbox')?.id;
  const [folder, setFolder] = useState(first ?? 0);
  const [which, setWhich] = useState(ALL);
  const rules = which === ALL ? null : [Number(which)];
  const looked = usePreview(folder === 0 ? null : { draft: null, saved: null, rules, folder });
  const found = looked && 'found' in looked ? looked.found : null;
  // Until all are counted the button says no number that would be wrong in a moment.
  const whole = found !== null && !isCounting(found);
  const size = folders.find((each) => each.id === folder)?.total ?? 0;
  const options = [
    { id: ALL, label: words.all },
    ...all.filter((rule) => rule.problem === null).map((rule) => ({ id: String(rule.id), label: rule.name })),
  ];
  return (
    <Dialog
      wide
      isOpen
      title={words.title}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button
            variant="primary"
            isDisabled={found === null || (whole && found.count === 0 && size <= found.scanned)}
            onPress={() => {
              onClose();
              void run(folder, rules);
            }}
          >
            {whole && size <= found.scanned ? words.start(found.count) : words.startMore}
          </Button>
        </>
      }
    >
      <div className={styles.runHead}>
        <FolderField folder={folder} onChange={setFolder} />
        <Select hideLabel label={words.which} value={which} options={options} onChange={setWhich} />
      </div>
      <p className={editor.about}>{words.about}</p>
      <section className={styles.runRows} aria-label={words.rows} {...SCROLLED_BY_KEYS}>
        {looked === null ? (
          <p className={styles.empty} role="status">
            {t.rules.preview.reading}
          </p>
        ) : 'problem' in looked ? (
          <Problem problem={looked.problem} />
        ) : (
          <>
            <Counting found={looked.found} />
            <CaughtRows found={looked.found} fresh={false} />
          </>
        )}
      </section>
    </Dialog>
  );
}
