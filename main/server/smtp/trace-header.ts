/** The lines we put in front of a message: Return-Path, Received (RFC 5321 section 4.4), and what a submission lacks. */
import { randomBytes } from 'node:crypto';
import type { Hello } from './states.ts';

export interface TraceFacts {
  readonly hello: Hello;
  readonly ip: string;
  /** The name the peer's address has in DNS; null when it is not known. */
  readonly reverseName: string | null;
  readonly hostname: string;
  readonly secure: boolean;
  readonly tlsName: string | null;
  readonly signedIn: boolean;
  readonly smtpUtf8: boolean;
  readonly queueId: string;
  /** Only when there is a single recipient: more would tell who got a blind copy (rule S34). */
  readonly soleRecipient: string | null;
  /** Wall clock in ms. */
  readonly now: number;
}

/** The `with` keyword (RFC 3848, RFC 6531 section 4.3). */
export function protocolName({ hello, secure, signedIn, smtpUtf8 }: TraceFacts): string {
  if (hello.verb === 'HELO' && !smtpUtf8) return 'SMTP';
  return `${smtpUtf8 ? 'UTF8SMTP' : 'ESMTP'}${secure ? 'S' : ''}${signedIn ? 'A' : ''}`;
}

export function receivedField(facts: TraceFacts): string {
  const address = facts.ip.includes(':') ? `[IPv6:${facts.ip}]` : `[${facts.ip}]`;
  const peer = facts.reverseName ? `${facts.reverseName} ${address}` : address;
  const tls = facts.secure && facts.tlsName ? `\r\n\t(${facts.tlsName})` : '';
  const sole = facts.soleRecipient ? `\r\n\tfor <${facts.soleRecipient}>` : '';
  return (
    `Received: from ${printable(facts.hello.name)} (${peer})\r\n` +
    `\tby ${facts.hostname} with ${protocolName(facts)}${tls}\r\n` +
    `\tid ${facts.queueId}${sole}; ${mailDate(facts.now)}\r\n`
  );
}

export function returnPathField(sender: string): string {
  return `Return-Path: <${sender}>\r\n`;
}

/** A name the client chose itself must not end the comment or the line it stands in. */
function printable(name: string): string {
  return name.replace(/[^A-Za-z0-9.:_[\]-]/g, '?').slice(0, 255);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 5322 section 3.3, in this computer's zone. */
export function mailDate(now: number): string {
  const date = new Date(now);
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${DAYS[date.getDay()]}, ${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()} ${time} ${zone}`;
}

/** Unique, and later ones sort behind earlier ones. */
export function newQueueId(now: number): string {
  return `${now.toString(36).toUpperCase().padStart(9, '0')}${randomBytes(5).toString('hex').toUpperCase()}`;
}
