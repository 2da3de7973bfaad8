/**
 * Serves the documents that letters are shown in, each under a random path of an origin that holds nothing else.
 * A host (HTTP listener or custom protocol) passes every request path to `serve` and writes what comes back.
 *
 * It never serves a file, never answers a path it did not give out, and forgets the oldest document when a new one needs
 * the room: a window asks again for what it shows again.
 */
import { randomBytes } from 'node:crypto';
import { FRAME_HEADERS } from './document.ts';
import { fetchPicture, type Picture, type PictureOptions } from './pictures.ts';

export interface FrameContent {
  html: string;
  /** Parts of the letter by the name used in its markup (`cid/0`), read when the frame asks for them. */
  inline: ReadonlyMap<string, () => Promise<Picture | null>>;
  /** Remote pictures the person allowed, by name (`img/0`). */
  remote: ReadonlyMap<string, string>;
}

export interface Served {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** Documents kept at a time: a conversation of open letters and what was read just before. */
const KEPT = 64;
/** Bytes of fetched pictures kept with them. */
const PICTURE_CACHE_BYTES = 64 * 1024 * 1024;

export class Frames {
  #documents = new Map<string, FrameContent>();
  #pictures = new Map<string, Promise<Picture>>();
  #pictureBytes = 0;
  readonly #options: PictureOptions;

  constructor(options: PictureOptions = {}) {
    this.#options = options;
  }

  /** @returns the path under the frames' origin: `/<32 hexadecimal digits>/` */
  add(content: FrameContent): string {
    const token = randomBytes(16).toString('hex');
    this.#documents.set(token, content);
    while (this.#documents.size > KEPT) this.#documents.delete(this.#documents.keys().next().value!);
    return `/${token}/`;
  }

  /** null: not one of ours; the host answers 404. */
  async serve(path: string): Promise<Served | null> {
    const match = /^\/([0-9a-f]{32})\/((?:cid|img)\/\d{1,5})?$/.exec(path);
    const content = match && this.#documents.get(match[1]!);
    if (!content) return null;
    // Reading keeps it: the map's order is the order of use.
    this.#documents.delete(match[1]!);
    this.#documents.set(match[1]!, content);
    const name = match[2];
    if (name === undefined)
      return { status: 200, headers: { ...FRAME_HEADERS }, body: new TextEncoder().encode(content.html) };
    const picture = await this.#picture(content, name).catch(() => null);
    if (!picture?.type.startsWith('image/')) return null;
    const headers = {
      ...FRAME_HEADERS,
      'Content-Type': picture.type,
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    };
    return { status: 200, headers, body: picture.bytes };
  }

  async #picture(content: FrameContent, name: string): Promise<Picture | null> {
    const inline = content.inline.get(name);
    if (inline) return inline();
    const address = content.remote.get(name);
    return address === undefined ? null : this.#fetch(address);
  }

  #fetch(address: string): Promise<Picture> {
    const known = this.#pictures.get(address);
    if (known) return known;
    if (this.#pictureBytes > PICTURE_CACHE_BYTES) {
      this.#pictures.clear();
      this.#pictureBytes = 0;
    }
    const fetched = fetchPicture(address, this.#options);
    this.#pictures.set(address, fetched);
    fetched.then(
      (picture) => {
        this.#pictureBytes += picture.bytes.byteLength;
      },
      () => this.#pictures.delete(address),
    );
    return fetched;
  }
}
