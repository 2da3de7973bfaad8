/** One letter over one open session, and what each recipient's reply means (RFC 5321 section 4.2.5, rule S67). */
import { toFault } from '../../base/errors.ts';
import type { SmtpSession } from '../../net/smtp/session.ts';
import { submit } from '../../net/smtp/submit.ts';
import type { Claimed, ClaimedLetter } from './relay-rows.ts';

export interface Result {
  /** `unknown`: the line was lost after the final dot. */
  readonly outcome: 'relayed' | 'failed' | 'deferred' | 'unknown';
  readonly status: string;
  readonly reply: string;
  readonly host: string;
  /** 4xx to RCPT: the other side greylists. */
  readonly greylisted: boolean;
}

export interface Attempt {
  /** By position. */
  readonly results?: ReadonlyMap<number, Result>;
  /** No host took part: everybody of this letter shares the fate. */
  readonly down?: {
    readonly status: string;
    readonly reply: string;
    readonly host: string;
    readonly final: boolean;
  };
  /** The host answers for reports about success itself (RFC 3461 section 5.2.2). */
  readonly passesReports?: boolean;
}

export interface Source {
  octets(): AsyncIterable<Uint8Array>;
  beforeFinalDot(positions: readonly number[]): Promise<void>;
}

/** Longest text line that may be relayed, with CRLF (rule S23). */
const MOST_LINE_OCTETS = 1000;

/**
 * Recipients with the same report options share a transaction, because the options travel with the transaction.
 * Never throws for what a host or a network does.
 */
export async function transact(
  session: SmtpSession,
  host: string,
  letter: ClaimedLetter,
  source: Source,
): Promise<Attempt> {
  const results = new Map<number, Result>();
  const unable = unableTo(session, letter);
  if (unable) {
    for (const each of letter.recipients) results.set(each.position, { ...unable, host });
    return { results };
  }
  const groups = session.extensions.dsn ? byOptions(letter.recipients) : [letter.recipients];
  for (const group of groups) {
    if (!session.alive) {
      for (const each of group) {
        results.set(each.position, deferred('4.4.2', 'the connection was closed', host, false));
      }
      continue;
    }
    await oneTransaction(session, host, letter, group, source, results);
  }
  return { results, passesReports: session.extensions.dsn };
}

async function oneTransaction(
  session: SmtpSession,
  host: string,
  letter: ClaimedLetter,
  group: readonly Claimed[],
  source: Source,
  results: Map<number, Result>,
): Promise<void> {
  const first = group[0]!;
  const sent = await submit(session, {
    envelope: {
      from: first.returnTo ?? letter.sender,
      to: group.map((each) => each.address),
      ...(session.extensions.dsn ? { dsn: reportOptions(first, letter) } : {}),
    },
    size: letter.size,
    eightBit: letter.eightBit,
    octets: () => source.octets(),
    beforeFinalDot: () => source.beforeFinalDot(group.map((each) => each.position)),
  });
  const byAddress = new Map(sent.recipients.map((each) => [each.address, each]));
  const atRcpt = sent.outcome === 'accepted' || sent.outcome === 'refused' || sent.outcome === 'deferred';
  for (const each of group) {
    const said = byAddress.get(each.address);
    const reply = said?.reply || sent.reply;
    const state = said?.state ?? 'waiting';
    if (state === 'accepted')
      results.set(each.position, {
        outcome: 'relayed',
        status: statusOf(reply, '2.0.0'),
        reply,
        host,
        greylisted: false,
      });
    else if (state === 'unknown') {
      results.set(each.position, {
        outcome: 'unknown',
        status: '4.4.2',
        reply: 'the connection was lost after the letter was sent',
        host,
        greylisted: false,
      });
    } else if (state === 'refused') {
      const code = toFault(sent.fault).code;
      const own = code === 'letter-too-large' ? '5.3.4' : code === 'smtputf8-needed' ? '5.6.7' : '';
      const text = reply === '' ? (sent.fault?.message ?? '') : reply;
      results.set(each.position, {
        outcome: 'failed',
        status: own === '' ? statusOf(reply, '5.0.0') : own,
        reply: text,
        host,
        greylisted: false,
      });
    } else if (state === 'deferred') {
      results.set(
        each.position,
        deferred(statusOf(reply, '4.0.0'), reply, host, atRcpt && said !== undefined),
      );
    } else {
      results.set(
        each.position,
        deferred('4.4.2', sent.fault?.message ?? 'the connection was lost', host, false),
      );
    }
  }
}

function deferred(status: string, reply: string, host: string, greylisted: boolean): Result {
  return { outcome: 'deferred', status, reply, host, greylisted };
}

/** Rules S69 and S23: what this host cannot carry is said now and not after a refusal. */
function unableTo(session: SmtpSession, letter: ClaimedLetter): Omit<Result, 'host'> | undefined {
  const failed = (status: string, reply: string) => ({
    outcome: 'failed' as const,
    status,
    reply,
    greylisted: false,
  });
  if (letter.eightBit && !session.extensions.eightBitMime) {
    return failed('5.6.3', 'the next host takes no 8-bit text and the letter has some');
  }
  if (letter.smtpUtf8 && !session.extensions.smtpUtf8) {
    return failed('5.6.7', 'the next host takes no addresses or headers in UTF-8 and the letter has some');
  }
  if (letter.longestLine > MOST_LINE_OCTETS) {
    return failed('5.6.0', 'a line of the letter is longer than mail allows');
  }
  return undefined;
}

function byOptions(recipients: readonly Claimed[]): Claimed[][] {
  const groups = new Map<string, Claimed[]>();
  for (const each of recipients) {
    const key = `${each.notify}\n${each.original ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

type Notify = 'SUCCESS' | 'FAILURE' | 'DELAY' | 'NEVER';

function reportOptions(recipient: Claimed, letter: ClaimedLetter) {
  const words = recipient.notify === '' ? ['failure', 'delay'] : recipient.notify.split(',');
  return {
    notify: words.map((each) => each.toUpperCase() as Notify),
    ...(letter.envelopeId === null ? {} : { id: letter.envelopeId }),
    ret: letter.ret === 'full' ? ('FULL' as const) : ('HDRS' as const),
    ...(recipient.original === null ? {} : { originalRecipient: recipient.original }),
  };
}

/** The enhanced status code of a reply (RFC 2034), or what its first digit says. */
function statusOf(reply: string, otherwise: string): string {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1] ?? otherwise;
}
