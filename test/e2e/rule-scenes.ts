/** Rules for the sample office, and the page that shows them: for pictures. */
import type { Page } from 'playwright-core';
import type { RuleDraftInput } from '../../main/contract/mail/rules.ts';
import type { Ask } from './seed.ts';

export async function seedRules(ask: Ask, language: 'en' | 'ru'): Promise<void> {
  const ru = language === 'ru';
  const folders = await ask('folders.list', {});
  const tags = await ask('tags.list', {});
  const own = folders.filter((folder) => folder.role === null && folder.selectable);
  const to = own.at(-1)?.id ?? folders[0]?.id ?? 1;
  const other = own[0]?.id ?? to;
  const tag = tags[0]?.name ?? 'Block 4';
  const rules: RuleDraftInput[] = [
    {
      name: ru ? 'Снабжение: бетон и поставки' : 'Supply: concrete and deliveries',
      when: {
        match: 'all',
        of: [
          { field: 'from', test: 'domain', value: 'constr.org' },
          {
            match: 'any',
            of: [
              { field: 'subject', test: 'contains', value: ru ? 'бетон' : 'concrete' },
              { field: 'subject', test: 'contains', value: ru ? 'смет' : 'estimate' },
              { field: 'file-name', test: 'ends', value: '.xlsx' },
            ],
          },
        ],
      },
      actions: [
        { do: 'move', to },
        { do: 'tag', tag },
      ],
      stop: true,
    },
    {
      name: ru ? 'Листы сканера' : 'Scanner pages',
      when: { match: 'all', of: [{ field: 'from', test: 'begins', value: 'scanner' }] },
      actions: [{ do: 'move', to: other }, { do: 'read' }],
    },
    {
      name: ru ? 'Счета с файлом' : 'Invoices with a file',
      when: {
        match: 'all',
        of: [{ field: 'subject', test: 'contains', value: ru ? 'счёт' : 'invoice' }, { field: 'has-file' }],
      },
      actions: [{ do: 'copy', to: other }, { do: 'flag' }],
    },
    {
      name: ru ? 'Рассылки' : 'Newsletters',
      when: { match: 'any', of: [{ field: 'list' }] },
      actions: [{ do: 'move', to: other }],
    },
    {
      name: ru ? 'Звук для директора' : 'Sound for the director',
      when: {
        match: 'all',
        of: [{ field: 'known' }, { field: 'from', test: 'contains', value: 'director' }],
      },
      actions: [{ do: 'sound' }, { do: 'notify' }],
    },
    {
      name: ru ? 'Тендеры 2025' : 'Tenders 2025',
      enabled: false,
      when: { match: 'all', of: [{ field: 'subject', test: 'regex', value: '[0-9]{2}/2025' }] },
      actions: [{ do: 'move', to: other }],
    },
  ];
  for (const rule of rules) await ask('rules.save', { rule });
}

export async function showRules(page: Page): Promise<void> {
  await page.getByRole('grid').getByRole('row', { name: /\S/ }).first().waitFor();
  await page.getByRole('button', { name: /^(Settings|Настройки)$/ }).click();
  const nav = page.getByRole('navigation', { name: /^(Settings|Настройки)$/ });
  await nav.getByRole('button', { name: /^(Rules|Правила)$/ }).click();
  const preview = page.getByRole('region', { name: /^(Rule preview|Что попадёт под правило)$/ });
  await preview.getByText(/in the last|из последних/).waitFor();
  await page.mouse.move(4, 300);
}

export async function showRun(page: Page): Promise<void> {
  await showRules(page);
  await page.getByRole('button', { name: /^(Run on a folder|Применить к папке)$/ }).click();
  await page.getByRole('dialog').getByRole('listitem').first().waitFor();
}

export async function showFromLetter(page: Page): Promise<void> {
  await page
    .getByRole('grid')
    .getByRole('row', { name: /Concrete|Бетон/ })
    .first()
    .click();
  await page.keyboard.press('Control+Shift+KeyP');
  const box = page.getByRole('combobox');
  await box.fill('make a rule');
  if ((await page.getByRole('option').count()) === 0) await box.fill('создать правило');
  await page.getByRole('option').first().click();
  await page.getByRole('dialog').getByRole('checkbox').first().waitFor();
}

export const RULE_SCENES = {
  rules: { sample: true, seed: seedRules, act: showRules },
  rulerun: { sample: true, seed: seedRules, act: showRun },
  rulelarge: { sample: true, size: 200, seed: seedRules, act: showRules },
  ruleletter: { sample: true, seed: seedRules, act: showFromLetter },
} as const;
