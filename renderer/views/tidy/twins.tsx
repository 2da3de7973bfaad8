import { type ReactNode, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import type { DuplicateGroup } from '../../../main/contract/mail/tidy.ts';
import type { Scope } from '../../../main/contract/mail/views.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { ScopeSelect, Section, sayTidied, useFolderPath, useWork } from './section.tsx';
import styles from './tidy.module.css';

/** Groups drawn; all of them are tidied. */
const SHOWN = 50;

/** Letters that are there twice: each group can be left as it is. */
export function Twins(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.tidy.twins;
  const [scope, setScope] = useState<Scope>({ in: 'everywhere' });
  const [found, setFound] = useState<Output<'tidy.duplicates'> | null>(null);
  const [spared, setSpared] = useState<readonly string[]>([]);
  const [working, run] = useWork();
  const look = () =>
    run(async () => {
      setFound(await engine().request('tidy.duplicates', { scope, limit: SHOWN }));
      setSpared([]);
    });
  const remove = () =>
    run(async () => {
      const { count, undo } = await engine().request('tidy.removeDuplicates', { scope, except: [...spared] });
      setFound(null);
      sayTidied(words.done(count), undo, t.commands.undo, 'trash');
    });
  const kept = found?.groups.filter(({ key }) => spared.includes(key)) ?? [];
  const going = (found?.extra ?? 0) - kept.reduce((sum, { count }) => sum + count - 1, 0);
  return (
    <Section title={words.title} about={words.about}>
      <div className={styles.line}>
        <ScopeSelect
          value={scope}
          onChange={(next) => {
            setScope(next);
            setFound(null);
          }}
        />
        <Button isDisabled={working} onPress={look}>
          {working ? t.tidy.looking : t.tidy.look}
        </Button>
      </div>
      <div role="status" className={styles.result}>
        {found ? (
          <p>
            {found.total === 0 ? words.none : words.found(found.total, found.extra, formats.size(found.size))}
          </p>
        ) : null}
      </div>
      {found && found.total > 0 ? (
        <>
          {found.total > found.groups.length ? (
            <p className={styles.about}>{words.first(found.groups.length)}</p>
          ) : null}
          <ul className={styles.found} aria-label={words.list}>
            {found.groups.map((group) => (
              <Twin
                key={group.key}
                group={group}
                chosen={!spared.includes(group.key)}
                onChoose={(on) =>
                  setSpared(on ? spared.filter((key) => key !== group.key) : [...spared, group.key])
                }
              />
            ))}
          </ul>
          <Button variant="primary" isDisabled={working || going <= 0} onPress={remove}>
            {words.act(going)}
          </Button>
        </>
      ) : null}
    </Section>
  );
}

interface TwinProps {
  group: DuplicateGroup;
  chosen: boolean;
  onChoose: (on: boolean) => void;
}

function Twin({ group, chosen, onChoose }: TwinProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.tidy.twins;
  const pathOf = useFolderPath();
  const [first, ...others] = group.rows;
  if (!first) return null;
  const subject = first.subject || t.common.noSubject;
  return (
    <li>
      <Checkbox label={words.choose(subject)} selected={chosen} onChange={onChoose}>
        {null}
      </Checkbox>
      <div className={styles.letter}>
        <b>{subject}</b>
        <span>
          {[
            first.from.name || first.from.address,
            formats.listDate(first.date, Date.now()),
            formats.size(first.size),
            words.stays(pathOf(first.folder)),
            formats.list([...new Set(others.map((row) => words.goes(pathOf(row.folder))))]),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      <span className={styles.amount}>{words.copies(group.count)}</span>
    </li>
  );
}
