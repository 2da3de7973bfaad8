/**
 * Opens letters: finds their octets (or asks the account's server for them), has them read in the ingest pool, and adds
 * what other letters and people say. Lives on the engine's loop and only waits there.
 */
import { Fault, toFault } from '../../base/errors.ts';
import { SPOOL_ABOVE_BYTES } from '../../base/limits.ts';
import type { Banner, Letter } from '../../contract/mail/messages.ts';
import type { Pool } from '../../store/threads.ts';
import type { ClientStore } from '../program.ts';
import type { FrameContent, Frames } from '../security/frames.ts';
import type { Picture } from '../security/pictures.ts';
import type { IngestCalls } from './ingest.ts';
import type { ReadLetter } from './letter.ts';
import type { StoredLetter } from './reads.ts';

export interface LetterDeps {
  store: ClientStore;
  pool: Pool<IngestCalls>;
  /** Brings the octets of a header-only letter from its server. */
  fetchBody(message: number): Promise<void>;
}

/** Order in which banners are shown; ui.md section 4.3. */
const ORDER: Banner['kind'][] = [
  'link-mismatch',
  'colleague-name',
  'first-letter',
  'outside',
  'pictures',
  'receipt',
  'list',
  'invitation',
];

export const bodyMissing = (id: number): Fault =>
  new Fault('user', 'body-missing', 'The text of this letter is not on this computer.', { detail: { id } });

export class LetterReader {
  readonly #deps: LetterDeps;
  /** The last large letter that was asked for. */
  #large: Promise<unknown> = Promise.resolve();

  constructor(deps: LetterDeps) {
    this.#deps = deps;
  }

  /** The row and, unless `local`, the octets brought from the server first. */
  async stored(id: number, local = false): Promise<StoredLetter> {
    const { store, fetchBody } = this.#deps;
    const found = await store.read('messages.stored', { id });
    if (found.blob || local || !found.remote || found.body !== 0) return found;
    await fetchBody(id);
    return store.read('messages.stored', { id });
  }

  /**
   * Octets of a letter, to be handed over to the pool by `work`. Large letters are in memory one at a time.
   * @throws Fault user `body-missing` when only the header is here and cannot be completed.
   */
  async use<T>(id: number, work: (bytes: Uint8Array<ArrayBuffer>) => Promise<T>): Promise<T> {
    const { blob, row } = await this.stored(id);
    if (!blob) throw bodyMissing(id);
    return this.#inTurn(row.size, async () => work(await this.#octets(blob)));
  }

  async #octets(blob: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#deps.store.blobs.read(blob)) as Uint8Array<ArrayBuffer>;
  }

  async #inTurn<T>(size: number, work: () => Promise<T>): Promise<T> {
    if (size <= SPOOL_ABOVE_BYTES) return work();
    const turn = this.#large.then(work);
    this.#large = turn.catch(() => {});
    return turn;
  }

  async get(input: { id: number; charset?: string | undefined; local: boolean }): Promise<Letter> {
    const { store } = this.#deps;
    let found = await store.read('messages.stored', { id: input.id });
    let problem: Letter['problem'] = null;
    let read: ReadLetter | null = null;
    try {
      found = await this.stored(input.id, input.local);
      const { blob, row } = found;
      if (blob)
        read = await this.#inTurn(row.size, async () => this.#read(await this.#octets(blob), input.charset));
      else if (found.body === 2) problem = { code: 'damaged', message: 'This letter cannot be read.' };
      else problem = { code: 'body-missing', message: 'Only the header of this letter is here.' };
    } catch (failure) {
      const { code, message, kind } = toFault(failure);
      if (kind === 'cancelled' || code === 'no-such-message') throw failure;
      problem = { code, message };
    }
    const whole = read !== null;
    const head = Uint8Array.from(found.head ?? []);
    const known = read ?? (await this.#read(head, input.charset));
    const { html: _html, size: _size, date, ...letter } = known;
    return {
      ...letter,
      ...(whole || head.length > 0 ? {} : this.#fromRow(found)),
      row: found.row,
      date: date ?? found.row.date,
      text: whole ? letter.text : null,
      hasHtml: whole && letter.hasHtml,
      attachments: whole ? letter.attachments : [],
      banners: await this.#banners(found, known),
      problem,
    };
  }

  /** The octets are handed over: a letter may be of hundreds of megabytes. */
  #read(bytes: Uint8Array<ArrayBuffer>, charset?: string, path: readonly number[] = []): Promise<ReadLetter> {
    const input = { bytes, path, ...(charset ? { charset } : {}) };
    return this.#deps.pool.call('letter', input, { transfer: [bytes.buffer] });
  }

  #fromRow({ row, messageId }: StoredLetter): Partial<Letter> {
    return { subject: row.subject, from: [row.from], to: row.to, messageId };
  }

  async #banners(found: StoredLetter, read: ReadLetter): Promise<Banner[]> {
    const sender = read.from[0] ?? found.row.from;
    const others = await this.#deps.store.read('messages.senderBanners', {
      id: found.row.id,
      name: sender.name,
      address: sender.address,
    });
    const allowed = await this.#deps.store.read('messages.picturesAllowed', { address: sender.address });
    const own = read.banners.filter((each) => each.kind !== 'pictures' || !allowed);
    return [...own, ...others].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  }

  /** An attached letter, shown in the place of the row that holds it. */
  async nested(id: number, path: readonly number[], charset?: string): Promise<Letter> {
    const found = await this.stored(id);
    const { html: _html, size, ...letter } = await this.use(id, (bytes) => this.#read(bytes, charset, path));
    const date = letter.date ?? found.row.date;
    const row = {
      ...found.row,
      subject: letter.subject,
      from: letter.from[0] ?? { name: '', address: '' },
      to: letter.to.slice(0, 4),
      date,
      size,
      attachments: letter.attachments.length,
    };
    return { ...letter, date, row, problem: null };
  }

  /** The path of a document for the frame, and what was left out of it. */
  async frame(
    frames: Frames,
    input: {
      id: number;
      mode: 'html' | 'text';
      pictures: boolean;
      dark: boolean;
      charset?: string | undefined;
      highlight: string[];
      quotes: boolean;
      contrast: boolean;
      links: boolean;
      path: readonly number[];
    },
    always: boolean,
  ): Promise<{
    path: string;
    blocked: number;
    hasQuotes: boolean;
    linkMismatch: { text: string; target: string }[];
  }> {
    const { store, pool } = this.#deps;
    const found = await this.stored(input.id);
    // Who an attached letter says it is from, anybody can have typed: it has no permission of its own.
    const allowed =
      input.pictures ||
      always ||
      (input.path.length === 0 &&
        (await store.read('messages.picturesAllowed', { address: found.row.from.address })));
    const { charset, path, ...rest } = input;
    const asked = { ...rest, path, pictures: allowed, ...(charset ? { charset } : {}) };
    const made = await this.use(input.id, (bytes) =>
      pool.call('frame', { ...asked, bytes }, { transfer: [bytes.buffer] }),
    );
    const inline = new Map<string, () => Promise<Picture | null>>(
      made.inline.map(([name, contentId]) => [
        name,
        () =>
          this.use(input.id, (bytes) =>
            pool.call('inline', { bytes, path, contentId }, { transfer: [bytes.buffer] }),
          ),
      ]),
    );
    const content: FrameContent = { html: made.html, inline, remote: new Map(made.remote) };
    const { blocked, hasQuotes, linkMismatch } = made;
    return { path: frames.add(content), blocked, hasQuotes, linkMismatch };
  }
}
