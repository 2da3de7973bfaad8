/**
 * A private Dovecot for one test file: own configuration, users and mail in a temporary folder, random
 * loopback ports, self-signed TLS. Started as root only (Dovecot drops privileges itself) and ended by pid.
 *
 * Where Debian's /usr/sbin/dovecot is absent, or the tests do not run as root, dovecotMissing() says why and
 * the test skips itself.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { certificates } from './certificates.ts';
import { freePort } from './free-ports.ts';

const run = promisify(execFile);
const BINARY = '/usr/sbin/dovecot';

/** Why Dovecot cannot be used here; undefined when it can. For node:test's `skip`. */
export function dovecotMissing(): string | undefined {
  if (!existsSync(BINARY)) return 'Dovecot is not installed';
  if (process.getuid?.() !== 0) return 'Dovecot is only started by root';
  return undefined;
}

export interface DovecotOptions {
  /** Names; the password of each is "secret-" and the name. */
  users?: string[];
  /** Replaces the advertised capabilities, e.g. without CONDSTORE and QRESYNC. */
  capability?: string;
  format?: 'maildir' | 'sdbox';
  /** Mailboxes of the namespace instead of the five with roles; '' for none. */
  mailboxes?: string;
  separator?: string;
  /** In front of every mailbox but INBOX. */
  prefix?: string;
  /** More lines for the configuration. */
  config?: string;
  /** Speaks POP3 too, on `maildropPort`. */
  pop3?: boolean;
}

export interface Dovecot {
  readonly port: number;
  readonly tlsPort: number;
  /** 0 without the option `pop3`. STLS is offered. */
  readonly maildropPort: number;
  readonly host: string;
  readonly dir: string;
  password(user: string): string;
  /** Runs doveadm with this configuration; gives standard output. */
  doveadm(args: string[], input?: string | Uint8Array): Promise<string>;
  /** Delivers a letter as an outside program would: the client hears of it by itself. */
  save(user: string, mailbox: string, letter: string | Uint8Array): Promise<void>;
  /** Where the user's mail lies (Maildir++ root or sdbox root). */
  mailDir(user: string): string;
  restart(): Promise<void>;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  close(): Promise<void>;
}

/** Capabilities without the extensions that make synchronising cheap. */
export const PLAIN_CAPABILITY = 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ NAMESPACE';
export const CONDSTORE_CAPABILITY = `${PLAIN_CAPABILITY} UIDPLUS MOVE CONDSTORE ESEARCH LIST-EXTENDED SPECIAL-USE LIST-STATUS`;

/** It takes a second; the deadline is only against hanging for ever. */
const START_MS = 60_000;

const ROLE_MAILBOXES = ['Drafts', 'Sent', 'Trash', 'Junk', 'Archive']
  .map((name) => `  mailbox ${name} {\n    special_use = \\${name}\n    auto = subscribe\n  }`)
  .join('\n');

function configuration(
  dir: string,
  port: number,
  tlsPort: number,
  maildropPort: number,
  options: DovecotOptions,
): string {
  const format = options.format ?? 'maildir';
  const location =
    format === 'maildir' ? `maildir:${dir}/mail/%u/Maildir:UTF-8` : `sdbox:${dir}/mail/%u/sdbox:UTF-8`;
  return `
protocols = imap${options.pop3 ? ' pop3' : ''}
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/dovecot.log
instance_name = postroom-${port}
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 scram-sha-256
auth_failure_delay = 0
ssl = yes
ssl_cert = <${dir}/tls.crt
ssl_key = <${dir}/tls.key
mail_location = ${location}
mail_uid = dovecot
mail_gid = dovecot
first_valid_uid = 1
mail_fsync = never
maildir_very_dirty_syncs = no
mailbox_list_index = yes
mail_max_userip_connections = 30
passdb {
  driver = passwd-file
  args = scheme=PLAIN ${dir}/users
}
userdb {
  driver = passwd-file
  args = ${dir}/users
  override_fields = home=${dir}/mail/%u
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
  process_min_avail = 1
  service_count = 0
}
service imap {
  process_min_avail = 1
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
namespace inbox {
  inbox = yes
  separator = ${options.separator ?? '/'}
  prefix = ${options.prefix ?? ''}
${options.mailboxes ?? ROLE_MAILBOXES}
}
protocol imap {
  imap_idle_notify_interval = 29 mins
  mail_max_userip_connections = 50
  ${options.capability ? `imap_capability = ${options.capability}` : ''}
}
${options.pop3 ? pop3Service(maildropPort) : ''}
${options.config ?? ''}
`;
}

