/**
 * Decides which parts of a letter are its body (multipart/alternative, related, mixed, report, signed ...)
 * and which are files, and looks for files hidden in the text (uuencode) and in winmail.dat (TNEF). Every
 * leaf of the tree is in a segment or in the list of files: nothing is lost.
 */
import { decodeText } from './charset.ts';
import type { Attachment } from './content.ts';
import { extensionFor, safeFilename, typeForName } from './filename.ts';
import type { Message } from './letter.ts';
import { isLetter, type Part } from './part.ts';
import { readTnef, type TnefContent } from './tnef.ts';
import { base64Length, decodeBase64InPlace, decodeTransfer } from './transfer.ts';
import { findUuencode, readUuBlock, type UuBlock } from './uuencode.ts';

/** A piece of the body in its forms; pieces follow one another. */
export interface Segment {
  plain: Part[];
  html: Part[];
}

export interface Planned {
  attachment: Attachment;
  read: () => Uint8Array;
  /** As read, where the file's place in the letter may be written over. */
  take?: () => Uint8Array;
}

export interface Plan {
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

function isBody(part: Part, shown: boolean): boolean {
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
  return part.filename === '' || shown || part.disposition === 'inline';
}

/** What planning needs of a letter. */
export type Planable = Pick<Message, 'tree' | 'defects'>;

class Planner {
  readonly message: Planable;
  readonly plan: Plan;
  /** false: files are listed without their sizes, which cost a look at every octet. */
  readonly sizes: boolean;

  constructor(bytes: Uint8Array, message: Planable, sizes: boolean) {
    this.message = message;
    this.sizes = sizes;
    this.plan = { bytes, segments: [], planned: [], blocks: new Map(), tnef: [], defects: new Set() };
  }

  /**
   * Segments of `part`; its files are listed on the way.
   * @param shown true where a text is the body even when it has a name
   */
  walk(part: Part, shown: boolean): Segment[] {
    const { type } = part;
    if (part.children.length > 0 && type.startsWith('multipart/')) {
      if (type === 'multipart/alternative') return this.alternative(part);
      // RFC 2387: the root is named by `start`, else it is the first part; it is text whatever its name.
      const start = (part.params['start'] ?? '').replace(/^<|>$/g, '');
      const related = type === 'multipart/related';
      const named =
        related && start !== '' ? part.children.find((child) => child.contentId === start) : undefined;
      const first = related ? (named ?? part.children[0]) : undefined;
      return part.children.flatMap((child) => this.walk(child, child === first));
    }
    if (type.startsWith('multipart/') && this.tooDeep(part)) {
      this.addPart(part);
      return [];
    }
    if (isBody(part, shown)) {
      const html = type === 'text/html';
      // Programs that show pictures and texts in a row name their inline texts; both uses are served.
      if (part.filename !== '' && !shown) this.addPart(part);
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
      .map((child) => this.walk(child, true))
      .filter((each) => each.length > 0);
    const rich = forms.findLast((form) => form.some((each) => each.html.length > 0));
    const poor = forms.findLast((form) => form.every((each) => each.html.length === 0));
    if (!rich) return poor ?? [];
    const html = rich.flatMap((each) => (each.html.length > 0 ? each.html : each.plain));
    const plain = (poor ?? rich).flatMap((each) => each.plain);
    return [{ plain, html }];
  }

  add(
    attachment: Omit<Attachment, 'n' | 'kind'>,
    read: () => Uint8Array,
    more: Pick<Planned, 'take'> = {},
  ): void {
    const kind = kindOf(attachment.type, attachment.name);
    const n = this.plan.planned.length + 1;
    this.plan.planned.push({ attachment: { n, ...attachment, kind }, read, ...more });
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
    let size = 0;
    if (!this.sizes) size = 0;
    else if (whole) size = part.end - part.headerStart;
    else if (embedded) size = part.end - part.bodyStart;
    else if (part.encoding === 'base64') {
      const { length, bad } = base64Length(bytes, part.bodyStart, part.end);
      size = length;
      if (bad) this.plan.defects.add('bad-base64');
    } else size = read().length;
    const inline = part.disposition === 'inline' && part.type.startsWith('image/');
    const coded = !whole && !embedded && part.encoding === 'base64';
    const take = (): Uint8Array => decodeBase64InPlace(bytes, part.bodyStart, part.end).bytes;
    this.add(
      { name, type, size, inline, contentId: part.contentId, source: 'part', path: part.path },
      read,
      coded ? { take } : {},
    );
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
      const size = this.sizes ? readUuBlock(octets, block).length : 0;
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
const plans = new WeakMap<Planable, Plan>();

/** The plan of a letter; made once and kept as long as the message object lives. */
export function planOf(bytes: Uint8Array, message: Planable): Plan {
  const known = plans.get(message);
  if (known && known.bytes === bytes) return known;
  const plan = planned(bytes, message, true);
  plans.set(message, plan);
  return plan;
}

/** The same for one look, without the sizes of the files (they are 0) and what only measuring them finds. */
export function briefPlanOf(bytes: Uint8Array, message: Planable): Plan {
  return planned(bytes, message, false);
}

function planned(bytes: Uint8Array, message: Planable, sizes: boolean): Plan {
  const planner = new Planner(bytes, message, sizes);
  planner.plan.segments.push(...planner.walk(message.tree, true));
  return planner.plan;
}
