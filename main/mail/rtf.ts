/**
 * RTF as Outlook puts it into winmail.dat: LZFu decompression ([MS-OXRTFCP]) and a rough reader that gives
 * the text, or the HTML that was wrapped into it ([MS-OXRTFEX]). Styles are lost; words are not.
 */
import { decodeText } from './charset.ts';

const DICTIONARY =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx';

/** A compressed body grows at most about tenfold; a lie about its size must not take memory. */
const MAX_RTF_BYTES = 32 * 1024 * 1024;

/** Decompresses PR_RTF_COMPRESSED; undefined when it is neither compressed nor stored RTF. */
export function decompressRtf(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(8, true);
  const size = Math.min(view.getUint32(4, true), MAX_RTF_BYTES);
  if (magic === 0x414c454d) return bytes.subarray(16, 16 + size);
  if (magic !== 0x75465a4c) return undefined;
  const window = new Uint8Array(4096);
  for (let i = 0; i < DICTIONARY.length; i++) window[i] = DICTIONARY.charCodeAt(i);
  let write = DICTIONARY.length;
  const out = new Uint8Array(Math.min(size, (bytes.length - 16) * 17));
  let at = 0;
  let i = 16;
  while (i < bytes.length && at < out.length) {
    const flags = bytes[i++] as number;
    for (let bit = 0; bit < 8 && i < bytes.length && at < out.length; bit++) {
      if ((flags & (1 << bit)) === 0) {
        const octet = bytes[i++] as number;
        out[at++] = octet;
        window[write] = octet;
        write = (write + 1) & 4095;
        continue;
      }
      if (i + 1 >= bytes.length) return out.subarray(0, at);
      const pair = ((bytes[i] as number) << 8) | (bytes[i + 1] as number);
      i += 2;
      let read = pair >> 4;
      if (read === write) return out.subarray(0, at);
      for (let n = (pair & 15) + 2; n > 0 && at < out.length; n--) {
        const octet = window[read] as number;
        read = (read + 1) & 4095;
        out[at++] = octet;
        window[write] = octet;
        write = (write + 1) & 4095;
      }
    }
  }
  return out.subarray(0, at);
}

/** Destinations whose text is not the document's. */
const SKIPPED = new Set(
  'fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf footnote xmlnstbl listtable listoverridetable rsidtbl generator themedata datastore latentstyles'.split(
    ' ',
  ),
);

/** \fcharset numbers to charsets. */
const FONT_CHARSETS: Readonly<Record<number, string>> = {
  0: 'windows-1252',
  77: 'macintosh',
  128: 'shift_jis',
  129: 'euc-kr',
  134: 'gbk',
  136: 'big5',
  161: 'windows-1253',
  162: 'windows-1254',
  163: 'windows-1258',
  177: 'windows-1255',
  178: 'windows-1256',
  186: 'windows-1257',
  204: 'windows-1251',
  222: 'windows-874',
  238: 'windows-1250',
};

const SYMBOLS: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  sect: '\n',
  page: '\n',
  row: '\n',
  cell: '\t',
  tab: '\t',
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  emspace: ' ',
  enspace: ' ',
  '~': '\u00a0',
  _: '-',
};

interface Group {
  skip: boolean;
  /** Inside {\*\htmltag ...}. */
  tag: boolean;
  htmlrtf: boolean;
  font: number;
  unicodeSkip: number;
}

class RtfReader {
  readonly bytes: Uint8Array;
  readonly text: string[] = [];
  readonly html: string[] = [];
  readonly fonts = new Map<number, string>();
  charset = 'windows-1252';
  fromHtml = false;
  group: Group = { skip: false, tag: false, htmlrtf: false, font: -1, unicodeSkip: 1 };
  stack: Group[] = [];
  pending: number[] = [];
  inFonts = false;
  skipChars = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  flush(): void {
    if (this.pending.length === 0) return;
    const octets = Uint8Array.from(this.pending);
    this.pending = [];
    this.emit(decodeText(octets, this.fonts.get(this.group.font) ?? this.charset, true).text);
  }

  emit(text: string): void {
    const { group } = this;
    if (group.skip || group.htmlrtf) return;
    this.html.push(text);
    if (!group.tag) this.text.push(text);
  }

  octet(value: number): void {
    if (this.skipChars > 0) this.skipChars--;
    else if (!this.group.skip) this.pending.push(value);
    if (this.pending.length > 8192) this.flush();
  }

