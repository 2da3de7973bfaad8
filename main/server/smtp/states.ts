/**
 * What a session may do now: one tagged union and one gate in front of every command. Commands change the state, the
 * gate alone says no to a command at the wrong time (rules S2, S4, S5, S10, S17, S40).
 */
import type { LocalTarget } from '../directory/directory.ts';
import type { Notify } from '../queue/queue.ts';
import type { Receiver } from './receive.ts';
import { type Reply, reply } from './replies.ts';

/** What the client called itself, and how. */
export interface Hello {
  readonly verb: 'HELO' | 'EHLO';
  readonly name: string;
}

/** One accepted RCPT. */
export interface Recipient {
  /** As it is written on the wire. */
  readonly address: string;
  readonly targets: readonly LocalTarget[];
  /** Addresses outside the office that copies go to. */
  readonly remote: readonly string[];
  readonly list: { readonly address: string; readonly owners: readonly string[] } | null;
  /** True when the recipient itself is outside. */
  readonly relayed: boolean;
  readonly notify: readonly Notify[];
  readonly original: string | null;
}

export interface Transaction {
  /** Reverse path as it is written on the wire; empty for `<>`. */
  readonly sender: string;
  readonly envelopeId: string | null;
  readonly return: 'full' | 'headers' | null;
  readonly smtpUtf8: boolean;
  /** SIZE= of MAIL in octets; 0 when it was not given. */
  readonly size: number;
  /** By address in lower case: a repeated RCPT replaces the earlier one. */
  readonly recipients: Map<string, Recipient>;
  /** RCPT commands that were refused. */
  refused: number;
  /** Seconds that a notice of a stranger (`<>`) is put off at the data, 0 when it is not (rule S55). */
  deferred: number;
}

export type State =
  | { readonly kind: 'start' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'mail'; readonly transaction: Transaction }
  /** BDAT has begun; `receiver` null: a chunk failed, and nothing but RSET helps (RFC 3030 section 2). */
  | { readonly kind: 'chunks'; readonly transaction: Transaction; readonly receiver: Receiver | null };

export const VERBS = [
  'EHLO',
  'HELO',
  'MAIL',
  'RCPT',
  'DATA',
  'BDAT',
  'RSET',
  'NOOP',
  'QUIT',
  'VRFY',
  'EXPN',
  'HELP',
  'AUTH',
  'STARTTLS',
  'ETRN',
  'SEND',
  'SOML',
  'SAML',
  'TURN',
] as const;
export type Verb = (typeof VERBS)[number];

const HELLO_FIRST = reply(503, '5.5.1', 'Send EHLO or HELO first');
const IN_TRANSACTION = reply(503, '5.5.1', 'Not during a mail transaction');

/** The refusal of a command that does not belong here; undefined lets it through. */
export function gate(verb: Verb, state: State, signedIn: boolean): Reply | undefined {
  switch (verb) {
    case 'MAIL':
      if (state.kind === 'start') return HELLO_FIRST;
      return state.kind === 'ready' ? undefined : reply(503, '5.5.1', 'A transaction is open already');
    case 'RCPT':
      if (state.kind === 'start') return HELLO_FIRST;
      if (state.kind === 'chunks') return IN_TRANSACTION;
      return state.kind === 'mail' ? undefined : reply(503, '5.5.1', 'Send MAIL first');
    case 'DATA':
    case 'BDAT':
      return gateMessage(verb, state);
    case 'AUTH':
      if (state.kind === 'start') return HELLO_FIRST;
      if (state.kind !== 'ready') return IN_TRANSACTION;
      return signedIn ? reply(503, '5.5.1', 'Signed in already') : undefined;
    case 'ETRN':
      return state.kind === 'start' ? HELLO_FIRST : undefined;
    case 'EHLO':
    case 'HELO':
    case 'RSET':
    case 'NOOP':
    case 'QUIT':
    case 'VRFY':
    case 'EXPN':
    case 'HELP':
    case 'STARTTLS':
    case 'SEND':
    case 'SOML':
    case 'SAML':
    case 'TURN':
      return undefined;
  }
}

function gateMessage(verb: 'DATA' | 'BDAT', state: State): Reply | undefined {
  switch (state.kind) {
    case 'start':
      return HELLO_FIRST;
    case 'ready':
      return reply(503, '5.5.1', 'Send MAIL first');
    case 'mail':
      if (state.transaction.recipients.size > 0) return undefined;
      // RFC 5321 section 4.1.1.4: no valid recipients, also for a client that pipelined.
      return state.transaction.refused > 0
        ? reply(554, '5.5.1', 'No valid recipients')
        : reply(503, '5.5.1', 'Send RCPT first');
    case 'chunks':
      if (verb === 'DATA') return reply(503, '5.5.1', 'DATA and BDAT do not mix');
      return state.receiver ? undefined : reply(503, '5.5.1', 'A chunk failed, send RSET');
  }
}
