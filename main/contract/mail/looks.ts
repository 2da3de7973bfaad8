/** How lists look and how the tree is arranged, as a person has set it: columns, order, grouping, favourites, kept filters. */
import { z } from 'zod';
import { entry } from '../entry.ts';
import { Id, Sort } from './views.ts';

/** A line of the tree that has a list behind it; `default` is what all others follow, `found` every search. */
export const Place = z
  .string()
  .regex(/^(default|found|everywhere|unified [a-z]{1,16}|(folder|account|search) [1-9]\d{0,15})$/);
export type Place = z.infer<typeof Place>;

export const Column = z.object({
  name: Sort,
  /** CSS pixels at text size 100; null: what is left, or its usual width. */
  width: z.int().min(24).max(1200).nullable(),
});
export type Column = z.infer<typeof Column>;

/** What is left out follows the place `default`, and where that has nothing, the settings. */
export const Look = z.object({
  sort: Sort.optional(),
  descending: z.boolean().optional(),
  /** Heads of groups: days of a list by date, senders of one by sender, and so on. */
  grouped: z.boolean().optional(),
  conversations: z.boolean().optional(),
  columns: z.array(Column).min(1).max(11).optional(),
});
export type Look = z.infer<typeof Look>;

export const PlacedLook = z.object({ place: Place, look: Look });

export const KeptFilter = z.object({ id: Id, name: z.string(), query: z.string() });
export type KeptFilter = z.infer<typeof KeptFilter>;

const Name = z.string().trim().min(1).max(60);
const Condition = z.string().trim().min(1).max(1000);

export const lookEntries = {
  'looks.list': entry(z.object({}), z.array(PlacedLook)),
  /** Changes a part of a place's look. */
  'looks.set': entry(z.object({ place: Place, change: Look }), z.object({})),
  /** The place follows `default` again; `default` itself follows the settings. */
  'looks.reset': entry(z.object({ place: Place }), z.object({})),
  'favourites.list': entry(z.object({}), z.array(Place)),
  /** All of them, in their order. */
  'favourites.set': entry(z.object({ places: z.array(Place).max(200) }), z.object({})),
  'filters.list': entry(z.object({}), z.array(KeptFilter)),
  /** Without an id a new one. */
  'filters.save': entry(z.object({ id: Id.optional(), name: Name, query: Condition }), z.object({ id: Id }), [
    'no-such-filter',
    'too-many-filters',
  ]),
  'filters.remove': entry(z.object({ id: Id }), z.object({})),
  /** The children of one folder (null: the account's uppermost ones) in the order wanted; none: the usual order. */
  'folders.arrange': entry(
    z.object({ account: Id, parent: Id.nullable(), ids: z.array(Id).max(10_000) }),
    z.object({}),
  ),
};

export const lookEvents = {
  'looks.changed': z.array(PlacedLook),
  'favourites.changed': z.array(Place),
  'filters.changed': z.array(KeptFilter),
  'tags.changed': z.array(z.object({ name: z.string(), colour: z.string(), keyword: z.string() })),
};
