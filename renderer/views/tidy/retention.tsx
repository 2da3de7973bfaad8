import { X } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import type { RetentionRule } from '../../../main/contract/mail/tidy.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Question } from '../../ui/dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { AgeSelect, FolderChoice, Section, useFolderPath, useWork } from './section.tsx';
import styles from './tidy.module.css';

interface Asked {
  folder: number;
  days: number;
  end: RetentionRule['end'];
  preview: Output<'tidy.retentionPreview'>;
}

/** Folders that keep their letters for a while. What would go is shown before a rule is switched on. */
export function Retention(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.tidy.retention;
  const pathOf = useFolderPath();
  const [rules, setRules] = useState<readonly RetentionRule[]>([]);
  const [folder, setFolder] = useState<number | null>(null);
  const [days, setDays] = useState(90);
  const [end, setEnd] = useState<RetentionRule['end']>('trash');
  const [asked, setAsked] = useState<Asked | null>(null);
  const [working, run] = useWork();
  const load = useCallback(() => {
    engine().request('tidy.retention', {}).then(setRules, sayFailure);
  }, []);
  useEffect(() => {
    load();
    return engine().on('tidy.changed', load);
  }, [load]);
  const { keptFor } = t.tidy;
  const look = (wanted: Omit<Asked, 'preview'>) =>
    run(async () => {
      const preview = await engine().request('tidy.retentionPreview', {
        folder: wanted.folder,
        days: wanted.days,
      });
      setAsked({ ...wanted, preview });
    });
  const confirm = (wanted: Asked) =>
    run(async () => {
      const { preview: _preview, ...rule } = wanted;
      await engine().request('tidy.setRetention', { ...rule, confirmed: true });
      setAsked(null);
      setFolder(null);
      showToast({ text: words.on(pathOf(rule.folder)), icon: 'check' });
      load();
    });
  const remove = (rule: RetentionRule) =>
    run(async () => {
      await engine().request('tidy.setRetention', { folder: rule.folder, days: null });
      showToast({ text: words.removed(pathOf(rule.folder)), icon: 'check' });
      load();
    });
  return (
    <Section title={words.title} about={words.about}>
      {rules.length === 0 ? <p className={styles.about}>{words.none}</p> : null}
      <ul className={styles.found} aria-label={words.list}>
        {rules.map((rule) => (
          <li key={rule.folder} className={styles.rule}>
            <div className={styles.letter}>
              <b>{pathOf(rule.folder)}</b>
              <span>
                {[
                  words.rule(keptFor(rule.days), words.ends[rule.end]),
                  !rule.confirmed
                    ? words.waits
                    : rule.lastRun === null
                      ? words.never
                      : words.ran(rule.lastCount, formats.letterDate(rule.lastRun, Date.now())),
                ].join(' · ')}
              </span>
            </div>
            {rule.confirmed ? null : (
              <Button size="small" isDisabled={working} onPress={() => look(rule)}>
                {words.preview}
              </Button>
            )}
            <IconButton
              size="small"
              label={words.remove(pathOf(rule.folder))}
              icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
              onPress={() => remove(rule)}
            />
          </li>
        ))}
      </ul>
      <div className={styles.line}>
        <FolderChoice value={folder} onChange={setFolder} />
        <AgeSelect label={words.keep} value={days} name={keptFor} onChange={setDays} />
        <Select
          className={styles.age ?? ''}
          label={words.end}
          value={end}
          options={[
            { id: 'trash', label: words.ends.trash },
            { id: 'erase', label: words.ends.erase },
          ]}
          onChange={setEnd}
        />
        <Button
          isDisabled={folder === null || working}
          onPress={() => {
            if (folder !== null) look({ folder, days, end });
          }}
        >
          {words.preview}
        </Button>
        {rules.some((rule) => rule.confirmed) ? (
          <Button
            variant="quiet"
            isDisabled={working}
            onPress={() =>
              run(async () => {
                const { count } = await engine().request('tidy.runRetention', {});
                showToast({ text: words.done(count), icon: 'check' });
              })
            }
          >
            {words.run}
          </Button>
        ) : null}
      </div>
      <Question
        question={asked ? words.question(pathOf(asked.folder), keptFor(asked.days)) : ''}
        confirm={words.confirm}
        danger={asked?.end === 'erase'}
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={() => {
          if (asked) confirm(asked);
        }}
      >
        {asked ? (
          <>
            <p>{words.would(asked.preview.count, formats.size(asked.preview.size))}</p>
            <p>{asked.end === 'trash' ? words.trash : words.erase}</p>
          </>
        ) : null}
      </Question>
    </Section>
  );
}
