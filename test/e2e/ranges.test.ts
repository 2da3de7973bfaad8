/** A range holds all its letters, those that were never in sight, too: chosen, counted, deleted, brought back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, hostMissing, hostName, openWindow, scene } from './hosts.ts';
import { hasFocus, movesIn } from './moves.ts';
import { type Ask, jobsEnded } from './seed.ts';
import { gateAnswers } from './slowness.ts';

/** Far more than are fetched for a look at either end; POSTROOM_LETTERS=5000 is the long form. */
const LETTERS = Number(process.env['POSTROOM_LETTERS'] ?? 1500);
/** More than a page of the address book. */
const PEOPLE = 250;
const number = new Intl.NumberFormat('en').format;
const FIRST = Date.UTC(2026, 0, 1);

/** The page is the same in each host. */
const skip = hostName === 'browser' ? hostMissing : 'the same in each host, shown in Chromium';

function mbox(): Uint8Array<ArrayBuffer> {
  const letters = Array.from({ length: LETTERS }, (_, n) =>
    [
      'From boris@x.example Mon Jan  5 10:00:00 2026',
      'From: Boris <boris@x.example>',
      'To: anna@x.example',
      `Subject: Delivery note ${n + 1}`,
      `Message-ID: <note.${n + 1}@x.example>`,
      `Date: ${new Date(FIRST + n * 60_000).toUTCString()}`,
      '',
      `Note ${n + 1}.`,
      '',
      '',
    ].join('\n'),
  );
  return new TextEncoder().encode(letters.join(''));
}

async function seed(ask: Ask): Promise<void> {
  await ask('settings.set', { conversations: false });
  await ask('import.bytes', { name: 'Notes.mbox', bytes: mbox(), folder: null });
  await jobsEnded(ask, 'import');
  for (let n = 1; n <= PEOPLE; n++) {
    const name = `Person ${String(n).padStart(3, '0')}`;
    await ask('contacts.save', { id: null, content: { name } });
  }
}

test('a range of many letters', { skip }, async (t) => {
  const window = await openWindow(t, { seed });
  const here = () => window;
  const m = () => movesIn(window.page);
  const total = (n: number) =>
    eventually(async () => assert.equal(Number(await m().grid.getAttribute('aria-rowcount')), n));
  const said = (text: string) => window.page.getByText(text, { exact: true }).first().waitFor();
  const rowOf = (n: number) => m().row(new RegExp(`Delivery note ${n}\\.`));
  const chosen = (n: number) => rowOf(n).and(window.page.locator('[aria-selected="true"]')).waitFor();

  await scene(t, 'Home, Shift+End: all are chosen, and the number is told', here, async (page) => {
    await m().openFolder('Inbox');
    await total(LETTERS);
    await rowOf(LETTERS).click();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    await said(`${number(LETTERS)} letters selected`);
    await chosen(1);
    await page.getByText(new RegExp(`^${number(LETTERS)} letters selected, \\d`)).waitFor();
  });

  await scene(t, 'Delete takes them all, Ctrl+Z brings them all back', here, async (page) => {
    await page.keyboard.press('Delete');
    await said(`${number(LETTERS)} letters moved to Trash`);
    await m().grid.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+KeyZ');
    await total(LETTERS);
  });

  await scene(
    t,
    'keys that come before the engine has answered act upon the whole range',
    here,
    async (page) => {
      const gate = await gateAnswers(page);
      await m().openFolder('Inbox');
      await rowOf(LETTERS).click();
      await hasFocus(rowOf(LETTERS));
      // From the second letter on: the first one stays, and is the one to read then.
      await page.keyboard.press('ArrowDown');
      await hasFocus(rowOf(LETTERS - 1));
      await gate(true);
      await page.keyboard.press('Shift+End');
      // The last one is taken out again.
      await page.keyboard.press('Control+Space');
      await page.keyboard.press('Delete');
      await gate(false);
      await total(2);
      await rowOf(1).waitFor();
      await hasFocus(rowOf(LETTERS));
      await page.keyboard.press('Control+KeyZ');
      await total(LETTERS);
    },
  );

  await scene(t, 'Ctrl+A less one letter', here, async (page) => {
    await rowOf(LETTERS).click();
    await hasFocus(rowOf(LETTERS));
    await page.keyboard.press('Control+KeyA');
    await said(`${number(LETTERS)} letters selected`);
    await page.keyboard.press('Control+Space');
    await said(`${number(LETTERS - 1)} letters selected`);
    await page.keyboard.press('Delete');
    await total(1);
    await page.keyboard.press('Control+KeyZ');
    await total(LETTERS);
  });

  await scene(t, 'people that were not in sight, too', here, async (page) => {
    await page.keyboard.press('Control+Digit2');
    const list = page.getByRole('list', { name: 'Address book' });
    const person = (n: number) => list.getByRole('button', { name: `Person ${String(n).padStart(3, '0')}` });
    await person(2).click();
    await hasFocus(person(2));
    await page.keyboard.press('Shift+End');
    await page.keyboard.press('Delete');
    await page
      .getByText(`${PEOPLE - 1} contacts removed`)
      .first()
      .waitFor();
    await person(1).waitFor();
    await eventually(async () => assert.equal(await list.getByRole('button').count(), 1));
  });
});
