/**
 * A letter as a person reads it, from its octets: head, text, attachments, what is odd about it, and the document that
 * is shown in the frame. Pure; run in the ingest pool. What needs to know other letters or people is added by reader.ts.
 */
import type { Banner, Letter } from '../../contract/mail/messages.ts';
import { readCalendar } from '../../mail/calendar.ts';
import { decodeText } from '../../mail/charset.ts';
import { isDangerousName } from '../../mail/filename.ts';
import {
  type Content,
  htmlToText,
  type Message,
  type Part,
  readAttachment,
  readContent,
  readMessage,
} from '../../mail/message.ts';
import { decodeTransfer } from '../../mail/transfer.ts';
import { frameDocument } from '../security/document.ts';
import { textQuoteStart } from '../security/quotes.ts';
import { type Sanitised, sanitiseHtml, textToHtml } from '../security/sanitise.ts';

export interface ReadInput {
  bytes: Uint8Array;
  charset?: string;
  /** Attachment numbers to the letter that is meant inside this one. */
  path?: readonly number[];
}

/** Banners that the letter's own octets justify; those about people come from reader.ts. */
export type ReadLetter = Omit<Letter, 'row' | 'problem' | 'date'> & {
  date: number | null;
  html: string | null;
  /** Octets. */
  size: number;
};

export interface FrameInput extends ReadInput {
  mode: 'html' | 'text';
  pictures: boolean;
  dark: boolean;
  highlight: string[];
  quotes: boolean;
  contrast?: boolean;
  /** false: links lead nowhere. */
  links?: boolean;
}

export interface FrameOutput {
  html: string;
  blocked: number;
  hasQuotes: boolean;
  linkMismatch: { text: string; target: string }[];
  /** `cid/0` -> Content-ID. */
  inline: [string, string][];
  /** `img/0` -> address of a remote picture. */
  remote: [string, string][];
}

/** Names kept of one letter's pictures; more is a trap. */
const MAX_PICTURES = 2000;
/** Fields shown in the list of headers. */
const MAX_HEADERS = 2000;

function* leaves(part: Part): Generator<Part> {
  if (part.children.length === 0) yield part;
  else if (part.type !== 'message/rfc822') for (const child of part.children) yield* leaves(child);
}

/** Charset the text was read in. */
function charsetOf(
  bytes: Uint8Array,
  message: Message,
  chosen: string | undefined,
): { charset: string; guessed: boolean } {
  if (chosen) return { charset: chosen, guessed: false };
  for (const part of leaves(message.tree)) {
    if (!part.type.startsWith('text/') || part.disposition === 'attachment') continue;
    const raw = bytes.subarray(part.bodyStart, Math.min(part.end, part.bodyStart + 64 * 1024));
    const { charset, guessed } = decodeText(decodeTransfer(raw, part.encoding).bytes, part.params['charset']);
    return { charset, guessed };
  }
  return { charset: 'utf-8', guessed: false };
}

function sanitised(html: string, input: FrameInput): Sanitised & Pick<FrameOutput, 'inline' | 'remote'> {
  const inline: [string, string][] = [];
  const remote: [string, string][] = [];
  const named = (list: [string, string][], kind: string, value: string): string | null => {
    const known = list.find(([, each]) => each === value);
    if (known) return known[0];
    if (list.length >= MAX_PICTURES) return null;
    const name = `${kind}/${list.length}`;
    list.push([name, value]);
    return name;
  };
  const result = sanitiseHtml(html, {
    picture: (address) => (input.pictures ? named(remote, 'img', address) : null),
    inline: (contentId) => named(inline, 'cid', contentId),
    dark: input.dark,
    quotes: input.quotes,
    highlight: input.highlight,
    links: input.links ?? true,
  });
  return { ...result, inline, remote };
}

/** The document of a letter, ready to be served. */
export function renderFrame(input: FrameInput): FrameOutput {
  const bytes = nestedOf(input.bytes, input.path);
  const content = readContent(bytes, readMessage(bytes), input.charset ? { charset: input.charset } : {});
  const theme = { dark: input.dark, contrast: input.contrast ?? false };
  if (input.mode === 'html' && content.html !== null) {
    const made = sanitised(content.html, input);
    return {
      html: frameDocument(made.html, theme),
      blocked: made.blocked,
      hasQuotes: made.hasQuotes,
      linkMismatch: made.linkMismatch,
      inline: made.inline,
      remote: made.remote,
    };
  }
  const whole = content.text ?? (content.html === null ? '' : htmlToText(content.html));
  const cut = textQuoteStart(whole);
  const hasQuotes = cut < whole.length;
  const shown = input.quotes || !hasQuotes ? whole : whole.slice(0, cut);
  const html = frameDocument(textToHtml(shown, input.highlight), theme);
  return { html, blocked: 0, hasQuotes, linkMismatch: [], inline: [], remote: [] };
}

