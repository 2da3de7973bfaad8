/**
 * Letters that rules send: forwarded, redirected, answered. Made in the rules' thread from the octets of the letter they are
 * about; pure but for the identifiers the caller gives.
 *
 * Each is made only where loops.ts has nothing against it, and each carries the mark by which the next program knows it.
 */
import { RULE_MOST_HOPS } from '../../base/limits.ts';
import type { RuleAction } from '../../contract/mail/rules.ts';
import { type Address, isValidAddress } from '../../mail/address.ts';
import { compose, type DraftAttachment, toCrlf } from '../../mail/compose.ts';
import { htmlToText, type Message, readAttachment, readContent, readMessage } from '../../mail/message.ts';
import { stripFields } from '../../mail/outgoing.ts';
import { forwardSubject, forwardText, replyReferences, replySubject } from '../../mail/quote.ts';
import { redirectLetter } from '../../mail/resent.ts';
import { type PreparedBlob, prepareBlob } from '../../store/record.ts';
import { quotable } from '../drafts/letters.ts';
import { forwardFields, forwardTitle, type Language } from '../drafts/wording.ts';
import { readLetter } from '../messages/facts.ts';
import type { LetterFacts } from '../messages/rows.ts';
import { CURSOR_HTML, fillText, QUOTE_HTML } from '../signatures/fields.ts';
import { answerTo, loopMarks, whyNotAnswered, whyNotSentOn } from './loops.ts';

export type Sending = Extract<RuleAction, { do: 'forward' | 'redirect' | 'reply' }>;

/** A template, its fields filled for the letter that is answered. */
export interface Written {
  subject: string;
  /** null: a letter in plain text. */
  html: string | null;
  text: string;
  files: DraftAttachment[];
}

export interface SendInput {
  bytes: Uint8Array;
  action: Sending;
  /** Who sends: the account or the identity the letter came to. */
  from: Address;
  organisation: string;
  /** Of an answer by a template; null: the action has its own text. */
  written: Written | null;
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
      /** Addresses that are not answered again too soon. */
      answered: string[];
    }
  /** A stable code: why nothing is sent. */
  | { refused: string };

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
      // What is sent begins a way of its own: the path of failures is written by who delivers it (RFC 5321 section 4.4).
      const sent = redirectLetter(loopMarked(stripFields(bytes, ['return-path']), from.address), {
        from,
        to,
        cc: [],
        bcc: [],
        date,
        messageId,
      });
      return made(sent, to, from.address, []);
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
    headers: [...marks(message, input.from.address), ['Auto-Submitted', 'auto-generated']],
  });
  return made(sent, to, input.from.address, []);
}

/** Who has sent it on before, and who does now: a ring of forwards has no other sign. */
const marks = (message: Message, address: string): [string, string][] =>
  [...new Set([...loopMarks(message), address])].slice(-RULE_MOST_HOPS).map((each) => ['X-Loop', each]);

async function answer(
  input: SendInput,
  message: Message,
  action: Extract<Sending, { do: 'reply' }>,
): Promise<Made> {
  const to = answerTo(message);
  if (!isValidAddress(to.address) || input.own.includes(to.address.toLowerCase())) return { refused: 'own' };
  const { from, written } = input;
  const subject = written ? written.subject : filled(action.subject, input, message);
  const sent = await compose({
    from,
    to: [to],
    cc: [],
    bcc: [],
    subject: subject.trim() === '' ? replySubject(message.subject) : subject,
    text: written ? written.text : filled(action.text, input, message),
    // Nobody sits at this letter: it has neither a cursor nor a quoted letter.
    ...(written && written.html !== null
      ? { html: written.html.replaceAll(CURSOR_HTML, '').replaceAll(QUOTE_HTML, '') }
      : {}),
    ...(message.messageId === '' ? {} : { inReplyTo: message.messageId }),
    references: replyReferences(message),
    attachments: written?.files ?? [],
    messageId: input.messageId,
    date: input.date,
    userAgent: input.userAgent,
    headers: [['Auto-Submitted', 'auto-replied'], ...marks(message, from.address)],
  });
  const whom = [to.address, message.from[0]?.address ?? to.address].map((each) => each.toLowerCase());
  return made(sent, [to], from.address, [...new Set(whom)]);
}

/** The fields of an action's own text: those of templates, and {name} {subject} {date} {me}. */
function filled(text: string, { from, organisation, date, language }: SendInput, message: Message): string {
  const recipient = message.from[0];
  const now = new Date(date);
  const { text: whole } = fillText(text, {
    name: from.name,
    address: from.address,
    organisation,
    recipient,
    subject: message.subject,
    now,
    language,
  });
  const day = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { dateStyle: 'long' });
  const words: Record<string, string> = {
    name: recipient?.name || recipient?.address || '',
    subject: message.subject,
    date: day.format(now),
    me: from.name || from.address,
  };
  return whole.replace(
    /(?<!\{)\{(name|subject|date|me)\}(?!\})/g,
    (all, field: string) => words[field] ?? all,
  );
}

function made(bytes: Uint8Array, to: readonly Address[], sender: string, answered: string[]): Made {
  return {
    blob: prepareBlob(bytes),
    facts: readLetter(bytes).facts,
    eightBit: bytes.some((octet) => octet > 127),
    to: to.map((each) => each.address),
    sender,
    answered,
  };
}
