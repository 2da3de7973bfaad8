/** Commands of any state that need nothing: NOOP, CHECK, LOGOUT. */
import { type Command, noArguments } from './command.ts';

export const sessionCommands: readonly Command[] = [
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
    // Everything is durable when it is acknowledged; there is nothing to flush.
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
];
