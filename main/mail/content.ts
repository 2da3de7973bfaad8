/**
 * What a reader sees: the text, the HTML and the attachments of a letter, decoded on demand. HTML comes out
 * as it was sent and is hostile; sanitising is the caller's. Results may be views into the letter's octets:
 * copy before sending them to another thread.
 */
import { Fault } from '../base/errors.ts';
import { MAX_TEXT_CHARS } from '../base/limits.ts';
import { decodeText, isShifted, resolveCharset } from './charset.ts';
import { unflow } from './flowed.ts';
import { htmlToText } from './html-text.ts';
import type { Message } from './letter.ts';
import type { Part } from './part.ts';
import { briefPlanOf, type Plan, type Planable, type Planned, planOf } from './plan.ts';
import { previewOf, previewOfBeginning } from './preview.ts';
import { decodeTransfer } from './transfer.ts';

export interface Attachment {
  /** From 1, in the order of the letter. */
  n: number;
  /** Safe to show and to save (safeFilename). */
  name: string;
  type: string;
  /** Decoded octets. */
  size: number;
  /** Shown inside the HTML, or a picture that asks to be. */
  inline: boolean;
  contentId: string;
  source: 'part' | 'uuencode' | 'tnef';
  /** Path of the part it comes from. */
  path: string;
  kind: 'file' | 'image' | 'text' | 'message' | 'calendar' | 'contact' | 'signature';
}

export interface Content {
  /** Text to display; null when the letter has HTML only. */
  text: string | null;
  /** Decoded, NOT sanitised. */
  html: string | null;
  attachments: Attachment[];
  /** Codes of message.ts. */
  defects: string[];
  /** At most 200 characters. */
  preview: string;
}

/** Octets of a long text in which its first words are looked for. */
const BEGINNING_BYTES = 4096;

/** Text that is decoded so far, against MAX_TEXT_CHARS. */
interface Budget {
  left: number;
}

/** Decodes the texts of one letter. */
class Texts {
  readonly plan: Plan;
  readonly chosen: string | undefined;
  readonly budget: Budget = { left: MAX_TEXT_CHARS };

  constructor(plan: Plan, chosen: string | undefined) {
    this.plan = plan;
    this.chosen = chosen;
  }

  octets(part: Part): Uint8Array {
    const { bytes, blocks, defects } = this.plan;
    const own = blocks.get(part);
    if (own) {
      const kept: Uint8Array[] = [];
      let at = 0;
      for (const block of own.found) {
        kept.push(own.body.subarray(at, block.start));
        at = block.end;
      }
      kept.push(own.body.subarray(at));
      return concat(kept, this.budget.left * 4);
    }
    // Six octets of input make at least one character in any encoding that matters.
    const end = Math.min(part.end, part.bodyStart + this.budget.left * 6 + 1024);
    const { bytes: octets, bad } = decodeTransfer(bytes, part.encoding, part.bodyStart, end);
    if (bad && end === part.end) {
      if (part.encoding === 'base64') defects.add('bad-base64');
      else if (part.encoding === 'quoted-printable') defects.add('bad-quoted-printable');
      else defects.add('bad-uuencode');
    }
    if (end < part.end) defects.add('text-truncated');
    return octets.length > this.budget.left * 4 ? octets.subarray(0, this.budget.left * 4) : octets;
  }

  decode(part: Part): string {
    if (this.budget.left <= 0) {
      if (part.end > part.bodyStart) this.plan.defects.add('text-truncated');
      return '';
    }
    const octets = this.octets(part);
    let label = part.params['charset'];
    if (
      this.chosen === undefined &&
      part.type === 'text/html' &&
      (label === undefined || resolveCharset(label) === undefined)
    )
      label = metaCharset(octets) ?? label;
    if (label && resolveCharset(label) === undefined) this.plan.defects.add('unknown-charset');
    let { text } = decodeText(octets, this.chosen ?? label, this.chosen !== undefined);
    if (text.includes('\r')) text = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
    if (text.includes('\0')) text = text.replaceAll('\0', '');
    if (text.length > this.budget.left) {
      this.plan.defects.add('text-truncated');
      text = text.slice(0, this.budget.left);
    }
    this.budget.left -= text.length;
    return text;
  }

