/**
 * The MIME tree by octet offsets (RFC 2045, 2046): one forward pass with a stack of open boundaries, no
 * recursion, no copies of bodies. Never throws and never loses octets: what cannot be a part of its own
 * (too deep, too many) stays readable as one attachment.
 *
 * Paths are IMAP sections (RFC 9051 section 6.4.5.1): '' is the letter itself when it is a multipart, '1'
 * when it is not; children count from 1. The letter inside a message/rfc822 part '2' has the path '2' when
 * it is a multipart (its children are '2.1', '2.2'), else '2.1'.
 * Invariants: headerStart <= bodyStart <= end; children lie within [bodyStart, end) in order.
 */
import { MAX_DEPTH, MAX_PARTS } from '../base/limits.ts';
import type { MessageHead } from './head.ts';
import { type Field, fieldOf, readHeader } from './header.ts';
import { readParameters } from './parameters.ts';
import { decodeWords } from './words.ts';

/** A node of the tree; all offsets are octets into the message. */
export interface Part {
  path: string;
  /** Lower case; defaulted by RFC 2045 section 5.2, message/rfc822 inside a digest. */
  type: string;
  /** Lower-case names; RFC 2231 continuations and charsets decoded. */
  params: Record<string, string>;
  disposition: 'inline' | 'attachment' | '';
  /** As the sender wrote it, decoded; see safeFilename(). '' when there is none. */
  filename: string;
  contentId: string;
  description: string;
  /** Lower case; '7bit' when absent. */
  encoding: string;
  /** [headerStart, bodyStart) is the header block with its blank line, [bodyStart, end) the encoded body. */
  headerStart: number;
  bodyStart: number;
  /** Without the line end that belongs to the delimiter after it. */
  end: number;
  children: Part[];
  /** Head of the letter inside a message/rfc822 part; its tree is children[0]. */
  message?: MessageHead;
}

/** Header fields of the nodes that are letters: the root and every embedded one. */
export type LetterFields = Map<Part, Field[]>;

export interface Tree {
  root: Part;
  letters: LetterFields;
  defects: string[];
}

interface Open {
  node: Part;
  /** '' for the letter inside a message part, which ends where its parent ends. */
  boundary: string;
  depth: number;
  closed: boolean;
}

const MAX_BOUNDARY = 1000;
const TOKEN = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/;

function strip(raw: string): string {
  return decodeWords(raw).trim().replace(/^</, '').replace(/>$/, '').trim();
}