  run(): void {
    const { bytes } = this;
    let i = 0;
    while (i < bytes.length) {
      const octet = bytes[i] as number;
      if (octet === 0x7b) {
        this.flush();
        // Deeper than any document: the braces are noise.
        if (this.stack.length < 1000) this.stack.push({ ...this.group });
        i++;
      } else if (octet === 0x7d) {
        this.flush();
        const outer = this.stack.pop();
        if (outer) this.group = outer;
        if (this.inFonts && this.stack.length < 2) this.inFonts = false;
        i++;
      } else if (octet === 0x5c) i = this.control(i + 1);
      else {
        if (octet !== 10 && octet !== 13) this.octet(octet);
        i++;
      }
    }
    this.flush();
  }

  /** A control word or symbol; `i` is after the backslash. Returns the offset after it. */
  control(start: number): number {
    const { bytes } = this;
    let i = start;
    const first = bytes[i] ?? 0;
    const letter = (first >= 97 && first <= 122) || (first >= 65 && first <= 90);
    if (!letter) {
      if (first === 0x27) {
        const value = Number.parseInt(String.fromCharCode(bytes[i + 1] ?? 48, bytes[i + 2] ?? 48), 16);
        this.octet(Number.isNaN(value) ? 63 : value);
        return i + 3;
      }
      if (first === 0x2a) {
        // \* marks a destination that may be skipped; the HTML tags of Outlook are one.
        let text = '';
        for (let j = i + 1; j < i + 12; j++) text += String.fromCharCode(bytes[j] ?? 32);
        if (/^\s*\\htmltag/.test(text)) this.group.tag = true;
        else this.group.skip = true;
        return i + 1;
      }
      const symbol = SYMBOLS[String.fromCharCode(first)];
      if (symbol) {
        this.flush();
        this.emit(symbol);
      } else if (first === 0x5c || first === 0x7b || first === 0x7d) this.octet(first);
      else if (first === 10 || first === 13) {
        this.flush();
        this.emit('\n');
      }
      return i + 1;
    }
    let word = '';
    while (i < bytes.length && word.length < 32) {
      const code = bytes[i] as number;
      if (!((code >= 97 && code <= 122) || (code >= 65 && code <= 90))) break;
      word += String.fromCharCode(code);
      i++;
    }
    let digits = '';
    if (bytes[i] === 0x2d) {
      digits = '-';
      i++;
    }
    while (
      i < bytes.length &&
      digits.length < 11 &&
      (bytes[i] as number) >= 48 &&
      (bytes[i] as number) <= 57
    ) {
      digits += String.fromCharCode(bytes[i] as number);
      i++;
    }
    if (bytes[i] === 32) i++;
    return (
      i + this.word(word, digits === '' || digits === '-' ? undefined : Number(digits), bytes.length - i)
    );
  }

  /** Obeys a word; returns how many octets of binary data follow it. */
  word(word: string, value: number | undefined, left: number): number {
    const { group } = this;
    if (word === 'u') {
      this.flush();
      if (value !== undefined && this.skipChars === 0) this.emit(String.fromCharCode(value & 0xffff));
      this.skipChars = group.unicodeSkip;
      return 0;
    }
    if (word === 'bin') return Math.max(0, Math.min(value ?? 0, left));
    this.flush();
    if (word === 'uc') group.unicodeSkip = Math.max(0, Math.min(value ?? 1, 16));
    else if (word === 'ansicpg' && value !== undefined)
      this.charset = value === 65001 ? 'utf-8' : `cp${value}`;
    else if (word === 'fromhtml') this.fromHtml = value !== 0;
    else if (word === 'htmlrtf') group.htmlrtf = value !== 0;
    else if (word === 'fonttbl') {
      this.inFonts = true;
      group.skip = true;
    } else if (word === 'f' && value !== undefined) group.font = value;
    else if (word === 'fcharset' && this.inFonts && value !== undefined) {
      const charset = FONT_CHARSETS[value];
      if (charset && value !== 0) this.fonts.set(group.font, charset);
    } else if (SKIPPED.has(word)) group.skip = true;
    else if (Object.hasOwn(SYMBOLS, word)) this.emit(SYMBOLS[word] as string);
    return 0;
  }
}

export interface RtfContent {
  text: string;
  /** '' unless the document was made from HTML. */
  html: string;
}

/** Text and wrapped HTML of an RTF document. */
export function readRtf(bytes: Uint8Array): RtfContent {
  const reader = new RtfReader(bytes);
  reader.run();
  return { text: reader.text.join('').trim(), html: reader.fromHtml ? reader.html.join('') : '' };
}

/** Text of an RTF document. */
export function rtfToText(bytes: Uint8Array): string {
  return readRtf(bytes).text;
}
