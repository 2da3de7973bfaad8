/** Makes and changes a kept filter: a name, and a condition in the words of the search. */
import { type ReactNode, useEffect, useState } from 'react';
import { create } from 'zustand';
import type { KeptFilter } from '../../../main/contract/mail/looks.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go, usePlace } from '../../state/place.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { removeFilter } from './kept-filters.tsx';
import styles from './list.module.css';

type Draft = Omit<KeptFilter, 'id'> & { id: number | null };

const useFilterDraft = create<{ draft: Draft | null }>(() => ({ draft: null }));

export function editFilter(filter: Partial<KeptFilter>): void {
  const { id = null, name = '', query = '' } = filter;
  useFilterDraft.setState({ draft: { id, name, query } });
}

export function FilterDialog(): ReactNode {
  const t = useText();
  const draft = useFilterDraft((state) => state.draft);
  const close = () => useFilterDraft.setState({ draft: null });
  const change = (part: Partial<Draft>) =>
    useFilterDraft.setState(({ draft: old }) => ({ draft: old && { ...old, ...part } }));
  const problem = useProblem(draft?.query ?? '');
  const name = draft?.name.trim() ?? '';
  const query = draft?.query.trim() ?? '';
  const ready = name !== '' && query !== '' && !problem;
  const save = () => {
    if (!draft || !ready) return;
    close();
    const { view } = usePlace.getState();
    engine()
      .request('filters.save', { ...(draft.id === null ? {} : { id: draft.id }), name, query })
      .then(() => {
        // One sees at once what it finds.
        if (view && !view.query) go({ view: { ...view, narrow: query } });
      }, sayFailure);
  };
  const onKeyDown = (event: { key: string }) => {
    if (event.key === 'Enter') save();
  };
  return (
    <Dialog
      title={draft?.id == null ? t.looks.newFilter : t.looks.editFilter}
      isOpen={draft !== null}
      onClose={close}
      foot={
        <>
          {draft?.id == null ? null : (
            <Button
              onPress={() => {
                close();
                if (draft.id !== null) removeFilter({ ...draft, id: draft.id }, t);
              }}
            >
              {t.looks.removeFilter}
            </Button>
          )}
          <Button variant="primary" onPress={save} isDisabled={!ready}>
            {t.common.save}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <TextField
          label={t.looks.filterName}
          value={draft?.name ?? ''}
          onChange={(next) => change({ name: next.slice(0, 60) })}
          hint={t.looks.filterPlace}
          autoFocus
          onKeyDown={onKeyDown}
        />
        <TextField
          label={t.looks.filterWords}
          value={draft?.query ?? ''}
          onChange={(next) => change({ query: next.slice(0, 1000) })}
          hint={t.looks.filterHint}
          problem={problem ? t.looks.filterBad : undefined}
          onKeyDown={onKeyDown}
        />
      </div>
    </Dialog>
  );
}

/** A part that looks like an operator and is none. */
function useProblem(query: string): boolean {
  const [problem, setProblem] = useState(false);
  useEffect(() => {
    if (query.trim() === '') return setProblem(false);
    const stop = new AbortController();
    engine()
      .request('search.parse', { query }, { signal: stop.signal })
      .then(({ chips }) => setProblem(chips.some((chip) => !chip.known)))
      .catch(() => undefined);
    return () => stop.abort();
  }, [query]);
  return problem;
}