function encodingOf(field: Field | undefined): string {
  if (!field) return '7bit';
  const text =
    field.raw
      .replace(/\([^()]*\)/g, '')
      .trim()
      .toLowerCase()
      .replace(/^["']|["';,]+$/g, '')
      .split(/[\s;]/)[0] ?? '';
  if (text === '7bit' || text === '7-bit' || text === '') return '7bit';
  if (text === '8bit' || text === '8-bit') return '8bit';
  if (
    text === 'quoted-printable' ||
    text === 'quotedprintable' ||
    text === 'qp' ||
    text === 'quoted_printable'
  )
    return 'quoted-printable';
  if (text === 'base64' || text === 'base-64' || text === 'b64') return 'base64';
  return text;
}

/** Type, disposition and names of one entity from its fields. */
function describe(fields: readonly Field[], inDigest: boolean, node: Part): void {
  node.encoding = encodingOf(fieldOf(fields, 'content-transfer-encoding'));
  const typeField = fieldOf(fields, 'content-type');
  if (typeField) {
    const { value, params } = readParameters(typeField.raw);
    let type = value.replace(/\s+/g, '');
    if (!TOKEN.test(type)) {
      const first = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+/.exec(type)?.[0];
      type =
        first ??
        (/^(?:text)\/?$/.test(type) ? 'text/plain' : type.startsWith('multipart') ? 'multipart/mixed' : '');
      // RFC 2045 section 5.2: an unreadable type is plain text, unless a name or a boundary tells more.
      if (type === '')
        type = params['boundary']
          ? 'multipart/mixed'
          : params['name'] || node.encoding === 'base64'
            ? 'application/octet-stream'
            : 'text/plain';
    }
    node.type = type;
    node.params = params;
  } else node.type = inDigest ? 'message/rfc822' : 'text/plain';
  const disposition = fieldOf(fields, 'content-disposition');
  let filename = '';
  if (disposition) {
    const { value, params } = readParameters(disposition.raw);
    // RFC 2183 section 2.8: an unknown disposition is treated as attachment.
    node.disposition = value === 'inline' ? 'inline' : value === '' ? '' : 'attachment';
    filename = params['filename'] ?? params['name'] ?? '';
  }
  filename = filename || node.params['name'] || node.params['filename'] || '';
  node.filename = filename;
  const id = fieldOf(fields, 'content-id');
  if (id) node.contentId = strip(id.raw);
  const description = fieldOf(fields, 'content-description');
  if (description) node.description = decodeWords(description.raw).trim();
}

/** Offset where the body ends when a delimiter line starts at `line`: its line end belongs to the delimiter. */
function beforeDelimiter(bytes: Uint8Array, line: number, floor: number): number {
  let end = line;
  if (end > floor && bytes[end - 1] === 10) end--;
  if (end > floor && bytes[end - 1] === 13) end--;
  return end;
}

class Scanner {
  readonly bytes: Uint8Array;
  readonly defects = new Set<string>();
  readonly letters: LetterFields = new Map();
  readonly stack: Open[] = [];
  count = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads the header at `at`, makes its node and opens it when it has children. */
  enter(
    at: number,
    parent: Part | undefined,
    path: string,
    letter: boolean,
    inDigest: boolean,
    depth: number,
  ): Part {
    const { bytes } = this;
    const header = readHeader(bytes, at, bytes.length);
    // A part's header cannot reach over the next delimiter: an empty part has a delimiter as its first line.
    for (const defect of header.defects) if (letter || defect !== 'no-header') this.defects.add(defect);
    const node: Part = {
      path,
      type: '',
      params: {},
      disposition: '',
      filename: '',
      contentId: '',
      description: '',
      encoding: '7bit',
      headerStart: at,
      bodyStart: header.bodyStart,
      end: bytes.length,
      children: [],
    };
    describe(header.fields, inDigest, node);
    if (letter) this.letters.set(node, header.fields);
    parent?.children.push(node);
    if (parent) this.count++;
    const multipart = node.type.startsWith('multipart/');
    const embeds = isLetter(node);
    if (!multipart && letter) node.path = path === '' ? '1' : `${path}.1`;
    let boundary = '';
    if (multipart) {
      boundary = (node.params['boundary'] ?? '').trimEnd();
      if (boundary === '' || boundary.length > MAX_BOUNDARY) {
        this.defects.add('missing-boundary');
        boundary = this.firstDelimiter(node.bodyStart);
      }
    }
    if (multipart && boundary !== '' && depth < MAX_DEPTH)
      this.stack.push({ node, boundary, depth, closed: false });
    else if (embeds && depth < MAX_DEPTH) this.stack.push({ node, boundary: '', depth, closed: false });
    else if ((multipart && boundary !== '') || embeds) this.defects.add('too-deep');
    return node;
  }

  /** A boundary that the header forgot: the first line `--x` of the body that comes again. */
  firstDelimiter(from: number): string {
    const { bytes } = this;
    const limit = Math.min(bytes.length, from + 65_536);
    for (let at = from; at < limit; ) {
      let stop = bytes.indexOf(10, at);
      if (stop < 0) stop = bytes.length;
      if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d && stop - at > 5 && stop - at < 80) {
        const line = this.text(at + 2, stop);
        return /^[-_]*$/.test(line) || /\s/.test(line) ? '' : line;
      }
      at = stop + 1;
    }
    return '';
  }

  text(from: number, to: number): string {
    let end = to;
    while (end > from && (this.bytes[end - 1] as number) <= 32) end--;
    let text = '';
    for (let i = from; i < end; i++) text += String.fromCharCode(this.bytes[i] as number);
    return text;
  }

  run(): Part {
    const { bytes, stack } = this;
    const root = this.enter(0, undefined, '', true, false, 0);
    let at = root.bodyStart;
    // The node whose body is being passed over, when it has no children of its own.
    let leaf: Part | undefined = stack.length > 0 ? undefined : root;
    let fresh = stack.length > 0;
    for (;;) {
      // Descend through letters inside letters: their header follows at once.
      const top = stack.at(-1);
      if (fresh && top && top.boundary === '') {
        const child = this.enter(at, top.node, top.node.path, true, false, top.depth + 1);
        at = child.bodyStart;
        fresh = stack.at(-1) !== top;
        if (!fresh) leaf = child;
        continue;
      }
      fresh = false;
      if (!stack.some((each) => each.boundary !== '' && !each.closed)) break;
      const found = this.nextDelimiter(at);
      if (!found) break;
      const end = beforeDelimiter(bytes, found.line, leaf?.bodyStart ?? stack.at(-1)?.node.bodyStart ?? 0);
      if (leaf) this.close(leaf, end);
      leaf = undefined;
      // Whatever is open above the delimiter's owner ends here.
      while (stack.length - 1 > found.index) {
        const ended = stack.pop() as Open;
        this.close(ended.node, end);
        if (ended.boundary !== '' && !ended.closed) this.cut(ended.node);
      }
      const owner = stack[found.index] as Open;
      at = found.next;
      if (found.last) {
        owner.closed = true;
        continue;
      }
      // Nothing between two delimiters, or after the last one, is no part.
      if (at >= bytes.length || this.nextDelimiter(at, at + 1)) continue;
      if (this.count >= MAX_PARTS) {
        this.defects.add('too-many-parts');
        leaf = this.rest(owner.node, at);
        break;
      }
      const number = owner.node.children.length + 1;
      const path = owner.node.path === '' ? String(number) : `${owner.node.path}.${number}`;
      const before = stack.length;
      const node = this.enter(
        at,
        owner.node,
        path,
        false,
        owner.node.type === 'multipart/digest',
        owner.depth + 1,
      );
      this.clip(node);
      at = node.bodyStart;
      if (stack.length > before) fresh = true;
      else leaf = node;
    }
    if (leaf) this.close(leaf, bytes.length);
    for (let open = stack.pop(); open; open = stack.pop()) {
      if (open.boundary !== '' && !open.closed)
        this.defects.add(open.node.children.length > 0 ? 'truncated-multipart' : 'missing-boundary');
      this.close(open.node, bytes.length);
    }
    return root;
  }

  /** A multipart without its last delimiter; an empty part at its end is what was left of that delimiter. */
  cut(node: Part): void {
    this.defects.add('truncated-multipart');
    const last = node.children.at(-1);
    if (
      last &&
      last.end === last.bodyStart &&
      last.bodyStart - last.headerStart <= 2 &&
      last.children.length === 0
    )
      node.children.pop();
  }

  /** What is over the limit of parts, as one attachment. */
  rest(parent: Part, at: number): Part {
    const number = parent.children.length + 1;
    const node: Part = {
      path: parent.path === '' ? String(number) : `${parent.path}.${number}`,
      type: 'application/octet-stream',
      params: {},
      disposition: 'attachment',
      filename: '',
      contentId: '',
      description: '',
      encoding: 'binary',
      headerStart: at,
      bodyStart: at,
      end: at,
      children: [],
    };
    parent.children.push(node);
    return node;
  }

  /** A header that ran into a delimiter (no blank line) ends before it. */
  clip(node: Part): void {
    const found = this.nextDelimiter(node.headerStart, node.bodyStart);
    if (found) node.bodyStart = found.line;
  }

  close(node: Part, end: number): void {
    node.end = Math.max(end, node.bodyStart);
  }

  /** The next line in [from, limit) that is a delimiter of an open multipart, innermost first. */
  nextDelimiter(
    from: number,
    limit = this.bytes.length,
  ): { line: number; next: number; index: number; last: boolean } | undefined {
    const { bytes } = this;
    // First octets of the open boundaries: most lines of dashes are told apart without making a string.
    const firsts = new Uint8Array(256);
    for (const { boundary, closed } of this.stack)
      if (boundary !== '' && !closed) firsts[boundary.charCodeAt(0) & 255] = 1;
    let at = from;
    while (at < limit) {
      const dash = bytes.indexOf(0x2d, at);
      if (dash < 0 || dash >= limit) return undefined;
      const lineStart = dash === from || dash === 0 || bytes[dash - 1] === 10;
      if (!lineStart || bytes[dash + 1] !== 0x2d || firsts[bytes[dash + 2] as number] !== 1) {
        // Inside a line, or no delimiter: nothing starts before the next line.
        const newline = bytes.indexOf(10, dash);
        if (newline < 0) return undefined;
        at = newline;
        continue;
      }
      let stop = bytes.indexOf(10, dash);
      if (stop < 0) stop = bytes.length;
      const next = Math.min(stop + 1, bytes.length);
      if (stop - dash <= MAX_BOUNDARY + 8) {
        const line = this.text(dash + 2, stop);
        for (let index = this.stack.length - 1; index >= 0; index--) {
          const { boundary, closed } = this.stack[index] as Open;
          if (boundary === '' || closed || !line.startsWith(boundary)) continue;
          if (line.length === boundary.length) return { line: dash, next, index, last: false };
          const tail = line.slice(boundary.length);
          if (tail.startsWith('--') && (tail.length === 2 || !/[\w]/.test(tail.charAt(2))))
            return { line: dash, next, index, last: true };
        }
      }
      at = stop;
    }
    return undefined;
  }
}

/** True for a part whose body is a letter that can be read in place (an encoded one cannot, RFC 2046 5.2.1). */
export function isLetter(node: { type: string; encoding: string }): boolean {
  return (
    (node.type === 'message/rfc822' || node.type === 'message/global' || node.type === 'message/news') &&
    node.encoding !== 'base64' &&
    node.encoding !== 'quoted-printable' &&
    !node.encoding.includes('uu')
  );
}

/** Reads the whole tree of a message. */
export function readTree(bytes: Uint8Array): Tree {
  const scanner = new Scanner(bytes);
  const root = scanner.run();
  return { root, letters: scanner.letters, defects: [...scanner.defects] };
}
