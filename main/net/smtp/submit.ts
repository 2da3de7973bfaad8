/**
 * Hands one letter to a server and says what became of it, for every recipient.
 *
 * The one thing it must never do is to guess. The final dot is the point of no return: before it the letter
 * has certainly not been taken, after it only the server's reply counts, and when that is missing the
 * outcome is `unknown` - never "failed", never "try again" (protocols.md C41, C42). The caller's
 * `beforeFinalDot` has made that durable before the dot goes out.
 */
import type { Readable } from 'node:stream';
import { Fault } from '../../base/errors.ts';
import { connectionFault, socketFault } from '../failure.ts';
import { gatedLetter } from './gated-letter.ts';
import { isTemporary, replyCode, replyText, type WireError } from './replies.ts';
import type { SmtpSession } from './session.ts';

export interface Envelope {
  /** Reverse path; '' for none. */
  readonly from: string;
  readonly to: readonly string[];
  /** RFC 3461: ask for reports. */
  readonly dsn?: {
    readonly notify: readonly ('SUCCESS' | 'FAILURE' | 'DELAY' | 'NEVER')[];
    /** ENVID, unencoded. */
    readonly id?: string;
    /** RET; default the header alone. */
    readonly ret?: 'FULL' | 'HDRS';
    /** ORCPT of every recipient of this transaction, `rfc822;address`. */
    readonly originalRecipient?: string;
  };
}

export interface Submission {
  readonly envelope: Envelope;
  /** Octets of the letter, for SIZE. */
  readonly size: number;
  /** The letter has octets above 127. */
  readonly eightBit: boolean;
  /** As they go out: no Bcc, CRLF, no NUL. Called once per attempt; pulled from the start. */
  readonly octets: () => AsyncIterable<Uint8Array>;
  /** Awaited after the last octet and before the final dot. */
  readonly beforeFinalDot: () => Promise<void>;
}

export interface RecipientResult {
  readonly address: string;
  readonly state: 'accepted' | 'refused' | 'deferred' | 'unknown' | 'waiting';
  /** The server's words. */
  readonly reply: string;
}

export interface SubmissionResult {
  /**
   * accepted: the server has taken the letter for the recipients marked so.
   * refused: it will not take it; deferred: not now. interrupted: the connection failed before the final dot.
   * unknown: the final dot may have gone out and no reply came.
   */
  readonly outcome: 'accepted' | 'refused' | 'deferred' | 'interrupted' | 'unknown';
  readonly recipients: readonly RecipientResult[];
  /** Why, unless every recipient was accepted; with the server's words under `detail.reply`. */
  readonly fault: Fault | null;
  readonly reply: string;
}

