/**
 * What may stand in the editor: markup that comes by paste, from a draft or from a signature is rebuilt from an
 * allow-list (DOMPurify) and loses everything that runs, loads from elsewhere or leaves its place. The
 * letter's own pictures are the only ones: a picture from the network is replaced by its words.
 */
import DOMPurify from 'dompurify';
import { CURSOR_SELECTOR } from './snippet.ts';

const TAGS = (
  'a b strong i em u s strike del ins sub sup span font div p br hr ul ol li blockquote h1 h2 h3 h4 h5 h6 pre code ' +
  'table thead tbody tfoot tr td th caption colgroup col img center'
).split(' ');
const ATTRIBUTES = (
  'href src alt title width height style class colspan rowspan align valign dir type start color size face border ' +
  'cellpadding cellspacing bgcolor data-cid data-quote data-signature'
).split(' ');
const PLAIN_ATTRIBUTES = ATTRIBUTES.filter((name) => name !== 'href' && name !== 'src');
const CLASSES = /^(postroom-[a-z-]+|size|color|font|highlight)$/;
const STYLES =
  /^(color|background-color|font(-family|-size|-style|-weight)?|text-(align|decoration|decoration-line|indent|transform)|line-height|letter-spacing|white-space|vertical-align|(margin|padding)(-(left|right|top|bottom))?|border(-(left|right|top|bottom))?(-(color|style|width))?|border-collapse|border-spacing|width|height|max-width|min-width|list-style(-type)?|direction)$/;

/** One transparent point: a picture whose bytes are still on their way. */
const NOTHING = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

function keepStyles(style: CSSStyleDeclaration): string {
  const kept: string[] = [];
  for (const name of style) {
    const value = style.getPropertyValue(name);
    // Negative lengths and addresses can paint outside the letter or ask the network.
    if (!STYLES.test(name) || /url\(|expression|image\(|var\(|(^|\s)-\d/i.test(value)) continue;
    kept.push(`${name}: ${value}`);
  }
  return kept.join('; ');
}

let purifier: typeof DOMPurify | null = null;

function purify(): typeof DOMPurify {
  if (purifier) return purifier;
  const own = DOMPurify(window);
  own.addHook('afterSanitizeAttributes', (node) => {
    if (!(node instanceof HTMLElement)) return;
    const style = node.getAttribute('style');
    if (style !== null) {
      const kept = keepStyles(node.style);
      if (kept) node.setAttribute('style', kept);
      else node.removeAttribute('style');
    }
    const names = [...node.classList].filter((name) => CLASSES.test(name));
    if (names.length > 0) node.className = names.join(' ');
    else node.removeAttribute('class');
    if (node instanceof HTMLImageElement) keepPicture(node);
  });
  purifier = own;
  return own;
}

/** Own pictures become named placeholders, those in the markup itself stay, others become their words. */
function keepPicture(picture: HTMLImageElement): void {
  const source = picture.getAttribute('src') ?? '';
  const named = picture.getAttribute('data-cid') ?? /^cid:(.+)$/i.exec(source)?.[1];
  if (named) {
    picture.setAttribute('data-cid', decodeURIComponent(named));
    if (!source.startsWith('blob:')) picture.setAttribute('src', NOTHING);
  } else if (!/^data:image\/(png|jpe?g|gif|webp|bmp);base64,/i.test(source)) {
    picture.replaceWith(document.createTextNode(picture.alt));
  }
}

/** Markup as a fragment that may stand in the window. */
export function cleanFragment(html: string): DocumentFragment {
  const fragment = purify().sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    // Widths, colours and names are no addresses: the pattern below is for what is.
    ADD_URI_SAFE_ATTR: PLAIN_ATTRIBUTES,
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|cid:|blob:|data:image\/|#)/i,
    RETURN_DOM_FRAGMENT: true,
  });
  return document.importNode(fragment, true);
}

/** The same as a string. */
export function cleanHtml(html: string): string {
  const holder = document.createElement('div');
  holder.append(cleanFragment(html));
  return holder.innerHTML;
}

/** The editor's markup as it is kept and sent: pictures by their cid: name, no addresses of this window. */
export function writtenHtml(html: string): string {
  const holder = document.createElement('template');
  holder.innerHTML = html;
  for (const picture of holder.content.querySelectorAll('img')) {
    const cid = picture.getAttribute('data-cid');
    if (cid) {
      picture.setAttribute('src', `cid:${cid}`);
      picture.removeAttribute('data-cid');
    } else if (picture.getAttribute('src')?.startsWith('blob:')) picture.remove();
  }
  // Where the cursor is to stand is no part of what is said.
  for (const mark of holder.content.querySelectorAll(CURSOR_SELECTOR)) mark.remove();
  return holder.innerHTML;
}
