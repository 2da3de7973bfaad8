/**
 * A private Postfix on a random loopback port, with its own queue and configuration in a temporary folder.
 * It takes everything for any domain and files it in a Maildir. Needs root and Debian's Postfix.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-ports.ts';

const POSTFIX = '/usr/sbin/postfix';
const DAEMONS = ['/usr/lib/postfix/sbin', '/usr/libexec/postfix'].find((each) => existsSync(each));

/** Undefined when it can run here; otherwise why not. */
export const postfixMissing: string | undefined =
  !existsSync(POSTFIX) || !DAEMONS
    ? 'Postfix is not installed'
    : process.getuid?.() !== 0
      ? 'Postfix needs root'
      : undefined;

export interface Postfix {
  readonly port: number;
  /** Letters filed so far, oldest name first, as they lie in the Maildir. */
  delivered(): Buffer[];
  /** What it has logged so far. */
  log(): string;
  close(): Promise<void>;
}

export interface PostfixOptions {
  /** More lines of main.cf. */
  readonly config?: string;
  /** More lines of master.cf. */
  readonly services?: readonly string[];
}

export async function startPostfix(options: PostfixOptions = {}): Promise<Postfix> {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-postfix-'));
  chmodSync(dir, 0o755);
  const port = await freePort();
  const path = (name: string) => join(dir, name);
  for (const name of ['etc', 'queue', 'data', 'mail']) mkdirSync(path(name), { mode: 0o755 });
  const [uid, gid] = idsOf('postfix');
  chownSync(path('data'), uid, gid);
  chownSync(path('mail'), uid, gid);
  writeFileSync(
    path('etc/main.cf'),
    `compatibility_level = 3.6
queue_directory = ${path('queue')}
data_directory = ${path('data')}
daemon_directory = ${DAEMONS}
command_directory = /usr/sbin
meta_directory = /etc/postfix
shlib_directory = ${existsSync('/usr/lib/postfix') ? '/usr/lib/postfix' : 'no'}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.kit.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:box/
virtual_mailbox_base = ${path('mail')}
virtual_uid_maps = static:${uid}
virtual_gid_maps = static:${gid}
virtual_minimum_uid = 1
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access regexp:${path('etc/refuse')}, permit_mynetworks, reject
message_size_limit = 60000000
virtual_mailbox_limit = 0
smtputf8_enable = yes
maillog_file = ${path('mail.log')}
maillog_file_prefixes = ${dir}
${options.config ?? ''}
`,
  );
  writeFileSync(path('etc/refuse'), '/^refused@/ REJECT No such person here\n');
  const service = (line: string) => `${line}\n`;
  writeFileSync(
    path('etc/master.cf'),
    [
      `127.0.0.1:${port} inet n - n - - smtpd`,
      'pickup unix n - n 60 1 pickup',
      'cleanup unix n - n - 0 cleanup',
      'qmgr unix n - n 300 1 qmgr',
      'rewrite unix - - n - - trivial-rewrite',
      'bounce unix - - n - 0 bounce',
      'defer unix - - n - 0 bounce',
      'trace unix - - n - 0 bounce',
      'verify unix - - n - 1 verify',
      'proxymap unix - - n - - proxymap',
      'error unix - - n - - error',
      'retry unix - - n - - error',
      'virtual unix - n n - - virtual',
      'tlsmgr unix - - n 1000? 1 tlsmgr',
      'anvil unix - - n - 1 anvil',
      'postlog unix-dgram n - n - 1 postlogd',
      ...(options.services ?? []),
    ]
      .map(service)
      .join(''),
  );
  const child: ChildProcess = spawn(POSTFIX, ['-c', path('etc'), 'start-fg'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const close = async () => {
    // The master ends its own children when it is told to.
    const pid = existsSync(path('queue/pid/master.pid'))
      ? Number(readFileSync(path('queue/pid/master.pid'), 'utf8'))
      : 0;
    if (pid > 0) {
      try {
        process.kill(pid, 'SIGTERM');
      } catch {
        // It has ended already.
      }
    }
    child.kill('SIGTERM');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await greeting(port, child);
  } catch (failure) {
    const log = existsSync(path('mail.log')) ? readFileSync(path('mail.log'), 'utf8') : '';
    await close();
    throw new Error(`Postfix did not start: ${said}${log}`, { cause: failure });
  }
  return {
    port,
    delivered() {
      const box = path('mail/box/new');
      if (!existsSync(box)) return [];
      return readdirSync(box)
        .sort()
        .map((name) => readFileSync(join(box, name)));
    },
    log: () => (existsSync(path('mail.log')) ? readFileSync(path('mail.log'), 'utf8') : ''),
    close,
  };
}

function idsOf(user: string): [number, number] {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${user}:`));
  const [, , uid, gid] = (line ?? '').split(':');
  return [Number(uid), Number(gid)];
}

/** Waits until it greets; the deadline is only against hanging for ever. */
async function greeting(port: number, child: ChildProcess): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    const greeted = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
    });
    if (greeted) return;
    if (child.exitCode !== null || performance.now() > end) throw new Error('no greeting');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
