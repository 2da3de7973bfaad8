/** CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE (RFC 9051 section 6.3, RFC 6154 section 3; rules I33, I34). */
import type { SpecialUse } from '../../mailstore/mailstore.ts';
import { bad, no } from '../faults.ts';
import { newMailboxName } from '../mailbox-name.ts';
import { mailboxIdText } from '../object-id.ts';
import type { Scanner } from '../scanner.ts';
import type { Command, PlainCommand } from './command.ts';

/** Attributes a mailbox can be made with; \All and \Flagged would be views of others, which we do not keep. */
const USES: Readonly<Record<string, SpecialUse>> = {
  '\\archive': 'archive',
  '\\drafts': 'drafts',
  '\\junk': 'junk',
  '\\sent': 'sent',
  '\\trash': 'trash',
};

interface CreateArguments {
  readonly name: Uint8Array;
  readonly uses: readonly string[];
}

const create: PlainCommand<CreateArguments> = {
  kind: 'plain',
  name: 'CREATE',
  allowed: 'signed-in',
  announces: 'all',
  parse(scanner) {
    scanner.space();
    const name = scanner.astringOctets();
    let uses: string[] = [];
    if (scanner.maybe(32)) {
      scanner.list(() => {
        if (!scanner.maybeAtom('USE')) throw bad('A parameter is not known.');
        scanner.space();
        uses = scanner.list(() => scanner.flag(), { empty: true });
      });
    }
    return { name, uses };
  },
  async run(session, { name: octets, uses }) {
    const name = newMailboxName(octets, session.utf8);
    const { mailstore } = session.context;
    const use = uses[0] === undefined ? undefined : USES[uses[0].toLowerCase()];
    if (uses.length > 1 || (uses.length === 1 && use === undefined))
      throw no('USEATTR', 'A mailbox cannot be made with these attributes.');
    if (use !== undefined) {
      const others = await mailstore.mailboxes(session.person.id);
      // RFC 6154 section 3; at most one mailbox an attribute (rule I38).
      if (others.some((each) => each.use === use && each.exists))
        throw no('USEATTR', 'Another mailbox has this attribute.');
    }
    const made = await mailstore.create(session.person.id, name, use);
    return { code: `MAILBOXID (${mailboxIdText(made.id)})`, text: 'CREATE completed.' };
  },
};

const remove: PlainCommand<string> = {
  kind: 'plain',
  name: 'DELETE',
  allowed: 'signed-in',
  announces: 'all',
  parse: oneMailbox,
  async run(session, name) {
    await session.context.mailstore.remove(session.person.id, trimmed(name));
    return { text: 'DELETE completed.' };
  },
};

interface RenameArguments {
  readonly from: string;
  readonly to: Uint8Array;
}

const rename: PlainCommand<RenameArguments> = {
  kind: 'plain',
  name: 'RENAME',
  allowed: 'signed-in',
  announces: 'all',
  parse(scanner) {
    const from = oneMailbox(scanner);
    scanner.space();
    return { from, to: scanner.astringOctets() };
  },
  async run(session, { from: given, to: octets }) {
    const from = trimmed(given);
    const to = newMailboxName(octets, session.utf8);
    if (to === 'INBOX') throw no('ALREADYEXISTS', 'INBOX is there already.');
    if (to === from) throw no('ALREADYEXISTS', 'It has that name already.');
    if (from !== 'INBOX' && to.startsWith(`${from}/`))
      throw no('CANNOT', 'A mailbox cannot move into itself.');
    await session.context.mailstore.rename(session.person.id, from, to);
    return { text: 'RENAME completed.' };
  },
};

function subscribing(name: 'SUBSCRIBE' | 'UNSUBSCRIBE'): PlainCommand<Uint8Array> {
  return {
    kind: 'plain',
    name,
    allowed: 'signed-in',
    announces: 'all',
    parse(scanner) {
      scanner.space();
      return scanner.astringOctets();
    },
    async run(session, octets) {
      const mailbox = newMailboxName(octets, session.utf8);
      await session.context.mailstore.subscribe(session.person.id, mailbox, name === 'SUBSCRIBE');
      return { text: `${name} completed.` };
    },
  };
}

function oneMailbox(scanner: Scanner): string {
  scanner.space();
  return scanner.mailbox();
}

function trimmed(name: string): string {
  return name.replace(/\/$/, '');
}

export const mailboxCommands: readonly Command[] = [
  create,
  remove,
  rename,
  subscribing('SUBSCRIBE'),
  subscribing('UNSUBSCRIBE'),
];
