/** The pictures of a signature or a template: kept with it by the engine, shown here as blob: addresses. */
import type { PictureStore } from '../../editor/rich-text.ts';
import { engine } from '../../state/engine.ts';

export type Holder = 'signatures' | 'templates';

export class HeldPictures implements PictureStore {
  readonly #holder: Holder;
  readonly #id: number;
  readonly #shown = new Map<string, Promise<string | null>>();
  readonly #addresses = new Set<string>();

  constructor(holder: Holder, id: number) {
    this.#holder = holder;
    this.#id = id;
  }

  async keep(file: File): Promise<string> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { name, type } = file;
    const input = { id: this.#id, name: name.slice(0, 255), type, bytes };
    const { contentId } = await (this.#holder === 'signatures'
      ? engine().request('signatures.attach', input)
      : engine().request('templates.attach', { ...input, inline: true }));
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
    const { type } = await engine().request(
      `${this.#holder}.picture`,
      { id: this.#id, contentId },
      { onChunk: (bytes) => chunks.push(bytes.slice()) },
    );
    return this.#address(new Blob(chunks, { type }));
  }

  #address(blob: Blob): string {
    const address = URL.createObjectURL(blob);
    this.#addresses.add(address);
    return address;
  }
}
