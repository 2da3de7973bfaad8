/**
 * Turns the hostile HTML of a letter into markup that cannot run, call, cover or leave: an allow-list over a real parser
 * (sanitize-html), with our own filter for styles and addresses.
 *
 * It must never fetch anything, never keep an address that was not decided by its caller, and never throw for what a letter
 * holds. It is one of two walls: the frame it is shown in has no script, no network and no origin (see document.ts).
 */
import sanitize from 'sanitize-html';
import { type CssRules, filterDeclarations, filterSheet } from './css.ts';
import { foldHtmlQuote } from './quotes.ts';

export interface SanitiseOptions {
  /** Address under which a remote picture is served after the person allowed it; null: blocked. */
  picture(address: string): string | null;
  /** Address of the part with this Content-ID; null: there is none. */
  inline(contentId: string): string | null;
  dark: boolean;
  /** false: the quoted letter at the end is left out. */
  quotes: boolean;
  /** Words to mark, case-insensitive, as prefixes of words. */
  highlight: readonly string[];
  /** false: links keep their words and lose their targets. Default true. */
  links?: boolean;
}

export interface Sanitised {
  html: string;
  /** Remote pictures that were left out. */
  blocked: number;
  hasQuotes: boolean;
  /** Links whose text names another host than their target. */
  linkMismatch: { text: string; target: string }[];
}

const TAGS = [
  'a',
  'abbr',
  'address',
  'article',
  'aside',
  'b',
  'bdi',
  'bdo',
  'big',
  'blockquote',
  'br',
  'caption',
  'center',
  'cite',
  'code',
  'col',
  'colgroup',
  'dd',
  'del',
  'details',
  'dfn',
  'dir',
  'div',
  'dl',
  'dt',
  'em',
  'figcaption',
  'figure',
  'font',
  'footer',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'hr',
  'i',
  'img',
  'ins',
  'kbd',
  'li',
  'main',
  'mark',
  'menu',
  'nav',
  'ol',
  'p',
  'pre',
  'q',
  's',
  'samp',
  'section',
  'small',
  'span',
  'strike',
  'strong',
  'style',
  'sub',
  'summary',
  'sup',
  'table',
  'tbody',
  'td',
  'tfoot',
  'th',
  'thead',
  'time',
  'tr',
  'tt',
  'u',
  'ul',
  'var',
  'wbr',
];
const ATTRIBUTES = [
  'align',
  'alt',
  'bgcolor',
  'border',
  'cellpadding',
  'cellspacing',
  'class',
  'color',
  'colspan',
  'dir',
  'face',
  'height',
  'hspace',
  'id',
  'lang',
  'nowrap',
  'rowspan',
  'size',
  'span',
  'start',
  'style',
  'summary',
  'title',
  'type',
  'valign',
  'vspace',
  'width',
  'data-quote',
];
const LINK = /^(https?|mailto|tel|ftp):/i;
/** Pictures shown from one letter; more are blocked. A page of emoji pictures has a few hundred. */
const MAX_PICTURES = 2000;

const escapeHtml = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

function dimension(attributes: Record<string, string>, name: 'width' | 'height'): number | null {
  const fromStyle = new RegExp(`(?:^|[;\\s])${name}\\s*:\\s*(\\d+)px`, 'i').exec(
    attributes['style'] ?? '',
  )?.[1];
  const number = Number.parseInt(fromStyle ?? attributes[name] ?? '', 10);
  return Number.isFinite(number) && !String(attributes[name]).includes('%') ? Math.min(number, 2000) : null;
}

/** A dashed frame of the picture's own size, so that loading it later moves nothing. A beacon of a few pixels takes no room. */
function placeholder(attributes: Record<string, string>): {
  tagName: string;
  attribs: sanitize.Attributes;
  text?: string;
} {
  const width = dimension(attributes, 'width');
  const height = dimension(attributes, 'height');
  if ((width !== null && width <= 3) || (height !== null && height <= 3))
    return { tagName: 'span', attribs: {} };
  const size = `width:${width ?? 120}px;height:${height ?? 40}px`;
  return {
    tagName: 'span',
    attribs: { class: 'pr-blocked', style: size, title: attributes['alt'] ?? '' },
    text: attributes['alt'] ?? '',
  };
}

