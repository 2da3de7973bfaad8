/** A hand that is quicker than the engine: what is typed before a letter has opened acts upon nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostMissing, hostName, openWindow, scene } from './hosts.ts';
import { hasFocus, movesIn } from './moves.ts';
import { jobsEnded } from './seed.ts';
import { gateAnswers } from './slowness.ts';

/** A hand is as quick in each host, and what it meets is the page's own. */
const skip = hostName === 'browser' ? hostMissing : 'the same in each host, shown in Chromium';

test('keys before the engine has answered', { skip }, async (t) => {
  const window = await openWindow(t, {
    async seed(ask) {
      await ask('settings.set', { conversations: false });
      await ask('sample.create', {});
      await jobsEnded(ask, 'sample');
    },
  });

  await scene(
    t,
    'words for a new letter archive and delete nothing',
    () => window,
    async (page) => {
      const { openLetter, row, composer, closeComposer, words } = movesIn(page);
      const gate = await gateAnswers(page);
      await openLetter('Invoice 2214');
      await gate(true);
      for (const key of ['KeyN', 'KeyE', 'KeyS', 'Delete', 'Backspace']) await page.keyboard.press(key);
      await gate(false);
      const form = composer(/New message/);
      await hasFocus(form.getByRole('combobox', { name: words.to, exact: true }));
      // Had one of the keys done anything, it would be done by the time the letter is closed and the list is back.
      await closeComposer(form);
      await row(/Invoice 2214.*flagged/).waitFor();
      assert.equal(await page.getByRole('dialog').count(), 0);
      // Now they mean the list again.
      await row('Invoice 2214').click();
      await page.keyboard.press('KeyS');
      await row(/^(?!.*flagged).*Invoice 2214/).waitFor();
    },
  );
});
