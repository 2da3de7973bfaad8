import { z } from 'zod';
import { entry } from '../entry.ts';
import { NOTICE_RULES, NoticeRules } from './notices.ts';
import { Address, Id } from './views.ts';

/** Everything a person can set. A new row: add it here with its default, then a control in renderer/views/settings. */
export const Settings = z.object({
  language: z.enum(['system', 'en', 'ru']).default('system'),
  theme: z.enum(['system', 'light', 'dark', 'contrast']).default('system'),
  textSize: z.int().min(80).max(200).default(100),
  density: z.enum(['compact', 'cosy', 'roomy', 'table']).default('cosy'),
  layout: z.enum(['right', 'below', 'off']).default('right'),
  conversations: z.boolean().default(true),
  groups: z.boolean().default(true),
  /** Seconds in the reading pane until a letter counts as read; -1: never by itself. */
  markReadAfter: z.int().min(-1).max(30).default(2),
  undoSendSeconds: z.int().min(0).max(60).default(10),
  /** What is asked before a letter leaves. */
  guardAttachment: z.boolean().default(true),
  guardOutside: z.boolean().default(true),
  guardSubject: z.boolean().default(true),
  guardMany: z.boolean().default(true),
  /** Whether a letter's wish for a read receipt is granted, by where it comes from. */
  receiptsInside: z.enum(['never', 'ask', 'always']).default('ask'),
  receiptsOutside: z.enum(['never', 'ask', 'always']).default('ask'),
  pictures: z.enum(['ask', 'always']).default('ask'),
  plainText: z.boolean().default(false),
  composePlain: z.boolean().default(false),
  quotePosition: z.enum(['below', 'above']).default('below'),
  unifiedInbox: z.boolean().default(true),
  /** Where "All accounts" stands in the tree. */
  unifiedPlace: z.enum(['first', 'last']).default('first'),
  /** Lines of the tree that are closed. */
  treeCollapsed: z.array(z.string().max(64)).max(2000).default([]),
  singleKeys: z.boolean().default(true),
  notifications: z.boolean().default(true),
  /** Who, when and how loud; `notifications` switches all of it. */
  notices: NoticeRules.default(NOTICE_RULES),
  closeToTray: z.boolean().default(false),
  /** Started with the system: not at all, in its tray, or with a window. */
  startWithSystem: z.enum(['no', 'hidden', 'window']).default('no'),
  /** Where Archive puts letters: one folder, a folder a year, a folder a month. */
  archiveBy: z.enum(['folder', 'year', 'month']).default('folder'),
  /** What the spelling of new letters is checked in. */
  spelling: z.enum(['ru-en', 'ru', 'en', 'off']).default('ru-en'),
  treeWidth: z.int().min(180).max(400).default(248),
  listWidth: z.int().min(280).max(640).default(400),
  /** Of the list, where the letter stands below it. */
  listHeight: z.int().min(160).max(700).default(480),
  syncEveryMinutes: z.int().min(1).max(1440).default(5),
  /** Whoever is written to enters the address book (a book of its own). */
  collectPeople: z.boolean().default(true),
  /** Copies by themselves: not at all, every day at a time, when the program ends; where to, and how many are kept. */
  copyWhen: z.enum(['off', 'daily', 'quit']).default('off'),
  copyAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('13:00'),
  copyFolder: z.string().max(4000).default(''),
  copyKeep: z.int().min(1).max(99).default(7),
  /** Host mail for my office on this computer. */
  hostOffice: z.boolean().default(false),
  /** Other computers of the network may reach that office; without it loopback alone. */
  shareOffice: z.boolean().default(false),
});
export type Settings = z.infer<typeof Settings>;

type Rows = typeof Settings.shape;
/**
 * Some of the settings, none filled in: what is left out stays as it is. (Zod's own `partial()` would fill in
 * the defaults, and every change would set all the others back.)
 */
export const SettingsChange = z.object(
  Object.fromEntries(
    Object.entries(Settings.shape).map(([name, row]) => [name, row.unwrap().optional()]),
  ) as { [N in keyof Rows]: z.ZodOptional<ReturnType<Rows[N]['unwrap']>> },
);

