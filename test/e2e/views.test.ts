/**
 * How lists look and where things stand: columns, groups, kept filters, saved searches, favourites, order by hand, all
 * accounts in one. Three accounts: the sample's and two of a real office. By keys wherever a person of keys would be.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { passwordOf } from '../kit/office.ts';
import { OFFICE_DOMAIN, openSendingOffice } from '../kit/sending-office.ts';
import { assertAccessible } from './axe.ts';
import { eventually, languages, openWindow, scene, withoutHost } from './hosts.ts';
import { hasFocus, movesIn, pickOption } from './moves.ts';
import { jobsEnded } from './seed.ts';

const WORDS = {
  en: {
    password: 'Password',
    all: 'All accounts',
    unread: 'Unread',
    flagged: 'Flagged',
    sent: 'Sent',
    inbox: 'Inbox',
    archive: 'Archive',
    view: 'View of the list',
    table: 'Table',
    threeLines: 'Three-line rows',
    bySender: 'Group by sender',
    noGroups: 'No groups',
    conversations: 'Group by conversation',
    from: 'From',
    size: 'Size',
    date: 'Date',
    received: 'Received',
    account: 'Account',
    newFilter: 'New filter',
    filterName: 'Name',
    filterWords: 'Letters that match',
    flaggedWords: 'is:flagged',
    save: 'Save',
    saveSearch: 'Save search',
    rename: 'Rename the saved search',
    searchName: 'Name of the search',
    undo: 'Undo',
    favourites: 'Favourites',
    addFavourite: 'Add to favourites',
    letters: (n: number) => `${n} letter${n === 1 ? '' : 's'}`,
    word: 'crane',
    place: 'Place of “All accounts”',
    last: 'Last',
    general: 'General',
    allOn: 'Show “All accounts” in the tree',
    tags: 'Tags',
    columns: 'Columns',
    settings: 'Settings',
    mail: 'Mail',
    up: (name: string) => `Move “${name}” up`,
    tagged: 'Key 1',
  },
  ru: {
    password: 'Пароль',
    all: 'Все учётные записи',
    unread: 'Непрочитанные',
    flagged: 'С флажком',
    sent: 'Отправленные',
    inbox: 'Входящие',
    archive: 'Архив',
    view: 'Вид списка',
    table: 'Таблица',
    threeLines: 'Строки в три линии',
    bySender: 'Группировать по отправителю',
    noGroups: 'Без групп',
    conversations: 'Собирать в переписки',
    from: 'От кого',
    size: 'Размер',
    date: 'Дата',
    received: 'Получено',
    account: 'Учётная запись',
    newFilter: 'Новое условие',
    filterName: 'Название',
    filterWords: 'Письма, которые подходят',
    flaggedWords: 'это:с-флажком',
    save: 'Сохранить',
    saveSearch: 'Сохранить поиск',
    rename: 'Переименовать поиск',
    searchName: 'Название поиска',
    undo: 'Отменить',
    favourites: 'Избранное',
    addFavourite: 'Добавить в избранное',
    letters: (n: number) => (n === 1 ? '1 письмо' : `${n} письма`),
    word: 'кран',
    place: 'Место «Всех учётных записей»',
    last: 'Последними',
    general: 'Общие',
    allOn: 'Показывать «Все учётные записи» в дереве',
    tags: 'Метки',
    columns: 'Столбцы',
    settings: 'Настройки',
    mail: 'Почта',
    up: (name: string) => `Поднять «${name}»`,
    tagged: 'Клавиша 1',
  },
} as const;

/** Minutes ago, as a letter writes it. */
const ago = (minutes: number) =>
  new Date(Date.now() - minutes * 60_000).toUTCString().replace('GMT', '+0000');
/** First of all senders in both languages. */
const NAME = 'Абрам';
const SENDER = `=?utf-8?B?${Buffer.from(NAME).toString('base64')}?= <boris@x.example>`;
const letter = (to: string, subject: string, at: string, from = SENDER) =>
  `From: ${from}\r\nTo: ${to}@${OFFICE_DOMAIN}\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@x.example>\r\nDate: ${at}\r\n\r\nTwo trucks at eight.\r\n`;

