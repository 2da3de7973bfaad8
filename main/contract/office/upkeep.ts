/** Running an office: its state, the queue, bans, what happened to a letter, checks, moving mailboxes in and out. */
import { z } from 'zod';
import { entry } from '../entry.ts';

const text = z.string().max(1000);
const nothing = z.object({});

export const QueueRecipient = z.object({
  address: z.string(),
  state: z.enum(['waiting', 'sending', 'held', 'done', 'failed']),
  attempts: z.number(),
  lastReply: z.string(),
  /** ms; null when there is none. */
  nextAttempt: z.number().nullable(),
});
export const QueueLetter = z.object({
  queueId: z.string(),
  sender: z.string(),
  subject: z.string(),
  size: z.number(),
  arrived: z.number(),
  recipients: z.array(QueueRecipient),
});
export type QueueLetter = z.infer<typeof QueueLetter>;

export const TraceLine = z.object({
  at: z.number(),
  queueId: z.string(),
  step: z.string(),
  sender: z.string(),
  recipient: z.string(),
  subject: z.string(),
  text: z.string(),
});
export type TraceLine = z.infer<typeof TraceLine>;

export const OfficeBan = z.object({
  ip: z.string(),
  since: z.number(),
  until: z.number(),
  reason: z.string(),
});

export const upkeepEntries = {
  'office.status': entry(
    nothing,
    z.object({
      name: z.string(),
      hostname: z.string(),
      domains: z.array(z.string()),
      people: z.number(),
      sessions: z.number(),
      queue: z.object({ letters: z.number(), waiting: z.number(), held: z.number() }),
      meters: z.record(z.string(), z.number()),
    }),
  ),
  'queue.list': entry(
    z.object({ from: z.int().min(0).default(0), count: z.int().min(1).max(1000).default(100) }),
    z.object({ total: z.number(), letters: z.array(QueueLetter) }),
  ),
  'queue.show': entry(z.object({ queueId: text }), QueueLetter, ['no-such-letter']),
  /** Without an id: everything that waits. */
  'queue.retry': entry(z.object({ queueId: text.optional() }), z.object({ letters: z.number() }), [
    'no-such-letter',
  ]),
  'queue.hold': entry(z.object({ queueId: text, held: z.boolean() }), nothing, ['no-such-letter']),
  /** Nobody is told. */
  'queue.remove': entry(z.object({ queueId: text }), nothing, ['no-such-letter']),
  'bans.list': entry(nothing, z.array(OfficeBan)),
  'bans.lift': entry(z.object({ ip: text }), nothing, ['no-such-ban']),
  'trace.letters': entry(
    z.object({
      person: text.optional(),
      subject: text.optional(),
      queueId: text.optional(),
      count: z.int().min(1).max(1000).default(50),
    }),
    z.array(TraceLine),
  ),
  'trace.account': entry(z.object({ address: text, on: z.boolean() }), nothing, ['no-such-address']),
  'office.check': entry(
    z.object({ repair: z.boolean().default(true) }),
    z.object({
      ok: z.boolean(),
      mailboxes: z.number(),
      messages: z.number(),
      letters: z.number(),
      blobs: z.number(),
      repaired: z.number(),
      problems: z.array(
        z.object({
          code: z.string(),
          message: z.string(),
          repairable: z.boolean(),
          /** File of octets that is damaged. */
          segment: z.number().optional(),
          /** Whose letters they are, the first thousand of the whole report. */
          letters: z.array(z.object({ person: z.string(), folder: z.string(), uid: z.number() })).optional(),
        }),
      ),
    }),
  ),
  /**
   * The data folder came back from a backup: numbers given out since must not be believed by any program, so every
   * mailbox gets a new UIDVALIDITY. Only while nothing listens.
   */
  'office.restored': entry(nothing, nothing, ['office-running']),
  'mailboxes.export': entry(
    z.object({ person: text, format: z.enum(['mbox', 'maildir', 'eml']), out: z.string().max(4096) }),
    z.object({
      exported: z.number(),
      folders: z.array(z.object({ name: z.string(), path: z.string(), messages: z.number() })),
      skipped: z.array(z.object({ folder: z.string(), uid: z.number(), reason: z.string() })),
    }),
    ['no-such-address', 'file-exists', 'not-found', 'no-access'],
  ),
  'mailboxes.import': entry(
    z.object({ person: text, folder: text, paths: z.array(z.string().max(4096)).min(1) }),
    z.object({
      imported: z.number(),
      duplicates: z.number(),
      failed: z.array(z.object({ path: z.string(), reason: z.string() })),
    }),
    ['no-such-address', 'not-found', 'over-quota', 'mailbox-name'],
  ),
  'ca.export': entry(nothing, z.object({ pem: z.string() }), ['own-certificate']),
};
