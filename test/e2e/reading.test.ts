/** Reading: the letter, its files, its source, its conversation, the layouts; and a letter that means harm. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeLetter } from '../kit/mail-office.ts';
import { eventually, hostMissing, openWindow, scene, type TestWindow } from './hosts.ts';
import { movesIn } from './moves.ts';
import { jobsEnded } from './seed.ts';
import { hostileHtml, setTrap, type Trap } from './trap.ts';

/** «Проверка связи» in KOI8-R, sent as windows-1252: what a broken mailer does. */
const MISLABELLED = Buffer.concat([
  Buffer.from(
    'From: Boris <b@office.example>\r\nTo: o.belova@otd1.constr.org\r\nSubject: Old program\r\n' +
      `Date: ${new Date().toUTCString()}\r\nMessage-ID: <koi@office.example>\r\nMIME-Version: 1.0\r\n` +
      'Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r\n\r\n',
  ),
  Buffer.from('f0d2cfd7c5d2cbc120d3d7d1dac9', 'hex'),
  Buffer.from('\r\n'),
]);

const FILES = writeLetter({
  from: 'Sergey Melnikov <s.melnikov@otd2.constr.org>',
  to: 'Olga Belova <o.belova@otd1.constr.org>',
  subject: 'Three files',
  text: 'See the files.',
  files: [
    { name: 'Опись.txt', type: 'text/plain; charset=utf-8', bytes: Buffer.from('Кирпич, 4 200 шт.\n') },
    {
      name: 'setup.exe',
      type: 'application/octet-stream',
      bytes: Buffer.from('MZ nothing runs here'),
    },
    {
      name: 'forwarded.eml',
      type: 'message/rfc822',
      bytes: Buffer.from(writeLetter({ subject: 'The letter inside', text: 'I am inside.' })),
    },
  ],
});