function hostOf(address: string): string | null {
  try {
    return new URL(address).hostname.toLowerCase().replace(/^www\./, '');
  } catch {
    return null;
  }
}

/** The host a link's text claims to lead to, when the text is an address of a page; null for ordinary words. */
export function claimedHost(text: string): string | null {
  const shown = text.trim().replace(/\p{Cf}/gu, '');
  const match = /^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?:[/?#:]\S*)?$/iu.exec(shown);
  return match && !shown.includes('@') ? hostOf(`http://${match[1]}`) : null;
}

const sameSite = (one: string, other: string) =>
  one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`);

/** Marks words in escaped text. */
function marker(words: readonly string[]): ((text: string) => string) | null {
  const sound = words
    .filter((word) => word.length > 1)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[её]/gi, '[её]'));
  if (sound.length === 0) return null;
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}&])(?:${sound.join('|')})[\\p{L}\\p{N}]*`, 'giu');
  return (text) => text.replace(pattern, '<mark>$&</mark>');
}

export function sanitiseHtml(html: string, options: SanitiseOptions): Sanitised {
  let blocked = 0;
  let pictures = 0;
  const source = (address: string): string | null => {
    const trimmed = address.trim();
    if (/^cid:/i.test(trimmed)) return options.inline(decodeId(trimmed.slice(4)));
    if (/^data:image\/(png|jpe?g|gif|webp|bmp|avif|svg\+xml)[;,]/i.test(trimmed)) return trimmed;
    const remote = trimmed.startsWith('//') ? `https:${trimmed}` : trimmed;
    if (!/^https?:/i.test(remote)) return null;
    const served = ++pictures <= MAX_PICTURES ? options.picture(remote) : null;
    if (served === null) blocked++;
    return served;
  };
  const rules: CssRules = { url: source, dark: options.dark };
  const mark = marker(options.highlight);

  const common = (tagName: string, attributes: sanitize.Attributes): sanitize.Tag => {
    const attribs: sanitize.Attributes = { ...attributes };
    if (attribs['style'] !== undefined) attribs['style'] = filterDeclarations(attribs['style'], rules);
    if (attribs['background'] !== undefined) {
      const address = source(attribs['background']);
      delete attribs['background'];
      if (address)
        attribs['style'] = `${attribs['style'] ?? ''};background-image:url("${escapeHtml(address)}")`;
    }
    if (options.dark) darken(attribs, rules);
    return { tagName, attribs };
  };

  const out = sanitize(html, {
    allowedTags: TAGS,
    allowedAttributes: { '*': ATTRIBUTES, a: ['href', 'name', 'target', 'rel'], img: ['src', 'srcset'] },
    allowVulnerableTags: true,
    allowedSchemes: ['http', 'https', 'mailto', 'tel', 'ftp', 'data'],
    allowProtocolRelative: false,
    parseStyleAttributes: false,
    disallowedTagsMode: 'discard',
    nonTextTags: [
      'script',
      'textarea',
      'option',
      'noscript',
      'title',
      'xml',
      'svg',
      'math',
      'iframe',
      'object',
      'template',
      'noembed',
      'noframes',
    ],
    nestingLimit: 250,
    transformTags: {
      // The star runs after these, on what they give.
      body: (_, attribs) => ({ tagName: 'div', attribs }),
      a: (tagName, { target: _target, rel: _rel, href: raw, ...attribs }) => {
        const href = (raw ?? '').trim();
        if (!LINK.test(href)) return { tagName, attribs };
        return {
          tagName,
          attribs: {
            ...attribs,
            href,
            target: '_blank',
            rel: 'noreferrer noopener',
            title: attribs['title'] ?? href.slice(0, 300),
          },
        };
      },
      img: (tagName, { srcset: _srcset, ...attribs }) => {
        const address = source(attribs['src'] ?? '');
        return address === null ? placeholder(attribs) : { tagName, attribs: { ...attribs, src: address } };
      },
      '*': common,
    },
    textFilter: (text, tagName) => {
      if (tagName === 'style') return text;
      return mark ? mark(text) : text;
    },
  });
  const styled = out.replace(
    /(<style[^>]*>)([\s\S]*?)(<\/style>)/gi,
    (_, open: string, text: string, close: string) => open + filterSheet(decodeEntities(text), rules) + close,
  );
  const folded = foldHtmlQuote(styled);
  const shown = options.quotes || folded === null ? styled : folded;
  return {
    html: options.links === false ? withoutTargets(shown) : shown,
    blocked,
    hasQuotes: folded !== null,
    linkMismatch: mismatches(styled),
  };
}

