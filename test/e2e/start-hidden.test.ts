/** Starting with the system, in the tray: the setting writes the system's entry, and what that entry starts shows no window. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchApp } from '../kit/app.ts';
import { eventually, hostMissing, hostName } from './hosts.ts';
import { movesIn, pickOption } from './moves.ts';
import { seedProfile } from './seed.ts';

const skip =
  hostName !== 'electron'
    ? 'only in Electron'
    : hostMissing || (process.platform !== 'linux' && 'the entry is a file on Linux only');

interface Recorded {
  trays: { emit(event: string): void }[];
}
type WithStandIn = typeof globalThis & { __standin?: Recorded };

test('the setting makes the system start it hidden, and takes that back', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'postroom-hidden-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const profile = join(folder, 'profile');
  await seedProfile(profile, async (ask) => {
    await ask('settings.set', { language: 'ru' });
    // Nobody is there: a window with an account has settings, that is all that is wanted of it.
    await ask('accounts.add', {
      address: 'anna@x.example',
      name: 'Anna',
      kind: 'pop3',
      incoming: { host: '127.0.0.1', port: 1, security: 'none', user: 'anna' },
      outgoing: null,
      password: 'x',
    });
  });
  const former = process.env['XDG_CONFIG_HOME'];
  process.env['XDG_CONFIG_HOME'] = join(folder, 'config');
  t.after(() => {
    if (former === undefined) delete process.env['XDG_CONFIG_HOME'];
    else process.env['XDG_CONFIG_HOME'] = former;
  });
  const autostart = join(folder, 'config', 'autostart');
  const entries = () => readdir(autostart).catch(() => []);
  const options = { userData: join(folder, 'desktop'), profile };

  const app = await launchApp(options);
  const page = await app.firstWindow();
  await page.getByRole('main').first().waitFor();
  const choose = async (option: string) => {
    const select = page.getByRole('button', { name: /Запускать вместе с системой/ });
    await select.click();
    await pickOption(page, option, true);
    await select.filter({ hasText: option }).waitFor();
  };
  await page.getByRole('button', { name: movesIn(page, 'ru').words.settings, exact: true }).click();
  await page
    .getByRole('navigation', { name: movesIn(page, 'ru').words.settings })
    .getByRole('button', { name: 'Уведомления', exact: true })
    .click();
  assert.deepEqual(await entries(), [], 'nothing before a person has asked');
  await choose('В лотке');
  const text = await eventually(async () => {
    const [name, ...more] = await entries();
    assert.ok(name && more.length === 0);
    return readFile(join(autostart, name), 'utf8');
  });
  assert.match(text, /^Exec=.* "--hidden"$/m);
  assert.ok(text.includes(`"--profile=${profile}"`));
  await choose('Нет');
  await eventually(async () => assert.deepEqual(await entries(), []));
  await app.close();

  const hidden = await launchApp({ ...options, extra: ['--hidden'] });
  t.after(() => hidden.close());
  const trays = () => hidden.evaluate(() => (globalThis as WithStandIn).__standin?.trays.length ?? 0);
  if (!(await hidden.evaluate(() => (globalThis as WithStandIn).__standin !== undefined))) return;
  await eventually(async () => assert.equal(await trays(), 1));
  const windows = () => hidden.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  assert.equal(await windows(), 0);
  const shown = hidden.waitForEvent('window');
  await hidden.evaluate(() => (globalThis as WithStandIn).__standin?.trays[0]?.emit('click'));
  await (await shown).getByRole('main').first().waitFor();
  assert.equal(await windows(), 1);
});
