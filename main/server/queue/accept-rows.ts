/**
 * The write that takes a letter over: local copies, rows for the relay, the trace and the memory of submissions, all or
 * nothing (rules S37, S58). Runs in the writer thread.
 *
 * Invariant: a letter with at least one copy that was made or will be sent is accepted; what failed beside it becomes
 * a failed recipient with a report due, never an error to the sender's session.
 */
import { Fault } from '../../base/errors.ts';
import { SUBMISSION_SEEN_MS } from '../../base/limits.ts';
import type { WriteTx } from '../../store/program.ts';
import type { LocalTarget } from '../directory/directory.ts';
import { appendDelivered } from '../mailstore/append.ts';
import type { LetterInput } from '../mailstore/letters.ts';
import type { Accepted, LocalRecipient, Notify, RemoteRecipient } from './queue.ts';
import { markReported, type Reported } from './report-rows.ts';
import { beginTrace, type NewStep } from './steps.ts';

export interface AcceptInput {
  readonly letter: LetterInput;
  readonly queueId: string;
  readonly skip: number;
  readonly sender: string;
  readonly envelopeId: string | null;
  readonly return: 'full' | 'headers' | null;
  readonly smtpUtf8: boolean;
  readonly eightBit: boolean;
  readonly longestLine: number;
  readonly subject: string;
  readonly messageId: string;
  readonly person: number | null;
  readonly session: string;
  readonly local: readonly LocalRecipient[];
  /** With their destination: the domain in A-labels and lower case. */
  readonly remote: readonly (RemoteRecipient & { readonly domain: string })[];
  /** This letter is the report about these. */
  readonly reported: Reported | null;
  /** SHA-256 of account, Message-ID and envelope; null: not remembered. */
  readonly seen: Uint8Array | null;
  readonly now: number;
  /** Minutes east of UTC, for INTERNALDATE. */
  readonly zone: number;
}

interface Failed {
  readonly recipient: LocalRecipient;
  readonly target: LocalTarget;
  readonly fault: Fault;
}

/** Accepted, and whether the relay or a report has something to do now. */
export interface Taken extends Accepted {
  readonly queued: boolean;
}

export function accept(tx: WriteTx, input: AcceptInput): Taken {
  const earlier = input.seen && seenBefore(tx, input, input.seen);
  if (earlier) return { queueId: earlier, repeated: true, queued: false };
  const steps: NewStep[] = [{ step: 'accepted', recipient: '', text: `session ${input.session}` }];
  const delivered = new Set<LocalRecipient>();
  const failed: Failed[] = [];
  for (const recipient of input.local) {
    for (const target of recipient.targets) {
      const fault = deliver(tx, input, target);
      if (fault) failed.push({ recipient, target, fault });
      else delivered.add(recipient);
      const text = fault ? replyOf(fault) : aliasText(recipient, target);
      steps.push({ step: fault ? 'failed' : 'delivered', recipient: target.address, text });
    }
  }
  // Nothing is kept: the sender's session can still be told (rule S73).
  const [first] = failed;
  if (first && delivered.size === 0 && input.remote.length === 0) throw first.fault;
  for (const { address } of input.remote) steps.push({ step: 'queued', recipient: address, text: '' });
  const queued = queue(tx, input, delivered, failed);
  if (input.reported) markReported(tx, input.reported);
  const { queueId, sender, subject, messageId, person, session, now: at } = input;
  beginTrace(
    tx,
    { queueId, sender, subject, messageId, person, session, size: input.letter.blob.raw, at },
    steps,
  );
  return { queueId, repeated: false, queued };
}

/** @returns why this copy could not be made. */
function deliver(tx: WriteTx, input: AcceptInput, target: LocalTarget): Fault | undefined {
  const { letter, now, zone } = input;
  const { personId, detail } = target;
  // Removed since RCPT was answered: nobody would ever open that mailbox.
  if (tx.db.value('SELECT 1 FROM people WHERE id = ?', personId) === undefined) {
    return new Fault('user', 'no-such-person', 'No such user here.');
  }
  try {
    // A report must not be lost because a box is full: it is small, and it is the last word.
    const overQuota = input.reported !== null;
    appendDelivered(tx, { personId, detail, letter, internalDate: now, zone, overQuota });
    return undefined;
  } catch (failure) {
    if (failure instanceof Fault && failure.code === 'over-quota') return failure;
    throw failure;
  }
}

/** What a report says of it, in SMTP's words. */
function replyOf({ code, message }: Fault): string {
  return `${code === 'over-quota' ? '552 5.2.2' : '550 5.1.1'} ${message}`;
}

