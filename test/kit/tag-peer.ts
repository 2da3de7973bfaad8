/** Another program at the same mailbox: reads and adds flags by IMAP. */
import { ImapFlow } from 'imapflow';
import type { Ends } from './office-mailstore.ts';

export interface TagPeer {
  /** Flags and keywords of the letter with this subject. */
  flags(subject: string): Promise<string[]>;
  add(subject: string, flags: string[]): Promise<void>;
}

export async function openPeer(t: Ends, port: number, user: string, pass: string): Promise<TagPeer> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: false,
    auth: { user, pass },
    logger: false,
    doSTARTTLS: false,
  });
  await client.connect();
  t.after(() => client.close());
  await client.mailboxOpen('INBOX');
  const find = async (subject: string): Promise<number> => {
    const found = await client.search({ subject }, { uid: true });
    const [uid] = found || [];
    if (uid === undefined) throw new Error(`no letter ${subject}`);
    return uid;
  };
  return {
    async flags(subject) {
      await client.noop();
      const found = await client.fetchOne(String(await find(subject)), { flags: true }, { uid: true });
      return found ? [...(found.flags ?? [])] : [];
    },
    async add(subject, flags) {
      await client.messageFlagsAdd(String(await find(subject)), flags, { uid: true });
    },
  };
}
