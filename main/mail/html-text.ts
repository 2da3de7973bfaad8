/**
 * HTML to plain text, for previews, the index and quoting. A quick scanner, not a browser: it never runs or
 * fetches anything, drops what is not text (scripts, styles, comments) and survives any markup in one pass.
 */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  shy: '',
  zwnj: '',
  zwj: '',
  lrm: '',
  rlm: '',
  copy: '©',
  reg: '®',
  trade: '™',
  laquo: '«',
  raquo: '»',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  lsaquo: '‹',
  rsaquo: '›',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  bull: '•',
  middot: '·',
  sect: '§',
  para: '¶',
  deg: '°',
  plusmn: '±',
  times: '×',
  divide: '÷',
  minus: '−',
  sup1: '¹',
  sup2: '²',
  sup3: '³',
  frac12: '½',
  frac14: '¼',
  frac34: '¾',
  micro: 'µ',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  curren: '¤',
  permil: '‰',
  numero: '№',
  iexcl: '¡',
  iquest: '¿',
  ordf: 'ª',
  ordm: 'º',
  not: '¬',
  acute: '´',
  cedil: '¸',
  uml: '¨',
  macr: '¯',
  dagger: '†',
  Dagger: '‡',
  larr: '←',
  rarr: '→',
  uarr: '↑',
  darr: '↓',
  harr: '↔',
  infin: '∞',
  ne: '≠',
  le: '≤',
  ge: '≥',
  asymp: '≈',
  check: '✓',
  star: '☆',
  starf: '★',
  hearts: '♥',
  Agrave: 'À',
  Aacute: 'Á',
  Acirc: 'Â',
  Atilde: 'Ã',
  Auml: 'Ä',
  Aring: 'Å',
  AElig: 'Æ',
  Ccedil: 'Ç',
  Egrave: 'È',
  Eacute: 'É',
  Ecirc: 'Ê',
  Euml: 'Ë',
  Igrave: 'Ì',
  Iacute: 'Í',
  Icirc: 'Î',
  Iuml: 'Ï',
  ETH: 'Ð',
  Ntilde: 'Ñ',
  Ograve: 'Ò',
  Oacute: 'Ó',
  Ocirc: 'Ô',
  Otilde: 'Õ',
  Ouml: 'Ö',
  Oslash: 'Ø',
  Ugrave: 'Ù',
  Uacute: 'Ú',
  Ucirc: 'Û',
  Uuml: 'Ü',
  Yacute: 'Ý',
  THORN: 'Þ',
  szlig: 'ß',
  agrave: 'à',
  aacute: 'á',
  acirc: 'â',
  atilde: 'ã',
  auml: 'ä',
  aring: 'å',
  aelig: 'æ',
  ccedil: 'ç',
  egrave: 'è',
  eacute: 'é',
  ecirc: 'ê',
  euml: 'ë',
  igrave: 'ì',
  iacute: 'í',
  icirc: 'î',
  iuml: 'ï',
  eth: 'ð',
  ntilde: 'ñ',
  ograve: 'ò',
  oacute: 'ó',
  ocirc: 'ô',
  otilde: 'õ',
  ouml: 'ö',
  oslash: 'ø',
  ugrave: 'ù',
  uacute: 'ú',
  ucirc: 'û',
  uuml: 'ü',
  yacute: 'ý',
  thorn: 'þ',
  yuml: 'ÿ',
  OElig: 'Œ',
  oelig: 'œ',
  Scaron: 'Š',
  scaron: 'š',
  Zcaron: 'Ž',
  zcaron: 'ž',
  ccaron: 'č',
  Ccaron: 'Č',
};

/** Octets 0x80-0x9F mean windows-1252 in numeric references (HTML, "numeric character reference end state"). */
const C1 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function numeric(point: number): string {
  if (point >= 0x80 && point <= 0x9f) return C1.charAt(point - 0x80);
  if (!(point > 0) || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return '\ufffd';
  return point < 32 && point !== 9 && point !== 10 && point !== 13 ? '' : String.fromCodePoint(point);
}

/** Replaces character references; unknown ones stay. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,8});?|#[xX]([0-9a-fA-F]{1,7});?|([a-zA-Z][a-zA-Z0-9]{1,30});?)/g,
    (all, decimal, hexadecimal, name) => {
      if (decimal !== undefined) return numeric(Number(decimal));
      if (hexadecimal !== undefined) return numeric(Number.parseInt(hexadecimal, 16));
      return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] as string) : all;
    },
  );
}

/** Elements whose content is not text to read. */
const SILENT = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'noscript',
  'object',
  'svg',
  'math',
  'select',
  'textarea',
  'iframe',
  'xml',
]);
const PARAGRAPHS = new Set([
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'dl',
  'table',
  'blockquote',
  'pre',
  'hr',
  'form',
  'fieldset',
]);
const LINES = new Set([
  'div',
  'br',
  'tr',
  'li',
  'dt',
  'dd',
  'section',
  'article',
  'header',
  'footer',
  'center',
  'address',
  'body',
  'html',
  'nav',
  'main',
  'aside',
  'figure',
  'caption',
  'option',
]);

