/**
 * The rich text of a letter: Squire with our cleaning, our keys and our pictures. One object an editing
 * element; it owns the element's content until `destroy`.
 *
 * It never loads anything from the network and never sends: pictures pass through `PictureStore`.
 */
import Squire from 'squire-rte';
import { pressed, type ShortcutId } from '../state/shortcuts.ts';
import { cleanFragment, writtenHtml } from './clean.ts';
import { linkTarget } from './link-target.ts';
import { BLOCK, type FoundBlock, findBlock, putBlock } from './signature-block.ts';
import { CURSOR_SELECTOR, keywordRange, withCursor } from './snippet.ts';
import { type PictureStore, TextPictures } from './text-pictures.ts';

export type BlockStyle = 'normal' | 'heading' | 'subheading' | 'code';
export const BLOCK_STYLES: readonly BlockStyle[] = ['normal', 'heading', 'subheading', 'code'];
/** Sizes offered, in CSS pixels; 14 is the letter's own. */
export const SIZES = [11, 13, 14, 16, 18, 24, 32] as const;
export const OWN_SIZE = 14;

/** What the toolbar shows pressed. */
export interface Formats {
  bold: boolean;
  italic: boolean;
  underline: boolean;
  bullets: boolean;
  numbers: boolean;
  quote: boolean;
  link: string | null;
  style: BlockStyle;
  size: number;
  colour: string | null;
}

export const NO_FORMATS: Formats = {
  bold: false,
  italic: false,
  underline: false,
  bullets: false,
  numbers: false,
  quote: false,
  link: null,
  style: 'normal',
  size: OWN_SIZE,
  colour: null,
};

export interface RichTextOptions {
  html: string;
  pictures: PictureStore | null;
  onInput: () => void;
  onFormats: (formats: Formats) => void;
  /** A picture could not be kept. */
  onFailure: (thrown: unknown) => void;
  /** Markup for a `;keyword`; null: there is none of this name. */
  snippet?: (keyword: string) => Promise<string> | null;
}

export class RichText {
  readonly #squire: Squire;
  readonly #options: RichTextOptions;
  readonly #root: HTMLElement;
  readonly #pictures: TextPictures;

