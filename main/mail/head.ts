/** What a letter says about itself: the decoded header fields of the root or of an embedded letter. */
import { type Address, parseAddressList } from './address.ts';
import { parseDate } from './date.ts';
import { type Field, fieldOf, readHeader } from './header.ts';
import { decodeWords } from './words.ts';

/** What a list shows of a letter, and what finds its conversation. */
export interface BriefHead {
  subject: string;
  /** Milliseconds since 1970 UTC; null when absent or unusable (see parseDate). */
  date: number | null;
  from: Address[];
  sender: Address[];
  to: Address[];
  cc: Address[];
  /** Without angle brackets; '' when absent. */
  messageId: string;
  inReplyTo: string[];
  references: string[];
  /** The identifier in angle brackets of List-Id (RFC 2919), without them. */
  listId: string;
}

export interface MessageHead extends BriefHead {
  replyTo: Address[];
  bcc: Address[];
  listUnsubscribe: string;
  /** True for one-click unsubscription (RFC 8058). */
  listUnsubscribePost: boolean;
  /** True for letters written by a program (RFC 3834 section 5). */
  autoSubmitted: boolean;
  dispositionNotificationTo: Address[];
  importance: 'high' | 'normal' | 'low';
  /** All fields in order, decoded and unfolded. */
  headers: [name: string, value: string][];
}

/** Message identifiers kept of one References field; the oldest are dropped. */
const MAX_REFERENCES = 1000;

/** Identifiers of a References or In-Reply-To value (RFC 5322 section 3.6.4), brackets removed. */
export function readMessageIds(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/<([^<>]{1,1000})>/g)) {
    const id = (match[1] as string).replace(/\s+/g, '');
    if (id !== '') found.push(id);
  }
  // Without brackets only what looks like an identifier counts, not the words around it.
  if (found.length === 0)
    for (const word of text.split(/[\s,;<>]+/)) if (/^[^\s@"]+@[^\s@"]+$/.test(word)) found.push(word);
  return found.length > MAX_REFERENCES ? found.slice(-MAX_REFERENCES) : found;
}

function importanceOf(get: (key: string) => string): MessageHead['importance'] {
  const word = (get('importance') || get('x-msmail-priority') || get('priority')).trim().toLowerCase();
  if (word === 'high' || word === 'urgent') return 'high';
  if (word === 'low' || word === 'non-urgent') return 'low';
  const digit = /^\s*([1-5])/.exec(get('x-priority'))?.[1];
  return digit === '1' || digit === '2' ? 'high' : digit === '4' || digit === '5' ? 'low' : 'normal';
}

// One author field counts; recipients of doubled fields are all recipients.
function addressesOf(fields: readonly Field[], key: string, all: boolean): Address[] {
  const lists = fields.filter((field) => field.key === key && field.raw !== '');
  if (lists.length === 0) return [];
  if (!all || lists.length === 1) return parseAddressList((lists[0] as Field).raw);
  return lists.slice(0, 100).flatMap((field) => parseAddressList(field.raw));
}

function briefOf(fields: readonly Field[], get: (key: string) => string): BriefHead {
  const id = get('message-id');
  const listId = get('list-id');
  return {
    subject: get('subject').trim(),
    date: parseDate(get('date')),
    from: addressesOf(fields, 'from', false),
    sender: addressesOf(fields, 'sender', false),
    to: addressesOf(fields, 'to', true),
    cc: addressesOf(fields, 'cc', true),
    messageId: readMessageIds(id)[0] ?? id.replace(/[<>\s]/g, ''),
    inReplyTo: readMessageIds(get('in-reply-to')),
    references: readMessageIds(get('references')),
    listId: /<([^<>]*)>/.exec(listId)?.[1]?.trim() ?? listId.trim(),
  };
}

/** The head of a letter from its fields. */
export function headOf(fields: readonly Field[]): MessageHead {
  const headers: [string, string][] = [];
  const first = new Map<string, string>();
  for (const field of fields) {
    const value = decodeWords(field.raw);
    headers.push([field.name, value]);
    if (!first.get(field.key)) first.set(field.key, value);
  }
  const get = (key: string): string => first.get(key) ?? '';
  const auto = get('auto-submitted').trim().toLowerCase();
  return {
    ...briefOf(fields, get),
    replyTo: addressesOf(fields, 'reply-to', true),
    bcc: addressesOf(fields, 'bcc', true),
    listUnsubscribe: get('list-unsubscribe'),
    listUnsubscribePost: /list-unsubscribe\s*=\s*one-click/i.test(get('list-unsubscribe-post')),
    autoSubmitted: (auto !== '' && !auto.startsWith('no')) || /^auto.?repl/i.test(get('precedence')),
    dispositionNotificationTo: addressesOf(fields, 'disposition-notification-to', true),
    importance: importanceOf(get),
    headers,
  };
}

/** The head of a letter from its header block alone, as an IMAP or TOP header fetch gives it. */
export function readHead(headerBytes: Uint8Array): MessageHead {
  return headOf(readHeader(headerBytes, 0, headerBytes.length).fields);
}

/** The same as headOf() where only the row of a list is wanted: fields it does not show are not decoded. */
export function briefHeadOf(fields: readonly Field[]): BriefHead {
  return briefOf(fields, (key) => {
    for (const field of fields) {
      const value = field.key === key ? decodeWords(field.raw) : '';
      if (value !== '') return value;
    }
    return '';
  });
}

/** The same as readHead() where only the row of a list is wanted. */
export function readBriefHead(headerBytes: Uint8Array): BriefHead {
  return briefHeadOf(readHeader(headerBytes, 0, headerBytes.length).fields);
}

/** True when the block has a Date field that says nothing usable. */
export function hasBadDate(fields: readonly Field[], head: MessageHead): boolean {
  return head.date === null && (fieldOf(fields, 'date')?.raw ?? '') !== '';
}
