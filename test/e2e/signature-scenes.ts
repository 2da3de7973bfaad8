/** Scenes of shots.ts with signatures, identities, templates and misspelt words. */
import type { Page } from 'playwright-core';
import type { Ask } from './seed.ts';

const WORDS = {
  en: {
    full: 'Full, with position',
    short: 'Short, for colleagues',
    english: 'Russian',
    position: 'Senior estimator, estimates department',
    extension: 'ext. 118',
    template: 'Invoice',
    subject: 'Invoice of {{date}}',
    greeting: '{{first-name}}, good morning.',
    paper: 'Holiday card',
    label: 'Estimates',
    keyword: 'address',
    street: '5 Builders Street, office 12',
  },
  ru: {
    full: 'Полная, с должностью',
    short: 'Короткая, для своих',
    english: 'Английская',
    position: 'Ведущий инженер-сметчик, сметный отдел',
    extension: 'доб. 118',
    template: 'Счёт',
    subject: 'Счёт от {{дата}}',
    greeting: '{{имя-получателя}}, добрый день!',
    paper: 'Поздравление',
    label: 'Сметный отдел',
    keyword: 'адрес',
    street: 'ул. Строителей, 5, офис 12',
  },
} as const;

const server = { host: '127.0.0.1', port: 9, security: 'none', user: 'o', auth: 'auto' } as const;

async function seed(ask: Ask, language: 'en' | 'ru'): Promise<void> {
  const words = WORDS[language];
  const account = await ask('accounts.add', {
    address: 'o.belova@otd1.constr.org',
    name: 'Ольга Белова',
    incoming: server,
    outgoing: server,
    password: 'x',
  }).catch(() => null);
  const html = `<div>{{name}}</div><div>${words.position}</div><div>${words.extension}</div>`;
  await ask('signatures.save', { name: words.full, html });
  const short = await ask('signatures.save', { name: words.short, html: '<div>{{name}}, 118</div>' });
  await ask('signatures.save', { name: words.english, html: '<div>Olga Belova</div>' });
  for (const each of await ask('identities.list', {}))
    await ask('identities.update', {
      id: each.id,
      label: words.label,
      signatures: { newInside: short.id, replyInside: 'none' },
    });
  if (account)
    await ask('identities.add', { account: account.id, address: 'tender@otd1.constr.org', name: 'Тендеры' });
  const paper = { background: '', font: '' } as const;
  const head = { to: [], cc: [], bcc: [], text: '' };
  await ask('templates.save', {
    name: words.template,
    kind: 'template',
    content: {
      ...head,
      subject: words.subject,
      html: `<div>${words.greeting}</div><div>{{cursor}}</div>`,
      paper,
    },
  });
  await ask('templates.save', {
    name: words.paper,
    kind: 'stationery',
    content: {
      ...head,
      subject: '',
      html: '<h2>Констр</h2><div>{{cursor}}</div>',
      paper: { background: '#fffbe6', font: 'serif' },
    },
  });
  await ask('snippets.save', { keyword: words.keyword, html: words.street, text: words.street });
  await ask('spelling.add', { word: 'Констр' });
}

const settings = (name: RegExp) => async (page: Page) => {
  await page.getByRole('grid').getByRole('row').first().waitFor();
  await page.getByRole('button', { name: /^(Settings|Настройки)$/ }).click();
  await page
    .getByRole('navigation', { name: /^(Settings|Настройки)$/ })
    .getByText(name, { exact: true })
    .click();
  await page.mouse.move(4, 300);
};

const letter = async (page: Page) => {
  await page.getByRole('grid').getByRole('row').first().waitFor();
  await page.keyboard.press('Control+KeyN');
  const form = page.getByRole('dialog');
  await form
    .getByRole('combobox', { name: /^(To|Кому)$/ })
    .first()
    .pressSequentially('i.kuznetsova@otd3.constr.org,invoices@beton.example,');
  await form.getByRole('textbox', { name: /Subject|Тема/ }).fill('Счёт 2214: исправленная смета');
  await form.getByRole('textbox', { name: /Message text|Текст письма/ }).click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(
    'Ирина, добрый день!\nПровреила строку 6: бетон B30 посчитан без доставки, please recieve it.',
  );
};

const corner = async (page: Page) => {
  await letter(page);
  await page.getByRole('button', { name: /^(Signature|Подпись): / }).click();
};

const paper = async (page: Page) => {
  await letter(page);
  await page.getByRole('button', { name: /^(Template|Шаблон)$/ }).click();
  await page.getByRole('menuitem', { name: /Holiday card|Поздравление/ }).click();
  await page.getByRole('heading', { name: 'Констр' }).waitFor();
};

const plain = async (page: Page) => {
  await letter(page);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^(More|Ещё)$/ })
    .click();
  await page.getByRole('menuitemcheckbox', { name: /^(Plain text|Простой текст)$/ }).click();
  await page.getByRole('alertdialog').getByRole('button').last().click();
  await page.locator('[data-mistakes="2"]').waitFor();
};

const mistake = async (page: Page) => {
  await letter(page);
  await page.locator('[role="textbox"][data-mistakes="2"]').waitFor();
  await page.keyboard.press('F7');
  await page.getByRole('menu').waitFor();
};

const identities = async (page: Page) => {
  await settings(/^(Accounts|Учётные записи)$/)(page);
  await page
    .getByRole('listitem')
    .filter({ hasText: 'otd1.constr.org' })
    .getByRole('button', { name: /^(Edit|Change|Изменить)/ })
    .last()
    .click();
};

const identity = async (page: Page) => {
  await identities(page);
  await page
    .getByRole('button', { name: /tender@otd1/ })
    .first()
    .click();
  await page.getByRole('dialog').waitFor();
};

export const SIGNATURE_SCENES = {
  signatures: { sample: true, seed, act: settings(/^(Signatures|Подписи)$/) },
  templates: { sample: true, seed, act: settings(/^(Templates|Шаблоны)$/) },
  corner: { sample: true, seed, act: corner },
  signed: { sample: true, size: 200, seed, act: letter },
  paper: { sample: true, seed, act: paper },
  plain: { sample: true, seed, act: plain },
  mistake: { sample: true, seed, act: mistake },
  identity: { sample: true, seed, act: identity },
  identities: { sample: true, seed, act: identities },
};
