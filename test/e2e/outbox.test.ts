/** Letters that do not go at once: offline by choice, put off by the server, sent later, sent with their copy missing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dovecotMissing } from '../kit/dovecot.ts';
import { openMailOffice } from '../kit/mail-office.ts';
import { connect } from './connect.ts';
import { eventually, hostMissing, openWindow, scene } from './hosts.ts';
import { hasFocus, movesIn } from './moves.ts';

/** The account's own tries come late; a server that is back is found again within this time, ms. */
const HEALED = 30_000;

test('letters that wait', { skip: hostMissing || dovecotMissing() }, async (t) => {
  const office = await openMailOffice();
  t.after(() => office.close());
  await office.deliver({ subject: 'Welcome' });
  // A letter that is called on by "Send now" must not have left by itself before.
  const window = await openWindow(t, {
    seed: async (ask) => void (await ask('settings.set', { undoSendSeconds: 60 })),
  });
  await connect(window.page, office);
  await movesIn(window.page).row('Welcome').waitFor();
  const here = () => window;
  const m = () => movesIn(window.page);
  const received = () => office.smtp.received.length;
  const notices = () => window.page.getByRole('region', { name: m().words.notices });
  const card = (subject: string) => window.page.getByRole('listitem').filter({ hasText: subject });
  const button = (name: string) => ({ name, exact: true });

  const write = async (subject: string) => {
    const { page } = window;
    const { composer, words } = m();
    await page.keyboard.press('Control+KeyN');
    const form = composer(/New message/);
    await hasFocus(form);
    await form
      .getByRole('combobox', { name: words.to, exact: true })
      .pressSequentially('boris@office.example,');
    await form.getByRole('textbox', { name: words.subject }).fill(subject);
    await form.getByRole('textbox', { name: words.text }).fill(`Text of ${subject}`);
    return form;
  };
  const send = async (subject: string) => {
    const form = await write(subject);
    await window.page.keyboard.press('Control+Enter');
    await form.waitFor({ state: 'detached' });
    await notices().getByRole('button', { name: 'Send now' }).click();
  };
  const goes = async (subject: string, before: number) => {
    await eventually(() => assert.equal(received(), before + 1), HEALED);
    assert.match(
      office.smtp.received.at(-1)?.bytes.toString('latin1') ?? '',
      new RegExp(`Subject: ${subject}`),
    );
  };

  await scene(t, 'working offline: nothing leaves until the person connects again', here, async (page) => {
    const { palette, folder, words, row } = m();
    const before = received();
    await palette('Work offline');
    const status = page.getByRole('contentinfo');
    await status.getByText('Working offline.').first().waitFor();
    await send('Written offline');
    await folder(words.outbox).click();
    await card('Written offline').getByText('Waits to go').waitFor();
    await office.deliver({ subject: 'Came meanwhile' });
    assert.equal(received(), before, 'nothing has left');
    await folder(words.inbox).click();
    assert.equal(await row('Came meanwhile').count(), 0);
    await status.getByRole('button', button('Connect')).click();
    await goes('Written offline', before);
    await row('Came meanwhile').waitFor({ timeout: HEALED });
    await eventually(async () => assert.equal(await status.getByText('Working offline.').count(), 0));
    // Its line stays where it is; what is in it has gone.
    await folder(words.outbox).click();
    await eventually(async () => assert.equal(await card('Written offline').count(), 0), HEALED);
  });

  await scene(t, 'put off by the server: its words, the next try, and now', here, async () => {
    const { folder, words } = m();
    const before = received();
    office.smtp.behaviour = { recipient: () => ({ code: 451, text: 'Greylisted, come back in a while' }) };
    await send('Greylisted');
    await folder(words.outbox).click();
    const put = card('Greylisted');
    await put.getByText('Not sent yet.').waitFor();
    await put.getByText('Greylisted, come back in a while').waitFor();
    await put.getByText(/next try is at \d{2}:\d{2}/).waitFor();
    assert.equal(await put.getByRole('alert').count(), 0, 'it is no failure');
    office.smtp.behaviour = {};
    await put.getByRole('button', button('Send now')).click();
    await goes('Greylisted', before);
    await put.waitFor({ state: 'detached' });
  });

  await scene(t, 'sent later: shown, edited, cancelled, sent now', here, async (page) => {
    const { folder, words, composer } = m();
    const before = received();
    const later = async (choice: RegExp) => {
      await page.keyboard.press('Control+Shift+Enter');
      await page.getByRole('dialog', { name: 'Send later' }).getByRole('button', { name: choice }).click();
    };
    const form = await write('For tomorrow');
    await later(/^Tomorrow, 09:00/);
    await form.waitFor({ state: 'detached' });
    await folder(words.scheduled).click();
    const kept = card('For tomorrow');
    await kept.getByText(/^Goes tomorrow|^Goes .*09:00/i).waitFor();
    await kept.getByText('This computer must be on and connected then.').waitFor();

    await kept.getByRole('button', button('Edit')).click();
    const again = composer();
    await again.getByRole('textbox', { name: words.text }).getByText('Text of For tomorrow').waitFor();
    await again.getByRole('textbox', { name: words.subject }).fill('For the day after');
    await later(/^Pick a date/);
    const picker = page.getByRole('dialog', { name: 'Send later' });
    await picker.getByLabel('Date and time').fill('2000-01-01T09:00');
    await picker.getByText('This time is over.').waitFor();
    await picker.getByLabel('Date and time').fill('2099-01-01T09:00');
    await picker.getByRole('button', button('Schedule')).click();
    await again.waitFor({ state: 'detached' });
    const moved = card('For the day after');
    await moved.getByText(/2099/).waitFor();
    await eventually(async () => assert.equal(await kept.count(), 0));

    const page2 = await window.restart('kill');
    await m().folder(words.scheduled).click();
    const found = card('For the day after');
    await found.getByText(/2099/).waitFor();
    assert.equal(received(), before);
    await found.getByRole('button', button('Send now')).click();
    await goes('For the day after', before);
    await found.waitFor({ state: 'detached' });

    const last = await write('Never mind');
    await page2.keyboard.press('Control+Shift+Enter');
    await page2
      .getByRole('dialog', { name: 'Send later' })
      .getByRole('button', { name: /^Tomorrow, 09:00/ })
      .click();
    await last.waitFor({ state: 'detached' });
    await m().folder(words.scheduled).click();
    await card('Never mind').getByRole('button', button('Do not send')).click();
    await card('Never mind').waitFor({ state: 'detached' });
    assert.equal(received(), before + 1);
  });

  await scene(t, 'sent, the copy is missing: it says so and is made good', here, async (page) => {
    const { folder, words } = m();
    await folder(words.inbox).click();
    const before = received();
    const copies = await office.count('Sent');
    await office.imap.stopServer();
    await send('Without a copy');
    await goes('Without a copy', before);
    await folder(words.outbox).click();
    const sent = card('Without a copy');
    await sent.getByText('The copy in Sent is not there yet, Postroom keeps trying.').waitFor();
    await eventually(async () =>
      assert.equal(
        await sent.getByRole('button').count(),
        0,
        'there is nothing to do, least of all to send it again',
      ),
    );
    await office.imap.startServer();
    await page.keyboard.press('F5');
    await eventually(async () => assert.equal(await office.count('Sent'), copies + 1), HEALED);
    await sent.waitFor({ state: 'detached', timeout: HEALED });
    assert.equal(received(), before + 1, 'it was sent once');
  });
});
