/** Rules in the window: made from a letter, previewed, ordered, run on what a maildrop brings and on a folder, taken back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { OFFICE_DOMAIN, passwordOf } from '../kit/office.ts';
import { openPop3Office } from '../kit/pop3.ts';
import { assertAccessible } from './axe.ts';
import { eventually, hostMissing, hostName, languages, openWindow, scene } from './hosts.ts';
import { hasFocus, pickOption } from './moves.ts';

const WORDS = {
  en: {
    grid: 'Messages',
    settings: 'Settings',
    rules: 'Rules',
    preview: 'Rule preview',
    palette: 'make a rule',
    next: 'Next',
    name: 'Name',
    action: 'Action',
    actionKind: /What is done/,
    folder: /^Folder:/,
    chooseFolder: 'Choose a folder',
    archive: 'Archive',
    save: 'Save rule',
    value: 'Words looked for',
    inLast: /in the last/,
    isNew: 'New',
    create: 'New rule',
    fromDraft: 'Rules of the second kind',
    addTag: 'Add tag',
    tagName: 'A tag’s name',
    run: 'Run on a folder',
    runOn: /^Run on 1 letter$/,
    undo: 'Undo',
    why: 'why is it here',
    whyTitle: 'Why is it here?',
    log: 'What rules did',
    by: /By the rule Boris/,
    remove: 'Delete',
    check: 'check mail',
    on: /^On: Boris/,
    badPattern: /This pattern cannot be used/,
    test: /How it is compared/,
    pattern: 'matches the pattern',
    group: 'Group',
    matching: /Which conditions must hold/,
    noneOf: 'none',
    discard: 'Discard',
    inbox: 'Inbox',
    password: /^Password of/,
    goOn: 'Go on',
  },
  ru: {
    grid: 'Письма',
    settings: 'Настройки',
    rules: 'Правила',
    preview: 'Что попадёт под правило',
    palette: 'создать правило',
    next: 'Далее',
    name: 'Название',
    action: 'Действие',
    actionKind: /Что сделать/,
    folder: /^Папка:/,
    chooseFolder: 'Выберите папку',
    archive: 'Архив',
    save: 'Сохранить правило',
    value: 'Что искать',
    inLast: /из последних/,
    isNew: 'Новое',
    create: 'Новое правило',
    fromDraft: 'Правило второго рода',
    addTag: 'Поставить метку',
    tagName: 'Название метки',
    run: 'Применить к папке',
    runOn: /^Применить к 1 письму$/,
    undo: 'Отменить',
    why: 'почему оно здесь',
    whyTitle: 'Почему оно здесь?',
    log: 'Что сделали правила',
    by: /Правило «Boris/,
    remove: 'Удалить',
    check: 'проверить',
    on: /^Включено: Boris/,
    badPattern: /Этот шаблон использовать нельзя/,
    test: /Как сравнивать/,
    pattern: 'подходит под шаблон',
    group: 'Группа',
    matching: /Какие условия должны выполняться/,
    noneOf: 'ничего',
    discard: 'Отменить правку',
    inbox: 'Входящие',
    password: /^Пароль/,
    goOn: 'Продолжить',
  },
} as const;

let serial = 0;
const letter = (from: string, subject: string): string =>
  `From: ${from}\r\nTo: kcope@${OFFICE_DOMAIN}\r\nSubject: ${subject}\r\nMessage-ID: <r${++serial}@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nTwo trucks at eight.\r\n`;
const BORIS = 'Boris <boris@x.example>';

/** A command by the palette, as a keyboard user gives it. */
async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+Shift+KeyP');
  const field = page.getByRole('dialog').getByRole('combobox');
  await field.fill(words);
  const open = await field.elementHandle();
  await page.keyboard.press('Enter');
  await open?.waitForElementState('hidden');
}

