/**
 * Rules against an office of our own: put into another order by pointer and by keys, taken out as a file and brought in
 * again, and what they send, looked at on the other side.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { RuleDraftInput } from '../../main/contract/mail/rules.ts';
import { readContent, readMessage } from '../../main/mail/message.ts';
import { passwordOf } from '../kit/office.ts';
import { openSendingOffice } from '../kit/sending-office.ts';
import { assertAccessible } from './axe.ts';
import { eventually, languages, openWindow, scene, withoutHost } from './hosts.ts';
import { movesIn, pickOption } from './moves.ts';

const WORDS = {
  en: {
    rules: 'Rules',
    export: 'Export',
    import: 'Import',
    remove: 'Delete',
    imported: '3 rules imported',
    notRules: 'This is no file of rules.',
    create: 'New rule',
    name: 'Name',
    value: 'Words looked for',
    field: /What is looked at/,
    subject: 'Subject',
    action: 'Action',
    actionKind: /What is done/,
    answer: 'Answer with',
    with: /What is answered/,
    save: 'Save rule',
    log: 'Run log',
    did: 'What rules did',
    answered: 'answered',
    tooLarge: 'This pattern is too large.',
    test: /How it is compared/,
    pattern: 'matches the pattern',
    preview: 'Rule preview',
    template: 'Away',
    password: 'Password',
  },
  ru: {
    rules: 'Правила',
    export: 'Экспорт',
    import: 'Импорт',
    remove: 'Удалить',
    imported: 'Импортировано 3 правила',
    notRules: 'Это не файл правил.',
    create: 'Новое правило',
    name: 'Название',
    value: 'Что искать',
    field: /На что смотреть/,
    subject: 'Тема',
    action: 'Действие',
    actionKind: /Что сделать/,
    answer: 'Ответить',
    with: /Чем ответить/,
    save: 'Сохранить правило',
    log: 'Журнал',
    did: 'Что сделали правила',
    answered: 'ответ',
    tooLarge: 'Этот шаблон слишком велик.',
    test: /Как сравнивать/,
    pattern: 'подходит под шаблон',
    preview: 'Что попадёт под правило',
    template: 'Нет на месте',
    password: 'Пароль',
  },
} as const;

const NAMES = ['Alpha', 'Beta', 'Gamma'] as const;
const rule = (name: string): RuleDraftInput => ({
  name,
  when: { match: 'all', of: [{ field: 'subject', test: 'contains', value: name }] },
  actions: [{ do: 'flag' }],
});

/** A file as a person picks it. */
async function pick(page: Page, button: string, name: string, text: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: button, exact: true }).click();
  await (await chooser).setFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
}

