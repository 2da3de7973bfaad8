/**
 * BODYSTRUCTURE and BODY (RFC 9051 section 7.5.2, rule I54), made once at arrival from the tree of main/mail, so
 * that part numbers here and in BODY[n] are the same thing. Malformed MIME never fails: what has no readable type
 * has the tree's default, a multipart without parts shows one empty text part, an attached letter that cannot be
 * read in place (encoded, or deeper than MAX_DEPTH) shows an empty envelope and a text body.
 *
 * Sizes and lines are those of the encoded part. Strings follow nstring.ts. Invariant: parentheses are balanced and
 * no deeper than twice MAX_DEPTH and a constant.
 */
import { type Field, fieldOf } from '../../../mail/header.ts';
import type { Message } from '../../../mail/letter.ts';
import { isLetter, type Part } from '../../../mail/part.ts';
import { envelopeOfFields, fieldsOfPart } from './envelope.ts';
import { nstring, unfolded, wireString } from './nstring.ts';
import { type RawParameter, readRawParameters } from './raw-parameters.ts';

/** Octets between two counts of line ends kept for parts deep inside: counted each by itself, they would be read again and again. */
const STRIDE = 4096;
const SHALLOW_DEPTH = 8;
const EMPTY_TEXT = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0';
const EMPTY_ENVELOPE = '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)';

/**
 * Lines as other servers count them: line ends, so that a last line without one is none (its line end belongs to the
 * delimiter). Parts deep inside cost one pass over the message when first asked.
 */
class LineCounter {
  readonly bytes: Uint8Array;
  counts: Uint32Array | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  before(offset: number): number {
    const { bytes } = this;
    if (!this.counts) {
      this.counts = new Uint32Array(Math.ceil(bytes.length / STRIDE) + 1);
      let seen = 0;
      for (let i = 0; i < bytes.length; i++) {
        if (i % STRIDE === 0) this.counts[i / STRIDE] = seen;
        if (bytes[i] === 10) seen++;
      }
    }
    const step = Math.floor(offset / STRIDE);
    let count = this.counts[step] ?? 0;
    for (let i = step * STRIDE; i < offset; i++) if (bytes[i] === 10) count++;
    return count;
  }

  lines(part: Part, depth: number): number {
    if (part.end <= part.bodyStart) return 0;
    if (depth >= SHALLOW_DEPTH) return this.before(part.end) - this.before(part.bodyStart);
    let count = 0;
    for (let i = part.bodyStart; i < part.end; i++) if (this.bytes[i] === 10) count++;
    return count;
  }
}

function parameterList(parameters: readonly RawParameter[]): string {
  if (parameters.length === 0) return 'NIL';
  return `(${parameters.map(({ name, value }) => `${wireString(name)} ${wireString(value)}`).join(' ')})`;
}

function disposition(fields: readonly Field[]): string {
  const field = fieldOf(fields, 'content-disposition');
  if (!field) return 'NIL';
  const { value, parameters } = readRawParameters(field.raw);
  // An empty word is no disposition; with a file name it means an attachment (RFC 2183 section 2.8).
  if (value === '' && parameters.length === 0) return 'NIL';
  return `(${wireString(value === '' ? 'attachment' : value)} ${parameterList(parameters)})`;
}

function language(fields: readonly Field[]): string {
  const field = fieldOf(fields, 'content-language');
  const tags = field
    ? unfolded(field.raw)
        .replace(/\([^()]*\)/g, '')
        .split(/[,\s]+/)
        .filter((tag) => tag !== '')
        .slice(0, 100)
    : [];
  return tags.length === 0 ? 'NIL' : `(${tags.map(wireString).join(' ')})`;
}

function plain(fields: readonly Field[], key: string): string {
  const field = fieldOf(fields, key);
  return nstring(field && unfolded(field.raw));
}

function location(fields: readonly Field[]): string {
  const field = fieldOf(fields, 'content-location');
  // RFC 2557 section 4.4.2: blanks inside come from folding.
  return nstring(field && unfolded(field.raw).replace(/[ \t]+/g, ''));
}

class Writer {
  readonly bytes: Uint8Array;
  readonly extended: boolean;
  readonly counter: LineCounter;

  constructor(bytes: Uint8Array, extended: boolean) {
    this.bytes = bytes;
    this.extended = extended;
    this.counter = new LineCounter(bytes);
  }

  part(part: Part, depth: number): string {
    const fields = fieldsOfPart(this.bytes, part);
    const typeField = fieldOf(fields, 'content-type');
    const parameters = typeField ? readRawParameters(typeField.raw).parameters : [];
    return part.type.startsWith('multipart/')
      ? this.multipart(part, fields, parameters, depth)
      : this.single(part, fields, parameters, depth);
  }

  multipart(
    part: Part,
    fields: readonly Field[],
    parameters: readonly RawParameter[],
    depth: number,
  ): string {
    let out = '(';
    for (const child of part.children) out += this.part(child, depth + 1);
    // RFC 9051 section 9 wants one body at least.
    if (part.children.length === 0)
      out += this.extended ? `${EMPTY_TEXT} NIL NIL NIL NIL)` : `${EMPTY_TEXT})`;
    out += ` ${wireString(part.type.slice(10))}`;
    if (this.extended)
      out += ` ${parameterList(parameters)} ${disposition(fields)} ${language(fields)} ${location(fields)}`;
    return `${out})`;
  }

  single(part: Part, fields: readonly Field[], given: readonly RawParameter[], depth: number): string {
    const slash = part.type.indexOf('/');
    const major = part.type.slice(0, slash);
    let parameters = given;
    // RFC 2045 section 5.2: text without a charset is US-ASCII.
    if (major === 'text' && !given.some(({ name }) => name === 'charset' || name === 'charset*'))
      parameters = [...given, { name: 'charset', value: 'us-ascii' }];
    const size = part.end - part.bodyStart;
    const lines = major === 'text' || part.type === 'message/rfc822' ? this.counter.lines(part, depth) : 0;
    let out = `(${wireString(major)} ${wireString(part.type.slice(slash + 1))} ${parameterList(parameters)}`;
    out += ` ${plain(fields, 'content-id')} ${plain(fields, 'content-description')}`;
    out += ` ${wireString(part.encoding)} ${size}`;
    if (major === 'text') out += ` ${lines}`;
    else if (part.type === 'message/rfc822') out += ` ${this.letter(part, depth)} ${lines}`;
    if (this.extended)
      out += ` ${plain(fields, 'content-md5')} ${disposition(fields)} ${language(fields)} ${location(fields)}`;
    return `${out})`;
  }

  /** Envelope and structure of an attached letter. */
  letter(part: Part, depth: number): string {
    const inner = isLetter(part) ? part.children[0] : undefined;
    if (inner) {
      return `${envelopeOfFields(fieldsOfPart(this.bytes, inner))} ${this.part(inner, depth + 1)}`;
    }
    const tail = this.extended ? ' NIL NIL NIL NIL)' : ')';
    return `${EMPTY_ENVELOPE} ${EMPTY_TEXT}${tail}`;
  }
}

/** BODYSTRUCTURE: with extension data. */
export function bodyStructureOf(bytes: Uint8Array, message: Message): string {
  return new Writer(bytes, true).part(message.tree, 0);
}

/** BODY: the same without extension data. */
export function bodyOf(bytes: Uint8Array, message: Message): string {
  return new Writer(bytes, false).part(message.tree, 0);
}
