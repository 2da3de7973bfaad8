/** Replies: a code, an enhanced status code and lines of text, none longer than RFC 5321 section 4.5.3.1.5 allows. */
import { SMTP_REPLY_BYTES } from '../../base/limits.ts';

export interface Reply {
  readonly code: number;
  /** RFC 3463; null where there is none: greeting, HELO, EHLO, 3xx (RFC 2034 section 4). */
  readonly status: string | null;
  readonly lines: readonly string[];
  /** The session ends after it. */
  readonly close?: boolean;
  /** Said right behind it, unasked: the 421 of RFC 5321 section 3.8. */
  readonly next?: Reply;
}

export function reply(code: number, status: string | null, ...lines: string[]): Reply {
  return { code, status, lines };
}

export function farewell(code: number, status: string | null, ...lines: string[]): Reply {
  return { code, status, lines, close: true };
}

/** Rule G14: nothing of the reason is said. */
export const INTERNAL = reply(451, '4.3.0', 'Something inside failed, try again later');
export const DISK_FULL = reply(452, '4.3.1', 'Insufficient system storage, try again later');

/** The reply as it is written: long texts are folded into more lines, control characters become blanks. */
export function wireText({ code, status, lines }: Reply): string {
  const room = SMTP_REPLY_BYTES - 2 - 4 - (status ? status.length + 1 : 0);
  const cut = (lines.length === 0 ? [''] : lines).flatMap((line) => fold(clean(line), room));
  return cut
    .map((line, index) => {
      const last = index === cut.length - 1;
      return `${code}${last ? ' ' : '-'}${status ? `${status} ` : ''}${line}\r\n`;
    })
    .join('');
}

function clean(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f]/g, ' ');
}

function fold(text: string, room: number): string[] {
  if (Buffer.byteLength(text) <= room) return [text];
  const out: string[] = [];
  let line = '';
  let size = 0;
  for (const char of text) {
    const octets = Buffer.byteLength(char);
    if (size + octets > room) {
      out.push(line);
      line = '';
      size = 0;
    }
    line += char;
    size += octets;
  }
  out.push(line);
  return out;
}
