/**
 * Is a letter here already? By its Message-ID, and then by its octets. Where letters of any folder count, what programs change
 * on the way is left out of sight: line ends and the marks an mbox keeps at a letter's start. In one folder only the same
 * octets are the same letter, for what differs in one octet came in as a letter of its own and goes out so again.
 */
import { createHash } from 'node:crypto';
import { messageIdOf, readMarks } from '../../boxes/bookkeeping.ts';
import type { ClientStore } from '../program.ts';

export interface Candidate {
  /** Folder it goes to; null: one that is not there yet. */
  folder: number | null;
  bytes: Uint8Array;
}

export interface DoublesOptions {
  /** A letter in any folder counts, not only in the one it goes to. */
  everywhere: boolean;
  /** With `everywhere`: letters from this id on are of this very import and do not count. */
  before: number | null;
}

const CR = 13;

/** Octets without marks, line ends as LF, no empty lines at the end. */
export function fingerprint(bytes: Uint8Array): string {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hash = createHash('sha256');
  let from = readMarks(bytes).length;
  let end = source.length;
  while (end > from && (source[end - 1] === 10 || source[end - 1] === CR)) end--;
  for (let at = source.indexOf(CR, from); at >= 0 && at < end; at = source.indexOf(CR, at + 1)) {
    if (source[at + 1] !== 10) continue;
    hash.update(source.subarray(from, at));
    from = at + 1;
  }
  return hash.update(source.subarray(from, end)).digest('hex');
}

/** One answer a candidate. */
export async function findDoubles(
  store: ClientStore,
  candidates: readonly Candidate[],
  { everywhere, before }: DoublesOptions,
): Promise<boolean[]> {
  const answers = candidates.map(() => false);
  const asked: { at: number; folder: number | null; messageId: string }[] = [];
  for (const [at, { folder, bytes }] of candidates.entries()) {
    if (folder === null && !everywhere) continue;
    const messageId = messageIdOf(bytes);
    if (messageId !== '') asked.push({ at, folder: everywhere ? null : folder, messageId });
  }
  if (asked.length === 0) return answers;
  const twins = await store.read('moving.twins', {
    questions: asked.map(({ folder, messageId }) => ({ folder, messageId })),
    before: everywhere ? before : null,
  });
  for (const twin of twins) {
    const { at } = asked[twin.n] as { at: number };
    const { bytes } = candidates[at] as Candidate;
    if (answers[at]) continue;
    // The same octets have the same name; nothing has to be read then.
    if (twin.size === bytes.length && createHash('sha256').update(bytes).digest().equals(twin.blob)) {
      answers[at] = true;
      continue;
    }
    if (!everywhere) continue;
    const known = await store.blobs.read(twin.blob).catch(() => null);
    answers[at] = known !== null && fingerprint(known) === fingerprint(bytes);
  }
  return answers;
}
