/**
 * Builds a letter for submission: CRLF line ends, no line over 998 octets (RFC 5322 section 2.1.1), text as
 * format=flowed (RFC 3676), UTF-8 in whichever encoding is shorter. nodemailer's composer makes the MIME
 * structure; everything that comes from people is cleaned before it gets there, so that no value can start
 * a field of its own. Bcc stays in the letter (the Sent copy needs it); stripBcc() removes it on the way out.
 *
 * The only file of this folder that needs Node (the composer does); it never touches a file or a network.
 */
import { Buffer } from 'node:buffer';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Address } from './address.ts';
import { encodeWords } from './address.ts';
import { flow } from './flowed.ts';
import { toCrlf } from './outgoing.ts';

export { stripBcc, toCrlf } from './outgoing.ts';

export interface DraftAttachment {
  name: string;
  type: string;
  content: Uint8Array;
  /** Without angle brackets; the HTML says `cid:contentId`. */
  contentId?: string;
  inline?: boolean;
}

export interface Draft {
  from: Address;
  replyTo?: Address[];
  to: Address[];
  cc: Address[];
  bcc: Address[];
  subject: string;
  text: string;
  html?: string;
  /** Message identifiers without angle brackets. */
  inReplyTo?: string;
  references?: string[];
  attachments: DraftAttachment[];
  messageId: string;
  /** Milliseconds since 1970 UTC. */
  date: number;
  importance?: 'high' | 'normal' | 'low';
  requestReadReceipt?: boolean;
  userAgent?: string;
  headers?: [string, string][];
}

/** Longest line of a letter without its CRLF (RFC 5322 section 2.1.1). */
const MAX_LINE = 998;

/** One line: no control character can end the field. */
function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f\u0085\u2028\u2029]+/g, ' ').trim();
}

function mailbox({ name, address }: Address): Address {
  return { name: oneLine(name), address: address.replace(/[\x00-\x20\x7f<>,;()]/g, '') };
}

function mailboxes(list: readonly Address[] | undefined): Address[] {
  return (list ?? []).map(mailbox).filter((each) => each.address !== '');
}

function identifier(id: string): string {
  const clean = id.replace(/[\x00-\x20\x7f<>]/g, '').replace(/[^\x21-\x7e]/g, '');
  return clean === '' ? '' : `<${clean}>`;
}

function crlf(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}

type Encoding = '7bit' | 'quoted-printable' | 'base64';

/** The cheapest encoding that brings `text` (CRLF) through unharmed. */
function encodingFor(text: string): Encoding {
  const bytes = Buffer.from(text, 'utf8');
  let coded = 0;
  let line = 0;
  let longest = 0;
  for (const octet of bytes) {
    if (octet === 10) {
      longest = Math.max(longest, line);
      line = 0;
      continue;
    }
    line++;
    if (octet > 126 || octet === 0x3d || (octet < 32 && octet !== 9 && octet !== 13)) coded++;
  }
  longest = Math.max(longest, line);
  const ascii = /^[\x09\x0a\x0d\x20-\x7e]*$/.test(text);
  // Blanks at a line's end mean something in flowed text; relays leave them alone in 7bit.
  if (ascii && longest <= 78 && !/^(?:From |\.)/m.test(text)) return '7bit';
  const quoted = bytes.length + coded * 2 + Math.floor((bytes.length + coded * 2) / 75) * 3;
  return quoted <= Math.ceil(bytes.length / 3) * 4 * (78 / 76) ? 'quoted-printable' : 'base64';
}

/** An attached letter may not be encoded (RFC 2046 section 5.2.1); one that cannot travel so goes as a file. */
function travelsAsLetter(bytes: Uint8Array): boolean {
  let line = 0;
  for (const octet of bytes) {
    if (octet === 0) return false;
    line = octet === 10 ? 0 : line + 1;
    if (line > MAX_LINE + 1) return false;
  }
  return true;
}

function mediaType(type: string): string {
  const clean = type.trim().toLowerCase().split(';')[0] ?? '';
  return /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(clean) && !clean.startsWith('multipart/')
    ? clean
    : 'application/octet-stream';
}

