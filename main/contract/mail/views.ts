/** What a list shows: where, which, in what order. A view is a value; the engine keeps no state for it that the caller must free. */
import { z } from 'zod';
import { FLAGS } from './flags.ts';
import { SIZE_STEPS } from './size-steps.ts';

export { FLAGS, SIZE_STEPS };

export const Id = z.int().positive();

export const Scope = z.discriminatedUnion('in', [
  z.object({ in: z.literal('folder'), folder: Id }),
  z.object({ in: z.literal('account'), account: Id }),
  /** A role over all accounts: every inbox, everything flagged ... */
  z.object({
    in: z.literal('unified'),
    role: z.enum(['inbox', 'unread', 'flagged', 'sent', 'drafts', 'archive', 'junk', 'trash']),
  }),
  z.object({ in: z.literal('everywhere') }),
]);
export type Scope = z.infer<typeof Scope>;

/** What a list can be sorted by; the columns of a table have the same names. */
export const SORTS = [
  'date',
  'from',
  'to',
  'subject',
  'received',
  'size',
  'account',
  'tags',
  'flag',
  'files',
  'folder',
] as const;
export const Sort = z.enum(SORTS);
export type Sort = z.infer<typeof Sort>;

export const View = z.object({
  scope: Scope,
  /** A query in the person's own words and operators; empty or absent: no search. */
  query: z.string().max(10_000).optional(),
  /** A further condition in the same words, which does not make the view a search: a kept filter. */
  narrow: z.string().max(1000).optional(),
  filter: z.enum(['all', 'unread', 'flagged', 'files', 'to-me']).default('all'),
  sort: Sort.default('date'),
  descending: z.boolean().default(true),
  conversations: z.boolean().default(false),
});
export type View = z.infer<typeof View>;
export type ViewInput = z.input<typeof View>;

/** Rows of a view from one to another, in its order and both included; which of the two stands higher does not matter. */
export const Span = z.object({ first: Id, last: Id });
export type Span = z.infer<typeof Span>;

/** What a command acts upon: rows by id, a whole view as a query, or what stands between rows of it. */
export const Selection = z.union([
  z.object({
    ids: z.array(Id).min(1).max(10_000),
    /** with every letter of the same conversation in the same folder */ conversations: z
      .boolean()
      .default(false),
  }),
  z.object({
    view: View,
    /** Only these parts of the view, as it is when the command is carried out; absent: all of it. */
    between: z.array(Span).min(1).max(2000).optional(),
    except: z.array(Id).max(10_000).default([]),
  }),
]);
export type Selection = z.infer<typeof Selection>;
export type SelectionInput = z.input<typeof Selection>;

export const Address = z.object({ name: z.string(), address: z.string() });
export type Address = z.infer<typeof Address>;

export const Flag = z.enum(FLAGS);
export type Flag = z.infer<typeof Flag>;

/** A row of the list. In a conversation view it is the newest letter of the conversation in this scope. */
export const Row = z.object({
  id: Id,
  folder: Id,
  /** Path shown to a person, only in scopes of more than one folder ("o.belova@.../Projects/Block 4"). */
  folderPath: z.string().optional(),
  thread: Id,
  /** Letters of the conversation in this scope; 1 outside conversation views. */
  count: z.int(),
  from: Address,
  /** In Sent, Drafts and Outbox a row shows recipients instead of the sender. */
  to: z.array(Address).max(4),
  subject: z.string(),
  preview: z.string(),
  /** Milliseconds since 1970 UTC: the Date header if believable, else the time of arrival. */
  date: z.number(),
  /** When it came here or to the server, ms. */
  received: z.number().optional(),
  account: Id.optional(),
  size: z.int(),
  flags: z.array(Flag),
  tags: z.array(z.string()),
  attachments: z.int(),
  /** full: bytes are here. header: known by its header only. missing: could not be read (see the letter). */
  body: z.enum(['full', 'header', 'damaged']),
  /**
   * Present where the text stands on the server by the person's choice, and is not fetched by being looked at; and what the
   * next connection is to do with the letter. `gone`: the server does not list it any more.
   */
  server: z.object({ mark: z.enum(['fetch', 'keep', 'delete']).nullable(), gone: z.boolean() }).optional(),
  /** The sender's domain is not one of the person's own. */
  outside: z.boolean(),
  unread: z.int(),
  /** Why a search found it, when the visible row does not say so: "In the file price.xlsx". */
  found: z
    .object({ where: z.enum(['subject', 'body', 'file', 'people']), name: z.string().optional() })
    .optional(),
});
export type Row = z.infer<typeof Row>;

export const Window = z.object({
  /** Rows of the whole view. While `exact` is false the number is an estimate and an event follows when it is known. */
  total: z.int(),
  exact: z.boolean(),
  from: z.int(),
  rows: z.array(Row),
  /** Grows with every change; a window older than the newest `mail.changed` event should be asked for again. */
  modseq: z.int(),
});
export type Window = z.infer<typeof Window>;

/** A head of a group at the position of its first row. */
export const Group = z.object({
  at: z.int(),
  count: z.int(),
  /**
   * Dates: `today`, `yesterday`, `day:2026-11-17`, `month:2026-10`, `year:2019`, `future`. Sizes: `size:N`, N of SIZE_STEPS.
   * Flags and files: `yes`, `no`. `none`: letters without a value. Others: the value itself.
   */
  key: z.string(),
  /** ms at which the period starts, for date groups */ start: z.number().optional(),
});
export type Group = z.infer<typeof Group>;
