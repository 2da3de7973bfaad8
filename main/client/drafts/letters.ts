/**
 * Between drafts and octets: a letter read into a draft, a draft composed into a letter. Run in the ingest
 * pool; no database, no network, no file. What comes out of a foreign letter is sanitised: it will stand in
 * a window of ours and leave under the person's name.
 */
import { randomUUID } from 'node:crypto';
import type { Draft, DraftContent } from '../../contract/mail/drafts.ts';
import { type Address, domainOf, parseAddressList } from '../../mail/address.ts';
import { compose, toCrlf } from '../../mail/compose.ts';
import {
  htmlToText,
  type Message,
  type MessageHead,
  readAttachment,
  readContent,
  readMessage,
} from '../../mail/message.ts';
import {
  forwardSubject,
  forwardText,
  quoteText,
  replyRecipients,
  replyReferences,
  replySubject,
} from '../../mail/quote.ts';
import { type PreparedBlob, prepareBlob } from '../../store/record.ts';
import type { CallContext } from '../../store/threads.ts';
import { withoutTag } from '../identities/choice.ts';
import { readLetter } from '../messages/facts.ts';
import type { LetterFacts } from '../messages/rows.ts';
import { sanitiseHtml, textToHtml } from '../security/sanitise.ts';
import { SIGNATURE_PICTURE } from '../signatures/rows.ts';
import type { Threading } from './rows.ts';
import { attributionOf, forwardFields, forwardTitle, type Language } from './wording.ts';
import type { IncomingAttachment } from './writes.ts';

type Prepared = IncomingAttachment & { blob: PreparedBlob };

/** What a letter gives to a draft that answers, forwards or continues it. */
export interface DraftMaterial {
  to: Address[];
  cc: Address[];
  bcc: Address[];
  replyTo: Address[];
  subject: string;
  html: string | null;
  text: string;
  quoteHtml: string | null;
  quoteText: string;
  attachments: Prepared[];
  threading: Threading;
  /** Without angle brackets; '' when the letter has none. */
  messageId: string;
  knownDomains: string[];
  /** Addresses the letter was written to, for the choice of a sender. */
  recipients: string[];
  from: Address | null;
}

export interface AnswerInput {
  bytes: Uint8Array;
  kind: Draft['kind'];
  /** Addresses of the person. */
  own: string[];
  language: Language;
  /** Only this of the letter is quoted. */
  quote?: string;
  attribution?: string;
  /** Nothing of the letter is quoted: only its header is here. */
  unquoted?: boolean;
}

/** Where a part shown inside the text is, between the sanitiser and its cid: address. */
const INLINE = 'https://inline.invalid/';

function attachmentOf(
  bytes: Uint8Array,
  message: Message,
  n: number,
  facts: Omit<Prepared, 'blob' | 'id' | 'size'>,
): Prepared {
  const content = readAttachment(bytes, message, n);
  return { ...facts, id: randomUUID(), size: content.length, blob: prepareBlob(content) };
}

