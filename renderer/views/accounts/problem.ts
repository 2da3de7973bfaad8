/** The certificate an account's problem is about, when the engine sent one along. Pure. */
import type { Account, Certificate } from '../../../main/contract/mail/accounts.ts';

export function certificateOf(problem: Account['problem']): Certificate | null {
  const found = problem?.detail?.['certificate'];
  if (typeof found !== 'object' || found === null) return null;
  const certificate = found as Partial<Certificate>;
  const whole =
    typeof certificate.host === 'string' &&
    typeof certificate.port === 'number' &&
    typeof certificate.fingerprint256 === 'string';
  if (!whole) return null;
  return {
    subject: '',
    issuer: '',
    validFrom: '',
    validTo: '',
    names: [],
    reason: '',
    ...certificate,
  } as Certificate;
}
