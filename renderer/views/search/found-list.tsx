import { BookmarkPlus, SearchX } from 'lucide-react';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import type { Facets } from '../../../main/contract/mail/search.ts';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { closeSearch, go, setSearch } from '../../state/place.ts';
import { refreshSaved } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { TextField } from '../../ui/field.tsx';
import list from '../list/list.module.css';
import { MessageList } from '../list/message-list.tsx';
import type { Rows } from '../list/rows.ts';
import { SortButton } from '../list/sort-button.tsx';
import { useEdited } from './editing.ts';
import { part } from './query-parts.ts';
import styles from './search.module.css';

export interface FoundListProps {
  rows: Rows;
  view: ViewInput;
  facets: Facets | null;
  words: readonly string[];
}

/** What was found: count, save, order, rows with the reason they were found. */
export function FoundList({ rows, view, facets, words }: FoundListProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const snapshot = useSyncExternalStore(rows.subscribe, () => rows.snapshot);
  const [saving, setSaving] = useState<string | null>(null);
  const total = snapshot.total ?? 0;
  const title =
    snapshot.total === null
      ? ''
      : snapshot.exact
        ? t.search.results(total)
        : t.search.resultsMany(formats.number(total));
  const query = view.query ?? '';
  const edited = useEdited((state) => state.edited);
  const update = () => {
    if (!edited) return;
    engine()
      .request('search.update', { id: edited.id, view })
      .then(async () => {
        await refreshSaved();
        closeSearch();
        showToast({ text: t.looks.updated(edited.name), icon: 'check' });
        go({ view });
      })
      .catch(sayFailure);
  };
  const keep = () => {
    const name = saving?.trim() ?? '';
    if (!name) return;
    setSaving(null);
    engine()
      .request('filters.save', { name: name.slice(0, 60), query })
      .catch(sayFailure);
  };
  const save = () => {
    const name = saving?.trim() ?? '';
    if (!name) return;
    setSaving(null);
    engine().request('search.save', { name, view }).then(refreshSaved, sayFailure);
  };
  return (
    <div className={list.pane}>
      <header className={styles.head}>
        <h1 className={styles.title} aria-live="polite">
          {title}
        </h1>
        {edited ? (
          <Button variant="quiet" size="small" onPress={update}>
            {t.looks.updateSearch(edited.name)}
          </Button>
        ) : null}
        <Button
          variant="quiet"
          size="small"
          icon={<BookmarkPlus size={16} strokeWidth={1.75} aria-hidden="true" />}
          onPress={() => setSaving(query)}
        >
          {t.search.save}
        </Button>
        <SortButton view={rows.view} />
      </header>
      {snapshot.total === 0 ? (
        <Empty
          icon={<SearchX size={32} strokeWidth={1.5} aria-hidden="true" />}
          title={t.search.none(query)}
          action={
            facets && facets.leftOut > 0 ? (
              <Button
                variant="link"
                onPress={() =>
                  setSearch({
                    // OR binds tighter than the silent AND, so no brackets are needed (and none are known).
                    text: `${query} ${part(t.search.words.in, t.tree.roles.junk)} OR ${part(t.search.words.in, t.tree.roles.trash)}`,
                    chips: [],
                  })
                }
              >
                {t.search.showLeftOut}
              </Button>
            ) : undefined
          }
        >
          {facets && facets.leftOut > 0 ? t.search.leftOut(facets.leftOut) : null}
        </Empty>
      ) : (
        <MessageList rows={rows} density="found" words={words} />
      )}
      <Dialog
        title={t.search.saveTitle}
        isOpen={saving !== null}
        onClose={() => setSaving(null)}
        foot={
          <>
            <Button onPress={keep} isDisabled={!saving?.trim()}>
              {t.looks.keepFilter}
            </Button>
            <Button variant="primary" onPress={save} isDisabled={!saving?.trim()}>
              {t.common.save}
            </Button>
          </>
        }
      >
        <TextField
          label={t.search.saveName}
          value={saving ?? ''}
          onChange={setSaving}
          autoFocus
          onKeyDown={(event) => {
            if (event.key === 'Enter') save();
          }}
        />
      </Dialog>
    </div>
  );
}
