/** Programs that collect by POP3: octet for octet, and nothing twice. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  awkwardLetter,
  type Home,
  missing,
  openHome,
  openPeersOffice,
  PASSWORDS,
  PETROV,
  type PeersOffice,
} from '../../kit/peers-office.ts';

const PASSWORD = PASSWORDS[PETROV]!;

/** How a collector is told what to do; it files into a Maildir or through a program that writes files. */
interface Collector {
  readonly name: string;
  readonly program: string;
  /** @returns its arguments for one run. */
  prepare(run: Run): Promise<readonly string[]>;
  /** Exit codes that say: all well. */
  readonly fine: readonly number[];
  /** The letters that it has filed, with bare LF. */
  filed(home: Home): string[];
  /** It keeps a memory of its own for each port: by another one everything is new. */
  readonly memoryByPort?: true;
  /** Ways to sign in: [transport, mechanism]. */
  readonly ways: readonly (readonly [Transport, string])[];
}
type Transport = 'clear' | 'stls' | 'tls';
interface Run {
  readonly office: PeersOffice;
  readonly home: Home;
  readonly transport: Transport;
  readonly mechanism: string;
  /** True: what has been collected stays on the server. */
  readonly keep: boolean;
}

const portOf = ({ office, transport }: Run) => office.port(transport === 'tls' ? 'pop3s' : 'pop3');
const folderOf = (home: Home) => join(home.dir, 'filed');

function maildir(home: Home): string[] {
  return ['cur', 'new'].flatMap((folder) => {
    const dir = join(folderOf(home), folder);
    return existsSync(dir) ? readdirSync(dir).map((file) => readFileSync(join(dir, file), 'latin1')) : [];
  });
}

function makeMaildir(home: Home): void {
  for (const folder of ['cur', 'new', 'tmp']) mkdirSync(join(folderOf(home), folder), { recursive: true });
}

/** Writes what comes on its standard input to a file of its own. */
const FILER = `#!/bin/sh
umask 077
cat > "$1/$(mktemp -u XXXXXXXXXX)"
# getmail 6.18 waits for ever for a child that has ended before it began to wait.
sleep 0.3
`;

/** @returns the command by which a collector files a letter. */
function filer(home: Home): string {
  mkdirSync(folderOf(home), { recursive: true });
  const program = home.path('filer.sh');
  if (!existsSync(program)) writeFileSync(program, FILER, { mode: 0o700 });
  return program;
}

const files = (home: Home): string[] =>
  readdirSync(folderOf(home)).map((file) => readFileSync(join(folderOf(home), file), 'latin1'));

const getmail: Collector = {
  name: 'getmail',
  program: 'getmail',
  fine: [0],
  memoryByPort: true,
  ways: [
    ['clear', 'USER'],
    ['clear', 'APOP'],
    ['tls', 'USER'],
  ],
  filed: files,
  async prepare(run) {
    const { home, office, transport, mechanism, keep } = run;
    const file = await home.write(
      'getmailrc',
      `[retriever]
type = ${transport === 'tls' ? 'SimplePOP3SSLRetriever' : 'SimplePOP3Retriever'}
server = localhost
port = ${portOf(run)}
username = ${PETROV}
password = ${PASSWORD}
${transport === 'tls' ? `ca_certs = ${office.authority}` : `use_apop = ${mechanism === 'APOP'}`}
[destination]
type = MDA_external
path = ${filer(home)}
arguments = ("${folderOf(home)}",)
allow_root_commands = true
unixfrom = false
[options]
read_all = false
delete = ${!keep}
delivered_to = false
received = false
verbose = 2
`,
    );
    return ['--getmaildir', home.dir, '--rcfile', file];
  },
};

const mpop: Collector = {
  name: 'mpop',
  program: 'mpop',
  fine: [0],
  ways: [
    ['clear', 'user'],
    ['clear', 'plain'],
    ['clear', 'cram-md5'],
    ['clear', 'apop'],
    ['clear', 'scram-sha-256'],
    ['stls', 'user'],
    ['stls', 'plain'],
    ['tls', 'scram-sha-256'],
    ['tls', 'login'],
  ],
  filed: maildir,
  async prepare(run) {
    const { home, office, transport, mechanism, keep } = run;
    makeMaildir(home);
    const file = await home.write(
      'mpoprc',
      `account default
host localhost
port ${portOf(run)}
user ${PETROV}
password ${PASSWORD}
auth ${mechanism}
tls ${transport === 'clear' ? 'off' : 'on'}
tls_starttls ${transport === 'stls' ? 'on' : 'off'}
${transport === 'clear' ? '' : `tls_trust_file ${office.authority}`}
keep ${keep ? 'on' : 'off'}
uidls_file ${home.path('uidls')}
delivery maildir ${folderOf(home)}
received_header off
`,
    );
    return ['-C', file];
  },
};

