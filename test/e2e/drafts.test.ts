/** Nothing that was written is lost: not by closing, not by a reload, not by a kill. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, hostMissing, openWindow, scene } from './hosts.ts';
import { movesIn } from './moves.ts';
import { jobsEnded } from './seed.ts';

test('drafts', { skip: hostMissing }, async (t) => {
  const window = await openWindow(t, {
    async seed(ask) {
      await ask('sample.create', {});
      await jobsEnded(ask, 'sample');
    },
  });
  const here = () => window;
  const m = () => movesIn(window.page);
  const form = () => m().composer(/New message/);
  const text = () => form().getByRole('textbox', { name: m().words.text });
  const begin = async (subject: string, words: string) => {
    await m().row(/./).first().waitFor();
    await window.page.keyboard.press('Control+KeyN');
    await form().getByRole('combobox', { name: m().words.to, exact: true }).fill('boris@office.example,');
    await form().getByRole('textbox', { name: m().words.subject }).fill(subject);
    await text().click();
    await window.page.keyboard.type(words);
  };
  const saved = () => form().getByRole('status', { name: m().words.draft }).getByText(/saved/i).waitFor();
  /** It is in the composer again. */
  const isOpen = async (subject: string) => {
    await form().waitFor();
    const field = form().getByRole('textbox', { name: m().words.subject });
    assert.equal(await field.inputValue(), subject);
  };
  /** Opens it as a person finds it again, among the drafts. */
  const reopen = async (subject: string) => {
    const { openFolder, words, row } = m();
    await openFolder(words.drafts);
    await row(subject).first().dblclick();
    await isOpen(subject);
  };
  const shut = () => m().closeComposer(form());

  await scene(t, 'closing keeps, without a question', here, async (page) => {
    await begin('Kept by closing', 'A sentence that stays.');
    await shut();
    assert.equal(await page.getByRole('alertdialog').count(), 0);
    await reopen('Kept by closing');
    await text().getByText('A sentence that stays.').waitFor();
    await shut();
  });

  await scene(t, 'a kill of the engine two seconds after the words', here, async () => {
    await begin('Kept through a kill', 'Written before the lights went out.');
    await saved();
    await window.restart('kill');
    await reopen('Kept through a kill');
    await text().getByText('Written before the lights went out.').waitFor();
    await shut();
  });

  await scene(t, 'a reload of the page in the middle of a sentence', here, async (page) => {
    await begin('Kept through a reload', 'In the middle of');
    await saved();
    await page.reload();
    // What was under the hands when the page was loaded anew is there by itself.
    await isOpen('Kept through a reload');
    await text().getByText('In the middle of').waitFor();
    await shut();
  });

  await scene(t, 'discarding can be undone', here, async (page) => {
    const { words, row, folder } = m();
    await begin('Thrown away', 'But not for ever.');
    await form().getByRole('button', { name: 'Discard' }).click();
    await form().waitFor({ state: 'detached' });
    const undo = page
      .getByRole('region', { name: words.notices })
      .getByRole('button', { name: 'Undo', exact: true });
    await undo.click();
    await form().waitFor();
    await text().getByText('But not for ever.').waitFor();
    await shut();
    await folder(words.drafts).click();
    await row('Thrown away').first().waitFor();
  });

  await scene(t, 'guards stand in the composer, one banner each', here, async (page) => {
    await begin('', 'The drawing is attached.');
    await page.keyboard.press('Control+Enter');
    await form()
      .getByText(/there is no file/)
      .waitFor();
    await form()
      .getByText(/has no subject/)
      .waitFor();
    assert.equal(await page.getByRole('alertdialog').count(), 0, 'never a question');
    await shut();
  });

  await scene(t, 'formatting by keys reaches the text', here, async (page) => {
    await begin('Formatted', 'plain ');
    await page.keyboard.press('Control+KeyB');
    await page.keyboard.type('bold');
    await eventually(async () =>
      assert.match((await text().locator('b, strong').first().textContent()) ?? '', /^\u200b?bold$/),
    );
    await form()
      .getByRole('toolbar', { name: m().words.formatting })
      .getByRole('button', { name: 'Italic' })
      .waitFor();
    await shut();
  });
});
