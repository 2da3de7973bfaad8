/**
 * The pictures inside a text that the engine keeps (a draft's, a signature's, a template's), shown here as blob: addresses.
 * An address lives until release; who makes a store releases it with its editor.
 */
import type { PictureStore } from './text-pictures.ts';

/** Where the pictures of one text are kept. */
export interface PictureKeeper {
  /** @returns the Content-ID it is kept under */
  attach(picture: { name: string; type: string; bytes: Uint8Array<ArrayBuffer> }): Promise<string>;
  /** Hands its octets over in pieces. @returns its media type; null: the text has no such picture */
  read(contentId: string, onChunk: (bytes: Uint8Array) => void): Promise<string | null>;
}

export class KeptPictures implements PictureStore {
  readonly #keeper: PictureKeeper;
  readonly #shown = new Map<string, Promise<string | null>>();
  readonly #addresses = new Set<string>();

  constructor(keeper: PictureKeeper) {
    this.#keeper = keeper;
  }

  async keep(file: File): Promise<string> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const contentId = await this.#keeper.attach({ name: file.name, type: file.type, bytes });
    this.#shown.set(contentId, Promise.resolve(this.#address(file)));
    return contentId;
  }

  show(contentId: string): Promise<string | null> {
    const known = this.#shown.get(contentId);
    if (known) return known;
    const loading = this.#load(contentId);
    this.#shown.set(contentId, loading);
    return loading;
  }

  release(): void {
    for (const address of this.#addresses) URL.revokeObjectURL(address);
    this.#addresses.clear();
    this.#shown.clear();
  }

  async #load(contentId: string): Promise<string | null> {
    const chunks: BlobPart[] = [];
    const type = await this.#keeper.read(contentId, (bytes) => chunks.push(bytes.slice()));
    return type === null ? null : this.#address(new Blob(chunks, { type }));
  }

  #address(blob: Blob): string {
    const address = URL.createObjectURL(blob);
    this.#addresses.add(address);
    return address;
  }
}
