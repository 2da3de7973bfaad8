/** An office on this computer, from the welcome page: set up, connected, a letter to oneself, shared, switched off and on. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { usualPorts } from '../../main/host/office-ports.ts';
import { assertAccessible, assertNothingCut } from './axe.ts';
import { eventually, hostMissing, openWindow, scene } from './hosts.ts';
import { movesIn } from './moves.ts';
import { names } from './names.ts';

/** From the press to the inbox of a new office: threads, keys, certificate, ports, two connections. */
const START_MS = 60_000;

/** A port that somebody has for as long as the test runs: we, or whoever had it before us. */
async function occupy(t: TestContext, port: number): Promise<void> {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((done, fail) => {
    server.once('error', (failure: { code?: string }) =>
      failure.code === 'EADDRINUSE' ? done() : fail(failure),
    );
    server.listen(port, '127.0.0.1', () => done());
  });
  assert.ok(server.address() === null || (server.address() as AddressInfo).port === port);
}

const state = (page: Page) => page.getByRole('status', { name: /^(State of the office|Состояние офиса)$/ });

async function openPage(page: Page): Promise<void> {
  await page.keyboard.press('Control+Comma');
  await page
    .getByRole('navigation', { name: 'Settings' })
    .getByRole('button', { name: 'Office server' })
    .click();
}

async function imapsPort(page: Page): Promise<string> {
  const row = page.getByRole('table', { name: 'Ports' }).getByRole('row', { name: /Reading mail/ });
  return (await row.getByRole('cell').first().textContent()) ?? '';
}

