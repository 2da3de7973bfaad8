/**
 * Bodies: on demand, and by the account's policy, newest first, always with PEEK. Small letters travel many
 * to a command and go to the ingest pool together, handed over and not copied; a large one is asked for in pieces, so that a
 * cut line costs one piece and memory stays bounded by the letter itself.
 *
 * A letter whose body cannot be had three times is parked as damaged and never blocks those behind it (C8).
 */
import { Fault, toFault } from '../../base/errors.ts';
import { MAX_MESSAGE_BYTES, SPOOL_ABOVE_BYTES } from '../../base/limits.ts';
import type { KeepPolicy } from '../../contract/mail/accounts.ts';
import { type Argument, atom } from './answers.ts';
import type { Connection } from './connection.ts';
import type { SyncContext } from './context.ts';
import type { WantedBody } from './reads.ts';
import { uidSets } from './sets.ts';

/** Octets of letters that one FETCH asks for. */
const FETCH_BYTES = 8 * 1024 * 1024;
const FETCH_COUNT = 200;
/** Octets that go to the pool together. */
const CHUNK_BYTES = 2 * 1024 * 1024;
/** Chunks under way before reading from the server waits. */
const IN_FLIGHT = 5;
/** A piece of a large letter. */
const PIECE_BYTES = 4 * 1024 * 1024;

export const wholeBody: Argument = { type: 'ATOM', value: 'BODY.PEEK', section: [] };

/** Letters dated before this (ms) are not fetched by themselves; null: none are. */
export function policySince(policy: KeepPolicy, now: number): number | null {
  if (policy.keep === 'headers') return null;
  if (policy.keep === 'everything') return 0;
  const date = new Date(now);
  date.setUTCMonth(date.getUTCMonth() - policy.months);
  return date.getTime();
}

interface Arrived {
  wanted: WantedBody;
  bytes: Uint8Array;
}

/**
 * Carries letters through the pool into the database with back-pressure. One sink serves many commands: what the
 * server sends is read while the letters before it are made ready and written.
 */
export class BodySink {
  readonly #context: SyncContext;
  readonly #stored: (letters: number, bytes: number) => void;
  #waiting: Arrived[] = [];
  #bytes = 0;
  readonly #pending = new Set<Promise<void>>();
  #failure: unknown;

  constructor(context: SyncContext, stored: (letters: number, bytes: number) => void = () => {}) {
    this.#context = context;
    this.#stored = stored;
  }

  add(wanted: WantedBody, bytes: Uint8Array): undefined | Promise<void> {
    this.#waiting.push({ wanted, bytes });
    this.#bytes += bytes.length;
    if (this.#bytes >= CHUNK_BYTES) this.#send();
    return this.#pending.size < IN_FLIGHT ? undefined : this.#room();
  }

  /** Everything added so far is stored. */
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
    const letters = this.#waiting;
    if (letters.length === 0) return;
    this.#waiting = [];
    this.#bytes = 0;
    const work = this.#store(letters)
      .catch((failure) => {
        this.#failure ??= failure;
      })
      .finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  async #store(letters: Arrived[]): Promise<void> {
    const { pool, store, signal } = this.#context;
    signal.throwIfAborted();
    const total = letters.reduce((sum, each) => sum + each.bytes.length, 0);
    const views = ownBytes(letters.map((each) => each.bytes));
    const buffers = new Set(views.map((each) => each.buffer));
    const { facts, blobs } = await pool.call('bodies', { letters: views }, { transfer: [...buffers] });
    const records = blobs.flatMap(({ record }) => (typeof record === 'string' ? [] : [record.buffer]));
    const ids = letters.map((each) => each.wanted.id);
    await store.write(
      'imap.attachBodies',
      { ids, facts, blobs },
      // A letter that loses its body with the power is header-only again, and the server has it still.
      { transfer: [facts.buffer, ...records], relaxed: true },
    );
    this.#stored(letters.length, total);
  }
}

/** Octets that may leave for a thread: large letters as they are, small ones, which lie in shared memory, in one copy. */
function ownBytes(letters: readonly Uint8Array[]): Uint8Array<ArrayBuffer>[] {
  const isOwn = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
    bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
  const packed = new Uint8Array(letters.reduce((sum, each) => sum + (isOwn(each) ? 0 : each.length), 0));
  let at = 0;
  return letters.map((bytes) => {
    if (isOwn(bytes)) return bytes;
    packed.set(bytes, at);
    at += bytes.length;
    return packed.subarray(at - bytes.length, at);
  });
}

/**
 * Fetches these bodies of the selected folder into the sink, which the caller flushes. Letters that are not answered
 * count one failed try each, unless the server does not list them any more.
 */
