/**
 * How new letters are told: who, when and how loud is a setting; what is told is decided in the engine, so that every host
 * says the same. A host adds only what it alone knows: whether the screen is locked and whether somebody looks at the window.
 */
import { z } from 'zod';
import { entry } from '../entry.ts';
import { Address, Id } from './views.ts';

/** `system`: the system's own sound; the others are files of the program. */
export const SOUNDS = ['none', 'system', 'chime', 'knock', 'drop'] as const;
export const Sound = z.enum(SOUNDS);
export type Sound = z.infer<typeof Sound>;

/** Minutes since midnight, of the person's own time. */
const Minute = z.int().min(0).max(1439);

export const QuietHours = z.object({
  on: z.boolean(),
  from: Minute,
  /** Not included; before `from` it is on the next day, the same as `from`: the whole day. */
  to: Minute,
  /** Days on which the hours begin; 0 is Sunday. */
  days: z.array(z.int().min(0).max(6)).max(7),
});
export type QuietHours = z.infer<typeof QuietHours>;

export const NoticeRules = z.object({
  who: z.enum(['everyone', 'book', 'chosen']),
  /** Addresses, for `chosen`; "@firm.example" stands for everybody there. */
  people: z.array(z.string().trim().toLowerCase().min(3).max(320)).max(1000),
  quiet: QuietHours,
  /** On a locked screen only the number of letters is told. */
  hideWhenLocked: z.boolean(),
  /** What most accounts sound like. */
  sound: Sound,
  /** Accounts that sound otherwise, by their ids. */
  sounds: z.record(z.string().regex(/^\d{1,15}$/), Sound),
  /** Accounts nothing is told of. */
  silent: z.array(Id).max(1000),
  /** Folders told of besides the inboxes. */
  folders: z.array(Id).max(10_000),
  /** Inboxes nothing is told of. */
  notFolders: z.array(Id).max(1000),
});
export type NoticeRules = z.infer<typeof NoticeRules>;

export const NOTICE_RULES: NoticeRules = {
  who: 'everyone',
  people: [],
  quiet: { on: false, from: 19 * 60, to: 8 * 60, days: [0, 1, 2, 3, 4, 5, 6] },
  hideWhenLocked: true,
  sound: 'chime',
  sounds: {},
  silent: [],
  folders: [],
  notFolders: [],
};

export const Notice = z.object({
  /** Never used again while the engine runs; hosts replace a notice of the same id. */
  id: z.string(),
  /** `sound`: heard and not shown (a rule's wish). */
  kind: z.enum(['letter', 'summary', 'example', 'sound']),
  account: Id.nullable(),
  /** What a click opens: the newest letter, in its folder. */
  letter: z.object({ id: Id, folder: Id }).nullable(),
  /** Letters that the buttons act upon. */
  ids: z.array(Id).max(500),
  count: z.int(),
  /** Of the newest letter. */
  from: Address,
  subject: z.string(),
  preview: z.string(),
  /** Who wrote, for a summary. */
  senders: z.array(z.string()).max(5),
  sound: Sound,
  hideWhenLocked: z.boolean(),
});
export type Notice = z.infer<typeof Notice>;

export const noticeEntries = {
  /** Tells an example, so that a person sees and hears what was set. */
  'notices.example': entry(z.object({ sound: Sound.optional() }), z.object({})),
};

export const noticeEvents = { 'notices.shown': Notice };
