/** The pictures of a rich text: kept with what is written, shown under addresses of this window, never loaded from elsewhere. */

/** Where the pictures of the text live. */
export interface PictureStore {
  /** Keeps a picture with the letter; resolves to its Content-ID. Rejects when it cannot. */
  keep(file: File): Promise<string>;
  /** An address this window may show (blob:); null: there is no such picture. */
  show(contentId: string): Promise<string | null>;
}

export interface TextPicturesOptions {
  pictures: PictureStore | null;
  onInput: () => void;
  /** A picture could not be kept. */
  onFailure: (thrown: unknown) => void;
}

export class TextPictures {
  readonly #root: HTMLElement;
  readonly #options: TextPicturesOptions;
  readonly #insert: (source: string, attributes: Record<string, string>) => void;

  constructor(
    root: HTMLElement,
    options: TextPicturesOptions,
    insert: (source: string, attributes: Record<string, string>) => void,
  ) {
    this.#root = root;
    this.#options = options;
    this.#insert = insert;
  }

  /** Puts a picture at the cursor. */
  async add(file: File): Promise<void> {
    const { pictures, onFailure, onInput } = this.#options;
    if (!pictures) return;
    try {
      const cid = await pictures.keep(file);
      const source = await pictures.show(cid);
      if (source) this.#insert(source, { 'data-cid': cid, alt: '', style: 'max-width: 100%' });
      onInput();
    } catch (thrown) {
      onFailure(thrown);
    }
  }

  /** Pictures that came inside pasted markup are kept with the letter like dropped ones. */
  adopt(): void {
    const { pictures, onFailure, onInput } = this.#options;
    for (const picture of this.#root.querySelectorAll<HTMLImageElement>(
      'img[src^="data:"]:not([data-cid])',
    )) {
      if (!pictures) {
        picture.remove();
        continue;
      }
      picture.setAttribute('data-cid', '');
      const adopt = async () => {
        const file = await fileOf(picture.src);
        const cid = await pictures.keep(file);
        picture.setAttribute('data-cid', cid);
        const source = await pictures.show(cid);
        if (source) picture.src = source;
        onInput();
      };
      adopt().catch((thrown) => {
        picture.remove();
        onFailure(thrown);
      });
    }
    void this.show();
  }

  /** Gives every kept picture an address this window may show. */
  async show(): Promise<void> {
    const { pictures } = this.#options;
    if (!pictures) return;
    const waiting = this.#root.querySelectorAll<HTMLImageElement>('img[data-cid][src^="data:image/gif"]');
    for (const picture of waiting) {
      const source = await pictures.show(picture.dataset['cid'] ?? '').catch(() => null);
      if (source) picture.src = source;
    }
  }
}

async function fileOf(dataUrl: string): Promise<File> {
  const [, type = 'image/png', data = ''] = /^data:([^;,]+)[^,]*,(.*)$/s.exec(dataUrl) ?? [];
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  return new File([bytes], `picture.${type.split('/')[1] ?? 'png'}`, { type });
}
