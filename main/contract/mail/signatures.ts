import { z } from 'zod';
import { entry } from '../entry.ts';
import { Draft, DraftAttachment } from './drafts.ts';
import { Address, Id } from './views.ts';

/** Characters of a signature, a template or a snippet: a page of text, its markup included. */
const MAX_TEXT = 1_000_000;
const name = z.string().min(1).max(200);
const html = z.string().max(MAX_TEXT);
const text = z.string().max(MAX_TEXT);

/**
 * A signature. Its text may hold fields, `{{name}}` or «{{имя}}»: name, address, organisation, date, time, recipient,
 * first-name, subject, cursor, quote.
 */
export const Signature = z.object({
  id: Id,
  name: z.string(),
  html: z.string(),
  /** For letters in plain text; '': the words of `html`. */
  text: z.string(),
  /** Pictures of its text. */
  attachments: z.array(DraftAttachment),
});
export type Signature = z.infer<typeof Signature>;

/** How a stationery paints the letter's ground. */
export const Paper = z.object({
  /** CSS colour #rrggbb; '': none. */
  background: z.union([z.literal(''), z.string().regex(/^#[0-9a-f]{6}$/i)]),
  font: z.enum(['', 'serif', 'sans', 'mono']),
});
export type Paper = z.infer<typeof Paper>;

export const TemplateContent = z.object({
  subject: z.string().max(10_000),
  to: z.array(Address).max(1000),
  cc: z.array(Address).max(1000),
  bcc: z.array(Address).max(1000),
  /** null: a letter in plain text. */
  html: html.nullable(),
  text,
  paper: Paper,
});
export type TemplateContent = z.infer<typeof TemplateContent>;

/** A letter to begin with; a stationery gives its looks only and takes what is written into `{{cursor}}`. */
export const Template = TemplateContent.extend({
  id: Id,
  name: z.string(),
  kind: z.enum(['template', 'stationery']),
  attachments: z.array(DraftAttachment),
});
export type Template = z.infer<typeof Template>;

export const Snippet = z.object({ id: Id, keyword: z.string(), html: z.string(), text: z.string() });
export type Snippet = z.infer<typeof Snippet>;

/** What the fields of a text are filled from. */
const Filling = {
  /** Whom it comes from; null: not chosen yet. */
  identity: Id.nullable(),
  recipients: z.array(Address).max(10_000).default([]),
  subject: z.string().max(10_000).default(''),
};

/**
 * With its fields filled. In `html` the place of the cursor is `<span class="postroom-cursor">`, that of the quoted letter
 * `<div class="postroom-quote">`; in `text` they are `cursor` and `quote`, offsets in it, or null.
 */
export const Filled = z.object({
  html: z.string(),
  text: z.string(),
  cursor: z.int().nullable(),
  quote: z.int().nullable(),
});
export type Filled = z.infer<typeof Filled>;

const upload = { name: z.string().max(255), type: z.string().max(255), bytes: z.instanceof(Uint8Array) };
const picture = z.object({ name: z.string(), type: z.string(), size: z.int() });

export const signatureEntries = {
  'signatures.list': entry(z.object({}), z.array(Signature)),
  /** Without an id: a new one, at the end of the list. */
  'signatures.save': entry(z.object({ id: Id.optional(), name, html, text: text.default('') }), Signature, [
    'no-such-signature',
    'name-taken',
  ]),
  /** It can be had back for 30 days. */
  'signatures.remove': entry(z.object({ id: Id }), z.object({}), ['no-such-signature']),
  'signatures.keep': entry(z.object({ id: Id }), Signature, ['no-such-signature']),
  /** The first is used where nothing else is chosen. */
  'signatures.order': entry(z.object({ ids: z.array(Id).max(1000) }), z.array(Signature)),
  /** A picture of its text. */
  'signatures.attach': entry(z.object({ id: Id, ...upload }), DraftAttachment, [
    'no-such-signature',
    'too-large',
    'disk-full',
  ]),
  'signatures.picture': entry(
    z.object({ id: Id, contentId: z.string() }),
    picture,
    ['no-such-signature', 'no-such-attachment'],
    { streams: true },
  ),
  /** The signature a letter has: `signature` as the person chose it, or the one that is due. */
  'signatures.fill': entry(
    z.object({
      ...Filling,
      use: z.enum(['new', 'reply']),
      signature: z.union([Id, z.literal('none')]).optional(),
    }),
    z.object({ signature: Id.nullable(), name: z.string(), html: z.string(), text: z.string() }),
    ['no-such-signature'],
  ),
  /** Puts the pictures of a signature into a draft. */
  'signatures.carry': entry(z.object({ id: Id, draft: Id }), z.object({}), [
    'no-such-signature',
    'no-such-draft',
  ]),
};

export const templateEntries = {
  'templates.list': entry(z.object({}), z.array(Template)),
  'templates.save': entry(
    z.object({ id: Id.optional(), name, kind: Template.shape.kind, content: TemplateContent }),
    Template,
    ['no-such-template', 'name-taken'],
  ),
  /** It can be had back for 30 days. */
  'templates.remove': entry(z.object({ id: Id }), z.object({}), ['no-such-template']),
  'templates.keep': entry(z.object({ id: Id }), Template, ['no-such-template']),
  'templates.attach': entry(
    z.object({ id: Id, ...upload, inline: z.boolean().default(false) }),
    DraftAttachment,
    ['no-such-template', 'too-large', 'disk-full'],
  ),
  'templates.detach': entry(z.object({ id: Id, attachment: z.string() }), z.object({}), ['no-such-template']),
  'templates.picture': entry(
    z.object({ id: Id, contentId: z.string() }),
    picture,
    ['no-such-template', 'no-such-attachment'],
    { streams: true },
  ),
  'templates.fill': entry(
    z.object({ id: Id, ...Filling }),
    Filled.extend({
      subject: z.string(),
      to: z.array(Address),
      cc: z.array(Address),
      bcc: z.array(Address),
      plain: z.boolean(),
      kind: Template.shape.kind,
    }),
    ['no-such-template'],
  ),
  /** Puts its files into a draft. */
  'templates.carry': entry(z.object({ id: Id, draft: Id }), z.object({}), [
    'no-such-template',
    'no-such-draft',
  ]),
  /** A template of this name from a letter that is being written, files included; its signature is left out. */
  'templates.fromDraft': entry(z.object({ draft: Id, name }), Template, ['no-such-draft', 'name-taken']),
  /** A new letter from a template. */
  'templates.create': entry(z.object({ id: Id, account: Id.optional(), identity: Id.optional() }), Draft, [
    'no-such-template',
  ]),
};

export const snippetEntries = {
  'snippets.list': entry(z.object({}), z.array(Snippet)),
  'snippets.save': entry(
    z.object({ id: Id.optional(), keyword: z.string().min(1).max(50), html, text }),
    Snippet,
    ['no-such-snippet', 'name-taken', 'bad-keyword'],
  ),
  'snippets.remove': entry(z.object({ id: Id }), z.object({}), ['no-such-snippet']),
  'snippets.fill': entry(z.object({ keyword: z.string().max(50), ...Filling }), Filled, ['no-such-snippet']),
};

export const signatureEvents = {
  'signatures.changed': z.array(Signature),
  'templates.changed': z.array(Template),
  'snippets.changed': z.array(Snippet),
};