test('an office on this computer', { skip: hostMissing }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-hosting-'));
  t.after(() => rm(dir, { recursive: true, force: true, maxRetries: 10 }));
  await occupy(t, usualPorts().smtp);
  const window = await openWindow(t, {
    profile: join(dir, 'profile'),
    // As long as can be: a letter waits until it is told to go now.
    seed: async (ask) => void (await ask('settings.set', { undoSendSeconds: 60 })),
  });
  const here = () => window;
  const m = () => movesIn(window.page);
  const send = async (subject: string) => {
    const form = m().composer(/New message/);
    await window.page.keyboard.press('Control+KeyN');
    await form.getByRole('combobox', { name: names.en.to, exact: true }).fill('a.vetrova@office.lan,');
    await form.getByRole('textbox', { name: names.en.subject }).fill(subject);
    await form.getByRole('textbox', { name: names.en.text }).fill('Does it arrive?');
    await window.page.keyboard.press('Control+Enter');
    await form.waitFor({ state: 'detached' });
    await window.page
      .getByRole('region', { name: names.en.notices })
      .getByRole('button', { name: 'Send now' })
      .click();
    await m().folder(names.en.inbox).click();
    await m().row(subject).first().waitFor({ timeout: START_MS });
  };
  await window.page.emulateMedia({ reducedMotion: 'reduce' });
  const field = (name: string) => window.page.getByRole('textbox', { name });

  await scene(t, 'what is missing in the form is said beside it', here, async (page) => {
    await page.getByRole('button', { name: names.en.doors[2] ?? '', exact: true }).click();
    await field('Name of the office').waitFor();
    assert.equal(await field('Mail domain').inputValue(), 'office.lan');
    await page.getByRole('button', { name: 'Start the office' }).click();
    await page.getByText('At least 8 characters.').waitFor();
    await page.getByText('Latin letters, digits, dots and hyphens, no spaces.').waitFor();
    await assertAccessible(page, 'a new office');
    await assertNothingCut(page, 'a new office');
  });

  await scene(
    t,
    'a port in use has a way out, and the mailbox is connected by itself',
    here,
    async (page) => {
      await field('Name of the office').fill('Department 2');
      await field('Your name').fill('Анна Ветрова');
      assert.equal(await field('Your address, before the @').inputValue(), 'a.vetrova');
      await page.getByText('Your address will be a.vetrova@office.lan.').waitFor();
      await page.getByLabel('Password', { exact: true }).fill('anna secret');
      await page.getByRole('button', { name: 'Start the office' }).click();
      const problem = page.getByRole('region', { name: 'State of the office' });
      await problem
        .getByText(`Port ${usualPorts().smtp} is used by another program.`)
        .waitFor({ timeout: START_MS });
      await assertAccessible(page, 'a port in use');
      await problem.getByRole('button', { name: 'Take free ports' }).click();
      await page.getByRole('tree', { name: names.en.folders }).waitFor({ timeout: START_MS });
    },
  );

  await scene(t, 'a letter goes out and arrives', here, async () => {
    await send('To myself');
    await m().openLetter('To myself');
    await m().letter.getByText('Does it arrive?').waitFor();
    await m().folder(names.en.sent).click();
    await m().row('To myself').first().waitFor();
    // The status bar leads to the office's page.
    await window.page.getByRole('contentinfo').getByRole('button', { name: 'Office runs' }).click();
    await window.page.getByRole('heading', { name: 'Office server' }).waitFor();
    await window.page.keyboard.press('Control+Digit1');
  });

  let port = '';
  await scene(t, 'the page shows what other programs need', here, async (page) => {
    await openPage(page);
    await state(page).getByText('The office runs, for programs on this computer.').waitFor();
    port = await imapsPort(page);
    assert.match(port, /^\d{4,5}$/);
    await page.getByText(/^([0-9A-F]{4} ){15}[0-9A-F]{4}$/).waitFor();
    await page.getByText(`${window.profile}-office`, { exact: true }).waitFor();
    assert.equal(await page.getByRole('form', { name: 'Your mailbox' }).count(), 0, 'it is connected');
    await assertAccessible(page, 'the office');
    await assertNothingCut(page, 'the office');
  });

  await scene(t, 'other computers are let in and shut out by one switch', here, async (page) => {
    const shared = page.getByRole('switch', { name: 'Let other computers of the network in' });
    await shared.press('Space');
    await state(page)
      .getByText('The office runs. Its people can read and send letters.')
      .waitFor({ timeout: START_MS });
    await eventually(async () => assert.equal(await imapsPort(page), port));
    await shared.press('Space');
    await state(page)
      .getByText('The office runs, for programs on this computer.')
      .waitFor({ timeout: START_MS });
  });

  await scene(t, 'in Russian, on dark paper, and small', here, async (page) => {
    await m().palette('Language: Russian');
    await page.getByRole('heading', { name: 'Офисный сервер' }).waitFor();
    await state(page).getByText('Сервер офиса работает, для программ этого компьютера.').waitFor();
    await page.setViewportSize({ width: 800, height: 700 });
    await assertAccessible(page, 'the office, ru');
    await assertNothingCut(page, 'the office, ru');
    await page.setViewportSize({ width: 1440, height: 900 });
    await movesIn(page, 'ru').palette('Язык: английский');
    await page.getByRole('heading', { name: 'Office server' }).waitFor();
  });

  await scene(t, 'switched off nobody answers; switched on mail goes on', here, async (page) => {
    const on = page.getByRole('switch', { name: 'Host mail for my office on this computer' });
    await on.press('Space');
    await state(page)
      .getByText(/^Off\./)
      .waitFor({ timeout: START_MS });
    assert.equal(await page.getByRole('table', { name: 'Ports' }).count(), 0);
    await on.press('Space');
    await state(page)
      .getByText(/^The office runs/)
      .waitFor({ timeout: START_MS });
    await eventually(async () => assert.equal(await imapsPort(page), port));
  });

  await scene(t, 'a port taken meanwhile: other ports, and the mailbox goes along', here, async (page) => {
    const on = page.getByRole('switch', { name: 'Host mail for my office on this computer' });
    await on.press('Space');
    await state(page)
      .getByText(/^Off\./)
      .waitFor({ timeout: START_MS });
    await occupy(t, Number(port));
    await on.press('Space');
    const problem = page.getByRole('region', { name: 'State of the office' });
    await problem.getByText(`Port ${port} is used by another program.`).waitFor({ timeout: START_MS });
    await problem.getByRole('button', { name: 'Take free ports' }).click();
    await state(page)
      .getByText(/^The office runs/)
      .waitFor({ timeout: START_MS });
    const former = port;
    port = await imapsPort(page);
    assert.notEqual(port, former);
    await page.keyboard.press('Control+Digit1');
    await send('By other ports');
  });

  await scene(t, 'the office is there again after a restart, and after a kill', here, async () => {
    for (const how of ['stop', 'kill'] as const) {
      const page = await window.restart(how);
      await m().row('To myself').first().waitFor();
      await openPage(page);
      await state(page)
        .getByText(/^The office runs/)
        .waitFor({ timeout: START_MS });
      await eventually(async () => assert.equal(await imapsPort(page), port));
      await page.keyboard.press('Control+Digit1');
      await page.keyboard.press('F5');
      await send(`After a ${how}`);
    }
  });

  await scene(t, 'the office ends with the program', here, async () => {
    await window.close();
    await eventually(async () => {
      const probe = createServer();
      await new Promise<void>((free, taken) => {
        probe.once('error', taken);
        probe.listen(Number(port), '127.0.0.1', () => probe.close(() => free()));
      });
    });
  });
});
