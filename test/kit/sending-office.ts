/** A whole office of our own that a client connects to: IMAP to read, submission to send, people to write to. */
import { openImap } from '../../main/server/imap/imap.ts';
import { openSmtp } from '../../main/server/smtp/smtp.ts';
import type { Ask } from '../e2e/seed.ts';
import { OFFICE_DOMAIN, openTestOffice, passwordOf, type TestOfficeOptions } from './office.ts';
import { type Ends, put } from './office-mailstore.ts';

export { OFFICE_DOMAIN };

export interface SendingOffice {
  address(local: string): string;
  /** Connects a profile as this person. */
  connect(ask: Ask, local: string): Promise<number>;
  /** Puts a letter into somebody's inbox as it is. */
  deliver(local: string, letter: string): Promise<void>;
  /** Octets of the letters in somebody's mailbox, oldest first. */
  letters(local: string, mailbox?: string): Promise<Buffer[]>;
}

export async function openSendingOffice(
  t: Ends,
  people: readonly string[],
  options: TestOfficeOptions = {},
): Promise<SendingOffice> {
  const office = await openTestOffice(t, {
    people,
    guard: {
      messagesPerMinute: 100_000,
      messagesPerHour: 100_000,
      recipientsPerHour: 100_000,
      connectionsPerMinute: 100_000,
    },
    ...options,
  });
  const where = { host: '127.0.0.1', port: 0, implicitTls: false } as const;
  const imap = await openImap(office.context, where);
  const submission = await openSmtp(office.context, { ...where, kind: 'submission' });
  t.after(async () => {
    await Promise.all([imap.close(0), submission.close(0)]);
    await office.close();
  });
  const address = (local: string) => `${local}@${OFFICE_DOMAIN}`;
  const personOf = async (local: string) => (await office.context.directory.personByAddress(address(local)))!;
  return {
    address,
    async connect(ask, local) {
      const server = (port: number) => ({
        host: '127.0.0.1',
        port,
        security: 'none' as const,
        user: address(local),
        auth: 'auto' as const,
      });
      const account = await ask('accounts.add', {
        address: address(local),
        name: 'Anna Vetrova',
        incoming: server(imap.port),
        outgoing: server(submission.port),
        password: passwordOf(local),
      });
      return account.id;
    },
    async deliver(local, letter) {
      await put(office.mailstore, await office.inbox(await personOf(local)), Buffer.from(letter));
    },
    async letters(local, name = 'INBOX') {
      const { mailstore } = office;
      const mailbox = await mailstore.mailbox((await personOf(local)).id, name);
      if (!mailbox) return [];
      const found: Buffer[] = [];
      const { uids } = await mailstore.open(mailbox.id, false);
      for (const [first, last] of uids) {
        for (let uid = first; uid <= last; uid += 1) {
          const letter = await mailstore.letter(mailbox.id, uid);
          const pieces: Uint8Array[] = [];
          if (letter) for await (const piece of letter.stream(0, letter.size)) pieces.push(piece);
          found.push(Buffer.concat(pieces));
        }
      }
      return found;
    },
  };
}
