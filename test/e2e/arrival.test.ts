/**
 * New letters are told, letters are kept tidy, other people have profiles: a day with Dovecot behind it, in both languages.
 * What the desktop program adds (buttons, tray, badge) is in arrival-app.test.ts.
 */
import assert from 'node:assert/strict';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { dovecotMissing } from '../kit/dovecot.ts';
import { openMailOffice } from '../kit/mail-office.ts';
import { assertAccessible } from './axe.ts';
import { connect, upToDate } from './connect.ts';
import { eventually, hostMissing, hostName, languages, openWindow, PATIENCE, scene } from './hosts.ts';
import { movesIn, pickOption } from './moves.ts';

const WORDS = {
  en: {
    notifications: 'Notifications',
    tidy: 'Keep tidy',
    profiles: 'Profiles',
    who: 'Whose letters',
    chosen: 'Only these people',
    people: 'Addresses, one a line',
    everyone: 'Everyone',
    quiet: 'Quiet hours',
    quietOn: 'Keep quiet at these hours',
    from: /From$/,
    to: /To$/,
    example: 'Show an example',
    exampleTitle: 'This is how Postroom tells of a letter',
    offline: 'Work offline',
    isOffline: 'Working offline. You can read, search and write.',
    six: '6 new letters',
    byMonth: /^A folder a month/,
    archiveBy: /Archive puts letters into$/,
    look: 'Look',
    twins: 'Letters that are there twice',
    toTrash: 'Move 1 letter to Trash',
    inTrash: '1 double is in Trash.',
    large: 'Large letters',
    chooseLarge: 'Choose “A large drawing”',
    keeps: 'Folders that keep letters for a while',
    choose: 'Choose a folder',
    preview: 'See what goes',
    wouldGo: /^1 letter, .* would go now/,
    switchOn: 'Switch on',
    run: 'Run now',
    went: '1 letter went.',
    deleted: 'Recently deleted',
    back: 'Bring back “Told one by one”',
    isBack: 'The letter is back.',
    eraseConfirm: /Delete/,
    room: 'Give the room back',
    noRoom: 'There was nothing to give back.',
    name: 'Name',
    add: 'Add a profile',
    remove: 'Remove Irina',
    question: 'Remove the profile Irina?',
    removeIt: 'Remove',
    first: 'First profile',
  },
  ru: {
    notifications: 'Уведомления',
    tidy: 'Порядок в почте',
    profiles: 'Профили',
    who: 'О чьих письмах',
    chosen: 'Только об этих людях',
    people: 'Адреса, по одному в строке',
    everyone: 'Обо всех',
    quiet: 'Тихие часы',
    quietOn: 'Не беспокоить в эти часы',
    from: /С$/,
    to: /До$/,
    example: 'Показать пример',
    exampleTitle: 'Так Postroom сообщает о письме',
    offline: 'Работать без сети',
    isOffline: 'Работа без сети. Можно читать, искать и писать.',
    six: '6 новых писем',
    byMonth: /^По месяцам/,
    archiveBy: /Архив раскладывает письма$/,
    look: 'Найти',
    twins: 'Повторы',
    toTrash: 'В корзину: 1 письмо',
    inTrash: 'В корзине 1 повтор.',
    large: 'Большие письма',
    chooseLarge: 'Выбрать «A large drawing»',
    keeps: 'Папки, где письма хранятся недолго',
    choose: 'Выбрать папку',
    preview: 'Посмотреть, что уйдёт',
    wouldGo: /^Сейчас уйдёт 1 письмо/,
    switchOn: 'Включить',
    run: 'Выполнить сейчас',
    went: 'Ушло: 1 письмо.',
    deleted: 'Недавно удалённые',
    back: 'Вернуть «Told one by one»',
    isBack: 'Возвращено: 1 письмо.',
    eraseConfirm: /Удалить/,
    room: 'Освободить место',
    noRoom: 'Освобождать было нечего.',
    name: 'Имя',
    add: 'Добавить профиль',
    remove: 'Удалить Irina',
    question: 'Удалить профиль «Irina»?',
    removeIt: 'Удалить',
    first: 'Первый профиль',
  },
} as const;

interface Told {
  title: string;
  body: string;
}

