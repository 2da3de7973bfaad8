/**
 * Runs before every npm script, under whatever Node the person has (20.19 or newer): installs what is missing, says what
 * it does in a line each, and goes away. Plain JavaScript on purpose, because nothing can be assumed to be installed yet.
 *
 * It writes to standard error only (standard output belongs to the command that follows), never asks a question and never
 * fails because something optional could not be had.
 *
 *   --quiet  says nothing when everything is there
 *   --test   also installs the programs that tests use (Debian and Ubuntu, as root); elsewhere says what will be skipped
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.postroom-installed');
const quiet = process.argv.includes('--quiet');
const forTests = process.argv.includes('--test');

/** The engines and the tests run .ts files directly and use node:sqlite with FTS5 and zstd. */
const NODE_NEEDED = 24;
/** Ms that an installation of tests' programs may take before it is given up. */
const APT_LIMIT = 600_000;
/** Ms for samples of other programs' mailboxes. */
const SAMPLES_LIMIT = 60_000;
/** After a failed attempt to install them, ms in which it is not tried again. */
const APT_PAUSE = 3_600_000;

const say = (text) => process.stderr.write(`postroom: ${text}\n`);
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** What an installation is made from: the lock file and the kind of machine. */
function wanted() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(`${process.platform}-${process.arch}\n`).update(lock).digest('hex');
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** True when an installation made by hand already holds exactly what the lock file says. */
function alreadyHolds() {
  const lock = readJson(join(root, 'package-lock.json'))?.packages;
  const here = readJson(join(modules, '.package-lock.json'))?.packages;
  if (!lock || !here) return false;
  return Object.entries(lock).every(([path, { version, optional }]) => {
    if (path === '' || here[path]?.version === version) return true;
    return optional === true && here[path] === undefined && !existsSync(join(root, path));
  });
}

function installPackages() {
  const want = wanted();
  const has = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim() : '';
  if (has === want) return;
  if (alreadyHolds()) {
    writeFileSync(stamp, `${want}\n`);
    return;
  }
  const why = existsSync(modules) ? 'package-lock.json has changed' : 'first start';
  say(`installing packages (${why}); this takes about a minute`);
  const began = Date.now();
  const options = ['--no-audit', '--no-fund', '--include=dev', '--include=optional', '--loglevel=error'];
  const cli = process.env['npm_execpath'];
  const node = process.env['npm_node_execpath'] ?? process.execPath;
  // Standard output of npm goes to our standard error: ours belongs to the command that follows.
  const settings = { cwd: root, stdio: ['ignore', 2, 2] };
  const done = cli?.endsWith('.js')
    ? spawnSync(node, [cli, 'ci', ...options], settings)
    : spawnSync('npm', ['ci', ...options], { ...settings, shell: process.platform === 'win32' });
  if (done.status !== 0) {
    say('the packages could not be installed; npm said why above. Nothing was started.');
    process.exit(1);
  }
  writeFileSync(stamp, `${want}\n`);
  say(`packages installed in ${seconds(began)}`);
}

/** Node for everything that follows: npm puts node_modules/.bin first in PATH. */
function checkNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_NEEDED) return;
  const own = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  const asked = existsSync(own)
    ? spawnSync(own, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
    : undefined;
  const major = Number(/^v(\d+)/.exec(asked?.stdout ?? '')?.[1] ?? 0);
  if (major >= NODE_NEEDED) return;
  say(
    `Node ${NODE_NEEDED} or newer is needed and no ready-made one exists for ${process.platform}-${process.arch}: ` +
      `this is Node ${process.versions.node}. Install it from nodejs.org and start again.`,
  );
  process.exit(1);
}

/**
 * npm hands a signal to the shell that runs a script, not to the program: scripts therefore say `exec`, which replaces
 * that shell. The shell of Windows has no such word and is given one that simply runs the rest of the line.
 */
function teachExec() {
  if (process.platform !== 'win32') return;
  const file = join(modules, '.bin', 'exec.cmd');
  if (!existsSync(file)) writeFileSync(file, '@%*\r\n');
}

const onPath = (program) =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some(
    (folder) => folder !== '' && existsSync(join(folder, program)),
  );

