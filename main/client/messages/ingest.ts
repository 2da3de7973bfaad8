/**
 * What the ingest pool answers: everything that costs time on a letter's octets. The engine's event loop passes octets
 * here and gets small facts, or documents, back.
 *
 * It must never touch the database, the network or a file, and a letter's content never makes a call fail.
 */
import { SPOOL_ABOVE_BYTES } from '../../base/limits.ts';
import { type PreparedBlob, prepareBlob } from '../../store/record.ts';
import type { CallContext } from '../../store/threads.ts';
import { contactCalls } from '../contacts/exchange/exchange.ts';
import { draftCalls } from '../drafts/letters.ts';
import { readListed } from '../imap/packed-heads.ts';
import { pop3Calls } from '../pop3/letters.ts';
import { receiptCalls } from '../receipts/calls.ts';
import { sanitiseHtml } from '../security/sanitise.ts';
import { tidyCalls } from '../tidy/content.ts';
import { readFacts, readLetter, type SearchFields, searchFieldsOfHead } from './facts.ts';
import {
  type FrameInput,
  type FrameOutput,
  htmlOf,
  letterOf,
  nestedOf,
  type ReadInput,
  type ReadLetter,
  renderFrame,
} from './letter.ts';
import type { LetterFacts } from './rows.ts';
import { findSnippet, type Snippet } from './snippet.ts';
import { attachmentOf, inlineOf, type TakenFile, type WholeLetter, wholeOf } from './taken.ts';

export interface Ingested {
  facts: LetterFacts;
  blob: PreparedBlob;
  fields: SearchFields;
}

export interface PackedBodies {
  /** JSON text: LetterFacts[]. */
  facts: Uint8Array<ArrayBuffer>;
  blobs: PreparedBlob[];
}

/** A letter's bytes made ready to be stored: the blob's record is handed over, not copied. */
function blobOf(bytes: Uint8Array, context: CallContext): PreparedBlob {
  const blob = prepareBlob(bytes);
  if (typeof blob.record !== 'string') context.transfer(blob.record.buffer);
  return blob;
}

const ingestOne = (bytes: Uint8Array, context: CallContext): Ingested => ({
  ...readLetter(bytes),
  blob: blobOf(bytes, context),
});

/**
 * The answer of a call, after which a large letter's memory is given back at once: the thread's next collection may be far
 * away. The answer must not point into the octets, unless it is the file that lies there.
 */
function spent<T>(input: { bytes: Uint8Array }, answer: T, file?: Uint8Array): T {
  const { buffer, byteLength } = input.bytes;
  if (file?.buffer === buffer) return answer;
  if (byteLength > SPOOL_ABOVE_BYTES && buffer instanceof ArrayBuffer) buffer.transfer(0);
  return answer;
}

export const calls = {
  ...draftCalls,
  ...contactCalls,
  ...pop3Calls,
  ...receiptCalls,
  ...tidyCalls,
  ingest: (input: { bytes: Uint8Array }, context: CallContext): Ingested => ingestOne(input.bytes, context),
  /** Several small letters in one call: a call costs as much as a small letter. */
  ingestMany: (input: { letters: Uint8Array[] }, context: CallContext): Ingested[] =>
    input.letters.map((bytes) => ingestOne(bytes, context)),
  /**
   * Letters on their way to rows that are there already: blobs and, as JSON text that only the writer reads, their facts.
   * Without the index text: a synchronisation indexes behind arrival, from the stored octets.
   */
  bodies: (input: { letters: Uint8Array[] }, context: CallContext): PackedBodies => {
    const facts = input.letters.map(readFacts);
    const blobs = input.letters.map((bytes) => blobOf(bytes, context));
    for (const { buffer } of input.letters)
      if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
    const text = new TextEncoder().encode(JSON.stringify(facts));
    context.transfer(text.buffer);
    return { facts: text, blobs };
  },
  /** Facts and index text only, for a letter whose blob is made elsewhere or is here already. */
  read: (input: { bytes: Uint8Array }): { facts: LetterFacts; fields: SearchFields } =>
    spent(input, readLetter(input.bytes)),
  readMany: (input: { letters: Uint8Array[] }): { facts: LetterFacts; fields: SearchFields }[] =>
    input.letters.map(readLetter),
  /** Header blocks as an IMAP FETCH gives them. */
  listed: readListed,
  headFields: (input: { heads: Uint8Array[] }): SearchFields[] => input.heads.map(searchFieldsOfHead),
  letter: (input: ReadInput): ReadLetter => spent(input, letterOf(input)),
  nested: (input: { bytes: Uint8Array; path: readonly number[] }, context: CallContext): Uint8Array => {
    const bytes = nestedOf(input.bytes, input.path);
    const own = Uint8Array.from(bytes);
    context.transfer(own.buffer);
    return spent(input, own);
  },
  frame: (input: FrameInput): FrameOutput => spent(input, renderFrame(input)),
  html: (input: ReadInput & { pictures: boolean }): string => spent(input, htmlOf(input)),
  /** Markup as it came and every file with its digest, for the command line. */
  whole: (input: { bytes: Uint8Array }): WholeLetter => spent(input, wholeOf(input.bytes)),
  attachment: (input: ReadInput & { n: number }, context: CallContext): TakenFile => {
    const taken = attachmentOf(input, context);
    return spent(input, taken, taken.bytes);
  },
  inline: (input: ReadInput & { contentId: string }, context: CallContext) => {
    const found = inlineOf(input, context);
    return spent(input, found, found?.bytes);
  },
  snippets: (input: { letters: { id: number; bytes: Uint8Array }[]; words: string[] }): Snippet[] =>
    input.letters.map(({ id, bytes }) => ({ id, ...findSnippet(bytes, input.words) })),
  sanitise: (input: { html: string; dark: boolean }): string =>
    sanitiseHtml(input.html, {
      picture: () => null,
      inline: () => null,
      dark: input.dark,
      quotes: true,
      highlight: [],
    }).html,
};

export type IngestCalls = typeof calls;
