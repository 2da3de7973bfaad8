/** The one table from a Fault to what POP3 says (RFC 1939, RFC 2449 section 8, RFC 3206). */
import { toFault } from '../../base/errors.ts';
import type { Texts } from './texts.ts';

export interface Refusal {
  /** Response code with brackets, or empty. */
  readonly code: string;
  readonly text: string;
  /** Counts towards the three failed sign-ins of rule P2. */
  readonly signIn: boolean;
}

export function refusalOf(failure: unknown, texts: Texts): Refusal {
  const fault = toFault(failure);
  switch (fault.code) {
    case 'sign-in-failed':
      return { code: '[AUTH]', text: texts.failed, signIn: true };
    case 'sign-in-later':
      return { code: '[AUTH]', text: texts.later(Number(fault.detail?.['seconds'] ?? 1)), signIn: true };
    case 'clear-text':
      return { code: '[AUTH]', text: texts.clearText, signIn: false };
    case 'sasl-syntax':
      return { code: '', text: texts.badAnswer, signIn: false };
    case 'maildrop-locked':
      return { code: '[IN-USE]', text: texts.locked, signIn: false };
    case 'blob-missing':
    case 'blob-damaged':
      return { code: '[SYS/PERM]', text: texts.damaged, signIn: false };
    default:
      return fault.kind === 'syntax'
        ? { code: '', text: fault.message, signIn: false }
        : { code: '[SYS/TEMP]', text: texts.trouble, signIn: false };
  }
}
