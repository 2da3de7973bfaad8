/** A failure in the person's words: what happened, what it means for the letter, what to do. */
import type { DoorFault } from '../transport/fault.ts';
import type { ErrorFacts } from './en/errors.ts';
import { formats, text } from './text.ts';

export interface Sentence {
  title: string;
  body: string;
  /** Verbs the place may offer. */
  actions: readonly ('retry' | 'password' | 'settings' | 'trust')[];
}

const ACTIONS: Readonly<Record<string, Sentence['actions']>> = {
  'wrong-password': ['password', 'settings'],
  'login-disabled': ['settings'],
  'name-not-found': ['settings', 'retry'],
  'connection-refused': ['settings', 'retry'],
  'wrong-port': ['settings'],
  'tls-failed': ['settings', 'retry'],
  'no-tls-offered': ['settings'],
  'certificate-unknown': ['trust'],
  'certificate-changed': ['trust'],
  'certificate-antivirus': ['trust'],
  'vault-damaged': ['password'],
};

const word = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** The facts a failure brought, with something to say where it brought none. */
function factsOf(detail: Readonly<Record<string, unknown>>): ErrorFacts {
  const { someServer, someProgram } = text().errors;
  const { limit } = detail;
  return {
    host: word(detail['host']) || someServer,
    port: word(detail['port']),
    address: word(detail['address']),
    name: word(detail['name']) || word(detail['path']).split(/[/\\]/).at(-1) || '',
    limit: typeof limit === 'number' ? formats().size(limit) : word(limit),
    program: word(detail['antivirus']) || word(detail['program']) || word(detail['issuer']) || someProgram,
  };
}

/** Never the failure's own message: that is English and meant for a log. */
export function sentence(fault: {
  code: string;
  detail?: DoorFault['detail'] | undefined;
  retryable?: boolean;
}): Sentence {
  const { unknown, codes } = text().errors;
  const words = Object.hasOwn(codes, fault.code)
    ? codes[fault.code]?.(factsOf(fault.detail ?? {}))
    : undefined;
  return {
    ...(words ?? unknown),
    actions:
      (Object.hasOwn(ACTIONS, fault.code) && ACTIONS[fault.code]) || (fault.retryable ? ['retry'] : []),
  };
}

/** The server's own words, for a line in mono under the sentence; '' when there are none. */
export function serverWords(detail: Readonly<Record<string, unknown>> | undefined): string {
  return word(detail?.['reply']).trim();
}
