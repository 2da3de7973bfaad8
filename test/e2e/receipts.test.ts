/**
 * Read receipts between two people of an office, each in a window of their own: policy always, never and ask, seen on the
 * sender’s letter; and what is never answered by itself. One speaks English, the other Russian, and then they change places.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { readReport } from '../../main/mail/dsn.ts';
import { readMessage } from '../../main/mail/message.ts';
import { passwordOf } from '../kit/office.ts';
import { openSendingOffice } from '../kit/sending-office.ts';
import { eventually, openWindow, scene, type TestWindow, withoutHost } from './hosts.ts';
import { movesIn, pickOption } from './moves.ts';

const WORDS = {
  en: {
    more: 'More',
    askReceipt: 'Ask for a read receipt',
    became: 'What became of this letter',
    read: /^Read by boris@/,
    receipt: 'Read receipt',
    tell: 'Tell',
    told: /was told that you have opened this letter/,
    reading: 'Reading',
    inside: /Read receipts asked from inside the office/,
    outside: /Read receipts asked from outside/,
    policy: { always: 'Always', never: 'Never', ask: 'Ask me' },
  },
  ru: {
    more: 'Ещё',
    askReceipt: 'Запросить уведомление о прочтении',
    became: 'Что стало с письмом',
    read: /^Прочитано: boris@/,
    receipt: 'Уведомление о прочтении',
    tell: 'Сообщить',
    told: /отправлено уведомление о том, что письмо открыто/,
    reading: 'Чтение',
    inside: /Запросы о прочтении из офиса/,
    outside: /Запросы о прочтении извне/,
    policy: { always: 'Всегда', never: 'Никогда', ask: 'Спрашивать' },
  },
} as const;

interface Raw {
  id: string;
  subject: string;
  to: string;
  wish: string;
  path?: string;
  from?: string;
  fields?: string[];
  body?: string;
}

/** A letter with a wish for a receipt, octet by octet. */
const raw = ({ id, subject, to, wish, path = wish, from = wish, fields = [], body = 'Text.' }: Raw): string =>
  [
    `Return-Path: <${path}>`,
    `From: Sender <${from}>`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: <${id}@x.example>`,
    'Date: Fri, 20 Nov 2026 10:00:00 +0300',
    `Disposition-Notification-To: <${wish}>`,
    ...fields,
    '',
    body,
    '',
  ].join('\r\n');

const report = ['--b', 'Content-Type: text/plain', '', 'Not delivered.', '--b--'].join('\r\n');

test('read receipts of two people who speak different languages', { skip: withoutHost }, async (t) => {
  const office = await openSendingOffice(t, ['anna', 'boris', 'victor']);
  const [anna, boris, victor] = ['anna', 'boris', 'victor'].map(office.address) as [string, string, string];
  const open = (language: 'en' | 'ru', local: string) =>
    openWindow(t, {
      language,
      seed: async (ask) => {
        await office.connect(ask, local);
        await ask('settings.set', { undoSendSeconds: 0, markReadAfter: 0, conversations: false });
      },
    });
  const sender = await open('en', 'anna');
  const reader = await open('ru', 'boris');
  const speak = (spoken: 'en' | 'ru', heard: 'en' | 'ru') => {
    const [asked, said] = [WORDS[spoken], WORDS[heard]];
    return {
      asked,
      said,
      there: movesIn(sender.page, spoken),
      here: movesIn(reader.page, heard),
      banner: reader.page.getByRole('region', { name: said.receipt }),
      became: sender.page.getByRole('region', { name: asked.became }),
    };
  };
  let now = speak('en', 'ru');
  /** From here on the one who asks reads Russian and the one who answers English. */
  const changePlaces = async () => {
    await now.there.palette('Language: Russian');
    await now.here.palette('Язык: английский');
    now = speak('ru', 'en');
    await now.there.tree.waitFor();
    await now.here.tree.waitFor();
  };
  const signIn = async ({ page, host }: TestWindow, words: string, local: string) => {
    if (host !== 'electron') return;
    // What the seed has put into a key file the desktop's own store of secrets does not know.
    await page.getByPlaceholder(words).fill(passwordOf(local));
    await page.keyboard.press('Enter');
  };
  await signIn(sender, 'Password', 'anna');
  await signIn(reader, 'Пароль', 'boris');

  /** Anna writes to Boris and wants to know. */
  const send = async (page: Page, subject: string) => {
    const { there, asked } = now;
    const { words } = there;
    await page.keyboard.press('Control+KeyN');
    const form = there.composer();
    await form.getByRole('combobox', { name: words.to, exact: true }).pressSequentially(`${boris},`);
    await form.getByRole('textbox', { name: words.subject }).fill(subject);
    await form.getByRole('textbox', { name: words.text }).fill('Please read.');
    await form.getByRole('button', { name: asked.more, exact: true }).click();
    const wish = page.getByRole('menuitemcheckbox', { name: asked.askReceipt });
    await wish.click();
    await wish.waitFor({ state: 'detached' });
    await form.getByRole('textbox', { name: words.text }).focus();
    await page.keyboard.press('Control+Enter');
    await form.waitFor({ state: 'detached' });
  };
  const policy = async (page: Page, where: RegExp, choice: keyof (typeof WORDS)['en']['policy']) => {
    const { here, said } = now;
    await page.getByRole('button', { name: here.words.settings, exact: true }).click();
    await page
      .getByRole('navigation', { name: here.words.settings })
      .getByRole('button', { name: said.reading, exact: true })
      .click();
    const select = page.getByRole('button', { name: where });
    await select.click();
    await pickOption(page, said.policy[choice], true);
    await select.filter({ hasText: said.policy[choice] }).waitFor();
    await page.keyboard.press('Control+Digit1');
    await here.tree.waitFor();
  };
  const seen = async (subject: string) => {
    const { there, became, asked } = now;
    await there.openLetter(subject);
    await became.getByText(asked.read).waitFor();
  };

  await scene(
    t,
    'always: told by itself, and seen on the letter that was sent',
    () => reader,
    async (page) => {
      const { here, there, said, banner } = now;
      await policy(page, said.inside, 'always');
      await send(sender.page, 'First');
      await here.openLetter('First');
      await banner.getByText(said.told).waitFor();
      await there.openFolder(there.words.sent);
      await seen('First');
    },
  );

  await scene(
    t,
    'never: nothing is asked and nothing goes; ask: the person says it',
    () => reader,
    async (page) => {
      await changePlaces();
      const { here, there, asked, said, banner, became } = now;
      await policy(page, said.inside, 'never');
      await send(sender.page, 'Second');
      await here.openLetter('Second');
      await here.subject('Second').waitFor();
      await policy(page, said.inside, 'ask');
      await send(sender.page, 'Third');
      await here.openLetter('Third');
      await banner.getByRole('button', { name: said.tell, exact: true }).click();
      await banner.getByText(said.told).waitFor();
      await seen('Third');
      // The third was answered after the second was read: what had been on its way would be here.
      await there.openLetter('Second');
      await there.subject('Second').waitFor();
      assert.equal(await became.getByText(asked.read).count(), 0);
      const receipts = (await office.letters('anna')).filter((each) => readReport(each, readMessage(each)));
      assert.equal(
        receipts.filter((each) => readReport(each, readMessage(each))?.kind === 'receipt').length,
        2,
      );
    },
  );

  await scene(
    t,
    'a list, a bounce and another Return-Path are not answered by itself, whatever the settings say',
    () => reader,
    async (page) => {
      const { here, said, banner } = now;
      await policy(page, said.inside, 'always');
      await policy(page, said.outside, 'always');
      const to = boris;
      const wish = victor;
      await office.deliver(
        'boris',
        raw({ id: 'list', subject: 'A list', to, wish, fields: ['List-Id: <all.x.example>'] }),
      );
      await office.deliver('boris', raw({ id: 'bounce', subject: 'A bounce', to, wish, path: '' }));
      await office.deliver(
        'boris',
        raw({
          id: 'report',
          subject: 'A report',
          to,
          wish,
          fields: ['Content-Type: multipart/report; report-type=delivery-status; boundary=b'],
          body: report,
        }),
      );
      await office.deliver(
        'boris',
        raw({ id: 'other', subject: 'Elsewhere', to, wish, path: 'spy@x.example' }),
      );
      await office.deliver('boris', raw({ id: 'plain', subject: 'An honest one', to, wish }));
      for (const subject of ['A list', 'A bounce', 'A report']) {
        await here.openLetter(subject);
        await here.subject(subject).waitFor();
      }
      await here.openLetter('Elsewhere');
      // Asked, because the answer would go elsewhere than the letter came from.
      await banner.getByRole('button', { name: said.tell, exact: true }).waitFor();
      await here.openLetter('An honest one');
      await banner.getByText(said.told).waitFor();
      const answers = await eventually(async () => {
        const letters = await office.letters('victor');
        assert.ok(letters.length > 0);
        return letters;
      });
      assert.deepEqual(
        answers.map((each) => readReport(each, readMessage(each))?.originalMessageId),
        ['plain@x.example'],
      );
      assert.ok(anna);
    },
  );
});
