/** The first day: five doors, the language, the sample office and its removal, old mail. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeLetter } from '../kit/mail-office.ts';
import { assertAccessible, assertNothingCut, wear } from './axe.ts';
import { eventually, hostMissing, openWindow, scene } from './hosts.ts';
import { hasFocus, movesIn, pickOption } from './moves.ts';
import { type Language, names } from './names.ts';

test('the first day', { skip: hostMissing }, async (t) => {
  const window = await openWindow(t, { theme: 'system' });
  const here = () => window;
  const door = (name: string | undefined) =>
    window.page.getByRole('button', { name: name ?? '', exact: true });
  const doors = async (language: Language) => {
    const { welcome, doors: all } = names[language];
    await window.page.getByRole('main', { name: welcome }).waitFor();
    for (const name of all) await door(name).waitFor();
    const tops = await Promise.all(all.map(async (name) => (await door(name).boundingBox())?.y ?? 0));
    assert.deepEqual(
      tops,
      [...tops].sort((a, b) => a - b),
      'the doors stand in their order',
    );
  };
  const language = async (from: string, to: string) => {
    await window.page.getByRole('button', { name: new RegExp(from) }).click();
    await pickOption(window.page, to);
  };
  await window.page.emulateMedia({ reducedMotion: 'reduce' });

  await scene(t, 'five doors in both languages, in every theme', here, async (page) => {
    for (const now of ['en', 'ru'] as const) {
      if (now === 'ru') await language('English', 'Русский');
      await doors(now);
      await eventually(async () => assert.equal(await page.evaluate('document.documentElement.lang'), now));
      for (const theme of ['light', 'dark', 'contrast'] as const) {
        await wear(page, theme);
        await assertAccessible(page, `welcome, ${now}, ${theme}`);
      }
      await wear(page, 'light');
      await assertNothingCut(page, `welcome, ${now}`);
    }
    await language('Русский', 'English');
    await doors('en');
  });

  await scene(t, 'a door whose room is not built says so', here, async (page) => {
    await door(names.en.doors[1]).click();
    await page
      .getByRole('status')
      .filter({ hasText: /later version/ })
      .first()
      .waitFor();
    await doors('en');
  });

  await scene(t, 'connecting begins with three fields and can be left', here, async (page) => {
    await door(names.en.doors[0]).click();
    const address = page.getByRole('textbox', { name: 'Address' });
    await hasFocus(address);
    await page.getByRole('textbox', { name: 'Your name' }).waitFor();
    await page
      .getByRole('textbox', { name: 'Password' })
      .or(page.getByLabel('Password', { exact: true }))
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Set by hand' }).click();
    await page.getByRole('group', { name: /^Incoming mail/ }).waitFor();
    await assertAccessible(page, 'set by hand');
    await page.getByRole('button', { name: 'Back' }).click();
    await doors('en');
  });

  await scene(t, 'looking around fills an office', here, async (page) => {
    const { row, folder, openLetter, letter } = movesIn(page);
    await door(names.en.doors[4]).click();
    await row('Concrete for block 4').first().waitFor();
    await openLetter('Concrete for block 4');
    await letter.getByText('The plant moved Thursday’s delivery').waitFor();
    await folder('Block 7, roofing').waitFor();
    await page.getByRole('button', { name: 'Remove the sample' }).waitFor();
  });

  await scene(t, 'the language changes while everything is open', here, async (page) => {
    await movesIn(page).palette('Language: Russian');
    const { folder, words, grid, palette } = movesIn(page, 'ru');
    await folder(words.inbox).waitFor();
    await grid.waitFor();
    await page.getByRole('button', { name: words.newMessage, exact: true }).first().waitFor();
    await palette('Язык: английский');
    await movesIn(page).folder('Inbox').waitFor();
  });

  await scene(t, 'the sample is there after a restart, and goes in one step', here, async () => {
    const page = await window.restart();
    await movesIn(page).row('Concrete for block 4').first().waitFor();
    await page.getByRole('button', { name: 'Remove the sample' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove the sample' }).click();
    await doors('en');
  });

  await scene(t, 'old mail is brought in from a file', here, async (page, { profile }) => {
    const path = join(profile, 'old.mbox');
    const letters = ['First of the old', 'Second of the old'].map(
      (subject) =>
        `From p.orlov@office.example Mon Jan  5 10:00:00 2026\n${writeLetter({ subject }).replaceAll('\r\n', '\n')}\n`,
    );
    await writeFile(path, letters.join(''));
    await door(names.en.doors[3]).click();
    const field = page.getByRole('textbox', { name: 'Files and folders on this computer' });
    const choose = page.getByRole('button', { name: 'Choose files' });
    await field.or(choose).first().waitFor();
    if (await field.isVisible()) await field.fill(path);
    else {
      const chooser = page.waitForEvent('filechooser');
      await choose.click();
      await (await chooser).setFiles(path);
    }
    await page.getByRole('button', { name: 'Bring them in' }).click();
    await page.getByText('2 letters are here.').waitFor();
    await page.getByRole('button', { name: 'Go to the letters' }).click();
    const { row } = movesIn(page);
    await row('First of the old').waitFor();
    await row('Second of the old').waitFor();
  });
});
