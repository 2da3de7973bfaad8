/**
 * Letters that come by their headers: marked by key and by hand, several at once, taken back, kept over a restart, carried
 * out; and when the account connects. Against the office's POP3 server.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addDrop, DROP_ADDRESS, DROP_LETTERS, openDrop } from '../kit/maildrop-letters.ts';
import { passwordOf } from '../kit/office.ts';
import { assertAccessible } from './axe.ts';
import { eventually, hostMissing, languages, openWindow, scene } from './hosts.ts';
import { hasFocus, pickOption } from './moves.ts';
import { jobsEnded } from './seed.ts';

const WORDS = {
  en: {
    plan: 'Server plan',
    question: 'What to do with this letter',
    grid: 'Messages',
    headers: /10 headers loaded/,
    fetch: /^Fetch\b/,
    keep: /^Keep on the server/,
    delete: /^Delete on the server/,
    planned: /fetch 2 letters \(.*\), delete 1 on the server/,
    shorter: /fetch 1 letter \(.*\), delete 1 on the server/,
    confirm: 'Mark them',
    show: 'Show plan',
    now: 'Do it now',
    close: 'Close',
    takeBack: /^Remove the mark:/,
    firstLines: /read the first lines/,
    lines: 'The first lines',
    fetchNow: 'Fetch now',
    settings: 'Settings',
    accounts: 'Accounts',
    password: 'Password',
    edit: /^Edit/,
    checking: 'Checking for mail',
    after: /Then/,
    times: 'At certain times only',
    timesField: 'Times',
    save: 'Save',
    fetched: 'Headers of large letters',
    kb: 'Larger than, KB',
    badKb: 'A number of KB from 1 to 1,000,000.',
    letter: 'Message',
    wrongTime: 'A time is written as 13:00.',
    at: /13:00|Next connection/,
  },
  ru: {
    plan: 'План для сервера',
    question: 'Что сделать с письмом',
    grid: 'Письма',
    headers: /Загружено 10 заголовков/,
    fetch: /^Забрать/,
    keep: /^Оставить на сервере/,
    delete: /^Удалить на сервере/,
    planned: /забрать 2 письма \(.*\), удалить на сервере 1/,
    shorter: /забрать 1 письмо \(.*\), удалить на сервере 1/,
    confirm: 'Отметить',
    show: 'Показать план',
    now: 'Выполнить сейчас',
    close: 'Закрыть',
    takeBack: /^Снять отметку:/,
    firstLines: /прочитать первые строки/,
    lines: 'Первые строки',
    fetchNow: 'Забрать сейчас',
    settings: 'Настройки',
    accounts: 'Учётные записи',
    password: 'Пароль',
    edit: /^Изменить/,
    checking: 'Проверка почты',
    after: /Затем/,
    times: 'Только в определённое время',
    timesField: 'Время',
    save: 'Сохранить',
    fetched: 'У больших писем только заголовки',
    kb: 'Больше, КБ',
    badKb: 'Число КБ от 1 до 1 000 000.',
    letter: 'Письмо',
    wrongTime: 'Время пишется так: 13:00.',
    at: /13:00|Следующее подключение/,
  },
} as const;

for (const language of languages) {
  test(`letters by their headers, ${language}`, { skip: hostMissing }, async (t) => {
    const office = await openDrop(t, 0.1);
    const words = WORDS[language];
    const window = await openWindow(t, {
      language,
      seed: async (ask) => {
        await ask('settings.set', { singleKeys: true, conversations: false });
        const account = await addDrop(ask, office.port);
        // The headers come before the window opens; then nothing connects by itself.
        await eventually(async () => {
          const [plan] = await ask('maildrop.plans', {});
          assert.equal(plan?.headers.count, DROP_LETTERS);
        }, 30_000);
        await jobsEnded(ask, 'sync');
        await ask('schedule.set', {
          account,
          schedule: { onStart: false, when: 'never', minutes: null, hours: null, times: [], days: [] },
        });
      },
    });
    const row = (page: Page, subject: RegExp | string) =>
      page.getByRole('grid', { name: words.grid }).getByRole('row', { name: subject }).first();
    const bar = (page: Page) => page.getByRole('region', { name: words.plan });
    const stat = async (): Promise<number> => {
      const client = await office.signIn();
      const answer = await client.ask('STAT');
      await client.ask('QUIT');
      return Number(/^\+OK (\d+)/.exec(answer)?.[1]);
    };

    const openAccount = async (page: Page) => {
      await page.getByRole('button', { name: words.settings, exact: true }).click();
      await page.getByRole('navigation', { name: words.settings }).getByText(words.accounts).first().click();
      await page.getByRole('button', { name: words.edit }).first().click();
    };
    // Electron keeps passwords elsewhere than the engine that made the profile.
    if (window.host === 'electron') {
      await openAccount(window.page);
      await window.page.getByLabel(words.password, { exact: true }).fill(passwordOf('kcope'));
      await window.page.getByRole('button', { name: words.save }).click();
      await window.page.getByRole('group', { name: words.checking }).waitFor({ state: 'detached' });
      await window.page.keyboard.press('Control+Digit1');
    }

    await scene(
      t,
      'headers come, marks by key and by hand',
      () => window,
      async (page) => {
        await bar(page).getByText(words.headers).waitFor();
        await row(page, /Чертежи КЖ/).click();
        const choice = page.getByRole('radiogroup', { name: words.question });
        await choice.waitFor();
        assert.equal(await choice.getByRole('radio').count(), 3);
        assert.equal(await choice.getByRole('radio', { checked: true }).count(), 0);
        // By key from the list, two letters at once.
        await page.keyboard.press('Shift+ArrowDown');
        await page.keyboard.press('KeyG');
        await bar(page)
          .getByText(/2 (letters|письма)/)
          .waitFor();
        await row(page, /Дайджест недели/).click();
        await choice.getByText(words.delete).click();
        await page.getByRole('alertdialog').getByRole('button', { name: words.confirm }).click();
        await bar(page).getByText(words.planned).waitFor();
        // Keep, and the mark taken away again, by the keyboard alone.
        await row(page, /Прайс-лист/).click();
        await page.keyboard.press('KeyK');
        await eventually(async () =>
          assert.equal(await choice.getByRole('radio', { name: words.keep }).isChecked(), true),
        );
        await page.keyboard.press('Backspace');
        await eventually(async () =>
          assert.equal(await choice.getByRole('radio', { checked: true }).count(), 0),
        );
        await assertAccessible(page, `letters by their headers, ${language}`);
      },
    );

    await scene(
      t,
      'the plan survives a restart and is taken back letter by letter',
      () => window,
      async () => {
        const page = await window.restart();
        await bar(page).getByText(words.planned).waitFor();
        await bar(page).getByRole('button', { name: words.show }).click();
        const dialog = page.getByRole('dialog');
        await eventually(async () => assert.equal(await dialog.getByRole('row').count(), 4));
        await assertAccessible(page, `the plan, ${language}`);
        await dialog.getByRole('button', { name: words.takeBack }).first().click();
        await eventually(async () => assert.equal(await dialog.getByRole('row').count(), 3));
        // The keyboard stays in the dialog though its button has gone.
        await hasFocus(dialog);
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'hidden' });
        await bar(page).getByText(words.shorter).waitFor();
      },
    );

    await scene(
      t,
      'first lines, and one letter at once',
      () => window,
      async (page) => {
        await row(page, /Прайс-лист/).click();
        await page.getByRole('button', { name: words.firstLines }).click();
        const lines = page.getByRole('region', { name: words.lines });
        await lines.getByText('Добрый день!').waitFor();
        await page.getByRole('button', { name: words.fetchNow }).click();
        await page.frameLocator('[data-testid="mail-frame"]').getByText('Добрый день!').waitFor();
        assert.equal(await stat(), DROP_LETTERS, 'the server has all of them still');
      },
    );

    await scene(
      t,
      'the plan is carried out',
      () => window,
      async (page) => {
        await bar(page).getByRole('button', { name: words.now }).click();
        await eventually(async () => assert.equal(await row(page, /Дайджест недели/).count(), 0));
        await eventually(async () => assert.equal(await bar(page).getByText(words.shorter).count(), 0));
        await eventually(async () => assert.equal(await stat(), DROP_LETTERS - 1));
        await row(page, /Акт сверки/).click();
        await page.frameLocator('[data-testid="mail-frame"]').getByText('Добрый день!').waitFor();
        // All at once, also those of a choice whose focused letter is whole.
        await page.keyboard.press('Control+KeyA');
        const remove = page.getByRole('button', { name: words.delete }).first();
        await eventually(async () => assert.equal(await remove.isEnabled(), false, 'its key erases here'));
        await page.keyboard.press('KeyK');
        await page.getByText(/9 letters stay on the server|На сервере останется 9 писем/).waitFor();
      },
    );

    await scene(
      t,
      'only now and at 13:00',
      () => window,
      async (page) => {
        await page.getByRole('button', { name: words.settings, exact: true }).click();
        await page
          .getByRole('navigation', { name: words.settings })
          .getByText(words.accounts)
          .first()
          .click();
        await page.getByRole('button', { name: words.edit }).first().click();
        const group = page.getByRole('group', { name: words.checking });
        await group.getByRole('button', { name: words.after }).click();
        await pickOption(page, words.times);
        const times = group.getByRole('textbox', { name: words.timesField, exact: true });
        await times.fill('25:00');
        await group.getByText(words.wrongTime).waitFor();
        await eventually(async () =>
          assert.equal(await page.getByRole('button', { name: words.save }).isEnabled(), false),
        );
        await times.fill('13:00, 9:30');
        await page.getByText(words.fetched).first().click();
        const threshold = page.getByLabel(words.kb, { exact: true });
        await threshold.fill('0');
        await page.getByText(words.badKb).waitFor();
        await threshold.fill('75');
        await assertAccessible(page, `an account's times, ${language}`);
        await page.getByRole('button', { name: words.save }).click();
        // The page of the account is left when it is kept; it has buttons of the same name.
        await group.waitFor({ state: 'detached' });
        await page.getByRole('button', { name: words.edit }).first().click();
        await eventually(async () => assert.equal(await times.inputValue(), '9:30, 13:00'));
        assert.equal(await threshold.inputValue(), '75');
        assert.ok(await page.getByText(DROP_ADDRESS).first().isVisible());
      },
    );
  });
}