export async function fetchBodies(
  context: SyncContext,
  connection: Connection,
  wanted: readonly WantedBody[],
  sink: BodySink,
): Promise<void> {
  const missed: WantedBody[] = [];
  for (const group of groups(wanted)) {
    context.signal.throwIfAborted();
    const first = group[0] as WantedBody;
    if (group.length === 1 && first.size > SPOOL_ABOVE_BYTES) {
      await sink.flush();
      const bytes = await fetchPieces(context, connection, first.uid);
      if (bytes) await sink.add(first, bytes);
      else missed.push(first);
      await sink.flush();
      continue;
    }
    const byUid = new Map(group.map((each) => [each.uid, each]));
    for (const set of uidSets(byUid.keys())) {
      await connection.fetch(set, [atom('UID'), wholeBody], (row) => {
        const letter = byUid.get(row.uid);
        if (!letter || row.body === undefined || row.body.length === 0) return undefined;
        byUid.delete(row.uid);
        return sink.add(letter, row.body);
      });
    }
    missed.push(...byUid.values());
  }
  for (const letter of missed) {
    const bytes = await fetchPieces(context, connection, letter.uid);
    if (bytes) await sink.add(letter, bytes);
    else if (await listed(connection, letter.uid)) await context.store.write('imap.bodyFailed', letter.id);
  }
}

async function listed(connection: Connection, uid: number): Promise<boolean> {
  let there = false;
  await connection.fetch(String(uid), [atom('UID'), atom('FLAGS')], (row) => {
    if (row.uid === uid) there = true;
  });
  return there;
}

function* groups(wanted: readonly WantedBody[]): Generator<WantedBody[]> {
  let group: WantedBody[] = [];
  let bytes = 0;
  for (const each of wanted) {
    const large = each.size > SPOOL_ABOVE_BYTES;
    if (group.length > 0 && (large || bytes + each.size > FETCH_BYTES || group.length >= FETCH_COUNT)) {
      yield group;
      group = [];
      bytes = 0;
    }
    if (large) yield [each];
    else {
      group.push(each);
      bytes += each.size;
    }
  }
  if (group.length > 0) yield group;
}

/** A letter piece by piece, whatever size the server claims it has; undefined: not given. */
async function fetchPieces(
  context: SyncContext,
  connection: Connection,
  uid: number,
): Promise<Uint8Array | undefined> {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    context.signal.throwIfAborted();
    let piece: Buffer | undefined;
    const item: Argument = { type: 'ATOM', value: 'BODY.PEEK', section: [], partial: [at, PIECE_BYTES] };
    await connection.fetch(String(uid), [atom('UID'), item], (row) => {
      if (row.uid === uid && row.body !== undefined) piece = row.body;
    });
    if (piece === undefined) return at === 0 ? undefined : cutShort();
    if (piece.length > 0) pieces.push(piece);
    at += piece.length;
    // A server that ignores the partial gives everything at once; less than asked for is the end.
    if (piece.length !== PIECE_BYTES) break;
    if (at > MAX_MESSAGE_BYTES) throw new Fault('remote', 'too-large', 'The letter is too large.');
  }
  return at === 0 ? undefined : Buffer.concat(pieces);
}

function cutShort(): never {
  throw new Fault('transient', 'server-error', 'The server stopped in the middle of a letter.');
}

/** One body, because a person waits for it. @throws Fault `no-such-message`, `body-missing`. */
export async function fetchOneBody(context: SyncContext, connection: Connection, id: number): Promise<void> {
  const { store } = context;
  const place = await store.read('imap.bodyPlace', id);
  if (!place) throw new Fault('user', 'no-such-message', 'This letter does not exist any more.');
  if (place.body === 1) return;
  if (place.uid === null || place.serverPath === null) throw bodyMissing();
  const open = connection.folder;
  const mailbox = open?.path === place.serverPath ? open : await connection.select(place.serverPath);
  if (place.uidValidity !== null && Number(mailbox.uidValidity) !== place.uidValidity) {
    throw new Fault('transient', 'uid-validity-changed', 'The server has numbered this folder anew.');
  }
  try {
    const sink = new BodySink(context);
    await fetchBodies(context, connection, [{ ...place, uid: place.uid, key: 0 }], sink);
    await sink.flush();
  } catch (failure) {
    throw toFault(failure);
  }
  const after = await store.read('imap.bodyPlace', id);
  if (after?.body !== 1) throw bodyMissing();
}

/** Octets of the beginning of a letter: a header and some lines. */
const PEEK_BYTES = 16 * 1024;

/** The beginning of one letter. @throws as fetchOneBody() */
export async function peekBody(
  context: SyncContext,
  connection: Connection,
  id: number,
): Promise<Uint8Array> {
  const place = await context.store.read('imap.bodyPlace', id);
  if (!place) throw new Fault('user', 'no-such-message', 'This letter does not exist any more.');
  if (place.uid === null || place.serverPath === null) throw bodyMissing();
  if (connection.folder?.path !== place.serverPath) await connection.select(place.serverPath);
  let beginning: Buffer | undefined;
  const item: Argument = { type: 'ATOM', value: 'BODY.PEEK', section: [], partial: [0, PEEK_BYTES] };
  await connection.fetch(String(place.uid), [atom('UID'), item], (row) => {
    if (row.uid === place.uid && row.body !== undefined) beginning = row.body;
  });
  if (!beginning) throw bodyMissing();
  return Uint8Array.from(beginning);
}

function bodyMissing(): Fault {
  return new Fault('remote', 'body-missing', 'The server did not give this letter.', { retryable: true });
}
