/**
 * What a reader sees: the text, the HTML and the attachments of a letter. Decides which parts are the body
 * (multipart/alternative, related, mixed, report, signed ...) and which are files, looks for files hidden
 * in the text (uuencode) and in winmail.dat (TNEF). Every leaf of the tree is shown or listed: nothing is lost.
 */
import { Fault } from '../base/errors.ts';
import { MAX_TEXT_CHARS } from '../base/limits.ts';
import { decodeText, resolveCharset } from './charset.ts';
import { extensionFor, safeFilename, typeForName } from './filename.ts';
import { unflow } from './flowed.ts';
import { htmlToText } from './html-text.ts';
import type { Message } from './message.ts';
import { isLetter, type Part } from './part.ts';
import { previewOf } from './preview.ts';
import { readTnef, type TnefContent } from './tnef.ts';
import { base64Length, decodeTransfer } from './transfer.ts';
import { findUuencode, readUuBlock, type UuBlock } from './uuencode.ts';

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

/** A piece of the body in its forms; pieces follow one another. */
interface Segment {
  plain: Part[];
  html: Part[];
}

interface Planned {
  attachment: Attachment;
  read: () => Uint8Array;
}

interface Plan {
  bytes: Uint8Array;
  segments: Segment[];
  planned: Planned[];
  /** uuencoded blocks by text part, with the transfer-decoded octets they point into. */
  blocks: Map<Part, { body: Uint8Array; found: UuBlock[] }>;
  tnef: TnefContent[];
  defects: Set<string>;
}

/** Forms of the same text that no reader of ours shows. */
const UNSHOWN = new Set(['text/x-amp-html', 'text/watch-html']);
const SIGNATURES = /^application\/(?:pgp-signature|(?:x-)?pkcs7-signature)$/;

function kindOf(type: string, name: string): Attachment['kind'] {
  if (type.startsWith('image/')) return 'image';
  if (type === 'text/calendar' || type === 'application/ics' || /\.ics$/i.test(name)) return 'calendar';
  if (type === 'text/vcard' || type === 'text/x-vcard' || type === 'text/directory' || /\.vcf$/i.test(name))
    return 'contact';
  if (
    type === 'message/rfc822' ||
    type === 'message/global' ||
    type === 'message/news' ||
    /\.eml$/i.test(name)
  )
    return 'message';
  if (SIGNATURES.test(type)) return 'signature';
  return type.startsWith('text/') || type.startsWith('message/') ? 'text' : 'file';
}

function isBody(part: Part, root: boolean): boolean {
  if (part.children.length > 0) return false;
  const readable =
    part.type === 'text/plain' ||
    part.type === 'text/html' ||
    part.type === 'text/enriched' ||
    part.type === 'text/richtext';
  if (part.type.startsWith('multipart/'))
    return part.end > part.bodyStart && part.disposition !== 'attachment';
  if (!readable || part.disposition === 'attachment') return false;
  // A text with a name is a file; without a disposition a lone one is the letter.
  return part.filename === '' || root || part.disposition === 'inline';
}

class Planner {
  readonly message: Message;
  readonly plan: Plan;

  constructor(bytes: Uint8Array, message: Message) {
    this.message = message;
    this.plan = { bytes, segments: [], planned: [], blocks: new Map(), tnef: [], defects: new Set() };
  }

  /** Segments of `part`; its files are listed on the way. */
  walk(part: Part, root: boolean): Segment[] {
    const { type } = part;
    if (part.children.length > 0 && type.startsWith('multipart/')) {
      if (type === 'multipart/alternative') return this.alternative(part);
      if (type === 'multipart/related') return this.related(part);
      return part.children.flatMap((child) => this.walk(child, false));
    }
    if (type.startsWith('multipart/') && this.tooDeep(part)) {
      this.addPart(part);
      return [];
    }
    if (isBody(part, root)) {
      const html = type === 'text/html';
      // Programs that show pictures and texts in a row name their inline texts; both uses are served.
      if (part.filename !== '' && !root) this.addPart(part);
      this.findBlocks(part, html);
      return [html ? { plain: [], html: [part] } : { plain: [part], html: [] }];
    }
    if (
      type === 'application/ms-tnef' ||
      type === 'application/vnd.ms-tnef' ||
      /^winmail\.dat$/i.test(part.filename)
    )
      return this.tnef(part);
    this.addPart(part);
    return [];
  }

  tooDeep(part: Part): boolean {
    return this.message.defects.includes('too-deep') && (part.params['boundary'] ?? '') !== '';
  }

  /** RFC 2046 section 5.1.4: forms of one content; text and HTML are both kept for the person's choice. */
  alternative(part: Part): Segment[] {
    const forms = part.children
      .filter((child) => !UNSHOWN.has(child.type))
      .map((child) => this.walk(child, false))
      .filter((each) => each.length > 0);
    const rich = forms.findLast((form) => form.some((each) => each.html.length > 0));
    const poor = forms.findLast((form) => form.every((each) => each.html.length === 0));
    if (!rich) return poor ?? [];
    const html = rich.flatMap((each) => (each.html.length > 0 ? each.html : each.plain));
    const plain = (poor ?? rich).flatMap((each) => each.plain);
    return [{ plain, html }];
  }

  /** RFC 2387: the root is named by `start`, else it is the first part. */
  related(part: Part): Segment[] {
    const start = (part.params['start'] ?? '').replace(/^<|>$/g, '');
    const first =
      part.children.find((child) => start !== '' && child.contentId === start) ?? part.children[0];
    return part.children.flatMap((child) => {
      const segments = this.walk(child, false);
      return child === first || segments.some((each) => each.html.length > 0 || each.plain.length > 0)
        ? segments
        : [];
    });
  }

