/** Tries a submission server without keeping anything, and says what is wrong in one code. */
import { toFault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Certificate, Server, TestResult } from '../../contract/mail/accounts.ts';
import { openSession, type SmtpTimeouts } from '../../net/smtp/session.ts';
import type { TrustedCertificates } from '../../net/tls.ts';

export type ServerResult = TestResult['incoming'];

export interface TestOptions {
  readonly trusted: TrustedCertificates;
  readonly log: Log;
  readonly authorities?: readonly string[];
  readonly timeouts?: SmtpTimeouts;
  readonly signal?: AbortSignal;
}

/** Nobody waits a minute for a test. */
const TIMEOUTS: SmtpTimeouts = { setup: 20_000, idle: 20_000 };

export async function testOutgoing(
  server: Server,
  password: string,
  options: TestOptions,
): Promise<ServerResult> {
  try {
    const session = await openSession({ timeouts: TIMEOUTS, ...options, server, password });
    session.close();
    return { ok: true, code: '', message: '', certificate: null };
  } catch (failure) {
    return failedResult(failure);
  }
}

/** A Fault of a connection as the result of a test; a certificate stands in its own place. */
export function failedResult(failure: unknown): ServerResult {
  const { code, message, detail } = toFault(failure);
  const { certificate, ...facts } = (detail ?? {}) as { certificate?: Certificate } & Record<string, unknown>;
  return { ok: false, code, message, certificate: certificate ?? null, detail: facts };
}
