/**
 * Reports about letters (RFC 3464, rules S70-S72): one multipart/report from the null sender, made of octets before
 * the original and octets after it, so that a returned letter is streamed and never held.
 *
 * It must never hold a password or a session's transcript; the other side's reply is one line, cleaned.
 */
import { randomBytes } from 'node:crypto';
import { encodeWords, foldWords } from '../../mail/address.ts';

export type ReportKind = 'failure' | 'delay' | 'delivered' | 'relayed' | 'expanded';

export interface ReportedOutcome {
  readonly kind: ReportKind;
  /** As the sender wrote it. */
  readonly recipient: string;
  /** `rfc822;address` of ORCPT, or null. */
  readonly original: string | null;
  /** Enhanced status code. */
  readonly status: string;
  /** The other side's reply, or empty. */
  readonly reply: string;
  /** Host that replied, or empty for ourselves. */
  readonly host: string;
  readonly lastAttempt: number | null;
  /** For `delay`: until when it is tried. */
  readonly triedUntil: number | null;
}

export interface ReportFacts {
  readonly hostname: string;
  readonly to: string;
  readonly envelopeId: string | null;
  readonly subject: string;
  /** Without brackets; empty when the letter has none. */
  readonly messageId: string;
  readonly arrived: number;
  readonly now: number;
  readonly outcomes: readonly ReportedOutcome[];
  /** `message/rfc822` returns the letter, `text/rfc822-headers` its header alone (RFC 3462 section 2). */
  readonly returned: 'message/rfc822' | 'text/rfc822-headers';
  /** Header in UTF-8: RFC 6533 types are used. */
  readonly utf8: boolean;
}

const ACTIONS: Readonly<Record<ReportKind, string>> = {
  failure: 'failed',
  delay: 'delayed',
  delivered: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
};

/** The most serious kind decides what the report is called. */
const ORDER: readonly ReportKind[] = ['failure', 'delay', 'relayed', 'expanded', 'delivered'];

const TITLES: Readonly<Record<ReportKind, string>> = {
  failure: 'Письмо не доставлено / Undelivered mail',
  delay: 'Письмо задерживается / Delayed mail',
  relayed: 'Письмо передано дальше / Relayed mail',
  expanded: 'Письмо разослано по списку / Mail delivered to a list',
  delivered: 'Письмо доставлено / Delivered mail',
};

const OPENINGS: Readonly<Record<ReportKind, readonly [ru: string, en: string]>> = {
  failure: [
    'Ваше письмо не удалось доставить. Больше попыток не будет: проверьте адрес или свяжитесь с получателем иначе.',
    'Your letter could not be delivered. It will not be tried again: check the address, or reach the person in another way.',
  ],
  delay: [
    'Ваше письмо пока не доставлено. Ничего делать не нужно: попытки продолжаются.',
    'Your letter has not been delivered yet. There is nothing to do: it is still being tried.',
  ],
  relayed: [
    'Ваше письмо передано серверу, который не подтверждает доставку. Дальнейших сообщений не будет.',
    'Your letter was handed to a server that does not confirm delivery. There will be no further notice.',
  ],
  expanded: ['Ваше письмо разослано участникам списка.', 'Your letter was sent to the members of the list.'],
  delivered: ['Ваше письмо доставлено.', 'Your letter was delivered.'],
};

