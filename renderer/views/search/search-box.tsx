/**
 * The search box: parts of the query as chips, the rest as text. Typing or clicking facets makes the same
 * query. Esc clears the text first, then goes back to the row of the folder.
 */
import { Clock, Filter, Folder, Search as SearchIcon, Tag, User, X } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { printedKeys, useCommand, useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { closeSearch, queryOf, setSearch, usePlace } from '../../state/place.ts';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { focusNextList } from '../list/focus-list.ts';
import { useList } from '../list/list-state.ts';
import { chipWords, takeChips } from './query-parts.ts';
import styles from './search.module.css';

type Suggestion = Output<'search.suggest'>[number];

/** Typing rests this long before the letters are looked for, ms; the engine answers in some 10. */
const REST_MS = 90;
const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const KINDS = { operator: Filter, person: User, tag: Tag, folder: Folder, recent: Clock } as const;

export function SearchBox(): ReactNode {
  const t = useText();
  const search = usePlace((state) => state.search);
  const [typed, setTyped] = useState('');
  const [suggestions, setSuggestions] = useState<readonly Suggestion[]>([]);
  const [active, setActive] = useState(-1);
  const [focused, setFocused] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const base = useId();
  const command = useCommand('application.search');
  const chips = search?.chips ?? [];
  const text = search?.text ?? '';

  // A saved search or a facet changed the query from outside.
  useEffect(() => setTyped(text), [text]);

  useCommands([
    {
      id: 'application.search',
      label: t.commands.search,
      group: 'go',
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
  ]);

  useEffect(() => {
    if (typed === text) return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { chips: known } = await engine().request(
          'search.parse',
          { query: typed },
          { signal: stop.signal },
        );
        const taken = takeChips(typed, known);
        if (taken.chips.length > 0) setTyped(taken.rest);
        setSearch({ text: taken.rest, chips: [...chips, ...taken.chips] });
      } catch {
        // A newer text is on its way, or the engine is away: the window says that.
      }
    }, REST_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [typed, text, chips]);

  useEffect(() => {
    // After a space nothing is begun: there is nothing to finish, and the list below is what one looks at.
    if (!focused || typed.trim() === '' || /\s$/.test(typed)) {
      setSuggestions([]);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      engine()
        .request('search.suggest', { query: typed, at: typed.length }, { signal: stop.signal })
        .then((found) => {
          setSuggestions(found.slice(0, 6));
          setActive(-1);
        })
        .catch(() => undefined);
    }, REST_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [typed, focused]);

  const leave = () => {
    closeSearch();
    setTyped('');
    setSuggestions([]);
    focusNextList();
  };
  const accept = (suggestion: Suggestion) => {
    setTyped(suggestion.insert);
    setSuggestions([]);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = suggestions[active];
    if (event.key === 'ArrowDown' && suggestions.length > 0) setActive((active + 1) % suggestions.length);
    else if (event.key === 'ArrowUp' && suggestions.length > 0)
      setActive((active - 1 + suggestions.length) % suggestions.length);
    else if (event.key === 'Enter' && chosen) accept(chosen);
    else if (event.key === 'Enter') {
      setSearch({ text: typed });
      setSuggestions([]);
    } else if (event.key === 'Tab' && chosen) accept(chosen);
    else if (event.key === 'Escape') {
      if (suggestions.length > 0 && active >= 0) setSuggestions([]);
      else if (typed !== '' || chips.length > 0) {
        setTyped('');
        setSuggestions([]);
        if (search) setSearch({ text: '', chips: [] });
      } else leave();
    } else if (event.key === 'Backspace' && event.currentTarget.selectionEnd === 0 && chips.length > 0) {
      const last = chips.at(-1) ?? '';
      setTyped(`${last}${typed}`);
      setSearch({ chips: chips.slice(0, -1), text: `${last}${typed}` });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <search
      className={classes(styles.search, search && styles.open)}
      aria-label={t.a11y.searchMail}
      data-scope="search"
    >
      <div className={styles.box}>
        <SearchIcon {...icon} />
        {chips.length > 0 ? (
          <div className={styles.chips} role="listbox" aria-label={t.a11y.searchFilters}>
            {chips.map((chip, at) => {
              const words = chipWords(chip);
              return (
                <span key={chip} className={styles.chip} role="option" aria-selected="true" tabIndex={-1}>
                  {words.operator} <b>{words.value}</b>
                  <button
                    type="button"
                    tabIndex={-1}
                    aria-label={t.search.removeChip(chip)}
                    onClick={() => setSearch({ chips: chips.filter((_, place) => place !== at) })}
                  >
                    <X size={12} strokeWidth={2} aria-hidden="true" />
                  </button>
                </span>
              );
            })}
          </div>
        ) : null}
        <input
          ref={input}
          type="search"
          className={styles.input}
          aria-label={t.a11y.search}
          aria-controls={suggestions.length > 0 ? `${base}list` : undefined}
          aria-activedescendant={active >= 0 ? `${base}${active}` : undefined}
          placeholder={chips.length === 0 ? t.window.searchPlaceholder : ''}
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onFocus={() => setFocused(true)}
          onBlur={() => {
            setFocused(false);
            setSuggestions([]);
          }}
          onKeyDown={onKeyDown}
        />
        {search ? <Took /> : null}
        {search ? (
          <IconButton size="small" label={t.search.clear} icon={<X {...icon} />} onPress={leave} />
        ) : (
          <kbd className={styles.keys}>{printedKeys(command)?.replace('+', ' ')}</kbd>
        )}
      </div>
      {suggestions.length > 0 ? (
        <div
          id={`${base}list`}
          role="listbox"
          aria-label={t.search.suggestions}
          className={styles.suggestions}
        >
          {suggestions.map((suggestion, at) => {
            const Icon = KINDS[suggestion.kind];
            return (
              <div
                key={suggestion.insert}
                id={`${base}${at}`}
                role="option"
                tabIndex={-1}
                aria-selected={at === active}
                className={classes(styles.suggestion, at === active && styles.active)}
                // The field keeps the focus, or it would close this list before the click.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => accept(suggestion)}
              >
                <Icon {...icon} />
                {suggestion.label}
              </div>
            );
          })}
        </div>
      ) : null}
    </search>
  );
}

/** How long the answer took, once it is here. */
function Took(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const rows = useList((state) => state.rows);
  const subscribe = useCallback((listener: () => void) => rows?.subscribe(listener) ?? (() => {}), [rows]);
  const took = useSyncExternalStore(subscribe, () => (rows?.view.query ? rows.snapshot.took : null));
  return took === null ? null : <span className={styles.took}>{t.search.took(formats.seconds(took))}</span>;
}

/** True while there is something to look for. */
export function isSearching(search: ReturnType<typeof usePlace.getState>['search']): boolean {
  return search !== null && queryOf(search) !== '';
}
