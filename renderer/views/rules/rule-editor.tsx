/** The rule that is edited: name, conditions, actions. Nothing is kept before Save; leaving the page loses nothing. */
import { Monitor, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { ActionRows, FolderField } from './action-rows.tsx';
import { Conditions } from './conditions.tsx';
import editor from './editor.module.css';
import { whereWords } from './rule-words.ts';
import styles from './rules.module.css';
import { change, discard, missing, save, useRules } from './rules-state.ts';

export function RuleEditor(): ReactNode {
  const t = useText();
  const words = t.rules;
  const { draft, saved, id, rules } = useRules();
  if (!draft)
    return (
      <div className={editor.editor}>
        {rules === null ? null : <p className={styles.empty}>{words.pick}</p>}
      </div>
    );
  const rule = rules?.find((each) => each.id === id);
  const changed = JSON.stringify(draft) !== JSON.stringify(saved);
  const lack = missing(draft);
  return (
    <section className={editor.editor} aria-label={draft.name} key={id ?? 'new'}>
      <div className={editor.editorBody}>
        <div className={editor.title}>
          <input
            aria-label={words.name}
            value={draft.name}
            maxLength={200}
            spellCheck={false}
            onChange={(event) => change({ name: event.target.value })}
          />
          <span className={editor.badge} title={whereWords(rule ?? { localOnly: [] }, t)}>
            <Monitor size={13} strokeWidth={1.75} aria-hidden="true" />
            {words.here}
          </span>
        </div>
        <p className={editor.about}>{whereWords(rule ?? { localOnly: [] }, t)}</p>
        {rule?.problem ? (
          <Banner
            tone="warning"
            icon={<TriangleAlert size={18} strokeWidth={1.75} aria-hidden="true" />}
            label={words.title}
            title={words.problems[rule.problem.code] ?? words.problems['bad-rule'] ?? ''}
          >
            {rule.problem.detail}
          </Banner>
        ) : null}
        <Conditions group={draft.when} onChange={(when) => change({ when })} />
        <ActionRows actions={draft.actions} onChange={(actions) => change({ actions })} />
        <div className={editor.arrive}>
          <span>{words.arriveIn}</span>
          <FolderField
            folder={draft.folders[0] ?? 0}
            none={words.everyInbox}
            onChange={(folder) => change({ folders: [folder] })}
          />
          {draft.folders.length > 0 ? (
            <IconButton
              size="small"
              label={words.everyInboxAgain}
              icon={<X size={15} strokeWidth={1.75} aria-hidden="true" />}
              onPress={() => change({ folders: [] })}
            />
          ) : null}
        </div>
        <Checkbox selected={draft.stop} onChange={(stop) => change({ stop })}>
          {words.stop}
        </Checkbox>
      </div>
      <div className={editor.foot}>
        <span role="status">{!changed ? '' : lack === null ? words.unsaved : words.needs[lack]}</span>
        <Button isDisabled={!changed} onPress={discard}>
          {words.discard}
        </Button>
        <Button
          variant="primary"
          reason={changed && lack !== null ? words.needs[lack] : undefined}
          isDisabled={!changed}
          onPress={() => void save()}
        >
          {words.save}
        </Button>
      </div>
    </section>
  );
}
