/**
 * Everybody can use it: axe without violations on each main screen, in light, dark and high contrast, in English and in
 * Russian; with 200 % text in a small window; with forced colours.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, assertNoSidewaysScrolling, assertNothingCut, wear } from './axe.ts';
import { eventually, hostMissing, openWindow, scene } from './hosts.ts';
import { hasFocus, movesIn } from './moves.ts';
import { type Language, names } from './names.ts';
import { jobsEnded } from './seed.ts';

/** The system says which theme; Postroom follows while it is open. */
async function inEachTheme(page: Page, screen: string): Promise<void> {
  for (const theme of ['light', 'dark', 'contrast'] as const) {
    await wear(page, theme);
    await assertAccessible(page, `${screen}, ${theme}`);
  }
  await wear(page, 'light');
}

/** What was found is drawn, and what narrows it; the rows of the folder behind it are rows, too. */
async function found(page: Page, language: Language): Promise<void> {
  const save = { en: 'Save search', ru: 'Сохранить поиск' } as const;
  await page.getByRole('button', { name: save[language], exact: true }).waitFor();
  await page.getByRole('complementary').getByRole('radio').first().waitFor();
  await movesIn(page, language).grid.and(page.locator('[aria-busy="false"]')).waitFor();
}

/** Where nothing moves any more: colours do not fade while axe looks. */
const calm = (page: Page) => page.emulateMedia({ reducedMotion: 'reduce' });

/** Beside a letter; px of a row. The usual one is the last. */
const densities = {
  en: [
    ['Two-line rows', 52],
    ['Four-line rows', 98],
    ['Table', 30],
    ['Three-line rows', 72],
  ],
  ru: [
    ['Строки в две линии', 52],
    ['Строки в четыре линии', 98],
    ['Таблица', 30],
    ['Строки в три линии', 72],
  ],
} as const;

const subjects = {
  en: 'Concrete for block 4',
  ru: 'Бетон на корпус 4',
} as const;

