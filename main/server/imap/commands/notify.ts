/** NOTIFY (RFC 5465; rule I64): what the client wants to hear without asking. notifier.ts carries it out. */
import { Notifier } from '../notifier.ts';
import { type NotifyArguments, parseNotify } from '../notify-groups.ts';
import type { Command, PlainCommand } from './command.ts';

const notify: PlainCommand<NotifyArguments> = {
  kind: 'plain',
  name: 'NOTIFY',
  allowed: 'signed-in',
  announces: 'all',
  parse: parseNotify,
  async run(session, { groups, status }) {
    const notifier = groups.length === 0 ? null : new Notifier(session, groups);
    session.notify(notifier);
    await notifier?.start(status);
    return { text: 'NOTIFY completed.' };
  },
};

export const notifyCommands: readonly Command[] = [notify];
