/**
 * Header sync (C7): what a list needs of letters, newest first, each batch visible as soon as it is here.
 *
 * Chosen by measurement (20,000 letters, Dovecot on loopback, warm): ENVELOPE and BODYSTRUCTURE through the
 * library give 6,400 letters a second; BODY.PEEK[HEADER.FIELDS (...)] read by our own parser in the ingest
 * pool gives 26,000 on the wire, and the header is kept as it was sent, so no server's idea of an envelope
 * stands between a letter and its row. Attachments are estimated from Content-Type until the body is here.
 */
import { type Argument, atom, type Fetched } from './answers.ts';
import type { Connection } from './connection.ts';
import type { SyncContext } from './context.ts';
import { readFlags } from './flags.ts';
import { joinHeads, type ListedLetter, type ListedRow } from './packed-heads.ts';
import { batches } from './plan.ts';
import { uidSets, without } from './sets.ts';
import type { AppliedHeads } from './writes.ts';

const FIELDS =
  'Date Subject From Sender To Cc Message-ID In-Reply-To References List-Id List-Unsubscribe List-Post Precedence Auto-Submitted Content-Type'.split(
    ' ',
  );

/** Letters that go through the pool and into the database together: the writer is free again some 20 ms later. */
const CHUNK = 500;
/** Chunks under way before reading from the server waits. */
const IN_FLIGHT = 4;
/** A header larger than this is cut: nothing a row shows lies behind it. */
const MAX_HEAD_BYTES = 256 * 1024;

export function headItems(connection: Connection, whole = false): Argument[] {
  const section = whole ? [atom('HEADER')] : [atom('HEADER.FIELDS'), FIELDS.map(atom)];
  const items = [
    atom('UID'),
    atom('FLAGS'),
    atom('INTERNALDATE'),
    atom('RFC822.SIZE'),
    { type: 'ATOM', value: 'BODY.PEEK', section },
  ];
  if (connection.can('OBJECTID')) items.push(atom('EMAILID') as never);
  else if (connection.can('X-GM-EXT-1')) items.push(atom('X-GM-MSGID') as never);
  return items as Argument[];
}

export interface Applied {
  inserted: number[];
  unread: number;
  /** UIDs the server answered for. */
  seen: number[];
}

/** Carries rows of FETCH through the pool into the database, in chunks, with back-pressure. */
export class HeadSink {
  readonly #context: SyncContext;
  readonly #folder: number;
  readonly #uidValidity: number;
  readonly #applied: (applied: AppliedHeads, letters: number) => void;
  #rows: Fetched[] = [];
  #pending = new Set<Promise<void>>();
  #failure: unknown;
  readonly result: Applied = { inserted: [], unread: 0, seen: [] };
  /** Rows that came without their header. */
  readonly headless: number[] = [];

  constructor(
    context: SyncContext,
    folder: number,
    uidValidity: number,
    applied: (applied: AppliedHeads, letters: number) => void = () => {},
  ) {
    this.#context = context;
    this.#folder = folder;
    this.#uidValidity = uidValidity;
    this.#applied = applied;
  }