/** Sanitised markup for printing and quoting; pictures of the letter itself are put inside. */
export function htmlOf(input: ReadInput & { pictures: boolean }): string {
  const bytes = nestedOf(input.bytes, input.path);
  const message = readMessage(bytes);
  const content = readContent(bytes, message, input.charset ? { charset: input.charset } : {});
  if (content.html === null) return textToHtml(content.text ?? '');
  const byId = new Map(content.attachments.map((each) => [each.contentId, each]));
  return sanitiseHtml(content.html, {
    picture: (address) => (input.pictures ? address : null),
    inline: (contentId) => {
      const found = byId.get(contentId);
      if (!found?.type.startsWith('image/') || found.size > 2 * 1024 * 1024) return null;
      return `data:${found.type};base64,${Buffer.from(readAttachment(bytes, message, found.n)).toString('base64')}`;
    },
    dark: false,
    quotes: true,
    highlight: [],
  }).html;
}

function invitation(bytes: Uint8Array, message: Message, content: Content): Banner | null {
  const found = content.attachments.find((each) => each.kind === 'calendar');
  if (!found) return null;
  try {
    const event = readCalendar(readAttachment(bytes, message, found.n))?.events[0];
    if (!event) return null;
    return {
      kind: 'invitation',
      attachment: found.n,
      summary: event.summary,
      start: event.start,
      location: event.location,
    };
  } catch {
    return null;
  }
}

/** The first address of List-Unsubscribe that a person can use: a page rather than a letter. */
function unsubscribeOf(field: string): string {
  const addresses = [...field.matchAll(/<((?:https?|mailto):[^>]+)>/gi)].map((match) => match[1] as string);
  return addresses.find((each) => /^https?:/i.test(each)) ?? addresses[0] ?? '';
}

function ownBanners(bytes: Uint8Array, message: Message, content: Content): Banner[] {
  const banners: Banner[] = [];
  if (content.html !== null && content.html.length < 4 * 1024 * 1024) {
    const { blocked, linkMismatch } = sanitiseHtml(content.html, {
      picture: () => null,
      inline: () => 'cid/0',
      dark: false,
      quotes: true,
      highlight: [],
    });
    const odd = linkMismatch[0];
    if (odd) banners.push({ kind: 'link-mismatch', text: odd.text, target: odd.target });
    if (blocked > 0) banners.push({ kind: 'pictures', count: blocked });
  }
  const receipt = message.dispositionNotificationTo[0];
  if (receipt) banners.push({ kind: 'receipt', to: receipt.address });
  const unsubscribe = unsubscribeOf(message.listUnsubscribe);
  if (message.listId !== '' || unsubscribe !== '') {
    banners.push({ kind: 'list', id: message.listId, unsubscribe });
  }
  const invited = invitation(bytes, message, content);
  if (invited) banners.push(invited);
  return banners;
}

export function letterOf(input: ReadInput): ReadLetter {
  const bytes = nestedOf(input.bytes, input.path);
  const message = readMessage(bytes);
  const content = readContent(bytes, message, input.charset ? { charset: input.charset } : {});
  const text = content.text ?? (content.html === null ? '' : htmlToText(content.html));
  return {
    size: message.size,
    messageId: message.messageId,
    subject: message.subject,
    date: message.date,
    from: message.from,
    sender: message.sender,
    replyTo: message.replyTo,
    to: message.to,
    cc: message.cc,
    bcc: message.bcc,
    headers: message.headers.slice(0, MAX_HEADERS),
    text,
    html: content.html,
    hasHtml: content.html !== null,
    attachments: content.attachments.map(({ n, name, type, size, inline, kind }) => {
      return { n, name, type, size, inline, kind, dangerous: isDangerousName(name) };
    }),
    banners: ownBanners(bytes, message, content),
    ...charsetOf(bytes, message, input.charset),
    defects: [...new Set([...message.defects, ...content.defects])],
  };
}

/**
 * Octets of an attached letter; a path of several numbers goes deeper, none is the letter itself.
 * @throws Fault user `no-such-attachment`
 */
export function nestedOf(bytes: Uint8Array, path: readonly number[] = []): Uint8Array {
  let at = bytes;
  for (const n of path) at = readAttachment(at, readMessage(at), n);
  return at;
}
