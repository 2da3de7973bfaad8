/** Old mail to be found, and the pages that bring it and make copies: for pictures. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { writeThunderbird } from '../kit/thunderbird.ts';
import type { Ask } from './seed.ts';

const home = mkdtempSync(join(tmpdir(), 'postroom-shots-home-'));

async function seedHome(_: Ask): Promise<void> {
  // The search of the disk looks in the home of the person who runs the program.
  if (process.env['HOME'] === home) return;
  process.env['HOME'] = home;
  await writeThunderbird(home);
}

const door = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).click();
};

async function look(page: Page): Promise<void> {
  await door(/^(Bring my old mail|Перенести старую почту)$/)(page);
  await page.getByText('Thunderbird: o.belova@constr.example').click();
  await page.getByRole('button', { name: /^(Look first|Сначала посмотреть)$/ }).click();
  await page.getByRole('table').waitFor();
  await page.getByRole('table').scrollIntoViewIfNeeded();
}

async function brought(page: Page): Promise<void> {
  await look(page);
  await page.getByRole('button', { name: /^(Bring them in|Перенести)$/ }).click();
  await page
    .getByRole('button', { name: /^(Save the report|Сохранить отчёт)$/ })
    .first()
    .waitFor();
  await page
    .getByRole('button', { name: /^(Save the report|Сохранить отчёт)$/ })
    .first()
    .scrollIntoViewIfNeeded();
}

async function copies(page: Page): Promise<void> {
  await page.getByRole('grid').getByRole('row').first().waitFor();
  await page.getByRole('button', { name: /^(Settings|Настройки)$/ }).click();
  await page
    .getByRole('navigation', { name: /^(Settings|Настройки)$/ })
    .getByText(/^(Copies|Копии)$/)
    .click();
  await page
    .getByRole('textbox', { name: /^(Save the copy as|Сохранить копию как)$/ })
    .fill(join(home, `office-${Math.random().toString(36).slice(2, 8)}.postroom`));
  await page.getByText(/^(With the passwords|Вместе с паролями)/).click();
  await page.getByLabel(/^(Passphrase|Парольная фраза)$/).fill('north crane 7');
  await page.getByRole('button', { name: /^(Make a copy|Сделать копию)$/ }).click();
  await page.getByText(/^(The copy is made|Копия готова)/).waitFor();
  await page.mouse.move(4, 300);
}

export const MOVING_SCENES = {
  doors: {
    sample: false,
    seed: seedHome,
    act: async (page: Page) => void (await page.getByText(/^(Found|Найдено): Thunderbird/).waitFor()),
  },
  moving: { sample: false, seed: seedHome, act: look },
  brought: { sample: false, seed: seedHome, act: brought },
  copies: { sample: true, seed: seedHome, act: copies },
  restore: { sample: false, seed: seedHome, act: door(/^(Restore from a copy|Восстановить из копии)$/) },
};
