/**
 * Bodies on their way out: the answers of a few messages are made ahead while one is being sent, small ones whole in
 * one buffer, large ones streamed from the blob under back-pressure (rule G3).
 *
 * Invariants: an announced literal is followed by exactly its octets or the connection is cut; what a message cannot
 * give is known before the first octet of its answer, so a damaged blob costs one answer and no session.
 */
import { Fault, toFault } from '../../../base/errors.ts';
import { IMAP_ANSWER_IN_MEMORY, IMAP_ANSWERS_AHEAD } from '../../../base/limits.ts';
import type { Letter, Mailstore, RowBatch } from '../../mailstore/mailstore.ts';
import type { Responses } from '../responses.ts';
import { type Content, contentOf, decodeRange, lengthOf, readRange } from './contents.ts';
import type { SectionItem } from './items.ts';
import type { RowWriter } from './rows.ts';
import { WireBuffer } from './wire-buffer.ts';

/** The sections of one message, ready to be sent. */
interface Prepared {
  readonly letter: Letter;
  readonly contents: readonly Content[];
}

type Outcome = Prepared | { readonly fault: Fault };

const CRLF_CLOSE = ')\r\n';

export class BodyAnswers {
  readonly #mailstore: Mailstore;
  readonly #mailboxId: number;
  readonly #items: readonly SectionItem[];
  readonly #writer: RowWriter;
  readonly #out: Responses;
  /** What could not be given, the first of them. */
  failure: Fault | null = null;

  constructor(
    mailstore: Mailstore,
    mailboxId: number,
    items: readonly SectionItem[],
    writer: RowWriter,
    out: Responses,
  ) {
    this.#mailstore = mailstore;
    this.#mailboxId = mailboxId;
    this.#items = items;
    this.#writer = writer;
    this.#out = out;
  }

  /**
   * Sends the answers of rows [from, to) of a batch that the client knows.
   * @param flagged rows whose flags have just been changed and belong into the answer (rule I55).
   */
  async send(batch: RowBatch, from: number, to: number, flagged: ReadonlySet<number>): Promise<void> {
    const ahead: Promise<Outcome>[] = [];
    let next = from;
    const buffer = new WireBuffer();
    for (let row = from; row < to; row += 1) {
      while (next < to && ahead.length < IMAP_ANSWERS_AHEAD)
        ahead.push(this.#prepare(batch.uids[next++] as number));
      const outcome = await (ahead.shift() as Promise<Outcome>);
      if ('fault' in outcome) {
        this.failure ??= outcome.fault;
        continue;
      }
      if (!this.#writer.open(buffer, batch, row, flagged.has(row))) continue;
      await this.#sections(buffer, outcome, flagged.has(row));
      buffer.text(CRLF_CLOSE);
      if (this.#out.open) this.#out.close(buffer.take());
      else if (buffer.length >= IMAP_ANSWER_IN_MEMORY) this.#out.whole(buffer.take());
      if (this.#out.full) await this.#out.drained();
    }
    if (buffer.length > 0) this.#out.whole(buffer.take());
  }

  async #prepare(uid: number): Promise<Outcome> {
    try {
      const letter = await this.#mailstore.letter(this.#mailboxId, uid);
      if (!letter) return { fault: new Fault('user', 'expunged', 'A message has been expunged.') };
      let contents: Content[] = [];
      let total = 0;
      for (const item of this.#items) {
        const content = await contentOf(letter, item);
        total += lengthOf(content);
        contents.push(content);
      }
      if (total <= IMAP_ANSWER_IN_MEMORY)
        contents = await Promise.all(
          contents.map(async (content) =>
            content.kind === 'range'
              ? { kind: 'bytes', bytes: await readRange(letter, content.range), binary: false }
              : content,
          ),
        );
      return { letter, contents };
    } catch (thrown) {
      return { fault: toFault(thrown) };
    }
  }

  async #sections(buffer: WireBuffer, { letter, contents }: Prepared, flagged: boolean): Promise<void> {
    for (const [place, content] of contents.entries()) {
      const first = place === 0 && this.#writer.empty;
      buffer.text(`${first && !flagged ? '' : ' '}${(this.#items[place] as SectionItem).label} `);
      if (content.kind === 'nil') buffer.text('NIL');
      else if (content.kind === 'number') buffer.number(content.value);
      else {
        const length = lengthOf(content);
        // RFC 3516 section 4.4: what holds NUL is a literal8.
        const mark = content.kind !== 'range' && content.binary ? '~' : '';
        if (length === 0) buffer.text('""');
        else {
          buffer.text(`${mark}{${length}}\r\n`);
          if (content.kind === 'bytes') buffer.octets(content.bytes);
          else await this.#stream(buffer, letter, content, length);
        }
      }
    }
  }

  async #stream(
    buffer: WireBuffer,
    letter: Letter,
    content: Extract<Content, { kind: 'range' | 'decoded' }>,
    length: number,
  ): Promise<void> {
    const out = this.#out;
    out.part(buffer.take());
    const pieces =
      content.kind === 'range'
        ? letter.stream(content.range.start, content.range.end)
        : decodeRange(letter, content.range, content.encoding, content.type);
    let skip = content.kind === 'decoded' ? content.skip : 0;
    let left = length;
    for await (const whole of pieces) {
      const piece = whole.subarray(Math.min(skip, whole.length));
      skip -= whole.length - piece.length;
      if (piece.length === 0) continue;
      out.part(piece.length > left ? piece.subarray(0, left) : piece);
      left -= Math.min(left, piece.length);
      if (left === 0) break;
      if (out.full) await out.drained();
    }
    // The session cuts a connection whose response is open when this is thrown.
    if (left > 0) throw new Fault('internal', 'blob-short', 'A message is shorter than it should be.');
  }
}