for (const language of languages) {
  test(`views, ${language}`, { skip: withoutHost }, async (t) => {
    const words = WORDS[language];
    const people = ['anna', 'boris'];
    const office = await openSendingOffice(t, people);
    await office.deliver('anna', letter('anna', 'Crane on Monday', ago(3)));
    await office.deliver('boris', letter('boris', 'Crane on Tuesday', ago(2)));
    const window = await openWindow(t, {
      language,
      async seed(ask) {
        await ask('settings.set', { conversations: false });
        await ask('sample.create', {});
        await jobsEnded(ask, 'sample');
        for (const person of people) await office.connect(ask, person);
      },
    });
    const here = () => window;
    const m = () => movesIn(window.page, language);
    const rows = async () => Number(await m().grid.getAttribute('aria-rowcount'));
    const item = (name: RegExp | string) => m().tree.getByRole('treeitem', { name });
    const inboxes = () => item(new RegExp(`^${words.inbox}`));
    /** A line of the tree is open when its list is here: until then the former list stands there, with its numbers. */
    const choose = (line: ReturnType<typeof item>) =>
      eventually(async () => {
        await line.click();
        assert.equal(await line.getAttribute('aria-selected'), 'true');
      });
    const open = async (line: ReturnType<typeof item>) => {
      await choose(line);
      await m().grid.and(window.page.locator('[aria-busy="false"]')).waitFor();
    };
    const head = (page: Page, name: string) => page.getByRole('columnheader', { name, exact: true });
    const heads = (page: Page) =>
      page
        .getByRole('columnheader')
        .evaluateAll((all) => all.map((each) => each.getAttribute('data-column')));
    const keptWhere = (locator: ReturnType<typeof item>) =>
      locator.evaluate((element) => element.getAttribute('data-key'));

    await scene(t, 'three inboxes are one, and it says whose each letter is', here, async (page) => {
      await eventually(async () => assert.equal(await item(/@/).count(), 3), 30_000);
      if (window.host === 'electron') {
        // The desktop keeps passwords in a vault of its own and asks for those that were given before it opened.
        const fields = page.getByPlaceholder(words.password);
        for (const [at, person] of people.entries()) {
          await eventually(async () => assert.equal(await fields.count(), people.length - at), 30_000);
          await fields.first().fill(passwordOf(person));
          await page.keyboard.press('Enter');
        }
        await fields.first().waitFor({ state: 'detached' });
      }
      await eventually(async () => {
        const names = await item(new RegExp(`^${words.inbox}`)).evaluateAll((all) =>
          all.map((each) => Number(/\d+/.exec(each.getAttribute('aria-label') ?? '')?.[0] ?? 0)),
        );
        assert.equal(names.length, 4);
        assert.equal(
          names[0],
          names.slice(1).reduce((sum, n) => sum + n, 0),
          'the sum of all three',
        );
        assert.ok(names.slice(1).filter((n) => n === 1).length >= 2, 'the office letters are here');
      }, 30_000);
      await open(inboxes().first());
      await m().row('Crane on Monday').waitFor();
      await m().row('Crane on Tuesday').waitFor();
      await m().palette(words.table);
      await head(page, words.date).waitFor();
      await page.getByRole('button', { name: words.view }).click();
      await hasFocus(page.getByRole('menu'));
      await assertAccessible(page, `the view menu, ${language}`);
      await m().leaveMenu();
      await open(item(new RegExp(`^${words.unread}`)).first());
      await m().row('Crane on Monday').waitFor();
      await eventually(async () => {
        const unread = await rows();
        assert.ok(unread >= 4 && unread < 30, `${unread} unread letters`);
      });
    });

    await scene(t, 'columns by keys: chosen, moved, sized, sorted', here, async (page) => {
      await open(inboxes().first());
      await eventually(async () => assert.deepEqual(await heads(page), ['from', 'subject', 'date']));
      await page.keyboard.press('Escape');
      // A wide list has room for more.
      await m().palette(language === 'en' ? 'No reading pane' : 'Без области чтения');
      await eventually(async () => assert.deepEqual(await heads(page), ['from', 'subject', 'date', 'size']));
      await head(page, words.from).getByRole('button').focus();
      await page.keyboard.press('Shift+F10');
      const menu = page.getByRole('menu', { name: words.columns });
      await menu.getByRole('menuitemcheckbox', { name: words.account }).press('Enter');
      await menu.waitFor({ state: 'detached' });
      await eventually(async () =>
        assert.deepEqual(await heads(page), ['from', 'subject', 'date', 'size', 'account']),
      );
      await m()
        .row(/Crane on Tuesday/)
        .getByText(`boris@${OFFICE_DOMAIN}`)
        .waitFor();
      await head(page, words.account).getByRole('button').focus();
      await hasFocus(head(page, words.account));
      await page.keyboard.press('Alt+ArrowLeft');
      await eventually(async () =>
        assert.deepEqual(await heads(page), ['from', 'subject', 'date', 'account', 'size']),
      );
      const width = async () => (await head(page, words.account).boundingBox())?.width ?? 0;
      await eventually(async () =>
        assert.equal(
          await page.evaluate(`document.activeElement.getAttribute('data-head')`),
          'account',
          'the keyboard went along',
        ),
      );
      const before = await width();
      await page.keyboard.press('Shift+ArrowRight');
      await eventually(async () => assert.equal(Math.round((await width()) - before), 16));
      await page.keyboard.press('Enter');
      await eventually(async () =>
        assert.equal(await head(page, words.account).getAttribute('aria-sort'), 'ascending'),
      );
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await hasFocus(head(page, words.date));
      await page.keyboard.press('Enter');
      await eventually(async () =>
        assert.equal(await head(page, words.date).getAttribute('aria-sort'), 'descending'),
      );
      await assertAccessible(page, `a table of columns, ${language}`);
      // Another folder keeps its own.
      await open(inboxes().last());
      await eventually(async () => assert.deepEqual(await heads(page), ['from', 'subject', 'date', 'size']));
    });

    await scene(t, 'columns by mouse: dragged onto another, sized by the edge', here, async (page) => {
      await open(inboxes().first());
      await eventually(async () => assert.equal((await heads(page))[3], 'account'));
      await head(page, words.size).getByRole('button').dragTo(head(page, words.from).getByRole('button'));
      await eventually(async () =>
        assert.deepEqual(await heads(page), ['size', 'from', 'subject', 'date', 'account']),
      );
      const box = await head(page, words.from).boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + box.width + 4, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width + 54, box.y + box.height / 2, { steps: 4 });
      await page.mouse.up();
      await eventually(async () => {
        const after = await head(page, words.from).boundingBox();
        assert.ok(Math.abs((after?.width ?? 0) - box.width - 50) < 3);
      });
    });

    await scene(t, 'groups by sender are closed and opened by arrows', here, async (page) => {
      await m().palette(words.bySender);
      const group = page.locator(`[data-group="${NAME}"]`);
      await group.waitFor();
      assert.match((await group.getAttribute('aria-label')) ?? '', new RegExp(words.letters(2)));
      await m().row('Crane on Monday').click();
      await page.keyboard.press('Escape');
      await m().row('Crane on Monday').focus();
      await hasFocus(m().row('Crane on Monday'));
      await page.keyboard.press('ArrowLeft');
      await m().row('Crane on Monday').waitFor({ state: 'detached' });
      await eventually(async () => assert.equal(await group.getAttribute('aria-expanded'), 'false'));
      await eventually(async () =>
        assert.equal(await page.evaluate(`document.activeElement.getAttribute('data-group')`), NAME),
      );
      await page.keyboard.press('ArrowRight');
      await m().row('Crane on Monday').waitFor();
      await hasFocus(group);
      await page.keyboard.press('ArrowDown');
      await eventually(async () => assert.match(await m().focusedRow(), /Crane on (Monday|Tuesday)/));
      await m().palette(words.noGroups);
      await group.waitFor({ state: 'detached' });
    });

    await scene(t, 'conversations are one row in this folder only', here, async () => {
      await open(inboxes().last());
      const letters = await eventually(async () => {
        const n = await rows();
        assert.ok(n > 100);
        return n;
      });
      await m().palette(words.conversations);
      await eventually(async () => assert.ok((await rows()) < letters));
      await open(inboxes().first());
      await eventually(async () => assert.ok((await rows()) >= letters + 2, 'all accounts count letters'));
    });

    await scene(t, 'a filter is kept, tried and taken away', here, async (page) => {
      await m().choose(page.getByRole('button', { name: words.view }), words.newFilter);
      const dialog = page.getByRole('dialog', { name: words.newFilter });
      // Esc leaves it from a field, too, and the keyboard is back where it came from.
      await dialog.getByRole('textbox', { name: words.filterName }).press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await hasFocus(page.getByRole('button', { name: words.view }));
      await m().choose(page.getByRole('button', { name: words.view }), words.newFilter);
      await dialog.getByRole('textbox', { name: words.filterName }).fill('★');
      await dialog.getByRole('textbox', { name: words.filterWords }).fill(words.flaggedWords);
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      const chip = page
        .getByRole('group', { name: m().words.quickFilters })
        .getByRole('button', { name: '★' });
      await eventually(async () => assert.equal(await chip.getAttribute('aria-pressed'), 'true'));
      const flagged = await eventually(async () => {
        const n = await rows();
        assert.ok(n > 0 && n < 30, `${n} flagged`);
        return n;
      });
      await chip.click();
      await eventually(async () => assert.ok((await rows()) > flagged));
    });

    await scene(t, 'a saved search stands in the tree and counts what comes', here, async (page) => {
      await m().searchBox.fill('from:boris@x.example');
      await m().row('Crane on Monday').waitFor();
      await page.getByRole('button', { name: words.saveSearch }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox').fill('Boris');
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      const search = item(/^Boris/);
      await eventually(async () => assert.match((await search.getAttribute('aria-label')) ?? '', /2/));
      await page.keyboard.press('Escape');
      await search.click();
      await eventually(async () => assert.equal(await rows(), 2));
      await office.deliver('anna', letter('anna', 'Crane again', ago(1)));
      await eventually(async () => assert.equal(await rows(), 3), 30_000);
      await eventually(async () => assert.match((await search.getAttribute('aria-label')) ?? '', /3/));
      await search.focus();
      await hasFocus(search);
      await page.keyboard.press('F2');
      const rename = page.getByRole('dialog', { name: words.rename });
      await rename.getByRole('textbox', { name: words.searchName }).fill('Борис');
      await page.keyboard.press('Enter');
      await rename.waitFor({ state: 'detached' });
      await item(/^Борис/).waitFor();
      await item(/^Борис/).focus();
      await hasFocus(item(/^Борис/));
      await page.keyboard.press('Delete');
      await item(/^Борис/).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: words.undo, exact: true }).last().click();
      await item(/^Борис/).waitFor();
    });

    await scene(t, 'favourites, folders in an order of one’s own, all accounts last', here, async (page) => {
      const archive = item(new RegExp(`^${words.archive}(,|$)`)).first();
      await choose(archive);
      await archive.focus();
      await hasFocus(archive);
      await m().palette(words.addFavourite);
      await item(words.favourites).waitFor();
      const order = () =>
        m()
          .tree.getByRole('treeitem')
          .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
      assert.equal((await order())[0], words.favourites);
      await m().folder(words.archive).focus();
      const own = await m().tree.locator('[data-key^="folder "]').filter({ hasText: words.archive }).first();
      const key = await keptWhere(own);
      const place = async () =>
        (
          await m()
            .tree.locator('[data-key]')
            .evaluateAll((all) => all.map((each) => each.getAttribute('data-key')))
        ).indexOf(key);
      const before = await place();
      await own.focus();
      await hasFocus(own);
      await page.keyboard.press('Alt+ArrowUp');
      await eventually(async () => assert.equal(await place(), before - 1));
      await hasFocus(own);
      await page.keyboard.press('Alt+ArrowUp');
      await eventually(async () => assert.equal(await place(), before - 2));
      await page.getByRole('button', { name: words.settings, exact: true }).click();
      await page.getByRole('button', { name: new RegExp(words.place) }).click();
      await pickOption(page, words.last, true);
      await page.getByRole('button', { name: words.tags, exact: true }).click();
      const tags = page.getByRole('list', { name: words.tags }).getByRole('listitem');
      const second = (await tags.nth(1).innerText()).split('\n')[0] ?? '';
      await tags
        .nth(1)
        .getByRole('button', { name: words.up(second) })
        .click();
      await eventually(async () =>
        assert.match(await tags.first().innerText(), new RegExp(`${second}[\\s\\S]*${words.tagged}`)),
      );
      await assertAccessible(page, `tags in their order, ${language}`);
      await page.getByRole('button', { name: words.mail, exact: true }).first().click();
    });

    await scene(t, 'all accounts in one are switched off, and on again', here, async (page) => {
      for (const [shown, lines] of [
        [false, 3],
        [true, 4],
      ] as const) {
        await page.getByRole('button', { name: words.settings, exact: true }).click();
        await page
          .getByRole('navigation', { name: words.settings })
          .getByRole('button', { name: words.general, exact: true })
          .click();
        const all = page.getByRole('switch', { name: words.allOn });
        await all.focus();
        await page.keyboard.press('Space');
        await eventually(async () => assert.equal(await all.isChecked(), shown));
        await page.getByRole('button', { name: words.mail, exact: true }).first().click();
        await eventually(async () => assert.equal(await inboxes().count(), lines));
        assert.equal(await item(words.all).count(), shown ? 1 : 0);
      }
    });

    await scene(t, 'everything stands there again after a restart', here, async () => {
      await item(words.favourites).click();
      await eventually(async () =>
        assert.equal(await item(words.favourites).getAttribute('aria-expanded'), 'false'),
      );
      await window.restart();
      await item(words.favourites).waitFor();
      await eventually(async () =>
        assert.equal(
          await item(words.favourites).getAttribute('aria-expanded'),
          'false',
          'closed as it was left',
        ),
      );
      const keys = await m()
        .tree.locator('[data-key]')
        .evaluateAll((all) => all.map((each) => each.getAttribute('data-key')));
      assert.ok(
        keys.indexOf('all') > keys.findIndex((key) => key?.startsWith('account ')),
        'all accounts last',
      );
      await open(inboxes().last());
      await eventually(async () =>
        assert.deepEqual(await heads(window.page), ['size', 'from', 'subject', 'date', 'account']),
      );
    });
  });
}