const fetchmail: Collector = {
  name: 'fetchmail',
  program: 'fetchmail',
  // 1: there was no mail.
  fine: [0, 1],
  ways: [
    ['clear', 'password'],
    ['clear', 'apop'],
    ['stls', 'password'],
    ['tls', 'password'],
  ],
  filed: files,
  async prepare(run) {
    const { home, office, transport, mechanism, keep } = run;
    const tls = {
      clear: 'sslproto ""',
      stls: `sslproto "TLS1.2+" sslcertck sslcertfile ${office.authority}`,
      tls: `ssl sslcertck sslcertfile ${office.authority}`,
    }[transport];
    const file = await home.write(
      'fetchmailrc',
      `set no syslog
set invisible
set idfile "${home.path('fetchids')}"
poll localhost protocol ${mechanism === 'apop' ? 'APOP' : 'POP3'} uidl port ${portOf(run)} no dns
  ${mechanism === 'apop' ? '' : 'auth password'}
  user "${PETROV}" password "${PASSWORD}" ${tls} ${keep ? 'keep' : 'nokeep'} no rewrite
  mda "${filer(home)} ${folderOf(home)}"
`,
    );
    return ['-f', file, '--pidfile', home.path('fetchmail.pid'), '-v'];
  },
};

for (const collector of [getmail, mpop, fetchmail]) {
  describe(collector.name, { skip: missing(collector.program) }, () => {
    let office: PeersOffice;
    let home: Home;
    const letters = [
      awkwardLetter(),
      awkwardLetter({ body: '' }),
      awkwardLetter({ body: `${'.'.repeat(70)}\r\n`.repeat(3000) }),
      awkwardLetter({ subject: '=?UTF-8?B?0J7RgtGH0ZHRgg==?=' }),
    ];
    const plain = (texts: readonly string[]) =>
      texts.map((text) => Buffer.from(text).toString('latin1').replaceAll('\r\n', '\n')).sort();

    before(async () => {
      office = await openPeersOffice();
      home = await openHome();
      await office.put(PETROV, 'INBOX', letters);
    });
    after(async () => {
      await home?.close();
      await office?.close();
    });
    /** One run; what it has filed by then. */
    async function collect(transport: Transport, mechanism: string, keep: boolean): Promise<string[]> {
      if (collector.memoryByPort && transport === 'tls') rmSync(folderOf(home), { recursive: true });
      const args = await collector.prepare({ office, home, transport, mechanism, keep });
      const { code, out, err } = await home.run(collector.program, args);
      const said = `${transport} ${mechanism}: ${code}\n${out}\n${err}`;
      assert.ok(code !== null && collector.fine.includes(code), said);
      return (
        collector
          .filed(home)
          // getmail adds one where the server, as here, has none.
          .map((text) => text.replaceAll('\r\n', '\n').replace('Return-Path: <unknown>\n', ''))
          .sort()
      );
    }

    it('P11 P12 brings letters octet for octet; a second time nothing new', async () => {
      const [transport, mechanism] = collector.ways[0]!;
      assert.deepEqual(await collect(transport, mechanism, true), plain(letters));
      assert.deepEqual(await collect(transport, mechanism, true), plain(letters));
    });

    it('P15 knows its letters again after the office was restarted', async () => {
      const [transport, mechanism] = collector.ways[0]!;
      await office.restart();
      assert.deepEqual(await collect(transport, mechanism, true), plain(letters));
    });

    for (const [transport, mechanism] of collector.ways)
      it(`P6 P7 signs in with ${mechanism}, ${transport}, and takes only what is new`, async () => {
        letters.push(awkwardLetter());
        await office.put(PETROV, 'INBOX', [letters.at(-1)!]);
        assert.deepEqual(await collect(transport, mechanism, true), plain(letters));
      });

    it('P16 leaves nothing on the server when told so, and collects no letter twice', async () => {
      const [transport, mechanism] = collector.ways[0]!;
      letters.push(awkwardLetter());
      await office.put(PETROV, 'INBOX', [letters.at(-1)!]);
      const first = await collect(transport, mechanism, false);
      assert.deepEqual([...new Set(first)], plain(letters));
      assert.deepEqual(await collect(transport, mechanism, false), first);
      const left = (await office.letters(PETROV, 'INBOX')).length;
      // What was kept by an earlier run and is not new is not fetched again, nor deleted by every program.
      assert.ok(left < letters.length, `${left} left`);
    });
  });
}
