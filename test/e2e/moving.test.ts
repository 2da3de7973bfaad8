/** Moving in from another program and to another computer: found, looked at, brought; a copy, and a fresh window that goes on with it. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { dbxLetters } from '../kit/dbx.ts';
import { writeLetter } from '../kit/mail-office.ts';
import { writeThunderbird } from '../kit/thunderbird.ts';
import { assertAccessible, assertNothingCut } from './axe.ts';
import { eventually, hostMissing, languages, openWindow, scene } from './hosts.ts';
import { movesIn } from './moves.ts';
import { names } from './names.ts';

/** Written by Outlook. */
const OUTLOOK = resolve('node_modules/pst-extractor/example/testdata/enron.pst');

const WORDS = {
  en: {
    found: 'Found: Thunderbird',
    look: 'Look first',
    would: /^11 letters will come in\. 2 were deleted there/,
    people: /4 people go into the address book/,
    unreadable: /only the header is here/,
    start: 'Bring them in',
    done: /^11 letters are here\./,
    open: 'Go to the letters',
    inbox: 'INBOX',
    copies: 'Copies',
    settings: 'Settings',
    path: 'Save the copy as',
    passwords: 'With the passwords of my accounts',
    passphrase: 'Passphrase',
    make: 'Make a copy',
    made: /^The copy is made: 11 letters/,
    dir: 'Into the folder',
    export: 'Export everything',
    written: /^11 letters are written/,
    when: 'Copies are made',
    daily: 'every day',
    folder: 'Folder of the copies',
    now: 'Make one now',
    last: /^The last copy: .* The next copy: /,
    gone: /is not there/,
    old: 'Bring old mail',
    bring: 'Bring my old mail',
    where: 'Files and folders on this computer',
    filesDone: /^\d+ letters are here\./,
    restore: 'Restore from a copy',
    file: 'File of the copy',
    lookAt: 'Look at it',
    holds: /11 letters/,
    secret: 'Passphrase of the copy',
    back: 'Bring it back',
    wrong: /passphrase of the copy is another one/,
    ready: /The copy is whole/,
    goOn: 'Go on with the copy',
    missing: /is not there/,
  },
  ru: {
    found: 'Найдено: Thunderbird',
    look: 'Сначала посмотреть',
    would: /^Будет перенесено 11 писем\. 2 там удалены/,
    people: /В адресную книгу попадут 4 человека/,
    unreadable: /здесь только заголовок/,
    start: 'Перенести',
    done: /^Перенесено 11 писем\./,
    open: 'К письмам',
    inbox: 'INBOX',
    copies: 'Копии',
    settings: 'Настройки',
    path: 'Сохранить копию как',
    passwords: 'Вместе с паролями учётных записей',
    passphrase: 'Парольная фраза',
    make: 'Сделать копию',
    made: /^Копия готова: 11 писем/,
    dir: 'В папку',
    export: 'Выгрузить всё',
    written: /^Записано 11 писем/,
    when: 'Копии делаются',
    daily: 'каждый день',
    folder: 'Папка для копий',
    now: 'Сделать сейчас',
    last: /^Последняя копия: .* Следующая копия: /,
    gone: /нет на месте/,
    old: 'Старая почта',
    bring: 'Перенести старую почту',
    where: 'Файлы и папки на этом компьютере',
    filesDone: /^Перенесено \d+ пис/,
    restore: 'Восстановить из копии',
    file: 'Файл копии',
    lookAt: 'Посмотреть',
    holds: /11 писем/,
    secret: 'Парольная фраза копии',
    back: 'Вернуть',
    wrong: /У копии другая парольная фраза/,
    ready: /Копия цела/,
    goOn: 'Продолжить с копией',
    missing: /нет на месте/,
  },
} as const;

