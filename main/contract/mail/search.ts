import { z } from 'zod';
import { entry } from '../entry.ts';
import { Id, View } from './views.ts';

/** A part of the query as the search box shows it. */
export const Chip = z.object({
  operator: z.string(),
  value: z.string(),
  negated: z.boolean(),
  start: z.int(),
  end: z.int(),
  known: z.boolean(),
});
export type Chip = z.infer<typeof Chip>;

export const Facets = z.object({
  scopes: z.object({ folder: z.int().nullable(), account: z.int().nullable(), everywhere: z.int() }),
  people: z.array(z.object({ name: z.string(), address: z.string(), count: z.int() })),
  months: z.array(z.object({ start: z.number(), count: z.int() })),
  files: z.array(
    z.object({ kind: z.enum(['table', 'pdf', 'image', 'document', 'archive', 'other']), count: z.int() }),
  ),
  tags: z.array(z.object({ name: z.string(), count: z.int() })),
  /** Found in Junk and Trash, which are left out. */
  leftOut: z.int(),
  /** false: counts stop at a bound; the interface writes "5,000+". */
  exact: z.boolean(),
});
export type Facets = z.infer<typeof Facets>;

export const SavedSearch = z.object({
  id: Id,
  name: z.string(),
  view: View,
  /** Letters found, and unread ones among them; null: not counted yet. */
  total: z.int().nullable().optional(),
  unread: z.int().nullable().optional(),
});
export type SavedSearch = z.infer<typeof SavedSearch>;

export const searchEntries = {
  /** Pure: how the engine reads the text. */
  'search.parse': entry(
    z.object({ query: z.string().max(10_000) }),
    z.object({
      chips: z.array(Chip),
      words: z.array(z.string()),
      /** words to mark in the letter, stems expanded */ highlight: z.array(z.string()),
    }),
  ),
  'search.facets': entry(z.object({ view: View, folder: Id.nullable(), account: Id.nullable() }), Facets),
  /** Completions while typing: operators, people, tags, folders. */
  'search.suggest': entry(
    z.object({ query: z.string().max(10_000), at: z.int() }),
    z.array(
      z.object({
        insert: z.string(),
        label: z.string(),
        kind: z.enum(['operator', 'person', 'tag', 'folder', 'recent']),
      }),
    ),
  ),
  /** Text around the hits for visible rows. */
  'search.snippets': entry(
    z.object({ query: z.string().max(10_000), ids: z.array(Id).max(100) }),
    z.array(z.object({ id: Id, text: z.string(), file: z.string().nullable() })),
  ),
  'search.saved': entry(z.object({}), z.array(SavedSearch)),
  'search.save': entry(z.object({ name: z.string().min(1).max(100), view: View }), z.object({ id: Id })),
  'search.update': entry(
    z.object({ id: Id, name: z.string().min(1).max(100).optional(), view: View.optional() }),
    z.object({}),
    ['no-such-search'],
  ),
  /** All of them in the order wanted; those left out come after. */
  'search.arrange': entry(z.object({ ids: z.array(Id).max(1000) }), z.object({})),
  'search.forget': entry(z.object({ id: Id }), z.object({})),
  /** How much is indexed, for the honest line in the status bar. */
  'search.state': entry(z.object({}), z.object({ indexed: z.int(), total: z.int() })),
};

export const searchEvents = { 'searches.changed': z.array(SavedSearch) };
