/** List and letter, side by side, one below the other, or the letter over the list. */
import { ArrowLeft, Inbox } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { runCommand } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { useLooks } from '../../state/looks.ts';
import { go, type Place, queryOf, usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { placeOf, wholeLook } from '../../state/whole-look.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { Empty } from '../../ui/empty.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import list from '../list/list.module.css';
import { ListCommands } from '../list/list-commands.tsx';
import { ListHead } from '../list/list-head.tsx';
import { closeView, showView, useList } from '../list/list-state.ts';
import { MessageList } from '../list/message-list.tsx';
import type { Rows } from '../list/rows.ts';
import { PlanBars } from '../maildrop/plan-bar.tsx';
import { Reader } from '../reader/reader.tsx';
import { Facets, useFacets } from '../search/facets.tsx';
import { FoundList } from '../search/found-list.tsx';
import { useWords } from '../search/use-words.ts';
import { useDragged } from './use-dragged.ts';
import { useMedia } from './use-media.ts';
import styles from './window.module.css';

/** As wide as search.module.css makes them. */
const FACETS = '13.25rem';
/** Px that a letter needs beside the list. */
const LETTER = 336;
/** Above the letter: how tall the list is until somebody drags it, and what it leaves the letter in a low window, px. */
const LIST = 480;
const BELOW = 300;

/** The view in force: the search while one is open, else the folder's. */
function viewOf({ view: home, search }: Pick<Place, 'view' | 'search'>): {
  view: ViewInput | null;
  searching: boolean;
} {
  const query = search ? queryOf(search) : '';
  if (!search || query === '') return { view: home, searching: false };
  return { view: { scope: search.scope, query }, searching: true };
}

function useView(): ReturnType<typeof viewOf> {
  const view = usePlace((state) => state.view);
  const search = usePlace((state) => state.search);
  // Rows are asked for before the window is drawn anew: the answer is on its way meanwhile.
  useEffect(
    () =>
      usePlace.subscribe((state, former) => {
        if (state.view === former.view && state.search === former.search) return;
        const next = viewOf(state).view;
        if (next) showView(next);
      }),
    [],
  );
  return useMemo(() => viewOf({ view, search }), [view, search]);
}

export function MailSheet({ narrow, single }: { narrow: boolean; single: boolean }): ReactNode {
  const t = useText();
  const { view, searching } = useView();
  const rows = useList((state) => state.rows);
  const letterOpen = usePlace((state) => state.letterOpen);
  const settings = useSession((state) => state.settings);
  const looks = useLooks((state) => state.looks);
  const saved = useSession((state) => state.saved);
  const words = useWords(view?.query ?? '');
  const layout = single
    ? 'off'
    : narrow && settings?.layout === 'right'
      ? 'right'
      : (settings?.layout ?? 'right');
  // What narrows a search stands beside what was found, or above it where there is no room for three.
  const size = (settings?.textSize ?? 100) / 100;
  const stacked = useMedia(`(max-width: ${1199 * size}px)`) && searching;
  const tight = useMedia(`(max-width: ${559 * size}px)`);
  const [width, setWidth] = useDragged(settings?.listWidth ?? 400, 'listWidth');
  const [height, setHeight] = useDragged(settings?.listHeight ?? LIST, 'listHeight');

  // Order and grouping are part of what the list asks for.
  const stamp = useMemo(
    () => (view ? JSON.stringify(wholeLook(placeOf(view, saved), looks, settings)) : ''),
    [view, saved, looks, settings],
  );
  useEffect(() => {
    if (view && stamp !== '') showView(view);
    else closeView();
  }, [view, stamp]);
  useWatchedFolder(view);

  const covered = layout === 'off' && letterOpen;
  // The list is gone from under the keyboard: the letter takes it.
  useEffect(() => {
    if (covered) document.querySelector<HTMLElement>('[data-pane="reader"]')?.focus();
  }, [covered]);

  if (!view || !rows) return null;
  const listPane = (
    <>
      <ListCommands view={view} />
      {searching ? (
        <Found rows={rows} view={view} words={words} />
      ) : (
        <FolderList rows={rows} view={view} words={words} />
      )}
    </>
  );
  if (layout === 'off') {
    return covered ? (
      <div className={classes(styles.reader, styles.covering)}>
        <div className={styles.back}>
          <Button
            variant="quiet"
            size="small"
            icon={<ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" />}
            onPress={() => runCommand('go.back')}
          >
            {t.commands.back}
          </Button>
        </div>
        <Reader words={words} />
      </div>
    ) : (
      <div
        className={classes(styles.list, styles.grow, searching && tight && styles.stacked)}
        style={{ display: 'flex' }}
      >
        {listPane}
      </div>
    );
  }
  const right = layout === 'right';
  // However wide the list was made in a larger window: beside it the letter can be read.
  const asked = searching && !stacked ? `(${width}px + ${FACETS})` : `${width}px`;
  const listWidth = `min(${asked}, max(45%, 100% - ${LETTER}px))`;
  const listHeight = `min(${height}px, max(45%, 100% - ${BELOW}px))`;
  return (
    <>
      <div
        className={classes(styles.list, right && stacked && styles.stacked)}
        style={right ? { width: listWidth, display: 'flex' } : { height: listHeight, display: 'flex' }}
      >
        {listPane}
      </div>
      {right ? (
        <Splitter
          label={t.a11y.listWidth}
          value={width}
          min={280}
          max={640}
          initial={400}
          onChange={setWidth}
        />
      ) : (
        <Splitter
          label={t.a11y.listHeight}
          value={height}
          min={160}
          max={700}
          initial={LIST}
          onChange={setHeight}
          orientation="horizontal"
        />
      )}
      <div className={styles.reader}>
        <Reader words={words} />
      </div>
    </>
  );
}

function Found({ rows, view, words }: { rows: Rows; view: ViewInput; words: readonly string[] }): ReactNode {
  const snapshot = useSyncExternalStore(rows.subscribe, () => rows.snapshot);
  const searching = usePlace((state) => state.search !== null);
  const facets = useFacets(searching ? view : null, snapshot.total === null ? 0 : 1 + snapshot.shiftStamp);
  return (
    <>
      <Facets facets={facets} />
      <FoundList rows={rows} view={view} facets={facets} words={words} />
    </>
  );
}

function FolderList({
  rows,
  view,
  words,
}: {
  rows: Rows;
  view: ViewInput;
  words: readonly string[];
}): ReactNode {
  const density = useSession((state) => state.settings?.density ?? 'cosy');
  const snapshot = useSyncExternalStore(rows.subscribe, () => rows.snapshot);
  return (
    <div className={list.pane}>
      <ListHead rows={rows} view={view} />
      <PlanBars view={view} />
      {snapshot.total === 0 || snapshot.failure ? (
        <NoRows rows={rows} view={view} />
      ) : (
        <MessageList rows={rows} density={density} words={words} />
      )}
    </div>
  );
}

function unfiltered({ narrow: _narrow, ...rest }: ViewInput): ViewInput {
  return { ...rest, filter: 'all' };
}

/** Why there is nothing to see, and a way on. */
function NoRows({ rows, view }: { rows: Rows; view: ViewInput }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const accounts = useSession((state) => state.accounts);
  const { failure } = rows.snapshot;
  const icon = <Inbox size={32} strokeWidth={1.5} aria-hidden="true" />;
  if (failure) {
    const said = sentence(failure);
    return (
      <Empty
        icon={icon}
        title={said.title}
        action={<Button onPress={() => void rows.refresh()}>{t.common.retry}</Button>}
      >
        {said.body}
      </Empty>
    );
  }
  if ((view.filter ?? 'all') !== 'all' || view.narrow) {
    return (
      <Empty
        icon={icon}
        title={t.list.emptyFilter}
        action={
          <Button variant="link" onPress={() => go({ view: unfiltered(view) })}>
            {t.list.showAll}
          </Button>
        }
      />
    );
  }
  const last = Math.max(0, ...accounts.map((account) => account.lastSync ?? 0));
  return (
    <Empty
      icon={icon}
      title={t.list.empty}
      action={
        <Button variant="link" onPress={() => runCommand('application.check')}>
          {t.list.checkNow}
        </Button>
      }
    >
      {last > 0 ? t.status.upToDate(formats.time(last)) : t.list.emptyFolder}
    </Empty>
  );
}

/** Tells the engine which folder is looked at: it is synchronised first and watched. */
function useWatchedFolder(view: ViewInput | null): void {
  const id = view?.scope.in === 'folder' ? view.scope.folder : null;
  useEffect(() => {
    // Watching is a wish: when it fails, the next ordinary check brings the same letters.
    engine()
      .request('folders.open', { id })
      .catch(() => undefined);
  }, [id]);
}
