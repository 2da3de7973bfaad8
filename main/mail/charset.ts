/**
 * Octets to text, by a declared charset that may be missing, misspelt, unknown or plainly wrong.
 * TextDecoder does what it can; code pages and dead Unicode transports are ours. Nothing here throws.
 *
 * Order: the label; valid UTF-8 under a single-octet or missing label is UTF-8; what a label cannot decode,
 * and what has none, is guessed (guess.ts).
 */
import { decodeCodepage, isCodepage } from './codepages.ts';
import { guessCharset } from './guess.ts';
import { decodeUtf7, decodeUtf32, hzToGbk, iso2022KrToEucKr } from './legacy-charsets.ts';

export interface DecodedText {
  text: string;
  /** Canonical lower-case name of the charset that was used. */
  charset: string;
  /** True when it was not the declared one. */
  guessed: boolean;
}

/** Names met in mail that neither the Encoding Standard nor our tables list. */
const ALIASES: Readonly<Record<string, string>> = {
  ascii: 'us-ascii',
  'ansi_x3.4-1968': 'us-ascii',
  'iso-646-us': 'us-ascii',
  '7bit': 'us-ascii',
  '8bit': 'unknown-8bit',
  binary: 'unknown-8bit',
  'unknown-8bit': 'unknown-8bit',
  'x-unknown': 'unknown-8bit',
  unknown: 'unknown-8bit',
  default: 'unknown-8bit',
  'x-user-defined': 'unknown-8bit',
  default_charset: 'unknown-8bit',
  _autodetect: 'unknown-8bit',
  utf8mb4: 'utf-8',
  cp65001: 'utf-8',
  'windows-65001': 'utf-8',
  'utf-8-mac': 'utf-8',
  'unicode-1-1-utf-7': 'utf-7',
  'x-unicode-2-0-utf-7': 'utf-7',
  utf7: 'utf-7',
  'utf-7': 'utf-7',
  'utf-32': 'utf-32',
  'utf-32le': 'utf-32le',
  'utf-32be': 'utf-32be',
  'us-ascii': 'us-ascii',
  csunicode11utf7: 'utf-7',
  utf16: 'utf-16',
  'utf-16': 'utf-16',
  'ucs-2be': 'utf-16be',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  utf32: 'utf-32',
  'ucs-4': 'utf-32',
  'iso-10646-ucs-4': 'utf-32',
  ucs4: 'utf-32',
  utf32le: 'utf-32le',
  utf32be: 'utf-32be',
  'hz-gb-2312': 'hz-gb-2312',
  hz: 'hz-gb-2312',
  'iso-2022-kr': 'iso-2022-kr',
  csiso2022kr: 'iso-2022-kr',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-3': 'iso-2022-jp',
  'iso-2022-jp-2004': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  cp50222: 'iso-2022-jp',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  sjis: 'shift_jis',
  eucjp: 'euc-jp',
  'eucjp-ms': 'euc-jp',
  cp51932: 'euc-jp',
  cp949: 'euc-kr',
  uhc: 'euc-kr',
  ks_c_5601: 'euc-kr',
  euckr: 'euc-kr',
  cp936: 'gbk',
  ms936: 'gbk',
  'gb-2312': 'gbk',
  gb_2312: 'gbk',
  'euc-cn': 'gbk',
  euccn: 'gbk',
  eucgb2312_cn: 'gbk',
  'gb18030-2000': 'gb18030',
  cp950: 'big5',
  'big5-eten': 'big5',
  big5hkscs: 'big5',
  cp874: 'windows-874',
  tis620: 'windows-874',
  'iso-8859-12': 'windows-1252',
  'koi-8': 'koi8-r',
  koi8: 'koi8-r',
  'koi-8-r': 'koi8-r',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  'koi8-ru': 'koi8-u',
  cskoi8u: 'koi8-u',
  win1251: 'windows-1251',
  'win-1251': 'windows-1251',
  'window-1251': 'windows-1251',
  'windows-cp1251': 'windows-1251',
  'x-cp866': 'ibm866',
  alt: 'ibm866',
  'dos-866': 'ibm866',
  'x-mac-cyrillic': 'x-mac-cyrillic',
  maccyrillic: 'x-mac-cyrillic',
  'mac-cyrillic': 'x-mac-cyrillic',
  macroman: 'macintosh',
  'x-mac-roman': 'macintosh',
  'apple-roman': 'macintosh',
  ansi: 'windows-1252',
  'x-ansi': 'windows-1252',
  ruscii: 'cp1125',
};

const resolved = new Map<string, string | undefined>();