test('reading', { skip: hostMissing }, async (t) => {
  const trap: Trap = await setTrap();
  t.after(() => trap.close());
  const control = await fetch(`${trap.url}/control`).then((answer) => answer.status);
  assert.equal(control, 200);
  assert.ok(trap.caught.includes('GET /control'), 'the trap catches what reaches it');
  trap.caught.length = 0;

  const hostile = writeLetter({
    from: 'Accounts <accounts@invoices.example>',
    to: 'Olga Belova <o.belova@otd1.constr.org>',
    subject: 'A hostile letter',
    html: hostileHtml(trap.url),
    text: 'Dear Olga',
  });
  const window: TestWindow = await openWindow(t, {
    async seed(ask, profile) {
      await ask('sample.create', {});
      await jobsEnded(ask, 'sample');
      const inbox = (await ask('folders.list', {})).find((folder) => folder.role === 'inbox');
      assert.ok(inbox);
      for (const [name, bytes] of [
        ['koi.eml', MISLABELLED],
        ['files.eml', FILES],
        ['hostile.eml', hostile],
      ] as const) {
        const path = join(profile, name);
        await writeFile(path, bytes);
        await ask('import.start', { paths: [path], folder: inbox.id });
      }
      await jobsEnded(ask, 'import');
    },
  });
  const here = () => window;
  const m = () => movesIn(window.page);

  await scene(t, 'a letter opens with its head, its files and its text', here, async (page) => {
    const { reader, letter, subject, openLetter, words, row } = m();
    await openLetter('Concrete for block 4');
    await subject('Concrete for block 4: delivery moved to Friday').waitFor();
    await reader.getByText('p.orlov@otd2.constr.org').first().waitFor();
    await letter.getByText('The plant moved Thursday’s delivery').waitFor();
    assert.equal(await letter.getByRole('row').count(), 4, 'the table is whole');
    const files = reader.getByRole('list', { name: words.attachments });
    await files.getByRole('button', { name: /^Block 4 delivery schedule\.xlsx/ }).waitFor();
    await files.getByRole('button', { name: /^Plant letter 1147\.pdf/ }).waitFor();
    // Two seconds in the pane make it read; the row says so and the list does not move.
    await row(/^(?!Unread).*Concrete for block 4/)
      .first()
      .waitFor();
    assert.match(await page.title(), /^(\(\d+\) )?Postroom$/);
  });

  await scene(t, 'a conversation shows its letters, each opens in its place', here, async (page) => {
    const { reader, letter, openLetter, words, palette } = m();
    await openLetter('Concrete for block 4');
    const conversation = reader.getByRole('list', { name: words.conversation });
    await eventually(async () => assert.equal(await conversation.getByRole('listitem').count(), 2));
    for (const folded of [/whether we can take the trucks/, /from 07:30 if the pump is there/])
      await conversation.getByRole('button', { name: folded }).click();
    const inside = (n: number) => page.getByTestId('other-frame').nth(n).contentFrame();
    await inside(0).getByText('whether we can take the trucks before nine').waitFor();
    await inside(1).getByText('Yes, from 07:30 if the pump is there').waitFor();
    await letter.getByText('The plant moved Thursday’s delivery').waitFor();
    await reader.getByText('p.orlov@otd2.constr.org').nth(1).waitFor();
    await conversation.getByRole('listitem').first().getByRole('button').first().click();
    await eventually(async () => assert.equal(await page.getByTestId('other-frame').count(), 1));
    await palette('Open all letters of the conversation');
    await eventually(async () => assert.equal(await page.getByTestId('other-frame').count(), 2));
    await palette('Open all letters of the conversation');
    await eventually(async () => assert.equal(await page.getByTestId('other-frame').count(), 0));
  });

  await scene(
    t,
    'unread letters of a conversation are open, and read once they were seen',
    here,
    async () => {
      const { openLetter, palette, row, grid, subject } = m();
      await palette('Group by conversation');
      const single = row(/^(?!Unread).*Drawings for the stair core/);
      await eventually(async () => assert.ok((await single.count()) >= 2));
      await single.last().click();
      // It is marked by hand when it is on the screen: opened after that it would count as read again.
      await subject(/Drawings for the stair core/).waitFor();
      await window.page.keyboard.press('KeyU');
      await row(/^Unread.*Drawings for the stair core/).waitFor();
      await palette('Group by conversation');
      await eventually(async () => assert.equal(await row('Drawings for the stair core').count(), 1));
      await grid.getByRole('row', { name: 'Building Digest' }).first().click();
      await subject(/^(?!Drawings)/).waitFor();
      await openLetter('Drawings for the stair core');
      await window.page.getByTestId('other-frame').waitFor();
      await row(/^(?!Unread).*Drawings for the stair core/).waitFor();
      await window.page.getByTestId('other-frame').waitFor();
    },
  );

  await scene(t, 'without conversations every letter has its row', here, async () => {
    const { grid, palette, row } = m();
    const rows = async () => Number(await grid.getAttribute('aria-rowcount'));
    const together = await rows();
    await palette('Group by conversation');
    await eventually(async () => assert.ok((await rows()) > together));
    // The second one stands under the edge of the window: it is drawn when the list rests.
    await eventually(async () => assert.ok((await row('Concrete for block 4').count()) >= 2));
    await palette('Group by conversation');
    await eventually(async () => assert.equal(await rows(), together));
  });

  await scene(t, 'quick filters show a part and give it back', here, async (page) => {
    const { grid, words, row } = m();
    const rows = async () => Number(await grid.getAttribute('aria-rowcount'));
    const all = await rows();
    const filters = page.getByRole('group', { name: words.quickFilters });
    await filters.getByRole('button', { name: 'Unread' }).click();
    await eventually(async () => assert.ok((await rows()) < all && (await rows()) > 0));
    await eventually(async () =>
      assert.equal(await row(/^(?!Unread)/).count(), 0, 'only unread ones are left'),
    );
    await filters.getByRole('button', { name: 'All' }).click();
    await eventually(async () => assert.equal(await rows(), all));
  });

  await scene(t, 'text files and letters are shown here, programs are not', here, async (page) => {
    const { reader, openLetter, words } = m();
    await openLetter('Three files');
    const files = reader.getByRole('list', { name: words.attachments });
    await files.getByRole('button', { name: /^Опись\.txt/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Кирпич, 4 200 шт.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await files.getByRole('button', { name: /^forwarded\.eml/ }).click();
    await dialog.getByText('The letter inside').first().waitFor();
    await dialog.frameLocator('[data-testid="mail-frame"]').getByText('I am inside.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await files.getByRole('button', { name: /^setup\.exe/ }).click();
    await page.getByRole('dialog').getByText('This file can run programs').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  await scene(t, 'a file is saved as it was sent', here, async (page, { host }) => {
    if (host !== 'browser') return;
    const { reader, openLetter, words } = m();
    await openLetter('Three files');
    const files = reader.getByRole('list', { name: words.attachments });
    await files.getByRole('button', { name: /^Опись\.txt/ }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    const stream = await (await saved).createReadStream();
    const bytes = Buffer.concat(await stream.toArray());
    assert.equal(bytes.toString('utf8'), 'Кирпич, 4 200 шт.\n');
    assert.equal((await saved).suggestedFilename(), 'Опись.txt');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  await scene(t, 'headers, source and another encoding', here, async (page) => {
    const { reader, letter, choose, openLetter } = m();
    await openLetter('Old program');
    await letter.getByText(/\S/).first().waitFor();
    const more = reader.getByRole('button', { name: 'More', exact: true });
    const dialog = page.getByRole('dialog');
    await choose(more, 'Show all headers');
    await dialog.getByText('<koi@office.example>').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await choose(more, 'Show source');
    await dialog.getByText('Content-Transfer-Encoding: 8bit').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const readAs = async (charset: string) => {
      await choose(more, 'Other encoding');
      const choice = dialog.getByRole('radio', { name: charset, exact: true });
      await choice.click({ force: true });
      await eventually(async () => assert.ok(await choice.isChecked()));
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    };
    await readAs('windows-1251');
    await letter.getByText('рТПЧЕТЛБ').waitFor();
    await readAs('koi8-r');
    await letter.getByText('Проверка связи').waitFor();
  });

  await scene(t, 'the reading pane stands right, below, or nowhere', here, async (page) => {
    const { grid, reader, palette, openLetter, subject, focusedRow } = m();
    await openLetter('Concrete for block 4');
    const boxes = async () => {
      const [list, pane] = await Promise.all([grid.boundingBox(), reader.boundingBox()]);
      assert.ok(list && pane);
      return { list, pane };
    };
    const right = await boxes();
    assert.ok(right.pane.x >= right.list.x + right.list.width - 1, 'right of the list');
    await palette('Reading pane below');
    await eventually(async () => {
      const { list, pane } = await boxes();
      assert.ok(pane.y >= list.y + list.height - 1, 'below the list');
    });
    await palette('No reading pane');
    await reader.waitFor({ state: 'detached' });
    await openLetterByKeys();
    await grid.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await grid.waitFor();
    await eventually(async () => assert.match(await focusedRow(), /Concrete for block 4/));
    await palette('Reading pane on the right');
    await reader.waitFor();

    async function openLetterByKeys() {
      await grid.getByRole('row', { name: 'Concrete for block 4' }).first().click();
      await eventually(async () => assert.match(await focusedRow(), /Concrete for block 4/));
      await page.keyboard.press('Enter');
      await subject('Concrete for block 4: delivery moved to Friday').waitFor();
    }
  });

  await scene(t, 'a hostile letter runs nothing and asks for nothing', here, async (page) => {
    const { reader, letter, openLetter, words } = m();
    await page.evaluate(
      `window.heard = []; window.addEventListener('message', (e) => window.heard.push(String(e.data)))`,
    );
    window.asked.splice(0);
    const named = async () => (await page.title()).replace(/^\(\d+\) /, '');
    const title = await named();
    await openLetter('A hostile letter');
    await letter.getByText('The end of the letter.').waitFor();
    const frame = page
      .frames()
      .find((each) => each !== page.mainFrame() && each.parentFrame() === page.mainFrame());
    assert.ok(frame);
    await frame.waitForLoadState('networkidle');
    assert.notEqual(new URL(frame.url()).origin, new URL(page.url()).origin, 'the letter has another origin');
    const sandbox = await page.getByTestId('mail-frame').getAttribute('sandbox');
    assert.deepEqual(sandbox?.split(' ').sort(), ['allow-popups', 'allow-popups-to-escape-sandbox']);
    const tricks = letter.locator(
      'script, iframe, object, embed, applet, link, base, form, input, button, svg, math, video, audio, template, meta[http-equiv="refresh"], [background], [ping], [autofocus]',
    );
    assert.equal(await tricks.count(), 0, 'nothing of it is in the document');
    const inside = (await letter.locator('html').innerHTML()).toLowerCase();
    assert.doesNotMatch(
      inside,
      /javascript:|vbscript:|data:text|\son\w+\s*=\s*["']|@import|position:\s*fixed|expression\(/,
    );
    assert.ok(!inside.includes(trap.url), 'no address of the trap');
    assert.ok(!inside.includes('tracker.example'));
    assert.equal(await named(), title);
    assert.deepEqual(await page.evaluate('window.heard'), []);
    assert.equal(page.context().pages().length, 1, 'no window was opened');
    assert.deepEqual(trap.caught, []);
    assert.deepEqual(
      window.asked.filter((address) => address.startsWith(trap.url)),
      [],
    );
    await reader.getByRole('region', { name: words.pictures }).waitFor();
  });

  await scene(
    t,
    'pictures are fetched only after Load, and never from inside the network',
    here,
    async () => {
      const { reader, letter, openLetter, words } = m();
      await openLetter('A hostile letter');
      await letter.getByText('The end of the letter.').waitFor();
      const pictures = () => letter.locator('img[src]:not([src^="data:"])');
      assert.equal(await pictures().count(), 0);
      window.asked.splice(0);
      const banner = reader.getByRole('region', { name: words.pictures });
      await banner.getByRole('button', { name: 'Load', exact: true }).click();
      await banner.waitFor({ state: 'detached' });
      await pictures().first().waitFor({ state: 'attached' });
      await letter.getByText('The end of the letter.').waitFor();
      const source = await pictures().first().getAttribute('src');
      assert.ok(source && !source.includes(trap.url), 'through Postroom, not from the letter');
      await eventually(() => assert.ok(window.asked.some((address) => address.endsWith(source))));
      assert.deepEqual(trap.caught, [], 'an address of this computer is not for letters');
      // The refused picture may be an error in the page's console, and is meant to be one. It is told when it is told:
      // only of a window that has closed everything is known.
      await eventually(async () =>
        assert.ok(
          await pictures()
            .first()
            .evaluate((picture) => (picture as HTMLImageElement).complete),
        ),
      );
      await window.close();
      const kept = window.errors.filter((text) => !text.includes('Failed to load resource'));
      window.errors.splice(0, window.errors.length, ...kept);
    },
  );
});