/** @returns octets to put before and after the returned letter. */
export function buildReport(facts: ReportFacts): { head: Uint8Array; tail: Uint8Array; messageId: string } {
  const boundary = `=_report_${randomBytes(12).toString('hex')}`;
  const messageId = `<${randomBytes(12).toString('hex')}@${facts.hostname}>`;
  const kind = ORDER.find((each) => facts.outcomes.some((outcome) => outcome.kind === each)) ?? 'failure';
  const title = facts.subject === '' ? TITLES[kind] : `${TITLES[kind]}: ${facts.subject}`;
  const lines = [
    `From: ${encodeWords('Почтовый сервер')} <MAILER-DAEMON@${facts.hostname}>`,
    `To: <${facts.to}>`,
    `Subject: ${foldWords(encodeWords(title))}`,
    `Date: ${mailDate(facts.now)}`,
    `Message-ID: ${messageId}`,
    ...(facts.messageId === '' ? [] : [`References: <${oneLine(facts.messageId)}>`]),
    // RFC 3834 section 5: nobody answers an answer.
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...base64Lines(readableText(facts, kind)),
    '',
    `--${boundary}`,
    facts.utf8 ? 'Content-Type: message/global-delivery-status' : 'Content-Type: message/delivery-status',
    '',
    ...messageFields(facts),
    ...facts.outcomes.flatMap((outcome) => ['', ...recipientFields(outcome)]),
    '',
    `--${boundary}`,
    `Content-Type: ${facts.returned}`,
    '',
    '',
  ];
  return {
    head: Buffer.from(lines.join('\r\n'), 'utf8'),
    tail: Buffer.from(`\r\n--${boundary}--\r\n`),
    messageId,
  };
}

/** RFC 3464 section 2.2. */
function messageFields(facts: ReportFacts): string[] {
  return [
    ...(facts.envelopeId === null ? [] : [`Original-Envelope-Id: ${oneLine(facts.envelopeId)}`]),
    `Reporting-MTA: dns; ${facts.hostname}`,
    `Arrival-Date: ${mailDate(facts.arrived)}`,
  ];
}

/** RFC 3464 section 2.3. */
function recipientFields(outcome: ReportedOutcome): string[] {
  const fields: string[] = [];
  if (outcome.original !== null) {
    const [type = 'rfc822', ...rest] = outcome.original.split(';');
    fields.push(`Original-Recipient: ${type};${addressText(rest.join(';'))}`);
  }
  const type = /[^\x00-\x7f]/.test(outcome.recipient) ? 'utf-8' : 'rfc822';
  fields.push(`Final-Recipient: ${type}; ${addressText(outcome.recipient)}`);
  fields.push(`Action: ${ACTIONS[outcome.kind]}`);
  fields.push(`Status: ${outcome.status}`);
  if (outcome.host !== '') fields.push(`Remote-MTA: dns; ${oneLine(outcome.host)}`);
  if (outcome.reply !== '') fields.push(`Diagnostic-Code: smtp; ${oneLine(outcome.reply)}`);
  if (outcome.lastAttempt !== null) fields.push(`Last-Attempt-Date: ${mailDate(outcome.lastAttempt)}`);
  if (outcome.triedUntil !== null) fields.push(`Will-Retry-Until: ${mailDate(outcome.triedUntil)}`);
  return fields;
}

/** RFC 6533 section 3: outside ASCII as \x{hex} in a header that is ASCII. */
function addressText(address: string): string {
  return oneLine(address).replace(/[^\x20-\x7e]/gu, (character) => {
    return `\\x{${character.codePointAt(0)!.toString(16).toUpperCase()}}`;
  });
}

function readableText(facts: ReportFacts, kind: ReportKind): string {
  const [ru, en] = OPENINGS[kind];
  const subject = facts.subject === '' ? '' : `«${facts.subject}»`;
  const each = facts.outcomes.map((outcome) => {
    const reply =
      outcome.reply === ''
        ? ''
        : `\r\n    ${outcome.host === '' ? '' : `${outcome.host}: `}${oneLine(outcome.reply)}`;
    return `  <${outcome.recipient}> (${outcome.status})${reply}`;
  });
  return [ru, en, ...(subject === '' ? [] : ['', subject]), '', ...each, ''].join('\r\n');
}

/** No control characters, no line ends, bounded: it came from a stranger. */
function oneLine(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .slice(0, 900);
}

function base64Lines(text: string): string[] {
  return (
    Buffer.from(text, 'utf8')
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  );
}

/** RFC 5322 section 3.3, in UTC with a numeric zone. */
export function mailDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
