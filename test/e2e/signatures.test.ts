/**
 * Who a letter comes from and what stands below it, against an office of our own: signatures that follow sender and
 * recipients and never touch what was typed, templates, snippets, and spelling of two languages in one letter.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { readContent, readMessage } from '../../main/mail/message.ts';
import { passwordOf } from '../kit/office.ts';
import { openSendingOffice } from '../kit/sending-office.ts';
import { assertAccessible } from './axe.ts';
import { eventually, hostMissing, languages, openWindow, scene } from './hosts.ts';
import { hasFocus, movesIn, pickOption } from './moves.ts';

const WORDS = {
  en: {
    password: 'Password',
    settings: 'Settings',
    signatures: 'Signatures',
    templates: 'Templates',
    add: 'New signature',
    name: 'Name',
    text: 'Text of the signature',
    field: 'Field',
    myName: 'My name',
    preview: 'How it looks',
    uses: 'Who uses which',
    inside: /New, inside/,
    full: 'Full',
    short: 'Short',
    corner: (name: string) => `Signature: ${name}`,
    none: 'No signature',
    auto: 'Chosen by recipients',
    from: 'From',
    mail: 'Mail',
    snippets: 'Snippets',
    keyword: 'Keyword',
    snippetText: 'Text',
    addSnippet: 'Add a snippet',
    more: 'More',
    plain: 'Plain text',
    template: 'Template',
    saveAs: 'Save as template…',
    saveTitle: 'Save this letter as a template',
    save: 'Save',
    addWord: 'Add to my words',
    spelling: /^Spelling: /,
    english: 'English',
  },
  ru: {
    password: 'Пароль',
    settings: 'Настройки',
    signatures: 'Подписи',
    templates: 'Шаблоны',
    add: 'Новая подпись',
    name: 'Название',
    text: 'Текст подписи',
    field: 'Поле',
    myName: 'Моё имя',
    preview: 'Как выглядит',
    uses: 'Кто какой подписывается',
    inside: /Новые, внутри/,
    full: 'Полная',
    short: 'Короткая',
    corner: (name: string) => `Подпись: ${name}`,
    none: 'Без подписи',
    auto: 'Выбирать по получателям',
    from: 'От кого',
    mail: 'Почта',
    snippets: 'Заготовки',
    keyword: 'Ключевое слово',
    snippetText: 'Текст',
    addSnippet: 'Добавить заготовку',
    more: 'Ещё',
    plain: 'Простой текст',
    template: 'Шаблон',
    saveAs: 'Сохранить как шаблон…',
    saveTitle: 'Сохранить письмо как шаблон',
    save: 'Сохранить',
    addWord: 'Добавить в мои слова',
    spelling: /^Правописание: /,
    english: 'Английский',
  },
} as const;

const OUTSIDE = 'invoices@beton.example';

for (const language of languages) {
  test(`senders, signatures, templates, spelling, ${language}`, { skip: hostMissing }, async (t) => {
    const office = await openSendingOffice(t, ['anna', 'boris']);
    const [anna, boris] = ['anna', 'boris'].map(office.address) as [string, string];
    const tender = anna.replace('@', '+tender@');
    await office.deliver(
      'anna',
      `From: Boris <${boris}>\r\nTo: ${tender}\r\nSubject: The tender\r\nMessage-ID: <t@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nYour offer?\r\n`,
    );
    const said = WORDS[language];
    const window = await openWindow(t, {
      language,
      seed: async (ask) => {
        const account = await office.connect(ask, 'anna');
        await ask('identities.add', {
          account,
          address: tender,
          name: 'Anna, tenders',
          label: 'Tenders',
          organisation: 'Constr',
          signatures: { new: 'none', reply: 'default' },
        });
        await ask('templates.save', {
          name: 'Letterhead',
          kind: 'stationery',
          content: {
            subject: '',
            to: [],
            cc: [],
            bcc: [],
            html: '<h2>Constr</h2><div>{{cursor}}</div><div>You wrote: {{quote}}</div>',
            text: '',
            paper: { background: '#fffbe6', font: 'serif' },
          },
        });
        await ask('settings.set', { undoSendSeconds: 0 });
      },
    });
    const here = () => window;
    const m = () => movesIn(window.page, language);
    const exact = (name: string) => ({ name, exact: true });
    const form = () => m().composer();
    const text = () => form().getByRole('textbox', { name: m().words.text });
    const to = () => form().getByRole('combobox', { name: m().words.to, exact: true });
    const corner = (name: string) => form().getByRole('button', exact(said.corner(name)));
    const open = async (page: string) => {
      await window.page.getByRole('button', exact(said.settings)).click();
      await window.page
        .getByRole('navigation', exact(said.settings))
        .getByRole('button', exact(page))
        .click();
      await window.page.getByRole('heading', { level: 1, name: page }).waitFor();
    };
    const begin = async () => {
      await window.page.keyboard.press('Control+KeyN');
      await text().waitFor();
      await hasFocus(form());
    };
    const shut = async () => {
      await text().focus();
      await window.page.keyboard.press('Escape');
      await form().waitFor({ state: 'detached' });
    };
    const says = (what: RegExp, where: Locator = text()) =>
      eventually(async () => assert.match((await where.innerText()).replaceAll('\u00a0', ' '), what));
    const sent = async (subject: string) =>
      eventually(async () => {
        const all = (await office.letters('boris')).filter((each) => readMessage(each).subject === subject);
        assert.equal(all.length, 1);
        return all[0] as Buffer;
      });

    await scene(t, 'two signatures, one for colleagues', here, async (page) => {
      if (window.host === 'electron') {
        // What the seed has put into a key file the desktop's own store of secrets does not know.
        await page.getByPlaceholder(said.password, { exact: true }).fill(passwordOf('anna'));
        await page.keyboard.press('Enter');
      }
      await m()
        .row(/The tender/)
        .waitFor();
      await open(said.signatures);
      for (const [name, words] of [
        [said.full, ', manager, 118'],
        [said.short, ''],
      ] as const) {
        await page.getByRole('button', exact(said.add)).click();
        const editor = page.getByRole('textbox', exact(said.text));
        const field = page.getByRole('textbox', exact(said.name));
        await eventually(async () => assert.match(await field.inputValue(), new RegExp(`^${said.add}`)));
        await field.fill(name);
        await editor.click();
        await page.getByRole('button', exact(said.field)).click();
        await page.getByRole('menuitem', { name: said.myName }).click();
        await editor.click();
        await page.keyboard.press('Control+End');
        await page.keyboard.type(words);
        await page
          .getByRole('group', exact(said.preview))
          .getByText(`Anna Vetrova${words}`)
          .first()
          .waitFor();
      }
      const first = page.getByRole('region', exact(said.uses)).getByRole('group').first();
      await first.getByRole('button', { name: said.inside }).click();
      await pickOption(page, said.short, true);
      await eventually(async () => assert.match(await first.innerText(), new RegExp(said.short)));
      await assertAccessible(page, `signatures, ${language}`);
    });

    await scene(t, 'the signature follows recipients until a person writes in it', here, async (page) => {
      await begin();
      await corner(said.full).waitFor();
      await to().pressSequentially(`${boris},`);
      await corner(said.short).waitFor();
      await text().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('Typed by hand.');
      await to().pressSequentially(`${OUTSIDE},`);
      await corner(said.full).waitFor();
      await says(/Typed by hand\.[\s\S]*manager, 118/);
      await text().getByText('manager, 118').click();
      await page.keyboard.press('End');
      await page.keyboard.type(' and 119');
      await form()
        .getByRole('button', { name: new RegExp(OUTSIDE) })
        .last()
        .click();
      await eventually(async () => assert.equal(await form().getByText(OUTSIDE).count(), 0));
      // Nobody but a colleague now, and the block stays as it was written.
      await to().pressSequentially(`${OUTSIDE},`);
      await form().getByText(OUTSIDE).first().waitFor();
      await says(/manager, 118 and 119/);
      await assertAccessible(page, `a signed letter, ${language}`);
      await corner(said.full).click();
      await page.getByRole('menuitemcheckbox', exact(said.none)).click();
      await eventually(async () => assert.doesNotMatch(await text().innerText(), /manager/));
      await says(/Typed by hand/);
      await shut();
    });

    await scene(t, 'another sender: another signature, the same words', here, async (page) => {
      await begin();
      await corner(said.full).waitFor();
      await page.keyboard.press('Escape');
      await form().waitFor({ state: 'detached' });
      await begin();
      await to().pressSequentially(`${boris},`);
      await form().getByRole('textbox', { name: m().words.subject }).fill('The offer');
      await text().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('Our offer.');
      await form()
        .getByRole('combobox', exact(said.from))
        .selectOption({ label: `Anna, tenders <${tender}>, Tenders` });
      await eventually(async () => assert.doesNotMatch(await text().innerText(), /Anna/));
      await says(/Our offer\./);
      await page.keyboard.press('Control+Enter');
      await form().waitFor({ state: 'detached' });
      const letter = await sent('The offer');
      const message = readMessage(letter);
      assert.deepEqual(message.from, [{ name: 'Anna, tenders', address: tender }]);
      assert.equal(message.headers.find(([name]) => name.toLowerCase() === 'organization')?.[1], 'Constr');
      assert.doesNotMatch(readContent(letter, message).html ?? '', /data-signature/);
    });

    await scene(t, 'a reply comes from the address the letter came to', here, async (page) => {
      await page.getByRole('button', exact(said.mail)).click();
      await m().openLetter(/The tender/);
      await m()
        .subject(/The tender/)
        .waitFor();
      await page.keyboard.press('KeyR');
      await text().waitFor();
      await hasFocus(form());
      const from = form().getByRole('combobox', exact(said.from));
      await eventually(async () =>
        assert.match((await from.locator('option:checked').textContent()) ?? '', /tenders/),
      );
      // An answer of this identity has the signature of its new letters: none.
      assert.doesNotMatch(await text().innerText(), /manager/);
      await text().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('It comes tomorrow.');
      await form().getByRole('button', exact(said.template)).click();
      await page.getByRole('menuitem', exact('Letterhead')).click();
      // On its paper, around what was written, the quoted letter at its place.
      await says(/^Constr\s+It comes tomorrow\.\s+You wrote:[\s\S]*Your offer\?/);
      await page.keyboard.press('Control+Enter');
      await form().waitFor({ state: 'detached' });
      const letter = await sent('Re: The tender');
      const { html } = readContent(letter, readMessage(letter));
      assert.match(html ?? '', /background-color: #fffbe6|background-color: rgb\(255, 251, 230\)/);
      assert.doesNotMatch(html ?? '', /postroom-(cursor|quote)/);
    });

    await scene(t, 'snippets, in rich text and in plain', here, async (page) => {
      await open(said.templates);
      const region = page.getByRole('region', exact(said.snippets));
      await region.getByRole('textbox', exact(said.keyword)).fill(';where');
      await region.getByRole('textbox', exact(said.snippetText)).click();
      await page.keyboard.type('5 Builders Street{{cursor}}, office 12');
      await region.getByRole('button', exact(said.addSnippet)).click();
      await region.getByText(';where').waitFor();
      await assertAccessible(page, `templates, ${language}`);
      await page.getByRole('button', exact(said.mail)).click();
      await begin();
      await text().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('We are at ;where');
      await page.keyboard.press('Tab');
      await says(/We are at 5 Builders Street, office 12/);
      await page.keyboard.type(' NEXT');
      await says(/5 Builders Street NEXT, office 12/);
      await form().getByRole('button', exact(said.more)).click();
      await page.getByRole('menuitemcheckbox', exact(said.plain)).click();
      await page.getByRole('alertdialog').getByRole('button', exact(said.plain)).click();
      const area = form().getByRole('textbox', { name: m().words.text });
      await eventually(async () =>
        assert.match(await area.inputValue(), /NEXT, office 12\n+-- \nAnna Vetrova/),
      );
      await area.focus();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type(';where');
      await page.keyboard.press('Tab');
      await eventually(async () =>
        assert.match(await area.inputValue(), /^5 Builders Street, office 12We are/),
      );
      await shut();
    });

    await scene(t, 'a template from a letter, a letter from a template', here, async (page) => {
      await begin();
      await form().getByRole('textbox', { name: m().words.subject }).fill('Weekly report');
      await text().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('{{first-name}}, the report follows.');
      await form().getByRole('button', exact(said.template)).click();
      await page.getByRole('menuitem', exact(said.saveAs)).click();
      const dialog = page.getByRole('dialog', exact(said.saveTitle));
      await dialog.getByRole('button', exact(said.save)).click();
      await dialog.waitFor({ state: 'detached' });
      await shut();
      await page.keyboard.press('Control+Shift+KeyP');
      const palette = page.getByRole('dialog').last();
      await palette.getByRole('combobox').or(palette.getByRole('searchbox')).first().fill('Weekly report');
      await page
        .getByRole('option', { name: /Weekly report/ })
        .first()
        .click();
      await text().waitFor();
      assert.equal(
        await form().getByRole('textbox', { name: m().words.subject }).inputValue(),
        'Weekly report',
      );
      await says(/, the report follows\.[\s\S]*manager, 118/);
      await shut();
    });

    await scene(t, 'spelling of both languages: marks, keys, own words', here, async (page) => {
      await begin();
      await text().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('Провреила смету, please recieve it. Ирикс https://x.example/prvet');
      await page.keyboard.press('Enter');
      const mistakes = (n: number) =>
        eventually(async () => assert.equal(await text().getAttribute('data-mistakes'), String(n)));
      await mistakes(3);
      const painted = await page.evaluate('CSS.highlights.get("postroom-spelling")?.size ?? 0');
      assert.equal(painted, 3);
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('F7');
      const menu = page.getByRole('menu');
      await hasFocus(menu.getByRole('menuitem').first());
      assert.equal(await menu.getByRole('menuitem').first().innerText(), 'Проверила');
      await page.keyboard.press('Enter');
      await says(/^Проверила смету/);
      await mistakes(2);
      await page.keyboard.press('F7');
      // The keyboard is back in the text before a picture of it is drawn: a quick hand presses F7 at once.
      const back = await menu.getByRole('menuitem', exact('receive')).evaluate(
        (item) =>
          new Promise((told) => {
            (item as HTMLElement).click();
            setTimeout(() => told(item.ownerDocument.activeElement?.getAttribute('aria-label')));
          }),
      );
      assert.equal(back, m().words.text);
      await page.keyboard.press('F7');
      await says(/please receive it/);
      await menu.getByRole('menuitem', exact(said.addWord)).click();
      await mistakes(0);
      await page.keyboard.press('Control+End');
      await text().getByText('receive').click();
      await page.keyboard.press('Home');
      await page.keyboard.type('Превет recieve ');
      await mistakes(2);
      await form().getByRole('button', { name: said.spelling }).click();
      await page.getByRole('menuitemcheckbox', exact(said.english)).click();
      await mistakes(1);
      // Not a trace of it in the letter.
      assert.doesNotMatch(await text().innerHTML(), /mistake|spelling|highlight/);
      await shut();
    });
  });
}
