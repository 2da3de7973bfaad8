/** Scenes of shots.ts: letters by their headers, their plan, an account's times. */
import type { Page } from 'playwright-core';
import { addDrop, openDrop } from '../kit/maildrop-letters.ts';
import { eventually } from './hosts.ts';
import { type Ask, jobsEnded } from './seed.ts';

/** What the maildrop holds is here by its headers, some of it marked; the server is gone when the window opens. */
async function seed(ask: Ask): Promise<void> {
  const ends: (() => unknown)[] = [];
  const office = await openDrop({ after: (end: () => unknown) => void ends.push(end) });
  try {
    const account = await addDrop(ask, office.port, { headersAbove: 100 });
    await ask('settings.set', { conversations: false, layout: 'below', density: 'table', groups: false });
    await eventually(async () => {
      const folders = await ask('folders.list', {});
      const inbox = folders.find((each) => each.account === account && each.role === 'inbox');
      if (!inbox || inbox.total < 10) throw new Error('headers are on their way');
    }, 30_000);
    await jobsEnded(ask, 'sync');
    const schedule = {
      onStart: false,
      when: 'times',
      minutes: null,
      hours: null,
      times: [660],
      days: [],
    } as const;
    await ask('schedule.set', { account, schedule: { ...schedule, times: [660], days: [] } });
    const view = { scope: { in: 'account', account } } as const;
    const { rows } = await ask('messages.window', { view, from: 0, count: 20 });
    const ids = (...words: string[]) =>
      rows.filter((row) => words.some((word) => row.subject.includes(word))).map((row) => row.id);
    const mark = (as: 'fetch' | 'keep' | 'delete', ...words: string[]) =>
      ask('maildrop.mark', { selection: { ids: ids(...words) }, mark: as });
    await mark('fetch', 'Ведомость', 'Чертежи', 'Приказ');
    await mark('delete', 'Дайджест');
    await mark('keep', 'Прайс-лист');
    await ask('accounts.offline', { offline: true });
  } finally {
    for (const end of ends) await end();
  }
}

const row = (page: Page, name: RegExp) => page.getByRole('grid').getByRole('row', { name }).first();
const rest = (page: Page): Promise<void> => page.mouse.move(4, 300);

async function letter(page: Page): Promise<void> {
  await row(page, /Ведомость/).click();
  await page.getByRole('radiogroup').waitFor();
  await rest(page);
}

async function side(page: Page): Promise<void> {
  await letter(page);
  for (const name of [/Reading pane (on the )?right|справа/i, /^(Cosy|Просторно|Свободно)/i]) {
    await page.keyboard.press('Control+Shift+KeyP');
    const option = page.getByRole('option', { name }).first();
    await option.click({ timeout: 3000 }).catch(() => page.keyboard.press('Escape'));
  }
  await letter(page);
}

async function plan(page: Page): Promise<void> {
  await letter(page);
  await page.getByRole('button', { name: /Show plan|Показать план/ }).click();
  await page.getByRole('dialog').getByRole('table').waitFor();
}

async function account(page: Page): Promise<void> {
  await row(page, /\S/).waitFor();
  await page.getByRole('button', { name: /^(Settings|Настройки)$/ }).click();
  const pages = page.getByRole('navigation', { name: /^(Settings|Настройки)$/ });
  await pages
    .getByText(/^(Accounts|Учётные записи)$/)
    .first()
    .click();
  await page
    .getByRole('button', { name: /^(Edit|Изменить)/ })
    .first()
    .click();
  await page.getByRole('group', { name: /Checking for mail|Проверка почты/ }).scrollIntoViewIfNeeded();
}

export const COLLECTING_SCENES = {
  maildrop: { sample: false, seed, act: letter },
  'maildrop-side': { sample: false, seed, act: side },
  'maildrop-plan': { sample: false, seed, act: plan },
  'maildrop-account': { sample: false, seed, act: account },
};