/** Sends; never throws for what a server or a network does. */
export async function submit(session: SmtpSession, letter: Submission): Promise<SubmissionResult> {
  const { connection, extensions, server } = session;
  const endpoint = { host: server.host, port: server.port };
  const { envelope } = letter;
  const refuse = (code: string, message: string, detail: Record<string, unknown> = {}): SubmissionResult => ({
    outcome: 'refused',
    recipients: everybody(envelope, 'refused', ''),
    fault: new Fault('user', code, message, { detail: { ...endpoint, ...detail } }),
    reply: '',
  });
  // C44: what can be known before a byte of the letter is sent.
  if (extensions.size !== null && letter.size > extensions.size) {
    return refuse('letter-too-large', 'The letter is larger than the server accepts.', {
      size: letter.size,
      limit: extensions.size,
    });
  }
  const addresses = [envelope.from, ...envelope.to];
  if (!extensions.smtpUtf8 && addresses.some((each) => /[^\x00-\x7f]/.test(each))) {
    return refuse('smtputf8-needed', 'The server cannot carry an address with letters outside ASCII.', {
      addresses: addresses.filter((each) => /[^\x00-\x7f]/.test(each)),
    });
  }
  const gated = gatedLetter(letter.octets(), letter.beforeFinalDot);
  const sent = await handOver(session, letter, gated.stream);
  const refusals = new Map<string, RecipientResult>();
  for (const each of sent.rejected) {
    const reply = replyText(each.response);
    const code = replyCode(each.response);
    refusals.set(each.recipient ?? '', {
      address: each.recipient ?? '',
      state: isTemporary(code, true) ? 'deferred' : 'refused',
      reply,
    });
  }
  const results = (state: RecipientResult['state'], reply: string) =>
    envelope.to.map((address) => refusals.get(address) ?? { address, state, reply });
  if (!sent.failure && !gated.opened) {
    // A yes to a letter that has not ended is no answer to it.
    connection.close();
    return {
      outcome: 'interrupted',
      recipients: everybody(envelope, 'waiting', ''),
      fault: connectionFault('server-error', endpoint, { detail: { reply: replyText(sent.response) } }),
      reply: '',
    };
  }
  if (!sent.failure) {
    const reply = replyText(sent.response);
    const recipients = results('accepted', reply);
    const bad = recipients.find((each) => each.state !== 'accepted');
    return {
      outcome: 'accepted',
      recipients,
      fault: bad ? refusal(endpoint, bad.state === 'deferred', bad.reply) : null,
      reply,
    };
  }
  const { failure } = sent;
  gated.stream.destroy();
  const code = failure.responseCode ?? replyCode(failure.response);
  const reply = replyText(failure.response);
  // A reply is an answer, before the dot and after it alike (RFC 5321 section 4.2.5).
  if (code >= 400) {
    connection.close();
    const deferred = isTemporary(code);
    return {
      outcome: deferred ? 'deferred' : 'refused',
      recipients: results(deferred ? 'deferred' : 'refused', reply),
      fault: refusal(endpoint, deferred, reply, code),
      reply,
    };
  }
  connection.close();
  if (gated.opened) {
    return {
      outcome: 'unknown',
      recipients: results('unknown', ''),
      fault: new Fault(
        'remote',
        'outcome-unknown',
        'The connection was lost while the server was taking the letter.',
        {
          detail: { ...endpoint },
          cause: failure,
          retryable: false,
        },
      ),
      reply: '',
    };
  }
  return {
    outcome: 'interrupted',
    recipients: everybody(envelope, 'waiting', ''),
    fault: failure.cause instanceof Fault ? failure.cause : socketFault(failure, endpoint),
    reply: '',
  };
}

interface HandedOver {
  failure?: WireError;
  response?: string;
  rejected: WireError[];
}

/** The wire's own run: envelope, octets, final dot, reply. */
function handOver(
  { connection }: SmtpSession,
  { envelope, size, eightBit }: Submission,
  octets: Readable,
): Promise<HandedOver> {
  return new Promise((resolve) => {
    const rejected = () => (rejectedOf(connection) as WireError[] | undefined) ?? [];
    // A connection that we cut ourselves ends without a word to whoever waits for its reply.
    const ended = () =>
      setImmediate(() => resolve({ failure: new Error('The connection was closed.'), rejected: rejected() }));
    connection.once('end', ended);
    connection.send(
      {
        from: envelope.from,
        to: [...envelope.to],
        size,
        use8BitMime: eightBit,
        ...(envelope.dsn
          ? {
              dsn: {
                notify: [...envelope.dsn.notify],
                ret: envelope.dsn.ret ?? 'HDRS',
                id: envelope.dsn.id,
                ...(envelope.dsn.originalRecipient ? { recipient: envelope.dsn.originalRecipient } : {}),
              },
            }
          : {}),
      },
      octets,
      (failure, info) => {
        connection.removeListener('end', ended);
        if (failure) resolve({ failure: failure as WireError, rejected: rejected() });
        else
          resolve({ response: info?.response ?? '', rejected: (info?.rejectedErrors ?? []) as WireError[] });
      },
    );
  });
}

function refusal(
  endpoint: { host: string; port: number },
  deferred: boolean,
  reply: string,
  code = replyCode(reply),
): Fault {
  // RFC 4954 section 6: the server wants a sign-in that did not take place.
  if (code === 530) return connectionFault('login-disabled', endpoint, { detail: { reply } });
  return deferred
    ? new Fault('transient', 'letter-deferred', 'The server does not take the letter now.', {
        detail: { ...endpoint, reply },
      })
    : new Fault('remote', 'letter-refused', 'The server refused the letter.', {
        detail: { ...endpoint, reply },
      });
}

function everybody(envelope: Envelope, state: RecipientResult['state'], reply: string): RecipientResult[] {
  return envelope.to.map((address) => ({ address, state, reply }));
}

/** Refused recipients of a letter that failed later; the wire's types leave them out. */
function rejectedOf(connection: unknown): unknown {
  const envelope = (connection as { _envelope?: { rejectedErrors?: unknown } | false })._envelope;
  return envelope ? envelope.rejectedErrors : undefined;
}
