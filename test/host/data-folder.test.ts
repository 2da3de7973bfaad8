import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dataFolder, makeDataFolder } from '../../main/host/data-folder.ts';
import { openerOf } from '../../main/host/launch-browser.ts';

const CASES: [NodeJS.Platform, Record<string, string>, string, string][] = [
  ['linux', {}, '/home/o', '/home/o/.local/share/postroom'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/home/o', '/data/postroom'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/o', '/home/o/.local/share/postroom'],
  ['darwin', { XDG_DATA_HOME: '/data' }, '/Users/o', '/Users/o/Library/Application Support/Postroom'],
  [
    'win32',
    { APPDATA: 'C:\\Users\\o\\AppData\\Roaming' },
    'C:\\Users\\o',
    'C:\\Users\\o\\AppData\\Roaming\\Postroom',
  ],
  ['win32', {}, 'C:\\Users\\o', 'C:\\Users\\o\\AppData\\Roaming\\Postroom'],
];

for (const [platform, env, home, folder] of CASES) {
  test(`the profile on ${platform} with ${JSON.stringify(env)}`, () => {
    assert.equal(dataFolder(platform, env, home), folder);
  });
}

test('an address is one argument of the opener, never a shell line', () => {
  const url = 'http://127.0.0.1:1/?token=a&b=$(c)';
  for (const platform of ['linux', 'darwin', 'win32'] as const)
    assert.equal(openerOf(platform, url).args.at(-1), url);
});

test('a data folder is made for this user alone; what is in its way is named', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'data-folder-'));
  t.after(() => rm(dir, { recursive: true }));
  const made = join(dir, 'a', 'b');
  await makeDataFolder(made);
  await makeDataFolder(made);
  if (process.platform !== 'win32') assert.equal((await stat(made)).mode & 0o777, 0o700);
  const file = join(dir, 'file');
  await writeFile(file, '');
  for (const folder of [file, join(file, 'below')]) {
    await assert.rejects(makeDataFolder(folder), { kind: 'user', code: 'not-a-folder', detail: { folder } });
  }
});
