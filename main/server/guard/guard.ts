/**
 * The guard: how much one peer and one person may ask of the office (protocol rules G9, G13, S54). It counts,
 * slows down and bans; bans survive a restart. IPv6 peers are counted by /64.
 *
 * It must never ban a trusted network, and never answer a protocol by itself: it gives verdicts, the protocol
 * has the words.
 */
import type { MailService } from '../directory/authenticator.ts';

export type Admission =
  | { readonly ok: true; release(): void }
  /** `total`, `peer`: too many sessions; `rate`: too many connections a minute; `banned`. */
  | { readonly ok: false; readonly reason: 'total' | 'peer' | 'rate' | 'banned' };

export type RateVerdict = { readonly ok: true } | { readonly ok: false; readonly retrySeconds: number };

export interface Ban {
  readonly ip: string;
  readonly since: number;
  /** Wall clock in ms when it ends by itself. */
  readonly until: number;
  readonly reason: string;
}

export interface Guard {
  /** A new connection. Synchronous: it is asked for every socket. `release` when the socket is gone. */
  admit(ip: string, service: MailService): Admission;
  /** G13: sessions of one person over IMAP. */
  admitPerson(personId: number, service: MailService): Admission;
  isTrusted(ip: string): boolean;
  isOldDevice(ip: string): boolean;
  isClearTextAllowed(ip: string): boolean;
  /** Milliseconds this sign-in has to wait before it is answered; `banned`: refuse it now, and for so long. */
  beforeSignIn(ip: string, account: string): { readonly waitMs: number; readonly banned: boolean };
  signInFailed(ip: string, account: string): Promise<void>;
  signedIn(ip: string, account: string): void;
  /** One more message from an address that did not sign in (S54). */
  message(ip: string): RateVerdict;
  /** Recipients (and one message) of a signed-in person (S54). */
  submission(personId: number, recipients: number): RateVerdict;
  /** S55: a stranger's sender (empty for `<>`) and recipient; always ok while greylisting is off. */
  greylist(ip: string, sender: string, recipient: string): Promise<RateVerdict>;
  bans(): Promise<Ban[]>;
  lift(ip: string): Promise<boolean>;
}
