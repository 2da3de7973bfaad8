/**
 * Mistakes of spelling in a text, marked by the CSS Custom Highlight API: no element is added, so nothing of it can get
 * into a letter. Only paragraphs that changed are asked about; the word under the cursor is left alone while it is written.
 * Where the browser has no highlights the marks are known all the same, for the keyboard and the menu.
 */
export interface WordRange {
  at: number;
  length: number;
}

export interface SpellingSource {
  /** Wrong words of each text. */
  check(texts: readonly string[]): Promise<WordRange[][]>;
  suggest(word: string): Promise<string[]>;
  /** Into the person's own words. */
  add(word: string): Promise<void>;
  /** Passed over in this letter. */
  ignore(word: string): void;
  isIgnored(word: string): boolean;
  /** Calls back when what was checked wants another look; returns the unsubscription. */
  onChange(listener: () => void): () => void;
}

interface Paragraph {
  text: string;
  nodes: { node: Text; at: number }[];
}

const NAME = 'postroom-spelling';
/** A paragraph is looked at when nothing was written for so long, ms. */
const REST_MS = 350;
/** Paragraphs whose answer is remembered. */
const REMEMBERED = 2000;

/** Somebody else's words, code, and signatures are not the person's to spell. */
const PASSED = 'blockquote, pre, .postroom-signature, [data-quote]';
const BLOCKS = /^(DIV|P|H[1-6]|LI|TD|TH|BLOCKQUOTE|PRE|UL|OL|TABLE|TR)$/;

function registry(): Highlight | null {
  if (typeof Highlight === 'undefined' || !('highlights' in CSS)) return null;
  let found = CSS.highlights.get(NAME);
  if (!found) {
    found = new Highlight();
    CSS.highlights.set(NAME, found);
  }
  return found;
}

/** The paragraphs of an element, with where each piece of them stands. */
export function paragraphsOf(root: HTMLElement): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let current: Paragraph = { text: '', nodes: [] };
  const end = () => {
    if (current.text.trim() !== '') paragraphs.push(current);
    current = { text: '', nodes: [] };
  };
  const visit = (node: Node) => {
    if (node instanceof Text) {
      current.nodes.push({ node, at: current.text.length });
      current.text += node.data;
      return;
    }
    if (!(node instanceof HTMLElement) || (node !== root && node.matches(PASSED))) return;
    if (node.tagName === 'BR') {
      end();
      return;
    }
    const block = BLOCKS.test(node.tagName);
    if (block) end();
    for (const child of node.childNodes) visit(child);
    if (block) end();
  };
  visit(root);
  end();
  return paragraphs;
}

function rangeIn({ nodes }: Paragraph, { at, length }: WordRange): Range | null {
  const place = (offset: number, last: boolean) => {
    const found = nodes.findLast((piece) => (last ? piece.at < offset : piece.at <= offset));
    return found ? { node: found.node, offset: offset - found.at } : null;
  };
  const start = place(at, false);
  const end = place(at + length, true);
  if (!start || !end || end.offset > end.node.length) return null;
  const range = document.createRange();
  range.setStart(start.node, start.offset);
  range.setEnd(end.node, end.offset);
  return range;
}

export class SpellingMarks {
  readonly #root: HTMLElement;
  readonly #source: SpellingSource;
  readonly #known = new Map<string, WordRange[]>();
  readonly #stop: () => void;
  #ranges: Range[] = [];
  #timer: number | undefined;
  #ended = false;

  constructor(root: HTMLElement, source: SpellingSource) {
    this.#root = root;
    this.#source = source;
    this.#stop = source.onChange(() => {
      this.#known.clear();
      void this.look();
    });
    void this.look();
  }

  destroy(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#stop();
    this.#show([]);
  }

  /** Something was written. */
  written(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.look(), REST_MS);
  }

  /** Asks about what changed and marks what is wrong. */
  async look(): Promise<void> {
    const wanted = new Set(paragraphsOf(this.#root).map((each) => each.text));
    const asked = [...wanted].filter((text) => !this.#known.has(text));
    try {
      const answers = asked.length === 0 ? [] : await this.#source.check(asked);
      for (const [n, text] of asked.entries()) this.#known.set(text, answers[n] ?? []);
    } catch {
      // The engine is being started again; the next word asks anew.
      return;
    }
    if (this.#ended) return;
    if (this.#known.size > REMEMBERED)
      for (const text of [...this.#known.keys()]) if (!wanted.has(text)) this.#known.delete(text);
    // It may have been written on meanwhile: what is not known yet is asked about by the look that follows.
    this.#show(
      paragraphsOf(this.#root).flatMap((paragraph) =>
        (this.#known.get(paragraph.text) ?? [])
          .filter(({ at, length }) => !this.#source.isIgnored(paragraph.text.slice(at, at + length)))
          .map((word) => rangeIn(paragraph, word))
          .filter((range) => range !== null),
      ),
    );
  }

  /** Mistakes in the order of the text. */
  get mistakes(): readonly Range[] {
    return this.#ranges.filter((range) => range.startContainer.isConnected && !range.collapsed);
  }

  /** The mistake at a place of the text; null: there is none. */
  at(node: Node, offset: number): Range | null {
    return this.mistakes.find((range) => range.isPointInRange(node, offset)) ?? null;
  }

  /** The first mistake at or behind a cursor, or behind what is selected; else the first of the text. */
  after(place: Range | null): Range | null {
    const all = this.mistakes;
    const least = place?.collapsed ? 0 : 1;
    const behind = place
      ? all.find((range) => range.compareBoundaryPoints(Range.START_TO_START, place) >= least)
      : undefined;
    return behind ?? all[0] ?? null;
  }

  #show(ranges: Range[]): void {
    const marks = registry();
    for (const range of this.#ranges) marks?.delete(range);
    this.#ranges = ranges;
    const writing = wordBeingWritten(this.#root);
    for (const range of ranges) {
      const here =
        writing !== null && range.endContainer === writing.node && range.endOffset === writing.offset;
      if (!here) marks?.add(range);
    }
    // A word that is left is marked by the next look.
    this.#root.dataset['mistakes'] = String(ranges.length);
  }
}

/** Where the cursor stands when it stands in this text. */
function wordBeingWritten(root: HTMLElement): { node: Node; offset: number } | null {
  const selection = document.getSelection();
  if (!selection?.isCollapsed || !selection.anchorNode || !root.contains(selection.anchorNode)) return null;
  if (document.activeElement !== root) return null;
  return { node: selection.anchorNode, offset: selection.anchorOffset };
}
