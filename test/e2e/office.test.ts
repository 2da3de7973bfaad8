/**
 * A day with real servers: connect by hand, mail comes, is read, answered, sorted; the server goes away and comes
 * back; letters that do not go. Dovecot and an SMTP server on loopback, both with a certificate of their own.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { certificates } from '../kit/certificates.ts';
import { dovecotMissing } from '../kit/dovecot.ts';
import { type MailOffice, openMailOffice } from '../kit/mail-office.ts';
import { connect, fillAccount } from './connect.ts';
import { eventually, hostMissing, openWindow, scene } from './hosts.ts';
import { onRussianLayout } from './keys.ts';
import { hasFocus, movesIn } from './moves.ts';

const FILE = {
  name: 'estimate.bin',
  mimeType: 'application/octet-stream',
  buffer: Buffer.from([...Array(4096).keys()].map((n) => n % 256)),
};
const lines = (letter: string | Buffer) => letter.toString('latin1').replaceAll('\r\n', '\n').trimEnd();

test('a day in the office', { skip: hostMissing || dovecotMissing() }, async (t) => {
  const office: MailOffice = await openMailOffice();
  t.after(() => office.close());
  for (let n = 1; n <= 12; n++) {
    await office.deliver({ subject: `Everyday ${n}`, date: new Date(Date.now() - (20 - n) * 3_600_000) });
  }
  await office.deliver({
    subject: 'The estimate, please',
    text: 'Anna, send me the estimate today.',
    messageId: 'estimate@office.example',
    date: new Date(Date.now() - 60_000),
  });
  // A letter that is called back or called on must not have left by itself before, however busy the machine is.
  const window = await openWindow(t, {
    seed: async (ask) => void (await ask('settings.set', { undoSendSeconds: 60 })),
  });
  const here = () => window;
  const m = () => movesIn(window.page);
  const total = async () => Number(await m().grid.getAttribute('aria-rowcount'));

  await scene(t, 'an unknown certificate is shown, a wrong password has its sentence', here, async (page) => {
    await fillAccount(page, office, 'not the password');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    const card = page.getByRole('region', { name: 'Certificate' });
    await card.first().waitFor();
    const { fingerprint256 } = new X509Certificate(certificates.localhost.cert);
    const shown = ((await card.first().textContent()) ?? '').replace(/[^0-9A-F]/g, '');
    assert.ok(shown.includes(fingerprint256.replaceAll(':', '')), 'the whole fingerprint can be compared');
    assert.deepEqual(office.smtp.signIns, [], 'no password has left');
    await card
      .first()
      .getByRole('button', { name: `Trust this one for ${office.host}` })
      .click();
    await eventually(async () => assert.equal(await card.count(), 1));
    await card.getByRole('button', { name: `Trust this one for ${office.host}` }).click();
    await page.getByText(`${office.host} does not accept the password.`).first().waitFor();
    await page.getByLabel('Password', { exact: true }).fill(office.password);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await m().row('The estimate, please').waitFor();
    assert.equal(await card.count(), 0);
  });

  await scene(t, 'folders of the server stand in the tree, letters can be read', here, async () => {
    const { folder, openLetter, letter, words } = m();
    for (const name of [words.drafts, words.sent, words.archiveFolder, words.junkFolder, words.trash])
      await folder(name).waitFor();
    await eventually(async () => assert.equal(await total(), 13));
    await openLetter('The estimate, please');
    await letter.getByText('Anna, send me the estimate today.').waitFor();
  });

  await scene(
    t,
    'a new letter is on the screen without being asked for, and moves nothing',
    here,
    async (page) => {
      const { grid, row } = m();
      await grid.getByRole('row').nth(4).click();
      await page.keyboard.press('End');
      const last = row('Everyday 1.');
      await last.waitFor();
      const place = async (of: Locator) => (await of.boundingBox())?.y;
      const scrolled = () =>
        page.evaluate<number>(
          `Math.max(...[...document.querySelectorAll('main *')].map((element) => element.scrollTop))`,
        );
      await eventually(async () => assert.ok((await scrolled()) > 10, 'the list is not at its top'));
      const before = await place(last);
      await office.deliver({ subject: 'Just in' });
      // The server's word brings it: the next look by the clock is minutes away.
      await eventually(async () => assert.equal(await total(), 14));
      assert.equal(await place(last), before, 'no row moved');
      await page.keyboard.press('Home');
      await row('Just in').waitFor();
    },
  );

  await scene(
    t,
    'a reply with a file, called back and sent, arrives as it stands in Sent',
    here,
    async (page) => {
      const { openLetter, composer, words, row, openFolder, subject } = m();
      await openLetter('The estimate, please');
      await subject('The estimate, please').waitFor();
      await page.keyboard.press('KeyR');
      const reply = composer(/Reply/);
      const text = reply.getByRole('textbox', { name: words.text });
      await hasFocus(text);
      await page.keyboard.type('Here it is, Pavel. Смета во вложении.');
      const chooser = page.waitForEvent('filechooser');
      await reply.getByRole('button', { name: 'Attach', exact: true }).click();
      await (await chooser).setFiles(FILE);
      await reply.getByRole('button', { name: `Remove ${FILE.name}` }).waitFor();
      await reply.getByRole('button', { name: words.send, exact: true }).click();
      await reply.waitFor({ state: 'detached' });
      const notices = page.getByRole('region', { name: words.notices });
      await notices
        .getByText(/^Sends in \d+ s/)
        .first()
        .waitFor();
      await notices.getByRole('button', { name: 'Undo', exact: true }).click();
      await text.getByText('Here it is, Pavel. Смета во вложении.').waitFor();
      await reply.getByRole('button', { name: `Remove ${FILE.name}` }).waitFor();
      assert.equal(office.smtp.received.length, 0, 'it was called back in time');
      await text.focus();
      await page.keyboard.press('Control+Enter');
      await reply.waitFor({ state: 'detached' });
      await notices.getByRole('button', { name: 'Send now' }).click();
      const sent = await eventually(() => {
        const [letter] = office.smtp.received;
        assert.ok(letter);
        return letter;
      });
      assert.deepEqual(sent.to, ['p.orlov@office.example']);
      assert.ok(sent.secure && sent.user === office.user);
      const wire = lines(sent.bytes);
      assert.match(wire, /^In-Reply-To: <estimate@office\.example>$/m);
      assert.ok(wire.replace(/\n/g, '').includes(FILE.buffer.toString('base64')), 'the file is whole');
      const copies = await eventually(async () => {
        const kept = await office.letters('Sent');
        assert.equal(kept.length, 1);
        return kept;
      });
      const copy = Buffer.from(copies[0] ?? '', 'utf8');
      assert.equal(lines(copy), wire, 'the copy in Sent is the letter that went');
      await row(/^Replied.*The estimate, please/).waitFor();
      await openFolder(words.sent);
      await row(/Re: The estimate, please/).waitFor();
      await openFolder(words.inbox);
    },
  );

  await scene(t, 'archive and undo, flags and deletes reach the server', here, async (page) => {
    const { row, openFolder, focusedRow, words } = m();
    await openFolder(words.inbox);
    await row('Everyday 12').click();
    await eventually(async () => assert.match(await focusedRow(), /Everyday 12/));
    const before = await office.count('INBOX');
    await page.keyboard.press('KeyE');
    await eventually(async () => {
      assert.equal(await office.count('Archive'), 1);
      assert.equal(await office.count('INBOX'), before - 1);
    });
    await page.keyboard.press('Control+KeyZ');
    await row('Everyday 12').waitFor();
    await eventually(async () => {
      assert.equal(await office.count('Archive'), 0);
      assert.equal(await office.count('INBOX'), before);
    });
    await row('Everyday 11').click();
    await eventually(async () => assert.match(await focusedRow(), /Everyday 11/));
    await page.keyboard.press('KeyS');
    const flagged = () => office.imap.doveadm(['search', '-u', office.user, 'mailbox', 'INBOX', 'flagged']);
    await eventually(async () => assert.match((await flagged()).trim(), /^\S+ \d+$/));
    await page.keyboard.press('Delete');
    await eventually(async () => {
      assert.equal(await office.count('Trash'), 1);
      assert.equal((await flagged()).trim(), '', 'the flagged one went to Trash');
    });
  });

  await scene(t, 'what another program does is seen here', here, async () => {
    const { row } = m();
    await row(/^Unread.*Everyday 10\./).waitFor();
    await office.imap.doveadm([
      'flags',
      'add',
      '-u',
      office.user,
      '\\Seen \\Flagged',
      'mailbox',
      'INBOX',
      'subject',
      'Everyday 10',
    ]);
    await row(/^(?!Unread).*Everyday 10\..*flagged/).waitFor();
    await office.imap.doveadm(['expunge', '-u', office.user, 'mailbox', 'INBOX', 'subject', 'Everyday 9']);
    await eventually(async () => assert.equal(await row('Everyday 9.').count(), 0));
  });

  await scene(
    t,
    'offline: read, act and write; everything arrives when the server is back',
    here,
    async (page) => {
      const { row, openLetter, letter, words, focusedRow } = m();
      await office.imap.stopServer();
      const archived = 0;
      await openLetter('Everyday 8.');
      await letter.getByText('Everyday 8').waitFor();
      await eventually(async () => assert.match(await focusedRow(), /Everyday 8\./));
      await page.keyboard.press('KeyE');
      await eventually(async () => assert.equal(await row('Everyday 8.').count(), 0));
      await row('Everyday 7.').click();
      await eventually(async () => assert.match(await focusedRow(), /Everyday 7\./));
      await page.keyboard.press('KeyS');
      await row(/Everyday 7\..*flagged/).waitFor();
      const status = page.getByRole('contentinfo');
      await status
        .getByText(/No network since|cannot be reached/)
        .first()
        .waitFor();
      await office.imap.startServer();
      await page.keyboard.press('F5');
      await eventually(async () => assert.equal(await office.count('Archive'), archived + 1));
      const flagged = await eventually(async () => {
        const found = await office.imap.doveadm([
          'search',
          '-u',
          office.user,
          'mailbox',
          'INBOX',
          'flagged',
          'subject',
          'Everyday 7',
        ]);
        assert.notEqual(found.trim(), '');
        return found;
      });
      assert.ok(flagged);
      await eventually(async () =>
        assert.equal(await status.getByText(/No network since|cannot be reached/).count(), 0),
      );
      assert.ok(words);
    },
  );

  await scene(
    t,
    'a refused recipient: the server’s words, and the letter can be corrected',
    here,
    async (page) => {
      const { composer, words, folder } = m();
      office.smtp.behaviour = {
        recipient: (address) =>
          address.startsWith('nobody@') ? { code: 550, text: 'No such person in this house' } : undefined,
      };
      const form = composer(/New message/);
      await page.keyboard.press('Control+KeyN');
      await form.getByRole('combobox', { name: words.to, exact: true }).fill('nobody@office.example,');
      await form.getByRole('textbox', { name: words.subject }).fill('To nobody');
      await form.getByRole('textbox', { name: words.text }).fill('Is anybody there?');
      await page.keyboard.press('Control+Enter');
      await form.waitFor({ state: 'detached' });
      const notices = page.getByRole('region', { name: words.notices });
      await notices.getByRole('button', { name: 'Send now' }).click();
      await folder(words.outbox).click();
      const card = page
        .getByRole('list', { name: words.outbox })
        .getByRole('listitem')
        .filter({ hasText: 'To nobody' });
      await card.getByText('No such person in this house').first().waitFor();
      await card.getByText(/Not sent: nobody@office\.example/).waitFor();
      const received = office.smtp.received.length;
      await card.getByRole('button', { name: 'Correct the address' }).click();
      const again = composer();
      await again.getByRole('button', { name: /^Remove nobody@office\.example/ }).click();
      await again.getByRole('combobox', { name: words.to, exact: true }).fill('somebody@office.example,');
      await again.getByRole('textbox', { name: words.text }).focus();
      await page.keyboard.press('Control+Enter');
      await again.waitFor({ state: 'detached' });
      await notices.getByRole('button', { name: 'Send now' }).click();
      await eventually(() => assert.equal(office.smtp.received.length, received + 1));
      assert.deepEqual(office.smtp.received.at(-1)?.to, ['somebody@office.example']);
      await eventually(async () => assert.equal(await card.count(), 0));
    },
  );

  await scene(t, 'a line cut at the final dot: it says so and never sends by itself', here, async (page) => {
    const { composer, words, folder } = m();
    office.smtp.behaviour = { cut: 'at-dot' };
    const received = office.smtp.received.length;
    const form = composer(/New message/);
    await page.keyboard.press('Control+KeyN');
    await form.getByRole('combobox', { name: words.to, exact: true }).fill('boris@office.example,');
    await form.getByRole('textbox', { name: words.subject }).fill('Cut at the dot');
    await form.getByRole('textbox', { name: words.text }).fill('Did it go?');
    await page.keyboard.press('Control+Enter');
    await form.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: words.notices }).getByRole('button', { name: 'Send now' }).click();
    await folder(words.outbox).click();
    const card = page
      .getByRole('list', { name: words.outbox })
      .getByRole('listitem')
      .filter({ hasText: 'Cut at the dot' });
    await card.getByText('The connection broke at the last moment.').waitFor();
    office.smtp.behaviour = {};
    assert.equal(office.smtp.received.length, received);
    await card.getByRole('button', { name: 'It arrived' }).click();
    await card.waitFor({ state: 'detached' });
    assert.equal(office.smtp.received.length, received, 'it was not sent again');
  });

  await scene(t, 'from the start to a sent letter by keys alone, on a Russian layout', here, async () => {
    const page = await window.restart();
    const { composer, words, row } = m();
    await row(/./).first().waitFor();
    const received = office.smtp.received.length;
    const press = await onRussianLayout(page);
    await press('KeyN');
    const form = composer(/New message/);
    await form.waitFor();
    const active = () =>
      page.evaluate<string>(
        `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.tagName ?? '').trim()`,
      );
    await eventually(async () => assert.equal(await active(), words.to));
    await page.keyboard.type('boris@office.example,');
    const seen: string[] = [];
    while ((await active()) !== words.subject && seen.length < 12) {
      await page.keyboard.press('Tab');
      seen.push(await active());
      assert.notEqual(seen.at(-1), 'BODY', seen.join(' > '));
    }
    for (const code of ['KeyG', 'KeyH', 'KeyB', 'KeyD', 'KeyT', 'KeyN']) await press(code);
    while ((await active()) !== words.text && seen.length < 60) {
      await page.keyboard.press('Tab');
      seen.push(await active());
    }
    for (const code of ['KeyG', 'KeyB', 'KeyI', 'KeyE']) await press(code);
    await page.keyboard.press('Control+Enter');
    await form.waitFor({ state: 'detached' });
    await eventually(async () => assert.notEqual(await active(), 'BODY'));
    // The toast is one of the panes that F6 goes through.
    const send = page.getByRole('region', { name: words.notices }).getByRole('button', { name: 'Send now' });
    for (let n = 0; n < 12; n++) {
      await page.keyboard.press('F6');
      if (
        await send.evaluate(
          (button) => button.closest('section')?.contains(button.ownerDocument.activeElement) ?? false,
        )
      )
        break;
    }
    while (
      !(await send.evaluate((button) => button === button.ownerDocument.activeElement)) &&
      seen.length < 80
    ) {
      await page.keyboard.press('Tab');
      seen.push(await active());
    }
    await page.keyboard.press('Enter');
    await eventually(() => assert.equal(office.smtp.received.length, received + 1));
    const letter = lines(office.smtp.received.at(-1)?.bytes ?? '');
    assert.match(letter, /^Subject: =\?utf-8\?/im);
    const subject = Buffer.from('привет').toString('base64');
    assert.ok(letter.includes(subject) || /=D0=BF=D1=80=D0=B8/i.test(letter), 'the subject is «привет»');
  });

  await scene(t, 'the account is there after a restart, without a question', here, async () => {
    const page = await window.restart('kill');
    const { row } = m();
    await row(/./).first().waitFor();
    await office.deliver({ subject: 'After the restart' });
    await row('After the restart').waitFor();
    assert.equal(await page.getByText('does not accept the password').count(), 0);
  });
});

test('connecting goes in one go when the password is right', {
  skip: hostMissing || dovecotMissing(),
}, async (t) => {
  const office = await openMailOffice();
  t.after(() => office.close());
  await office.deliver({ subject: 'Welcome' });
  const window = await openWindow(t);
  await connect(window.page, office);
  await movesIn(window.page).row('Welcome').waitFor();
});
