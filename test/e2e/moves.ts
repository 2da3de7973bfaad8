/** What a person does in the window, by roles and names only. Each deed ends when the window is ready for the next one. */
import assert from 'node:assert/strict';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { eventually } from './hosts.ts';
import { type Language, names } from './names.ts';

export interface Moves {
  readonly words: (typeof names)['en'];
  readonly tree: Locator;
  readonly grid: Locator;
  readonly reader: Locator;
  readonly bar: Locator;
  readonly searchBox: Locator;
  /** The letter's own document. */
  readonly letter: FrameLocator;
  folder(name: string): Locator;
  openFolder(name: string): Promise<void>;
  /** A row by a part of its name. */
  row(part: string | RegExp): Locator;
  openLetter(part: string | RegExp): Promise<void>;
  subject(text: string | RegExp): Locator;
  /** Chooses in the menu of a button; the menu is gone then. */
  choose(button: Locator, item: string | RegExp): Promise<void>;
  /** Leaves an open menu by Esc; keys are the window's again then. */
  leaveMenu(): Promise<void>;
  /** Runs a command by its name in the palette; the palette is gone then. */
  palette(name: string): Promise<void>;
  composer(title?: RegExp): Locator;
  /** Closes a letter that is being written, by Esc from its text. */
  closeComposer(form: Locator): Promise<void>;
  /** The row the keyboard is on. */
  focusedRow(): Promise<string>;
}

/** Chooses in the list of a select that is open, and waits until it has closed: until then the list has the focus. */
export async function pickOption(page: Page, name: string | RegExp, exact = false): Promise<void> {
  const list = page.getByRole('listbox').filter({ has: page.getByRole('option', { name, exact }) });
  await list.getByRole('option', { name, exact }).first().click();
  await list.waitFor({ state: 'detached' });
}

/** The keyboard is in it: only then a key that is pressed next goes there. */
export async function hasFocus(place: Locator): Promise<void> {
  await eventually(async () =>
    assert.ok(await place.evaluate((element) => element.contains(element.ownerDocument.activeElement))),
  );
}

/** Ms until a press that met nothing is made again. */
const AIM = 5000;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export function movesIn(page: Page, language: Language = 'en'): Moves {
  const words = names[language];
  const tree = page.getByRole('tree', { name: words.folders });
  const grid = page.getByRole('grid', { name: words.messages });
  const reader = page.getByRole('region', { name: words.message, exact: true });
  // The name of a line may carry its count: "Inbox, 12 unread".
  const folder = (name: string) =>
    tree.getByRole('treeitem', { name: new RegExp(`^${escaped(name)}(,|$)`) }).last();
  const row = (part: string | RegExp) => grid.getByRole('row', { name: part });
  const subject = (text: string | RegExp) => reader.getByRole('heading', { level: 2, name: text });
  // A menu takes all keys for itself and hides the window from everybody, until it is gone.
  const noMenu = () => page.getByRole('menu').first().waitFor({ state: 'detached' });
  return {
    words,
    tree,
    grid,
    reader,
    row,
    folder,
    subject,
    bar: page.getByRole('toolbar', { name: words.actions }),
    searchBox: page.getByRole('searchbox', { name: words.search }),
    letter: page.frameLocator('[data-testid="mail-frame"]'),
    async openFolder(name) {
      // A line above it may come or go between the aim and the press (the Outbox): then it is aimed at again.
      await eventually(async () => {
        await folder(name).click();
        await folder(name).and(page.locator('[aria-selected="true"]')).waitFor({ timeout: AIM });
      });
      await grid.and(page.locator('[aria-busy="false"]')).waitFor();
    },
    async openLetter(part) {
      await row(part).first().click();
      await reader.getByRole('heading', { level: 2 }).waitFor();
    },
    async choose(button, item) {
      await button.click();
      await page
        .getByRole('menuitem', { name: item })
        .or(page.getByRole('menuitemcheckbox', { name: item }))
        .or(page.getByRole('menuitemradio', { name: item }))
        .first()
        .click();
      await noMenu();
    },
    async leaveMenu() {
      await page.keyboard.press('Escape');
      await noMenu();
    },
    async palette(name) {
      await noMenu();
      await page.keyboard.press('Control+Shift+KeyP');
      const dialog = page.getByRole('dialog', { name: words.commands });
      await dialog.getByRole('combobox').fill(name);
      await dialog
        .getByRole('option', { name: new RegExp(`^${escaped(name)}`) })
        .first()
        .click();
      await dialog.waitFor({ state: 'detached' });
    },
    composer: (title = /./) =>
      page
        .getByRole('dialog', { name: title })
        .filter({ has: page.getByRole('textbox', { name: words.text }) }),
    async closeComposer(form) {
      await form.getByRole('textbox', { name: words.text }).focus();
      await page.keyboard.press('Escape');
      await form.waitFor({ state: 'detached' });
    },
    focusedRow: () =>
      page.evaluate(`document.activeElement?.closest('[role="row"]')?.getAttribute('aria-label') ?? ''`),
  };
}
