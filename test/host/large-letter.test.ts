/** A letter of a hundred megabytes: what it costs in memory, and that the rest goes on meanwhile. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { letter, openTestProfile } from '../client/kit/profile.ts';
import { openCommandLine } from './kit/command-line.ts';

const MEGABYTE = 1024 * 1024;
const SIZE = 100 * MEGABYTE;
const program = fileURLToPath(new URL('../../main/host/postroom.ts', import.meta.url));

/** Writes a letter with one attached file; resolves with the SHA-256 of that file. */
function writeLarge(path: string): string {
  const fd = openSync(path, 'w');
  const hash = createHash('sha256');
  writeSync(
    fd,
    'From: a@x.example\r\nSubject: huge\r\nMessage-ID: <huge@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/octet-stream; name=huge.bin\r\nContent-Disposition: attachment; filename=huge.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n',
  );
  for (let written = 0; written < SIZE; ) {
    const bytes = randomBytes(57 * 4096);
    hash.update(bytes);
    written += writeSync(fd, `${bytes.toString('base64').replace(/.{76}/g, '$&\r\n')}`);
  }
  writeSync(fd, '--b--\r\n');
  closeSync(fd);
  return hash.digest('hex');
}

/** Runs a command and says how much memory it held at most, in octets; the kernel keeps count. */
function measured(args: readonly string[]): Promise<{ stdout: string; peak: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    let peak = 0;
    const look = (): void => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
      } catch {
        // It has just ended.
      }
    };
    const timer = setInterval(look, 20);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve({ stdout, peak });
      else reject(new Error(`postroom ${args[0]} ended with ${code}`));
    });
  });
}

const skip = process.platform === 'linux' ? false : 'memory is read from /proc';

test('a letter of 100 MB is taken in, shown and saved in bounded memory', {
  skip,
}, async (t: TestContext) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const file = join(line.dir, 'huge.eml');
  const sha256 = writeLarge(file);
  const profile = ['--profile', join(line.dir, 'profile'), '--json'];
  const out = join(line.dir, 'huge.bin');
  const runs = [
    ['import', file, '--folder', 'Local/Inbox'],
    ['show', '1'],
    ['attachment', '1', '1', '--out', out],
    ['export', '--folder', 'Local/Inbox', '--format', 'eml', '--out', join(line.dir, 'out')],
  ];
  for (const args of runs) {
    const { stdout, peak } = await measured([...args, ...profile]);
    assert.ok(peak > 0);
    // The threads of an engine that does nothing hold about 170 MB, the letter is in memory once, and its files are decoded
    // where they lie.
    const most = 2 * SIZE + 200 * MEGABYTE;
    assert.ok(peak < most, `${args[0]} held ${Math.round(peak / MEGABYTE)} MB`);
    if (args[0] !== 'show') continue;
    const shown = JSON.parse(stdout) as { attachments: { sha256: string }[] };
    assert.equal(shown.attachments[0]?.sha256, sha256);
  }
  assert.equal(createHash('sha256').update(readFileSync(out)).digest('hex'), sha256);
  const back = readFileSync(join(line.dir, 'out', '1.eml'));
  assert.ok(back.equals(readFileSync(file)));
});

test('other letters are read while a large one is', async (t) => {
  const p = await openTestProfile(t);
  const [small = 0] = await p.put('Inbox', letter({ subject: 'small' }));
  const file = join(p.dir, 'huge.eml');
  writeLarge(file);
  const folder = await p.folder('Inbox');
  const ended = Promise.withResolvers<void>();
  p.profile.jobs.changed.on((jobs) => {
    if (jobs.some((job) => job.kind === 'import' && job.endedAt !== null)) ended.resolve();
  });
  await p.call('import.start', { paths: [file], folder });
  await ended.promise;
  const huge = (await p.rows('Inbox')).find((row) => row.subject === 'huge');
  const order: string[] = [];
  const large = p.call('messages.get', { id: huge?.id ?? 0 }).then(() => order.push('huge'));
  const frames = [1, 2].map(() =>
    p.call('messages.frame', { id: huge?.id ?? 0, mode: 'text', pictures: false, dark: false }),
  );
  const got = await p.call('messages.get', { id: small });
  await p.rows('Inbox');
  order.push('small');
  assert.equal(got.subject, 'small');
  await Promise.all([large, ...frames]);
  assert.deepEqual(order, ['small', 'huge']);
});