function resolve(label: string): string | undefined {
  let name = label
    .trim()
    .toLowerCase()
    .replace(/^["']+|["';]+$/g, '')
    .replace(/^(?:charset|cs)=/, '')
    .trim();
  // RFC 2231 section 5: a language may follow an asterisk.
  const star = name.indexOf('*');
  if (star > 0) name = name.slice(0, star);
  const alias = ALIASES[name];
  if (alias && Object.hasOwn(ALIASES, name)) return alias;
  const page = /^(?:x-)?(?:cp|ibm|oem|dos|ms|csibm|csp?c?)?-?_?0*(\d{3,4})(?:multilingual)?$/.exec(name)?.[1];
  if (page && isCodepage(`cp${page}`)) return `cp${page}`;
  const windows = /^(?:x-)?(?:cp|windows|win|ms|ibm|microsoft-cp)?[-_ ]?(125[0-8]|874)$/.exec(name)?.[1];
  if (windows) return `windows-${windows}`;
  const latin = /^(?:x-)?(?:iso|latin)?[-_ ]?8859[-_ :]?(\d{1,2})(?:[-_:]?(?:\d{4}|[ei]))?$/.exec(name)?.[1];
  for (const each of [
    latin ? `iso-8859-${latin}` : name,
    name.replaceAll('_', '-'),
    name.replace(/^x-/, ''),
  ]) {
    try {
      return new TextDecoder(each).encoding.toLowerCase();
    } catch {
      // Not a label of the Encoding Standard.
    }
  }
  return undefined;
}

/** Canonical name of a charset label, undefined when nobody can decode it. */
export function resolveCharset(label: string): string | undefined {
  if (!label || label.length > 100) return undefined;
  if (!resolved.has(label)) {
    if (resolved.size > 1000) resolved.clear();
    resolved.set(label, resolve(label));
  }
  return resolved.get(label);
}

const strict = new TextDecoder('utf-8', { fatal: true });
const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

function decoder(charset: string): InstanceType<typeof TextDecoder> {
  let found = decoders.get(charset);
  if (!found) {
    found = new TextDecoder(charset);
    decoders.set(charset, found);
  }
  return found;
}

/** True when every octet is below 128. */
export function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) > 127) return false;
  return true;
}

function tryUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Without escapes that another one follows at once: joined words have them, and TextDecoder calls them errors. */
function dropIdleEscapes(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    const letter = bytes[i + 1];
    const idle = bytes[i] === 0x1b && (letter === 0x28 || letter === 0x24) && bytes[i + 3] === 0x1b;
    if (idle) i += 2;
    else out[at++] = bytes[i] as number;
  }
  return out.subarray(0, at);
}

/** Decodes by a canonical name, without second thoughts. */
function decodeAs(bytes: Uint8Array, charset: string): string {
  switch (charset) {
    case 'us-ascii':
    case 'unknown-8bit':
      return decoder('windows-1252').decode(bytes);
    case 'utf-7':
      return decodeUtf7(bytes);
    case 'utf-32':
      return decodeUtf32(bytes, undefined);
    case 'utf-32le':
      return decodeUtf32(bytes, 'le');
    case 'utf-32be':
      return decodeUtf32(bytes, 'be');
    case 'utf-16': {
      if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoder('utf-16le').decode(bytes);
      // RFC 2781 section 4.3: big-endian without a mark; zeros on odd places tell of the other.
      const little = bytes[0] !== 0xfe && bytes[0] !== 0 && bytes[1] === 0;
      return decoder(little ? 'utf-16le' : 'utf-16be').decode(bytes);
    }
    case 'hz-gb-2312':
      return decoder('gbk').decode(hzToGbk(bytes));
    case 'iso-2022-jp':
      return decoder(charset).decode(dropIdleEscapes(bytes));
    case 'iso-2022-kr':
      return decoder('euc-kr').decode(iso2022KrToEucKr(bytes));
    default:
      return decodeCodepage(bytes, charset) ?? decoder(charset).decode(bytes);
  }
}

/** Charsets in which plain ASCII octets do not mean ASCII. */
const SHIFTED = /^(?:utf-7|utf-16|utf-32|hz-gb|iso-2022)/;
/** True for a label under which a text can only be decoded as a whole. */
export const isShifted = (label: string): boolean => SHIFTED.test(resolveCharset(label) ?? '');
const MANY_OCTETS = /^(?:gb|big5|euc|shift)/;

function lostShare(text: string): number {
  let lost = 0;
  let high = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.charCodeAt(i);
    if (point === 0xfffd) lost++;
    else if (point > 127) high++;
  }
  return lost === 0 ? 0 : lost / (lost + high);
}

function guess(bytes: Uint8Array, declared: string | undefined): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe && bytes.length % 2 === 0)
    return { text: decodeAs(bytes, 'utf-16le'), charset: 'utf-16le', guessed: true };
  const { charset } = guessCharset(bytes);
  return { text: decodeAs(bytes, charset), charset, guessed: charset !== declared };
}

/**
 * Text of `bytes`. `label` is what the message declares; undefined or unknown means a guess.
 * With `exact` the label is obeyed as it stands (the person chose it); an unknown one is still guessed.
 */
