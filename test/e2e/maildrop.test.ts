/** An account that collects by POP3, connected by hand: the protocol is chosen, letters come, its folders are its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OFFICE_DOMAIN, passwordOf } from '../kit/office.ts';
import { openPop3Office } from '../kit/pop3.ts';
import { assertAccessible } from './axe.ts';
import { eventually, hostMissing, languages, openWindow, scene } from './hosts.ts';
import { pickOption } from './moves.ts';

const WORDS = {
  en: {
    door: 'Connect my mail',
    address: 'Address',
    password: 'Password',
    byHand: 'Set by hand',
    incoming: /^Incoming mail/,
    maildrop: 'Incoming mail (POP3)',
    kind: /Kind of mailbox/,
    pop3: /^POP3/,
    security: /Security/,
    none: 'None',
    server: 'Server',
    port: 'Port',
    user: 'User name',
    reads: 'This account only reads',
    connect: 'Connect',
    tree: 'Folders',
    inbox: /^Inbox/,
  },
  ru: {
    door: 'Подключить почту',
    address: 'Адрес',
    password: 'Пароль',
    byHand: 'Настроить вручную',
    incoming: /^Входящая почта/,
    maildrop: 'Входящая почта (POP3)',
    kind: /Вид ящика/,
    pop3: /^POP3/,
    security: /Защита/,
    none: 'Нет',
    server: 'Сервер',
    port: 'Порт',
    user: 'Имя пользователя',
    reads: 'Эта учётная запись только для чтения',
    connect: 'Подключить',
    tree: 'Папки',
    inbox: /^Входящие/,
  },
} as const;

const letter = `From: Boris <boris@x.example>\r\nTo: kcope@${OFFICE_DOMAIN}\r\nSubject: Concrete for block 4\r\nMessage-ID: <1@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nTwo trucks at eight.\r\n`;

for (const language of languages) {
  test(`a maildrop, connected by hand, ${language}`, { skip: hostMissing }, async (t) => {
    const office = await openPop3Office(t);
    await office.deliver('kcope', letter);
    const words = WORDS[language];
    const window = await openWindow(t, { language });
    await scene(
      t,
      'from the door to the letter',
      () => window,
      async (page) => {
        await page.getByRole('button', { name: words.door, exact: true }).click();
        await page.getByRole('textbox', { name: words.address }).fill(`kcope@${OFFICE_DOMAIN}`);
        await page.getByLabel(words.password, { exact: true }).fill(passwordOf('kcope'));
        await page.getByRole('button', { name: words.byHand }).click();
        const group = page.getByRole('group', { name: words.incoming });
        await group.getByRole('button', { name: words.kind }).click();
        await pickOption(page, words.pop3);
        await page.getByRole('group', { name: words.maildrop }).waitFor();
        const port = group.getByRole('textbox', { name: words.port });
        await eventually(async () => assert.equal(await port.inputValue(), '995'));
        await group.getByRole('button', { name: words.security }).click();
        await pickOption(page, words.none, true);
        await eventually(async () => assert.equal(await port.inputValue(), '110'));
        await group.getByRole('textbox', { name: words.server, exact: true }).fill('127.0.0.1');
        await port.fill(String(office.port));
        await group.getByRole('textbox', { name: words.user }).fill('kcope');
        await page.getByText(words.reads, { exact: true }).click();
        await assertAccessible(page, `a maildrop's form, ${language}`);
        await page.getByRole('button', { name: words.connect, exact: true }).click();
        const tree = page.getByRole('tree', { name: words.tree });
        await tree.waitFor();
        await eventually(async () =>
          assert.ok((await tree.getByRole('treeitem', { name: words.inbox }).count()) > 0),
        );
        await page.getByText('Concrete for block 4').first().waitFor();
      },
    );
  });
}