export const Job = z.object({
  id: z.string(),
  kind: z.enum([
    'sync',
    'import',
    'export',
    'index',
    'send',
    'sample',
    'check',
    'bodies',
    'directory',
    'rules',
    'tidy',
    'compact',
    'preview',
    'backup',
    'restore',
  ]),
  /** What it is about: account address, file name ... shown after the kind's own sentence. */
  subject: z.string(),
  state: z.enum(['running', 'paused', 'done', 'failed', 'cancelled']),
  done: z.number(),
  /** null: not known; the interface then shows the number alone. */
  total: z.number().nullable(),
  unit: z.enum(['letters', 'bytes', 'folders', 'people']),
  /** Per second, over the last seconds; null: too early to say. */
  rate: z.number().nullable(),
  remainingSeconds: z.number().nullable(),
  canPause: z.boolean(),
  canCancel: z.boolean(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  result: z
    .object({
      imported: z.int(),
      duplicates: z.int(),
      skipped: z.array(z.object({ path: z.string(), reason: z.string() })),
      /** Of an import: contacts, letters deleted there already, items that are no letters. */
      people: z.int().optional(),
      rules: z.int().optional(),
      signatures: z.int().optional(),
      thrownAway: z.int().optional(),
      others: z.object({ calendar: z.int(), tasks: z.int(), notes: z.int() }).optional(),
    })
    .nullable(),
  problem: z
    .object({ code: z.string(), message: z.string(), detail: z.record(z.string(), z.unknown()).optional() })
    .nullable(),
});
export type Job = z.infer<typeof Job>;

export const Hello = z.object({
  version: z.string(),
  profileName: z.string(),
  /** No account and no local mail yet: the welcome page. */
  firstRun: z.boolean(),
  sample: z.boolean(),
  offline: z.boolean(),
  host: z.enum(['electron', 'browser']),
  /** Said once after the engine was restarted by its host. */
  restarted: z.boolean(),
  settings: Settings,
});
export type Hello = z.infer<typeof Hello>;

export const profileEntries = {
  'session.hello': entry(z.object({}), Hello),
  'settings.get': entry(z.object({}), Settings),
  'settings.set': entry(SettingsChange, Settings),
  'jobs.list': entry(z.object({}), z.array(Job)),
  'jobs.pause': entry(z.object({ id: z.string(), paused: z.boolean() }), z.object({}), ['no-such-job']),
  'jobs.cancel': entry(z.object({ id: z.string() }), z.object({}), ['no-such-job']),
  /** Clears ended jobs whose result was read. */
  'jobs.dismiss': entry(z.object({ id: z.string() }), z.object({}), ['no-such-job']),
  /** Fills a local profile with a small office's mail. Resolves when the first letters can be read. */
  'sample.create': entry(z.object({}), z.object({ account: Id })),
  'sample.remove': entry(z.object({}), z.object({})),
  'import.start': entry(
    z.object({ paths: z.array(z.string()).min(1).max(1000), folder: Id.nullable() }),
    z.object({ job: z.string() }),
    ['no-such-folder', 'no-access'],
  ),
  /** The browser has no paths: one file's bytes (eml or mbox) per call. */
  'import.bytes': entry(
    z.object({ name: z.string(), bytes: z.instanceof(Uint8Array), folder: Id.nullable() }),
    z.object({ job: z.string() }),
    ['no-such-folder'],
  ),
  /** People to write to: recent, then those who wrote. Ranked by use; a prefix of name, address or word. */
  'people.suggest': entry(
    z.object({ text: z.string().max(200), limit: z.int().min(1).max(50).default(8) }),
    z.array(
      Address.extend({
        source: z.enum(['office', 'book', 'recent', 'list']),
        /** Tells two people of one name apart. */
        department: z.string().optional(),
        /** Of a group, whose address is ''. */
        members: z.array(Address).optional(),
      }),
    ),
  ),
  'check.run': entry(
    z.object({}),
    z.object({
      ok: z.boolean(),
      messages: z.int(),
      blobs: z.int(),
      problems: z.array(z.object({ code: z.string(), message: z.string() })),
    }),
  ),
};

export const profileEvents = {
  'settings.changed': Settings,
  'jobs.changed': z.array(Job),
  /** A late fact for the status bar; never a dialog. */
  notice: z.object({
    level: z.enum(['info', 'warning', 'error']),
    code: z.string(),
    detail: z.record(z.string(), z.unknown()).default({}),
  }),
};
