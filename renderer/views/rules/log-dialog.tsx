/** What rules have done: of one letter ("Why is it here?") or of all, and the runs that can be taken back. */
import { type ReactNode, useEffect, useState } from 'react';
import type { LogLine, RuleRun } from '../../../main/contract/mail/rules.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Why } from './preview.tsx';
import { didWords } from './rule-words.ts';
import styles from './rules.module.css';
import { undoRun } from './run-dialog.tsx';

interface Told {
  lines: readonly LogLine[];
  runs: readonly RuleRun[];
}

export function LogDialog({ message, onClose }: { message: number | null; onClose: () => void }): ReactNode {
  const t = useText();
  const words = t.rules.logDialog;
  const [told, setTold] = useState<Told | null>(null);
  useEffect(() => {
    const ask = async (): Promise<Told> => ({
      lines: await engine().request('rules.log', { message }),
      runs: message === null ? await engine().request('rules.runs', {}) : [],
    });
    ask().then(setTold, sayFailure);
  }, [message]);
  const runs = told?.runs.filter((run) => run.caught > 0) ?? [];
  return (
    <Dialog wide isOpen title={message === null ? words.title : words.why} onClose={onClose}>
      {told !== null && told.lines.length === 0 && runs.length === 0 ? (
        <p className={styles.empty}>{message === null ? words.none : words.noneHere}</p>
      ) : null}
      {runs.length > 0 ? (
        <>
          <h3 className={styles.logHead}>{words.runs}</h3>
          <ul className={styles.log} aria-label={words.runs}>
            {runs.map((run) => (
              <RunLine
                key={run.undo}
                run={run}
                onUndo={() => {
                  onClose();
                  void undoRun(run.undo);
                }}
              />
            ))}
          </ul>
        </>
      ) : null}
      {told !== null && told.lines.length > 0 ? (
        <>
          {message === null ? <h3 className={styles.logHead}>{words.lines}</h3> : null}
          <ul className={styles.log} aria-label={words.lines}>
            {told.lines.map((line) => (
              <Line key={line.id} line={line} subject={message === null} />
            ))}
          </ul>
        </>
      ) : null}
    </Dialog>
  );
}

function Line({ line, subject }: { line: LogLine; subject: boolean }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.rules.logDialog;
  const [reason] = line.reasons;
  return (
    <li>
      <div className={styles.caughtHead}>
        <b>{subject ? line.subject : words.by(line.rule)}</b>
        <time title={formats.fullDate(line.at)}>{formats.listDate(line.at, Date.now())}</time>
      </div>
      {subject ? <div>{words.by(line.rule)}</div> : null}
      <div>{didWords(line, t)}</div>
      {reason ? (
        <div className={styles.logWhy}>
          <Why reason={reason} inSubject={false} />
        </div>
      ) : null}
    </li>
  );
}

function RunLine({ run, onUndo }: { run: RuleRun; onUndo: () => void }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.rules.logDialog;
  return (
    <li className={styles.runLine}>
      <span>{words.run(run.caught, run.folderName)}</span>
      <time title={formats.fullDate(run.at)}>{formats.listDate(run.at, Date.now())}</time>
      {run.undone ? (
        <span className={styles.logWhy}>{words.undone}</span>
      ) : (
        <Button size="small" onPress={onUndo}>
          {words.undo}
        </Button>
      )}
    </li>
  );
}
