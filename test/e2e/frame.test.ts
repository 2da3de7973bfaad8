/** The keyboard beside a letter's own document, which hears no key: a press in the letter takes no command away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, hostMissing, openWindow, PATIENCE, scene } from './hosts.ts';
import { hasFocus, movesIn } from './moves.ts';
import { jobsEnded } from './seed.ts';

test('keys after a press in the letter', { skip: hostMissing }, async (t) => {
  const window = await openWindow(t, {
    async seed(ask) {
      await ask('settings.set', { conversations: false });
      await ask('sample.create', {});
      await jobsEnded(ask, 'sample');
    },
  });
  const here = () => window;
  const m = () => movesIn(window.page);
  const active = () =>
    window.page.evaluate<string>(
      `document.activeElement.getAttribute('data-testid') ?? document.activeElement.closest('[data-pane]')?.getAttribute('data-pane') ?? document.activeElement.tagName`,
    );
  const press = async () => {
    await m().letter.getByText('Line 6 is 18,400 higher').dblclick();
    await eventually(async () => assert.equal(await active(), 'reader'));
  };

  await scene(t, 'single keys work, the way back too', here, async (page) => {
    const { openLetter, row } = m();
    await openLetter('Invoice 2214');
    await press();
    await page.keyboard.press('KeyS');
    await row(/^(?!.*flagged).*Invoice 2214/).waitFor();
    await press();
    await page.keyboard.press('KeyS');
    await row(/Invoice 2214.*flagged/).waitFor();
    await press();
    await page.keyboard.press('F6');
    await eventually(async () => assert.notEqual(await active(), 'reader'));
  });

  await scene(t, 'what was chosen in the letter is copied', here, async (page, { host }) => {
    const { openLetter } = m();
    await openLetter('Invoice 2214');
    if (host === 'browser') await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const composer = m().composer(/New message/);
    const text = composer.getByRole('textbox', { name: 'Message text' });
    // The letter has the keyboard only for as long as a hand takes for the chord; a busy machine may take longer.
    await eventually(async () => {
      await press();
      await page.keyboard.down('Control');
      await eventually(async () => assert.equal(await active(), 'mail-frame'));
      await page.keyboard.press('KeyA');
      await page.keyboard.press('KeyC');
      await page.keyboard.up('Control');
      await eventually(async () => assert.equal(await active(), 'reader'));
      await page.keyboard.press('KeyN');
      await text.click();
      await hasFocus(text);
      await page.keyboard.press('Control+KeyV');
      const pasted = (await text.textContent())?.includes('I hold the payment until you answer.');
      if (!pasted) await m().closeComposer(composer);
      assert.ok(pasted);
    }, 3 * PATIENCE);
    await m().closeComposer(composer);
  });

  await scene(t, 'who comes in by Tab stays', here, async (page) => {
    const { openLetter } = m();
    await openLetter('Building Digest');
    await m().letter.getByText(/\S/).first().waitFor();
    await page.getByTestId('mail-frame').hover();
    await m().reader.focus();
    for (let n = 0; n < 30 && (await active()) !== 'mail-frame'; n++) await page.keyboard.press('Tab');
    await eventually(async () => assert.equal(await active(), 'mail-frame'));
    await page.keyboard.press('Tab');
    await m().letter.locator('a:focus').waitFor();
  });
});
