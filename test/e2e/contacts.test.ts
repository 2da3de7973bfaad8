/** The address book, from a table of another program to a letter to a group, a directory, and what enters by itself. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import type { Page } from 'playwright-core';
import { certificates } from '../kit/certificates.ts';
import { dovecotMissing } from '../kit/dovecot.ts';
import { openMailOffice } from '../kit/mail-office.ts';
import { slapdMissing, startSlapd } from '../kit/slapd.ts';
import { assertAccessible } from './axe.ts';
import { eventually, hostMissing, hostName, languages, openWindow, scene } from './hosts.ts';
import { hasFocus, movesIn, pickOption } from './moves.ts';

const WORDS = {
  en: {
    book: 'Address book',
    books: 'Books',
    person: 'Contact',
    tools: 'More',
    import: 'Import',
    choose: 'Choose a file',
    start: 'Import',
    came: '3 contacts came in.',
    charset: /Encoding/,
    notRead: '1 place was not read',
    find: 'Find people',
    edit: 'Edit',
    room: 'Room',
    birthday: 'Birthday',
    birthdays: 'Birthdays this week',
    save: 'Save',
    saved: 'Saved.',
    undo: 'Undo',
    duplicates: 'Find duplicates',
    merge: /^Merge: /,
    merged: '2 contacts merged into one.',
    close: 'Close',
    group: 'New group',
    groupName: 'Name of the group',
    members: 'People in the group',
    write: 'Write',
    subject: 'Subject',
    cc: 'Cc',
    text: 'Message text',
    collected: /^Collected automatically 1$/,
    inbox: 'Inbox',
    addSender: 'Add sender to the address book',
    added: /^In the address book: /,
    newBook: 'New book',
    directory: 'Directory of the office (LDAP)',
    name: 'Name of the book',
    server: 'Server',
    port: 'Port',
    security: /Encryption/,
    none: 'None',
    base: 'Where to search (base)',
    bind: 'Sign in as (DN)',
    password: 'Password',
    test: 'Test',
    works: /The directory answers/,
    copy: 'Save and copy',
    to: 'To',
    notices: 'Notices',
    goOn: 'Go on',
  },
  ru: {
    book: 'Адресная книга',
    books: 'Книги',
    person: 'Контакт',
    tools: 'Ещё',
    import: 'Импорт',
    choose: 'Выбрать файл',
    start: 'Загрузить',
    came: 'Загружено: 3 контакта.',
    charset: /Кодировка/,
    notRead: '1 место не прочитано',
    find: 'Найти людей',
    edit: 'Изменить',
    room: 'Комната',
    birthday: 'День рождения',
    birthdays: 'Дни рождения на этой неделе',
    save: 'Сохранить',
    saved: 'Сохранено.',
    undo: 'Отменить',
    duplicates: 'Найти дубли',
    merge: /^Объединить: /,
    merged: 'Объединено в один: 2 контакта.',
    close: 'Закрыть',
    group: 'Новая группа',
    groupName: 'Название группы',
    members: 'Люди в группе',
    write: 'Написать',
    subject: 'Тема',
    cc: 'Копия',
    text: 'Текст письма',
    collected: /^Собранные автоматически 1$/,
    inbox: 'Входящие',
    addSender: 'Добавить отправителя в адресную книгу',
    added: /^В адресной книге: /,
    newBook: 'Новая книга',
    directory: 'Каталог офиса (LDAP)',
    name: 'Название книги',
    server: 'Сервер',
    port: 'Порт',
    security: /Шифрование/,
    none: 'Нет',
    base: 'Где искать (base)',
    bind: 'Войти как (DN)',
    password: 'Пароль',
    test: 'Проверить',
    works: /Каталог отвечает/,
    copy: 'Сохранить и скопировать',
    to: 'Кому',
    notices: 'Уведомления',
    goOn: 'Продолжить',
  },
} as const;

const TABLE =
  'Имя;Фамилия;Адрес эл. почты;Отдел;Организация;Личный номер\r\n' +
  'Пётр;Ёлкин;p.elkin@office.example;Сметный;Строитель;7\r\n' +
  'Ольга;Белова;o.belova@office.example;Склад;Строитель;\r\n' +
  'Ольга;Белова;olga@home.example;;;\r\n';

/** The day after tomorrow, wherever midnight is, as a birthday is typed: 17.05. */
function soon(): string {
  const [, month, day] = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10).split('-');
  return `${day}.${month}`;
}

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

