/**
 * STATUS (RFC 9051 section 6.3.11; rule I37): numbers from counters, for any mailbox, without opening or changing
 * it. The same words stand in LIST RETURN (STATUS ...) (RFC 5819).
 */
import { DELETED, type Mailbox } from '../../mailstore/mailstore.ts';
import { bad, no } from '../faults.ts';
import { mailboxText } from '../mailbox-name.ts';
import { mailboxIdText } from '../object-id.ts';
import type { Scanner } from '../scanner.ts';
import type { Session } from '../session.ts';
import type { Command, PlainCommand } from './command.ts';

/** Value of an item, as on the wire. */
type Value = (mailbox: Mailbox, session: Session) => string | Promise<string>;

const ITEMS = {
  MESSAGES: (mailbox) => String(mailbox.messages),
  RECENT: (mailbox) => String(mailbox.recent),
  UIDNEXT: (mailbox) => String(mailbox.uidNext),
  UIDVALIDITY: (mailbox) => String(mailbox.uidValidity),
  UNSEEN: (mailbox) => String(mailbox.unseen),
  DELETED: (mailbox) => String(mailbox.deleted),
  'DELETED-STORAGE': deletedStorage,
  SIZE: (mailbox) => String(mailbox.size),
  HIGHESTMODSEQ: (mailbox) => String(Math.max(1, mailbox.highestModseq)),
  MAILBOXID: (mailbox) => `(${mailboxIdText(mailbox.id)})`,
  // RFC 7889 section 4.
  APPENDLIMIT: (_, session) => String(session.context.policy().maxMessageBytes),
} satisfies Record<string, Value>;

export type StatusItem = keyof typeof ITEMS;

/** RFC 9208 section 4.1.4: octets that an EXPUNGE would free. */
async function deletedStorage(mailbox: Mailbox, session: Session): Promise<string> {
  if (mailbox.deleted === 0) return '0';
  let octets = 0;
  const whole = [[1, 0xffffffff]] as const;
  for await (const batch of session.context.mailstore.rows(mailbox.id, whole, { flags: true, size: true }))
    batch.flags?.forEach((flags, row) => {
      if (flags & DELETED) octets += batch.sizes?.[row] ?? 0;
    });
  return String(octets);
}

/** `(MESSAGES UNSEEN)`. @throws Fault syntax for an unknown item. */
export function parseStatusItems(scanner: Scanner): StatusItem[] {
  const items = scanner.list(() => {
    const word = scanner.atom().toUpperCase();
    if (!Object.hasOwn(ITEMS, word)) throw bad('A status item is not known.');
    return word as StatusItem;
  });
  return [...new Set(items)];
}

/** `STATUS INBOX (MESSAGES 3)` without the star. */
export async function statusText(
  session: Session,
  mailbox: Mailbox,
  items: readonly StatusItem[],
): Promise<string> {
  const words: string[] = [];
  for (const item of items) words.push(`${item} ${await (ITEMS[item] as Value)(mailbox, session)}`);
  return `STATUS ${mailboxText(mailbox.name, session.utf8)} (${words.join(' ')})`;
}

/** Asking for HIGHESTMODSEQ turns CONDSTORE on (rule I61). */
export function noteStatusItems(session: Session, items: readonly StatusItem[]): void {
  if (items.includes('HIGHESTMODSEQ')) session.condstore = true;
}

interface StatusArguments {
  readonly name: string;
  readonly items: readonly StatusItem[];
}

const status: PlainCommand<StatusArguments> = {
  kind: 'plain',
  name: 'STATUS',
  allowed: 'signed-in',
  announces: 'all',
  parse(scanner) {
    scanner.space();
    const name = scanner.mailbox();
    scanner.space();
    return { name, items: parseStatusItems(scanner) };
  },
  async run(session, { name, items }) {
    const mailbox = await session.context.mailstore.mailbox(session.person.id, name);
    if (!mailbox?.exists || !mailbox.selectable) throw no('NONEXISTENT', 'There is no such mailbox.');
    noteStatusItems(session, items);
    session.untagged(await statusText(session, mailbox, items));
    return { text: 'STATUS completed.' };
  },
};

export const statusCommands: readonly Command[] = [status];
