import { z } from 'zod';
import { entry } from '../entry.ts';
import { Id } from './views.ts';

export const OriginKind = z.enum(['files', 'thunderbird', 'dbx', 'pst', 'msg', 'postroom', 'thebat']);
export type OriginKind = z.infer<typeof OriginKind>;

/** A store of another mail program on this computer. */
export const FoundStore = z.object({
  kind: OriginKind,
  path: z.string(),
  /** What a person knows it by: an account, a file. */
  title: z.string(),
  bytes: z.number(),
  /** false: known, and cannot be read here. */
  readable: z.boolean(),
});
export type FoundStore = z.infer<typeof FoundStore>;

/** What a dry run found or an import did. */
export const BringReport = z.object({
  sources: z.array(z.object({ path: z.string(), kind: z.string(), title: z.string() })),
  letters: z.int(),
  doubles: z.int(),
  folders: z.array(z.object({ path: z.string(), letters: z.int(), doubles: z.int(), bytes: z.number() })),
  people: z.int(),
  tags: z.int(),
  /** Left out in reports of earlier versions. */
  rules: z.int().default(0),
  signatures: z.int().default(0),
  identities: z.int().default(0),
  others: z.object({ calendar: z.int(), tasks: z.int(), notes: z.int() }),
  /** Deleted there already. */
  thrownAway: z.int(),
  unreadable: z.array(z.object({ path: z.string(), reason: z.string() })),
});
export type BringReport = z.infer<typeof BringReport>;

const Bring = z.object({
  paths: z.array(z.string()).min(1).max(1000),
  /** null: folders of their own on this computer, and its Inbox for loose letters. */
  folder: Id.nullable(),
  /** Leave out letters that any folder has already. */
  everywhere: z.boolean().default(false),
});

export const Backup = z.object({
  id: Id,
  at: z.number(),
  path: z.string(),
  bytes: z.number(),
  messages: z.int(),
  passwords: z.boolean(),
});
export type Backup = z.infer<typeof Backup>;

/** Copies that are made by themselves. Times in ms. */
export const ScheduledCopy = z.object({
  last: z.number().nullable(),
  next: z.number().nullable(),
  /** Why the last try failed. */
  problem: z.object({ code: z.string(), at: z.number() }).nullable(),
});
export type ScheduledCopy = z.infer<typeof ScheduledCopy>;

/** What a backup file says of itself. */
export const BackupFacts = z.object({
  at: z.number(),
  version: z.string(),
  messages: z.int(),
  bytes: z.number(),
  accounts: z.array(z.string()),
  /** Passwords are in it, sealed by a passphrase. */
  passwords: z.boolean(),
});
export type BackupFacts = z.infer<typeof BackupFacts>;

export const movingEntries = {
  /** Looks for stores of other programs where they usually are. Bounded in time; can be cancelled. */
  'moving.find': entry(z.object({}), z.object({ stores: z.array(FoundStore) })),
  /** A dry run: everything is read, nothing is changed. Its job tells how far it is; cancelling it ends it. */
  'moving.preview': entry(Bring, BringReport, [
    'no-such-folder',
    'no-access',
    'not-found',
    'not-readable',
    'not-a-letter',
    'old-format',
    'encrypted',
    'damaged',
  ]),
  'moving.start': entry(Bring, z.object({ job: z.string() }), [
    'no-such-folder',
    'no-access',
    'not-found',
    'not-readable',
    'not-a-letter',
    'old-format',
    'encrypted',
    'damaged',
  ]),
  /** The last imports, newest first. */
  'moving.reports': entry(
    z.object({}),
    z.array(z.object({ id: Id, at: z.number(), subject: z.string(), report: BringReport })),
  ),
  /** Everything as files that other programs read, into a folder that is not there yet or is empty. */
  'moving.export': entry(
    z.object({ dir: z.string().min(1), layout: z.enum(['mbox', 'maildir', 'eml']).default('mbox') }),
    z.object({ job: z.string() }),
    ['no-access', 'file-exists', 'not-found'],
  ),
  /**
   * A path from the system's own dialog: a folder, a new file for a copy, a copy that is there. null: the person chose none,
   * or there is no such dialog here.
   */
  'moving.choose': entry(
    z.object({ what: z.enum(['folder', 'new-copy', 'copy']) }),
    z.object({ path: z.string().nullable() }),
  ),
  /** One file with everything. Without a passphrase passwords are left out. */
  'backup.start': entry(
    z.object({ path: z.string().min(1), passphrase: z.string().min(1).max(1000).nullable() }),
    z.object({ job: z.string() }),
    ['no-access', 'file-exists', 'not-found'],
  ),
  /** Where, when and how many stand in the settings. */
  'backup.scheduled': entry(z.object({}), ScheduledCopy),
  /** Into the folder of the settings, now; resolves when it is made. */
  'backup.now': entry(z.object({}), ScheduledCopy, [
    'copy-folder-gone',
    'no-access',
    'not-found',
    'disk-full',
    'no-copy-folder',
  ]),
  'backup.list': entry(z.object({}), z.array(Backup)),
  /** Opens a backup far enough to say what it is. */
  'backup.look': entry(z.object({ path: z.string().min(1) }), BackupFacts, [
    'not-found',
    'no-access',
    'not-a-backup',
    'backup-damaged',
    'backup-too-new',
  ]),
  /** Checks a backup wholly and lays it ready beside an empty profile, which it replaces at the next start. */
  'backup.restore': entry(
    z.object({ path: z.string().min(1), passphrase: z.string().min(1).max(1000).nullable() }),
    z.object({ job: z.string() }),
    [
      'not-found',
      'no-access',
      'not-a-backup',
      'backup-damaged',
      'backup-too-new',
      'wrong-passphrase',
      'profile-not-empty',
    ],
  ),
  /** Starts the engine again, with the backup that waits; where a host cannot do that, nothing happens. */
  'backup.take': entry(z.object({}), z.object({}), ['nothing-waits']),
  /** Is a restored backup waiting for the next start? */
  'backup.waiting': entry(z.object({}), z.object({ waiting: z.boolean() })),
};
