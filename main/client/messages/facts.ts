/** From a letter's octets to what its row and the search index need to know. Pure; run in the ingest pool. */
import { MAX_INDEXED_CHARS } from '../../base/limits.ts';
import type { Address } from '../../mail/address.ts';
import {
  attachmentText,
  type BriefHead,
  type BriefMessage,
  briefHeadOf,
  type Content,
  type Field,
  htmlToText,
  type Message,
  readAttachment,
  readBriefContent,
  readBriefHead,
  readBriefMessage,
  readContent,
  readHead,
  readMessage,
} from '../../mail/message.ts';
import { officeText } from './office-text.ts';
import type { LetterFacts } from './rows.ts';

/** Fields of the index, as program.ts names them. */
export type SearchFields = Record<'subject' | 'from' | 'to' | 'body' | 'files', string>;

/** Attached files larger than this are indexed by name only: their text costs more than it tells. */
const MAX_FILE_TEXT_BYTES = 4 * 1024 * 1024;
/** Files of one letter that are opened for their text. */
const MAX_FILES_READ = 20;
const NOBODY: Address = { name: '', address: '' };

function headFacts(head: BriefHead, size: number): LetterFacts {
  return {
    messageId: head.messageId,
    inReplyTo: head.inReplyTo,
    references: head.references,
    subject: head.subject,
    from: head.from[0] ?? head.sender[0] ?? NOBODY,
    to: head.to,
    cc: head.cc,
    date: head.date,
    preview: '',
    attachments: 0,
    size,
    listId: head.listId,
    files: [],
  };
}

/** Facts of a header block alone. `size`: octets of the whole letter, as the server says. */
export function factsOfHead(head: Uint8Array, size: number): LetterFacts {
  return headFacts(readBriefHead(head), size);
}

/** The same from its fields. */
export function factsOfFields(fields: readonly Field[], size: number): LetterFacts {
  return headFacts(briefHeadOf(fields), size);
}

/** Facts of a whole letter. Attachments that are shown inside the text are not counted. */
export function factsOf(
  message: Omit<BriefMessage, 'fields'>,
  content: {
    attachments: readonly Pick<Content['attachments'][number], 'inline' | 'kind' | 'name'>[];
    preview: string;
  },
): LetterFacts {
  const files = content.attachments.filter((each) => !each.inline && each.kind !== 'signature');
  return {
    ...headFacts(message, message.size),
    preview: content.preview,
    attachments: files.length,
    files: files.map((each) => each.name),
    ...(message.tree.type === 'multipart/report' ? { report: true } : {}),
  };
}

const people = (list: readonly Address[]): string =>
  list
    .slice(0, 500)
    .map((each) => (each.name === '' ? each.address : `${each.name} ${each.address}`))
    .join('\n');

/** Text for the index: all of the letter's words, and those of its files where they can be had cheaply. */
export function searchFields(bytes: Uint8Array, message: Message, content: Content): SearchFields {
  let body = content.text ?? '';
  if (body.trim() === '' && content.html !== null) body = htmlToText(content.html, MAX_INDEXED_CHARS);
  body = body.slice(0, MAX_INDEXED_CHARS);
  let room = MAX_INDEXED_CHARS - body.length;
  const files: string[] = [];
  let read = 0;
  for (const each of content.attachments) {
    files.push(each.name);
    if (each.kind === 'image' || each.size > MAX_FILE_TEXT_BYTES || read >= MAX_FILES_READ || room <= 0)
      continue;
    const text = fileText(bytes, message, each);
    if (text === null) continue;
    read++;
    files.push(text.slice(0, room));
    room -= text.length;
  }
  return {
    subject: message.subject,
    from: people([...message.from, ...message.sender]),
    to: people([...message.to, ...message.cc, ...message.bcc]),
    body,
    files: files.join('\n'),
  };
}

function fileText(bytes: Uint8Array, message: Message, each: Content['attachments'][number]): string | null {
  const office = officeText.accepts(each.name);
  if (!office && each.kind === 'file' && !/^(text|message)\/|json|xml|csv|calendar|vcard/.test(each.type))
    return null;
  try {
    const file = readAttachment(bytes, message, each.n);
    return office ? officeText.read(each.name, file) : attachmentText(each.type, each.name, file);
  } catch {
    // A file that cannot be read has no words; the letter's own are indexed all the same.
    return null;
  }
}

/** Text for the index of a letter known by its header only. */
export function searchFieldsOfHead(head: Uint8Array): SearchFields {
  const facts = readHead(head);
  return {
    subject: facts.subject,
    from: people([...facts.from, ...facts.sender]),
    to: people([...facts.to, ...facts.cc, ...facts.bcc]),
    body: '',
    files: '',
  };
}

/** Facts alone, for who does not index now. */
export const readFacts = (bytes: Uint8Array): LetterFacts => readFactsAndFields(bytes).facts;

/** The same with the letter's header fields. */
export function readFactsAndFields(bytes: Uint8Array): { facts: LetterFacts; fields: readonly Field[] } {
  const message = readBriefMessage(bytes);
  return { facts: factsOf(message, readBriefContent(bytes, message)), fields: message.fields };
}

/** Everything at once, parsed once. */
export function readLetter(bytes: Uint8Array): { facts: LetterFacts; fields: SearchFields } {
  const message = readMessage(bytes);
  const content = readContent(bytes, message);
  return { facts: factsOf(message, content), fields: searchFields(bytes, message, content) };
}