for (const language of languages) {
  const missing = hostMissing || dovecotMissing() || slapdMissing();
  test(`the address book, ${language}`, { skip: missing }, async (t) => {
    const words = WORDS[language];
    const office = await openMailOffice();
    t.after(() => office.close());
    const slapd = await startSlapd({ people: 300 });
    t.after(() => slapd.close());
    await office.deliver({ subject: 'Crane', from: 'Pavel Orlov <p.orlov@office.example>' });
    await office.deliver({ subject: 'Stranger', from: 'Nina Novak <nina@outside.example>' });
    const { fingerprint256 } = new X509Certificate(certificates.localhost.cert);
    const window = await openWindow(t, {
      language,
      async seed(ask) {
        for (const port of [office.imap.tlsPort, office.smtp.port])
          await ask('accounts.trust', { host: office.host, port, fingerprint256 });
        const server = { host: office.host, security: 'tls', user: office.user, auth: 'auto' } as const;
        await ask('accounts.add', {
          address: office.address,
          name: 'Anna Vetrova',
          incoming: { ...server, port: office.imap.tlsPort },
          outgoing: { ...server, port: office.smtp.port },
          password: office.password,
        });
        await ask('settings.set', { undoSendSeconds: 0 });
        await ask('contacts.save', {
          id: null,
          content: { name: 'Pavel Orlov', emails: [{ value: 'p.orlov@office.example' }] },
          photo: { type: 'image/png', bytes: Uint8Array.from(Buffer.from(PNG, 'base64')) },
        });
      },
    });
    if (hostName === 'electron') {
      // What the seed kept in a key file, Electron asks of the operating system's key store.
      const notice = window.page.getByRole('region', { name: words.notices }).first();
      await notice
        .getByRole('textbox')
        .or(notice.locator('input[type="password"]'))
        .first()
        .fill(office.password);
      await notice.getByRole('button', { name: words.goOn, exact: true }).click();
    }
    const here = () => window;
    const list = (page: Page) => page.getByRole('list', { name: words.book, exact: true });
    const person = (page: Page) => page.getByRole('region', { name: words.person, exact: true });
    const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
    const tool = async (page: Page, name: string) => {
      await page.getByRole('main').getByRole('button', { name: words.tools, exact: true }).click();
      await page.getByRole('menuitem', { name, exact: true }).click();
    };

    await scene(t, `a table in cp1251, looked at before it comes in, ${language}`, here, async (page) => {
      await movesIn(page, language).row('Crane').waitFor();
      await page.keyboard.press('Control+Digit2');
      await list(page)
        .getByRole('button', { name: /Pavel Orlov/ })
        .waitFor();
      await tool(page, words.import);
      const chooser = page.waitForEvent('filechooser');
      await button(page, words.choose).click();
      const buffer = Buffer.from(iconv.encode(TABLE, 'windows-1251'));
      await (await chooser).setFiles([{ name: 'outlook.csv', mimeType: 'text/csv', buffer }]);
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('cell', { name: 'Пётр Ёлкин' }).waitFor();
      assert.match(await dialog.getByRole('button', { name: words.charset }).innerText(), /windows-1251/);
      await dialog.getByText(words.notRead).waitFor();
      await assertAccessible(page, `the import of contacts, ${language}`);
      await dialog.getByRole('button', { name: words.start, exact: true }).click();
      await page.getByText(words.came).waitFor();
      await eventually(async () => assert.equal(await list(page).getByRole('button').count(), 4));
    });

    await scene(t, `found, changed and taken back by keyboard, ${language}`, here, async (page) => {
      await page.getByRole('searchbox', { name: words.find }).fill('елк');
      await eventually(async () => assert.equal(await list(page).getByRole('button').count(), 1));
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Space');
      await person(page).getByRole('heading', { name: 'Пётр Ёлкин' }).waitFor();
      await page.keyboard.press('Enter');
      await person(page).getByRole('textbox', { name: words.room }).fill('214');
      await person(page).getByRole('textbox', { name: words.birthday, exact: true }).fill(soon());
      await assertAccessible(page, `the form of a contact, ${language}`);
      await page.keyboard.press('Enter');
      // The form has gone, and the keyboard is with the person in the list.
      await hasFocus(list(page).getByRole('button'));
      // A notice that is looked at stays until its button is pressed.
      await page.getByText(words.saved).hover();
      await person(page).getByText('214', { exact: true }).waitFor();
      await page.getByRole('list', { name: words.birthdays }).getByText('Пётр Ёлкин').waitFor();
      await button(page, words.undo).click();
      await eventually(async () =>
        assert.equal(await person(page).getByText('214', { exact: true }).count(), 0),
      );
      await page.getByRole('searchbox', { name: words.find }).fill('');
    });

    await scene(t, `two cards of one person become one, ${language}`, here, async (page) => {
      await tool(page, words.duplicates);
      await page.getByRole('dialog').getByRole('button', { name: words.merge }).click();
      await page.getByText(words.merged).waitFor();
      await page.getByRole('dialog').getByRole('button', { name: words.close, exact: true }).last().click();
      await eventually(async () => assert.equal(await list(page).getByRole('button').count(), 3));
      await person(page).getByText('olga@home.example').waitFor();
      await assertAccessible(page, `the address book, ${language}`);
    });

    await scene(t, `a letter to a group, and who was written to is kept, ${language}`, here, async (page) => {
      const before = office.smtp.received.length;
      await tool(page, words.group);
      await page.getByRole('textbox', { name: words.groupName }).fill('Смета и склад');
      const members = page.getByRole('combobox', { name: words.members });
      // The other layout is on: "tkr" is "елк".
      await members.pressSequentially('tkr');
      await page.getByRole('option', { name: /Пётр Ёлкин/ }).waitFor();
      await page.keyboard.press('Enter');
      await members.pressSequentially('белова');
      await page.getByRole('option', { name: /o\.belova/ }).click();
      await button(page, words.save).click();
      await person(page).getByRole('heading', { name: 'Смета и склад' }).waitFor();
      await page.keyboard.press('Control+KeyN');
      const composer = page.getByRole('dialog');
      await composer.getByRole('combobox', { name: words.to, exact: true }).pressSequentially('смета');
      await composer.getByRole('option', { name: /Смета и склад/ }).click();
      await composer.getByText('Пётр Ёлкин', { exact: true }).waitFor();
      await composer.getByText('Ольга Белова', { exact: true }).waitFor();
      await composer
        .getByRole('combobox', { name: words.to, exact: true })
        .pressSequentially('new.person@outside.example,');
      await composer.getByRole('textbox', { name: words.subject }).fill('Estimate');
      await composer.getByRole('textbox', { name: words.text }).fill('Ready.');
      await page.keyboard.press('Control+Enter');
      await eventually(() => assert.equal(office.smtp.received.length, before + 1));
      assert.deepEqual([...(office.smtp.received.at(-1)?.to ?? [])].sort(), [
        'new.person@outside.example',
        'o.belova@office.example',
        'p.elkin@office.example',
      ]);
      await page
        .getByRole('navigation', { name: words.books })
        .getByRole('button', { name: words.collected })
        .waitFor();
    });

    await scene(t, `a sender’s photograph, and a stranger who is added, ${language}`, here, async (page) => {
      const moves = movesIn(page, language);
      await page.keyboard.press('Control+Digit1');
      await moves.openLetter('Crane');
      await moves.reader.locator('img[src^="blob:"]').first().waitFor();
      await moves.openLetter('Stranger');
      await moves.subject('Stranger').waitFor();
      await moves.palette(words.addSender);
      await page.getByText(words.added).waitFor();
      await page.keyboard.press('Control+Digit2');
      await list(page)
        .getByRole('button', { name: /Nina Novak/ })
        .waitFor();
    });

    await scene(
      t,
      `a directory: tried, copied, there without its server, ${language}`,
      here,
      async (page) => {
        await button(page, words.newBook).click();
        await page.getByRole('menuitem', { name: words.directory }).click();
        const dialog = page.getByRole('dialog');
        const fill = (name: string, value: string) => dialog.getByLabel(name, { exact: true }).fill(value);
        await fill(words.name, 'LDAP');
        await fill(words.server, slapd.host);
        await dialog.getByRole('button', { name: words.security }).click();
        await pickOption(page, words.none, true);
        await fill(words.port, String(slapd.port));
        await fill(words.base, slapd.base);
        await fill(words.bind, slapd.admin);
        await fill(words.password, slapd.password);
        await dialog.getByRole('button', { name: words.test, exact: true }).click();
        await dialog.getByText(words.works).waitFor();
        assert.equal(await dialog.getByRole('listitem').count(), 3);
        await assertAccessible(page, `the settings of a directory, ${language}`);
        await dialog.getByRole('button', { name: words.copy }).click();
        await page
          .getByRole('navigation', { name: words.books })
          .getByRole('button', { name: /^LDAP 300$/ })
          .waitFor();
        await slapd.stop();
        await page.getByRole('searchbox', { name: words.find }).fill('соколов 269');
        await list(page)
          .getByRole('button', { name: /Соколов-269/ })
          .click();
        await person(page).getByText('u269@constr.example').waitFor();
      },
    );
  });
}
