/** Conditions of a rule: a group of questions, with groups one level deeper. */
import { Brackets, Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Condition, Group, Question } from '../../../main/contract/mail/rules.ts';
import { useText } from '../../i18n/text.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import styles from './editor.module.css';
import { QuestionRow } from './question-row.tsx';

const blank: Question = { field: 'subject', test: 'contains', value: '', not: false };
/** Groups stand in the rule, not in each other; a deeper one of a file is shown all the same. */
const DEPTH = 1;

/** A condition has no identity but its place. */
const placeKey = (at: number): string => `condition ${at}`;

export interface ConditionsProps {
  group: Group;
  onChange: (group: Group) => void;
  depth?: number;
}

export function Conditions({ group, onChange, depth = 0 }: ConditionsProps): ReactNode {
  const t = useText();
  const words = t.rules;
  const { of } = group;
  const put = (at: number, condition: Condition): void =>
    onChange({ ...group, of: of.map((each, n) => (n === at ? condition : each)) });
  const drop = (at: number): void => onChange({ ...group, of: of.filter((_, n) => n !== at) });
  const add = (condition: Condition): void => onChange({ ...group, of: [...of, condition] });
  const matches = (['all', 'any', 'none'] as const).map((id) => ({ id, label: words.matches[id] }));
  const choice = (
    <Select
      hideLabel
      label={words.matching}
      className={styles.match ?? ''}
      value={group.match}
      options={matches}
      onChange={(match) => onChange({ ...group, match })}
    />
  );
  return (
    <div className={depth === 0 ? styles.conditions : styles.inner}>
      <div className={depth === 0 ? styles.lead : styles.innerLead}>
        <span>{depth === 0 ? words.when : words.and}</span>
        {choice}
        <span>{depth === 0 ? words.ofThese : words.of}</span>
      </div>
      {of.map((condition, at) => (
        <div key={placeKey(at)} className={'match' in condition ? styles.groupRow : styles.questionRow}>
          {'match' in condition ? (
            <Conditions group={condition} depth={depth + 1} onChange={(inner) => put(at, inner)} />
          ) : (
            <QuestionRow question={condition} onChange={(question) => put(at, question)} />
          )}
          <IconButton
            size="small"
            label={'match' in condition ? words.removeGroup : words.removeCondition}
            icon={<X size={15} strokeWidth={1.75} aria-hidden="true" />}
            onPress={() => drop(at)}
          />
        </div>
      ))}
      <div className={styles.adders}>
        <Button
          variant="quiet"
          size="small"
          icon={<Plus size={14} strokeWidth={1.75} aria-hidden="true" />}
          onPress={() => add(blank)}
        >
          {words.condition}
        </Button>
        {depth < DEPTH ? (
          <Button
            variant="quiet"
            size="small"
            icon={<Brackets size={14} strokeWidth={1.75} aria-hidden="true" />}
            onPress={() => add({ match: 'any', of: [blank] })}
          >
            {words.group}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
