/**
 * What goes with sending, against an office of our own: undo that outlives kill -9, a file that was promised, receipts asked
 * and answered, what became of a letter, sending on, sending again, mail merge.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import { readReport } from '../../main/mail/dsn.ts';
import { readMessage } from '../../main/mail/message.ts';
import { buildReceipt } from '../../main/mail/receipt.ts';
import { passwordOf } from '../kit/office.ts';
import { openSendingOffice } from '../kit/sending-office.ts';
import { assertAccessible } from './axe.ts';
import { eventually, hostMissing, languages, openWindow, scene } from './hosts.ts';
import { hasFocus, movesIn, pickOption } from './moves.ts';

const WORDS = {
  en: {
    password: 'Password',
    held: /^Sends in \d+ s/,
    sendNow: 'Send now',
    attached: 'The plan is attached.',
    forgotten: 'The letter says “attached”, and there is no file.',
    without: 'Send without a file',
    stranger: /^A new outside address in this reply/,
    remove: 'Remove',
    more: 'More',
    askReceipt: 'Ask for a read receipt',
    askNotice: 'Ask for a delivery notice',
    became: 'What became of this letter',
    delivered: /^Delivered to boris@/,
    read: /^Read by boris@/,
    receipt: 'Read receipt',
    tell: 'Tell',
    told: /was told that you have opened this letter/,
    redirect: 'Redirect this letter',
    doRedirect: 'Redirect',
    redirects: /^Redirected in \d+ s/,
    sendMore: 'More ways to send',
    merge: 'Mail merge…',
    mergeTitle: 'Mail merge',
    choose: 'Choose a table (CSV)',
    problem: 'нет адреса is no address.',
    next: 'Next letter',
    row2: 'Row 2 of 3',
    mergeSend: 'Send 2 letters',
    mergeDone: 'Mail merge: all 2 letters sent',
    show: 'Show',
    writing: 'Writing',
    undoTime: /Time to call a letter back/,
    atOnce: 'None: it leaves at once',
  },
  ru: {
    password: 'Пароль',
    held: /^Уйдёт через \d+ с/,
    sendNow: 'Отправить сейчас',
    attached: 'План во вложении.',
    forgotten: 'В письме сказано «во вложении», а файла нет.',
    without: 'Отправить без файла',
    stranger: /^В ответе появился внешний адрес/,
    remove: 'Убрать',
    more: 'Ещё',
    askReceipt: 'Запросить уведомление о прочтении',
    askNotice: 'Запросить уведомление о доставке',
    became: 'Что стало с письмом',
    delivered: /^Доставлено: boris@/,
    read: /^Прочитано: boris@/,
    receipt: 'Уведомление о прочтении',
    tell: 'Сообщить',
    told: /отправлено уведомление о том, что письмо открыто/,
    redirect: 'Перенаправить письмо',
    doRedirect: 'Перенаправить',
    redirects: /^Уйдёт через \d+ с/,
    sendMore: 'Другие способы отправки',
    merge: 'Рассылка по таблице…',
    mergeTitle: 'Рассылка по таблице',
    choose: 'Выбрать таблицу (CSV)',
    problem: 'нет адреса: это не адрес.',
    next: 'Следующее письмо',
    row2: 'Строка 2 из 3',
    mergeSend: 'Отправить 2 письма',
    mergeDone: 'Рассылка: отправлены все 2 письма',
    show: 'Показать',
    writing: 'Новые письма',
    undoTime: /Время, чтобы вернуть письмо/,
    atOnce: 'Нет: уходит сразу',
  },
} as const;

const asking = (from: string, to: string) =>
  [
    `Return-Path: <${from}>`,
    `From: Victor <${from}>`,
    `To: ${to}`,
    'Subject: The minutes, please read',
    'Message-ID: <minutes@x.example>',
    'Date: Fri, 20 Nov 2026 10:00:00 +0300',
    `Disposition-Notification-To: <${from}>`,
    '',
    'Please look at point 4.',
    '',
  ].join('\r\n');

for (const language of languages) {
  test(`what goes with sending, ${language}`, { skip: hostMissing }, async (t) => {
    const office = await openSendingOffice(t, ['anna', 'boris', 'victor']);
    const [anna, boris, victor] = ['anna', 'boris', 'victor'].map(office.address) as [string, string, string];
    await office.deliver('anna', asking(victor, anna));
    const said = WORDS[language];
    const window = await openWindow(t, {
      language,
      seed: async (ask) => {
        await office.connect(ask, 'anna');
        await ask('settings.set', { undoSendSeconds: 60 });
      },
    });
    const here = () => window;
    const m = () => movesIn(window.page, language);
    const notices = () => window.page.getByRole('region', { name: m().words.notices });
    const button = (name: string) => ({ name, exact: true });
    const write = async (to: string, subject: string, text: string) => {
      const { composer, words } = m();
      await window.page.keyboard.press('Control+KeyN');
      const form = composer();
      await hasFocus(form);
      if (to) await form.getByRole('combobox', { name: words.to, exact: true }).pressSequentially(`${to},`);
      await form.getByRole('textbox', { name: words.subject }).fill(subject);
      await form.getByRole('textbox', { name: words.text }).fill(text);
      return form;
    };
    const readBy = async (local: string, subject: RegExp) => {
      const letters = (await office.letters(local)).filter((each) => subject.test(readMessage(each).subject));
      assert.equal(letters.length, 1, `${letters.length} letters ${subject}`);
      return letters[0] as Buffer;
    };

    await scene(
      t,
      'a promised file is asked about; undo outlives the program, nothing goes twice',
      here,
      async () => {
        if (window.host === 'electron') {
          // What the seed has put into a key file the desktop's own store of secrets does not know.
          await window.page.getByPlaceholder(said.password).fill(passwordOf('anna'));
          await window.page.keyboard.press('Enter');
        }
        await m()
          .row(/The minutes/)
          .waitFor();
        const form = await write(boris, 'The plan', said.attached);
        await window.page.keyboard.press('Control+Enter');
        await form.getByText(said.forgotten).waitFor();
        await form.getByRole('button', button(said.without)).click();
        await window.page.keyboard.press('Control+Enter');
        await form.waitFor({ state: 'detached' });
        await notices().getByText(said.held).first().waitFor();
        await window.restart('kill');
        await notices().getByText(said.held).first().waitFor();
        assert.equal((await office.letters('boris')).length, 0);
        await notices().getByRole('button', button(m().words.undo)).click();
        const again = m().composer();
        await again.getByRole('textbox', { name: m().words.text }).getByText(said.attached).waitFor();
        assert.equal(await again.getByRole('textbox', { name: m().words.subject }).inputValue(), 'The plan');
        const more = again.getByRole('button', button(said.more));
        await m().choose(more, said.askReceipt);
        await m().choose(more, said.askNotice);
        await again.getByRole('textbox', { name: m().words.text }).focus();
        await window.page.keyboard.press('Control+Enter');
        await again.waitFor({ state: 'detached' });
        await notices().getByRole('button', button(said.sendNow)).click();
        await eventually(() => readBy('boris', /^The plan$/));
      },
    );

    await scene(t, 'what became of it stands on the sent letter', here, async (page) => {
      const { words, openFolder, openLetter } = m();
      const plan = readMessage(await readBy('boris', /^The plan$/));
      assert.equal(plan.dispositionNotificationTo[0]?.address.toLowerCase(), anna.toLowerCase());
      await openFolder(words.sent);
      await openLetter(/The plan/);
      const became = page.getByRole('region', { name: said.became });
      await became.getByText(said.delivered).waitFor({ timeout: 30_000 });
      const receipt = buildReceipt({
        from: { name: '', address: boris },
        to: { name: '', address: anna },
        messageId: 'r1@x.example',
        date: Date.now(),
        subject: 'Read',
        text: 'Read.',
        originalMessageId: plan.messageId,
        originalRecipient: '',
        userAgent: 'Another program',
        byHand: true,
        boundary: 'b',
      });
      await office.deliver('anna', Buffer.from(receipt).toString());
      await became.getByText(said.read).waitFor({ timeout: 30_000 });
      await assertAccessible(page, `a tracked letter, ${language}`);
    });

    await scene(t, 'a receipt is asked of the person and answered once', here, async (page) => {
      const { words, openFolder, openLetter, subject } = m();
      await openFolder(words.inbox);
      await openLetter(/The minutes/);
      await subject(/The minutes/).waitFor();
      const banner = page.getByRole('region', { name: said.receipt });
      await banner.getByRole('button', button(said.tell)).click();
      await banner.getByText(said.told).waitFor();
      const answer = await eventually(async () => {
        const [letter] = await office.letters('victor');
        assert.ok(letter);
        return letter;
      });
      const report = readReport(answer, readMessage(answer));
      assert.deepEqual([report?.kind, report?.originalMessageId], ['receipt', 'minutes@x.example']);
    });

    await scene(t, 'an answer that gains an outside address asks first', here, async (page) => {
      const { words, openLetter, subject, composer, closeComposer } = m();
      await openLetter(/The minutes/);
      await subject(/The minutes/).waitFor();
      await page.keyboard.press('KeyR');
      const form = composer();
      await hasFocus(form);
      await form
        .getByRole('combobox', { name: words.to, exact: true })
        .pressSequentially('press@newspaper.example,');
      await form.getByRole('textbox', { name: words.text }).focus();
      await page.keyboard.press('Control+Enter');
      await form.getByText(said.stranger).waitFor();
      assert.equal(await notices().getByText(said.held).count(), 0, 'it has not been sent');
      await form.getByRole('button', button(said.remove)).click();
      await form.getByText(said.stranger).waitFor({ state: 'detached' });
      assert.equal(await form.getByText('press@newspaper.example').count(), 0);
      await closeComposer(form);
    });

    await scene(t, 'sent on by keys: every octet of the letter, new recipients', here, async (page) => {
      const { words, openLetter, subject } = m();
      await openLetter(/The minutes/);
      await subject(/The minutes/).waitFor();
      await page.keyboard.press('Control+Shift+KeyE');
      const dialog = page.getByRole('dialog', { name: said.redirect });
      await hasFocus(dialog.getByRole('combobox'));
      await page.keyboard.type(`${boris},`);
      // The button has just come alive; its colours are on their way.
      await eventually(() => assertAccessible(page, `redirecting, ${language}`));
      await dialog.getByRole('button', button(said.doRedirect)).click();
      await dialog.waitFor({ state: 'detached' });
      await notices().getByText(said.redirects).first().waitFor();
      await notices().getByRole('button', button(said.sendNow)).click();
      const came = await eventually(() => readBy('boris', /The minutes/));
      const message = readMessage(came);
      assert.equal(message.messageId, 'minutes@x.example');
      assert.ok(message.headers.some(([name, value]) => name === 'Resent-From' && value.includes(anna)));
      assert.ok(came.toString().endsWith(asking(victor, anna).split('\r\n\r\n')[1] as string));
      assert.ok(words);
    });

    await scene(t, 'sent again: a new letter with everything in it', here, async (page) => {
      const { words, openFolder, openLetter, composer, subject } = m();
      await openFolder(words.sent);
      await openLetter(/^(?!.*minutes).*The plan/);
      await subject(/The plan/).waitFor();
      await page.keyboard.press('Control+KeyE');
      const form = composer();
      await form.getByRole('textbox', { name: words.text }).getByText(said.attached).waitFor();
      assert.equal(await form.getByRole('textbox', { name: words.subject }).inputValue(), 'The plan');
      await hasFocus(form);
      await page.keyboard.press('Escape');
      await form.waitFor({ state: 'detached' });
    });

    await scene(
      t,
      'mail merge: a table in windows-1251, a look at the letters, each goes once',
      here,
      async (page) => {
        const { words } = m();
        await page.getByRole('button', button(words.settings)).click();
        await page.getByRole('navigation', { name: words.settings }).getByText(said.writing).first().click();
        await page.getByRole('button', { name: said.undoTime }).click();
        await pickOption(page, said.atOnce);
        await page.keyboard.press('Control+Digit1');
        await m().row(/\S/).first().waitFor();
        const form = await write('', 'План для {{имя}}', '{{Имя}}, добрый день!');
        const menu = form.getByRole('button', button(said.sendMore));
        await m().choose(menu, said.merge);
        const dialog = page.getByRole('dialog', { name: said.mergeTitle });
        const chooser = page.waitForEvent('filechooser');
        await dialog.getByRole('button', button(said.choose)).click();
        const table = `Имя;Почта\r\nБорис;${boris}\r\nНикто;нет адреса\r\nВиктор;${victor}\r\n`;
        const buffer = iconv.encode(table, 'windows-1251');
        await (await chooser).setFiles([{ name: 'people.csv', mimeType: 'text/csv', buffer }]);
        await dialog.getByText('План для Борис', { exact: true }).waitFor();
        await dialog.getByText(said.problem).waitFor();
        await dialog.getByRole('button', button(said.next)).click();
        await dialog.getByText(said.row2).waitFor();
        await assertAccessible(page, `mail merge, ${language}`);
        await dialog.getByRole('button', button(said.mergeSend)).click();
        await dialog.waitFor({ state: 'detached', timeout: 30_000 });
        await notices().getByRole('button', button(said.show)).click();
        const card = page.getByRole('list', { name: words.outbox }).getByRole('listitem');
        await card.getByText(said.mergeDone).waitFor();
        for (const [local, name] of [
          ['boris', 'Борис'],
          ['victor', 'Виктор'],
        ] as const) {
          const came = readMessage(await eventually(() => readBy(local, /План для/)));
          assert.equal(came.subject, `План для ${name}`);
        }
        await assertAccessible(page, `a mail merge in the outbox, ${language}`);
      },
    );
  });
}
