/** Rows of the list by position, in pages, asked for as they come into sight and again when something changed. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ContactRow } from '../../../main/contract/mail/contacts.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';

const PAGE = 100;
/** Pages kept; older ones are asked for again. */
const KEPT = 60;
/** Rest after a key press before people are looked up, ms. */
const REST_MS = 80;

export interface People {
  /** null: not known yet. */
  total: number | null;
  row(at: number): ContactRow | undefined;
  /** Who stands from..to (both included); those that are not here are asked for. */
  ids(from: number, to: number): number[] | Promise<number[]>;
  /** Rows that are in sight. */
  want(from: number, to: number): void;
}

interface Pages {
  key: string;
  total: number | null;
  rows: Map<number, readonly ContactRow[]>;
}

/** Rows in one question; the contract takes no more. */
const MOST = 500;

async function askIds(book: number | null, text: string, from: number, to: number): Promise<number[]> {
  const ids: number[] = [];
  for (let at = from; at <= to; ) {
    const count = Math.min(MOST, to - at + 1);
    const { rows } = await engine().request('contacts.window', { book, text, from: at, count });
    ids.push(...rows.map(({ id }) => id));
    if (rows.length === 0) break;
    at += rows.length;
  }
  return ids;
}

export function usePeople(book: number | null, text: string): People {
  const key = `${book ?? ''}\n${text.trim()}`;
  const [pages, setPages] = useState<Pages>({ key, total: null, rows: new Map() });
  const newest = useRef(key);
  const asked = useRef(new Set<string>());
  newest.current = key;

  const ask = useCallback(
    (page: number) => {
      const tag = `${key}\n${page}`;
      if (asked.current.has(tag)) return;
      asked.current.add(tag);
      engine()
        .request('contacts.window', { book, text: text.trim().slice(0, 200), from: page * PAGE, count: PAGE })
        .then(
          ({ total, rows }) => {
            if (newest.current !== key) return;
            setPages((state) => {
              const all = new Map(state.key === key ? state.rows : []);
              all.set(page, rows);
              for (const old of [...all.keys()].slice(0, Math.max(0, all.size - KEPT))) {
                all.delete(old);
                asked.current.delete(`${key}\n${old}`);
              }
              return { key, total, rows: all };
            });
          },
          (thrown) => {
            asked.current.delete(tag);
            sayFailure(thrown);
          },
        );
    },
    [key, book, text],
  );

  useEffect(() => {
    const timer = setTimeout(
      () => {
        asked.current.clear();
        ask(0);
      },
      text === '' ? 0 : REST_MS,
    );
    return () => clearTimeout(timer);
  }, [ask, text]);

  // What is in sight is asked for anew; what is not is forgotten.
  const sight = useRef({ from: 0, to: 1 });
  useEffect(
    () =>
      engine().on('contacts.changed', () => {
        asked.current.clear();
        const { from, to } = sight.current;
        for (let page = Math.floor(from / PAGE); page <= Math.floor(Math.max(from, to - 1) / PAGE); page++)
          ask(page);
      }),
    [ask],
  );

  const row = (at: number) => pages.rows.get(Math.floor(at / PAGE))?.[at % PAGE];
  return {
    total: pages.total,
    row,
    ids(from, to) {
      const here: number[] = [];
      for (let at = from; at <= to; at++) {
        const known = row(at);
        if (!known) return askIds(book, text.trim().slice(0, 200), from, to);
        here.push(known.id);
      }
      return here;
    },
    want(from, to) {
      sight.current = { from, to };
      if (pages.key !== key || pages.total === null) return;
      for (let page = Math.floor(from / PAGE); page <= Math.floor(Math.max(from, to - 1) / PAGE); page++)
        ask(page);
    },
  };
}
