/**
 * Which conversation a letter belongs to, decided at arrival and for ever (THREADID, RFC 8474 section 5.2): that of its
 * nearest known ancestor, else that of a letter which named it, else its own.
 */
import { createHash } from 'node:crypto';
import type { ReadHandle, WriteHandle } from '../../store/program.ts';
import type { LetterInput } from './letters.ts';

/** Ancestors looked up, the nearest first; conversations are found by the first hit. */
const LOOKED_UP = 10;

/** 48 bits: a number of JavaScript and of SQLite alike; two ids meet once in 16 million letters' squares. */
function keyOf(messageId: string): number {
  return createHash('sha256').update(messageId).digest().readUIntBE(0, 6);
}

function known(db: ReadHandle, key: number): number | undefined {
  return db.value<number>('SELECT thread FROM thread_keys WHERE key = ?', key);
}

/** The letter's thread; remembers its id, its parent and the first of its ancestors for those that follow. */
export function threadOf(db: WriteHandle, letter: LetterInput): number {
  const own = letter.messageId === '' ? undefined : keyOf(letter.messageId);
  const parents = letter.parents.slice(-LOOKED_UP).map(keyOf).reverse();
  const first = letter.parents[0];
  let thread = own === undefined ? undefined : known(db, own);
  for (let at = 0; thread === undefined && at < parents.length; at += 1) {
    thread = known(db, parents[at] as number);
  }
  const root = first === undefined ? undefined : keyOf(first);
  if (thread === undefined && root !== undefined && letter.parents.length > LOOKED_UP)
    thread = known(db, root);
  // Of the octets, so that it means the same after a restore.
  thread ??= Buffer.from(letter.blob.hash).readUIntBE(0, 6);
  for (const key of new Set([own, parents[0], root])) {
    if (key !== undefined)
      db.run('INSERT OR IGNORE INTO thread_keys (key, thread) VALUES (?, ?)', key, thread);
  }
  return thread;
}
