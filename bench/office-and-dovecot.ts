/** The office and a Dovecot with the same mailbox, for the rows that read. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type DovecotPeer, dovecotPeer } from './mail-peers.ts';
import { type MailboxOptions, mailbox } from './mailbox.ts';
import {
  ADDRESS,
  filledOffice,
  lettersOf,
  PASSWORD,
  type ServedOffice,
  serveOffice,
  USER,
} from './office-server.ts';
import { ImapBenchClient, Pop3BenchClient } from './wire-client.ts';

/** One server with the mailbox, and how to be anna there. */
export interface Reader {
  readonly name: string;
  imap(): Promise<ImapBenchClient>;
  pop3: (() => Promise<Pop3BenchClient>) | undefined;
}

export interface Pair {
  readonly office: ServedOffice;
  readonly dovecot: DovecotPeer | undefined;
  /** The office first. */
  readonly readers: readonly Reader[];
  /** Octets of all letters as files; with CRLF a little more. */
  readonly octets: number;
  close(): Promise<void>;
}

export async function openPair(
  options: Omit<MailboxOptions, 'format'>,
  say: (text: string) => void,
): Promise<Pair> {
  const maildir = await mailbox({ ...options, format: 'maildir' });
  const data = await filledOffice(options, say);
  const office = await serveOffice(data);
  const dovecot = await dovecotPeer([USER]);
  if (dovecot) lend(maildir, dovecot.mailDir(USER));
  else say('Dovecot is not here: nothing to compare with');
  const readers: Reader[] = [
    {
      name: 'Postroom',
      imap: () => ImapBenchClient.login({ host: office.host, port: office.port('imap') }, ADDRESS, PASSWORD),
      pop3: () => Pop3BenchClient.login({ host: office.host, port: office.port('pop3') }, ADDRESS, PASSWORD),
    },
  ];
  if (dovecot) {
    const { host, port, pop3Port } = dovecot;
    readers.push({
      name: 'Dovecot',
      imap: () => ImapBenchClient.login({ host, port }, USER, dovecot.password(USER)),
      pop3: pop3Port
        ? () => Pop3BenchClient.login({ host, port: pop3Port }, USER, dovecot.password(USER))
        : undefined,
    });
  }
  return {
    office,
    dovecot,
    readers,
    octets: lettersOf(maildir).reduce((sum, path) => sum + statSync(path).size, 0),
    async close() {
      await office.stop();
      await dovecot?.close();
    },
  };
}

/** The same files under other names: nothing of a letter is written by either side. */
function lend(maildir: string, home: string): void {
  const parent = join(home, '..');
  mkdirSync(parent, { recursive: true });
  rmSync(home, { recursive: true, force: true });
  for (const [command, ...args] of [
    ['cp', '-al', maildir, home],
    ['chown', '-R', 'dovecot:dovecot', parent],
  ]) {
    const done = spawnSync(command as string, args, { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${command} failed: ${done.stderr}`);
  }
}
