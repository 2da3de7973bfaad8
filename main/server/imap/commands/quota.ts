/**
 * GETQUOTA and GETQUOTAROOT (RFC 9208): one root a person, the empty name; units of 1,024 octets (rule I65).
 * A person without a limit has a root with no resources.
 */
import { no } from '../faults.ts';
import { mailboxText } from '../mailbox-name.ts';
import type { Session } from '../session.ts';
import type { Command, PlainCommand } from './command.ts';

async function tellQuota(session: Session): Promise<void> {
  const { usedBytes, limitBytes } = await session.context.mailstore.quota(session.person.id);
  const storage =
    limitBytes === null ? '' : `STORAGE ${Math.ceil(usedBytes / 1024)} ${Math.floor(limitBytes / 1024)}`;
  session.untagged(`QUOTA "" (${storage})`);
}

const getQuota: PlainCommand<string> = {
  kind: 'plain',
  name: 'GETQUOTA',
  allowed: 'signed-in',
  announces: 'all',
  parse(scanner) {
    scanner.space();
    return scanner.astring();
  },
  async run(session, root) {
    if (root !== '') throw no('NONEXISTENT', 'There is no such quota root.');
    await tellQuota(session);
    return { text: 'GETQUOTA completed.' };
  },
};

const getQuotaRoot: PlainCommand<string> = {
  kind: 'plain',
  name: 'GETQUOTAROOT',
  allowed: 'signed-in',
  announces: 'all',
  parse(scanner) {
    scanner.space();
    return scanner.mailbox();
  },
  async run(session, name) {
    const mailbox = await session.context.mailstore.mailbox(session.person.id, name);
    if (!mailbox?.exists) throw no('NONEXISTENT', 'There is no such mailbox.');
    session.untagged(`QUOTAROOT ${mailboxText(mailbox.name, session.utf8)} ""`);
    await tellQuota(session);
    return { text: 'GETQUOTAROOT completed.' };
  },
};

export const quotaCommands: readonly Command[] = [getQuota, getQuotaRoot];