for (const language of languages) {
  test(`moving in and out, ${language}`, { skip: hostMissing }, async (t) => {
    const words = WORDS[language];
    const home = await mkdtemp(join(tmpdir(), 'postroom-e2e-home-'));
    const before = process.env['HOME'];
    // The search of the disk looks in the home of the person who runs the program.
    process.env['HOME'] = home;
    t.after(async () => {
      if (before === undefined) delete process.env['HOME'];
      else process.env['HOME'] = before;
      await rm(home, { recursive: true, force: true, maxRetries: 10 });
    });
    await writeThunderbird(home);
    const copy = join(home, 'office.postroom');
    const window = await openWindow(t, { language });
    const here = () => window;

    await scene(
      t,
      'a program that was used before is found, looked at and brought in',
      here,
      async (page) => {
        await page.getByText(words.found).waitFor();
        await page.getByRole('button', { name: names[language].doors[3] ?? '', exact: true }).click();
        const store = page.getByRole('checkbox', { name: 'Thunderbird: o.belova@constr.example' });
        await store.focus();
        await page.keyboard.press('Space');
        await page.getByRole('button', { name: words.look }).click();
        const preview = page.getByRole('status').filter({ hasText: words.would });
        await preview.waitFor();
        assert.match((await preview.textContent()) ?? '', words.people);
        await page.getByRole('row', { name: /2019 › Письма/ }).waitFor();
        await page.getByText(words.unreadable).waitFor();
        await assertAccessible(page, `the look, ${language}`);
        await assertNothingCut(page, `the look, ${language}`);
        await page.getByRole('button', { name: words.start, exact: true }).click();
        await page.getByRole('status').filter({ hasText: words.done }).waitFor();
        await assertAccessible(page, `the report, ${language}`);
        await page.getByRole('button', { name: words.open }).click();
        const { folder, openFolder, row } = movesIn(page, language);
        await folder('2019').waitFor();
        await openFolder('INBOX');
        await row('read and answered').first().waitFor();
        await row(/unread and flagged.*(Urgent|Стройка)/)
          .first()
          .waitFor();
      },
    );

    await scene(t, 'a copy with passwords, and everything as files', here, async (page) => {
      await page.getByRole('button', { name: words.settings, exact: true }).click();
      await page
        .getByRole('navigation', { name: words.settings })
        .getByText(words.copies, { exact: true })
        .click();
      await page.getByRole('textbox', { name: words.path }).fill(copy);
      await page.getByText(words.passwords).click();
      await page.getByLabel(words.passphrase, { exact: true }).fill('north crane 7');
      await page.getByRole('button', { name: words.make }).click();
      await page.getByRole('status').filter({ hasText: words.made }).waitFor();
      await page.getByRole('textbox', { name: words.dir }).fill(join(home, 'files'));
      await page.getByRole('button', { name: words.export }).click();
      await page.getByRole('status').filter({ hasText: words.written }).waitFor();
      assert.ok((await readdir(join(home, 'files'))).includes('postroom-export.json'));
      await assertAccessible(page, `copies, ${language}`);
      await assertNothingCut(page, `copies, ${language}`);
    });

    await scene(
      t,
      'copies by themselves: a folder that is not there, then one that is',
      here,
      async (page) => {
        await page.getByRole('button', { name: words.when }).click();
        await page.getByRole('option', { name: words.daily }).click();
        await page.getByRole('listbox').waitFor({ state: 'hidden' });
        const folder = page.getByRole('textbox', { name: words.folder });
        await folder.fill(join(home, 'stick'));
        await page.keyboard.press('Tab');
        const now = page.getByRole('button', { name: words.now });
        await now.click();
        await page.getByText(words.gone).first().waitFor();
        await folder.fill(home);
        await page.keyboard.press('Tab');
        await now.click();
        await page.getByRole('status').filter({ hasText: words.last }).waitFor();
        assert.ok((await readdir(home)).some((name) => /^Postroom .* \d{6}\.postroom$/.test(name)));
        await assertAccessible(page, `copies by themselves, ${language}`);
        await assertNothingCut(page, `copies by themselves, ${language}`);
      },
    );

    await scene(
      t,
      'files of other programs: Outlook, Outlook Express, mbox, Maildir, eml',
      here,
      async (page) => {
        const old = join(home, 'old');
        const letter = (subject: string) => writeLetter({ subject });
        const unix = (subject: string) =>
          `From p.orlov@office.example Mon Jan  5 10:00:00 2026\n${letter(subject).replaceAll('\r\n', '\n')}\n`;
        for (const place of ['Post/cur', 'Post/new', 'Post/tmp'])
          await mkdir(join(old, place), { recursive: true });
        await writeFile(join(old, 'Post/cur/1.a.example:2,S'), letter('Of a Maildir'));
        await writeFile(join(old, 'box.mbox'), unix('Of an mbox'));
        await writeFile(join(old, 'single.eml'), letter('Of a single file'));
        await writeFile(
          join(old, 'Express.dbx'),
          dbxLetters([{ text: letter('Of Outlook Express'), subject: 'Of Outlook Express' }]),
        );
        await page
          .getByRole('navigation', { name: words.settings })
          .getByRole('button', { name: words.old, exact: true })
          .click();
        await page.getByRole('button', { name: words.bring, exact: true }).click();
        await page.getByRole('textbox', { name: words.where }).fill(`${old}\n${OUTLOOK}`);
        await page.getByRole('button', { name: words.start, exact: true }).click();
        await page.getByRole('status').filter({ hasText: words.filesDone }).waitFor();
        await page.getByRole('button', { name: words.open }).click();
        const { searchBox, row } = movesIn(page, language);
        for (const [typed, found] of [
          ['Maildir', 'Of a Maildir'],
          ['mbox', 'Of an mbox'],
          ['single', 'Of a single file'],
          ['Express', 'Of Outlook Express'],
          // Of the file of Outlook.
          ['Dralion', /Cirque du Soleil/],
        ] as const) {
          // Words of letters come into the index after the letters: a person looks again.
          await eventually(async () => {
            await searchBox.fill('');
            await searchBox.fill(typed);
            await row(found).first().waitFor({ timeout: 5000 });
          });
        }
        await searchBox.press('Escape');
      },
    );

    const fresh = await openWindow(t, { language });
    await scene(
      t,
      'a fresh window goes on with the copy',
      () => fresh,
      async (page) => {
        await page.getByRole('button', { name: words.restore }).click();
        const file = page.getByRole('textbox', { name: words.file });
        await file.fill(join(home, 'nowhere'));
        await page.keyboard.press('Enter');
        await page.getByText(words.missing).first().waitFor();
        await file.fill(copy);
        await page.getByRole('button', { name: words.lookAt }).click();
        await page.getByText(words.holds).first().waitFor();
        const secret = page.getByLabel(words.secret);
        await secret.fill('another');
        await page.getByRole('button', { name: words.back, exact: true }).click();
        await page.getByRole('alert').filter({ hasText: words.wrong }).waitFor();
        await secret.fill('north crane 7');
        await page.getByRole('button', { name: words.back, exact: true }).click();
        await page.getByRole('status').filter({ hasText: words.ready }).waitFor();
        await assertAccessible(page, `restore, ${language}`);
        await page.getByRole('button', { name: words.goOn }).click();
        const { folder, openFolder, row } = movesIn(page, language);
        await folder('2019').waitFor();
        await openFolder('INBOX');
        await row('read and answered').first().waitFor();
        // The port of the engine that ended says so in the console of a browser.
        fresh.errors.splice(
          0,
          fresh.errors.length,
          ...fresh.errors.filter((each) => !/WebSocket/.test(each)),
        );
      },
    );
  });
}