export function decodeText(bytes: Uint8Array, label: string | undefined, exact = false): DecodedText {
  const charset = label === undefined ? undefined : resolveCharset(label);
  if (charset && exact) return { text: decodeAs(bytes, charset), charset, guessed: false };
  if (charset && SHIFTED.test(charset)) {
    if (!charset.startsWith('utf-16') && !charset.startsWith('utf-32') && !isAscii(bytes)) {
      const utf8 = tryUtf8(bytes);
      if (utf8 !== undefined) return { text: utf8, charset: 'utf-8', guessed: true };
    }
    return { text: decodeAs(bytes, charset), charset, guessed: false };
  }
  if (charset === 'utf-8' || charset === undefined || charset === 'us-ascii' || charset === 'unknown-8bit') {
    const utf8 = tryUtf8(bytes);
    const silent = charset === undefined || charset === 'unknown-8bit';
    if (utf8 !== undefined) {
      if (silent && bytes.indexOf(0x1b) >= 0 && /\x1b\$[@B]|\x1b\([JI]/.test(utf8))
        return { text: decodeAs(bytes, 'iso-2022-jp'), charset: 'iso-2022-jp', guessed: true };
      return { text: utf8, charset: 'utf-8', guessed: charset !== 'utf-8' && utf8.length !== bytes.length };
    }
    if (charset === 'utf-8') {
      const text = decodeAs(bytes, 'utf-8');
      if (lostShare(text) < 0.3) return { text, charset, guessed: false };
    }
    // UTF-8 with a little damage (a cut character, one stray octet) is still UTF-8.
    if (charset !== 'utf-8' && bytes.length > 64) {
      const text = decodeAs(bytes, 'utf-8');
      if (lostShare(text) < 0.05) return { text, charset: 'utf-8', guessed: true };
    }
    return guess(bytes, charset);
  }
  if (isAscii(bytes)) return { text: decodeAs(bytes, 'utf-8'), charset, guessed: false };
  if (MANY_OCTETS.test(charset)) {
    const text = decodeAs(bytes, charset);
    if (!text.includes('\ufffd')) return { text, charset, guessed: false };
    const utf8 = tryUtf8(bytes);
    if (utf8 !== undefined) return { text: utf8, charset: 'utf-8', guessed: true };
    // The superset knows characters that the declared standard lacks.
    if (charset === 'gbk') return { text: decodeAs(bytes, 'gb18030'), charset: 'gb18030', guessed: false };
    return { text, charset, guessed: false };
  }
  const utf8 = tryUtf8(bytes);
  if (utf8 !== undefined) return { text: utf8, charset: 'utf-8', guessed: true };
  if (charset === 'windows-1252') {
    const found = guessCharset(bytes);
    if (found.sure) return { text: decodeAs(bytes, found.charset), charset: found.charset, guessed: true };
  }
  return { text: decodeAs(bytes, charset), charset, guessed: false };
}

/** A row of the "other encoding" menu. */
export interface CharsetChoice {
  charset: string;
  /** Group of the menu; the renderer translates it. */
  region:
    | 'unicode'
    | 'cyrillic'
    | 'western'
    | 'central'
    | 'greek'
    | 'turkish'
    | 'baltic'
    | 'hebrew'
    | 'arabic'
    | 'chinese'
    | 'japanese'
    | 'korean'
    | 'thai'
    | 'vietnamese';
}

const CHOICES: Readonly<Record<CharsetChoice['region'], string>> = {
  unicode: 'utf-8 utf-7 utf-16 utf-32',
  cyrillic: 'windows-1251 koi8-r koi8-u iso-8859-5 ibm866 cp855 x-mac-cyrillic cp1125',
  western: 'windows-1252 iso-8859-15 macintosh cp437 cp850 cp858',
  central: 'windows-1250 iso-8859-2 cp852 iso-8859-16',
  greek: 'windows-1253 iso-8859-7 cp737',
  turkish: 'windows-1254 iso-8859-3 cp857',
  baltic: 'windows-1257 iso-8859-4 iso-8859-10 iso-8859-13 iso-8859-14 cp775',
  hebrew: 'windows-1255 iso-8859-8 cp862',
  arabic: 'windows-1256 iso-8859-6',
  chinese: 'gb18030 hz-gb-2312 big5',
  japanese: 'iso-2022-jp shift_jis euc-jp',
  korean: 'euc-kr iso-2022-kr',
  thai: 'windows-874',
  vietnamese: 'windows-1258',
};

/** Every charset that decodeText obeys by name, for the "other encoding" menu. */
export function listCharsets(): CharsetChoice[] {
  return Object.entries(CHOICES).flatMap(([region, names]) =>
    names.split(' ').map((charset) => ({ charset, region: region as CharsetChoice['region'] })),
  );
}