for (const language of languages) {
  test(`rules and files, ${language}`, { skip: withoutHost }, async (t) => {
    const words = WORDS[language];
    const office = await openSendingOffice(t, ['anna', 'boris']);
    const anna = office.address('anna');
    const letter = (id: string, subject: string, fields = '') =>
      `From: Boris Lvov <${office.address('boris')}>\r\nTo: ${anna}\r\nSubject: ${subject}\r\nMessage-ID: <${id}@x.example>\r\n${fields}Date: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nTwo trucks at eight.\r\n`;
    await office.deliver('anna', letter('first', 'The first letter'));
    const window = await openWindow(t, {
      language,
      seed: async (ask) => {
        await office.connect(ask, 'anna');
        for (const name of NAMES) await ask('rules.save', { rule: rule(name) });
        const content = { subject: 'Away: {{subject}}', text: 'Dear {{recipient}},\n{{name}} is away.' };
        const paper = { background: '', font: '' } as const;
        await ask('templates.save', {
          name: words.template,
          kind: 'template',
          content: { ...content, to: [], cc: [], bcc: [], html: null, paper },
        });
      },
    });
    const here = () => window;
    const list = (page: Page) => page.getByRole('list', { name: words.rules });
    const order = async (page: Page): Promise<string[]> =>
      (await list(page).locator('[data-rule] b').allTextContents()).map(
        (each) => /^\s*(\w+)/.exec(each)?.[1] ?? each,
      );
    const one = (page: Page, name: string) =>
      list(page).getByRole('button', { name: new RegExp(`^${name}\\b`) });
    const inOrder = (page: Page, expected: readonly string[]) =>
      eventually(async () => assert.deepEqual(await order(page), expected));
    const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

    await scene(t, 'another order, by keys and by pointer', here, async (page) => {
      if (window.host === 'electron') {
        const field = page.getByPlaceholder(words.password);
        await field.fill(passwordOf('anna'));
        await page.keyboard.press('Enter');
        await field.waitFor({ state: 'detached' });
      }
      await movesIn(page, language)
        .row(/The first letter/)
        .waitFor();
      await page.keyboard.press('Control+Shift+KeyP');
      const field = page.getByRole('dialog').getByRole('combobox');
      await field.fill(words.rules);
      await page.keyboard.press('Enter');
      await inOrder(page, NAMES);
      await one(page, 'Gamma').focus();
      await page.keyboard.press('Alt+ArrowUp');
      await inOrder(page, ['Alpha', 'Gamma', 'Beta']);
      await eventually(async () =>
        assert.ok(await one(page, 'Gamma').evaluate((row) => row === row.ownerDocument.activeElement)),
      );
      await page.keyboard.press('Alt+ArrowUp');
      await inOrder(page, ['Gamma', 'Alpha', 'Beta']);
      const row = (name: string) => list(page).getByRole('listitem').filter({ hasText: name });
      const dragged = ['Alpha', 'Beta', 'Gamma'];
      await eventually(async () => {
        // A drag that the busy browser has dropped on its way is done again, as a person does.
        if ((await order(page))[0] === 'Gamma') await row('Gamma').dragTo(row('Beta'));
        assert.deepEqual(await order(page), dragged);
      });
    });

    let exported = '';
    await scene(t, 'out as a file, in as a file; what is none is said', here, async (page, { host }) => {
      // In Electron the system's dialog asks where the file goes.
      if (host !== 'browser') return;
      const download = page.waitForEvent('download');
      await button(page, words.export).click();
      exported = await readFile(await (await download).path(), 'utf8');
      const file = JSON.parse(exported) as { format: string; rules: { name: string }[] };
      assert.equal(file.format, 'postroom-rules');
      assert.deepEqual(
        file.rules.map((each) => each.name),
        NAMES,
      );
      const notices = page.getByRole('region', { name: movesIn(page, language).words.notices });
      for (const [name, text] of [
        ['cut.json', exported.slice(0, 100)],
        ['elsewhere.json', '{"version": 9, "filters": [{"name": "x"}]}'],
        ['sieve.json', 'require ["fileinto"];\r\nif true { fileinto "x"; }\r\n'],
      ] as const) {
        await pick(page, words.import, name, text);
        const said = notices.getByText(words.notRules).first();
        await said.waitFor();
        await inOrder(page, NAMES);
        await page.keyboard.press('Escape');
      }
      for (const name of NAMES) {
        await one(page, name).click();
        await button(page, words.remove).last().click();
        await eventually(async () => assert.ok(!(await order(page)).includes(name)));
      }
      await pick(page, words.import, 'rules.json', exported);
      await notices.getByText(words.imported).first().waitFor();
      await inOrder(page, NAMES);
    });

    await scene(t, 'a rule that answers by a template', here, async (page) => {
      await button(page, words.create).click();
      await page.getByRole('textbox', { name: words.name, exact: true }).fill('Answers');
      const value = page.getByRole('textbox', { name: words.value });
      await button(page, words.field).click();
      await pickOption(page, words.subject, true);
      await value.fill('a{1000}{1000}');
      await button(page, words.test).click();
      await pickOption(page, words.pattern, true);
      const preview = page.getByRole('region', { name: words.preview });
      await preview.getByText(words.tooLarge).waitFor();
      await value.fill('^please');
      await preview.getByText(words.tooLarge).waitFor({ state: 'detached' });
      await button(page, words.action).click();
      await button(page, words.actionKind).click();
      await pickOption(page, words.answer, true);
      await button(page, words.with).click();
      await pickOption(page, words.template, true);
      await assertAccessible(page, `the rule that answers, ${language}`);
      await button(page, words.save).click();
      await one(page, 'Answers').waitFor();
      await office.deliver('anna', letter('ask', 'Please call'));
      await office.deliver('anna', letter('ask-2', 'Please call again'));
      await office.deliver('anna', letter('list', 'Please read', 'List-Id: <all.x.example>\r\n'));
      const answers = await eventually(async () => {
        const found = await office.letters('boris');
        assert.equal(found.length, 1);
        return found;
      });
      const octets = answers[0] as Buffer;
      const sent = readMessage(octets);
      const fields = new Map(sent.headers.map(([name, text]) => [name.toLowerCase(), text]));
      assert.deepEqual(
        [sent.subject, sent.inReplyTo, fields.get('auto-submitted'), fields.get('x-loop')],
        ['Away: Please call', ['ask@x.example'], 'auto-replied', anna],
      );
      assert.match(readContent(octets, sent).text ?? '', /^Dear Boris Lvov,\nAnna Vetrova is away\./);
    });
  });
}
