/** Letters of which the header alone is here: what is to be done with them, and what the next connection will do. */
import { z } from 'zod';
import { entry } from '../entry.ts';
import { CONNECTION_ERRORS, FetchMark } from './accounts.ts';
import { Id, Selection } from './views.ts';

export const Letters = z.object({
  count: z.int(),
  /** Of the whole letters. */
  octets: z.number(),
});
export type Letters = z.infer<typeof Letters>;

/** What the next connection of one account will do with letters that stand on its server. */
export const ServerPlan = z.object({
  account: Id,
  kind: z.enum(['imap', 'pop3']),
  /** When the next connection is due, ms; null: only when a person asks, or offline. */
  at: z.number().nullable(),
  /** Marked by a person (or a rule) and not carried out yet. */
  fetch: Letters,
  keep: Letters,
  remove: Letters,
  /** Letters whose headers alone are here. */
  headers: Letters,
  /** Octets of those headers: what was moved instead. */
  moved: z.number(),
  /** Letters above this many KB come as their headers only; 0: all of them; null: none. */
  threshold: z.number().nullable(),
  /** Octets a second of the last connection that brought letters; null: not known. */
  rate: z.number().nullable(),
});
export type ServerPlan = z.infer<typeof ServerPlan>;

export const PlannedLetter = z.object({
  message: Id,
  mark: FetchMark,
  from: z.string(),
  subject: z.string(),
  octets: z.number(),
});
export type PlannedLetter = z.infer<typeof PlannedLetter>;

export const maildropEntries = {
  /** Of every account that has letters by their headers, or may get them. */
  'maildrop.plans': entry(z.object({}), z.array(ServerPlan)),
  /** The marked letters in the order in which they are carried out; at most 500. */
  'maildrop.letters': entry(z.object({ account: Id }), z.array(PlannedLetter), ['no-such-account']),
  /**
   * Marks letters for the next connection; null takes the mark away. Answers how many could be marked: only letters that
   * stand on a server can, and only those whose text is not here can be marked to be fetched.
   */
  'maildrop.mark': entry(
    z.object({ selection: Selection, mark: FetchMark.nullable() }),
    z.object({ count: z.int() }),
    ['no-such-folder', 'bad-query'],
  ),
  /** Carries the plan out now. Resolves when the pass was asked for; progress is a job. */
  'maildrop.run': entry(z.object({ account: Id }), z.object({}), ['no-such-account', 'offline']),
  /** Brings one letter whole, because a person waits for it. */
  'maildrop.fetch': entry(z.object({ message: Id }), z.object({}), [
    'no-such-message',
    'body-missing',
    ...CONNECTION_ERRORS,
  ]),
  /** The first lines of its text, about 2 KB, without bringing the letter. */
  'maildrop.peek': entry(z.object({ message: Id }), z.object({ text: z.string() }), [
    'no-such-message',
    'body-missing',
    ...CONNECTION_ERRORS,
  ]),
};

export const maildropEvents = {
  /** Marks, headers or times have changed. */
  'maildrop.changed': z.array(ServerPlan),
};
