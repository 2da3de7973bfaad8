/** What is done with letters all day, by keys alone: archive, delete, flag, move, undo. On a Russian layout too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { eventually, hostMissing, openWindow, scene } from './hosts.ts';
import { onRussianLayout } from './keys.ts';
import { hasFocus, movesIn } from './moves.ts';
import { jobsEnded } from './seed.ts';

/** Two presses in one breath; the places of the line that has the keyboard, before and after each. */
const TWO_UP = `(() => {
  const place = () => [...document.querySelectorAll('[role="treeitem"]')].indexOf(document.activeElement);
  const places = [place()];
  for (let n = 0; n < 2; n++) {
    document.activeElement.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowUp', code: 'ArrowUp', altKey: true, bubbles: true, cancelable: true }));
    places.push(place());
  }
  return places;
})()`;

test('letters by keys', { skip: hostMissing }, async (t) => {
  const window = await openWindow(t, {
    async seed(ask) {
      // Rows as letters, so that counts are counts of letters.
      await ask('settings.set', { conversations: false });
      await ask('sample.create', {});
      await jobsEnded(ask, 'sample');
    },
  });
  const here = () => window;
  const m = () => movesIn(window.page);
  const total = async () => Number(await m().grid.getAttribute('aria-rowcount'));
  const totalBecomes = (n: number) => eventually(async () => assert.equal(await total(), n));
  /** The name of the row that the keyboard is on, without its state. */
  const focused = () =>
    eventually(async () => {
      const name = (await m().focusedRow()).replace(/^((Unread|Replied|Forwarded)\. )+/, '');
      assert.notEqual(name, '', 'the keyboard is in the list');
      return name;
    });

  /** The keyboard has come to the row at a position (from 1); its name. A key is answered with the row's focus. */
  const focusedAt = (n: number) =>
    eventually(async () => {
      const at = await window.page.evaluate(
        `document.activeElement?.closest('[role="row"]')?.getAttribute('aria-rowindex')`,
      );
      assert.equal(Number(at), n);
      return focused();
    });
  /** The pane that has the keyboard. */
  const pane = () =>
    window.page.evaluate<string | null>(
      `document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane') ?? null`,
    );

  await scene(t, 'the list is reached and walked by keys', here, async (page) => {
    const { row } = m();
    await row(/./).first().waitFor();
    for (let n = 0; n < 8 && (await pane()) !== 'list'; n++) await page.keyboard.press('F6');
    // The first arrow takes the row that the list was entered by.
    await page.keyboard.press('ArrowDown');
    const first = await focusedAt(1);
    await page.keyboard.press('ArrowDown');
    assert.notEqual(await focusedAt(2), first);
    await page.keyboard.press('End');
    await focusedAt(await total());
    await page.keyboard.press('Home');
    assert.equal(await focusedAt(1), first);
  });

  for (const [key, what, where] of [
    ['KeyE', 'Archived', 'Archive'],
    ['Delete', 'Moved to Trash', 'Trash'],
    ['KeyJ', 'Moved to Junk', 'Junk'],
  ] as const) {
    await scene(t, `${key}: ${what}, the next row is chosen, Ctrl+Z brings it back`, here, async (page) => {
      const { subject } = m();
      await page.keyboard.press('Home');
      await focusedAt(1);
      await page.keyboard.press('ArrowDown');
      const name = await focusedAt(2);
      const before = await total();
      await page.keyboard.press('ArrowDown');
      const next = await focusedAt(3);
      await page.keyboard.press('ArrowUp');
      assert.equal(await focusedAt(2), name);
      await page.keyboard.press(key);
      await page.getByText(what, { exact: true }).first().waitFor();
      await totalBecomes(before - 1);
      await eventually(async () => assert.equal(await focused(), next));
      await subject(/./).waitFor();
      await page.keyboard.press('Control+KeyZ');
      await totalBecomes(before);
      await eventually(async () =>
        assert.ok((await m().row(name).count()) > 0, `${name} is back from ${where}`),
      );
      // The keyboard rests in the list before the next scene begins.
      await focused();
    });
  }

  await scene(t, 'S flags and takes the flag away, U and Q mark', here, async (page) => {
    await page.keyboard.press('Home');
    await focusedAt(1);
    const is = (pattern: RegExp) => eventually(async () => assert.match(await m().focusedRow(), pattern));
    await page.keyboard.press('KeyS');
    await is(/flagged/);
    await page.keyboard.press('KeyS');
    await is(/^(?!.*flagged)/);
    await page.keyboard.press('KeyQ');
    await is(/^(?!Unread)/);
    await page.keyboard.press('KeyU');
    await is(/^Unread/);
  });

  await scene(t, 'the same keys on a Russian layout', here, async (page) => {
    await page.keyboard.press('Home');
    await focusedAt(1);
    await page.keyboard.press('ArrowDown');
    await focusedAt(2);
    const press = await onRussianLayout(page);
    const is = (pattern: RegExp) => eventually(async () => assert.match(await m().focusedRow(), pattern));
    const flagged = /flagged/.test(await m().focusedRow());
    await press('KeyS');
    await is(flagged ? /^(?!.*flagged)/ : /flagged/);
    const before = await total();
    await press('KeyE');
    await page.getByText('Archived', { exact: true }).first().waitFor();
    await totalBecomes(before - 1);
    await press('KeyZ', 'Control');
    await totalBecomes(before);
    await press('KeyK', 'Control');
    await eventually(async () =>
      assert.equal(await page.evaluate(`document.activeElement.getAttribute('type')`), 'search'),
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  await scene(t, 'M moves to a folder that is typed, undo by the toast', here, async (page) => {
    const { openFolder, grid } = m();
    await openFolder('Inbox');
    await grid.getByRole('row').first().click();
    await focusedAt(1);
    await page.keyboard.press('Home');
    const name = await focusedAt(1);
    const before = await total();
    const move = async () => {
      await page.keyboard.press('KeyM');
      const picker = page.getByRole('dialog', { name: 'Move to folder' });
      await picker.getByRole('combobox').fill('Block 7');
      await picker
        .getByRole('option', { name: /Block 7/ })
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
      await picker.waitFor({ state: 'detached' });
      await totalBecomes(before - 1);
    };
    await move();
    await openFolder('Block 7, roofing');
    await m().row(name).first().waitFor();
    await page.keyboard.press('Control+KeyZ');
    await eventually(async () => assert.equal(await m().row(name).count(), 0));
    await openFolder('Inbox');
    await totalBecomes(before);
    await grid.getByRole('row').first().click();
    assert.equal(await focusedAt(1), name);
    await move();
    // A toast does not wait for anybody: it is pressed before anything else is looked at.
    await page
      .getByRole('region', { name: 'Notices' })
      .getByRole('button', { name: 'Undo', exact: true })
      .click();
    await totalBecomes(before);
    await m().row(name).first().waitFor();
  });

  await scene(t, 'several letters at once are one undo', here, async (page) => {
    const { openFolder, grid } = m();
    await openFolder('Inbox');
    await grid.getByRole('row').first().click();
    const before = await total();
    await page.keyboard.press('Home');
    await focusedAt(1);
    for (let n = 2; n <= 5; n++) {
      await page.keyboard.press('Shift+ArrowDown');
      await focusedAt(n);
    }
    await page
      .getByText(/^5 letters selected/)
      .first()
      .waitFor();
    await page.keyboard.press('Delete');
    await totalBecomes(before - 5);
    await page.keyboard.press('Control+KeyZ');
    await totalBecomes(before);
  });

  await scene(t, 'the whole folder is chosen without its rows being loaded', here, async (page) => {
    const { openFolder, grid } = m();
    await openFolder('Archive');
    await grid.getByRole('row').first().click();
    await focusedAt(1);
    const before = await total();
    assert.ok(before > 200);
    await page.keyboard.press('Control+KeyA');
    await page
      .getByText(new RegExp(`^${before} letters selected`))
      .first()
      .waitFor();
    await page.keyboard.press('Delete');
    await eventually(async () => {
      const empty = await grid.count();
      assert.equal(empty, 0, 'the folder is empty and says so');
    });
    await page.keyboard.press('Control+KeyZ');
    await grid.waitFor();
    await totalBecomes(before);
  });

  await scene(t, 'on another page nothing happens to letters out of sight', here, async (page) => {
    const { bar, grid, openLetter } = m();
    await openLetter(/./);
    const before = await total();
    const chosen = await focused();
    await page.keyboard.press('Control+Digit2');
    await grid.waitFor({ state: 'detached' });
    const archive = bar.getByRole('button', { name: 'Archive' });
    await eventually(async () => assert.equal(await archive.getAttribute('aria-disabled'), 'true'));
    await archive.press('Enter');
    await page.keyboard.press('Control+Comma');
    await page.getByRole('navigation', { name: 'Settings' }).waitFor();
    assert.equal(await bar.count(), 0, 'settings have no bar of letters');
    await page.getByRole('button', { name: 'Back to mail' }).press('Enter');
    await grid.waitFor();
    await eventually(async () => assert.equal(await focused(), chosen, 'the keyboard is where it was'));
    await totalBecomes(before);
  });

  await scene(t, 'a folder goes two places by two quick keys', here, async (page) => {
    const { openFolder, folder, tree } = m();
    await openFolder('Prices and offers');
    const line = folder('Prices and offers');
    await line.focus();
    await hasFocus(line);
    const names = () => tree.getByRole('treeitem', { name: /^(Block|Prices)/ }).allInnerTexts();
    const before = await names();
    assert.match(before.at(-1) ?? '', /^Prices/);
    const [first = 0, ...after] = await page.evaluate<number[]>(TWO_UP);
    assert.deepEqual(after, [first - 1, first - 2], 'the keyboard goes along before the next key');
    await eventually(async () => assert.match((await names())[0] ?? '', /^Prices/));
    await hasFocus(line);
  });

  await scene(t, 'all keys are listed and found, on their page and by ?', here, async (page) => {
    await m().grid.getByRole('row').first().click();
    await focusedAt(1);
    await page.keyboard.press('Shift+Slash');
    const help = page.getByRole('dialog', { name: 'Keys' });
    const line = (of: Locator, name: string) => of.getByRole('term').filter({ hasText: name });
    await line(help, 'Junk, or not junk').waitFor();
    await help.getByRole('searchbox', { name: 'Find a key' }).fill('ctrl+shift+m');
    await line(help, 'Copy to').waitFor();
    await eventually(async () => assert.equal(await help.getByRole('term').count(), 1));
    await help.getByRole('button', { name: 'Settings: Keyboard' }).click();
    await help.waitFor({ state: 'detached' });
    const pages = page.getByRole('navigation', { name: 'Settings' });
    const keyboard = pages.getByRole('button', { name: 'Keyboard' });
    await keyboard.and(page.locator('[aria-current="page"]')).waitFor();
    await line(page.getByRole('main'), 'Junk, or not junk').waitFor();
    // Arrows go from page to page, over the headings between them.
    await keyboard.focus();
    for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    await hasFocus(pages.getByRole('button', { name: 'Reading' }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Read receipts', exact: true }).waitFor();
    await page.keyboard.press('Control+Digit1');
    await m().grid.waitFor();
  });

  await scene(t, 'deleting for ever asks first, and not doing it changes nothing', here, async (page) => {
    const { openFolder, grid } = m();
    await openFolder('Inbox');
    await grid.getByRole('row').first().click();
    await focusedAt(1);
    const before = await total();
    await page.keyboard.press('Shift+Delete');
    const question = page.getByRole('alertdialog', { name: /Delete 1 letter for ever/ });
    await question.waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    assert.equal(await total(), before);
    assert.notEqual(await focused(), '');
    await page.keyboard.press('Shift+Delete');
    await question.getByRole('button', { name: 'Delete for ever' }).click();
    await totalBecomes(before - 1);
  });
});
