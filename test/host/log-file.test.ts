import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openLogFile } from '../../main/host/log-file.ts';

function folder(t: TestContext): { dir: string; file: string } {
  const dir = mkdtempSync(join(tmpdir(), 'log-file-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return { dir, file: join(dir, 'postroom.log') };
}

const events = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { event: string }).event);

async function until(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!what()) {
    if (Date.now() > deadline) throw new Error('too late');
    await new Promise((go) => setTimeout(go, 20));
  }
}

test('a full disk: the error that tells of it is written when there is room again, and the log goes on', {
  skip: !existsSync('/dev/full'),
}, async (t) => {
  const { dir, file } = folder(t);
  symlinkSync('/dev/full', file);
  const { log, close } = openLogFile(dir);
  log.info('before');
  log.error('alert', { alert: 'disk-full' });
  await new Promise((go) => setTimeout(go, 100));
  rmSync(file);
  await until(() => existsSync(file) && events(file).includes('alert'));
  log.info('after');
  await close();
  assert.deepEqual(events(file), ['alert', 'after']);
});

test('a line that was cut off is taken away before the next is written', async (t) => {
  const { dir, file } = folder(t);
  writeFileSync(file, '{"event":"whole"}\n{"event":"to');
  const { log, close } = openLogFile(dir);
  log.info('next');
  await close();
  assert.deepEqual(events(file), ['whole', 'next']);
});
