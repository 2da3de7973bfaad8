import { useEffect, useRef, useState } from 'react';
import { engine } from '../../state/engine.ts';
import type { Rows } from './rows.ts';

export interface Snippet {
  text: string;
  file: string | null;
}

const NONE: ReadonlyMap<number, Snippet> = new Map();
const REST_MS = 60;

/** Text around the hits for the rows in sight; asked when the list rests, kept while the query lasts. */
export function useSnippets(
  rows: Rows,
  range: { from: number; to: number } | null,
  version: number,
): ReadonlyMap<number, Snippet> {
  const [found, setFound] = useState(NONE);
  const asked = useRef<{ rows: Rows; ids: Set<number> }>({ rows, ids: new Set() });
  const from = range?.from ?? -1;
  const to = range?.to ?? -1;
  useEffect(() => {
    if (asked.current.rows !== rows) {
      asked.current = { rows, ids: new Set() };
      setFound(NONE);
    }
    const { query } = rows.view;
    if (from < 0 || !query || version === 0) return;
    const timer = setTimeout(() => {
      const ids: number[] = [];
      for (let at = from; at < to && ids.length < 100; at++) {
        const id = rows.row(at)?.id;
        if (id !== undefined && !asked.current.ids.has(id)) ids.push(id);
      }
      if (ids.length === 0) return;
      for (const id of ids) asked.current.ids.add(id);
      engine()
        .request('search.snippets', { query, ids })
        .then((snippets) => {
          if (asked.current.rows !== rows) return;
          setFound((former) => {
            const next = new Map(former);
            for (const snippet of snippets) next.set(snippet.id, { text: snippet.text, file: snippet.file });
            return next;
          });
        })
        // Without snippets the rows show their preview: that is no failure to speak of.
        .catch(() => undefined);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [rows, from, to, version]);
  return found;
}
