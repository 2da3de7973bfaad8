import { type ReactNode, useEffect, useState } from 'react';
import type { Facets as FacetData } from '../../../main/contract/mail/search.ts';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { setSearch, usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { Tag } from '../../ui/chip.tsx';
import { classes } from '../../ui/class-names.ts';
import { isColour } from '../../ui/colours.ts';
import { Checkbox, RadioGroup } from '../../ui/field.tsx';
import { accountName } from '../tree/names.ts';
import { part } from './query-parts.ts';
import styles from './search.module.css';

/** Counts for the query; the former ones stay until the new ones are here. */
export function useFacets(view: ViewInput | null, version: number): FacetData | null {
  const [facets, setFacets] = useState<FacetData | null>(null);
  const home = usePlace((state) => state.view);
  const folder = home?.scope.in === 'folder' ? home.scope.folder : null;
  const account = useSession((state) => state.folders.find((other) => other.id === folder)?.account ?? null);
  const key = view ? JSON.stringify(view) : null;
  useEffect(() => {
    if (!key || version === 0) return;
    const stop = new AbortController();
    engine()
      .request(
        'search.facets',
        { view: JSON.parse(key) as ViewInput, folder, account },
        { signal: stop.signal },
      )
      .then(setFacets)
      .catch(() => undefined);
    return () => stop.abort();
  }, [key, folder, account, version]);
  return facets;
}

export function Facets({ facets }: { facets: FacetData | null }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const search = usePlace((state) => state.search);
  const home = usePlace((state) => state.view);
  const accounts = useSession((state) => state.accounts);
  const folders = useSession((state) => state.folders);
  const tags = useSession((state) => state.tags);
  if (!search) return null;
  const folder = home?.scope.in === 'folder' ? home.scope.folder : null;
  const accountId = folders.find((other) => other.id === folder)?.account;
  const account = accounts.find((other) => other.id === accountId);
  const words = t.search.words;
  const has = (chip: string) => search.chips.includes(chip);
  const turn = (chip: string, on: boolean) =>
    setSearch({ chips: on ? [...search.chips, chip] : search.chips.filter((other) => other !== chip) });
  const scopes = [
    ...(folder === null ? [] : [{ id: 'folder', label: t.search.thisFolder, n: facets?.scopes.folder }]),
    ...(account ? [{ id: 'account', label: accountName(account, t), n: facets?.scopes.account }] : []),
    { id: 'everywhere', label: t.search.everywhere, n: facets?.scopes.everywhere },
  ];
  const chooseScope = (id: string) => {
    if (id === 'folder' && folder !== null) setSearch({ scope: { in: 'folder', folder } });
    else if (id === 'account' && account) setSearch({ scope: { in: 'account', account: account.id } });
    else setSearch({ scope: { in: 'everywhere' } });
  };
  const counted = (label: ReactNode, n: number | null | undefined) => (
    <span className={styles.line} style={{ flex: 1 }}>
      <span className={styles.lineLabel}>{label}</span>
      <span className={styles.n}>{n === null || n === undefined ? '' : formats.number(n)}</span>
    </span>
  );
  const check = (chip: string, label: ReactNode, n: number) => (
    <Checkbox key={chip} selected={has(chip)} onChange={(on) => turn(chip, on)}>
      {counted(label, n)}
    </Checkbox>
  );
  return (
    <aside className={styles.facets} data-scope="search" aria-label={t.search.where}>
      <div className={styles.facet}>
        <span className={styles.facetName}>{t.search.where}</span>
        <RadioGroup
          label={t.search.where}
          hideLabel
          value={search.scope.in}
          options={scopes.map((scope) => ({
            id: scope.id,
            label: scope.label,
            content: counted(scope.label, scope.n),
          }))}
          onChange={chooseScope}
        />
      </div>
      {facets && facets.people.length > 0 ? (
        <fieldset className={styles.facet}>
          <legend className={styles.facetName}>{t.search.from}</legend>
          {facets.people
            .slice(0, 5)
            .map((person) =>
              check(part(words.from, person.address), person.name || person.address, person.count),
            )}
        </fieldset>
      ) : null}
      {facets && facets.months.length > 1 ? <Months months={facets.months} /> : null}
      {facets && facets.files.length > 0 ? (
        <fieldset className={styles.facet}>
          <legend className={styles.facetName}>{t.search.files}</legend>
          {facets.files.flatMap(({ kind, count }) =>
            kind === 'other' ? [] : [check(part(words.type, words.types[kind]), t.search.kinds[kind], count)],
          )}
        </fieldset>
      ) : null}
      {facets && facets.tags.length > 0 ? (
        <fieldset className={styles.facet}>
          <legend className={styles.facetName}>{t.search.tags}</legend>
          {facets.tags.map((tag) => {
            const colour = tags.find((other) => other.name === tag.name)?.colour ?? 'grey';
            const label = <Tag colour={isColour(colour) ? colour : 'grey'}>{tag.name}</Tag>;
            return check(part(words.tag, tag.name), label, tag.count);
          })}
        </fieldset>
      ) : null}
    </aside>
  );
}

/** A month each; a click keeps only it, a second click gives all back. */
function Months({ months }: { months: FacetData['months'] }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const search = usePlace((state) => state.search);
  const words = t.search.words;
  const most = Math.max(...months.map((month) => month.count), 1);
  const shown = months.slice(-12);
  const iso = (ms: number) => {
    const day = new Date(ms);
    return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-01`;
  };
  const chipsOf = (at: number) => {
    const month = shown[at];
    if (!month) return [];
    const start = new Date(month.start);
    const next = new Date(start.getFullYear(), start.getMonth() + 1, 1).getTime();
    return [part(words.after, iso(month.start)), part(words.before, iso(next))];
  };
  const dated = (chip: string) => chip.startsWith(`${words.after}:`) || chip.startsWith(`${words.before}:`);
  return (
    <fieldset className={styles.facet}>
      <legend className={styles.facetName}>{t.search.when}</legend>
      <div className={styles.bars}>
        {shown.map((month, at) => {
          const chips = chipsOf(at);
          const on = chips.every((chip) => search?.chips.includes(chip));
          return (
            <button
              key={month.start}
              type="button"
              className={classes(styles.bar, on && styles.barOn)}
              style={{ height: `${Math.max(6, (100 * month.count) / most)}%` }}
              aria-pressed={on}
              aria-label={t.search.month(formats.shortMonth(month.start), month.count)}
              title={t.search.month(formats.shortMonth(month.start), month.count)}
              onClick={() => {
                const others = (search?.chips ?? []).filter((chip) => !dated(chip));
                setSearch({ chips: on ? others : [...others, ...chips] });
              }}
            />
          );
        })}
      </div>
      <div className={styles.ends}>
        <span>{formats.shortMonth(shown[0]?.start ?? 0)}</span>
        <span>{formats.shortMonth(shown.at(-1)?.start ?? 0)}</span>
      </div>
    </fieldset>
  );
}
