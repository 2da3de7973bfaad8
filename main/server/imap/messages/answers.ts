/**
 * Bodies on their way out: the answers of a few messages are made ahead while one is being sent, small ones whole in
 * one buffer, large ones streamed from the blob under back-pressure (rule G3).
 *
 * Invariants: an announced literal is followed by exactly its octets or the connection is cut; what a message cannot
 * give is known before the first octet of its answer, so a damaged blob costs one answer and no session.
 */
import { Fault } from '../../../base/errors.ts';
import { IMAP_ANSWER_IN_MEMORY } from '../../../base/limits.ts';
import type { Letter, Mailstore, RowBatch } from '../../mailstore/mailstore.ts';
import type { Responses } from '../responses.ts';
import { type Content, decodePart, lengthOf } from './contents.ts';
import type { SectionItem } from './items.ts';
import { type Outcome, type Prepared, SectionSource } from './prepared.ts';
import type { RowWriter } from './rows.ts';
import { WireBuffer } from './wire-buffer.ts';

const CRLF_CLOSE = ')\r\n';

export class BodyAnswers {
  readonly #source: SectionSource;
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
    this.#source = new SectionSource(mailstore, mailboxId, items);
    this.#items = items;
    this.#writer = writer;
    this.#out = out;
  }

  /**
   * Sends the answers of rows [from, to) of a batch that the client knows.
   * @param flagged rows whose flags have just been changed and belong into the answer (rule I55).
   */
  async send(batch: RowBatch, from: number, to: number, flagged: ReadonlySet<number>): Promise<void> {
    const buffer = new WireBuffer();
    const group = (start: number): { end: number; outcomes: Promise<Outcome[]> } | null => {
      if (start >= to) return null;
      const end = this.#source.groupEnd(batch.sizes, start, to);
      return { end, outcomes: this.#source.prepare([...batch.uids.subarray(start, end)]) };
    };
    let current = group(from);
    for (let row = from; current; ) {
      // Two groups are under way: one is being sent, one is being read.
      const next = group(current.end);
      const outcomes = await current.outcomes;
      for (const outcome of outcomes) {
        await this.#one(buffer, batch, row, outcome, flagged.has(row));
        row += 1;
      }
      current = next;
    }
    if (buffer.length > 0) this.#out.whole(buffer.take());
  }

  async #one(
    buffer: WireBuffer,
    batch: RowBatch,
    row: number,
    outcome: Outcome,
    flagged: boolean,
  ): Promise<void> {
    if ('fault' in outcome) {
      this.failure ??= outcome.fault;
      return;
    }
    if (!this.#writer.open(buffer, batch, row, flagged)) return;
    await this.#sections(buffer, outcome, flagged);
    buffer.text(CRLF_CLOSE);
    if (this.#out.open) this.#out.close(buffer.take());
    else if (buffer.length >= IMAP_ANSWER_IN_MEMORY) this.#out.whole(buffer.take());
    if (this.#out.full) await this.#out.drained();
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
        : decodePart(letter, content.need);
    let skip = content.kind === 'decoded' ? content.skip : 0;
    let left = length;
    const ahead = new OneAhead(pieces);
    try {
      for (let whole = await ahead.next(); whole; whole = await ahead.next()) {
        const piece = whole.subarray(Math.min(skip, whole.length));
        skip -= whole.length - piece.length;
        if (piece.length === 0) continue;
        out.part(piece.length > left ? piece.subarray(0, left) : piece);
        left -= Math.min(left, piece.length);
        if (left === 0) break;
        if (out.full) await out.drained();
      }
    } finally {
      await ahead.end();
    }
    // The session cuts a connection whose response is open when this is thrown.
    if (left > 0) throw new Fault('internal', 'blob-short', 'A message is shorter than it should be.');
  }
}

/** Reads one piece ahead, so that the disk works while the socket drains. */
class OneAhead {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #pending: Promise<IteratorResult<Uint8Array>>;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#pending = this.#ask();
  }

  async next(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#pending;
    if (done) return undefined;
    this.#pending = this.#ask();
    return value;
  }

  async end(): Promise<void> {
    await this.#pending.catch(() => {});
    await this.#pieces.return?.();
  }

  #ask(): Promise<IteratorResult<Uint8Array>> {
    const asked = this.#pieces.next();
    // Told when it is waited for, or never.
    asked.catch(() => {});
    return asked;
  }
}
