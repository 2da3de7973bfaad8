import { z } from 'zod';
import { entry } from '../entry.ts';
import { Address, Flag, Group, Id, Row, Selection, View, Window } from './views.ts';

export const Attachment = z.object({
  /** 1-based place, stable for the letter. */
  n: z.int(),
  /** Safe to show and to save under. */
  name: z.string(),
  type: z.string(),
  size: z.int(),
  inline: z.boolean(),
  kind: z.enum(['file', 'image', 'text', 'message', 'calendar', 'contact', 'signature']),
  /** Runs code when opened: only saved, after a sentence. */
  dangerous: z.boolean(),
});
export type Attachment = z.infer<typeof Attachment>;

export const Banner = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('link-mismatch'), text: z.string(), target: z.string() }),
  z.object({ kind: z.literal('colleague-name'), name: z.string(), address: z.string() }),
  z.object({ kind: z.literal('first-letter'), address: z.string() }),
  z.object({ kind: z.literal('outside'), domain: z.string() }),
  z.object({ kind: z.literal('pictures'), count: z.int() }),
  z.object({ kind: z.literal('receipt'), to: z.string() }),
  z.object({ kind: z.literal('list'), id: z.string(), unsubscribe: z.string() }),
  z.object({
    kind: z.literal('invitation'),
    attachment: z.int(),
    summary: z.string(),
    start: z.number().nullable(),
    location: z.string(),
  }),
]);
export type Banner = z.infer<typeof Banner>;

