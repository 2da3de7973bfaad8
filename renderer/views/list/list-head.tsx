import { Paperclip } from 'lucide-react';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { Chip } from '../../ui/chip.tsx';
import { ServerFilters } from '../maildrop/server-filters.tsx';
import { viewTitle } from '../tree/names.ts';
import { KeptFilters } from './kept-filters.tsx';
import styles from './list.module.css';
import { currentSelection, useList } from './list-state.ts';
import type { Rows } from './rows.ts';
import { count } from './selection.ts';
import { SortButton } from './sort-button.tsx';
import { ViewMenu } from './view-menu.tsx';

const FILTERS = ['all', 'unread', 'flagged', 'files', 'to-me'] as const;

/** "All" takes the kept filter off, too; the other four go along with it. */
function withFilter(view: ViewInput, filter: NonNullable<ViewInput['filter']>): ViewInput {
  const { narrow, ...rest } = view;
  return { ...rest, filter, ...(narrow && filter !== 'all' ? { narrow } : {}) };
}

/** Name, counts (or what is selected, in the same height), order and quick filters. */
export function ListHead({ rows, view }: { rows: Rows; view: ViewInput }): ReactNode {
  const t = useText();
  const folders = useSession((state) => state.folders);
  const saved = useSession((state) => state.saved);
  const snapshot = useSyncExternalStore(rows.subscribe, () => rows.snapshot);
  const chosen = useList((state) => state.chosen);
  const total = snapshot.total ?? 0;
  const size = useChosenSize(count(chosen, total));
  const filter = view.filter ?? 'all';
  const words = {
    all: t.list.all,
    unread: t.list.unread,
    flagged: t.list.flagged,
    files: t.list.files,
    'to-me': t.list.toMe,
  };
  const selected = count(chosen, total);
  const summary = () => {
    if (selected >= 2) return size === null ? t.list.selected(selected) : t.list.selectedSize(selected, size);
    if (snapshot.total === null) return '';
    if (view.scope.in === 'folder' && filter === 'all' && !view.narrow) {
      const { scope } = view;
      const folder = folders.find((other) => other.id === scope.folder);
      return folder ? t.list.unreadOf(folder.unread, folder.total) : t.list.total(total);
    }
    return t.list.total(total);
  };
  return (
    <header className={styles.head}>
      <div className={styles.headLine}>
        <h1 className={styles.title}>{viewTitle(view, folders, saved, t)}</h1>
        <span className={styles.counts} aria-live={selected >= 2 ? 'polite' : 'off'}>
          {summary()}
        </span>
        <SortButton view={rows.view} />
        <ViewMenu view={view} />
      </div>
      <fieldset
        className={styles.chips}
        aria-label={t.a11y.quickFilters}
        style={{ border: 0, padding: 0, margin: '10px 0 0' }}
      >
        {FILTERS.map((name) => (
          <Chip
            key={name}
            selected={filter === name && (name !== 'all' || !view.narrow)}
            icon={
              name === 'files' ? <Paperclip size={14} strokeWidth={1.75} aria-hidden="true" /> : undefined
            }
            onChange={() => go({ view: withFilter(view, filter === name ? 'all' : name) })}
          >
            {words[name]}
          </Chip>
        ))}
        <ServerFilters view={view} />
        <KeptFilters view={view} />
      </fieldset>
    </header>
  );
}

/** Octets of what is chosen, as words; asked only for two or more letters. */
function useChosenSize(selected: number): string | null {
  const formats = useFormats();
  const chosen = useList((state) => state.chosen);
  const [size, setSize] = useState<number | null>(null);
  useEffect(() => {
    setSize(null);
    const selection = currentSelection();
    if (selected < 2 || !selection || chosen.ids.length > 10_000) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      engine()
        .request('messages.measure', { selection }, { signal: stop.signal })
        .then((measured) => setSize(measured.size))
        .catch(() => undefined);
    }, 120);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [selected, chosen]);
  return size === null ? null : formats.size(size);
}
