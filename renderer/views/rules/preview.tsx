/** What an edit would catch: a number and letters with the reason marked, after every change of the rule. */
import { Info } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Caught, Reason, RuleDraft, RulePreview } from '../../../main/contract/mail/rules.ts';
import { type Sentence, sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { asFault } from '../../transport/fault.ts';
import { accountName } from '../tree/names.ts';
import { FolderField } from './action-rows.tsx';
import { reasonWords } from './rule-words.ts';
import styles from './rules.module.css';
import { askable, useRules } from './rules-state.ts';

/** Keys pressed in one go are asked about once, ms. */
const REST = 60;
const ROWS = 50;
/** Letters looked at, as the engine counts without being told. */
const LAST = 5000;
/** The first rows are there after about so many ms; what follows counts in longer steps. */
const FIRST_MS = 80;
const STEP_MS = 400;

export type Looked = { found: RulePreview } | { problem: Pick<Sentence, 'title' | 'body'> } | null;

export interface Asked {
  draft: RuleDraft | null;
  saved: number | null;
  rules: number[] | null;
  folder: number | null;
}

/** Figures and rows of the letters so far, and of the next ones behind them. */
export function joined(before: RulePreview | null, piece: RulePreview): RulePreview {
  if (!before) return piece;
  const sum = (of: 'scanned' | 'count' | 'fresh' | 'elsewhere' | 'waiting'): number => before[of] + piece[of];
  return {
    scanned: sum('scanned'),
    count: sum('count'),
    fresh: sum('fresh'),
    elsewhere: sum('elsewhere'),
    waiting: sum('waiting'),
    rows: [...before.rows, ...piece.rows].slice(0, ROWS),
    total: before.total,
    next: piece.next,
  };
}

/** Tells what has been found so far with every piece, until all letters are looked at. */
async function look(asked: Asked, signal: AbortSignal, tell: (found: RulePreview) => void): Promise<void> {
  let found: RulePreview | null = null;
  do {
    const piece: RulePreview = await engine().request(
      'rules.preview',
      {
        ...asked,
        below: found?.next ?? null,
        within: found ? STEP_MS : FIRST_MS,
        limit: LAST - (found?.scanned ?? 0),
        rows: ROWS - (found?.rows.length ?? 0),
      },
      { signal },
    );
    found = joined(found, piece);
    tell(found);
  } while (found.next !== null && found.scanned < LAST);
}

/** Asks again after every change; an answer that is no longer asked for is dropped. null: nothing to ask. */
export function usePreview(asked: Asked | null): Looked {
  const [looked, setLooked] = useState<Looked>(null);
  const key = asked === null ? '' : JSON.stringify(asked);
  useEffect(() => {
    if (key === '') {
      setLooked(null);
      return;
    }
    const abort = new AbortController();
    const { signal } = abort;
    const timer = setTimeout(() => {
      look(JSON.parse(key) as Asked, signal, (found) => {
        if (!signal.aborted) setLooked({ found });
      }).catch((thrown: unknown) => {
        const fault = asFault(thrown);
        if (!signal.aborted && fault.code !== 'cancelled') setLooked({ problem: sentence(fault) });
      });
    }, REST);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key]);
  return looked;
}

/** More letters are to be looked at than have been. */
export const isCounting = (found: RulePreview): boolean => found.next !== null && found.scanned < LAST;

export function Preview(): ReactNode {
  const t = useText();
  const words = t.rules.preview;
  const { draft, id } = useRules();
  const [folder, setFolder] = useState(0);
  const ready = draft ? askable(draft) : null;
  const looked = usePreview(ready ? { draft: ready, saved: id, rules: null, folder: folder || null } : null);
  return (
    <section className={styles.preview} aria-label={t.a11y.rulePreview}>
      <div className={styles.previewHead}>
        <h2>{words.title}</h2>
        <FolderField folder={folder} none={words.inboxes} onChange={setFolder} />
      </div>
      {ready === null ? (
        <p className={styles.empty}>{words.notAsked}</p>
      ) : looked === null ? (
        <p className={styles.empty} role="status">
          {words.reading}
        </p>
      ) : 'problem' in looked ? (
        <Problem problem={looked.problem} />
      ) : (
        <Found found={looked.found} saved={id !== null} />
      )}
    </section>
  );
}

/** Why nothing can be looked for: what is wrong, and what to do. */
export function Problem({ problem }: { problem: Pick<Sentence, 'title' | 'body'> }): ReactNode {
  return (
    <div className={styles.wrong} role="alert">
      <p>{problem.title}</p>
      <p>{problem.body}</p>
    </div>
  );
}

function Found({ found, saved }: { found: RulePreview; saved: boolean }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.rules.preview;
  return (
    <>
      <div className={styles.figures} role="status" aria-busy={isCounting(found)}>
        <p>
          <b>{formats.number(found.count)}</b>
          <span>{words.inLast(found.scanned)}</span>
        </p>
        {saved ? (
          <p>
            <b>{formats.number(found.fresh)}</b>
            <span>{words.fresh}</span>
          </p>
        ) : null}
      </div>
      <Counting found={found} />
      <CaughtRows found={found} fresh={saved} />
    </>
  );
}

/** How far the counting is, while it goes on. */
export function Counting({ found }: { found: RulePreview }): ReactNode {
  const t = useText();
  if (!isCounting(found)) return null;
  const of = Math.min(found.total, LAST);
  return (
    <div
      className={styles.counting}
      role="progressbar"
      aria-label={t.rules.preview.counting(found.scanned, of)}
      aria-valuenow={found.scanned}
      aria-valuemax={of}
    >
      <span style={{ width: `${Math.min(100, (found.scanned / Math.max(1, of)) * 100)}%` }} />
    </div>
  );
}

export function CaughtRows({ found, fresh }: { found: RulePreview; fresh: boolean }): ReactNode {
  const t = useText();
  const words = t.rules.preview;
  const notes = [
    ...(found.elsewhere > 0 ? [words.elsewhere(found.elsewhere)] : []),
    ...(found.waiting > 0 ? [words.waiting(found.waiting)] : []),
  ];
  return (
    <>
      {found.count === 0 && !isCounting(found) ? <p className={styles.empty}>{words.nothing}</p> : null}
      <ul className={styles.caught}>
        {found.rows.map((caught) => (
          <CaughtRow key={caught.row.id} caught={caught} fresh={fresh && caught.fresh} />
        ))}
      </ul>
      {found.count > found.rows.length ? (
        <p className={styles.note}>{words.more(found.count - found.rows.length)}</p>
      ) : null}
      {notes.map((note) => (
        <p key={note} className={styles.note}>
          <Info size={14} strokeWidth={1.75} aria-hidden="true" />
          {note}
        </p>
      ))}
    </>
  );
}

function CaughtRow({ caught, fresh }: { caught: Caught; fresh: boolean }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.rules.preview;
  const { row, reasons, elsewhere } = caught;
  const inSubject = reasons.find((each) => each.field === 'subject' && each.to > each.from);
  const shown = inSubject ?? reasons.find((each) => each.text !== '') ?? reasons[0];
  return (
    <li>
      <div className={styles.caughtHead}>
        <b>{row.from.name || row.from.address}</b>
        <time>{formats.listDate(row.date, Date.now())}</time>
      </div>
      <div className={styles.caughtSubject} title={row.subject}>
        {inSubject ? <Marked text={row.subject} reason={inSubject} /> : row.subject}
      </div>
      <div className={styles.caughtWhy}>
        <span>{shown ? <Why reason={shown} inSubject={inSubject !== undefined} /> : null}</span>
        {elsewhere !== '' ? (
          <em className={styles.there}>{words.already(elsewhere)}</em>
        ) : fresh ? (
          <em className={styles.fresh}>{words.isNew}</em>
        ) : null}
      </div>
    </li>
  );
}

export function Why({ reason, inSubject }: { reason: Reason; inSubject: boolean }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const accounts = useSession((state) => state.accounts);
  const names = new Map(accounts.map((each) => [each.id, accountName(each, t)]));
  if (inSubject || reason.text === '') return reasonWords(reason, t, formats, names);
  const fields: Record<string, string> = t.rules.fields;
  return (
    <>
      {t.rules.preview.inText(fields[reason.field] ?? reason.field)}{' '}
      <bdi>
        {reason.text.slice(0, reason.from)}
        {reason.to > reason.from ? <mark>{reason.text.slice(reason.from, reason.to)}</mark> : null}
        {reason.text.slice(reason.to)}
      </bdi>
    </>
  );
}

/** The found words in the whole subject; the engine tells them with some of the line round them. */
function Marked({ text, reason }: { text: string; reason: Reason }): ReactNode {
  const line = text.replace(/[\r\n\t]/g, ' ');
  const from = line.indexOf(reason.text) + reason.from;
  const to = from + reason.to - reason.from;
  if (line.indexOf(reason.text) < 0) return text;
  return (
    <>
      {text.slice(0, from)}
      <mark>{text.slice(from, to)}</mark>
      {text.slice(to)}
    </>
  );
}
