/** What goes with sending: receipts and delivery notices, sending a letter on as it is, mail merge. */
import { z } from 'zod';
import { entry } from '../entry.ts';
import { OutboxItem } from './drafts.ts';
import { Address, Id } from './views.ts';

/** What is known of one recipient of a sent letter. */
export const TrackedRecipient = z.object({
  address: z.string(),
  /** null: nothing was heard. relayed: handed to a server that tells no more. */
  delivery: z.enum(['delivered', 'relayed', 'expanded', 'delayed', 'failed']).nullable(),
  deliveryAt: z.number().nullable(),
  /** The other server's words, for a failure or a delay. */
  words: z.string(),
  /** displayed, or one of the answers that say less (RFC 8098 section 3.2.6.2). */
  receipt: z.enum(['displayed', 'deleted', 'processed', 'denied', 'failed']).nullable(),
  receiptAt: z.number().nullable(),
});
export type TrackedRecipient = z.infer<typeof TrackedRecipient>;

export const Tracking = z.object({
  /** What its sender asked for. */
  askedReceipt: z.boolean(),
  askedNotice: z.boolean(),
  /** A notice was asked of a server that gives none (RFC 3461 is not among its extensions). */
  noNotices: z.boolean(),
  recipients: z.array(TrackedRecipient),
});
export type Tracking = z.infer<typeof Tracking>;

/** How a letter's wish for a receipt stands. */
export const ReceiptState = z.object({
  /** none: it asks for none, or may not be answered; ask: the person decides; send: the settings say yes; */
  state: z.enum(['none', 'ask', 'send', 'never', 'sent', 'refused']),
  /** Whom the answer goes to. */
  to: z.string(),
});
export type ReceiptState = z.infer<typeof ReceiptState>;

export const MergeProblem = z.object({
  /** 1-based row of the table without its head; 0: the letter itself. */
  row: z.int(),
  code: z.enum([
    'no-address',
    'bad-address',
    'no-such-field',
    'empty-field',
    'double-address',
    'no-such-file',
    'short-row',
  ]),
  /** Field, address or file it is about. */
  what: z.string(),
  /** false: the letter can go all the same. */
  stops: z.boolean(),
});
export type MergeProblem = z.infer<typeof MergeProblem>;

const MergeTable = z.object({
  /** The draft that holds the letter; its recipients in To are replaced, those in Cc and Bcc stay. */
  draft: Id,
  csv: z.instanceof(Uint8Array),
  charset: z.enum(['auto', 'utf-8', 'windows-1251']).default('auto'),
  delimiter: z.enum(['auto', ';', ',', '\t']).default('auto'),
  /** Column that holds the address; absent: the likeliest. */
  addressColumn: z.string().max(1000).optional(),
  nameColumn: z.string().max(1000).optional(),
  /** Column with names of files, several parted by ";" or "|". */
  fileColumn: z.string().max(1000).optional(),
});

export const MergeState = z.object({
  id: Id,
  account: Id,
  subject: z.string(),
  state: z.enum(['preparing', 'sending', 'cancelled']),
  total: z.int(),
  sent: z.int(),
  waiting: z.int(),
  failed: z.int(),
  perMinute: z.int(),
  at: z.number(),
});
export type MergeState = z.infer<typeof MergeState>;

export const sendingEntries = {
  /** What reports and receipts said of a letter of one's own; null: it is none. */
  'receipts.tracking': entry(z.object({ id: Id }), Tracking.nullable(), ['no-such-message']),
  'receipts.state': entry(z.object({ id: Id }), ReceiptState, ['no-such-message']),
  /** Answers (or refuses) a letter's wish for a receipt; at most once a letter, whoever asks. */
  'receipts.answer': entry(
    z.object({ id: Id, send: z.boolean(), /** a person pressed it */ byHand: z.boolean() }),
    ReceiptState,
    ['no-such-message', 'no-account', 'body-missing'],
  ),
  /** Sent letters with something to tell, newest first. */
  'receipts.list': entry(
    z.object({ count: z.int().min(1).max(500).default(50) }),
    z.array(Tracking.extend({ messageId: z.string(), subject: z.string(), at: z.number() })),
  ),
  /** Sends letters on as they are: Resent fields in front, every octet behind them as it came. */
  'messages.redirect': entry(
    z.object({
      ids: z.array(Id).min(1).max(100),
      account: Id.optional(),
      to: z.array(Address).max(1000),
      cc: z.array(Address).max(1000).default([]),
      bcc: z.array(Address).max(1000).default([]),
      /** Seconds of undo. */
      delay: z.int().min(0).max(60).default(0),
    }),
    z.array(OutboxItem),
    ['no-such-message', 'body-missing', 'no-recipients', 'bad-recipient', 'no-account'],
  ),
  /** Reads the table and one letter of it; sends nothing. */
  'merge.preview': entry(
    MergeTable.extend({ row: z.int().min(1).default(1), files: z.array(z.string()).max(10_000).default([]) }),
    z.object({
      charset: z.string(),
      delimiter: z.string(),
      columns: z.array(z.string()),
      /** Fields that stand in the letter. */
      fields: z.array(z.string()),
      total: z.int(),
      /** Letters that can go. */
      ready: z.int(),
      addressColumn: z.string(),
      nameColumn: z.string(),
      fileColumn: z.string(),
      problems: z.array(MergeProblem).max(500),
      letter: z
        .object({
          row: z.int(),
          to: z.array(Address),
          subject: z.string(),
          text: z.string(),
          files: z.array(z.string()),
        })
        .nullable(),
    }),
    ['no-such-draft', 'bad-table', 'table-too-long'],
  ),
  /** Puts one letter a row into the outbox, all of them or none. Rows with a stopping problem are left out. */
  'merge.start': entry(
    MergeTable.extend({
      perMinute: z.int().min(0).max(6000).default(60),
      delay: z.int().min(0).max(60).default(0),
      files: z
        .array(z.object({ name: z.string().max(255), type: z.string(), bytes: z.instanceof(Uint8Array) }))
        .max(10_000)
        .default([]),
    }),
    MergeState,
    [
      'no-such-draft',
      'bad-table',
      'table-too-long',
      'no-account',
      'bad-recipient',
      'nothing-to-merge',
      'too-large',
      'disk-full',
    ],
  ),
  'merge.list': entry(z.object({}), z.array(MergeState)),
  /** Letters that have not begun to leave are taken out. */
  'merge.cancel': entry(z.object({ id: Id }), MergeState, ['no-such-merge']),
};

export const sendingEvents = {
  'merge.changed': z.array(MergeState),
  /** Something was heard of these letters. */
  'receipts.changed': z.object({ messageIds: z.array(z.string()) }),
};