/** Links of sanitised markup that lead out lose their address; where it led stays in their tooltip. */
function withoutTargets(html: string): string {
  return html.replace(/<a\b[^>]*>/gi, (tag) => tag.replace(/ href="(?!#)[^"]*"/gi, ' data-dead=""'));
}

/** Reads the links of sanitised markup, whose attributes are always double-quoted and escaped. */
function mismatches(html: string): Sanitised['linkMismatch'] {
  const found: Sanitised['linkMismatch'] = [];
  for (const [, href, inner] of html.matchAll(/<a\b[^>]*?\bhref="(https?:[^"]*)"[^>]*>([\s\S]*?)<\/a>/gi)) {
    if (found.length >= 20) break;
    const target = decodeEntities(href!);
    const text = decodeEntities(inner!.replace(/<[^>]*>/g, '')).trim();
    const claimed = text.length <= 300 ? claimedHost(text) : null;
    const real = hostOf(target);
    if (claimed && real && !sameSite(claimed, real))
      found.push({ text: text.slice(0, 200), target: target.slice(0, 500) });
  }
  return found;
}

function darken(attribs: sanitize.Attributes, rules: CssRules): void {
  for (const [name, property] of [
    ['bgcolor', 'background-color'],
    ['color', 'color'],
  ] as const) {
    const colour = attribs[name];
    if (colour === undefined) continue;
    delete attribs[name];
    const style = filterDeclarations(
      `${property}:${/^[0-9a-f]{6}$/i.test(colour) ? `#${colour}` : colour}`,
      rules,
    );
    attribs['style'] = attribs['style'] ? `${style};${attribs['style']}` : style;
  }
}

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function decodeEntities(text: string): string {
  return text
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}

const ADDRESS = /\b(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'»]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)/gi;

/** Plain text as markup: line ends kept, addresses become links, quotes get their bar, words are marked. */
export function textToHtml(text: string, highlight: readonly string[] = []): string {
  const mark = marker(highlight);
  const inline = (line: string) => {
    let out = '';
    let at = 0;
    for (const match of line.matchAll(ADDRESS)) {
      const plain = escapeHtml(line.slice(at, match.index));
      const address = match[0];
      const href = /^https?:/i.test(address) ? address : `mailto:${address}`;
      out += `${mark ? mark(plain) : plain}<a href="${escapeHtml(href)}" target="_blank" rel="noreferrer noopener">${escapeHtml(address)}</a>`;
      at = match.index + address.length;
    }
    const rest = escapeHtml(line.slice(at));
    return out + (mark ? mark(rest) : rest);
  };
  let depth = 0;
  let out = '';
  for (const line of text.split('\n')) {
    const quote = /^((?:>\s?)*)/.exec(line)![1]!;
    const level = Math.min(20, quote.split('>').length - 1);
    while (depth < level) {
      out += '<blockquote type="cite">';
      depth++;
    }
    while (depth > level) {
      out += '</blockquote>';
      depth--;
    }
    out += `${inline(line.slice(quote.length))}\n`;
  }
  while (depth-- > 0) out += '</blockquote>';
  return `<div class="pr-text">${out}</div>`;
}
