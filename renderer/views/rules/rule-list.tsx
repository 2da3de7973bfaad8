/** The rules in their order: chosen by a press, ordered by dragging or Alt+Up and Alt+Down, switched on and off. */
import { GripVertical, Monitor } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import type { Rule } from '../../../main/contract/mail/rules.ts';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { pressed } from '../../state/shortcuts.ts';
import { classes } from '../../ui/class-names.ts';
import { Switch } from '../../ui/field.tsx';
import { summaryOf, whereWords } from './rule-words.ts';
import styles from './rules.module.css';
import { moveRule, select, switchRule, useRules } from './rules-state.ts';

export function RuleList(): ReactNode {
  const t = useText();
  const words = t.rules;
  const rules = useRules((state) => state.rules);
  const id = useRules((state) => state.id);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const all = rules ?? [];
  const move = (rule: Rule, at: number): void => {
    if (at < 0 || at >= all.length) return;
    moveRule(rule.id, at);
    setSaid(words.moved(rule.name, at + 1));
    // The row is drawn at its new place; the keyboard goes with it.
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-rule="${rule.id}"]`)?.focus(),
    );
  };
  const onKeyDown = (event: KeyboardEvent, rule: Rule, at: number): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    const step = event.key === 'ArrowUp' ? -1 : 1;
    event.preventDefault();
    event.stopPropagation();
    if (pressed('rules.move', event)) move(rule, at + step);
    else list.current?.querySelectorAll<HTMLElement>('[data-rule]')[at + step]?.focus();
  };
  return (
    <section className={styles.list} aria-label={words.list}>
      <div className={styles.listHead}>
        <h1>{words.title}</h1>
        <span>{words.order(all.length)}</span>
      </div>
      {rules !== null && all.length === 0 ? <p className={styles.empty}>{words.none}</p> : null}
      <ul ref={list} aria-label={words.list}>
        {all.map((rule, at) => (
          <li
            key={rule.id}
            draggable
            className={classes(
              rule.id === id && styles.chosen,
              !rule.enabled && styles.off,
              over === at && dragged !== null && dragged !== rule.id && styles.over,
            )}
            onDragStart={(event) => {
              setDragged(rule.id);
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', rule.name);
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(at);
            }}
            onDragEnd={() => {
              setDragged(null);
              setOver(null);
            }}
            onDrop={(event) => {
              event.preventDefault();
              const moved = all.find((each) => each.id === dragged);
              if (moved) move(moved, at);
              setDragged(null);
              setOver(null);
            }}
          >
            <GripVertical className={styles.grip} size={14} strokeWidth={1.75} aria-hidden="true" />
            <button
              type="button"
              data-rule={rule.id}
              {...(rule.id === id ? { 'aria-current': 'true' as const } : {})}
              onClick={() => select(rule)}
              onKeyDown={(event) => onKeyDown(event, rule, at)}
            >
              <RuleLine rule={rule} place={words.place(at + 1, all.length)} />
            </button>
            <span className={styles.where} title={whereWords(rule, t)}>
              <Monitor size={15} strokeWidth={1.75} role="img" aria-label={words.here} />
            </span>
            <Switch selected={rule.enabled} onChange={(enabled) => switchRule(rule, enabled)}>
              <span className={styles.hidden}>{words.on(rule.name)}</span>
            </Switch>
          </li>
        ))}
      </ul>
      {all.length > 0 ? (
        <p className={styles.legend}>
          <Monitor size={14} strokeWidth={1.75} aria-hidden="true" /> {words.here}
        </p>
      ) : null}
      <p role="status" className={styles.hidden}>
        {said}
      </p>
    </section>
  );
}

/** `place`: where the rule stands, for who does not see the list. */
function RuleLine({ rule, place }: { rule: Rule; place: string }): ReactNode {
  const t = useText();
  const folders = useSession((state) => state.folders);
  return (
    <>
      <b>
        {rule.name}
        <span className={styles.hidden}>, {place}</span>
      </b>
      {rule.problem ? (
        <span className={styles.broken}>
          {t.rules.problems[rule.problem.code] ?? t.rules.problems['bad-rule']}
        </span>
      ) : (
        <span title={summaryOf(rule, folders, t)}>{summaryOf(rule, folders, t)}</span>
      )}
    </>
  );
}
