/**
 * Style sheets and style attributes of letters, filtered by an allow-list of what cannot leave the frame: no imports, no
 * fonts from elsewhere, no positions that could cover anything, no address that was not let through. In dark mode
 * declared colours are turned over in lightness, so that a letter drawn for white paper stays readable.
 */
import postcss, { type AtRule, type Declaration } from 'postcss';

export interface CssRules {
  /** The address to use for a url(), or null: the declaration is dropped. */
  url(address: string): string | null;
  dark: boolean;
}

const DROPPED =
  /^(behavior|-moz-binding|position|z-index|content|cursor|src|animation.*|transition.*|-webkit-animation.*|pointer-events|clip-path|mask.*|filter|backdrop-filter|offset.*|scroll-.*|overscroll-.*)$/i;
const DANGEROUS = /expression\s*\(|javascript:|vbscript:|-moz-binding|@import|image-set\s*\(|[<\\]/i;
const COLOURED =
  /^(color|background|background-color|border(-(top|right|bottom|left))?(-color)?|outline(-color)?|text-decoration-color)$/i;
const URL = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*))\s*\)/gi;

/** Largest style sheet looked at, in characters; more is dropped (a letter of 200 KB of rules exists, 1 MB is an attack). */
const MAX_SHEET_CHARS = 512 * 1024;

function value(property: string, text: string, rules: CssRules): string | null {
  if (DROPPED.test(property) || DANGEROUS.test(text)) return null;
  let refused = false;
  let out = text.replace(URL, (_, double?: string, single?: string, bare?: string) => {
    const address = rules.url((double ?? single ?? bare ?? '').trim());
    if (address === null) refused = true;
    return address === null ? 'none' : `url("${address.replace(/["\\\n]/g, '')}")`;
  });
  if (refused && !/^background/i.test(property)) return null;
  if (rules.dark && COLOURED.test(property))
    out = turnColours(out, property.toLowerCase().startsWith('background'));
  return out;
}

/** The declarations of a `style` attribute that may stay. */
export function filterDeclarations(text: string, rules: CssRules): string {
  return filterSheet(`a{${text.replace(/[{}]/g, '')}}`, rules)
    .replace(/^a\s*\{/, '')
    .replace(/\}\s*$/, '')
    .trim();
}

/** The rules of a `style` element that may stay; what cannot be parsed is dropped whole. */
export function filterSheet(text: string, rules: CssRules): string {
  if (text.length > MAX_SHEET_CHARS) return '';
  let root: postcss.Root;
  try {
    root = postcss.parse(text.replace(/<!--|-->/g, ''));
  } catch {
    return '';
  }
  root.walkComments((comment) => void comment.remove());
  root.walkAtRules((rule: AtRule) => {
    if (
      !/^media$/i.test(rule.name) ||
      /prefers-color-scheme/i.test(rule.params) ||
      DANGEROUS.test(rule.params)
    )
      rule.remove();
  });
  root.walkDecls((declaration: Declaration) => {
    const kept = value(declaration.prop, declaration.value, rules);
    if (kept === null) declaration.remove();
    else declaration.value = kept;
  });
  root.walkRules((rule) => {
    if (/[<\\]/.test(rule.selector)) rule.remove();
  });
  const out = root.toString();
  return out.includes('<') ? '' : out;
}

const NAMED: Record<string, string> = {
  white: '#ffffff',
  black: '#000000',
  red: '#ff0000',
  green: '#008000',
  blue: '#0000ff',
  navy: '#000080',
  gray: '#808080',
  grey: '#808080',
  silver: '#c0c0c0',
  maroon: '#800000',
  purple: '#800080',
  teal: '#008080',
  olive: '#808000',
  orange: '#ffa500',
  yellow: '#ffff00',
  windowtext: '#000000',
  window: '#ffffff',
  whitesmoke: '#f5f5f5',
  lightgray: '#d3d3d3',
  lightgrey: '#d3d3d3',
  darkblue: '#00008b',
};

/** Turns the colours inside a declaration's value over in lightness, hue kept. */
export function turnColours(text: string, ground: boolean): string {
  return text.replace(/#[0-9a-f]{3,8}\b|rgba?\([^)]*\)|\b[a-z]{3,12}\b/gi, (word) => {
    const colour = parseColour(word);
    return colour ? turn(colour, ground) : word;
  });
}

type Rgb = [number, number, number, number];

function parseColour(word: string): Rgb | null {
  const hex = word.startsWith('#') ? word : NAMED[word.toLowerCase()];
  if (hex) {
    const digits = hex.slice(1);
    const wide = digits.length <= 4 ? [...digits].map((digit) => digit + digit).join('') : digits;
    if (wide.length !== 6 && wide.length !== 8) return null;
    const at = (index: number) => Number.parseInt(wide.slice(index, index + 2), 16);
    return [at(0), at(2), at(4), wide.length === 8 ? at(6) / 255 : 1];
  }
  if (!/^rgba?\(/i.test(word)) return null;
  const numbers = word
    .match(/[\d.]+%?/g)
    ?.map((part) => (part.endsWith('%') ? Number.parseFloat(part) * 2.55 : Number(part)));
  if (!numbers || numbers.length < 3) return null;
  return [numbers[0]!, numbers[1]!, numbers[2]!, numbers[3] ?? 1];
}

/** Lightness 1 becomes 0.13 (the dark surface), 0 becomes 0.93; the middle stays readable on both. */
function turn([red, green, blue, alpha]: Rgb, ground: boolean): string {
  const [r, g, b] = [red / 255, green / 255, blue / 255];
  const high = Math.max(r, g, b);
  const low = Math.min(r, g, b);
  const light = (high + low) / 2;
  const spread = high - low;
  const saturation = spread === 0 ? 0 : spread / (1 - Math.abs(2 * light - 1) || 1);
  const hue =
    spread === 0
      ? 0
      : high === r
        ? ((g - b) / spread + 6) % 6
        : high === g
          ? (b - r) / spread + 2
          : (r - g) / spread + 4;
  const turned = ground
    ? light > 0.45
      ? 0.13 + (1 - light) * 0.5
      : light
    : light < 0.65
      ? 0.93 - light * 0.45
      : light;
  const tone = `${Math.round(hue * 60)} ${Math.round(Math.min(1, saturation) * (ground ? 55 : 75))}% ${Math.round(turned * 100)}%`;
  return alpha >= 1 ? `hsl(${tone})` : `hsl(${tone} / ${alpha.toFixed(2)})`;
}
