import { z } from 'zod';
import { entry } from '../entry.ts';
import { SpellingLanguage } from './spelling.ts';
import { Address, Id } from './views.ts';

export const DraftAttachment = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  size: z.int(),
  inline: z.boolean(),
  contentId: z.string(),
});
export type DraftAttachment = z.infer<typeof DraftAttachment>;

export const DraftContent = z.object({
  /** Account the letter goes out by; null: not chosen yet (no account). */
  account: Id.nullable(),
  /** Of that account; left out: its main one. */
  identity: Id.nullable().optional(),
  from: Address.nullable(),
  to: z.array(Address).max(10_000),
  cc: z.array(Address).max(10_000),
  bcc: z.array(Address).max(10_000),
  replyTo: z.array(Address).max(100),
  subject: z.string().max(10_000),
  /** The rich text; null in plain-text mode. */
  html: z.string().nullable(),
  text: z.string(),
  /** The quoted letter, folded below the signature; joined at sending unless removed. */
  quoteHtml: z.string().nullable(),
  quoteText: z.string(),
  importance: z.enum(['low', 'normal', 'high']),
  requestReadReceipt: z.boolean(),
  /** What the spelling is checked in; left out: as the settings say. */
  spelling: z.array(SpellingLanguage).max(2).optional(),
  /** Servers are asked to tell what became of it (RFC 3461). */
  requestDeliveryNotice: z.boolean().optional(),
});
export type DraftContent = z.infer<typeof DraftContent>;

export const Draft = DraftContent.extend({
  id: Id,
  kind: z.enum(['new', 'reply', 'reply-all', 'forward', 'forward-attached', 'resend']),
  /** The letter it answers or forwards. */
  of: Id.nullable(),
  attachments: z.array(DraftAttachment),
  savedAt: z.number(),
  version: z.int(),
  /** local: on this computer, not yet on the server; server: also there. */
  kept: z.enum(['local', 'server']),
  /** Domains that stood in the letter being answered; a new outside one is asked about. */
  knownDomains: z.array(z.string()),
  /** Octets of the letter as it would leave. */
  size: z.int(),
});
export type Draft = z.infer<typeof Draft>;

export const OutboxState = z.enum([
  'scheduled',
  'queued',
  'sending',
  'sent',
  'deferred',
  'failed',
  'unknown',
]);
export const OutboxItem = z.object({
  id: Id,
  account: Id,
  state: OutboxState,
  subject: z.string(),
  to: z.array(Address),
  size: z.int(),
  /** Not before this time (undo delay, send later), ms. */
  notBefore: z.number(),
  attempts: z.int(),
  nextTry: z.number().nullable(),
  /** Per recipient, with the server's own words. */
  results: z.array(
    z.object({
      address: z.string(),
      state: z.enum(['waiting', 'accepted', 'refused', 'deferred', 'unknown']),
      reply: z.string(),
    }),
  ),
  problem: z.object({ code: z.string(), message: z.string(), reply: z.string() }).nullable(),
  copy: z.enum(['none', 'waiting', 'done', 'failed']),
  /** redirect: a letter sent on as it is, without a draft behind it; merge: one of many. */
  purpose: z.enum(['letter', 'receipt', 'redirect', 'merge']),
  /** The chosen time, when the program was not running then, ms. */
  missed: z.number().nullable(),
});
export type OutboxItem = z.infer<typeof OutboxItem>;

export const draftEntries = {
  /** A new draft of the given kind; the reply's recipients, subject, quote and identity are filled in. */
  'drafts.create': entry(
    z.object({
      kind: Draft.shape.kind,
      of: z.array(Id).max(100).default([]),
      account: Id.optional(),
      identity: Id.optional(),
      /** RFC 6068 */ mailto: z.string().max(100_000).optional(),
      /** selected text to quote instead of all */ quote: z.string().optional(),
      attribution: z.string().max(1000).optional(),
    }),
    Draft,
    ['no-such-message', 'body-missing'],
  ),
  /** Journals the text; called at most every 2 s. `base` is the version the writer saw: an older one makes a second draft, both are kept. */
  'drafts.save': entry(z.object({ id: Id, base: z.int(), content: DraftContent }), Draft, [
    'no-such-draft',
    'disk-full',
  ]),
  /** The person has put the letter aside: its copy goes to the Drafts folder now and not after its rest. */
  'drafts.close': entry(z.object({ id: Id }), z.object({}), ['no-such-draft']),
  'drafts.get': entry(z.object({ id: Id }), Draft, ['no-such-draft']),
  /** The draft behind a row of a Drafts folder (opened for editing). */
  'drafts.open': entry(z.object({ message: Id }), Draft, ['no-such-message', 'body-missing']),
  'drafts.list': entry(
    z.object({}),
    z.array(
      z.object({
        id: Id,
        subject: z.string(),
        to: z.array(Address),
        savedAt: z.number(),
        account: Id.nullable(),
      }),
    ),
  ),
  'drafts.versions': entry(
    z.object({ id: Id }),
    z.array(z.object({ version: z.int(), at: z.number(), size: z.int(), preview: z.string() })),
    ['no-such-draft'],
  ),
  'drafts.restore': entry(z.object({ id: Id, version: z.int() }), Draft, ['no-such-draft']),
  'drafts.discard': entry(z.object({ id: Id }), z.object({ undo: z.string() }), ['no-such-draft']),
  'drafts.keep': entry(z.object({ undo: z.string() }), Draft, ['undo-too-late']),
  'drafts.attach': entry(
    z.object({
      id: Id,
      name: z.string().max(255),
      type: z.string().max(255),
      bytes: z.instanceof(Uint8Array),
      inline: z.boolean().default(false),
    }),
    DraftAttachment,
    ['no-such-draft', 'too-large', 'disk-full'],
  ),
  'drafts.detach': entry(z.object({ id: Id, attachment: z.string() }), z.object({}), ['no-such-draft']),
  'drafts.attachment': entry(
    z.object({ id: Id, attachment: z.string() }),
    z.object({ name: z.string(), type: z.string(), size: z.int() }),
    ['no-such-draft', 'no-such-attachment'],
    { streams: true },
  ),
  /** Freezes the letter into the outbox. `delay` seconds of undo, or `at` for send later. */
  'drafts.send': entry(
    z.object({
      id: Id,
      base: z.int(),
      content: DraftContent,
      delay: z.int().min(0).max(60),
      at: z.number().optional(),
    }),
    OutboxItem,
    ['no-such-draft', 'no-recipients', 'bad-recipient', 'no-account', 'too-large', 'disk-full'],
  ),
  'outbox.list': entry(z.object({}), z.array(OutboxItem)),
  /** Back to a draft, exactly as it was, while it has not begun to leave (or has failed, or its outcome is unknown). */
  'outbox.edit': entry(
    z.object({ id: Id, /** only recipients that did not get it */ remaining: z.boolean().default(false) }),
    Draft,
    ['no-such-letter', 'already-sent'],
  ),
  'outbox.now': entry(z.object({ id: Id }), OutboxItem, ['no-such-letter', 'already-sent']),
  /** Failed or unknown: the person says it need not go. It is kept in Drafts' versions for 30 days. */
  'outbox.drop': entry(z.object({ id: Id }), z.object({}), ['no-such-letter', 'already-sent']),
};

export const draftEvents = {
  'outbox.changed': z.array(OutboxItem),
  'drafts.changed': z.object({
    id: Id,
    kept: z.enum(['local', 'server']),
    version: z.int(),
    gone: z.boolean(),
  }),
};
