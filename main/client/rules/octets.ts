/** Brings letters' octets from the store to the rules' thread: as few of them as the rules ask for. */
import type { ClientStore } from '../program.ts';
import type { LetterInput } from './facts.ts';
import type { LetterRow } from './reads.ts';

/** Octets read of a letter where only its header is asked for; a header is rarely half of it. */
const HEAD_BYTES = 64 * 1024;
/** Octets read of a letter where its text is asked for: what lies behind is files, and counts by name as far as it is read. */
const TEXT_BYTES = 8 * 1024 * 1024;
/** Octets on their way at a time. */
const ROOM_BYTES = 4 * 1024 * 1024;

export type Loaded<T extends LetterRow> = Omit<T, 'blob' | 'head' | 'key' | 'partial'> & LetterInput;

/** Batches of letters with their octets; a letter whose octets cannot be read counts as damaged. */
export async function* loaded<T extends LetterRow>(
  store: ClientStore,
  rows: readonly T[],
  body: boolean,
): AsyncGenerator<Loaded<T>[]> {
  let batch: T[] = [];
  let octets = 0;
  for (const row of rows) {
    const size = row.blob ? Math.min(row.size, body ? TEXT_BYTES : HEAD_BYTES) : (row.head?.length ?? 0);
    if (batch.length > 0 && octets + size > ROOM_BYTES) {
      yield await load(store, batch, body);
      batch = [];
      octets = 0;
    }
    batch.push(row);
    octets += size;
  }
  if (batch.length > 0) yield await load(store, batch, body);
}

async function load<T extends LetterRow>(
  store: ClientStore,
  rows: readonly T[],
  body: boolean,
): Promise<Loaded<T>[]> {
  const stored = rows.filter((row) => row.blob !== null);
  const most = body ? TEXT_BYTES : HEAD_BYTES;
  const read = await store.blobs.readMany(
    stored.map((row) => ({ hash: row.blob as Uint8Array, start: 0, end: Math.min(row.size, most) })),
  );
  const octets = new Map(stored.map((row, n) => [row.id, read[n]]));
  return rows.map(({ blob, head, key: _key, partial, ...row }) => {
    const found = octets.get(row.id);
    const whole = found instanceof Uint8Array;
    return {
      ...row,
      bytes: new Uint8Array(whole ? found : (head ?? [])),
      has: whole && (body || row.size <= HEAD_BYTES) ? 'whole' : whole || !partial ? 'header' : 'fields',
      here: whole,
      damaged: row.damaged || (blob !== null && !whole),
    } as unknown as Loaded<T>;
  });
}
