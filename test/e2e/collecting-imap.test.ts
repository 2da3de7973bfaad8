/**
 * Headers of an IMAP account: marked by key, fetched by the plan; and a server that says nothing beside it, which holds up
 * nobody and is cancelled in the list of jobs. Against Dovecot.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { dovecotMissing, startDovecot } from '../kit/dovecot.ts';
import { startScriptedServer } from '../kit/scripted-server.ts';
import { eventually, languages, openWindow, scene, withoutHost } from './hosts.ts';
import { type Ask, jobsEnded } from './seed.ts';

const WORDS = {
  en: {
    plan: 'Server plan',
    grid: 'Messages',
    now: 'Do it now',
    planned: /fetch 1 letter/,
    status: /\. Jobs$/,
    jobs: 'Jobs',
    cancel: 'Cancel',
    cancelled: 'cancelled',
    settings: 'Settings',
    accounts: 'Accounts',
    edit: /^Edit/,
    password: 'Password',
    save: 'Save',
  },
  ru: {
    plan: 'План для сервера',
    grid: 'Письма',
    now: 'Выполнить сейчас',
    planned: /забрать 1 письмо/,
    status: /\. Задания$/,
    jobs: 'Задания',
    cancel: 'Прервать',
    cancelled: 'прервано',
    settings: 'Настройки',
    accounts: 'Учётные записи',
    edit: /^Изменить/,
    password: 'Пароль',
    save: 'Сохранить',
  },
} as const;

const letter = (subject: string): string =>
  `From: Boris <boris@x.example>\r\nTo: anna@x.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject.length}.${subject}@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nThe text of ${subject}.\r\n`;
const HANGING = 'boris@silent.example';
const ONLY_WHEN_ASKED = { onStart: false, when: 'never', minutes: null, hours: null } as const;

async function addAccounts(ask: Ask, imap: number, silent: number): Promise<void> {
  const server = { host: '127.0.0.1', security: 'none' } as const;
  const anna = await ask('accounts.add', {
    address: 'anna@x.example',
    name: 'Anna',
    incoming: { ...server, port: imap, user: 'anna' },
    outgoing: null,
    password: 'secret-anna',
    policy: { keep: 'headers' },
  });
  await eventually(async () => {
    const folders = await ask('folders.list', {});
    assert.equal(folders.find((each) => each.role === 'inbox')?.total, 2);
  }, 30_000);
  await jobsEnded(ask, 'sync');
  const boris = await ask('accounts.add', {
    address: HANGING,
    name: 'Boris',
    kind: 'pop3',
    incoming: { ...server, port: silent, user: 'boris' },
    outgoing: null,
    password: 'x',
  });
  for (const { id } of [anna, boris])
    await ask('schedule.set', { account: id, schedule: { ...ONLY_WHEN_ASKED, times: [], days: [] } });
  await ask('settings.set', { conversations: false });
}

for (const language of languages) {
  test(`headers over IMAP beside a server that hangs, ${language}`, {
    skip: withoutHost || (dovecotMissing() ?? false),
  }, async (t) => {
    const dovecot = await startDovecot();
    t.after(() => dovecot.close());
    const silent = await startScriptedServer(() => ({ greeting: null, answer: () => null }));
    t.after(() => silent.close());
    for (const subject of ['first', 'second']) await dovecot.save('anna', 'INBOX', letter(subject));
    const words = WORDS[language];
    const window = await openWindow(t, {
      language,
      seed: (ask) => addAccounts(ask, dovecot.port, silent.port),
    });
    // Electron keeps passwords elsewhere than the engine that made the profile.
    if (window.host === 'electron') {
      const { page } = window;
      await page.getByRole('button', { name: words.settings, exact: true }).click();
      await page.getByRole('navigation', { name: words.settings }).getByText(words.accounts).first().click();
      for (const [n, password] of ['secret-anna', 'x'].entries()) {
        await page.getByRole('button', { name: words.edit }).nth(n).click();
        await page.getByLabel(words.password, { exact: true }).fill(password);
        await page.getByRole('button', { name: words.save }).click();
        // The page of the account is left when it is kept; it has buttons of the same name.
        await page.getByLabel(words.password, { exact: true }).waitFor({ state: 'detached' });
      }
      await page.keyboard.press('Control+Digit1');
    }
    const row = (page: Page, subject: string) =>
      page.getByRole('grid', { name: words.grid }).getByRole('row', { name: subject }).first();

    await scene(
      t,
      'a letter is marked by key and fetched by the plan',
      () => window,
      async (page) => {
        const bar = page.getByRole('region', { name: words.plan });
        await row(page, 'first').click();
        await page.keyboard.press('KeyG');
        await bar.getByText(words.planned).waitFor();
        await bar.getByRole('button', { name: words.now }).click();
        await page.frameLocator('[data-testid="mail-frame"]').getByText('The text of first.').waitFor();
        await row(page, 'second').click();
        await page.getByRole('radiogroup').waitFor();
      },
    );

    await scene(
      t,
      'a server that hangs holds up nobody, and is cancelled',
      () => window,
      async (page) => {
        await dovecot.save('anna', 'INBOX', letter('third'));
        await row(page, 'second').click();
        await page.keyboard.press('Shift+F5');
        await row(page, 'third').waitFor();
        await page.getByRole('button', { name: words.status }).click();
        const job = page
          .getByRole('list', { name: words.jobs })
          .getByRole('listitem')
          .filter({ hasText: HANGING })
          .last();
        await job.getByRole('button', { name: words.cancel }).click();
        await job.getByText(words.cancelled).waitFor();
      },
    );
  });
}