/** Sanitised markup with its cid: pictures, and the identifiers it names. */
export function quotable(html: string): { html: string; named: Set<string> } {
  const named = new Set<string>();
  const { html: clean } = sanitiseHtml(html, {
    picture: () => null,
    inline: (contentId) => {
      named.add(contentId);
      return INLINE + encodeURIComponent(contentId);
    },
    dark: false,
    quotes: true,
    highlight: [],
  });
  const restored = clean.replaceAll(
    new RegExp(`${INLINE.replaceAll('.', '\\.')}([^"')\\s]*)`, 'g'),
    (_all, id: string) => `cid:${decodeURIComponent(id)}`,
  );
  return { html: restored, named };
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function domainsOf(...lists: readonly (readonly Address[])[]): string[] {
  const domains = lists.flat().map((each) => domainOf(each.address).toLowerCase());
  return [...new Set(domains.filter((each) => each !== ''))].slice(0, 1000);
}

/** Lines of a plain letter that stay lines where no style sheet of ours goes along. */
const linesOf = (markup: string): string =>
  markup.replace(/\n(?=<\/?blockquote|<\/div>|$)/g, '').replaceAll('\n', '<br>');

/** Fields in which servers say into which mailbox a letter was put; surer than To, which a list or a blind copy leaves out. */
const DELIVERED =
  /^(delivered-to|x-original-to|envelope-to|x-envelope-to|x-delivered-to|x-rcpt-to|apparently-to)$/i;

/** Addresses the letter came to, lower case, the surest first. */
export function cameTo(message: MessageHead): string[] {
  const delivered = message.headers
    .filter(([name]) => DELIVERED.test(name))
    .flatMap(([, value]) => parseAddressList(value));
  const named = [...delivered, ...message.to, ...message.cc, ...message.bcc];
  return [...new Set(named.map((each) => each.address.toLowerCase()))].slice(0, 1000);
}

/** The person's addresses, and those of the letter that are delivered to them (`anna+shop@x`). */
function ownIn(message: Message, own: readonly string[]): string[] {
  const mine = new Set(own.map((each) => each.toLowerCase()));
  const tagged = [...message.from, ...message.to, ...message.cc, ...message.replyTo]
    .map((each) => each.address)
    .filter((each) => mine.has(withoutTag(each)));
  return [...own, ...tagged];
}

function answer(input: AnswerInput, context: CallContext): DraftMaterial {
  const { bytes, kind, language } = input;
  const message = readMessage(bytes);
  const content = readContent(bytes, message);
  const reply = kind === 'reply' || kind === 'reply-all';
  const source = input.quote ?? content.text ?? (content.html === null ? '' : htmlToText(content.html));
  const markup =
    input.quote === undefined && content.html !== null ? content.html : linesOf(textToHtml(source));
  const { html, named } = quotable(markup);
  const material: DraftMaterial = {
    to: [],
    cc: [],
    bcc: [],
    replyTo: [],
    subject: reply ? replySubject(message.subject) : forwardSubject(message.subject),
    html: null,
    text: '',
    quoteHtml: null,
    quoteText: '',
    attachments: [],
    threading: { inReplyTo: message.messageId, references: replyReferences(message) },
    messageId: message.messageId,
    knownDomains: domainsOf(message.from, message.replyTo, message.to, message.cc),
    recipients: cameTo(message),
    from: message.from[0] ?? null,
  };
  if (kind === 'forward-attached') return material;
  if (reply) {
    const { to, cc } = replyRecipients(
      message,
      ownIn(message, input.own),
      kind === 'reply-all' ? 'all' : 'sender',
    );
    material.to = to;
    material.cc = cc;
    if (input.unquoted) return material;
    const attribution = input.attribution ?? attributionOf(message, language);
    material.quoteText = `${attribution}\n${quoteText(source)}`;
    material.quoteHtml = `<div data-quote="1"><p>${escapeText(attribution)}</p><blockquote type="cite">${html}</blockquote></div>`;
  } else {
    const title = input.attribution ?? forwardTitle(language);
    const fields = forwardFields(message, language).filter(([, value]) => value !== '');
    material.quoteText = forwardText(source, title, fields).trimStart();
    const head = fields
      .map(([name, value]) => `<b>${escapeText(name)}:</b> ${escapeText(value)}`)
      .join('<br>');
    material.quoteHtml = `<div data-quote="1"><p>${escapeText(title)}<br>${head}</p>${html}</div>`;
  }
  for (const each of content.attachments) {
    const shown = each.contentId !== '' && named.has(each.contentId);
    // An answer carries the pictures of its quote, a forward everything.
    if (reply && !shown) continue;
    material.attachments.push(
      attachmentOf(bytes, message, each.n, {
        name: each.name,
        type: each.type,
        inline: shown,
        contentId: shown ? each.contentId : '',
      }),
    );
  }
  hand(material.attachments, context);
  return material;
}

/** A letter of a Drafts folder, or one to be sent again, as a draft. */
function parseDraft({ bytes }: { bytes: Uint8Array }, context: CallContext): DraftMaterial {
  const message = readMessage(bytes);
  const content = readContent(bytes, message);
  const quoted = content.html === null ? null : quotable(content.html);
  const material: DraftMaterial = {
    to: message.to,
    cc: message.cc,
    bcc: message.bcc,
    replyTo: message.replyTo,
    subject: message.subject,
    html: quoted?.html ?? null,
    text: content.text ?? (content.html === null ? '' : htmlToText(content.html)),
    quoteHtml: null,
    quoteText: '',
    attachments: content.attachments.map((each) => {
      const shown = each.contentId !== '' && (quoted?.named.has(each.contentId) ?? false);
      return attachmentOf(bytes, message, each.n, {
        name: each.name,
        type: each.type,
        inline: shown,
        contentId: shown ? each.contentId : '',
      });
    }),
    threading: {
      ...(message.inReplyTo[0] ? { inReplyTo: message.inReplyTo[0] } : {}),
      references: message.references,
    },
    messageId: message.messageId,
    knownDomains: domainsOf(message.to, message.cc),
    recipients: [],
    from: message.from[0] ?? null,
  };
  hand(material.attachments, context);
  return material;
}

/** Hands the records of blobs over to the caller's thread instead of copying them. */
function hand(attachments: readonly Prepared[], context: CallContext): void {
  for (const { blob } of attachments)
    if (typeof blob.record !== 'string') context.transfer(blob.record.buffer);
}

export interface ComposeInput {
  content: DraftContent;
  from: Address;
  /** '': none. */
  organisation: string;
  attachments: { name: string; type: string; inline: boolean; contentId: string; bytes: Uint8Array }[];
  messageId: string;
  threading: Threading;
  date: number;
  userAgent: string;
}

export interface Composed {
  blob: PreparedBlob;
  facts: LetterFacts;
  eightBit: boolean;
}

const PLACE_MARKS =
  /<span class="postroom-cursor">[^<]*<\/span>|<div class="postroom-quote">(?:<br>)?<\/div>/gi;
const SIGNATURE_MARK = /(<div[^>]*?) data-signature="[^"]*"/gi;