  add(attachment: Omit<Attachment, 'n' | 'kind'>, read: () => Uint8Array): void {
    const kind = kindOf(attachment.type, attachment.name);
    this.plan.planned.push({ attachment: { n: this.plan.planned.length + 1, ...attachment, kind }, read });
  }

  addPart(part: Part): void {
    const { bytes } = this.plan;
    const embedded = isLetter(part);
    const whole = part.type.startsWith('multipart/');
    const type = whole ? 'message/rfc822' : part.type;
    const subject = part.message?.subject ?? '';
    const fallback = `${subject !== '' ? subject.slice(0, 80) : `attachment-${this.plan.planned.length + 1}`}.${extensionFor(type)}`;
    const name = safeFilename(
      part.filename === '' ? fallback : part.filename,
      `attachment-${this.plan.planned.length + 1}.${extensionFor(type)}`,
    );
    const read = (): Uint8Array => {
      if (whole) return bytes.subarray(part.headerStart, part.end);
      if (embedded) return bytes.subarray(part.bodyStart, part.end);
      return decodeTransfer(bytes, part.encoding, part.bodyStart, part.end).bytes;
    };
    let size: number;
    if (whole) size = part.end - part.headerStart;
    else if (embedded) size = part.end - part.bodyStart;
    else if (part.encoding === 'base64') {
      const { length, bad } = base64Length(bytes, part.bodyStart, part.end);
      size = length;
      if (bad) this.plan.defects.add('bad-base64');
    } else size = read().length;
    const inline = part.disposition === 'inline' && part.type.startsWith('image/');
    this.add({ name, type, size, inline, contentId: part.contentId, source: 'part', path: part.path }, read);
  }

  /** uuencoded files in a text part; text in base64 has none. */
  findBlocks(part: Part, html: boolean): void {
    if (html || part.encoding === 'base64') return;
    const { bytes } = this.plan;
    const body = part.encoding === 'quoted-printable' ? undefined : bytes.subarray(part.bodyStart, part.end);
    // Quoted-printable is decoded for this only when a block could be there at all.
    if (!body && !mayHoldBlock(bytes, part.bodyStart, part.end)) return;
    const octets = body ?? decodeTransfer(bytes, part.encoding, part.bodyStart, part.end).bytes;
    const found = findUuencode(octets);
    if (found.length === 0) return;
    this.plan.blocks.set(part, { body: octets, found });
    for (const block of found) {
      const name = safeFilename(decodeText(block.name, part.params['charset']).text, 'attachment.bin');
      const size = readUuBlock(octets, block).length;
      const read = () => readUuBlock(octets, block);
      this.add(
        {
          name,
          type: typeForName(name),
          size,
          inline: false,
          contentId: '',
          source: 'uuencode',
          path: part.path,
        },
        read,
      );
    }
  }

  /** The files of winmail.dat instead of itself; one that cannot be read stays a file. */
  tnef(part: Part): Segment[] {
    const content = readTnef(decodeTransfer(this.plan.bytes, part.encoding, part.bodyStart, part.end).bytes);
    if (!content) {
      this.plan.defects.add('bad-tnef');
      this.addPart(part);
      return [];
    }
    if (content.bad) this.plan.defects.add('bad-tnef');
    this.plan.tnef.push(content);
    for (const file of content.files) {
      const name = safeFilename(file.name, 'attachment.bin');
      const type = file.type || typeForName(name);
      this.add(
        {
          name,
          type,
          size: file.bytes.length,
          inline: false,
          contentId: file.contentId,
          source: 'tnef',
          path: part.path,
        },
        () => file.bytes,
      );
    }
    // Nothing inside: the envelope itself is the only thing to save.
    if (content.files.length === 0 && content.text === '' && content.html === '') this.addPart(part);
    return [];
  }
}

function mayHoldBlock(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    if (
      bytes[at] === 0x62 &&
      bytes[at + 1] === 0x65 &&
      bytes[at + 2] === 0x67 &&
      bytes[at + 3] === 0x69 &&
      bytes[at + 4] === 0x6e
    )
      return true;
    const newline = bytes.indexOf(10, at);
    if (newline < 0) return false;
    at = newline + 1;
  }
  return false;
}

/** Plans are kept while the message lives: a reader asks for many attachments of one letter. */
const plans = new WeakMap<Message, Plan>();

function planOf(bytes: Uint8Array, message: Message): Plan {
  const known = plans.get(message);
  if (known && known.bytes === bytes) return known;
  const planner = new Planner(bytes, message);
  planner.plan.segments.push(...planner.walk(message.tree, true));
  plans.set(message, planner.plan);
  return planner.plan;
}

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

  plain(part: Part): string {
    const text = this.decode(part);
    if (part.type === 'text/enriched' || part.type === 'text/richtext')
      return htmlToText(text.replaceAll('<<', '&lt;').replaceAll('\n', '<br>'));
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
  const plan = planOf(bytes, message);
  const texts = new Texts(plan, options.charset);
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

/**
 * Decoded octets of attachment `n` (1-based, as readContent lists it).
 * @throws Fault user/no-such-attachment
 */
export function readAttachment(bytes: Uint8Array, message: Message, n: number): Uint8Array {
  const planned = planOf(bytes, message).planned[n - 1];
  if (!planned)
    throw new Fault('user', 'no-such-attachment', 'The letter has no such attachment.', { detail: { n } });
  return planned.read();
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
