/**
 * Letters that rules send: forwarded, redirected, answered. Made in the rules' thread from the octets of the letter they are
 * about; pure but for the identifiers the caller gives.
 *
 * Guards against loops (RFC 3834 section 2, and X-Loop for what is sent on): a program's letter, a list's, one's own and a
 * letter that has been through this rule before are never answered or sent on.
 */
import type { RuleAction } from '../../contract/mail/rules.ts';
import { type Address, isValidAddress } from '../../mail/address.ts';
import { compose, toCrlf } from '../../mail/compose.ts';
import {
  htmlToText,
  type Message,
  type MessageHead,
  readAttachment,
  readContent,
  readMessage,
} from '../../mail/message.ts';
import { forwardSubject, forwardText, replyReferences, replySubject } from '../../mail/quote.ts';
import { redirectLetter } from '../../mail/resent.ts';
import { type PreparedBlob, prepareBlob } from '../../store/record.ts';
import { quotable } from '../drafts/letters.ts';
import { forwardFields, forwardTitle, type Language } from '../drafts/wording.ts';
import { readLetter } from '../messages/facts.ts';
import type { LetterFacts } from '../messages/rows.ts';

export type Sending = Extract<RuleAction, { do: 'forward' | 'redirect' | 'reply' }>;

export interface SendInput {
  bytes: Uint8Array;
  action: Sending;
  /** Who sends: the account the letter came to. */
  from: Address;
  /** All addresses of the person, in lower case. */
  own: string[];
  messageId: string;
  /** ms */
  date: number;
  language: Language;
  userAgent: string;
}

export type Made =
  | {
      blob: PreparedBlob;
      facts: LetterFacts;
      eightBit: boolean;
      to: string[];
      /** Sender of the envelope; '' where nobody is to hear of a failure (RFC 3834 section 3.3). */
      sender: string;
      answered: string | null;
    }
  /** A stable code: why nothing is sent. */
  | { refused: string };

const LOOP = 'x-loop';

/** Why a letter is not sent on; null: it is. */
function whyNotSentOn(head: MessageHead, own: readonly string[]): string | null {
  const looped = head.headers.some(
    ([name, value]) => name.toLowerCase() === LOOP && own.includes(value.trim().toLowerCase()),
  );
  return looped ? 'loop' : null;
}

/** Why a letter is not answered by a program (RFC 3834 section 2); null: it is. */
export function whyNotAnswered(head: MessageHead, own: readonly string[]): string | null {
  const get = (wanted: string): string =>
    head.headers.find(([name]) => name.toLowerCase() === wanted)?.[1]?.trim() ?? '';
  const sender = (head.from[0]?.address ?? '').toLowerCase();
  if (!isValidAddress(sender)) return 'no-sender';
  if (own.includes(sender)) return 'own';
  if (head.autoSubmitted || get('auto-submitted').toLowerCase().startsWith('auto')) return 'automatic';
  if (/^(bulk|list|junk)\b/i.test(get('precedence'))) return 'list';
  if (head.listId !== '' || head.listUnsubscribe !== '' || get('list-post') !== '') return 'list';
  if (get('return-path') === '<>' || get('x-auto-response-suppress') !== '') return 'automatic';
  if (
    /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|owner-.*|.*-(request|owner|bounces?))@/.test(sender)
  )
    return 'automatic';
  // Who was only copied in blindly, or reads a list, is not whom the writer waits to hear from.
  const named = [...head.to, ...head.cc].some((each) => own.includes(each.address.toLowerCase()));
  return named ? whyNotSentOn(head, own) : 'not-to-me';
}

export async function makeSend(input: SendInput): Promise<Made> {
  const bytes = toCrlf(input.bytes);
  const message = readMessage(bytes);
  const refused =
    input.action.do === 'reply' ? whyNotAnswered(message, input.own) : whyNotSentOn(message, input.own);
  if (refused) return { refused };
  switch (input.action.do) {
    case 'reply':
      return answer(input, message, input.action);
    case 'redirect': {
      const to = recipients(input.action.to, input.own);
      if (to.length === 0) return { refused: 'own' };
      const { from, date, messageId } = input;
      const sent = redirectLetter(loopMarked(bytes, from.address), {
        from,
        to,
        cc: [],
        bcc: [],
        date,
        messageId,
      });
      return made(sent, to, from.address, null);
    }
    case 'forward':
      return forward(input, bytes, message, input.action);
  }
}

