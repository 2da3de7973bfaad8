/** What a person does in the window, by roles and names only. */
import type { FrameLocator, Locator, Page } from 'playwright-core';
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
  /** Chooses in the menu of a button. */
  choose(button: Locator, item: string | RegExp): Promise<void>;
  /** Runs a command by its name in the palette. */
  palette(name: string): Promise<void>;
  composer(title?: RegExp): Locator;
  /** The row the keyboard is on. */
  focusedRow(): Promise<string>;
}

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
      await folder(name).click();
      await page.locator(`[role="treeitem"][aria-selected="true"]`).first().waitFor();
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
    },
    async palette(name) {
      await page.keyboard.press('Control+Shift+KeyP');
      const box = page
        .getByRole('dialog')
        .getByRole('combobox')
        .or(page.getByRole('dialog').getByRole('searchbox'))
        .first();
      await box.fill(name);
      await page
        .getByRole('option', { name: new RegExp(`^${escaped(name)}`) })
        .first()
        .click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
    composer: (title = /./) =>
      page
        .getByRole('dialog', { name: title })
        .filter({ has: page.getByRole('textbox', { name: words.text }) }),
    focusedRow: () =>
      page.evaluate(`document.activeElement?.closest('[role="row"]')?.getAttribute('aria-label') ?? ''`),
  };
}
