/** What an attempt makes of a letter: its next state, from what the server said of each recipient. Pure. */
import type { FaultData } from '../../base/errors.ts';
import type { RecipientResult, SubmissionResult } from '../../net/smtp/submit.ts';
import { nextTry } from './schedule.ts';

export type OutboxState = 'scheduled' | 'queued' | 'sending' | 'sent' | 'deferred' | 'failed' | 'unknown';

export interface Problem {
  code: string;
  message: string;
  reply: string;
}

export interface Settled {
  state: OutboxState;
  results: RecipientResult[];
  nextTry: number | null;
  problem: Problem | null;
  /** At least one recipient has the letter: the Sent copy is due. */
  taken: boolean;
}

/** Troubles of the account, not of the letter: its queue waits until the person has acted (C44). */
export const ACCOUNT_PROBLEMS: ReadonlySet<string> = new Set([
  'wrong-password',
  'login-disabled',
  'certificate-unknown',
  'certificate-changed',
  'certificate-antivirus',
  'no-tls-offered',
]);

export interface Attempt {
  /** Every recipient of the letter, as it stood before. */
  readonly results: readonly RecipientResult[];
  /** Tries made, this one included. */
  readonly attempts: number;
  readonly firstTry: number;
}

/** What crosses to the writer of a SubmissionResult. */
export type AttemptResult = Omit<SubmissionResult, 'fault'> & { readonly fault: FaultData | null };

export function settle(attempt: Attempt, result: AttemptResult, now: number): Settled {
  const said = new Map(result.recipients.map((each) => [each.address, each]));
  const results = attempt.results.map((before) =>
    before.state === 'accepted' ? before : (said.get(before.address) ?? before),
  );
  const some = (state: RecipientResult['state']) => results.some((each) => each.state === state);
  const taken = some('accepted');
  const problem = problemOf(result.fault, result.reply);
  const settled = (state: OutboxState, more: Partial<Settled> = {}): Settled => ({
    state,
    results,
    nextTry: null,
    problem,
    taken,
    ...more,
  });
  if (result.outcome === 'unknown') return settled('unknown');
  if (result.outcome === 'interrupted' && result.fault && ACCOUNT_PROBLEMS.has(result.fault.code)) {
    return settled('queued');
  }
  if (result.outcome === 'interrupted' || some('deferred')) {
    const again = nextTry(attempt.attempts, attempt.firstTry, now);
    if (again !== null) return settled('deferred', { nextTry: again });
    const words = problem ?? { code: 'letter-deferred', message: '', reply: '' };
    return settled('failed', { problem: { ...words, code: 'gave-up' } });
  }
  // A server with a limit took a part; the rest follows at once.
  if (some('waiting')) return settled('queued', { problem: null });
  const refused = results.find((each) => each.state === 'refused');
  if (!refused) return settled('sent', { problem: null });
  if (!taken) return settled('failed');
  return settled('failed', {
    problem: { code: 'some-refused', message: 'Some recipients were refused.', reply: refused.reply },
  });
}

export function problemOf(fault: FaultData | null, reply = ''): Problem | null {
  if (!fault) return null;
  const words = fault.detail?.['reply'];
  return {
    code: fault.code,
    message: fault.message,
    reply: reply || (typeof words === 'string' ? words : ''),
  };
}
