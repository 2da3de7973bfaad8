/** The pictures inside one draft's text: kept with the letter by the engine, shown here as blob: addresses. */
import type { PictureStore } from '../../editor/rich-text.ts';
import { engine } from '../../state/engine.ts';
import type { DraftSession } from './draft-session.ts';

export class DraftPictures implements PictureStore {
  readonly #session: DraftSession;
  readonly #shown = new Map<string, Promise<string | null>>();
  readonly #addresses = new Set<string>();

  constructor(session: DraftSession) {
    this.#session = session;
  }

  async keep(file: File): Promise<string> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { name, type } = file;
    const { contentId } = await this.#session.attach({ name, type, bytes, inline: true });
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
    const { id, attachments } = this.#session.draft;
    const attachment = attachments.find((each) => each.contentId === contentId);
    if (!attachment) return null;
    const chunks: BlobPart[] = [];
    const { type } = await engine().request(
      'drafts.attachment',
      { id, attachment: attachment.id },
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