for (const language of ['en', 'ru'] as const satisfies readonly Language[]) {
  test(`main screens for everybody, ${language}`, { skip: hostMissing }, async (t) => {
    const window = await openWindow(t, {
      language,
      theme: 'system',
      async seed(ask) {
        await ask('sample.create', {});
        await jobsEnded(ask, 'sample');
      },
    });
    const here = () => window;
    const m = () => movesIn(window.page, language);
    const words = names[language];
    await calm(window.page);

    await scene(t, 'the window with a letter', here, async (page) => {
      const { openLetter, letter } = m();
      await openLetter(subjects[language]);
      await letter.locator('p').first().waitFor();
      await inEachTheme(page, 'the window with a letter');
      // The letter's own document is of the theme, too, also when the system changes it over an open letter.
      for (const [theme, colour] of [
        ['dark', 'rgb(36, 35, 32)'],
        ['light', 'rgb(255, 255, 255)'],
      ] as const) {
        await wear(page, theme);
        await eventually(async () =>
          assert.equal(
            await letter
              .locator('html')
              .evaluate('getComputedStyle(document.documentElement).backgroundColor'),
            colour,
          ),
        );
      }
      await assertNothingCut(page, 'the window with a letter');
      const conversation = page.getByRole('list', { name: words.conversation });
      for (const folded of [/take the trucks|принять машины/, /from 07:30|с 07:30/])
        await conversation.getByRole('button', { name: folded }).click();
      await page.getByTestId('other-frame').nth(1).waitFor();
      await inEachTheme(page, 'an open conversation');
      await assertNothingCut(page, 'an open conversation');
    });

    await scene(t, 'rows of every density', here, async (page) => {
      for (const [command, height] of densities[language]) {
        await m().palette(command);
        // The head of a table is a row, too.
        const letter = m().row(subjects[language]).first();
        await eventually(async () =>
          assert.equal(Math.round((await letter.boundingBox())?.height ?? 0), height, command),
        );
        await assertNothingCut(page, command);
      }
    });

    await scene(t, 'forced colours', here, async (page) => {
      await page.emulateMedia({ forcedColors: 'active' });
      await assertAccessible(page, 'forced colours').catch(async (failure: unknown) => {
        await page.emulateMedia({ forcedColors: 'none' });
        throw failure;
      });
      // A state must not hang on a background that forced colours take away.
      const outlined = await page.evaluate<boolean>(`(() => {
        const style = getComputedStyle(document.querySelector('[role="row"][aria-selected="true"]'));
        return style.outlineStyle !== 'none' || style.borderStyle !== 'none' || style.backgroundColor !== getComputedStyle(document.querySelector('[role="row"][aria-selected="false"]')).backgroundColor;
      })()`);
      assert.ok(outlined, 'the chosen row is told from the others');
      await page.emulateMedia({ forcedColors: 'none' });
    });

    await scene(t, 'search with what was found', here, async (page) => {
      const { searchBox, row } = m();
      await searchBox.fill(language === 'ru' ? 'бетон' : 'concrete');
      await found(page, language);
      await row(/./).first().waitFor();
      await inEachTheme(page, 'search');
      await assertNothingCut(page, 'search');
      await searchBox.focus();
      for (let n = 0; n < 3; n++) await page.keyboard.press('Escape');
      await page.getByRole('complementary').waitFor({ state: 'detached' });
    });

    await scene(t, 'an open menu and a dialog', here, async (page) => {
      await page
        .getByRole('button', { name: language === 'ru' ? /^Ещё$|^Другие/ : /^More/ })
        .first()
        .click();
      await page.getByRole('menu').waitFor();
      await assertAccessible(page, 'a menu');
      await m().leaveMenu();
      await m().row(/./).first().click({ button: 'right' });
      await page.getByRole('menu').waitFor();
      await assertAccessible(page, 'the menu of a letter');
      await m().leaveMenu();
      // Esc leaves a dialog from a field that looks at keys itself.
      const view = page.getByRole('button', { name: language === 'ru' ? 'Вид списка' : 'View of the list' });
      await m().choose(view, language === 'ru' ? 'Новое условие' : 'New filter');
      const field = page.getByRole('dialog').getByRole('textbox').first();
      await hasFocus(field);
      await field.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await hasFocus(view);
      await page.keyboard.press('Control+Shift+KeyP');
      await hasFocus(page.getByRole('dialog').getByRole('combobox'));
      await inEachTheme(page, 'the palette');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    });

    await scene(t, 'the composer', here, async (page) => {
      await page.getByRole('button', { name: words.newMessage, exact: true }).first().click();
      const dialog = page.getByRole('dialog', { name: words.newMessage });
      await dialog.getByRole('textbox', { name: words.text }).waitFor();
      await dialog
        .getByRole('combobox', { name: words.to, exact: true })
        .fill('boris@beton.example, wrong@, i.kuznetsova@otd3.constr.org,');
      await page.keyboard.press('Tab');
      await inEachTheme(page, 'the composer');
      await assertNothingCut(page, 'the composer');
      await m().closeComposer(dialog);
    });

    await scene(t, 'settings', here, async (page) => {
      await page.keyboard.press('Control+Comma');
      const pages = page.getByRole('navigation', { name: words.settings });
      await pages.waitFor();
      const links = pages.getByRole('link').or(pages.getByRole('button')).or(pages.getByRole('tab'));
      const count = await links.count();
      assert.ok(count >= 6);
      for (let n = 0; n < count; n++) {
        await links.nth(n).click();
        const name = `settings: ${await links.nth(n).textContent()}`;
        if (n === 0) await inEachTheme(page, name);
        else await assertAccessible(page, name);
        await assertNothingCut(page, name);
      }
      await page.keyboard.press('Control+Digit1');
      await m().grid.waitFor();
    });
  });

  test(`text of 200 % in a small window, ${language}`, { skip: hostMissing }, async (t) => {
    const window = await openWindow(t, {
      language,
      size: { width: 1280, height: 720 },
      async seed(ask) {
        await ask('settings.set', { textSize: 200 });
        await ask('sample.create', {});
        await jobsEnded(ask, 'sample');
      },
    });
    const here = () => window;
    const m = () => movesIn(window.page, language);
    const words = names[language];

    await scene(t, 'every command of the bar is there or in its menu', here, async (page) => {
      const { openLetter, bar } = m();
      await openLetter(subjects[language]);
      await assertNoSidewaysScrolling(page, 'the window');
      await assertNothingCut(page, 'the window');
      const more = bar.getByRole('button', { name: language === 'ru' ? /^Ещё$|^Другие/ : /^More/ });
      await more.click();
      const menu = page.getByRole('menu');
      await menu.waitFor();
      const entries = await menu.getByRole('menuitem').allTextContents();
      await m().leaveMenu();
      for (const name of [
        words.reply,
        words.forward,
        words.archive,
        words.delete,
        words.moveTo,
        words.flag,
      ]) {
        const shown = await bar.getByRole('button', { name }).first().isVisible();
        assert.ok(shown || entries.some((entry) => entry.startsWith(name)), `${name} can be reached`);
      }
    });

    await scene(t, 'composer, settings and search fit', here, async (page) => {
      await page.getByRole('button', { name: words.newMessage, exact: true }).first().click();
      const dialog = page.getByRole('dialog', { name: words.newMessage });
      await dialog.getByRole('textbox', { name: words.text }).waitFor();
      await assertNoSidewaysScrolling(page, 'the composer');
      await assertNothingCut(page, 'the composer');
      await dialog.getByRole('button', { name: words.send, exact: true }).click({ trial: true });
      // The tooltip under the pointer would take the Esc for itself.
      await page.mouse.move(640, 1);
      await dialog.getByRole('textbox', { name: words.text }).focus();
      await page.getByRole('tooltip').waitFor({ state: 'detached' });
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await page.keyboard.press('Control+Comma');
      await page.getByRole('navigation', { name: words.settings }).waitFor();
      await assertNoSidewaysScrolling(page, 'settings');
      await assertNothingCut(page, 'settings');
      await page.keyboard.press('Control+Digit1');
      await m().grid.waitFor();
      await m().searchBox.fill(language === 'ru' ? 'бетон' : 'concrete');
      await found(page, language);
      await m().row(/./).first().waitFor();
      await assertNoSidewaysScrolling(page, 'search');
      await assertNothingCut(page, 'search');
    });
  });
}