async function composeDraft(input: ComposeInput, context: CallContext): Promise<Composed> {
  const { content, threading } = input;
  const rich = content.html !== null;
  // Which signature it is, and where the cursor was to stand, is this program's business and not the reader's.
  const body = (content.html ?? '').replaceAll(SIGNATURE_MARK, '$1').replaceAll(PLACE_MARKS, '');
  const html = rich ? `${body}${content.quoteHtml ?? ''}` : undefined;
  const own = rich ? htmlToText(content.html ?? '') : content.text;
  const text = content.quoteText === '' ? own : `${own.trimEnd()}\n\n${content.quoteText}\n`;
  const bytes = await compose({
    from: input.from,
    replyTo: content.replyTo,
    to: content.to,
    cc: content.cc,
    bcc: content.bcc,
    subject: content.subject,
    text,
    ...(html === undefined
      ? {}
      : { html: `<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>${html}</body></html>\n` }),
    ...(threading.inReplyTo ? { inReplyTo: threading.inReplyTo } : {}),
    ...(threading.references ? { references: threading.references } : {}),
    // A picture that the text no longer shows goes along as a file; one of a signature goes with the signature.
    attachments: input.attachments.flatMap((each) => {
      const shown = each.inline && (html ?? '').includes(`cid:${each.contentId}`);
      if (!shown && each.contentId.endsWith(SIGNATURE_PICTURE)) return [];
      return {
        name: each.name,
        type: each.type,
        content: each.bytes,
        ...(shown ? { inline: true, contentId: each.contentId } : {}),
      };
    }),
    messageId: input.messageId,
    date: input.date,
    importance: content.importance,
    requestReadReceipt: content.requestReadReceipt,
    userAgent: input.userAgent,
    ...(input.organisation === ''
      ? {}
      : { headers: [['Organization', input.organisation]] as [string, string][] }),
  });
  return frozen(bytes, context);
}

/** A ready letter (a file, say) as it will go out: canonical line ends, nothing else touched. */
function freeze(
  input: { bytes: Uint8Array },
  context: CallContext,
): Composed & { head: { from: Address[]; recipients: Address[] } } {
  const bytes = toCrlf(input.bytes);
  const message = readMessage(bytes);
  const recipients = [...message.to, ...message.cc, ...message.bcc];
  return { ...frozen(bytes, context), head: { from: message.from, recipients } };
}

function frozen(bytes: Uint8Array, context: CallContext): Composed {
  const blob = prepareBlob(bytes);
  if (typeof blob.record !== 'string') context.transfer(blob.record.buffer);
  return { blob, facts: readLetter(bytes).facts, eightBit: bytes.some((octet) => octet > 127) };
}

export const draftCalls = {
  'draft.answer': answer,
  'draft.parse': parseDraft,
  'draft.compose': composeDraft,
  'draft.freeze': freeze,
  'draft.blob': ({ bytes }: { bytes: Uint8Array }, context: CallContext): PreparedBlob => {
    const blob = prepareBlob(bytes);
    if (typeof blob.record !== 'string') context.transfer(blob.record.buffer);
    return blob;
  },
};
