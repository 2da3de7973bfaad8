import { z } from 'zod';
import { entry } from '../entry.ts';
import { Id } from './views.ts';

export const ROLES = [
  'inbox',
  'drafts',
  'sent',
  'archive',
  'junk',
  'trash',
  'outbox',
  'scheduled',
  'all',
  'flagged',
] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

export const Folder = z.object({
  id: Id,
  account: Id,
  /** Full path with "/" between the levels whatever the server uses, e.g. "INBOX/Projects". */
  path: z.string(),
  /** Last level, as a person should read it. */
  name: z.string(),
  parent: Id.nullable(),
  role: Role.nullable(),
  subscribed: z.boolean(),
  /** false: exists only to hold others (\Noselect). */
  selectable: z.boolean(),
  total: z.int(),
  unread: z.int(),
  position: z.int(),
  /** Its place among its siblings where a person has put them in an order of his own. */
  order: z.int().nullable().optional(),
  /** How far its headers are here: 1 = all; null = never synchronised. */
  synced: z.number().nullable(),
});
export type Folder = z.infer<typeof Folder>;

export const folderEntries = {
  'folders.list': entry(z.object({}), z.array(Folder)),
  'folders.create': entry(
    z.object({ account: Id, parent: Id.nullable(), name: z.string().min(1).max(255) }),
    Folder,
    ['folder-exists', 'bad-folder-name', 'not-allowed'],
  ),
  'folders.rename': entry(
    z.object({ id: Id, name: z.string().min(1).max(255), parent: Id.nullable().optional() }),
    Folder,
    ['folder-exists', 'bad-folder-name', 'not-allowed', 'no-such-folder'],
  ),
  'folders.remove': entry(z.object({ id: Id }), z.object({}), ['not-allowed', 'no-such-folder']),
  'folders.subscribe': entry(z.object({ id: Id, subscribed: z.boolean() }), z.object({}), ['no-such-folder']),
  'folders.markRead': entry(z.object({ id: Id }), z.object({ count: z.int(), undo: z.string().nullable() }), [
    'no-such-folder',
  ]),
  /** Only Trash and Junk; cannot be undone, the window asks first. */
  'folders.empty': entry(z.object({ id: Id }), z.object({ count: z.int() }), [
    'no-such-folder',
    'not-allowed',
  ]),
  /** Says which folder is looked at, so that it is synchronised first and watched. */
  'folders.open': entry(z.object({ id: Id.nullable() }), z.object({})),
};

export const folderEvents = { 'folders.changed': z.array(Folder) };