  constructor(root: HTMLElement, options: RichTextOptions) {
    this.#root = root;
    this.#options = options;
    this.#squire = new Squire(root, {
      blockTag: 'DIV',
      addLinks: true,
      sanitizeToDOMFragment: (html: string) => cleanFragment(html),
      didError: options.onFailure,
    });
    this.#pictures = new TextPictures(root, options, (source, attributes) =>
      this.#squire.insertImage(source, attributes),
    );
    this.setHtml(options.html);
    this.#squire.addEventListener('input', () => {
      this.#pictures.adopt();
      options.onInput();
    });
    this.#squire.addEventListener('pathChange', () => options.onFormats(this.formats()));
    this.#squire.addEventListener('select', () => options.onFormats(this.formats()));
    this.#squire.addEventListener('cursor', () => options.onFormats(this.formats()));
    this.#squire.addEventListener('pasteImage', (event: Event) => {
      const { clipboardData } = (event as CustomEvent<{ clipboardData?: DataTransfer }>).detail ?? {};
      this.addPictures([...(clipboardData?.files ?? [])]);
    });
    root.addEventListener('keydown', this.#onKeyDown, true);
  }

  destroy(): void {
    this.#root.removeEventListener('keydown', this.#onKeyDown, true);
    this.#squire.destroy();
  }

  setHtml(html: string): void {
    this.#squire.setHTML(withCursor(html));
    void this.#pictures.show();
  }

  get root(): HTMLElement {
    return this.#root;
  }

  selection(): Range {
    return this.#squire.getSelection();
  }

  select(range: Range): void {
    this.#squire.setSelection(range);
    this.#squire.focus();
  }

  /** The cursor goes where a template wants it; false: it has no such place. */
  placeCursor(): boolean {
    const mark = this.#root.querySelector(CURSOR_SELECTOR);
    if (!mark) return false;
    const range = document.createRange();
    range.setStartBefore(mark);
    const block = mark.parentElement;
    for (const each of this.#root.querySelectorAll(CURSOR_SELECTOR)) each.remove();
    if (block && block !== this.#root && block.childNodes.length === 0)
      block.append(document.createElement('br'));
    this.#squire.focus();
    this.#squire.setSelection(range);
    this.#options.onInput();
    return true;
  }

  signatureBlock(): FoundBlock | null {
    return findBlock(this.#root);
  }

  /** Puts a signature block in the place of the present one; null takes it away. The cursor stays where it is. */
  putSignature(html: string | null): void {
    this.#squire.saveUndoState();
    const held = this.#root.querySelector(BLOCK)?.contains(this.#squire.getSelection().startContainer);
    putBlock(this.#root, html === null ? null : cleanFragment(html));
    if (held) this.#squire.moveCursorToStart();
    void this.#pictures.show();
    this.#options.onInput();
  }

  /** Writes another word in the place of one. */
  replaceWord(range: Range, word: string): void {
    // Keeping what can be undone moves pieces of text about: the selection is brought along, a range is not.
    this.select(range);
    this.#squire.saveUndoState();
    const held = this.#squire.getSelection();
    const { startContainer: node, startOffset: at, endContainer: end, endOffset } = held;
    const after = document.createRange();
    if (node instanceof Text && node === end) {
      node.replaceData(at, endOffset - at, word);
      after.setStart(node, at + word.length);
      this.select(after);
    } else {
      this.#squire.insertPlainText(word, false);
    }
    this.#options.onInput();
  }

  /** As it is kept in the draft. */
  html(): string {
    return writtenHtml(this.#squire.getHTML());
  }

  focus(): void {
    this.#squire.focus();
  }

  /** Where an answer begins: at the start, or below a quote that stands above it. */
  cursorToOwnWords(): void {
    const first = this.#root.firstElementChild;
    const quote = first?.matches('blockquote') || first?.querySelector('blockquote') || hasQuote(first);
    const last = quote ? [...this.#root.querySelectorAll('blockquote')].at(-1) : undefined;
    let block: Element | null | undefined = last;
    while (block && block !== this.#root && !block.nextElementSibling) block = block.parentElement;
    const after = block === this.#root ? null : block?.nextElementSibling;
    if (!after) {
      this.#squire.moveCursorToStart();
      return;
    }
    const range = document.createRange();
    range.setStart(after, 0);
    this.#squire.setSelection(range);
  }

  toggle(format: 'bold' | 'italic' | 'underline'): void {
    const now = this.formats()[format];
    if (format === 'bold') now ? this.#squire.removeBold() : this.#squire.bold();
    else if (format === 'italic') now ? this.#squire.removeItalic() : this.#squire.italic();
    else now ? this.#squire.removeUnderline() : this.#squire.underline();
    this.#tellFormats();
  }

  list(kind: 'bullets' | 'numbers'): void {
    if (this.formats()[kind]) this.#squire.removeList();
    else if (kind === 'bullets') this.#squire.makeUnorderedList();
    else this.#squire.makeOrderedList();
    this.#tellFormats();
  }

  /** Deeper or back: lists by a level, other text by a margin of a quote's width. */
  indent(deeper: boolean): void {
    const { bullets, numbers } = this.formats();
    if (bullets || numbers) {
      if (deeper) this.#squire.increaseListLevel();
      else this.#squire.decreaseListLevel();
    } else {
      this.#squire.forEachBlock((block: HTMLElement) => {
        const margin = Number.parseFloat(block.style.marginLeft) || 0;
        const next = Math.max(0, margin + (deeper ? INDENT : -INDENT));
        block.style.marginLeft = next === 0 ? '' : `${next}px`;
        if (block.getAttribute('style') === '') block.removeAttribute('style');
      }, true);
    }
    this.#tellFormats();
  }

  quote(): void {
    if (this.formats().quote) this.#squire.decreaseQuoteLevel();
    else this.#squire.increaseQuoteLevel();
    this.#tellFormats();
  }

  style(style: BlockStyle): void {
    const tag = { normal: 'div', heading: 'h2', subheading: 'h3', code: 'pre' }[style];
    this.#squire.modifyBlocks((fragment: DocumentFragment) => {
      for (const block of [...fragment.querySelectorAll('div, p, h1, h2, h3, h4, h5, h6, pre')]) {
        if (block.querySelector('div, p, table, ul, ol, blockquote, h1, h2, h3, h4, h5, h6')) continue;
        const changed = document.createElement(tag);
        changed.append(...block.childNodes);
        block.replaceWith(changed);
      }
      return fragment;
    });
    this.#tellFormats();
  }

  size(px: number): void {
    this.#squire.setFontSize(px === OWN_SIZE ? null : `${px}px`);
    this.#tellFormats();
  }

  /** @param colour CSS colour; null: the letter's own. */
  colour(colour: string | null): void {
    this.#squire.setTextColor(colour);
    this.#tellFormats();
  }

  selectedText(): string {
    return this.#squire.getSelectedText();
  }

  /** Links the selection, or writes `words` as a link. An address without a scheme gets one. */
  link(target: string, words: string): void {
    const address = linkTarget(target);
    if (address === null) return;
    if (this.#squire.getSelection().collapsed) {
      const anchor = document.createElement('a');
      anchor.href = address;
      anchor.textContent = words || target;
      this.#squire.insertHTML(anchor.outerHTML);
    } else this.#squire.makeLink(address);
    this.#tellFormats();
  }

  unlink(): void {
    this.#squire.removeLink();
    this.#tellFormats();
  }

  table(rows: number, columns: number): void {
    const cell =
      '<td style="border: 1px solid #b5aea3; padding: 4px 8px; min-width: 48px"><div><br></div></td>';
    const row = `<tr>${cell.repeat(columns)}</tr>`;
    this.#squire.insertHTML(
      `<table style="border-collapse: collapse"><tbody>${row.repeat(rows)}</tbody></table><div><br></div>`,
    );
  }

  clear(): void {
    this.#squire.removeAllFormatting();
    this.#tellFormats();
  }

  insert(html: string): void {
    this.#squire.insertHTML(html);
  }

  addPictures(files: readonly File[]): void {
    for (const file of files) if (/^image\//.test(file.type)) void this.#pictures.add(file);
  }

  formats(): Formats {
    const squire = this.#squire;
    const path = squire.getPath();
    const font = this.#font();
    const link = anchorOf(squire.getSelection(), this.#root);
    return {
      bold: squire.hasFormat('B') || squire.hasFormat('STRONG'),
      italic: squire.hasFormat('I') || squire.hasFormat('EM'),
      underline: squire.hasFormat('U'),
      bullets: /(^|>)UL(?![A-Z])(?!.*(^|>)OL(?![A-Z]))/.test(path),
      numbers: /(^|>)OL(?![A-Z])(?!.*(^|>)UL(?![A-Z]))/.test(path),
      quote: /(^|>)BLOCKQUOTE/.test(path),
      link: link?.getAttribute('href') ?? null,
      style: /(^|>)H[12](?![A-Z0-9])/.test(path)
        ? 'heading'
        : /(^|>)H[3-6](?![A-Z0-9])/.test(path)
          ? 'subheading'
          : /(^|>)PRE/.test(path)
            ? 'code'
            : 'normal',
      size: font.size.endsWith('px') ? Math.round(Number.parseFloat(font.size)) : OWN_SIZE,
      colour: font.colour || null,
    };
  }

  undo(): void {
    this.#squire.undo();
  }

  redo(): void {
    this.#squire.redo();
  }

  /** What is written on the text itself; Squire's own answer also takes the window's size for the letter's. */
  #font(): { size: string; colour: string } {
    const font = { size: '', colour: '' };
    const { startContainer } = this.#squire.getSelection();
    let element = startContainer instanceof HTMLElement ? startContainer : startContainer.parentElement;
    while (element && element !== this.#root) {
      font.size ||= element.style.fontSize;
      font.colour ||= element.style.color;
      element = element.parentElement;
    }
    return font;
  }

  #tellFormats(): void {
    this.#options.onFormats(this.formats());
  }

  /** `;keyword` becomes what it stands for; false: it stands for nothing, and Tab is Tab. */
  #expand(): boolean {
    const found = keywordRange(this.#squire.getSelection());
    const coming = found ? this.#options.snippet?.(found.keyword) : null;
    if (!found || !coming) return false;
    const put = (html: string): void => {
      this.#squire.setSelection(found.range);
      this.#squire.insertHTML(withCursor(html));
      this.placeCursor();
    };
    coming.then(put, this.#options.onFailure);
    return true;
  }

  /** Squire listens to letters as the layout writes them; on a Russian layout Ctrl+B must still be bold. */
  #onKeyDown = (event: KeyboardEvent): void => {
    if (pressed('text.snippet', event) && this.#expand()) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey || /^[a-z]$/i.test(event.key)) return;
    const acts: [ShortcutId, () => void][] = [
      ['text.bold', () => this.toggle('bold')],
      ['text.italic', () => this.toggle('italic')],
      ['text.underline', () => this.toggle('underline')],
      ['text.undo', () => this.undo()],
      ['text.redo', () => this.redo()],
    ];
    const act = acts.find(([id]) => pressed(id, event));
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act[1]();
  };
}

export type { PictureStore } from './text-pictures.ts';

/** Pixels of one step of indent. */
const INDENT = 32;

function anchorOf(range: Range, root: HTMLElement): HTMLAnchorElement | null {
  const start = range.startContainer;
  const element = start instanceof Element ? start : start.parentElement;
  const anchor = element?.closest('a') ?? null;
  return anchor && root.contains(anchor) ? anchor : null;
}

/** The line above a quote that names its author. */
function hasQuote(line: Element | null): boolean {
  return line?.nextElementSibling?.matches('blockquote') ?? false;
}
