import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataFolder } from '../../main/host/data-folder.ts';
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
