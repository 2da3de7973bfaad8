import { type ReactNode, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import type { Scope } from '../../../main/contract/mail/views.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { act } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox, Select } from '../../ui/field.tsx';
import { saveBlob, sourceBlob } from '../reader/bytes.ts';
import { fileNameOf } from '../reader/file-name.ts';
import { ScopeSelect, Section, useFolderPath, useWork } from './section.tsx';
import styles from './tidy.module.css';

const MB = 1024 * 1024;
const SIZES = [MB / 8, MB, 5 * MB, 10 * MB, 25 * MB];

/** The largest letters first; chosen ones are archived, deleted or saved as files. */
export function LargeLetters(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.tidy.large;
  const pathOf = useFolderPath();
  const [scope, setScope] = useState<Scope>({ in: 'everywhere' });
  const [least, setLeast] = useState(5 * MB);
  const [found, setFound] = useState<Output<'tidy.large'> | null>(null);
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [working, run] = useWork();
  const load = async () => {
    setFound(await engine().request('tidy.large', { scope, least, limit: 100 }));
    setChosen([]);
  };
  const rows = found?.rows.filter(({ id }) => chosen.includes(id)) ?? [];
  const ids = rows.map(({ id }) => id);
  const doTo = (action: 'archive' | 'delete') =>
    run(async () => {
      const text = action === 'archive' ? words.archived : words.deleted;
      await act({ ids }, { do: action }, { text, icon: action === 'archive' ? 'archive' : 'trash' });
      await load();
    });
  const save = () =>
    run(async () => {
      for (const row of rows) saveBlob(await sourceBlob(row.id), fileNameOf(row.subject, 'eml'));
    });
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
        <Select
          className={styles.age ?? ''}
          label={words.least}
          value={String(least)}
          options={SIZES.map((size) => ({ id: String(size), label: formats.size(size) }))}
          onChange={(size) => {
            setLeast(Number(size));
            setFound(null);
          }}
        />
        <Button isDisabled={working} onPress={() => run(load)}>
          {working ? t.tidy.looking : t.tidy.look}
        </Button>
      </div>
      <div role="status" className={styles.result}>
        {found ? (
          <p>{found.total === 0 ? words.none : words.found(found.total, formats.size(found.size))}</p>
        ) : null}
      </div>
      {found && found.total > 0 ? (
        <>
          <ul className={styles.found} aria-label={words.list}>
            {found.rows.map((row) => {
              const subject = row.subject || t.common.noSubject;
              return (
                <li key={row.id}>
                  <Checkbox
                    label={words.choose(subject)}
                    selected={chosen.includes(row.id)}
                    onChange={(on) =>
                      setChosen(on ? [...chosen, row.id] : chosen.filter((id) => id !== row.id))
                    }
                  >
                    {null}
                  </Checkbox>
                  <div className={styles.letter}>
                    <b>{subject}</b>
                    <span>
                      {[
                        row.from.name || row.from.address,
                        formats.listDate(row.date, Date.now()),
                        pathOf(row.folder),
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </span>
                  </div>
                  <span className={styles.amount}>{formats.size(row.size)}</span>
                </li>
              );
            })}
          </ul>
          <div className={styles.line}>
            <Button isDisabled={working || ids.length === 0} onPress={() => doTo('archive')}>
              {words.archive}
            </Button>
            <Button isDisabled={working || ids.length === 0} onPress={() => doTo('delete')}>
              {words.delete}
            </Button>
            <Button isDisabled={working || ids.length === 0} onPress={save}>
              {words.save}
            </Button>
            <span className={styles.about}>
              {words.chosen(ids.length, formats.size(rows.reduce((sum, { size }) => sum + size, 0)))}
            </span>
          </div>
        </>
      ) : null}
    </Section>
  );
}
