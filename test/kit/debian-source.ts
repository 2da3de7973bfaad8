/**
 * Mailboxes that other mail programs themselves made, as the tests of a Debian package carry them. They are other people's
 * letters and another project's files: nothing of them is kept in this tree. apt fetches the package's source from the
 * mirror that this machine is set to, its checksum is pinned here, and it lies unpacked below node_modules.
 *
 * As a program (`npm test` runs it before the tests): fetches what is not there, where that may be done, within 20 s, says
 * what it did and never fails. Tests only look: what is not there is a test skipped, with its reason.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface DebianSource {
  /** Below the mirror's own address. */
  path: string;
  sha256: string;
  /** Files of the archive that are wanted. */
  wanted: string;
}

/** Outlook Express 4, 5 and 6, Evolution, Sylpheed, Pegasus Mail, The Bat!. */
const MAILBOXES: DebianSource = {
  path: 'pool/main/m/mailimporter/mailimporter_24.12.3.orig.tar.xz',
  sha256: '88dfe0f31790701d03ce5902abe93410413bd4477baf3da74967c5f0fa3d65ae',
  wanted: '*/mailimporter/autotests/samples/*',
};

const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'debian-sources');
const placeOf = ({ sha256 }: DebianSource): string => join(cache, sha256.slice(0, 16));
const HELPER = '/usr/lib/apt/apt-helper';
/** Ms for everything that goes on the network. */
const LIMIT = 20_000;
/** After a failed attempt, ms in which there is no other. */
const PAUSE = 3_600_000;

/** The folder `samples` of that package; null where it was not fetched. */
export function sampleMailboxes(): string | null {
  const samples = globSync('*/src/mailimporter/autotests/samples', { cwd: placeOf(MAILBOXES) })[0];
  return samples === undefined ? null : join(placeOf(MAILBOXES), samples);
}

/** Why a test that needs them is skipped. */
export const NO_SAMPLES = 'the sample mailboxes of Debian’s mailimporter are not here';

const output = (program: string, args: readonly string[], timeout: number): string | null => {
  const done = spawnSync(program, args, {
    timeout: Math.max(1, timeout),
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  return done.status === 0 ? done.stdout : null;
};

/** The archive into a file, from the first mirror that has it. */
function fetched({ path, sha256 }: DebianSource, into: string): boolean {
  const end = Date.now() + LIMIT;
  const sites = output('apt-get', ['indextargets', '--format', '$(REPO_URI)'], LIMIT)?.split('\n') ?? [];
  for (const site of new Set(sites)) {
    if (site === '' || Date.now() >= end) continue;
    const url = new URL(path, site.endsWith('/') ? site : `${site}/`).href;
    const options = ['-o', 'Acquire::Retries=0', 'download-file', url, into, `SHA256:${sha256}`];
    if (output(HELPER, options, end - Date.now()) === null || !existsSync(into)) continue;
    if (createHash('sha256').update(readFileSync(into)).digest('hex') === sha256) return true;
  }
  return false;
}

function unpacked({ wanted }: DebianSource, archive: string, into: string): boolean {
  const untar = (file: string, to: string, ...rest: string[]): boolean =>
    output('tar', ['-x', '--no-same-owner', '-f', file, '-C', to, ...rest], LIMIT) !== null;
  if (!untar(archive, into, '--wildcards', wanted)) return false;
  const inner = globSync('**/*.tar.bz2', { cwd: into }).map((name) => join(into, name));
  return inner.every((name) => untar(name, dirname(name)));
}

/** @returns what is to be told; '' for nothing */
function fetchSource(source: DebianSource): string {
  if (existsSync(placeOf(source))) return '';
  const tried = join(cache, 'tried');
  const lately = existsSync(tried) && Date.now() - statSync(tried).mtimeMs < PAUSE;
  const may = process.getuid?.() === 0 && existsSync(HELPER) && !process.env['POSTROOM_NO_APT'] && !lately;
  if (!may) return NO_SAMPLES;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), 'postroom-source-'));
  const made = mkdtempSync(join(cache, 'new-'));
  try {
    const archive = join(scratch, 'archive');
    if (fetched(source, archive) && unpacked(source, archive, made)) {
      renameSync(made, placeOf(source));
      return 'fetched the sample mailboxes of Debian’s mailimporter';
    }
    writeFileSync(tried, '');
    return `${NO_SAMPLES}, and could not be fetched`;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(made, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const told = fetchSource(MAILBOXES);
  if (told !== '') process.stderr.write(`postroom: ${told}\n`);
}
