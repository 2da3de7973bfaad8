/** Stores of other programs on this computer: asked once a window, kept for every place that shows them. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { FoundStore, OriginKind } from '../../../main/contract/mail/moving.ts';
import { engine } from '../../state/engine.ts';

const useStores = create<{ stores: readonly FoundStore[] | null; asked: boolean }>(() => ({
  stores: null,
  asked: false,
}));

/** Programs by their own names, which are the same in every language. */
const PROGRAMS: Readonly<Partial<Record<OriginKind, string>>> = {
  thunderbird: 'Thunderbird',
  dbx: 'Outlook Express',
  pst: 'Outlook',
  msg: 'Outlook',
  postroom: 'Postroom',
  thebat: 'The Bat!',
};

/** What was found, by program; `files`: what is no program's. */
export function programsOf(stores: readonly FoundStore[], files: string): string[] {
  return [...new Set(stores.map((store) => PROGRAMS[store.kind] ?? files))];
}

/** null: still looking. A search that fails has found nothing: the field for paths is there. */
export function useFoundStores(): readonly FoundStore[] | null {
  const { stores, asked } = useStores();
  useEffect(() => {
    if (asked) return;
    useStores.setState({ asked: true });
    engine()
      .request('moving.find', {})
      .then(
        (found) => useStores.setState({ stores: found.stores }),
        () => useStores.setState({ stores: [] }),
      );
  }, [asked]);
  return stores;
}