  /** The first lines of a plain text's part that is long; '' where it is short or only the whole can be decoded. */
  beginning(part: Part): string {
    const { bytes, blocks } = this.plan;
    const label = part.params['charset'];
    const limit = part.bodyStart + BEGINNING_BYTES;
    if (part.end < limit * 2 - part.bodyStart || part.type !== 'text/plain' || blocks.has(part)) return '';
    if (label !== undefined && isShifted(label)) return '';
    // Lines are cut between each other on both sides of the transfer encoding: no character is.
    const cut = bytes.lastIndexOf(10, limit) + 1;
    if (cut <= part.bodyStart) return '';
    const { bytes: octets } = decodeTransfer(bytes, part.encoding, part.bodyStart, cut);
    // UTF-16 that nobody declared: its line ends are two octets.
    if (octets[0] === 0xff || octets[0] === 0xfe) return '';
    const { text } = decodeText(octets.subarray(0, octets.lastIndexOf(10) + 1), label);
    const lines = this.flat(part, text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('\0', ''));
    // The last one may go on: soft line ends (RFC 3676) were taken out.
    return lines.slice(0, lines.lastIndexOf('\n') + 1);
  }

  plain(part: Part): string {
    const text = this.decode(part);
    if (part.type === 'text/enriched' || part.type === 'text/richtext')
      return htmlToText(text.replaceAll('<<', '&lt;').replaceAll('\n', '<br>'));
    return this.flat(part, text);
  }

  flat(part: Part, text: string): string {
    if (part.params['format']?.toLowerCase() === 'flowed')
      return unflow(text, part.params['delsp']?.toLowerCase() === 'yes');
    return text;
  }
}

function concat(pieces: Uint8Array[], limit: number): Uint8Array {
  const size = Math.min(
    limit,
    pieces.reduce((sum, each) => sum + each.length, 0),
  );
  const whole = new Uint8Array(size);
  let at = 0;
  for (const each of pieces) {
    const room = each.subarray(0, size - at);
    whole.set(room, at);
    at += room.length;
  }
  return whole;
}