/** Collects text with blanks collapsed and at most one empty line in a row. */
class Lines {
  readonly out: string[] = [];
  length = 0;
  #line = '';
  #breaks = 0;
  #blank = false;

  text(chunk: string, pre: boolean): void {
    if (pre) {
      const parts = chunk.split('\n');
      parts.forEach((part, i) => {
        if (i > 0) this.lineBreak();
        this.#word(part);
      });
      return;
    }
    if (/^[ \t\r\n\f]/.test(chunk)) this.#blank = true;
    const flat = chunk.replace(/[ \t\r\n\f]+/g, ' ').trim();
    if (flat !== '') this.#word(flat);
    if (flat !== '' && /[ \t\r\n\f]$/.test(chunk)) this.#blank = true;
  }
  #word(part: string): void {
    if (part === '') return;
    if (this.#breaks > 0 && this.length > 0) {
      this.out.push('\n'.repeat(Math.min(this.#breaks, 2)));
      this.#line = '';
    } else if (this.#blank && this.#line !== '') this.out.push(' ');
    this.#breaks = 0;
    this.#blank = false;
    this.#line = part;
    this.out.push(part);
    this.length += part.length + 1;
  }
  space(): void {
    this.#blank = true;
  }
  lineBreak(): void {
    this.#breaks++;
  }
  /** At least `count` line ends before the next word. */
  atLeast(count: number): void {
    if (this.#breaks < count) this.#breaks = count;
  }
}

/** Offset after the tag that opens at `at`; quotes may hold `>`. A tag that never closes is text's end. */
function tagEnd(html: string, at: number): number {
  const close = html.indexOf('>', at);
  if (close < 0) return html.length;
  const inside = html.slice(at, close).indexOf('"');
  if (inside < 0) return close + 1;
  let quote = at + inside;
  // Only tags with a `>` in a quoted value get here; a bound keeps stray quotes from eating the letter.
  for (let i = quote; i < html.length && i - at < 20_000; ) {
    const end = html.indexOf('"', i + 1);
    if (end < 0) return close + 1;
    const next = html.indexOf('>', end);
    if (next < 0) return close + 1;
    quote = html.indexOf('"', end + 1);
    if (quote < 0 || quote > next) return next + 1;
    i = quote;
  }
  return close + 1;
}

/**
 * Plain text of HTML: blocks on lines of their own, entities resolved.
 * @param limit stops after about so many characters
 */
export function htmlToText(html: string, limit = Number.POSITIVE_INFINITY): string {
  const lines = new Lines();
  let at = 0;
  let pre = 0;
  const ends = new Map<string, number>();
  while (at < html.length && lines.length < limit) {
    const open = html.indexOf('<', at);
    const stop = open < 0 ? html.length : open;
    if (stop > at) lines.text(decodeEntities(html.slice(at, stop)), pre > 0);
    if (open < 0) break;
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4);
      // An unclosed comment hides the rest in no browser that matters: skip the mark only.
      at = end < 0 ? open + 4 : end + 3;
      if (end < 0) at = tagEnd(html, open);
      continue;
    }
    const next = html.charCodeAt(open + 1) | 32;
    const closing = html.charCodeAt(open + 1) === 0x2f;
    if (
      !closing &&
      !(next >= 97 && next <= 122) &&
      html.charAt(open + 1) !== '!' &&
      html.charAt(open + 1) !== '?'
    ) {
      lines.text('<', pre > 0);
      at = open + 1;
      continue;
    }
    const name =
      /^[a-zA-Z][a-zA-Z0-9]*/.exec(html.slice(open + (closing ? 2 : 1), open + 22))?.[0].toLowerCase() ?? '';
    at = tagEnd(html, open);
    if (SILENT.has(name) && !closing && html.charAt(at - 2) !== '/') {
      // Remembered per element: an element that never closes is looked for once.
      let end = ends.get(name) ?? -2;
      if (end !== -1 && end < at) {
        end = indexOfMark(html, name, at);
        ends.set(name, end);
      }
      if (end >= 0) at = tagEnd(html, end);
      continue;
    }
    if (name === 'pre') pre = Math.max(0, pre + (closing ? -1 : 1));
    if (name === 'br') lines.lineBreak();
    else if (PARAGRAPHS.has(name)) lines.atLeast(2);
    else if (LINES.has(name)) lines.atLeast(1);
    else if (name === 'td' || name === 'th') lines.space();
    if (name === 'li' && !closing) lines.text('- ', false);
  }
  return lines.out.join('').replace(/\u00a0/g, ' ');
}

/** Offset of the next closing tag of that element, in any case; -1 when there is none. */
function indexOfMark(html: string, name: string, from: number): number {
  const mark = new RegExp(`</${name}`, 'gi');
  mark.lastIndex = from;
  return mark.exec(html)?.index ?? -1;
}
