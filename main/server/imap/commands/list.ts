/**
 * LIST, LSUB and XLIST (rules I35, I36). All three walk the same names once: what exists, what only holds others,
 * what is only subscribed. SPECIAL-USE attributes and children are told without being asked for, because Apple's
 * clients never ask. No name of another person is ever in the list that is walked.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Mailbox, SpecialUse } from '../../mailstore/mailstore.ts';
import { type Matcher, matcher } from '../list-match.ts';
import { DELIMITER, mailboxText } from '../mailbox-name.ts';
import type { Session } from '../session.ts';
import type { Command, PlainCommand } from './command.ts';
import { type ListArguments, parseList, parsePlainList } from './list-arguments.ts';
import { noteStatusItems, statusText } from './status.ts';

/** RFC 6154 section 2; INBOX is known by its name. */
const ATTRIBUTES: Readonly<Record<SpecialUse, string | null>> = {
  inbox: null,
  all: '\\All',
  archive: '\\Archive',
  drafts: '\\Drafts',
  flagged: '\\Flagged',
  junk: '\\Junk',
  sent: '\\Sent',
  trash: '\\Trash',
};

/** The older words of XLIST, by which Outlook 2013 and 2016 find their folders. */
const XLIST_ATTRIBUTES: Readonly<Record<SpecialUse, string>> = {
  inbox: '\\Inbox',
  all: '\\AllMail',
  archive: '\\Archive',
  drafts: '\\Drafts',
  flagged: '\\Starred',
  junk: '\\Spam',
  sent: '\\Sent',
  trash: '\\Trash',
};

/** Names that are told in one turn of the event loop (rule I75). */
const NAMES_A_TURN = 200;

/** A name of the tree: a mailbox, or a level above one that is only subscribed. */
interface Entry {
  readonly name: string;
  readonly mailbox: Mailbox | null;
  /** Existing mailboxes below. */
  children: boolean;
  /** Something below passes the selection; of those, one that no pattern matches. */
  chosenBelow: boolean;
  unlistedBelow: boolean;
}

const list: PlainCommand<ListArguments> = {
  kind: 'plain',
  name: 'LIST',
  allowed: 'signed-in',
  announces: 'all',
  parse: parseList,
  async run(session, args) {
    if (args.basic && args.patterns[0] === '') {
      session.untagged(`LIST (\\Noselect) "${DELIMITER}" ""`);
      return { text: 'LIST completed.' };
    }
    const matches = matching(args);
    const chosen = (mailbox: Mailbox) => passes(mailbox, args);
    if (args.returns.status) noteStatusItems(session, args.returns.status);
    let count = 0;
    for (const entry of await tree(session, matches, chosen)) {
      if (!matches(entry.name)) continue;
      const direct = entry.mailbox !== null && chosen(entry.mailbox);
      const asParent = args.select.recursive && entry.unlistedBelow;
      if (!direct && !asParent) continue;
      const info = args.select.recursive && entry.chosenBelow ? childInfo(args) : '';
      const words = attributes(entry, args.select.subscribed || args.returns.subscribed);
      session.untagged(`LIST (${words}) "${DELIMITER}" ${mailboxText(entry.name, session.utf8)}${info}`);
      // RFC 5819 section 2: no STATUS for what cannot be selected.
      if (args.returns.status && entry.mailbox?.exists && entry.mailbox.selectable)
        session.untagged(await statusText(session, entry.mailbox, args.returns.status));
      count += 1;
      if (count % NAMES_A_TURN === 0) {
        await session.drained();
        await nextTurn();
      }
    }
    return { text: 'LIST completed.' };
  },
};

const lsub: PlainCommand<ListArguments> = {
  kind: 'plain',
  name: 'LSUB',
  allowed: 'signed-in',
  announces: 'all',
  parse: parsePlainList,
  async run(session, args) {
    const matches = matching(args);
    const chosen = (mailbox: Mailbox) => mailbox.subscribed;
    for (const entry of await tree(session, matches, chosen)) {
      if (!matches(entry.name)) continue;
      const name = mailboxText(entry.name, session.utf8);
      // RFC 3501 section 6.3.9: with % a level above a subscribed name is shown as \Noselect.
      if (entry.mailbox?.subscribed) session.untagged(`LSUB () "${DELIMITER}" ${name}`);
      else if (entry.unlistedBelow) session.untagged(`LSUB (\\Noselect) "${DELIMITER}" ${name}`);
    }
    return { text: 'LSUB completed.' };
  },
};

