/**
 * Signing in, for every protocol (protocol rules G6-G9). One question, one answer, the same time for known and
 * unknown names; the guard's throttle is inside, so a protocol cannot forget it.
 *
 * It must never say why a sign-in failed: unknown, wrong and disabled are one Fault, `sign-in-failed`.
 */
import type { Person } from './directory.ts';

export type ServerMechanism = 'SCRAM-SHA-256' | 'PLAIN' | 'LOGIN' | 'CRAM-MD5' | 'DIGEST-MD5';
export type MailService = 'smtp' | 'submission' | 'pop3' | 'imap' | 'web';

export interface SignInContext {
  readonly service: MailService;
  /** The peer's address, without brackets or zone. */
  readonly ip: string;
  readonly encrypted: boolean;
  /** Host name of this office for challenges (RFC 2195, RFC 2831 realm). */
  readonly hostname: string;
}

/**
 * One SASL exchange (RFC 4422). Texts are octets, without base64.
 * `start` takes the initial response (null: none was given; empty: `=`), `next` each further answer.
 * A mechanism's last word (SCRAM, DIGEST-MD5) comes as a challenge; the client's empty answer to it ends in `done`.
 * @throws Fault user `sign-in-failed`; user `clear-text-refused` (rule G6); syntax `sasl-mechanism` for one that is
 *   not offered here, `sasl-syntax` for an answer that makes no sense; transient `sign-in-later` (detail.seconds) when
 *   the peer is banned or too many wait. An exchange that threw is over.
 */
export interface SaslExchange {
  readonly mechanism: ServerMechanism;
  start(initial: Uint8Array | null): Promise<SaslStep>;
  next(answer: Uint8Array): Promise<SaslStep>;
}

export type SaslStep =
  | { readonly kind: 'challenge'; readonly data: Uint8Array }
  /** `data`: for protocols with room beside their yes; null in SMTP, POP3 and IMAP. */
  | { readonly kind: 'done'; readonly person: Person; readonly data: Uint8Array | null };

export interface Authenticator {
  /**
   * Mechanisms to advertise here (G6, G8): none that sends a password in clear without TLS unless the policy
   * allows clear text from this peer; CRAM-MD5 and DIGEST-MD5 only where every enabled person has a legacy secret.
   */
  mechanisms(context: SignInContext): Promise<ServerMechanism[]>;
  /** True when USER/PASS, LOGIN and PLAIN may be used by this peer now (G6). */
  clearTextAllowed(context: SignInContext): Promise<boolean>;
  /** True when APOP can be offered: every enabled person has a legacy secret. */
  apopOffered(): Promise<boolean>;
  exchange(mechanism: ServerMechanism, context: SignInContext): SaslExchange;
  /** USER/PASS, LOGIN. @throws like SaslExchange. */
  password(user: string, password: string, context: SignInContext): Promise<Person>;
  /** POP3 APOP (RFC 1939 section 7): MD5 of the greeting's timestamp and the secret, compared in constant time. */
  apop(user: string, timestamp: string, digest: string, context: SignInContext): Promise<Person>;
}
