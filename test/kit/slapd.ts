/**
 * A private directory for one test file: Debian's slapd with a database of its own in a temporary folder, random loopback
 * ports, TLS with the certificates of test/fixtures. Ended by pid.
 *
 * Where /usr/sbin/slapd is absent, slapdMissing() says why and the test skips itself.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { certificates, type ServerCertificate } from './certificates.ts';
import { freePort } from './free-ports.ts';

const run = promisify(execFile);
const BINARY = '/usr/sbin/slapd';
const MODULES = '/usr/lib/ldap';

export function slapdMissing(): string | undefined {
  if (!existsSync(BINARY)) return 'slapd is not installed';
  return existsSync(join(MODULES, 'back_mdb.so')) ? undefined : 'slapd has no mdb backend';
}

export interface SlapdOptions {
  /** People in the directory. */
  people: number;
  certificate?: ServerCertificate;
  /** Entries that a search without pages may have. */
  sizeLimit?: number;
}

export interface Slapd {
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly base: string;
  readonly admin: string;
  readonly password: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Adds entries (LDIF) by ldapadd. */
  add(ldif: string): Promise<void>;
  remove(dn: string): Promise<void>;
  close(): Promise<void>;
}

const BASE = 'dc=constr,dc=example';
const ADMIN = `cn=admin,${BASE}`;
const PASSWORD = 'secret-admin';

const GIVEN = ['Анна', 'Пётр', 'Ольга', 'Семён', 'Irina', 'Pavel', 'Юлия', 'Тимур', 'Nina', 'Глеб'];
const FAMILY = [
  'Белов',
  'Ёлкин',
  'Орлов',
  'Кузнецов',
  'Galiev',
  'Berger',
  'Соколов',
  'Лебедев',
  'Novak',
  'Зайцев',
];
const UNITS = ['Сметный отдел', 'Снабжение', 'Бухгалтерия', 'Site 4'];

const coded = (name: string, value: string): string =>
  /^[\x20-\x7e]*$/.test(value) ? `${name}: ${value}` : `${name}:: ${Buffer.from(value).toString('base64')}`;

/** The n-th person: every name is another by its number. */
export function personLdif(n: number): string {
  const given = GIVEN[n % 10] as string;
  const family = `${FAMILY[Math.floor(n / 10) % 10] as string}-${n}`;
  return [
    `dn: uid=u${n},ou=people,${BASE}`,
    'objectClass: inetOrgPerson',
    `uid: u${n}`,
    coded('cn', `${given} ${family}`),
    coded('sn', family),
    coded('givenName', given),
    `mail: u${n}@constr.example`,
    coded('ou', UNITS[n % 4] as string),
    `telephoneNumber: +7 495 ${String(1_000_000 + n)}`,
    `roomNumber: ${100 + (n % 300)}`,
    '',
    '',
  ].join('\n');
}

export async function startSlapd(options: SlapdOptions): Promise<Slapd> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-slapd-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const { cert, key } = options.certificate ?? certificates.localhost;
  await mkdir(join(dir, 'db'));
  await writeFile(join(dir, 'cert.pem'), cert);
  await writeFile(join(dir, 'key.pem'), key, { mode: 0o600 });
  const config = join(dir, 'slapd.conf');
  await writeFile(
    config,
    `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile ${dir}/pid
modulepath ${MODULES}
moduleload back_mdb
TLSCertificateFile ${dir}/cert.pem
TLSCertificateKeyFile ${dir}/key.pem
sizelimit size.soft=${options.sizeLimit ?? 500} size.hard=${options.sizeLimit ?? 500} size.prtotal=unlimited
database mdb
maxsize 268435456
suffix "${BASE}"
rootdn "cn=root,${BASE}"
directory ${dir}/db
dbnosync
index objectClass eq
index mail,cn,sn,givenName,uid,displayName eq,pres,sub
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous search
`,
  );
  const entries = [
    `dn: ${BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: constr\no: Constr\n\n`,
    `dn: ${ADMIN}\nobjectClass: simpleSecurityObject\nobjectClass: organizationalRole\ncn: admin\nuserPassword: ${PASSWORD}\n\n`,
    `dn: ou=people,${BASE}\nobjectClass: organizationalUnit\nou: people\n\n`,
    ...Array.from({ length: options.people }, (_, n) => personLdif(n)),
  ];
  const ldif = join(dir, 'people.ldif');
  await writeFile(ldif, entries.join(''));
  await run('/usr/sbin/slapadd', ['-q', '-f', config, '-l', ldif]);
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const urls = `ldap://127.0.0.1:${port}/ ldaps://127.0.0.1:${tlsPort}/`;
    child = spawn(BINARY, ['-d', '0', '-f', config, '-h', urls], { stdio: 'ignore' });
    await answers(port, child);
  };
  const stop = async (): Promise<void> => {
    const ending = child;
    child = null;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    ending.kill('SIGKILL');
    await ended;
  };
  await start();
  const rootless = (): Promise<void> => stop();
  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    base: BASE,
    admin: ADMIN,
    password: PASSWORD,
    start,
    stop,
    async add(text) {
      await rootless();
      const file = join(dir, 'more.ldif');
      await writeFile(file, text);
      await run('/usr/sbin/slapadd', ['-q', '-f', config, '-l', file]);
      await start();
    },
    async remove(dn) {
      await rootless();
      await run('/usr/sbin/slapmodify', ['-f', config, '-l', await deletion(dir, dn)]);
      await start();
    },
    async close() {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function deletion(dir: string, dn: string): Promise<string> {
  const file = join(dir, 'gone.ldif');
  await writeFile(file, `dn: ${dn}\nchangetype: delete\n\n`);
  return file;
}

/** Waits until the port takes a connection, for at most 20 s. */
async function answers(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect({ host: '127.0.0.1', port });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error('slapd does not answer');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