const xlist: PlainCommand<ListArguments> = {
  kind: 'plain',
  name: 'XLIST',
  allowed: 'signed-in',
  announces: 'all',
  parse: parsePlainList,
  async run(session, args) {
    const matches = matching(args);
    for (const entry of await tree(session, matches, () => false)) {
      if (!entry.mailbox?.exists || !matches(entry.name)) continue;
      const { use } = entry.mailbox;
      const words = [basics(entry), ...(use === null ? [] : [XLIST_ATTRIBUTES[use]])].join(' ');
      session.untagged(`XLIST (${words}) "${DELIMITER}" ${mailboxText(entry.name, session.utf8)}`);
    }
    return { text: 'XLIST completed.' };
  },
};

export const listCommands: readonly Command[] = [list, lsub, xlist];

/** Reference and pattern simply join (RFC 9051 section 6.3.9). */
function matching({ reference, patterns }: ListArguments): Matcher {
  const each = [...new Set(patterns)].map((pattern) => matcher(reference + pattern));
  return (name) => each.some((matches) => matches(name));
}

function passes(mailbox: Mailbox, { select }: ListArguments): boolean {
  if (select.subscribed && !mailbox.subscribed) return false;
  if (select.specialUse && (mailbox.use === null || ATTRIBUTES[mailbox.use] === null)) return false;
  return mailbox.exists || select.subscribed;
}

/** All names in order, each knowing what is below it; one pass over the mailboxes. */
async function tree(
  session: Session,
  matches: Matcher,
  chosen: (mailbox: Mailbox) => boolean,
): Promise<Entry[]> {
  const mailboxes = await session.context.mailstore.mailboxes(session.person.id);
  const entries = new Map<string, Entry>();
  const entry = (name: string, mailbox: Mailbox | null): Entry => {
    const made = { name, mailbox, children: false, chosenBelow: false, unlistedBelow: false };
    entries.set(name, made);
    return made;
  };
  for (const mailbox of mailboxes) entry(mailbox.name, mailbox);
  for (const mailbox of mailboxes) {
    const picked = chosen(mailbox);
    const unlisted = picked && !matches(mailbox.name);
    for (
      let at = mailbox.name.lastIndexOf(DELIMITER);
      at > 0;
      at = mailbox.name.lastIndexOf(DELIMITER, at - 1)
    ) {
      const name = mailbox.name.slice(0, at);
      const above = entries.get(name) ?? entry(name, null);
      above.children ||= mailbox.exists;
      above.chosenBelow ||= picked;
      above.unlistedBelow ||= unlisted;
    }
  }
  const ordered = [...entries.values()].map((each) => [sortKey(each.name), each] as const);
  ordered.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return ordered.map(([, each]) => each);
}

/** INBOX first, then by code unit with children right behind their parent. */
function sortKey(name: string): string {
  return name === 'INBOX' ? '' : name.replaceAll(DELIMITER, '\u0001');
}

function basics({ mailbox, children }: Entry): string {
  // An existing mailbox is never marked \NonExistent: some clients trust that word (rule I36).
  const kind = !mailbox?.exists ? '\\NonExistent ' : mailbox.selectable ? '' : '\\Noselect ';
  return `${kind}${children ? '\\HasChildren' : '\\HasNoChildren'}`;
}

function attributes(entry: Entry, subscribed: boolean): string {
  const { mailbox } = entry;
  const words = [basics(entry)];
  if (subscribed && mailbox?.subscribed) words.push('\\Subscribed');
  const use = mailbox?.exists && mailbox.use !== null ? ATTRIBUTES[mailbox.use] : null;
  if (use !== null) words.push(use);
  return words.join(' ');
}

/** RFC 5258 section 4. */
function childInfo({ select }: ListArguments): string {
  const words = [
    ...(select.subscribed ? ['"SUBSCRIBED"'] : []),
    ...(select.specialUse ? ['"SPECIAL-USE"'] : []),
  ];
  return ` ("CHILDINFO" (${words.join(' ')}))`;
}