/** What tests use besides Node: package -> how to see that it is there, and what is skipped without it. */
const TEST_PROGRAMS = [
  ['chromium', () => chromium() !== undefined, 'end-to-end tests in a browser'],
  ['fonts-dejavu-core', () => existsSync('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'), null],
  ['dovecot-imapd', () => existsSync('/usr/lib/dovecot/imap'), 'synchronisation with Dovecot'],
  ['dovecot-pop3d', () => existsSync('/usr/lib/dovecot/pop3'), 'maildrops of Dovecot'],
  ['dovecot-sieve', () => onPath('sieve-test') || existsSync('/usr/bin/sieve-test'), 'rules beside Sieve'],
  ['slapd', () => onPath('slapd'), 'address books of an LDAP server'],
  ['ldap-utils', () => onPath('ldapadd'), null],
  ['pst-utils', () => onPath('readpst'), 'letters of Outlook read by two programs'],
  ['undbx', () => onPath('undbx'), 'letters of Outlook Express read by two programs'],
  ['postfix', () => onPath('postfix'), 'sending through Postfix'],
  ['isync', () => onPath('mbsync'), 'mbsync against the office'],
  ['swaks', () => onPath('swaks'), 'swaks against the office'],
  // What swaks signs in and encrypts with.
  ['libauthen-sasl-perl', () => perlHas('Authen::SASL'), 'DIGEST-MD5 of swaks'],
  ['libdigest-hmac-perl', () => perlHas('Digest::HMAC_MD5'), null],
  ['libnet-ssleay-perl', () => perlHas('Net::SSLeay'), 'TLS of swaks'],
  ['neomutt', () => onPath('neomutt'), 'neomutt against the office'],
  ['getmail6', () => onPath('getmail'), 'getmail against the office'],
  ['mpop', () => onPath('mpop'), 'mpop against the office'],
  ['fetchmail', () => onPath('fetchmail'), 'fetchmail against the office'],
  ['xvfb', () => onPath('Xvfb'), null],
];

const perlHas = (module) => spawnSync('perl', [`-M${module}`, '-e1'], { stdio: 'ignore' }).status === 0;

function chromium() {
  const named = process.env['POSTROOM_CHROMIUM'];
  if (named) return existsSync(named) ? named : undefined;
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file));
}

const absent = () => TEST_PROGRAMS.filter(([, there]) => !there());

function apt(...words) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  return spawnSync('apt-get', ['-q', ...words], {
    env,
    timeout: APT_LIMIT,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
}

/** Runs `work` while Debian's packages are forbidden to start services: tests start private ones themselves. */
function withoutServices(work) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

function installTestPrograms() {
  const missing = absent();
  if (missing.length === 0) return;
  const tried = join(modules, '.cache', 'postroom-apt-tried');
  const lately = existsSync(tried) && Date.now() - statSync(tried).mtimeMs < APT_PAUSE;
  const mayInstall =
    process.getuid?.() === 0 && onPath('apt-get') && !process.env['POSTROOM_NO_APT'] && !lately;
  if (mayInstall) {
    const names = missing.map(([name]) => name);
    say(`installing what tests use: ${names.join(', ')}`);
    const began = Date.now();
    withoutServices(() => {
      apt('update');
      const all = apt('install', '-y', '--no-install-recommends', ...names);
      // One package that cannot be had does not take the others with it.
      if (all.status !== 0) for (const name of names) apt('install', '-y', '--no-install-recommends', name);
    });
    say(`done in ${seconds(began)}`);
  }
  const still = absent();
  for (const [name, , skipped] of still)
    if (skipped) say(`${name} is not installed: tests of ${skipped} are skipped`);
  if (still.length > 0 && mayInstall) {
    mkdirSync(dirname(tried), { recursive: true });
    writeFileSync(tried, '');
  }
}

/** Mailboxes of other programs, by the mirror that apt is set to; without them their tests say that they are skipped. */
function fetchSampleMailboxes() {
  if (process.getuid?.() !== 0) return;
  const program = join(root, 'test', 'kit', 'debian-source.ts');
  spawnSync('node', [program], { cwd: root, stdio: ['ignore', 2, 2], timeout: SAMPLES_LIMIT });
}

installPackages();
teachExec();
checkNode();
if (forTests) {
  installTestPrograms();
  fetchSampleMailboxes();
} else if (!quiet && process.env['npm_lifecycle_event'] === undefined) say('everything is installed');