const pop3Service = (port: number): string => `
service pop3-login {
  inet_listener pop3 {
    port = ${port}
  }
  inet_listener pop3s {
    port = 0
  }
  process_min_avail = 1
  service_count = 0
}
`;

/** True once the port says "* OK". */
async function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const done = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.setTimeout(1000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('data', (data) => done(data.toString().startsWith('* OK')));
    socket.once('close', () => resolve(false));
  });
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (failure) {
    // It has just ended by itself.
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure;
  }
}

/** What is left of the Dovecot on this port: its processes carry the name of the instance. */
async function sessions(port: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '');
    if (command.startsWith(`dovecot-postroom-${port}/`)) found.push(Number(name));
  }
  return found;
}

export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const users = options.users ?? ['anna'];
  const dir = await mkdtemp(join(tmpdir(), 'postroom-dovecot-'));
  await chmod(dir, 0o755);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const maildropPort = options.pop3 ? await freePort() : 0;
  for (const folder of ['run', 'state', 'mail']) await mkdir(join(dir, folder));
  const ids = (await readFile('/etc/passwd', 'utf8')).split('\n').find((line) => line.startsWith('dovecot:'));
  const [, , uid = '0', gid = '0'] = (ids ?? '').split(':');
  await chown(join(dir, 'mail'), Number(uid), Number(gid));
  const lines = users.map((user) => `${user}:secret-${user}:${uid}:${gid}::${dir}/mail/${user}::\n`);
  await writeFile(join(dir, 'users'), lines.join(''), { mode: 0o644 });
  await writeFile(join(dir, 'tls.crt'), certificates.localhost.cert);
  await writeFile(join(dir, 'tls.key'), certificates.localhost.key, { mode: 0o600 });
  const config = join(dir, 'dovecot.conf');
  await writeFile(config, configuration(dir, port, tlsPort, maildropPort, options));

  let server: ChildProcess | undefined;
  const startServer = async () => {
    const child = spawn(BINARY, ['-F', '-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => {
      said += String(data);
    });
    server = child;
    const deadline = performance.now() + START_MS;
    while (!(await greets(port))) {
      if (child.exitCode !== null || performance.now() > deadline) {
        const log = existsSync(join(dir, 'dovecot.log'))
          ? await readFile(join(dir, 'dovecot.log'), 'utf8')
          : '';
        throw new Error(`Dovecot did not start: ${said}${log}`);
      }
      await wait(20);
    }
  };
  const stopServer = async () => {
    const child = server;
    server = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
    // Dovecot leaves a session alive until it has been quiet for ten seconds, and its clients cannot know that the server is
    // gone before. A service manager ends the whole group, and so does this.
    for (const pid of await sessions(port)) end(pid);
  };
  const doveadm = (args: string[], input?: string | Uint8Array) =>
    new Promise<string>((resolve, reject) => {
      const child = execFile(
        'doveadm',
        ['-c', config, ...args],
        { maxBuffer: 256 * 1024 * 1024 },
        (failure, stdout, stderr) =>
          failure ? reject(new Error(`doveadm ${args.join(' ')}: ${stderr}`)) : resolve(stdout),
      );
      child.stdin?.on('error', () => {});
      child.stdin?.end(input ?? '');
    });
  await startServer();
  return {
    port,
    tlsPort,
    maildropPort,
    host: '127.0.0.1',
    dir,
    password: (user) => `secret-${user}`,
    doveadm,
    async save(user, mailbox, letter) {
      await doveadm(['save', '-u', user, '-m', mailbox], letter);
    },
    mailDir: (user) =>
      join(dir, 'mail', user, (options.format ?? 'maildir') === 'maildir' ? 'Maildir' : 'sdbox'),
    startServer,
    stopServer,
    async restart() {
      await stopServer();
      await startServer();
    },
    async close() {
      await stopServer();
      await run('rm', ['-rf', dir]).catch(() => rm(dir, { recursive: true, force: true }));
    },
  };
}