export const Letter = z.object({
  row: Row,
  messageId: z.string(),
  subject: z.string(),
  date: z.number(),
  from: z.array(Address),
  sender: z.array(Address),
  replyTo: z.array(Address),
  to: z.array(Address),
  cc: z.array(Address),
  bcc: z.array(Address),
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** null: the bytes are not here yet (or no such part). */
  text: z.string().nullable(),
  hasHtml: z.boolean(),
  attachments: z.array(Attachment),
  banners: z.array(Banner),
  /** Charset the text was read in, and whether that was guessed. */
  charset: z.string(),
  guessed: z.boolean(),
  /** Stable codes of what is broken in it. */
  defects: z.array(z.string()),
  /** Set when the body could not be had: why. */
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type Letter = z.infer<typeof Letter>;

export const Action = z.discriminatedUnion('do', [
  z.object({ do: z.literal('flag'), flag: Flag, on: z.boolean() }),
  z.object({ do: z.literal('tag'), tag: z.string().min(1).max(64), on: z.boolean() }),
  z.object({ do: z.literal('move'), to: Id }),
  z.object({ do: z.literal('copy'), to: Id }),
  z.object({ do: z.literal('archive') }),
  /** To Trash; inside Trash the same as erase. */
  z.object({ do: z.literal('delete') }),
  /** For ever. The window asks first. */
  z.object({ do: z.literal('erase') }),
  z.object({ do: z.literal('junk'), on: z.boolean() }),
]);
export type Action = z.infer<typeof Action>;

/**
 * Which letter is meant: [] the stored one, [2] the letter that is its attachment 2, [2, 1] the letter that is attachment 1
 * of that one, and so on.
 */
const Inside = z.array(z.int().min(1)).max(32).default([]);

export const CHARSETS_SHOWN = [
  'utf-8',
  'windows-1251',
  'koi8-r',
  'koi8-u',
  'ibm866',
  'iso-8859-5',
  'x-mac-cyrillic',
  'windows-1252',
  'iso-8859-1',
  'iso-8859-2',
  'windows-1250',
  'gb18030',
  'big5',
  'shift_jis',
  'iso-2022-jp',
  'euc-jp',
  'euc-kr',
  'utf-7',
] as const;

export const messageEntries = {
  'messages.window': entry(
    z.object({ view: View, from: z.int().min(0), count: z.int().min(0).max(500) }),
    Window,
    ['no-such-folder', 'bad-query'],
  ),
  'messages.groups': entry(
    z.object({ view: View, /** minutes east of UTC, so that "today" is the person's */ zone: z.int() }),
    z.array(Group),
    ['no-such-folder'],
  ),
  /** Where a row stands in a view; null: not in it. */
  'messages.locate': entry(z.object({ view: View, id: Id }), z.object({ at: z.int().nullable() })),
  'messages.rows': entry(z.object({ ids: z.array(Id).max(500) }), z.array(Row)),
  /** A letter to read; fetches the body from the server if it is not here. Does not mark it read. */
  'messages.get': entry(
    z.object({
      id: Id,
      charset: z.string().optional(),
      /** do not go to the server */ local: z.boolean().default(false),
    }),
    Letter,
    ['no-such-message'],
  ),
  /** The letters of its conversation, oldest first, in all folders of the account but Trash and Junk. */
  'messages.conversation': entry(z.object({ id: Id }), z.array(Row), ['no-such-message']),
  /**
   * A document to show in the frame: sanitised html (or the plain text as html), served by the host from
   * another origin under a random path. `blocked` counts remote pictures left out.
   */
  'messages.frame': entry(
    z.object({
      id: Id,
      mode: z.enum(['html', 'text']),
      pictures: z.boolean(),
      dark: z.boolean(),
      charset: z.string().optional(),
      /** words to mark */ highlight: z.array(z.string()).max(50).default([]),
      quotes: z.boolean().default(true),
      /** The window's high contrast theme; it is dark, too. */
      contrast: z.boolean().default(false),
      /** false: links lead nowhere (a warning about them stands over the letter). */
      links: z.boolean().default(true),
      path: Inside,
    }),
    z.object({
      url: z.string(),
      blocked: z.int(),
      hasQuotes: z.boolean(),
      linkMismatch: z.array(z.object({ text: z.string(), target: z.string() })),
    }),
    ['no-such-message', 'no-such-attachment', 'body-missing'],
  ),
  /** The same document as a string, for printing and for quoting in a reply. */
  'messages.html': entry(
    z.object({ id: Id, pictures: z.boolean(), charset: z.string().optional(), path: Inside }),
    z.object({ html: z.string() }),
    ['no-such-message', 'no-such-attachment', 'body-missing'],
  ),
  'messages.source': entry(
    z.object({ id: Id, path: Inside }),
    z.object({ size: z.int() }),
    ['no-such-message', 'no-such-attachment', 'body-missing'],
    { streams: true },
  ),
  /** Decoded bytes of an attachment, as chunks. */
  'messages.attachment': entry(
    z.object({ id: Id, n: z.int(), path: Inside }),
    z.object({ name: z.string(), type: z.string(), size: z.int() }),
    ['no-such-message', 'no-such-attachment', 'body-missing'],
    { streams: true },
  ),
  /**
   * An attached letter opened as a letter; `row` is that of the letter that holds it. Its document, files and source are
   * asked for with `path` and `n` joined.
   */
  'messages.nested': entry(
    z.object({ id: Id, n: z.int(), path: Inside, charset: z.string().optional() }),
    Letter,
    ['no-such-message', 'no-such-attachment', 'body-missing'],
  ),
  'messages.act': entry(
    z.object({ selection: Selection, action: Action }),
    z.object({
      count: z.int(),
      /** null: cannot be undone */ undo: z.string().nullable(),
      /** folder the letters went to, for the toast */ to: Id.nullable(),
    }),
    ['no-such-message', 'no-such-folder', 'no-role-folder'],
  ),
  /** How many letters and octets a selection holds. */
  'messages.measure': entry(
    z.object({ selection: Selection }),
    z.object({ count: z.int(), size: z.number() }),
  ),
  'messages.undo': entry(
    z.object({ undo: z.string() }),
    z.object({ count: z.int(), /** redo token */ redo: z.string().nullable() }),
    ['undo-too-late'],
  ),
  /** Pictures of this sender (address) or domain are loaded from now on. */
  'senders.allow': entry(
    z.object({ address: z.string(), domain: z.boolean(), allow: z.boolean() }),
    z.object({}),
  ),
  /** "I know this sender": no first-letter banner any more. */
  'senders.know': entry(z.object({ address: z.string() }), z.object({})),
  'tags.list': entry(
    z.object({}),
    z.array(z.object({ name: z.string(), colour: z.string(), keyword: z.string() })),
  ),
  'tags.save': entry(
    z.object({
      name: z.string().min(1).max(64),
      colour: z.enum(['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'grey']),
      keyword: z.string().optional(),
    }),
    z.object({}),
  ),
  /** Another name for the same keyword: letters keep their tag. */
  'tags.rename': entry(z.object({ name: z.string(), to: z.string().min(1).max(64) }), z.object({}), [
    'tag-exists',
    'no-such-tag',
  ]),
  /** All of them in the order wanted; the first eight have the number keys. */
  'tags.arrange': entry(z.object({ names: z.array(z.string()).max(500) }), z.object({})),
  'tags.remove': entry(z.object({ name: z.string() }), z.object({})),
};

export const messageEvents = {
  /** After commit, in commit order. More than 500 ids: `messages` is null and the folders must be asked for anew. */
  'mail.changed': z.object({ modseq: z.int(), folders: z.array(Id), messages: z.array(Id).nullable() }),
  /** New unread letters, for one sentence or notification; never repeated for the same letter. */
  'mail.arrived': z.object({ account: Id, folder: Id, rows: z.array(Row).max(5), count: z.int() }),
};
