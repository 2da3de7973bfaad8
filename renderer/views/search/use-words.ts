import { useEffect, useState } from 'react';
import { engine } from '../../state/engine.ts';

const NONE: readonly string[] = [];

/** Words to mark for a query, stems expanded by the engine. */
export function useWords(query: string): readonly string[] {
  const [words, setWords] = useState(NONE);
  useEffect(() => {
    if (query === '') {
      setWords(NONE);
      return;
    }
    const stop = new AbortController();
    engine()
      .request('search.parse', { query }, { signal: stop.signal })
      .then(({ highlight }) => setWords(highlight))
      .catch(() => undefined);
    return () => stop.abort();
  }, [query]);
  return words;
}
