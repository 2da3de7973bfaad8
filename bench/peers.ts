/** The programs we measure ourselves against, each used as its own manual says, in folders of its own. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed, runPeer } from './harness.ts';

export interface ImapServer {
  host: string;
  port: number;
  user: string;
  password: string;
}

/** Indexing and searching a Maildir. */
export interface Indexer {
  name: string;
  index(): void;
  /** First page by date. */
  search(words: string): void;
}

export function mu(maildir: string, scratch: string): Indexer | null {
  if (!installed('mu')) return null;
  const home = join(scratch, `mu-${Math.random().toString(36).slice(2)}`);
  return {
    name: 'mu',
    index() {
      mkdirSync(home, { recursive: true });
      runPeer('mu', ['init', `--muhome=${home}`, `--maildir=${maildir}`, '--quiet']);
      runPeer('mu', ['index', `--muhome=${home}`, '--quiet', '--lazy-check']);
    },
    search: (words) =>
      runPeer('sh', [
        '-c',
        `mu find --muhome='${home}' -n 50 --sortfield=date --reverse ${words} >/dev/null 2>&1 || true`,
      ]),
  };
}

export function notmuch(maildir: string, scratch: string): Indexer | null {
  if (!installed('notmuch')) return null;
  const id = Math.random().toString(36).slice(2);
  const config = join(scratch, `notmuch-${id}.conf`);
  const database = join(scratch, `notmuch-${id}`);
  mkdirSync(database, { recursive: true });
  writeFileSync(
    config,
    `[database]\npath=${database}\nmail_root=${maildir}\n[user]\nname=b\nprimary_email=b@postroom.example\n[new]\ntags=\n[search]\n[maildir]\nsynchronize_flags=false\n`,
  );
  const env = { ...process.env, NOTMUCH_CONFIG: config };
  return {
    name: 'notmuch',
    index: () => runPeer('notmuch', ['new', '--quiet'], { env }),
    search: (words) => runPeer('sh', ['-c', `notmuch search --limit=50 ${words} >/dev/null`], { env }),
  };
}

/** A full copy of an INBOX into a fresh Maildir. */
export function mbsync(server: ImapServer, scratch: string): (() => void) | null {
  if (!installed('mbsync')) return null;
  return () => {
    const home = join(scratch, `mbsync-${Math.random().toString(36).slice(2)}`);
    mkdirSync(join(home, 'mail'), { recursive: true });
    writeFileSync(
      join(home, 'rc'),
      `IMAPAccount a\nHost ${server.host}\nPort ${server.port}\nUser ${server.user}\nPass ${server.password}\nSSLType None\nAuthMechs LOGIN PLAIN\n\nIMAPStore r\nAccount a\n\nMaildirStore l\nPath ${home}/mail/\nInbox ${home}/mail/INBOX\n\nChannel c\nFar :r:\nNear :l:\nPatterns INBOX\nCreate Near\nSyncState *\n`,
    );
    runPeer('mbsync', ['-q', '-c', join(home, 'rc'), 'c'], { env: { ...process.env, HOME: home } });
  };
}

/** Headers of an INBOX into a fresh header cache. neomutt wants a terminal, so `script` lends it one. */
export function neomutt(server: ImapServer, scratch: string): (() => void) | null {
  if (!installed('neomutt') || !installed('script')) return null;
  return () => {
    const home = join(scratch, `neomutt-${Math.random().toString(36).slice(2)}`);
    // Without its folder neomutt asks whether to make it, and waits.
    for (const each of ['cache', 'mail']) mkdirSync(join(home, each), { recursive: true });
    writeFileSync(
      join(home, 'rc'),
      `set imap_user="${server.user}"\nset imap_pass="${server.password}"\nset imap_authenticators="plain:login"\nset ssl_starttls=no\nset ssl_force_tls=no\nset header_cache="${home}/cache"\nset folder="${home}/mail"\nset imap_check_subscribed=no\nset mail_check=0\nset quit=yes\nset sleep_time=0\n`,
    );
    const command = `neomutt -n -F ${home}/rc -f imap://${server.host}:${server.port}/INBOX -e 'push <quit>'`;
    runPeer('script', ['-qec', command, '/dev/null'], { env: { ...process.env, HOME: home, TERM: 'xterm' } });
  };
}

export interface Maildrop {
  host: string;
  maildropPort: number;
  user: string;
  password: string;
}

/** Every letter of a maildrop into a fresh Maildir; all stay on the server. */
export function mpop(server: Maildrop, scratch: string): (() => void) | null {
  if (!installed('mpop')) return null;
  return () => {
    const home = join(scratch, `mpop-${Math.random().toString(36).slice(2)}`);
    for (const each of ['cur', 'new', 'tmp']) mkdirSync(join(home, 'mail', each), { recursive: true });
    writeFileSync(
      join(home, 'rc'),
      `account default\nhost ${server.host}\nport ${server.maildropPort}\nuser ${server.user}\npassword ${server.password}\nauth user\ntls off\nkeep on\nuidls_file ${home}/uidls\ndelivery maildir ${home}/mail\nreceived_header off\n`,
      { mode: 0o600 },
    );
    runPeer('mpop', ['-q', '-C', join(home, 'rc')], { env: { ...process.env, HOME: home } });
  };
}

/**
 * getmail files every letter by a child. It begins to listen for the child's end after it has made it, and one that has ended
 * by then is waited for in vain: on two busy cores that is once in some hundred letters, and 6.18 gives up after three
 * minutes. Here it asks the system for the child's end instead, which costs it no time; nothing else of it is changed.
 */
const GETMAIL = `import os, runpy, sys
from getmailcore.baseclasses import ForkingBase
ForkingBase._prepare_child = lambda self: None
ForkingBase._wait_for_child = lambda self, child: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')
`;

/** The same by getmail, which files nothing as root: it is run as nobody then. `seconds`: nobody waits longer for it. */
export function getmail(server: Maildrop, scratch: string, seconds: number): (() => void) | null {
  const root = process.getuid?.() === 0;
  if (!installed('getmail') || (root && !installed('setpriv'))) return null;
  return () => {
    const home = join(scratch, `getmail-${Math.random().toString(36).slice(2)}`);
    for (const each of ['cur', 'new', 'tmp']) mkdirSync(join(home, 'mail', each), { recursive: true });
    writeFileSync(
      join(home, 'rc'),
      `[retriever]\ntype = SimplePOP3Retriever\nserver = ${server.host}\nport = ${server.maildropPort}\nusername = ${server.user}\npassword = ${server.password}\n[destination]\ntype = Maildir\npath = ${home}/mail/\n[options]\nread_all = false\ndelete = false\ndelivered_to = false\nreceived = false\nverbose = 0\n`,
      { mode: 0o600 },
    );
    writeFileSync(join(home, 'getmail.py'), GETMAIL);
    const program = String(spawnSync('sh', ['-c', 'command -v getmail'], { encoding: 'utf8' }).stdout).trim();
    const command = [
      'timeout',
      String(seconds),
      '/usr/bin/python3',
      join(home, 'getmail.py'),
      program,
      '--getmaildir',
      home,
      '--rcfile',
      join(home, 'rc'),
    ];
    if (root) {
      chmodSync(scratch, 0o711);
      runPeer('chown', ['-R', NOBODY, home]);
      command.unshift('setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups');
    }
    runPeer(command[0] as string, command.slice(1), { env: { ...process.env, HOME: home } });
  };
}

const NOBODY = '65534';
