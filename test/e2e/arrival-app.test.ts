/** What only the desktop program adds to an arrival: buttons, a locked screen, badge, tray, profiles in windows of their own. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchApp } from '../kit/app.ts';
import { dovecotMissing } from '../kit/dovecot.ts';
import { openMailOffice } from '../kit/mail-office.ts';
import { connect, upToDate } from './connect.ts';
import { eventually, hostMissing, hostName, PATIENCE } from './hosts.ts';
import { movesIn } from './moves.ts';
import { seedProfile } from './seed.ts';
import { slowDown } from './slowness.ts';

const skip = hostName !== 'electron' ? 'only in Electron' : hostMissing || dovecotMissing();

/** What the stand-in records instead of showing it. */
interface Recorded {
  calls: { api: string; args: unknown[] }[];
  notifications: {
    options: { title: string; body: string; silent: boolean; actions: { text: string }[] };
    emit(event: string, detail?: unknown): void;
  }[];
  trays: { toolTip: string; menu: { items: { label: string }[] } }[];
}
type WithStandIn = typeof globalThis & { __standin?: Recorded };

test('a letter is told with buttons, counted and hidden on a locked screen', { skip }, async (t) => {
  const office = await openMailOffice();
  t.after(() => office.close());
  const folder = await mkdtemp(join(tmpdir(), 'postroom-arrival-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  const profile = join(folder, 'profile');
  await seedProfile(profile, async (ask) => {
    await ask('settings.set', { language: 'en' });
  });
  const app = await launchApp({ userData: join(folder, 'desktop'), profile, lang: 'en' });
  t.after(() => app.close());
  const page = await app.firstWindow();
  page.setDefaultTimeout(PATIENCE);
  await slowDown(page, true);
  if (!(await app.evaluate(() => (globalThis as WithStandIn).__standin !== undefined))) {
    t.skip('only the stand-in records notifications');
    return;
  }
  await page.getByRole('main').first().waitFor();
  // Nobody looks at the window.
  await app.evaluate(({ BrowserWindow }) => {
    for (const each of BrowserWindow.getAllWindows()) each.isFocused = () => false;
  });
  await connect(page, office);
  const { row, subject, folder: inTree } = movesIn(page);
  await inTree('Inbox').waitFor();
  await upToDate(page);
  const shown = () =>
    app.evaluate(() =>
      ((globalThis as WithStandIn).__standin?.notifications ?? []).map(({ options }) => options),
    );
  const press = (n: number, event: string, detail: unknown = {}) =>
    app.evaluate(
      (_electron, [at, name, what]) => {
        (globalThis as WithStandIn).__standin?.notifications[at as number]?.emit(name as string, what);
      },
      [n, event, detail] as const,
    );
  const badge = () =>
    app.evaluate(() => {
      const calls = (globalThis as WithStandIn).__standin?.calls ?? [];
      return calls.filter(({ api }) => api.endsWith('setBadgeCount')).at(-1)?.args[0];
    });

  await office.deliver({ subject: 'Concrete for block 4', text: 'Two trucks.' });
  await eventually(async () => assert.equal((await shown()).length, 1));
  const [first] = await shown();
  assert.equal(first?.title, 'Pavel Orlov');
  assert.equal(first?.body, 'Concrete for block 4\nTwo trucks.');
  assert.equal(first?.silent, true, 'a window plays the sound');
  assert.deepEqual(
    first?.actions.map(({ text }) => text),
    ['Mark read', 'Archive', 'Delete', 'Reply'],
  );
  await eventually(async () => assert.equal(await badge(), 1));
  const tray = () => app.evaluate(() => (globalThis as WithStandIn).__standin?.trays[0]?.toolTip);
  await eventually(async () => assert.equal(await tray(), 'Postroom: 1 unread letter'));

  await press(0, 'click');
  await subject('Concrete for block 4').waitFor();
  await press(0, 'action', { actionIndex: 0 });
  await eventually(async () => assert.equal(await badge(), 0));
  await press(0, 'action', { actionIndex: 1 });
  await eventually(async () => assert.equal(await office.count('Archive'), 1));

  await app.evaluate(({ powerMonitor }) => void powerMonitor.emit('lock-screen'));
  await office.deliver({ subject: 'Secret', text: 'Nobody is to read this.' });
  await eventually(async () => assert.equal((await shown()).length, 2));
  const locked = (await shown())[1];
  assert.deepEqual([locked?.title, locked?.body, locked?.actions], ['New letter', '', []]);
  await app.evaluate(({ powerMonitor }) => void powerMonitor.emit('unlock-screen'));

  await office.deliver({ subject: 'To be thrown away' });
  await eventually(async () => assert.equal((await shown()).length, 3));
  await press(2, 'action', { actionIndex: 2 });
  await eventually(async () => assert.equal(await office.count('Trash'), 1));
  await office.deliver({ subject: 'To be answered' });
  await eventually(async () => assert.equal((await shown()).length, 4));
  await press(3, 'action', { actionIndex: 3 });
  await movesIn(page).composer(/Reply/).waitFor();
  await row('To be answered').first().waitFor();
});