function aliasText(recipient: LocalRecipient, target: LocalTarget): string {
  return recipient.recipient.toLowerCase() === target.address.toLowerCase()
    ? ''
    : `for ${recipient.recipient}`;
}

/** Rows for what is left to do: copies to send, failures to report, deliveries that were asked to be told; false: none. */
function queue(
  tx: WriteTx,
  input: AcceptInput,
  delivered: ReadonlySet<LocalRecipient>,
  failed: readonly Failed[],
): boolean {
  const told = input.sender === '' ? [] : [...delivered].filter(({ notify }) => notify.includes('success'));
  if (input.remote.length === 0 && failed.length === 0 && told.length === 0) return false;
  const letter = keepLetter(tx, input);
  let position = 0;
  const add = (row: Omit<Row, 'letter' | 'position'>) => {
    insertRecipient(tx, { letter, position, ...row });
    position += 1;
  };
  for (const each of input.remote) {
    add({ ...facts(each), address: each.address, domain: each.domain, state: 'waiting', next: input.now });
  }
  for (const { recipient, target, fault } of failed) {
    const reply = replyOf(fault);
    const report = reportsFailure(input, recipient.notify) ? 'failure' : null;
    add({
      ...facts(recipient),
      address: target.address,
      domain: '',
      state: 'failed',
      next: null,
      reply,
      report,
    });
  }
  for (const recipient of told) {
    const address = recipient.recipient;
    add({ ...facts(recipient), address, domain: '', state: 'done', next: null, report: 'delivered' });
  }
  return true;
}

/** Never about a report, never where the sender said no (rule S71, RFC 3461 section 4.1). */
function reportsFailure({ sender }: AcceptInput, notify: readonly Notify[]): boolean {
  return sender !== '' && (notify.length === 0 || notify.includes('failure'));
}

function facts(each: LocalRecipient | RemoteRecipient) {
  const returnTo = 'returnTo' in each ? (each.returnTo ?? null) : null;
  return {
    recipient: each.recipient,
    returnTo,
    notify: each.notify.join(','),
    original: each.originalRecipient,
  };
}

function keepLetter(tx: WriteTx, input: AcceptInput): number {
  const { blob } = input.letter;
  tx.blobs.append(blob);
  return tx.db.run(
    `INSERT INTO queue_letters (queue_id, hash, size, skip, sender, envelope_id, ret, smtputf8, eight_bit,
       longest_line, subject, message_id, person, arrived)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    input.queueId,
    blob.hash,
    blob.raw,
    input.skip,
    input.sender,
    input.envelopeId,
    input.return,
    input.smtpUtf8 ? 1 : 0,
    input.eightBit ? 1 : 0,
    input.longestLine,
    input.subject,
    input.messageId,
    input.person,
    input.now,
  ).lastId;
}

interface Row {
  readonly letter: number;
  readonly position: number;
  readonly recipient: string;
  readonly address: string;
  readonly domain: string;
  readonly returnTo: string | null;
  readonly notify: string;
  readonly original: string | null;
  readonly state: 'waiting' | 'failed' | 'done';
  readonly next: number | null;
  readonly reply?: string;
  readonly report?: string | null;
}

function insertRecipient(tx: WriteTx, row: Row): void {
  tx.db.run(
    `INSERT INTO queue_recipients (letter, position, recipient, address, domain, return_to, notify, original, state,
       next_attempt, last_reply, last_status, report, finished)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.letter,
    row.position,
    row.recipient,
    row.address,
    row.domain,
    row.returnTo,
    row.notify,
    row.original,
    row.state,
    row.next,
    row.reply ?? '',
    row.reply?.split(' ')[1] ?? '',
    row.report ?? null,
    row.state === 'waiting' ? null : tx.now,
  );
}

/** The first queue id of the same submission within a day; remembers this one when there is none. */
function seenBefore(tx: WriteTx, input: AcceptInput, key: Uint8Array): string | undefined {
  const { db } = tx;
  const since = input.now - SUBMISSION_SEEN_MS;
  db.run('DELETE FROM submissions_seen WHERE at < ?', since);
  const earlier = db.value<string>('SELECT queue_id FROM submissions_seen WHERE key = ?', key);
  if (earlier === undefined) {
    db.run(
      'INSERT INTO submissions_seen (key, queue_id, at) VALUES (?, ?, ?)',
      key,
      input.queueId,
      input.now,
    );
    return undefined;
  }
  return earlier;
}

export const acceptWrites = { 'queue.accept': accept };
