/**
 * Keeping tidy: letters that are there twice, that are large, that are old; what was deleted for ever and can still be had
 * back; the room of the disk. Everything that takes letters away can be looked at before and taken back after.
 */
import { z } from 'zod';
import { entry } from '../entry.ts';
import { Id, Row, Scope } from './views.ts';

const Days = z.int().min(1).max(36_500);

export const DuplicateGroup = z.object({
  key: z.string(),
  /** The one that stays. */
  keep: Id,
  /** All of them, the one that stays first; at most 20. */
  rows: z.array(Row).max(20),
  count: z.int(),
});
export type DuplicateGroup = z.infer<typeof DuplicateGroup>;

/** How many letters would go, how large they are together, how old the oldest is (ms; null: there is none). */
export const TidyPreview = z.object({ count: z.int(), size: z.number(), oldest: z.number().nullable() });
export type TidyPreview = z.infer<typeof TidyPreview>;

export const RetentionRule = z.object({
  folder: Id,
  days: Days,
  end: z.enum(['trash', 'erase']),
  /** false: nothing goes before a person has seen what would. */
  confirmed: z.boolean(),
  /** ms; null: it never ran. */
  lastRun: z.number().nullable(),
  lastCount: z.int(),
});
export type RetentionRule = z.infer<typeof RetentionRule>;

export const DeletedItem = z.object({
  kind: z.enum(['letter', 'draft']),
  id: Id,
  from: z.string(),
  subject: z.string(),
  date: z.number(),
  size: z.number(),
  /** Where it was, for a person. */
  path: z.string(),
  deletedAt: z.number(),
  /** When it goes for good. */
  until: z.number(),
});
export type DeletedItem = z.infer<typeof DeletedItem>;

const Which = z.array(z.object({ kind: z.enum(['letter', 'draft']), id: Id })).max(10_000);
const Done = z.object({ count: z.int(), /** null: cannot be undone */ undo: z.string().nullable() });

export const tidyEntries = {
  /** Letters whose Message-ID and content are the same. Trash, Junk and Drafts are left out, and Sent beside others. */
  'tidy.duplicates': entry(
    z.object({ scope: Scope, limit: z.int().min(1).max(200).default(50) }),
    z.object({
      groups: z.array(DuplicateGroup),
      /** Groups in all; letters that would go, and their octets. */
      total: z.int(),
      extra: z.int(),
      size: z.number(),
    }),
    ['no-such-folder'],
  ),
  /** Moves all but one of each group to Trash. `except`: keys of groups that stay as they are. */
  'tidy.removeDuplicates': entry(
    z.object({ scope: Scope, except: z.array(z.string().max(2000)).max(10_000).default([]) }),
    Done,
    ['no-such-folder', 'no-role-folder'],
  ),
  'tidy.large': entry(
    z.object({
      scope: Scope,
      /** Octets. */
      least: z.int().min(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    z.object({ rows: z.array(Row), total: z.int(), size: z.number() }),
    ['no-such-folder'],
  ),
  /** What archiving the letters older than so many days would do, by the folders they would go to. */
  'tidy.oldLetters': entry(
    z.object({ folder: Id, days: Days }),
    TidyPreview.extend({ places: z.array(z.object({ path: z.string(), count: z.int() })).max(200) }),
    ['no-such-folder'],
  ),
  /** Does it, as a job that is over when this is answered. */
  'tidy.archiveOld': entry(z.object({ folder: Id, days: Days }), Done, ['no-such-folder', 'no-role-folder']),
  'tidy.retention': entry(z.object({}), z.array(RetentionRule)),
  /** `days` null: letters of this folder are kept. `confirmed`: a person has seen the preview. */
  'tidy.setRetention': entry(
    z.object({
      folder: Id,
      days: Days.nullable(),
      end: z.enum(['trash', 'erase']).default('trash'),
      confirmed: z.boolean().default(false),
    }),
    z.object({}),
    ['no-such-folder'],
  ),
  /** What a rule would take away now. Flagged letters are never taken. */
  'tidy.retentionPreview': entry(z.object({ folder: Id, days: Days }), TidyPreview, ['no-such-folder']),
  /** Carries the confirmed rules out now. */
  'tidy.runRetention': entry(
    z.object({}),
    z.object({ count: z.int(), /** rules nobody has confirmed yet */ waiting: z.int() }),
    ['no-role-folder'],
  ),
  /** What was deleted for ever within the last 30 days, the newest first. */
  'tidy.deleted': entry(
    z.object({ from: z.int().min(0).default(0), count: z.int().min(1).max(500).default(100) }),
    z.object({ items: z.array(DeletedItem), total: z.int(), size: z.number() }),
  ),
  'tidy.bringBack': entry(z.object({ items: Which.min(1) }), z.object({ count: z.int() }), [
    'no-such-message',
  ]),
  /** For good, at once. `items` null: everything. */
  'tidy.forget': entry(z.object({ items: Which.nullable() }), z.object({ count: z.int() })),
  /** Gives room of letters that are gone back to the disk, as a job. */
  'tidy.compact': entry(z.object({}), z.object({ segments: z.int(), /** octets */ freed: z.number() })),
};

export const tidyEvents = { 'tidy.changed': z.object({}) };
