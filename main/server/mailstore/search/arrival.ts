/**
 * What arrival does for the search: the ingest worker takes a letter's words while its tree is at hand, and the write
 * that stores the letter keeps them beside it. Only text is kept: decoded header fields, and text parts of any depth
 * (HTML as the text a reader sees).
 */
import { MAX_INDEXED_CHARS } from '../../../base/limits.ts';
import { decodeText } from '../../../mail/charset.ts';
import type { Content } from '../../../mail/content.ts';
import { htmlToText } from '../../../mail/html-text.ts';
import type { Message } from '../../../mail/letter.ts';
import type { Part } from '../../../mail/part.ts';
import { decodeTransfer } from '../../../mail/transfer.ts';
import type { WriteTx } from '../../../store/program.ts';
import { fold } from './fold.ts';

/** Folded UTF-8. Crosses from the ingest worker to the writer. */
export interface ArrivalText {
  /** A line a field: `\nname: value`, name in lower case. */
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

/** Characters of the header that are searched. */
const HEAD_CHARS = 64 * 1024;
/** Text parts of one letter that are looked at. */
const MOST_PARTS = 200;
/** Its arrays have memory of their own size; a Buffer of Node's pool would cross threads with the whole pool. */
const encoder = new TextEncoder();

/** In the ingest worker, once a letter. Must not throw. null: nothing is kept. */
export function arrivalText(bytes: Uint8Array, message: Message, _content: Content): ArrivalText | null {
  try {
    let head = '';
    for (const [name, value] of message.headers) {
      head += `\n${name.toLowerCase()}: ${fold(value)}`;
      if (head.length > HEAD_CHARS) break;
    }
    return {
      head: encoder.encode(head.slice(0, HEAD_CHARS)),
      body: encoder.encode(fold(bodyText(bytes, message.tree)).slice(0, MAX_INDEXED_CHARS)),
    };
  } catch {
    // A letter that cannot be read for its words is found by everything else.
    return null;
  }
}

function bodyText(bytes: Uint8Array, root: Part): string {
  const texts: string[] = [];
  let length = 0;
  const waiting: Part[] = [root];
  for (let looked = 0; looked < MOST_PARTS && length < MAX_INDEXED_CHARS; looked += 1) {
    const part = waiting.pop();
    if (!part) break;
    if (part.children.length > 0) {
      for (let at = part.children.length - 1; at >= 0; at -= 1) waiting.push(part.children[at]!);
      continue;
    }
    if (!part.type.startsWith('text/')) continue;
    const { bytes: octets } = decodeTransfer(bytes, part.encoding, part.bodyStart, part.end);
    const { text } = decodeText(octets, part.params['charset']);
    const plain = part.type === 'text/html' ? htmlToText(text, MAX_INDEXED_CHARS) : text;
    texts.push(plain);
    length += plain.length;
  }
  return texts.join('\n');
}

/** In the write that stores a new letter; `letter` is its row. */
export function keepArrival(tx: WriteTx, letter: number, arrival: ArrivalText | null): void {
  if (!arrival) return;
  tx.db.run('INSERT OR REPLACE INTO letter_heads (letter, text) VALUES (?, ?)', letter, arrival.head);
  tx.db.run('INSERT OR REPLACE INTO letter_bodies (letter, text) VALUES (?, ?)', letter, arrival.body);
}

/** In the write that drops a letter for good. */
export function forgetArrival(tx: WriteTx, letter: number): void {
  tx.db.run('DELETE FROM letter_heads WHERE letter = ?', letter);
  tx.db.run('DELETE FROM letter_bodies WHERE letter = ?', letter);
}
