/**
 * Rows of the mailstore as FETCH answers: one buffer a batch, written straight from the packed columns. The order
 * within an answer is fixed: UID, MODSEQ, FLAGS, dates and sizes, prepared texts, then (elsewhere) bodies (rule I50).
 */
import type { PackedTexts, RowBatch } from '../../mailstore/mailstore.ts';
import { flagsText } from '../flags.ts';
import { dateTimeText } from '../times.ts';
import type { RowItem } from './items.ts';
import type { WireBuffer } from './wire-buffer.ts';

/** What a session knows of its messages. */
export interface RowContext {
  /** Message number of a UID; 0: the client does not know it. */
  seqOf(uid: number): number;
  isRecent(uid: number): boolean;
}

const DAY_MS = 86_400_000;

/** Writes INTERNALDATE; days repeat, so the text of the last one is kept. */
class Dates {
  #day = Number.NaN;
  #text = '';

  write(out: WireBuffer, ms: number, zone: number): void {
    const local = ms + zone * 60_000;
    const day = Math.floor(local / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      // `"dd-Mon-yyyy ` of the whole text.
      this.#text = dateTimeText(day * DAY_MS, 0).slice(0, 13);
    }
    out.text(this.#text);
    const seconds = Math.floor((local - day * DAY_MS) / 1000);
    two(out, (seconds / 3600) | 0);
    out.text(':');
    two(out, ((seconds / 60) | 0) % 60);
    out.text(':');
    two(out, seconds % 60);
    const off = Math.abs(zone);
    out.text(zone < 0 ? ' -' : ' +');
    two(out, (off / 60) | 0);
    two(out, off % 60);
    out.text('"');
  }
}

const TWO = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));

function two(out: WireBuffer, value: number): void {
  out.text(TWO[value] as string);
}

function packed(out: WireBuffer, texts: PackedTexts | undefined, row: number): void {
  if (!texts) out.text('NIL');
  else out.octets(texts.bytes, texts.offsets[row] as number, texts.offsets[row + 1] as number);
}

/** PREVIEW (RFC 8970 section 4): UTF-8, so a literal wherever a quoted string would not do in rev1. */
function preview(out: WireBuffer, texts: PackedTexts | undefined, row: number): void {
  if (!texts) {
    out.text('NIL');
    return;
  }
  const start = texts.offsets[row] as number;
  const end = texts.offsets[row + 1] as number;
  let plain = true;
  for (let i = start; i < end && plain; i += 1) {
    const octet = texts.bytes[i] as number;
    plain = octet >= 32 && octet < 127 && octet !== 34 && octet !== 92;
  }
  if (plain) out.text('"');
  else out.text(`{${end - start}}\r\n`);
  out.octets(texts.bytes, start, end);
  if (plain) out.text('"');
}

export class RowWriter {
  readonly #items: readonly RowItem[];
  readonly #context: RowContext;
  readonly #dates = new Dates();

  constructor(items: readonly RowItem[], context: RowContext) {
    this.#items = items;
    this.#context = context;
  }

  /** True when an answer has no row item: a section is its first. */
  get empty(): boolean {
    return this.#items.length === 0;
  }

  /**
   * Writes `* n FETCH (items` of one row, without its end.
   * @returns false when the client does not know the message; nothing has been written then.
   */
  open(out: WireBuffer, batch: RowBatch, row: number, withFlags = false): boolean {
    const uid = batch.uids[row] as number;
    const seq = this.#context.seqOf(uid);
    if (seq === 0) return false;
    out.text('* ');
    out.number(seq);
    out.text(' FETCH (');
    let first = true;
    let flags = withFlags;
    for (const item of this.#items) {
      if (item === 'FLAGS') flags = false;
      else if (flags && item !== 'UID' && item !== 'MODSEQ') {
        flags = false;
        this.#item(out, 'FLAGS', batch, row, uid, first);
        first = false;
      }
      this.#item(out, item, batch, row, uid, first);
      first = false;
    }
    if (flags) this.#item(out, 'FLAGS', batch, row, uid, first);
    return true;
  }

  /** Complete answers of all rows the client knows. */
  all(out: WireBuffer, batch: RowBatch): void {
    const rows = batch.uids.length;
    for (let row = 0; row < rows; row += 1) if (this.open(out, batch, row)) out.text(')\r\n');
  }

  #item(out: WireBuffer, item: RowItem, batch: RowBatch, row: number, uid: number, first: boolean): void {
    if (!first) out.text(' ');
    switch (item) {
      case 'UID':
        out.text('UID ');
        out.number(uid);
        return;
      case 'MODSEQ':
        out.text('MODSEQ (');
        out.number(batch.modseqs?.[row] ?? 0);
        out.text(')');
        return;
      case 'FLAGS':
        out.text('FLAGS (');
        out.text(flagsText(batch.flags?.[row] ?? 0, batch.keywords?.get(row), this.#context.isRecent(uid)));
        out.text(')');
        return;
      case 'INTERNALDATE':
        out.text('INTERNALDATE ');
        this.#dates.write(out, batch.internalDates?.[row] ?? 0, batch.zones?.[row] ?? 0);
        return;
      case 'RFC822.SIZE':
        out.text('RFC822.SIZE ');
        out.number(batch.sizes?.[row] ?? 0);
        return;
      case 'EMAILID':
        out.text(`EMAILID (${batch.emailIds?.[row]})`);
        return;
      case 'THREADID': {
        const id = batch.threadIds?.[row];
        out.text(id ? `THREADID (${id})` : 'THREADID NIL');
        return;
      }
      case 'SAVEDATE': {
        const saved = batch.saveDates?.[row];
        out.text(saved ? `SAVEDATE ${dateTimeText(saved, 0)}` : 'SAVEDATE NIL');
        return;
      }
      case 'ENVELOPE':
        out.text('ENVELOPE ');
        packed(out, batch.envelopes, row);
        return;
      case 'BODY':
        out.text('BODY ');
        packed(out, batch.bodies, row);
        return;
      case 'BODYSTRUCTURE':
        out.text('BODYSTRUCTURE ');
        packed(out, batch.bodyStructures, row);
        return;
      case 'PREVIEW':
        out.text('PREVIEW ');
        preview(out, batch.previews, row);
    }
  }
}
