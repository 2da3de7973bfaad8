/**
 * The signature inside the rich text of a letter: a block known by its class, which carries whose signature it is and what
 * it said when it was put there. A block that says something else now was written in by the person and is left alone.
 */
import { htmlToText } from './markup.ts';

export const BLOCK = '.postroom-signature';

/** What stands in `data-signature`. */
export interface SignatureMark {
  id: number;
  /** picked: the person chose it, so recipients do not change it. */
  how: 'auto' | 'picked';
  /** Of the words it was put with. */
  print: string;
}

/** A fingerprint of what a signature says, the same after the editor has written it in its own way. */
export function fingerprint(html: string): string {
  const words = htmlToText(html).replace(/\s+/g, '');
  let hash = 0x811c9dc5;
  for (let at = 0; at < words.length; at++) hash = Math.imul(hash ^ words.charCodeAt(at), 0x01000193);
  const pictures = html.match(/<img\b/gi)?.length ?? 0;
  return `${(hash >>> 0).toString(36)}-${pictures}`;
}

/** Markup of the block. */
export function markedBlock(html: string, id: number, how: SignatureMark['how']): string {
  return `<div class="postroom-signature" data-signature="${id}.${how}.${fingerprint(html)}">${html}</div>`;
}

export function readMark(value: string | null): SignatureMark | null {
  const [, id = '', how, print = ''] = /^(\d+)\.(auto|picked)\.([\w-]+)$/.exec(value ?? '') ?? [];
  return how === 'auto' || how === 'picked' ? { id: Number(id), how, print } : null;
}

/** The block of a text, what it was marked with, and whether a person has written in it since. */
export interface FoundBlock {
  element: HTMLElement;
  mark: SignatureMark | null;
  touched: boolean;
}

export function findBlock(root: ParentNode): FoundBlock | null {
  const element = root.querySelector<HTMLElement>(BLOCK);
  if (!element) return null;
  const mark = readMark(element.getAttribute('data-signature'));
  return { element, mark, touched: mark === null || mark.print !== fingerprint(element.innerHTML) };
}

/** The same of markup that stands in no editor. */
export function blockOf(html: string): FoundBlock | null {
  const holder = document.createElement('template');
  holder.innerHTML = html;
  return findBlock(holder.content);
}

/** Puts a block into the text, in the place of the one that is there, or at its end; null takes it out. */
export function putBlock(root: HTMLElement, block: DocumentFragment | null): void {
  const there = root.querySelector(BLOCK);
  if (block === null) {
    const before = there?.previousElementSibling;
    there?.remove();
    // The empty line above it came with it.
    if (
      before &&
      before.textContent === '' &&
      !before.querySelector('img') &&
      before !== root.firstElementChild
    )
      before.remove();
    return;
  }
  if (there) {
    there.replaceWith(block);
    return;
  }
  if (root.lastElementChild?.textContent !== '' || root.childElementCount < 2) root.append(emptyLine());
  root.append(block);
}

function emptyLine(): HTMLElement {
  const line = document.createElement('div');
  line.append(document.createElement('br'));
  return line;
}

/** The words of a plain letter and its signature, which stands below two dashes and a space (RFC 3676 section 4.3). */
export function splitPlain(text: string): { own: string; signature: string | null } {
  const found = /(^|\n)-- \n([\s\S]*)$/.exec(text);
  return found
    ? { own: text.slice(0, found.index), signature: found[2] ?? '' }
    : { own: text, signature: null };
}

export function joinPlain(own: string, signature: string): string {
  const text = own.replace(/\n+$/, '');
  return signature === '' ? text : `${text}\n\n-- \n${signature}`;
}
