/** Commands of any state: CAPABILITY, NOOP, LOGOUT, ID; and CHECK, which has nothing left to do. */
import { stringText } from '../mailbox-name.ts';
import { type Command, noArguments, type PlainCommand } from './command.ts';

/** Facts of an ID (RFC 2971 section 3.3): at most so many are read. */
const MAX_ID_FACTS = 30;

const id: PlainCommand<Map<string, string> | null> = {
  kind: 'plain',
  name: 'ID',
  allowed: 'any',
  announces: 'all',
  parse(scanner) {
    scanner.space();
    if (scanner.maybeAtom('NIL')) return null;
    const facts = new Map<string, string>();
    scanner.list(
      () => {
        const name = scanner.string();
        scanner.space();
        const value = scanner.nstring();
        if (facts.size < MAX_ID_FACTS)
          facts.set(name.toLowerCase().slice(0, 30), (value ?? '').slice(0, 1024));
      },
      { empty: true },
    );
    return facts;
  },
  async run(session, facts) {
    // Rule I11: the client's own word goes into the records; it helps when one of them misbehaves.
    if (facts) session.context.log.info('imap client', { session: session.record.id, client: [...facts] });
    session.untagged(`ID ("name" ${stringText('Postroom')} "vendor" "Postroom")`);
    return { text: 'ID completed.' };
  },
};

export const sessionCommands: readonly Command[] = [
  {
    kind: 'plain',
    name: 'CAPABILITY',
    allowed: 'any',
    announces: 'all',
    parse: noArguments,
    async run(session) {
      session.untagged(`CAPABILITY ${await session.capabilities()}`);
      return { text: 'CAPABILITY completed.' };
    },
  },
  {
    kind: 'plain',
    name: 'NOOP',
    allowed: 'any',
    announces: 'all',
    parse: noArguments,
    run: async () => ({ text: 'NOOP completed.' }),
  },
  {
    kind: 'plain',
    name: 'CHECK',
    allowed: 'selected',
    announces: 'all',
    parse: noArguments,
    // Everything is durable when it is acknowledged (rule G10).
    run: async () => ({ text: 'CHECK completed.' }),
  },
  {
    kind: 'plain',
    name: 'LOGOUT',
    allowed: 'any',
    announces: 'nothing',
    parse: noArguments,
    async run(session) {
      session.untagged('BYE IMAP4rev1 server terminating connection');
      session.afterReply(() => session.finish());
      return { text: 'LOGOUT completed.' };
    },
  },
  id,
];
