/**
 * A served office (a process of its own, as an administrator starts it) and other people's programs that talk to it:
 * each is run with a home of its own, and skipped with its name where it is not installed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import {
  DOMAIN,
  type OfficeFolder,
  openOfficeFolder,
  type Served,
  smallOffice,
} from '../host/kit/served-office.ts';

export { DOMAIN } from '../host/kit/served-office.ts';

/** A program that has not ended by then hangs. */
const PROGRAM_MS = 60_000;

export const PETROV = `petrov@${DOMAIN}`;
export const SIRMOV = `sirmov@${DOMAIN}`;
export const PASSWORDS: Readonly<Record<string, string>> = {
  [PETROV]: 'petrov-secret',
  [SIRMOV]: 'sirmov-secret',
};

/** False when the program is there; otherwise the reason to skip. */
export function missing(program: string): string | false {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)))
    ? false
    : `${program} is not installed`;
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Home {
  readonly dir: string;
  path(name: string): string;
  /** A file readable by its owner alone: several programs insist on that. */
  write(name: string, text: string): Promise<string>;
  run(program: string, args: readonly string[], input?: string): Promise<Ran>;
  close(): Promise<void>;
}

/** A home folder for one program. */
export async function openHome(): Promise<Home> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-peer-'));
  const path = (name: string) => join(dir, name);
  return {
    dir,
    path,
    async write(name, text) {
      await mkdir(join(path(name), '..'), { recursive: true });
      await writeFile(path(name), text, { mode: 0o600 });
      return path(name);
    },
    async run(program, args, input = '') {
      const env = { PATH: process.env['PATH'], HOME: dir, LC_ALL: 'C.UTF-8', TERM: 'xterm', TMPDIR: dir };
      const child = spawn(program, args, { cwd: dir, env, stdio: ['pipe', 'pipe', 'pipe'] });
      const timer = setTimeout(() => child.kill('SIGKILL'), PROGRAM_MS);
      let out = '';
      let err = '';
      child.stdout.on('data', (piece: Buffer) => {
        out += piece.toString('latin1');
      });
      child.stderr.on('data', (piece: Buffer) => {
        err += piece.toString('latin1');
      });
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      const [code] = (await once(child, 'close')) as [number | null];
      clearTimeout(timer);
      return { code, out, err };
    },
    close: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface PeersOffice {
  readonly folder: OfficeFolder;
  readonly served: Served;
  /** SIGTERM and the same again on the same ports. */
  restart(): Promise<void>;
  readonly config: Record<string, unknown>;
  port(name: 'smtp' | 'submission' | 'submissions' | 'pop3' | 'pop3s' | 'imap' | 'imaps'): number;
  /** The office's authority in a PEM file, as `office ca export` gives it. */
  readonly authority: string;
  readonly authorityPem: string;
  /** A client that is not the one under test: to put letters there and to look. */
  imap(address: string, more?: Partial<ImapFlowOptions>): Promise<ImapFlow>;
  put(
    address: string,
    mailbox: string,
    letters: readonly (string | Uint8Array)[],
    flags?: string[],
  ): Promise<void>;
  /** UID, flags and octets of a mailbox, as the server has them. */
  letters(address: string, mailbox: string): Promise<Seen[]>;
  mailboxes(address: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface Seen {
  readonly uid: number;
  readonly flags: string[];
  readonly text: string;
}

/** Everybody may use every mechanism; the limits do not count a test's letters. */
export async function openPeersOffice(more: Record<string, unknown> = {}): Promise<PeersOffice> {
  const folder = await openOfficeFolder();
  const people = Object.entries(PASSWORDS).map(([address, password]) => ({
    address,
    name: address === PETROV ? 'Пётр Петров' : 'Sirmov',
    password,
    legacySecret: true,
  }));
  const policy = {
    clearTextLoginFrom: ['127.0.0.0/8'],
    trustedNetworks: [],
    connectionsPerMinute: 10_000,
    messagesPerMinute: 10_000,
    messagesPerHour: 10_000,
    recipientsPerHour: 10_000,
  };
  const config = await smallOffice({ people, policy, ...more });
  const configFile = await folder.config(config);
  let served = await folder.serve(configFile);
  const authority = join(folder.dir, 'ca.pem');
  const authorityPem = (await folder.office(['ca', 'export'])).stdout.toString();
  await writeFile(authority, authorityPem);
  const office: PeersOffice = {
    folder,
    get served() {
      return served;
    },
    async restart() {
      await served.stop();
      served = await folder.serve(configFile);
    },
    config,
    port: (name) => served.ports[name]!,
    authority,
    authorityPem,
    async imap(address, options = {}) {
      const client = new ImapFlow({
        host: '127.0.0.1',
        port: served.ports['imap']!,
        secure: false,
        tls: { rejectUnauthorized: false },
        auth: { user: address, pass: PASSWORDS[address]! },
        logger: false,
        ...options,
      });
      client.on('error', () => {});
      await client.connect();
      return client;
    },
    async put(address, mailbox, letters, flags = []) {
      const client = await office.imap(address);
      for (const text of letters) {
        const done = await client.append(mailbox, Buffer.from(text as string), flags);
        if (!done) throw new Error(`${mailbox} took no letter`);
      }
      await client.logout();
    },
    async letters(address, mailbox) {
      const client = await office.imap(address);
      const lock = await client.getMailboxLock(mailbox);
      const seen: Seen[] = [];
      try {
        if (client.mailbox && client.mailbox.exists > 0)
          // News of a flag (I24) has no octets.
          for await (const each of client.fetch('1:*', { uid: true, flags: true, source: true }))
            if (each.source)
              seen.push({
                uid: each.uid,
                flags: [...(each.flags ?? [])].filter((flag) => flag !== '\\Recent').sort(),
                text: each.source.toString('latin1'),
              });
      } finally {
        lock.release();
      }
      await client.logout();
      return seen;
    },
    async mailboxes(address) {
      const client = await office.imap(address);
      const names = (await client.list()).map((each) => each.path).sort();
      await client.logout();
      return names;
    },
    async close() {
      await served.stop();
      await folder.close();
    },
  };
  return office;
}

let serial = 0;

export interface LetterWords {
  readonly subject?: string;
  readonly body?: string;
  readonly from?: string;
  readonly to?: string;
  readonly id?: string;
}

/** A letter with what makes programs stumble: lines of dots, From at the start of a line, Cyrillic, a long line. */
export function awkwardLetter(words: LetterWords = {}): string {
  serial += 1;
  const subject = words.subject ?? `letter ${serial}`;
  return [
    `Message-ID: <${words.id ?? `${serial}.${process.pid}@far.example`}>`,
    'Date: Fri, 20 Nov 2026 10:00:00 +0300',
    `From: ${words.from ?? '=?UTF-8?B?0JjQstCw0L3QvtCy?= <ivanov@far.example>'}`,
    `To: ${words.to ?? PETROV}`,
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    words.body ?? `Добрый день!\r\n.\r\n..\r\n.точка\r\nFrom the start\r\n${'x'.repeat(900)}\r\n\r\n `,
    '',
  ].join('\r\n');
}

/** Polls a condition; fails with its name after the deadline. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  ms = 60_000,
): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await wait(50);
  }
}