/** Puts a list in the place of the browser's notifications, and the window behind others. */
async function watchNotifications(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    window.told = [];
    document.hasFocus = () => false;
    window.Notification = class {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      constructor(title, { body }) {
        this.onclick = null;
        window.told.push({ title, body, click: () => this.onclick?.() });
      }
      close() {}
    };
  })()`);
}
const told = (page: Page): Promise<Told[]> =>
  page.evaluate(`window.told.map(({ title, body }) => ({ title, body }))`);

for (const language of languages) {
  test(`letters are told and kept tidy, ${language}`, {
    skip: hostMissing || dovecotMissing(),
  }, async (t) => {
    const office = await openMailOffice();
    t.after(() => office.close());
    const lastMonth = new Date(Date.now() - 40 * 24 * 3_600_000);
    await office.deliver({ subject: 'There before', date: lastMonth });
    // A Maildir's file is as old as its letter (INTERNALDATE).
    const box = office.imap.mailDir(office.user);
    for (const place of ['new', 'cur'])
      for (const file of await readdir(join(box, place)))
        await utimes(join(box, place, file), lastMonth, lastMonth);
    await office.deliver({ subject: 'Sent twice', messageId: 'twice@x.example', text: 'The same.' });
    await office.deliver({
      subject: 'A large drawing',
      files: [{ name: 'drawing.bin', type: 'application/octet-stream', bytes: Buffer.alloc(300_000, 7) }],
    });
    const window = await openWindow(t);
    const here = () => window;
    const words = WORDS[language];
    const m = () => movesIn(window.page, language);
    const settings = async (name: string) => {
      const { page } = window;
      await page.getByRole('button', { name: m().words.settings, exact: true }).click();
      await page
        .getByRole('navigation', { name: m().words.settings })
        .getByRole('button', { name, exact: true })
        .click();
      await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    };
    const mail = async () => {
      await window.page.keyboard.press('Control+Digit1');
      await m().grid.waitFor();
    };
    const region = (name: string) => window.page.getByRole('region', { name, exact: true });
    const browser = hostName === 'browser';

    await scene(t, 'the first synchronisation is silent', here, async (page) => {
      if (browser) await watchNotifications(page);
      await connect(page, office);
      await movesIn(page).row('There before').waitFor();
      await upToDate(page);
      if (language === 'ru') await movesIn(page).palette('Language: Russian');
      await m().folder(m().words.inbox).waitFor();
      if (browser) assert.deepEqual(await told(page), []);
    });

    await scene(t, 'an example; whose letters; the page is accessible', here, async (page) => {
      await settings(words.notifications);
      if (browser) {
        // The page asked when it was opened; it asks again by a click and otherwise never.
        const allow = page.getByRole('button', { name: /^(Allow notifications|Разрешить уведомления)$/ });
        if ((await allow.count()) > 0) await allow.click();
        await page.getByRole('button', { name: words.example }).click();
        await eventually(async () => assert.equal((await told(page))[0]?.title, words.exampleTitle));
      }
      await region(words.who).getByText(words.chosen, { exact: true }).click();
      await page.getByRole('textbox', { name: words.people }).fill('nobody@x.example\n@other.example');
      await page.keyboard.press('Tab');
      await region(words.quiet).getByText(words.quietOn, { exact: true }).click();
      await region(words.quiet).getByRole('button', { name: words.from }).waitFor();
      await assertAccessible(page, `notifications, ${language}`);
    });

    if (browser) {
      await scene(
        t,
        'only chosen people, then everyone; more than five are one summary',
        here,
        async (page) => {
          await region(words.quiet).getByText(words.quietOn, { exact: true }).click();
          await mail();
          await page.evaluate('window.told.length = 0');
          await office.deliver({ subject: 'Not of the chosen' });
          await office.deliver({ subject: 'Of the chosen', from: 'Boris <boris@other.example>' });
          await eventually(async () => assert.ok((await told(page)).length > 0));
          assert.deepEqual(
            (await told(page)).map(({ title }) => title),
            ['Boris'],
          );
          await settings(words.notifications);
          await region(words.who).getByText(words.everyone, { exact: true }).click();
          await mail();
          await page.evaluate('window.told.length = 0');
          await office.deliver({ subject: 'Told one by one', text: 'How it begins.' });
          await eventually(async () =>
            assert.deepEqual(await told(page), [
              { title: 'Pavel Orlov', body: 'Told one by one\nHow it begins.' },
            ]),
          );
          await page.evaluate('window.told[0].click()');
          await m().subject('Told one by one').waitFor();
          await eventually(async () => assert.match(await page.title(), /^\(\d+\) Postroom$/));
          await page.evaluate('window.told.length = 0');
          await m().palette(words.offline);
          await page.getByText(words.isOffline).first().waitFor();
          await Promise.all([1, 2, 3, 4, 5, 6].map((n) => office.deliver({ subject: `Together ${n}` })));
          await m().palette(words.offline);
          await page.getByText(words.isOffline).first().waitFor({ state: 'detached' });
          await page.keyboard.press('F5');
          await eventually(async () =>
            assert.deepEqual(
              (await told(page)).map(({ title }) => title),
              [words.six],
            ),
          );
        },
      );
    } else {
      await scene(t, 'everyone again', here, async () => {
        await region(words.quiet).getByText(words.quietOn, { exact: true }).click();
        await region(words.who).getByText(words.everyone, { exact: true }).click();
        await mail();
        await office.deliver({ subject: 'Told one by one', text: 'How it begins.' });
        await m().row('Told one by one').waitFor();
      });
    }

    await scene(t, 'one key archives by month, on the server too', here, async (page) => {
      await settings(words.tidy);
      await page.getByRole('button', { name: words.archiveBy }).click();
      await pickOption(page, words.byMonth);
      await mail();
      await m().row('There before').click();
      await page.keyboard.press('KeyE');
      const month = `${lastMonth.getFullYear()}-${String(lastMonth.getMonth() + 1).padStart(2, '0')}`;
      const place = `Archive/${lastMonth.getFullYear()}/${month}`;
      await eventually(async () => assert.equal(await office.count(place), 1));
      await m().folder(month).waitFor();
    });

    await scene(t, 'a letter that came twice goes once, and comes back by undo', here, async (page) => {
      await office.deliver({ subject: 'Sent twice', messageId: 'twice@x.example', text: 'The same.' });
      await settings(words.tidy);
      const twins = region(words.twins);
      // The second one may still be on its way: then one looks again.
      await eventually(async () => {
        await twins.getByRole('button', { name: words.look, exact: true }).click();
        await twins.getByRole('button', { name: words.toTrash }).waitFor({ timeout: 5000 });
      }, 2 * PATIENCE);
      await twins.getByRole('button', { name: words.toTrash }).click();
      const notices = page.getByRole('region', { name: m().words.notices });
      // A notice that is looked at stays: what it says is still to happen on the server.
      await notices.getByText(words.inTrash).hover();
      await eventually(async () => assert.equal(await office.count('Trash'), 1));
      await notices.getByRole('button', { name: m().words.undo, exact: true }).click();
      await eventually(async () => assert.equal(await office.count('Trash'), 0));
    });

    await scene(t, 'large letters, and a folder that keeps letters for a while', here, async (page) => {
      const large = region(words.large);
      await large.getByRole('button', { name: /(From|От)$/ }).click();
      await pickOption(page, /./);
      await large.getByRole('button', { name: words.look, exact: true }).click();
      await large.getByRole('checkbox', { name: words.chooseLarge }).waitFor();
      const keeps = region(words.keeps);
      await keeps.getByRole('button', { name: words.choose }).click();
      const box = page
        .getByRole('dialog')
        .getByRole('combobox')
        .or(page.getByRole('dialog').getByRole('searchbox'));
      await box.first().fill(String(lastMonth.getFullYear()));
      await page
        .getByRole('option', { name: /\d{4}-\d\d/ })
        .first()
        .click();
      await keeps.getByRole('button', { name: /(Keep letters for|Хранить письма)$/ }).click();
      await pickOption(page, /^(30 days|30 дней)$/);
      await keeps.getByRole('button', { name: words.preview }).click();
      const question = page.getByRole('alertdialog');
      await question.getByText(words.wouldGo).waitFor();
      await assertAccessible(page, `what would go, ${language}`);
      await question.getByRole('button', { name: words.switchOn }).click();
      await keeps.getByRole('button', { name: words.run }).click();
      await page.getByRole('region', { name: m().words.notices }).getByText(words.went).waitFor();
      await eventually(async () => assert.equal(await office.count('Trash'), 1));
    });

    await scene(t, 'deleted for ever, it is brought back, to the server too', here, async (page) => {
      await mail();
      await m().row('Told one by one').first().click();
      const before = await office.count('INBOX');
      await page.keyboard.press('Shift+Delete');
      await page.getByRole('alertdialog').getByRole('button', { name: words.eraseConfirm }).click();
      await eventually(async () => assert.equal(await office.count('INBOX'), before - 1));
      await settings(words.tidy);
      await region(words.deleted).getByRole('button', { name: words.back }).click();
      const notices = page.getByRole('region', { name: m().words.notices });
      await notices.getByText(words.isBack).waitFor();
      await eventually(async () => assert.equal(await office.count('INBOX'), before));
      await page.getByRole('button', { name: words.room }).click();
      await notices.getByText(words.noRoom).waitFor();
      await assertAccessible(page, `keep tidy, ${language}`);
    });

    await scene(t, 'another person has a profile, which is removed after a question', here, async (page) => {
      await settings(words.profiles);
      const list = page.getByRole('list', { name: words.profiles, exact: true });
      await list.getByText(words.first).waitFor();
      await page.getByRole('textbox', { name: words.name, exact: true }).fill('Irina');
      await page.keyboard.press('Enter');
      await list.getByText('Irina', { exact: true }).waitFor();
      if (browser) await list.getByText(/npm start -- --browser --profile/).waitFor();
      await assertAccessible(page, `profiles, ${language}`);
      await list.getByRole('button', { name: words.remove }).click();
      await page
        .getByRole('alertdialog', { name: words.question })
        .getByRole('button', { name: words.removeIt, exact: true })
        .click();
      await eventually(async () => assert.equal(await list.getByText('Irina', { exact: true }).count(), 0));
    });
  });
}
