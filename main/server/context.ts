/** What every listener of the office is given: the rooms it may ask, and the policy of the moment. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { TlsSource } from '../net/listener.ts';
import type { Authenticator } from './directory/authenticator.ts';
import type { Directory } from './directory/directory.ts';
import type { Guard } from './guard/guard.ts';
import type { Mailstore } from './mailstore/mailstore.ts';
import type { Queue } from './queue/queue.ts';
import type { Records } from './records.ts';

export interface Policy {
  /** Octets; SIZE and APPENDLIMIT. */
  readonly maxMessageBytes: number;
  /** Recipients of one message; at least 100. */
  readonly maxRecipients: number;
  /** True refuses text lines over 1,000 octets everywhere (S23). */
  readonly strictLines: boolean;
}

export interface OfficeContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly records: Records;
  readonly directory: Directory;
  readonly authenticator: Authenticator;
  readonly guard: Guard;
  readonly mailstore: Mailstore;
  readonly queue: Queue;
  readonly tls: TlsSource;
  /** Read at each use: an administrator may change it while sessions run. */
  policy(): Policy;
}

/** A protocol that is up. */
export interface Service {
  readonly port: number;
  /** Sessions that are open now. */
  readonly sessions: number;
  /** Stops accepting, tells idle peers, lets running transactions finish for `graceMs`, closes (rule G15). */
  close(graceMs: number): Promise<void>;
}

export interface ServiceOptions {
  readonly host: string;
  readonly port: number;
  readonly implicitTls: boolean;
}