  /** Takes a row; the promise is pending while too much is under way. */
  add(row: Fetched): undefined | Promise<void> {
    if (row.body === undefined) {
      // A change of marks that the server slipped in has no header either, and is no letter to take in.
      if (row.size !== undefined) this.headless.push(row.uid);
      return undefined;
    }
    this.#rows.push(row);
    if (this.#rows.length >= CHUNK) this.#send();
    return this.#pending.size < IN_FLIGHT ? undefined : this.#room();
  }

  /** Everything added so far is in the database. */
  async flush(): Promise<void> {
    this.#send();
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #room(): Promise<void> {
    while (this.#pending.size >= IN_FLIGHT && this.#failure === undefined) await Promise.race(this.#pending);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #send(): void {
    const rows = this.#rows.splice(0);
    if (rows.length === 0) return;
    const work = this.#apply(rows)
      .catch((failure) => {
        this.#failure ??= failure;
      })
      .finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  async #apply(rows: Fetched[]): Promise<void> {
    const { pool, store, signal } = this.#context;
    signal.throwIfAborted();
    const { heads, ends } = joinHeads(rows.map((row) => (row.body as Buffer).subarray(0, MAX_HEAD_BYTES)));
    const listed = rows.map(
      (row): ListedRow => ({
        uid: row.uid,
        ...readFlags(row.flags ?? []),
        received: row.received ?? null,
        size: row.size ?? 0,
        serverId: row.serverId ?? '',
      }),
    );
    const packed = await pool.call(
      'listed',
      { heads, ends, rows: listed, now: this.#context.clock.now() },
      { transfer: [heads.buffer] },
    );
    const applied = await store.write(
      'imap.applyHeads',
      { folder: this.#folder, uidValidity: this.#uidValidity, packed },
      // What the power takes, the server has still: finishPass is promised, and takes these commits along.
      { transfer: [packed.heads.buffer, packed.letters.buffer], relaxed: true },
    );
    for (const id of applied.inserted) this.result.inserted.push(id);
    this.result.unread += applied.unread;
    for (const row of rows) this.result.seen.push(row.uid);
    this.#applied(applied, rows.length);
  }
}

/** Fetches the heads of these UIDs, newest first, and retries singly what the server left out (C8). */
export async function fetchHeads(
  context: SyncContext,
  connection: Connection,
  place: { folder: number; uidValidity: number },
  uids: readonly number[],
  progress: (applied: AppliedHeads, letters: number) => void = () => {},
): Promise<Applied> {
  const sink = new HeadSink(context, place.folder, place.uidValidity, progress);
  const items = headItems(connection);
  for (const [at, batch] of batches(uids).entries()) {
    context.signal.throwIfAborted();
    for (const set of uidSets(batch)) await connection.fetch(set, items, (row) => sink.add(row));
    // The first batch is what a person looks at now; the rest overlaps with the next fetch.
    if (at === 0) await sink.flush();
  }
  await sink.flush();
  const seen = Float64Array.from(sink.result.seen).sort();
  const left = without(Float64Array.from(uids).sort(), seen);
  if (left.length > 0) await fetchLeftOut(context, connection, place, left, sink);
  return sink.result;
}

/** Singles asked one by one; a server that leaves out more than this is not going to do better. */
const MAX_SINGLES = 200;

async function fetchLeftOut(
  context: SyncContext,
  connection: Connection,
  place: { folder: number; uidValidity: number },
  left: readonly number[],
  sink: HeadSink,
): Promise<void> {
  const parked: ListedLetter[] = [];
  for (const uid of [...left].reverse().slice(0, MAX_SINGLES)) {
    let there = false;
    let got = false;
    await connection.fetch(String(uid), headItems(connection, true), (row) => {
      if (row.uid !== uid) return undefined;
      there = true;
      if (row.body === undefined) return undefined;
      got = true;
      return sink.add(row);
    });
    // Not answered at all: erased since it was listed.
    if (there && !got) parked.push(placeholder(uid, context.clock.now()));
  }
  await sink.flush();
  if (parked.length > 0) {
    context.log.warn('imap-letters-parked', { folder: place.folder, count: parked.length });
    await context.store.write('imap.parkUids', { ...place, letters: parked });
  }
}

function placeholder(uid: number, now: number): ListedLetter {
  return {
    uid,
    flags: 0,
    keywords: '',
    received: now,
    serverId: '',
    head: null,
    facts: {
      messageId: '',
      inReplyTo: [],
      references: [],
      subject: '',
      from: { name: '', address: '' },
      to: [],
      cc: [],
      date: null,
      preview: '',
      attachments: 0,
      size: 0,
      listId: '',
    },
  };
}
