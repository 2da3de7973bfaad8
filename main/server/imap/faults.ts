/**
 * Faults on the IMAP wire: which status, response code (RFC 5530, RFC 9051 section 7.1) and text each one gets.
 * The one table of design.md rule 8.1 for this protocol. Private causes never get here (rule G14).
 */
import { Fault } from '../../base/errors.ts';

export interface Refusal {
  readonly status: 'NO' | 'BAD';
  /** Without brackets; null for none. */
  readonly code: string | null;
  readonly text: string;
}

/** A command that makes no sense: tagged BAD. @param code e.g. `TOOBIG`. */
export function bad(text: string, code: string | null = null): Fault {
  return new Fault('syntax', 'imap-syntax', text, code === null ? {} : { detail: { response: code } });
}

/** A command that cannot be done: tagged NO. @param code e.g. `TRYCREATE`, null for none. */
export function no(code: string | null, text: string): Fault {
  return new Fault('user', 'imap-refused', text, code === null ? {} : { detail: { response: code } });
}

/** Response codes by Fault code; what is not here is answered by the Fault's kind. */
const CODES: Readonly<Record<string, string>> = {
  'no-mailbox': 'NONEXISTENT',
  'mailbox-exists': 'ALREADYEXISTS',
  'mailbox-name': 'CANNOT',
  inbox: 'CANNOT',
  'has-children': 'HASCHILDREN',
  'not-selectable': 'CANNOT',
  'over-quota': 'OVERQUOTA',
  'too-many-keywords': 'LIMIT',
  'message-too-big': 'TOOBIG',
  'disk-full': 'UNAVAILABLE',
  'sign-in-failed': 'AUTHENTICATIONFAILED',
  'sign-in-later': 'UNAVAILABLE',
  'blob-damaged': 'UNAVAILABLE',
};

/** What a peer is told about a failure. */
export function refusal(fault: Fault): Refusal {
  const given = fault.detail?.['response'];
  const code = typeof given === 'string' ? given : (CODES[fault.code] ?? null);
  if (fault.code === 'sign-in-failed')
    return { status: 'NO', code, text: 'The name or the password is not right.' };
  if (fault.kind === 'syntax') return { status: 'BAD', code, text: line(fault.message) };
  if (fault.kind === 'user') return { status: 'NO', code, text: line(fault.message) };
  if (fault.kind === 'transient')
    return { status: 'NO', code: code ?? 'UNAVAILABLE', text: line(fault.message) };
  // Rule G14: no word about the inside.
  return {
    status: 'NO',
    code: code ?? 'SERVERBUG',
    text: 'This could not be done; the reason has been recorded.',
  };
}

/** Text of a response: one line of printable ASCII, never empty (rule I3). */
export function line(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]+/g, '?').trim();
  return plain === '' ? 'no further word' : plain;
}