for (const language of languages) {
  test(`rules, ${language}`, { skip: hostMissing }, async (t) => {
    const office = await openPop3Office(t);
    await office.deliver(
      'kcope',
      letter(BORIS, 'Concrete for block 4'),
      letter('Anna <anna@y.example>', 'Lunch'),
    );
    const words = WORDS[language];
    const server = {
      host: '127.0.0.1',
      port: office.port,
      security: 'none',
      user: 'kcope',
      auth: 'auto',
    } as const;
    const window = await openWindow(t, {
      language,
      seed: async (ask) => {
        await ask('accounts.add', {
          kind: 'pop3',
          address: `kcope@${OFFICE_DOMAIN}`,
          name: 'K. Cope',
          incoming: server,
          outgoing: null,
          password: passwordOf('kcope'),
        });
        await eventually(async () => {
          const [account] = (await ask('accounts.list', {})).filter((each) => each.kind === 'pop3');
          assert.ok(account?.lastSync);
        });
      },
    });
    const grid = (page: Page) => page.getByRole('grid', { name: words.grid });
    const row = (page: Page, name: RegExp) => grid(page).getByRole('row', { name }).first();

    await scene(
      t,
      'a rule from a letter',
      () => window,
      async (page) => {
        await row(page, /Concrete/).click();
        if (hostName === 'electron') {
          // The desktop keeps passwords in a vault of its own, so it asks for the one that was given before it opened.
          const field = page.getByLabel(words.password);
          await field.fill(passwordOf('kcope'));
          await page.getByRole('button', { name: words.goOn, exact: true }).click();
          await field.waitFor({ state: 'detached' });
        }
        await command(page, words.palette);
        await page.getByRole('dialog').getByRole('button', { name: words.next }).click();
        const list = page.getByRole('list', { name: words.rules });
        const preview = page.getByRole('region', { name: words.preview });
        await preview.getByText(words.inLast).waitFor();
        await preview.getByRole('listitem').filter({ hasText: 'Concrete for block 4' }).waitFor();
        await eventually(async () => assert.equal(await preview.getByRole('listitem').count(), 1));
        await page.getByRole('button', { name: words.action, exact: true }).click();
        await page.getByRole('button', { name: words.folder }).first().click();
        const picker = page.getByRole('combobox', { name: words.chooseFolder });
        await picker.fill(words.archive);
        await page.keyboard.press('Enter');
        await picker.waitFor({ state: 'detached' });
        await assertAccessible(page, `the page of rules, ${language}`);
        await page.getByRole('button', { name: words.save, exact: true }).click();
        await list.getByRole('button', { name: /Boris/ }).waitFor();
      },
    );

    await scene(
      t,
      'a letter that comes is filed, and says why',
      () => window,
      async (page) => {
        await office.deliver(
          'kcope',
          letter(BORIS, 'Rebar for block 7'),
          letter('Anna <anna@y.example>', 'Tea'),
        );
        await page.keyboard.press('Shift+F5');
        await page.keyboard.press('Control+Digit1');
        await row(page, /Tea/).waitFor();
        await page
          .getByRole('treeitem', { name: new RegExp(`^${words.archive}`) })
          .last()
          .click();
        await row(page, /Rebar/).click();
        await command(page, words.why);
        const dialog = page.getByRole('dialog', { name: words.whyTitle });
        await dialog.getByRole('list', { name: words.log }).getByText(words.by).waitFor();
        await dialog.getByText('boris@x.example').waitFor();
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        assert.equal(await row(page, /Concrete/).count(), 0, 'what was there before the rule stays');
      },
    );

    await scene(
      t,
      'a run on a folder shows what it will do, and is one undo',
      () => window,
      async (page) => {
        await page
          .getByRole('treeitem', { name: new RegExp(`^${words.inbox}`) })
          .last()
          .click();
        await row(page, /Concrete/).waitFor();
        await command(page, words.rules);
        await page.getByRole('button', { name: words.run, exact: true }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByText('Concrete for block 4').waitFor();
        // The button's colour is on its way from "cannot" to "can".
        await eventually(() => assertAccessible(page, `the run's dialog, ${language}`));
        await dialog.getByRole('button', { name: words.runOn }).click();
        const undo = page.getByRole('button', { name: words.undo, exact: true });
        // Under the pointer it stays until it is pressed.
        await undo.hover();
        await page.keyboard.press('Control+Digit1');
        await eventually(async () => assert.equal(await row(page, /Concrete/).count(), 0));
        await undo.click();
        await row(page, /Concrete/).waitFor();
      },
    );

    await scene(
      t,
      'by keys: a second rule, its order, its switch',
      () => window,
      async (page) => {
        await command(page, words.rules);
        await page.getByRole('button', { name: words.create, exact: true }).press('Enter');
        await page.getByRole('textbox', { name: words.name, exact: true }).fill(words.fromDraft);
        const value = page.getByRole('textbox', { name: words.value });
        await value.first().fill('(');
        await page.getByRole('button', { name: words.test }).press('Enter');
        await pickOption(page, words.pattern, true);
        const preview = page.getByRole('region', { name: words.preview });
        await preview.getByText(words.badPattern).waitFor();
        await value.first().fill('l(u|a)nch|anna');
        const lunch = preview.getByRole('listitem').filter({ hasText: 'Lunch' });
        await lunch.waitFor();
        // A group inside: any of its questions, then none of them.
        await page.getByRole('button', { name: words.group, exact: true }).press('Enter');
        await value.last().fill('tea@nowhere.example');
        await lunch.waitFor({ state: 'detached' });
        await page.getByRole('button', { name: words.matching }).last().press('Enter');
        await pickOption(page, words.noneOf, true);
        await lunch.waitFor();
        await page.getByRole('button', { name: words.action, exact: true }).press('Enter');
        await page.getByRole('button', { name: words.actionKind }).press('Enter');
        await pickOption(page, words.addTag, true);
        await page.getByRole('textbox', { name: words.tagName }).fill('Food');
        await page.getByRole('button', { name: words.save, exact: true }).press('Enter');
        const list = page.getByRole('list', { name: words.rules });
        const second = list.getByRole('button', { name: new RegExp(words.fromDraft) });
        await second.waitFor();
        await second.focus();
        await hasFocus(second);
        await page.keyboard.press('Alt+ArrowUp');
        const order = async (): Promise<string[]> =>
          Promise.all(
            (await list.getByRole('button').all()).map(async (each) => (await each.textContent()) ?? ''),
          );
        await eventually(async () => assert.match((await order())[0] ?? '', new RegExp(words.fromDraft)));
        await list.getByRole('switch', { name: words.on }).press('Space');
        await eventually(async () =>
          assert.equal(await list.getByRole('switch', { name: words.on }).isChecked(), false),
        );
        await page.getByRole('button', { name: words.remove, exact: true }).last().press('Enter');
        await eventually(async () => assert.equal(await second.count(), 0));
        await page.getByRole('button', { name: words.undo, exact: true }).click();
        await second.waitFor();
      },
    );

    await scene(
      t,
      'everything is there after a restart',
      () => window,
      async () => {
        const page = await window.restart();
        await command(page, words.rules);
        const list = page.getByRole('list', { name: words.rules });
        await list.getByRole('button', { name: new RegExp(words.fromDraft) }).waitFor();
        await eventually(async () =>
          assert.equal(await list.getByRole('switch', { name: words.on }).isChecked(), false),
        );
      },
    );
  });
}
