/**
 * A small office's servers on loopback: Dovecot for reading, an SMTP server for sending, both with a certificate
 * that nobody has signed. And letters to put there, octet by octet, so that nothing of ours had a hand in them.
 */
import { randomUUID } from 'node:crypto';
import { type Dovecot, type DovecotOptions, startDovecot } from './dovecot.ts';
import { type KitSmtpServer, startSmtpServer } from './smtp-server.ts';

export interface MailOffice {
  readonly imap: Dovecot;
  readonly smtp: KitSmtpServer;
  readonly host: string;
  readonly user: string;
  readonly address: string;
  readonly password: string;
  /** Puts a letter into a mailbox as another program would. */
  deliver(letter: LetterParts | string | Uint8Array, mailbox?: string): Promise<void>;
  /** The letters of a mailbox as the server holds them. */
  letters(mailbox: string): Promise<string[]>;
  /** How many letters a mailbox holds. */
  count(mailbox: string): Promise<number>;
  close(): Promise<void>;
}

/** Both take sign-ins with the same name and password. */
export async function openMailOffice(options: Omit<DovecotOptions, 'users'> = {}): Promise<MailOffice> {
  const user = 'anna';
  // A wrong password is answered at once: the delays against guessing would only make tests slow.
  const config = `auth_failure_delay = 0\nservice anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n${options.config ?? ''}`;
  const imap = await startDovecot({ ...options, config, users: [user] });
  const password = imap.password(user);
  const smtp = await startSmtpServer({ security: 'tls', user, password });
  return {
    imap,
    smtp,
    host: imap.host,
    user,
    address: `${user}@office.example`,
    password,
    deliver: (letter, mailbox = 'INBOX') =>
      imap.save(
        user,
        mailbox,
        typeof letter === 'string' || letter instanceof Uint8Array ? letter : writeLetter(letter),
      ),
    async letters(mailbox) {
      const text = await imap.doveadm(['-f', 'json', 'fetch', '-u', user, 'text', 'mailbox', mailbox]);
      return (JSON.parse(text) as { text: string }[]).map((each) => each.text);
    },
    async count(mailbox) {
      const text = await imap.doveadm(['mailbox', 'status', '-u', user, 'messages', mailbox]);
      return Number(/messages=(\d+)/.exec(text)?.[1] ?? Number.NaN);
    },
    async close() {
      await smtp.close();
      await imap.close();
    },
  };
}

export interface LetterParts {
  from?: string;
  to?: string;
  cc?: string;
  subject: string;
  /** Default: now. */
  date?: Date;
  text?: string;
  html?: string;
  files?: { name: string; type: string; bytes: Uint8Array; contentId?: string }[];
  messageId?: string;
  inReplyTo?: string;
  headers?: string[];
}

const word = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;

/** Encodes the display name of `Name <address>` where it is not ASCII. */
function mailbox(text: string): string {
  const parts = /^(.*)<(.+)>$/.exec(text);
  return parts ? `${word((parts[1] ?? '').trim())} <${parts[2]}>` : text;
}

const lines = (bytes: Uint8Array): string =>
  (
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\r\n');

function part(type: string, bytes: Uint8Array, headers: readonly string[] = []): string {
  return [
    `Content-Type: ${type}`,
    'Content-Transfer-Encoding: base64',
    ...headers,
    '',
    lines(bytes),
    '',
  ].join('\r\n');
}

function multipart(kind: string, parts: readonly string[]): string {
  const boundary = `=_${randomUUID()}`;
  const body = parts.map((each) => `--${boundary}\r\n${each}`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`;
}

/** A letter's octets (RFC 5322), CRLF. */
export function writeLetter(letter: LetterParts): string {
  const { from = 'Pavel Orlov <p.orlov@office.example>', to = 'Anna <anna@office.example>' } = letter;
  const date = (letter.date ?? new Date()).toUTCString().replace('GMT', '+0000');
  const text = part('text/plain; charset=utf-8', Buffer.from(letter.text ?? letter.subject));
  const html =
    letter.html === undefined ? undefined : part('text/html; charset=utf-8', Buffer.from(letter.html));
  const body = html ? multipart('alternative', [text, html]) : text;
  const files = (letter.files ?? []).map(({ name, type, bytes, contentId }) =>
    part(type, bytes, [
      `Content-Disposition: ${contentId ? 'inline' : 'attachment'}; filename="${word(name)}"`,
      ...(contentId ? [`Content-ID: <${contentId}>`] : []),
    ]),
  );
  return [
    `From: ${mailbox(from)}`,
    `To: ${mailbox(to)}`,
    ...(letter.cc ? [`Cc: ${mailbox(letter.cc)}`] : []),
    `Subject: ${word(letter.subject)}`,
    `Date: ${date}`,
    `Message-ID: <${letter.messageId ?? `${randomUUID()}@office.example`}>`,
    ...(letter.inReplyTo ? [`In-Reply-To: <${letter.inReplyTo}>`, `References: <${letter.inReplyTo}>`] : []),
    ...(letter.headers ?? []),
    'MIME-Version: 1.0',
    files.length > 0 ? multipart('mixed', [body, ...files]) : body,
  ].join('\r\n');
}