function attachmentOf(attachment: DraftAttachment) {
  let type = mediaType(attachment.type);
  const filename = oneLine(attachment.name).replace(/[\\/]/g, '_') || 'attachment';
  let content = Buffer.from(
    attachment.content.buffer,
    attachment.content.byteOffset,
    attachment.content.byteLength,
  );
  let encoding: Encoding | '8bit' = 'base64';
  if (type.startsWith('message/')) {
    const letter = toCrlf(attachment.content);
    if (travelsAsLetter(letter)) {
      content = Buffer.from(letter.buffer, letter.byteOffset, letter.byteLength);
      encoding = letter.some((octet) => octet > 127) ? '8bit' : '7bit';
    } else type = 'application/octet-stream';
  }
  const cid = (attachment.contentId ?? '').replace(/[\x00-\x20\x7f<>]/g, '');
  return {
    filename,
    content,
    contentType: type,
    contentTransferEncoding: encoding,
    contentDisposition: attachment.inline ? 'inline' : 'attachment',
    ...(cid === '' ? {} : { cid }),
  };
}

/** Fields that the composer writes itself; extra headers may not double them. */
const OWN_FIELDS =
  /^(?:from|sender|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|mime-version|content-.*|importance|x-priority|disposition-notification-to|user-agent)$/i;

function extraHeaders(draft: Draft, from: Address): { key: string; value: string }[] {
  const found: { key: string; value: string }[] = [];
  if (draft.importance === 'high' || draft.importance === 'low') {
    found.push(
      { key: 'Importance', value: draft.importance },
      { key: 'X-Priority', value: draft.importance === 'high' ? '1 (Highest)' : '5 (Lowest)' },
    );
  }
  if (draft.requestReadReceipt && from.address !== '')
    found.push({ key: 'Disposition-Notification-To', value: `<${from.address}>` });
  if (draft.userAgent) found.push({ key: 'User-Agent', value: oneLine(draft.userAgent) });
  for (const [name, value] of draft.headers ?? []) {
    if (!/^[!-9;-~]{1,76}$/.test(name) || OWN_FIELDS.test(name)) continue;
    found.push({ key: name, value: encodeWords(oneLine(value)) });
  }
  return found;
}

/**
 * The octets of a letter.
 * @throws Fault never for content; a programming error in the composer rejects as it is
 */
export async function compose(draft: Draft): Promise<Uint8Array> {
  const from = mailbox(draft.from);
  const text = crlf(flow(draft.text.replace(/\r\n?/g, '\n').replaceAll('\0', '')));
  const alternatives = [
    {
      contentType: 'text/plain; charset=utf-8; format=flowed',
      content: text,
      contentTransferEncoding: encodingFor(text),
    },
  ];
  if (draft.html !== undefined && draft.html !== '') {
    const html = crlf(draft.html.replaceAll('\0', ''));
    alternatives.push({
      contentType: 'text/html; charset=utf-8',
      content: html,
      contentTransferEncoding: encodingFor(html),
    });
  }
  const inReplyTo = draft.inReplyTo === undefined ? '' : identifier(draft.inReplyTo);
  const references = (draft.references ?? []).map(identifier).filter((each) => each !== '');
  const composer = new MailComposer({
    from,
    to: mailboxes(draft.to),
    cc: mailboxes(draft.cc),
    bcc: mailboxes(draft.bcc),
    replyTo: mailboxes(draft.replyTo),
    subject: oneLine(draft.subject),
    messageId: identifier(draft.messageId),
    ...(inReplyTo === '' ? {} : { inReplyTo }),
    ...(references.length === 0 ? {} : { references: references.join(' ') }),
    date: new Date(draft.date),
    headers: extraHeaders(draft, from),
    alternatives,
    attachments: draft.attachments.map(attachmentOf),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  });
  const node = composer.compile();
  node.keepBcc = true;
  const built = await node.build();
  return toCrlf(new Uint8Array(built.buffer, built.byteOffset, built.byteLength));
}
