/** What only the desktop application does: its menu, its links, its second start, its engine's death. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ElectronApplication, Page } from 'playwright-core';
import { electronForTests } from '../../scripts/toolchain/electron.ts';
import { launchApp } from '../kit/app.ts';
import { eventually, hostMissing, hostName, PATIENCE } from './hosts.ts';
import { hasFocus } from './moves.ts';
import { jobsEnded, seedProfile } from './seed.ts';
import { slowDown } from './slowness.ts';

const skip = hostName !== 'electron' ? 'only in Electron' : hostMissing;

/** What the stand-in records instead of doing; real Electron does it, and then these parts are looked at by a person. */
interface Recorded {
  calls: { api: string; args: unknown[] }[];
}

let folder: string;
let app: ElectronApplication;
let page: Page;
const userData = () => join(folder, 'desktop');
const profile = () => join(folder, 'profile');

async function open(): Promise<void> {
  const preload = join(import.meta.dirname, '..', 'kit', 'watch-engines.cjs');
  app = await launchApp({ userData: userData(), profile: profile(), lang: 'en', preload });
  page = await app.firstWindow();
  page.setDefaultTimeout(PATIENCE);
  await slowDown(page, true);
  await page.getByRole('grid').waitFor();
}

const recorded = (api: string): Promise<unknown[][]> =>
  app.evaluate((_electron, name) => {
    const { calls } = (globalThis as unknown as { __standin?: Recorded }).__standin ?? { calls: [] };
    return calls.filter((call) => call.api === name).map((call) => call.args);
  }, api);

before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), 'postroom-app-'));
  await seedProfile(profile(), async (ask) => {
    await ask('sample.create', {});
    await jobsEnded(ask, 'sample');
  });
  await open();
});
after(async () => {
  if (skip) return;
  await app.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

test('the page gets one function and nothing of Electron or Node', { skip }, async () => {
  assert.equal(
    await page.evaluate(`typeof require + typeof process + typeof module`),
    'undefinedundefinedundefined',
  );
  assert.equal(await page.evaluate(`Object.keys(window.postroom).join()`), 'connect');
});

test('every menu command exists in the window', { skip }, async () => {
  const ids = await app.evaluate(({ Menu }) => {
    const all = Menu.getApplicationMenu()?.items.flatMap((item) => item.submenu?.items ?? []) ?? [];
    return all
      .map((item) => item.id)
      .filter((id) => /^[a-z]+\.[a-zA-Z]+$/.test(id ?? '') && !id.startsWith('shell.'));
  });
  assert.ok(ids.length > 25);
  // The window writes its commands into the palette; a name that is not there does nothing.
  await page.getByRole('grid').getByRole('row').nth(1).click();
  await app.evaluate(({ Menu }) =>
    Menu.getApplicationMenu()?.getMenuItemById('application.palette')?.click(),
  );
  await hasFocus(page.getByRole('dialog'));
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the menu speaks the language of the window', { skip }, async () => {
  const first = () => app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items[0]?.label);
  assert.equal(await first(), 'File');
  await app.evaluate(({ Menu }) =>
    Menu.getApplicationMenu()?.getMenuItemById('application.palette')?.click(),
  );
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox').or(dialog.getByRole('searchbox')).first().fill('Language: Russian');
  await page
    .getByRole('option', { name: /Russian/ })
    .first()
    .click();
  await eventually(async () => assert.equal(await first(), 'Файл'));
});

test('the window cannot be led away, and links leave by the system', { skip }, async () => {
  const before = page.url();
  // Later than the call itself: a call that begins a navigation may wait for its end for ever.
  await page.evaluate(`void setTimeout(() => { location.href = 'https://example.org/'; })`);
  // Where the windows are Chromium's own, a page that has a hold on the window it opened stands still with it until every
  // debugger lets it go; it is closed before, and the page would stand still for ever. `noopener` leaves it no hold.
  for (const url of ['file:///etc/passwd', 'https://example.org/page'])
    await page.evaluate(`void setTimeout(() => window.open('${url}', '_blank', 'noopener'))`);
  await eventually(async () =>
    assert.deepEqual(await recorded('shell.openExternal'), [['https://example.org/page']]),
  );
  assert.equal(page.url(), before);
  // A window that is refused is seen by the driver for a moment.
  await eventually(async () => assert.equal(app.windows().length, 1));
});

test('nothing of the network can be reached from the page', { skip }, async () => {
  const asked = await page.evaluate(`fetch('http://127.0.0.1:1/').then(() => 'answered', () => 'refused')`);
  assert.equal(asked, 'refused');
  assert.deepEqual(await recorded('NETWORK'), []);
});

test('an engine that dies is started again, and the window says so and goes on', { skip }, async () => {
  const engines = () =>
    app.evaluate(() => (globalThis as unknown as { postroomEngines: unknown[] }).postroomEngines.length);
  assert.equal(await engines(), 1);
  await app.evaluate(() => {
    const [engine] = (globalThis as unknown as { postroomEngines: { kill(): boolean }[] }).postroomEngines;
    engine?.kill();
  });
  await eventually(async () => assert.equal(await engines(), 2));
  // A letter that was not open before: only the new engine can give it.
  const reader = page.getByRole('region', { name: /^(Письмо|Message)$/ });
  await page.getByRole('grid').getByRole('row').nth(1).click();
  await reader.getByRole('heading', { level: 2 }).waitFor();
  const before = await reader.getByRole('heading', { level: 2 }).textContent();
  await page.getByRole('grid').getByRole('row').nth(3).click();
  await eventually(async () => {
    const now = await reader.getByRole('heading', { level: 2 }).textContent();
    assert.ok(now && now !== before);
  });
  await page.frameLocator('[data-testid="mail-frame"]').getByText(/\S/).first().waitFor();
});

test('a second start hands over and ends', { skip }, async () => {
  const program = join(electronForTests() ?? '', 'electron');
  const args = [
    '.',
    `--user-data-dir=${userData()}`,
    `--profile=${profile()}`,
    'mailto:p.orlov@otd2.constr.org?subject=From%20outside',
  ];
  const second = spawn(program, args, { stdio: 'ignore' });
  const [code] = (await once(second, 'exit')) as [number];
  assert.equal(code, 0);
  await page.getByRole('textbox', { name: /Тема|Subject/ }).waitFor();
  assert.equal(await page.getByRole('textbox', { name: /Тема|Subject/ }).inputValue(), 'From outside');
  assert.equal(await page.getByRole('dialog').count(), 1);
  await hasFocus(page.getByRole('dialog'));
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the window is remembered and the store closed', { skip }, async () => {
  await app.close();
  const state = JSON.parse(await readFile(join(userData(), 'window.json'), 'utf8')) as {
    bounds: { width: number };
  };
  assert.ok(state.bounds.width > 0);
  await seedProfile(profile(), async (ask) => {
    assert.equal((await ask('check.run', {})).ok, true);
  });
  await open();
});

test('the self-check passes', { skip }, async () => {
  const program = join(electronForTests() ?? '', 'electron');
  const child = spawn(program, ['.', '--selfcheck', `--user-data-dir=${join(folder, 'other')}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const text = Buffer.concat(await child.stdout.toArray()).toString('utf8');
  const result = JSON.parse(text) as { ok: boolean; checks: Record<string, string> };
  assert.deepEqual(new Set(Object.values(result.checks)), new Set(['ok']));
  assert.equal(result.ok, true);
});