/** The charset that HTML declares inside itself; 16-bit ones cannot be true when the tag could be read. */
function metaCharset(octets: Uint8Array): string | undefined {
  let head = '';
  for (let i = 0; i < octets.length && i < 2048; i++) head += String.fromCharCode(octets[i] as number);
  const label = /<meta[^>]{1,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1];
  return label === undefined || /^(?:utf-?16|utf-?32|ucs)/i.test(label) ? undefined : label;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function joinText(pieces: string[]): string {
  let whole = '';
  for (const piece of pieces) {
    if (piece === '') continue;
    whole += whole === '' || whole.endsWith('\n') ? piece : `\n${piece}`;
  }
  return whole;
}

function referencedIds(html: string): Set<string> {
  const ids = new Set<string>();
  for (const match of html.matchAll(/cid:([^"'\s<>)]{1,300})/gi)) ids.add(normalId(match[1] as string));
  return ids;
}

function normalId(id: string): string {
  let text = id.replace(/^<|>$/g, '').replace(/^cid:/i, '');
  if (text.includes('%')) {
    try {
      text = decodeURIComponent(text);
    } catch {
      // A stray percent sign is part of the identifier.
    }
  }
  return text.replaceAll('&amp;', '&').toLowerCase();
}

/**
 * Text, HTML and attachments of a letter.
 * @param options.charset "other encoding" chosen by the person; it overrides what the text parts declare
 */
export function readContent(
  bytes: Uint8Array,
  message: Message,
  options: { charset?: string } = {},
): Content {
  return contentOf(planOf(bytes, message), options.charset);
}

function contentOf(plan: Plan, chosen: string | undefined): Content {
  const texts = new Texts(plan, chosen);
  const rich = plan.segments.some((each) => each.html.length > 0);
  const poor = plan.segments.some((each) => each.plain.length > 0);
  const decoded = new Map<Part, string>();
  const textOf = (part: Part): string => {
    const known = decoded.get(part);
    if (known !== undefined) return known;
    const text = part.type === 'text/html' ? texts.decode(part) : texts.plain(part);
    decoded.set(part, text);
    return text;
  };
  let html: string | null = null;
  let text: string | null = null;
  if (poor) {
    // HTML pieces without a plain form of their own are read as text, so that neither view loses a piece.
    text = joinText(
      plan.segments.flatMap((each) =>
        each.plain.length > 0 ? each.plain.map(textOf) : each.html.map((part) => htmlToText(textOf(part))),
      ),
    );
  }
  if (rich) {
    const pieces = plan.segments.flatMap((each) => (each.html.length > 0 ? each.html : each.plain));
    html = pieces
      .map((part) =>
        part.type === 'text/html'
          ? textOf(part)
          : textOf(part).trim() === ''
            ? ''
            : `<pre style="white-space:pre-wrap">${escapeHtml(textOf(part))}</pre>`,
      )
      .join('\n');
  }
  for (const tnef of plan.tnef) {
    // The letter's own text wins; an Outlook letter that has none keeps it in here.
    if (html === null && (text ?? '').trim() === '' && tnef.html !== '')
      html = tnef.html.slice(0, MAX_TEXT_CHARS);
    if ((text ?? '').trim() === '' && tnef.text !== '') text = tnef.text.slice(0, MAX_TEXT_CHARS);
  }
  if (text === null && html === null) text = '';
  const attachments = plan.planned.map(({ attachment }) => ({ ...attachment }));
  if (html !== null && attachments.some((each) => each.contentId !== '')) {
    const ids = referencedIds(html);
    for (const each of attachments)
      if (each.contentId !== '' && ids.has(normalId(each.contentId))) each.inline = true;
  }
  return { text, html, attachments, defects: [...plan.defects], preview: previewOf(text, html) };
}

/** Characters of text that are enough for a preview, which looks at no more. */
const PREVIEW_SOURCE = 20_000;

/**
 * What a list shows of a letter's content: the same preview and the same files as readContent gives, without their
 * sizes. Text that neither of them needs is not decoded; most HTML is the other form of a text.
 */
export function readBriefContent(
  bytes: Uint8Array,
  message: Planable,
): { preview: string; attachments: Omit<Attachment, 'size'>[] } {
  const plan = briefPlanOf(bytes, message);
  const named = plan.planned.some(({ attachment }) => attachment.contentId !== '');
  const plain = plan.segments.every((each) => each.plain.length > 0) && plan.segments.length > 0;
  // HTML tells which files are shown inside it; without a plain text it is the preview.
  const rich = plan.segments.some((each) => each.html.length > 0);
  if (!plain || plan.tnef.length > 0 || (rich && named)) return contentOf(plan, undefined);
  const texts = new Texts(plan, undefined);
  const listed = (preview: string) => ({ preview, attachments: plan.planned.map((each) => each.attachment) });
  const parts = plan.segments.flatMap((each) => each.plain);
  const early = parts[0] ? previewOfBeginning(texts.beginning(parts[0])) : null;
  if (early !== null) return listed(early);
  const pieces: string[] = [];
  let length = 0;
  for (const part of parts) {
    if (length > PREVIEW_SOURCE) break;
    const piece = texts.plain(part);
    pieces.push(piece);
    length += piece.length;
  }
  const text = joinText(pieces);
  // A blank text is no text: the HTML is looked at after all.
  if (text.trim() === '' && rich) return contentOf(plan, undefined);
  return listed(previewOf(text, null));
}

/**
 * Decoded octets of attachment `n` (1-based, as readContent lists it).
 * @throws Fault user/no-such-attachment
 */
export function readAttachment(bytes: Uint8Array, message: Message, n: number): Uint8Array {
  return plannedOf(bytes, message, n).read();
}

/**
 * As readAttachment for who needs the letter no more: where the file is in base64, its octets take the place of its coded
 * ones in `bytes`. Other files of the letter may be taken after it, this one not again.
 * @throws Fault user/no-such-attachment
 */
export function takeAttachment(bytes: Uint8Array, message: Message, n: number): Uint8Array {
  const { take, read } = plannedOf(bytes, message, n);
  return take ? take() : read();
}

function plannedOf(bytes: Uint8Array, message: Message, n: number): Planned {
  const planned = planOf(bytes, message).planned[n - 1];
  if (!planned)
    throw new Fault('user', 'no-such-attachment', 'The letter has no such attachment.', { detail: { n } });
  return planned;
}

/** The part that HTML means by `cid:contentId`; undefined when there is none. */
export function readInline(
  bytes: Uint8Array,
  message: Message,
  contentId: string,
): { type: string; bytes: Uint8Array } | undefined {
  const wanted = normalId(contentId);
  const found = planOf(bytes, message).planned.find(
    ({ attachment }) => attachment.contentId !== '' && normalId(attachment.contentId) === wanted,
  );
  return found && { type: found.attachment.type, bytes: found.read() };
}
