/**
 * What the ingest pool answers: an arriving letter's octets made ready to be stored, parsed once. The threads that serve
 * sockets pass octets, or the name of a spooled file, and get facts and a packed record back.
 *
 * It must never touch the database or the network, and a letter's content never makes a call fail.
 */
import { open } from 'node:fs/promises';
import { Fault } from '../../base/errors.ts';
import { SPOOL_ABOVE_BYTES } from '../../base/limits.ts';
import { readContent } from '../../mail/content.ts';
import { parseDate } from '../../mail/date.ts';
import { type Message, readMessage } from '../../mail/letter.ts';
import { threadKeys } from '../../mail/thread.ts';
import { type PreparedBlob, prepareBlob } from '../../store/record.ts';
import { prepareStream } from '../../store/spool.ts';
import type { CallContext } from '../../store/threads.ts';
import type { LetterInput } from './letters.ts';
import type { PreparedMessage } from './mailstore.ts';
import { ended, type OctetFacts, octetFacts, withCrlf } from './octets.ts';
import { arrivalText } from './search/arrival.ts';
import { sortFactsOf } from './search/sort-facts.ts';
import { bodyOf, bodyStructureOf } from './wire-text/body-structure.ts';
import { envelopeOf } from './wire-text/envelope.ts';
import { encodePartOffsets, partOffsetsOf } from './wire-text/part-offsets.ts';

/** What policy asks of a letter. */
export type ArrivalFacts = Omit<PreparedMessage, 'packed' | 'abandon'>;

export interface Ingested {
  readonly facts: ArrivalFacts;
  readonly letter: LetterInput;
}

export interface IngestOptions {
  /** A bare CR or LF becomes CRLF. */
  readonly normalise: boolean;
}

/** Letters held in memory, trace lines in front already. */
export interface SmallLetter extends IngestOptions {
  readonly bytes: Uint8Array;
}

export interface SpooledLetter extends IngestOptions {
  readonly head: Uint8Array;
  readonly path: string;
  readonly size: number;
  /** Where the packed record goes. */
  readonly spool: string;
}

const DAY_MS = 86_400_000;

/** The day of a Date field as written: time and zone disregarded (RFC 9051 section 6.4.4, SENTON). */
function writtenDay(raw: string, sent: number | null): number | null {
  if (sent === null) return null;
  const local = parseDate(raw.replace(/(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?).*$/s, '$1 +0000'));
  const near = local !== null && Math.abs(local - sent) < 1.1 * DAY_MS;
  return Math.floor((near ? local : sent) / DAY_MS);
}

function valuesOf(message: Message, name: string): string[] {
  return message.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

/** Everything but the record. `octets`: of the letter as it came, where that is not what is stored. */
function readLetter(
  bytes: Uint8Array,
  octets: OctetFacts | undefined,
): { facts: ArrivalFacts; letter: Omit<LetterInput, 'blob'> } {
  const message = readMessage(bytes);
  const content = readContent(bytes, message);
  const dates = valuesOf(message, 'date');
  return {
    facts: {
      size: bytes.length,
      messageId: message.messageId,
      subject: message.subject,
      from: [...message.from, ...message.sender, ...message.replyTo].map((each) => each.address),
      receivedCount: valuesOf(message, 'received').length,
      deliveredTo: valuesOf(message, 'delivered-to'),
      hasDate: dates.length > 0,
      ...octetFacts(bytes),
      // Told as it came: what was made right is still a fact about the sender.
      ...(octets ? { bareLineEnds: octets.bareLineEnds } : {}),
    },
    letter: {
      envelope: envelopeOf(bytes, message),
      body: bodyOf(bytes, message),
      structure: bodyStructureOf(bytes, message),
      parts: encodePartOffsets(partOffsetsOf(message.tree)),
      preview: content.preview,
      messageId: message.messageId,
      parents: threadKeys(message).parents,
      sent: message.date,
      sentDay: writtenDay(dates[0] ?? '', message.date),
      sort: sortFactsOf(message),
      search: arrivalText(bytes, message, content),
    },
  };
}

function made(given: Uint8Array, { normalise }: IngestOptions): Uint8Array {
  return ended(normalise ? withCrlf(given) : given);
}

function ingestSmall(input: SmallLetter, context: CallContext): Ingested {
  const bytes = made(input.bytes, input);
  const { facts, letter } = readLetter(bytes, bytes === input.bytes ? undefined : octetFacts(input.bytes));
  const blob = prepareBlob(bytes);
  if (typeof blob.record !== 'string') context.transfer(blob.record.buffer);
  return { facts, letter: { ...letter, blob } };
}

async function readSpooled(input: SpooledLetter): Promise<Uint8Array> {
  // With room for a line end, so that one that is missing is no second copy.
  const buffer = new ArrayBuffer(input.head.length + input.size + 2);
  const bytes = new Uint8Array(buffer, 0, buffer.byteLength - 2);
  bytes.set(input.head);
  const file = await open(input.path, 'r');
  try {
    for (let at = input.head.length; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at);
      if (bytesRead === 0) throw new Fault('internal', 'spool-short', 'A letter in the spool is cut short.');
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  return bytes;
}

/** Octets given to the packer at a time. */
const PIECE = 1024 * 1024;

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** Gives memory of a large letter back now; the next collection may be far away. */
function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (byteLength > SPOOL_ABOVE_BYTES && buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

async function ingestSpooled(input: SpooledLetter, context: CallContext): Promise<Ingested> {
  const given = await readSpooled(input);
  const bytes = made(given, input);
  const octets = bytes === given ? undefined : octetFacts(given);
  if (bytes.buffer !== given.buffer) giveBack(given);
  const { facts, letter } = readLetter(bytes, octets);
  const blob: PreparedBlob = await prepareStream(input.spool, pieces(bytes));
  if (typeof blob.record !== 'string') context.transfer(blob.record.buffer);
  // Strings of the facts are copies, so the octets may go.
  giveBack(bytes);
  return { facts, letter: { ...letter, blob } };
}

export const calls = {
  /** Several in one call: a call costs as much as a small letter. */
  small: (input: { letters: readonly SmallLetter[] }, context: CallContext): Ingested[] =>
    input.letters.map((each) => ingestSmall(each, context)),
  spooled: (input: SpooledLetter, context: CallContext): Promise<Ingested> => ingestSpooled(input, context),
};

export type IngestCalls = typeof calls;
