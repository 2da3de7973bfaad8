/**
 * Rows of messages for FETCH, packed in a reader thread: numbers in typed arrays, texts laid end to end, all handed over
 * to the thread that serves sockets, which only frames them.
 */
import { ROW_BATCH, ROW_BATCH_BYTES } from '../../base/limits.ts';
import type { ReadHandle } from '../../store/program.ts';
import { pairs } from './change-record.ts';
import type { Columns, PackedTexts } from './mailstore.ts';

export interface RowsInput {
  readonly mailbox: number;
  /** Flat ranges. */
  readonly uids: Uint32Array;
  readonly columns: Columns;
  /** UIDs below it were read by an earlier batch. */
  readonly from: number;
}

/** As RowBatch, with keywords as text. */
export interface PackedRows {
  readonly uids: Uint32Array;
  readonly flags?: Uint8Array;
  readonly keywords?: ReadonlyMap<number, string>;
  readonly sizes?: Float64Array;
  readonly internalDates?: Float64Array;
  readonly zones?: Int16Array;
  readonly modseqs?: Float64Array;
  readonly saveDates?: Float64Array;
  readonly envelopes?: PackedTexts;
  readonly bodies?: PackedTexts;
  readonly bodyStructures?: PackedTexts;
  readonly previews?: PackedTexts;
  readonly emailIds?: readonly string[];
  readonly threadIds?: readonly string[];
  readonly uidls?: readonly string[];
}

export interface RowsOutput {
  readonly rows: PackedRows;
  /** Where the next batch begins; null when this was the last. */
  readonly next: number | null;
}

interface Row {
  readonly uid: number;
  readonly flags: number;
  readonly keywords: string | null;
  readonly size: number;
  readonly internal_date: number;
  readonly zone: number;
  readonly modseq: number;
  readonly save_date: number;
  readonly uidl: string | null;
  readonly envelope: string;
  readonly thread: number;
  readonly hash: Uint8Array;
  readonly body: string;
  readonly structure: string;
  readonly preview: string;
}

/** Texts of one column; grows by doubling. */
class TextColumn {
  #bytes: Buffer<ArrayBuffer>;
  #used = 0;
  readonly #offsets: Uint32Array<ArrayBuffer>;
  readonly #encoding: 'latin1' | 'utf8';
  #rows = 0;

  constructor(rows: number, guess: number, encoding: 'latin1' | 'utf8') {
    this.#bytes = Buffer.from(new ArrayBuffer(Math.max(4096, rows * guess)));
    this.#offsets = new Uint32Array(rows + 1);
    this.#encoding = encoding;
  }

  get used(): number {
    return this.#used;
  }