/** To oneself would come round again. */
const recipients = (to: readonly string[], own: readonly string[]): Address[] =>
  to
    .filter((each) => isValidAddress(each) && !own.includes(each.toLowerCase()))
    .map((address) => ({ name: '', address }));

function loopMarked(bytes: Uint8Array, address: string): Uint8Array {
  const line = new TextEncoder().encode(`X-Loop: ${address}\r\n`);
  const out = new Uint8Array(line.length + bytes.length);
  out.set(line);
  out.set(bytes, line.length);
  return out;
}

async function forward(
  input: SendInput,
  bytes: Uint8Array,
  message: Message,
  action: Extract<Sending, { do: 'forward' }>,
): Promise<Made> {
  const to = recipients(action.to, input.own);
  if (to.length === 0) return { refused: 'own' };
  const content = readContent(bytes, message);
  const fields = forwardFields(message, input.language);
  const title = forwardTitle(input.language);
  const text = content.text ?? (content.html === null ? '' : htmlToText(content.html));
  const quoted = content.html === null ? null : quotable(content.html);
  const escaped = (words: string): string =>
    words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const head = fields
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<b>${escaped(name)}:</b> ${escaped(value)}`)
    .join('<br>');
  const sent = await compose({
    from: input.from,
    to,
    cc: [],
    bcc: [],
    subject: forwardSubject(message.subject),
    text: forwardText(text, title, fields).trimStart(),
    ...(quoted === null
      ? {}
      : {
          html: `<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body><p>${escaped(title)}<br>${head}</p>${quoted.html}</body></html>\n`,
        }),
    references: replyReferences(message),
    attachments: content.attachments.map((each) => {
      const shown = each.contentId !== '' && (quoted?.named.has(each.contentId) ?? false);
      return {
        name: each.name,
        type: each.type,
        content: readAttachment(bytes, message, each.n),
        ...(shown ? { inline: true, contentId: each.contentId } : {}),
      };
    }),
    messageId: input.messageId,
    date: input.date,
    userAgent: input.userAgent,
    headers: [
      ['X-Loop', input.from.address],
      ['Auto-Submitted', 'auto-generated'],
    ],
  });
  return made(sent, to, input.from.address, null);
}

async function answer(
  input: SendInput,
  message: Message,
  action: Extract<Sending, { do: 'reply' }>,
): Promise<Made> {
  const to = message.replyTo[0] ?? (message.from[0] as Address);
  if (!isValidAddress(to.address) || input.own.includes(to.address.toLowerCase())) return { refused: 'own' };
  const fill = (text: string): string =>
    text.replace(/\{(name|subject|date|me)\}/g, (_all, field: string) =>
      field === 'name'
        ? to.name || to.address
        : field === 'subject'
          ? message.subject
          : field === 'me'
            ? input.from.name || input.from.address
            : new Intl.DateTimeFormat(input.language === 'ru' ? 'ru-RU' : 'en-GB', {
                dateStyle: 'long',
              }).format(input.date),
    );
  const sent = await compose({
    from: input.from,
    to: [to],
    cc: [],
    bcc: [],
    subject: action.subject.trim() === '' ? replySubject(message.subject) : fill(action.subject),
    text: fill(action.text),
    ...(message.messageId === '' ? {} : { inReplyTo: message.messageId }),
    references: replyReferences(message),
    attachments: [],
    messageId: input.messageId,
    date: input.date,
    userAgent: input.userAgent,
    headers: [
      ['Auto-Submitted', 'auto-replied'],
      ['X-Loop', input.from.address],
    ],
  });
  return made(sent, [to], input.from.address, (message.from[0]?.address ?? to.address).toLowerCase());
}

function made(bytes: Uint8Array, to: readonly Address[], sender: string, answered: string | null): Made {
  return {
    blob: prepareBlob(bytes),
    facts: readLetter(bytes).facts,
    eightBit: bytes.some((octet) => octet > 127),
    to: to.map((each) => each.address),
    sender,
    answered,
  };
}
