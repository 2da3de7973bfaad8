/**
 * Writes the reports that are owed (rules S70-S72): one for each letter and reverse path, accepted into the queue like
 * any letter, with the null sender. The owed mark goes away in the transaction that accepts the report, so a crash
 * neither loses a report nor writes it twice.
 */
import type { Clock } from '../../base/clock.ts';
import { toFault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { StoreBlobs } from '../../store/store.ts';
import type { Directory } from '../directory/directory.ts';
import type { Mailstore } from '../mailstore/mailstore.ts';
import type { AcceptingQueue } from './queue.ts';
import { buildReport, type ReportedOutcome, type ReportKind } from './report.ts';
import type { QueueStore } from './rows.ts';
import type { Schedule } from './schedule.ts';

export interface ReporterDeps {
  readonly store: QueueStore;
  readonly blobs: Pick<StoreBlobs, 'stream'>;
  readonly directory: Directory;
  readonly mailstore: Mailstore;
  readonly queue: AcceptingQueue;
  readonly clock: Clock;
  readonly log: Log;
  readonly schedule: Schedule;
  newQueueId(): string;
}

export interface Reporter {
  wake(): void;
  close(): Promise<void>;
}

/** A returned letter above this comes back as its header alone. */
const MOST_RETURNED_OCTETS = 1024 * 1024;
const MOST_HEADER_OCTETS = 64 * 1024;

export function createReporter(deps: ReporterDeps): Reporter {
  const { store, log } = deps;
  let working: Promise<void> | undefined;
  let again = false;
  let closed = false;

  const wake = (): void => {
    if (closed) return;
    if (working) {
      again = true;
      return;
    }
    working = writeAll()
      .catch((failure: unknown) => log.error('queue-report', { failure }))
      .finally(() => {
        working = undefined;
        if (again) {
          again = false;
          wake();
        }
      });
  };

  const writeAll = async (): Promise<void> => {
    while (!closed) {
      const owed = await store.read('queue.owedReport');
      if (!owed) return;
      await write(owed);
    }
  };

  const write = async (owed: OwedReport): Promise<void> => {
    const { hostname } = await deps.directory.office();
    const done = { letter: owed.letter, positions: owed.outcomes.map((each) => each.position) };
    if (owed.sender === '') {
      // Nobody is told about a report (rule S71): the trace and the log say it.
      log.warn('queue-report-failed', { queueId: owed.queueId });
      await store.write('queue.reported', done);
      return;
    }
    const outcomes = owed.outcomes.map(
      (each): ReportedOutcome => ({
        kind: each.kind,
        recipient: each.recipient,
        original: each.original,
        status: each.status,
        reply: each.reply,
        host: each.host,
        lastAttempt: each.lastAttempt,
        triedUntil: each.kind === 'delay' ? owed.arrived + deps.schedule.giveUpAfterMs : null,
      }),
    );
    const failed = outcomes.some((each) => each.kind === 'failure');
    // RFC 3461 section 4.3: RET only counts for failures; success is told with the header alone.
    const full = failed && owed.ret !== 'headers' && owed.size <= MOST_RETURNED_OCTETS;
    const report = buildReport({
      hostname,
      to: owed.sender,
      envelopeId: owed.envelopeId,
      subject: owed.subject,
      messageId: owed.messageId,
      arrived: owed.arrived,
      now: deps.clock.now(),
      outcomes,
      returned: full ? 'message/rfc822' : 'text/rfc822-headers',
      utf8: owed.smtpUtf8,
    });
    const queueId = deps.newQueueId();
    const route = await deps.directory.route(owed.sender, { sender: '', personId: null });
    if (route.kind !== 'local' && route.kind !== 'remote') {
      // The sender is gone from the office: there is nobody to tell.
      log.warn('queue-report-nobody', { queueId: owed.queueId });
      await store.write('queue.reported', done);
      return;
    }
    const intake = deps.mailstore.intake();
    try {
      await intake.write(report.head);
      for await (const piece of originalOf(deps, owed, full)) await intake.write(piece);
      await intake.write(report.tail);
      const skip = Buffer.from('Return-Path: <>\r\n');
      const message = await intake.finish(skip, { normalise: true });
      const options = { notify: [], originalRecipient: null };
      await deps.queue.accept({
        message,
        skip: skip.length,
        envelope: { sender: '', envelopeId: null, return: null, smtpUtf8: owed.smtpUtf8 },
        local: route.kind === 'local' ? [{ recipient: owed.sender, targets: route.targets, ...options }] : [],
        remote: route.kind === 'remote' ? [{ recipient: owed.sender, address: owed.sender, ...options }] : [],
        queueId,
        personId: null,
        idempotent: false,
        session: 'report',
        reported: done,
      });
    } catch (failure) {
      intake.abandon();
      if (toFault(failure).code !== 'over-quota') throw failure;
      // The sender's box is full: the trace of the letter has to tell.
      log.warn('queue-report-no-room', { queueId: owed.queueId });
      await store.write('queue.reported', done);
    }
  };

  return {
    wake,
    async close() {
      closed = true;
      await working;
    },
  };
}

export interface OwedReport {
  readonly letter: number;
  readonly queueId: string;
  readonly hash: Uint8Array;
  readonly size: number;
  readonly skip: number;
  /** Whom the report goes to: the reverse path of these copies. */
  readonly sender: string;
  readonly envelopeId: string | null;
  readonly ret: string | null;
  readonly smtpUtf8: boolean;
  readonly subject: string;
  readonly messageId: string;
  readonly arrived: number;
  readonly outcomes: readonly {
    readonly position: number;
    readonly kind: ReportKind;
    readonly recipient: string;
    readonly original: string | null;
    readonly status: string;
    readonly reply: string;
    readonly host: string;
    readonly lastAttempt: number | null;
  }[];
}

async function* originalOf(deps: ReporterDeps, owed: OwedReport, full: boolean): AsyncIterable<Uint8Array> {
  const end = full ? owed.size : Math.min(owed.size, owed.skip + MOST_HEADER_OCTETS);
  const octets = deps.blobs.stream(owed.hash, { start: owed.skip, end });
  if (full) {
    yield* octets;
    return;
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of octets) pieces.push(piece);
  const head = Buffer.concat(pieces);
  const blank = head.indexOf('\r\n\r\n');
  yield blank < 0 ? head : head.subarray(0, blank + 2);
}