  add(text: string): void {
    const room = this.#encoding === 'latin1' ? text.length : text.length * 3;
    if (this.#used + room > this.#bytes.length) {
      const wider = Buffer.from(new ArrayBuffer(Math.max(this.#bytes.length * 2, this.#used + room)));
      wider.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = wider;
    }
    this.#used += this.#bytes.write(text, this.#used, this.#encoding);
    this.#rows += 1;
    this.#offsets[this.#rows] = this.#used;
  }

  pack(buffers: ArrayBuffer[]): PackedTexts {
    buffers.push(this.#bytes.buffer, this.#offsets.buffer);
    return {
      bytes: new Uint8Array(this.#bytes.buffer, 0, this.#used),
      offsets: this.#offsets.subarray(0, this.#rows + 1),
    };
  }
}

/** Which tables and columns a batch touches. */
function selection(columns: Columns): { fields: string; joins: string } {
  const fields = ['m.uid'];
  if (columns.flags) fields.push('m.flags', 'm.keywords');
  if (columns.size) fields.push('m.size');
  if (columns.internalDate) fields.push('m.internal_date', 'm.zone');
  if (columns.modseq) fields.push('m.modseq');
  if (columns.saveDate) fields.push('m.save_date');
  if (columns.uidl) fields.push('m.uidl');
  const letters = columns.envelope || columns.ids;
  if (columns.envelope) fields.push('l.envelope');
  if (columns.ids) fields.push('l.thread', 'l.hash');
  const texts = columns.body || columns.bodyStructure || columns.preview;
  if (columns.body) fields.push('t.body');
  if (columns.bodyStructure) fields.push('t.structure');
  if (columns.preview) fields.push('t.preview');
  const joins = `${letters ? ' CROSS JOIN letters l ON l.id = m.letter' : ''}${
    texts ? ' CROSS JOIN letter_texts t ON t.letter = m.letter' : ''
  }`;
  return { fields: fields.join(', '), joins };
}

/** EMAILID: the octets' name, the same for every copy (RFC 8474 section 5.1). */
export function emailId(hash: Uint8Array): string {
  return `M${Buffer.from(hash.buffer, hash.byteOffset, 15).toString('hex')}`;
}

export function threadId(thread: number): string {
  return `T${thread.toString(36)}`;
}

/** POP3's unique id of a row that brought none of its own (rule P15); restored.ts says the same in SQL. */
export function uidlOf(validity: number, uid: number): string {
  return `${validity.toString(16)}.${uid.toString(16)}`;
}

function* select(db: ReadHandle, input: RowsInput): Generator<Row> {
  const { fields, joins } = selection(input.columns);
  const live = `SELECT ${fields} FROM messages m${joins} WHERE m.mailbox = ? AND m.uid BETWEEN ? AND ?`;
  const gone = `SELECT ${fields} FROM expunged m${joins} WHERE m.mailbox = ? AND m.uid BETWEEN ? AND ? AND m.letter IS NOT NULL`;
  for (const [first, last] of pairs(input.uids)) {
    const start = Math.max(first, input.from);
    if (start > last) continue;
    if (!input.columns.expunged) {
      yield* db.iterate<Row>(`${live} ORDER BY m.uid`, input.mailbox, start, last);
      continue;
    }
    const both = `${live} UNION ALL ${gone} ORDER BY 1`;
    yield* db.iterate<Row>(both, input.mailbox, start, last, input.mailbox, start, last);
  }
}

/** One batch, at most ROW_BATCH rows and some ROW_BATCH_BYTES of texts. */
export function readRows(db: ReadHandle, input: RowsInput): RowsOutput {
  const { columns } = input;
  const most = ROW_BATCH;
  const uids = new Uint32Array(most);
  const flags = columns.flags ? new Uint8Array(most) : undefined;
  const keywords = columns.flags ? new Map<number, string>() : undefined;
  const sizes = columns.size ? new Float64Array(most) : undefined;
  const internalDates = columns.internalDate ? new Float64Array(most) : undefined;
  const zones = columns.internalDate ? new Int16Array(most) : undefined;
  const modseqs = columns.modseq ? new Float64Array(most) : undefined;
  const saveDates = columns.saveDate ? new Float64Array(most) : undefined;
  const envelopes = columns.envelope ? new TextColumn(most, 400, 'latin1') : undefined;
  const bodies = columns.body ? new TextColumn(most, 300, 'latin1') : undefined;
  const structures = columns.bodyStructure ? new TextColumn(most, 400, 'latin1') : undefined;
  const previews = columns.preview ? new TextColumn(most, 400, 'utf8') : undefined;
  const emailIds: string[] = [];
  const threadIds: string[] = [];
  const uidls: string[] = [];
  const validity = columns.uidl
    ? (db.value<number>('SELECT uidvalidity FROM mailboxes WHERE id = ?', input.mailbox) ?? 0)
    : 0;
  let n = 0;
  let next: number | null = null;
  for (const row of select(db, input)) {
    const texts =
      (envelopes?.used ?? 0) + (bodies?.used ?? 0) + (structures?.used ?? 0) + (previews?.used ?? 0);
    if (n === most || texts > ROW_BATCH_BYTES) {
      next = row.uid;
      break;
    }
    uids[n] = row.uid;
    if (flags) {
      flags[n] = row.flags;
      if (row.keywords !== null) keywords?.set(n, row.keywords);
    }
    if (sizes) sizes[n] = row.size;
    if (internalDates && zones) {
      internalDates[n] = row.internal_date;
      zones[n] = row.zone;
    }
    if (modseqs) modseqs[n] = row.modseq;
    if (saveDates) saveDates[n] = row.save_date;
    envelopes?.add(row.envelope);
    bodies?.add(row.body);
    structures?.add(row.structure);
    previews?.add(row.preview);
    if (columns.ids) {
      emailIds.push(emailId(row.hash));
      threadIds.push(threadId(row.thread));
    }
    if (columns.uidl) uidls.push(row.uidl ?? uidlOf(validity, row.uid));
    n += 1;
  }
  const buffers: ArrayBuffer[] = [];
  const cut = <T extends Uint8Array | Uint32Array | Float64Array | Int16Array>(array: T): T => {
    const own = array.slice(0, n) as T;
    if (own.buffer instanceof ArrayBuffer) buffers.push(own.buffer);
    return own;
  };
  const rows: PackedRows = {
    uids: cut(uids),
    ...(flags && keywords ? { flags: cut(flags), keywords } : {}),
    ...(sizes ? { sizes: cut(sizes) } : {}),
    ...(internalDates && zones ? { internalDates: cut(internalDates), zones: cut(zones) } : {}),
    ...(modseqs ? { modseqs: cut(modseqs) } : {}),
    ...(saveDates ? { saveDates: cut(saveDates) } : {}),
    ...(envelopes ? { envelopes: envelopes.pack(buffers) } : {}),
    ...(bodies ? { bodies: bodies.pack(buffers) } : {}),
    ...(structures ? { bodyStructures: structures.pack(buffers) } : {}),
    ...(previews ? { previews: previews.pack(buffers) } : {}),
    ...(columns.ids ? { emailIds, threadIds } : {}),
    ...(columns.uidl ? { uidls } : {}),
  };
  db.transfer(...buffers);
  return { rows, next };
}

export interface LetterPlace {
  readonly hash: Uint8Array;
  readonly size: number;
  readonly parts: Uint8Array;
}

/** findLetter() for many messages of one mailbox, in their order. */
export function findLetters(
  db: ReadHandle,
  input: { mailbox: number; uids: readonly number[] },
): (LetterPlace | undefined)[] {
  return input.uids.map((uid) => findLetter(db, { mailbox: input.mailbox, uid }));
}

/** Where the octets of one message are; also of one that was expunged a while ago. */
export function findLetter(db: ReadHandle, input: { mailbox: number; uid: number }): LetterPlace | undefined {
  const sql = (table: string) =>
    `SELECT l.hash AS hash, l.size AS size, t.parts AS parts FROM ${table} m
     JOIN letters l ON l.id = m.letter JOIN letter_texts t ON t.letter = m.letter WHERE m.mailbox = ? AND m.uid = ?`;
  return (
    db.get<LetterPlace & Record<string, never>>(sql('messages'), input.mailbox, input.uid) ??
    db.get<LetterPlace & Record<string, never>>(sql('expunged'), input.mailbox, input.uid)
  );
}
