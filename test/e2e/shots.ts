/**
 * `node test/e2e/shots.ts [NAME...]`: pictures of the window with the sample office, in both languages and all themes, into
 * test/.screens. For eyes beside the design's pictures; no test looks at them.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../../scripts/toolchain/run.ts';
import { launchChromium, startBrowserHost } from '../kit/browser.ts';
import { COLLECTING_SCENES } from './collecting-scenes.ts';
import { MOVING_SCENES } from './moving-scenes.ts';
import { RULE_SCENES } from './rule-scenes.ts';
import { type Ask, jobsEnded, seedProfile } from './seed.ts';
import { SIGNATURE_SCENES } from './signature-scenes.ts';

type Theme = 'light' | 'dark' | 'contrast';
interface Shot {
  readonly name: string;
  readonly language: 'en' | 'ru';
  readonly theme: Theme;
  readonly sample: boolean;
  /** Text size, per cent. */
  readonly size: number;
  seed?: ((ask: Ask, language: 'en' | 'ru') => Promise<void>) | undefined;
  act(page: Page): Promise<void>;
}

const row = (page: Page, name: RegExp | string) => page.getByRole('grid').getByRole('row', { name }).first();

/** The pointer goes where nothing answers to it. */
const rest = (page: Page): Promise<void> => page.mouse.move(4, 300);

const letterOf =
  (name: RegExp) =>
  async (page: Page): Promise<void> => {
    await row(page, name).click();
    await rest(page);
    await page.frameLocator('[data-testid="mail-frame"]').getByText(/\S/).first().waitFor();
  };
const offer = letterOf(/Northern Crane|Северный кран/);
const concrete = letterOf(/Concrete for block 4|Бетон на корпус 4/);
const conversation = async (page: Page): Promise<void> => {
  await concrete(page);
  await page
    .getByRole('list', { name: /Conversation|Переписка/ })
    .getByRole('button')
    .first()
    .click();
  await page.frameLocator('[data-testid="other-frame"]').getByText(/\S/).first().waitFor();
};
const composer = async (page: Page): Promise<void> => {
  await concrete(page);
  await page.keyboard.press('Control+KeyN');
  const form = page.getByRole('dialog');
  const field = (name: RegExp) => form.getByRole('combobox', { name }).first();
  await field(/^(To|Кому)$/).pressSequentially('i.kuznetsova@otd3.constr.org,invoices@beton.example,');
  await field(/^(Cc|Копия)$/).pressSequentially('p.orlov@otd2.constr.org,');
  await form.getByRole('textbox', { name: /Subject|Тема/ }).fill('Счёт 2214: исправленная смета');
  const words = form.getByRole('textbox', { name: /Message text|Текст письма/ });
  await words.click();
  await page.keyboard.type('Ирина, добрый день!\nПроверила строку 6: бетон B30 посчитан без доставки.');
  const chooser = page.waitForEvent('filechooser');
  await form.getByRole('button', { name: /^(Attach|Вложить)$/ }).click();
  await (await chooser).setFiles([
    {
      name: 'Смета корпус 4, ред. 3.xlsx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.alloc(184_000),
    },
    { name: 'Фото накладных.zip', mimeType: 'application/zip', buffer: Buffer.alloc(400_000) },
  ]);
  await rest(page);
};
const reply = async (page: Page): Promise<void> => {
  await concrete(page);
  await page.keyboard.press('KeyR');
  await page
    .getByRole('dialog')
    .getByRole('textbox', { name: /Message text|Текст письма/ })
    .waitFor();
};
const search = async (page: Page): Promise<void> => {
  await row(page, /\S/).waitFor();
  await page.getByRole('searchbox').click();
  await page.keyboard.type(
    /Search/.test(await page.getByRole('search').innerHTML()) ? 'concrete' : 'бетон b30',
  );
  await row(page, /Concrete|бетон/i).click();
  await rest(page);
};
const welcome = async (page: Page): Promise<void> => {
  await page.getByRole('heading').first().waitFor();
};
const settings =
  (name: RegExp) =>
  async (page: Page): Promise<void> => {
    await row(page, /\S/).waitFor();
    await page.getByRole('button', { name: /^(Settings|Настройки)$/ }).click();
    await page
      .getByRole('navigation', { name: /^(Settings|Настройки)$/ })
      .getByText(name)
      .first()
      .click();
    await rest(page);
  };
const notifications = async (page: Page): Promise<void> => {
  await settings(/^(Notifications|Уведомления)$/)(page);
  const quiet = page.getByRole('region', { name: /^(Quiet hours|Тихие часы)$/ });
  await quiet.getByText(/^(Keep quiet|Не беспокоить)/).click();
  await page.getByText(/^(Only these people|Только об этих людях)$/).click();
  await rest(page);
};
const tidy = async (page: Page): Promise<void> => {
  await settings(/^(Keep tidy|Порядок в почте)$/)(page);
  const large = page.getByRole('region', { name: /^(Large letters|Большие письма)$/ });
  await large.getByRole('button', { name: /(From|От)$/ }).click();
  await page.getByRole('option').first().click();
  await large.getByRole('button', { name: /^(Look|Найти)$/ }).click();
  await large.getByRole('status').getByText(/\S/).waitFor();
  const twins = page.getByRole('region', { name: /^(Letters that are there twice|Повторы)$/ });
  await twins.getByRole('button', { name: /^(Look|Найти)$/ }).click();
  await twins.getByRole('status').getByText(/\S/).waitFor();
  await rest(page);
};
const tidyEnd = async (page: Page): Promise<void> => {
  await row(page, /\S/).first().click();
  await page.keyboard.press('Shift+Delete');
  await page.getByRole('alertdialog').getByRole('button').last().click();
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  await settings(/^(Keep tidy|Порядок в почте)$/)(page);
  const keeps = page.getByRole('region', { name: /keep letters for a while|хранятся недолго/ });
  await keeps.getByRole('button', { name: /^(Choose a folder|Выбрать папку)$/ }).click();
  await page.getByRole('option').nth(3).click();
  await keeps.getByRole('button', { name: /^(See what goes|Посмотреть, что уйдёт)$/ }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^(Switch on|Включить)$/ })
    .click();
  await keeps.getByRole('listitem').first().waitFor();
  await page.getByRole('region', { name: /^(Room on the disk|Место на диске)$/ }).scrollIntoViewIfNeeded();
  await rest(page);
};
const profiles = async (page: Page): Promise<void> => {
  await settings(/^(Profiles|Профили)$/)(page);
  await page.getByRole('textbox', { name: /^(Name|Имя)$/ }).fill('Ирина');
  await page.getByRole('button', { name: /^(Add a profile|Добавить профиль)$/ }).click();
  await page
    .getByRole('list', { name: /^(Profiles|Профили)$/ })
    .getByText('Ирина')
    .waitFor();
  await rest(page);
};
const connect = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /^(Connect my mail|Подключить почту)/ }).click();
};
const byHand = async (page: Page): Promise<void> => {
  await connect(page);
  await page.getByRole('button', { name: /Set by hand|вручную/i }).click();
};
const table = async (page: Page): Promise<void> => {
  await concrete(page);
  await page.keyboard.press('Control+Shift+KeyP');
  await page.keyboard.type('Table');
  await page.keyboard.press('Enter');
};

interface SceneOf {
  sample: boolean;
  size?: number;
  /** Done with the profile before the window opens. */
  seed?(ask: Ask, language: 'en' | 'ru'): Promise<void>;
  act(page: Page): Promise<void>;
}

/** People for the address book's pictures. */
const VCARDS = `BEGIN:VCARD\r\nVERSION:4.0\r\nUID:1\r\nFN:Ирина Кузнецова\r\nN:Кузнецова;Ирина;Сергеевна;;\r\nEMAIL;TYPE=work:i.kuznetsova@otd3.constr.org\r\nEMAIL;TYPE=home:irina@home.example\r\nTEL;TYPE=work:+7 495 123-45-67\r\nTEL;TYPE=cell:+7 916 000-11-22\r\nORG:Строитель;Отдел 3\r\nTITLE:Главный сметчик\r\nX-ROOM:214\r\nBDAY:${birthdayIn(2)}\r\nCATEGORIES:Коллеги,Смета\r\nNOTE:До 15:00 лучше звонить\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nUID:2\r\nFN:Pavel Orlov\r\nN:Orlov;Pavel;;;\r\nEMAIL:p.orlov@otd2.constr.org\r\nORG:Constr;Supply\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nUID:3\r\nFN:Pavel Orlov\r\nN:Orlov;Pavel;;;\r\nEMAIL:pavel@home.example\r\nTEL:+7 495 765-43-21\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nUID:4\r\nFN:Северный кран\r\nORG:Северный кран\r\nEMAIL:info@north-crane.example\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nUID:5\r\nFN:Сметчики\r\nMEMBER:urn:uuid:1\r\nMEMBER:mailto:p.orlov@otd2.constr.org\r\nEND:VCARD\r\n`;

function birthdayIn(days: number): string {
  const day = new Date(Date.now() + days * 86_400_000);
  const two = (each: number) => String(each).padStart(2, '0');
  return `1980${two(day.getMonth() + 1)}${two(day.getDate())}`;
}

const book = async (page: Page): Promise<void> => {
  await row(page, /\S/).waitFor();
  await page.keyboard.press('Control+Digit2');
  await page
    .getByRole('button', { name: /^(More|Ещё)$/ })
    .last()
    .click();
  await page.getByRole('menuitem', { name: /^(Import|Импорт)$/ }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /Choose a file|Выбрать файл/ }).click();
  await (await chooser).setFiles([
    { name: 'people.vcf', mimeType: 'text/vcard', buffer: Buffer.from(VCARDS) },
  ]);
  await page
    .getByRole('button', { name: /^(Import|Загрузить)$/ })
    .last()
    .click();
  await page
    .getByRole('list', { name: /Address book|Адресная книга/ })
    .getByRole('button', { name: /Кузнецова/ })
    .click();
  await rest(page);
};
const bookEditor = async (page: Page): Promise<void> => {
  await book(page);
  await page.getByRole('button', { name: /^(Edit|Изменить)$/ }).click();
  await rest(page);
};
const bookDuplicates = async (page: Page): Promise<void> => {
  await book(page);
  await page
    .getByRole('button', { name: /^(More|Ещё)$/ })
    .last()
    .click();
  await page.getByRole('menuitem', { name: /Find duplicates|Найти дубли/ }).click();
  await rest(page);
};
const bookImport = async (page: Page): Promise<void> => {
  await book(page);
  await page
    .getByRole('button', { name: /^(More|Ещё)$/ })
    .last()
    .click();
  await page.getByRole('menuitem', { name: /^(Import|Импорт)$/ }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /Choose a file|Выбрать файл/ }).click();
  await (await chooser).setFiles([
    {
      name: 'contacts.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        'Имя;Фамилия;Адрес эл. почты;Рабочий телефон;Организация;Личный номер;День рождения\r\nАнна;Белова;a.belova@constr.org;+7 495 111-22-33;Строитель;7;весна\r\nПётр;Ёлкин;p.elkin@constr.org;;Строитель;;\r\n',
      ),
    },
  ]);
  await page.getByRole('radio').first().waitFor();
  await rest(page);
};
const bookSuggest = async (page: Page): Promise<void> => {
  await book(page);
  await page.keyboard.press('Control+KeyN');
  const form = page.getByRole('dialog');
  await form.getByRole('combobox', { name: /^(To|Кому)$/ }).pressSequentially('с');
  await form.getByRole('option', { name: /Сметчики/ }).waitFor();
  await rest(page);
};
const bookDirectory = async (page: Page): Promise<void> => {
  await book(page);
  await page.getByRole('button', { name: /^(New book|Новая книга)$/ }).click();
  await page.getByRole('menuitem', { name: /LDAP/ }).click();
  await rest(page);
};

const inPalette = async (page: Page, ...names: RegExp[]): Promise<void> => {
  for (const name of names) {
    await page.keyboard.press('Control+Shift+KeyP');
    await page.getByRole('dialog').getByRole('option', { name }).first().click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
};
/** The tree as somebody has arranged it, and a wide table of own columns in groups. */
const arranged = async (page: Page): Promise<void> => {
  await row(page, /\S/).waitFor();
  await inPalette(page, /^(Table|Таблица)/, /^(No reading pane|Без области чтения)/);
  await page.getByRole('columnheader').first().getByRole('button').focus();
  for (const name of [/^(Tags|Метки)$/, /^(Flag|Флажок)$/, /^(Received|Получено)$/]) {
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitemcheckbox', { name }).click();
  }
  for (const name of [/^(Archive|Архив)/, /^(Block 4|Корпус 4)/]) {
    await page.getByRole('treeitem', { name }).last().click({ button: 'right' });
    await page.getByRole('menuitem', { name: /favourites|избранное/ }).click();
  }
  await inPalette(page, /^(Group by sender|Группировать по отправителю)/);
  await row(page, /\S/).focus();
  await page.keyboard.press('ArrowLeft');
  await rest(page);
};
const viewMenu = async (page: Page): Promise<void> => {
  await concrete(page);
  await page.getByRole('button', { name: /^(View of the list|Вид списка)$/ }).click();
  await rest(page);
};
const newFilter = async (page: Page): Promise<void> => {
  await viewMenu(page);
  await page.getByRole('menuitem', { name: /^(New filter|Новое условие)$/ }).click();
  await rest(page);
};
const columnsDialog = async (page: Page): Promise<void> => {
  await viewMenu(page);
  await page.getByRole('menuitem', { name: /^(Choose columns|Выбрать столбцы)$/ }).click();
  await rest(page);
};
const savedSearch = async (page: Page): Promise<void> => {
  await search(page);
  await page.getByRole('button', { name: /^(Save search|Сохранить поиск)$/ }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('B30');
  await page.keyboard.press('Enter');
  await page
    .getByRole('treeitem', { name: /B30, / })
    .or(page.getByRole('treeitem', { name: 'B30' }))
    .first()
    .click();
  await page.keyboard.press('Escape');
  await page.getByRole('treeitem', { name: /^B30/ }).click();
  await row(page, /\S/).click();
  await rest(page);
};

const redirect = async (page: Page): Promise<void> => {
  await concrete(page);
  await page.keyboard.press('Control+Shift+KeyE');
  await page.keyboard.type('p.orlov@otd2.constr.org,invoices@beton.example,');
};
const merge = async (page: Page): Promise<void> => {
  await concrete(page);
  await page.keyboard.press('Control+KeyN');
  const form = page.getByRole('dialog');
  await form.getByRole('textbox', { name: /Subject|Тема/ }).fill('План для {{имя}}');
  await form
    .getByRole('textbox', { name: /Message text|Текст письма/ })
    .fill('{{Имя}}, добрый день! Долг: {{долг}} р.');
  await form.getByRole('button', { name: /More ways to send|Другие способы/ }).click();
  await page.getByRole('menuitem', { name: /Mail merge|Рассылка/ }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /Choose a table|Выбрать таблицу/ }).click();
  const table =
    'Имя;Почта;Долг\r\nПавел;p.orlov@otd2.constr.org;100\r\nНикто;нет адреса;5\r\nОльга;o.belova@otd1.constr.org;\r\n';
  await (await chooser).setFiles([{ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(table) }]);
  await page.getByText('План для Павел', { exact: true }).waitFor();
};

const SCENES: Record<string, SceneOf> = {
  ...COLLECTING_SCENES,
  ...MOVING_SCENES,
  ...RULE_SCENES,
  ...SIGNATURE_SCENES,
  main: { sample: true, act: concrete },
  offer: { sample: true, act: offer },
  conversation: { sample: true, act: conversation },
  large: { sample: true, size: 200, act: concrete },
  table: { sample: true, act: table },
  arranged: { sample: true, act: arranged },
  'view-menu': { sample: true, act: viewMenu },
  'new-filter': { sample: true, act: newFilter },
  columns: { sample: true, act: columnsDialog },
  'saved-search': { sample: true, act: savedSearch },
  tags: { sample: true, act: settings(/^(Tags|Метки)$/) },
  appearance: { sample: true, act: settings(/Appearance|Вид/) },
  composer: { sample: true, act: composer },
  reply: { sample: true, act: reply },
  search: { sample: true, act: search },
  settings: { sample: true, act: settings(/Reading|Чтение/) },
  keyboard: { sample: true, act: settings(/^(Keyboard|Клавиатура)$/) },
  writing: { sample: true, act: settings(/^(Writing|Новые письма)$/) },
  redirect: { sample: true, act: redirect },
  merge: { sample: true, act: merge },
  accounts: { sample: true, act: settings(/Accounts|Учётные/) },
  notifications: { sample: true, act: notifications },
  tidy: { sample: true, act: tidy },
  tidyend: { sample: true, act: tidyEnd },
  profiles: { sample: true, act: profiles },
  book: { sample: true, act: book },
  'book-large': { sample: true, size: 200, act: book },
  'book-suggest': { sample: true, act: bookSuggest },
  'book-editor': { sample: true, act: bookEditor },
  'book-duplicates': { sample: true, act: bookDuplicates },
  'book-import': { sample: true, act: bookImport },
  'book-directory': { sample: true, act: bookDirectory },
  first: { sample: false, act: welcome },
  connect: { sample: false, act: connect },
  hand: { sample: false, act: byHand },
};

/** "main-dark-ru"; without a name: each scene in two looks. */
const SHOTS: readonly Shot[] = Object.entries(SCENES).flatMap(([scene, { sample, size = 100, seed, act }]) =>
  (['light', 'dark', 'contrast'] as const).flatMap((theme) =>
    (['en', 'ru'] as const).map((language) => ({
      name: `${scene}-${theme}-${language}`,
      language,
      theme,
      sample,
      size,
      seed,
      act,
    })),
  ),
);
const USUAL = /-(light-en|dark-ru)$/;

/** Motion and late pictures settle before the picture is taken. */
const SETTLE_MS = 700;

async function take(shot: Shot, folder: string, page: Page): Promise<void> {
  // A folder of this name is shown by no window.
  const profile = join(folder, shot.name, 'postroom');
  await seedProfile(profile, async (ask) => {
    await ask('settings.set', { language: shot.language, theme: shot.theme, textSize: shot.size });
    if (shot.sample) {
      await ask('sample.create', {});
      await jobsEnded(ask, 'sample');
    }
    await shot.seed?.(ask, shot.language);
  });
  const host = await startBrowserHost(profile);
  try {
    await page.goto(host.url);
    await shot.act(page);
    await new Promise((settled) => setTimeout(settled, SETTLE_MS));
  } finally {
    await page.screenshot({ path: join(root, 'test', '.screens', `${shot.name}.png`) });
    await host.close();
  }
}

const names = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'postroom-shots-'));
mkdirSync(join(root, 'test', '.screens'), { recursive: true });
const browser = await launchChromium();
try {
  for (const shot of SHOTS.filter(({ name }) =>
    names.length === 0 ? USUAL.test(name) : names.some((each) => name.startsWith(each)),
  )) {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: shot.theme === 'dark' ? 'dark' : 'light',
      timezoneId: 'Europe/Moscow',
    });
    try {
      await take(shot, folder, await context.newPage());
      console.log(`${shot.name}: test/.screens/${shot.name}.png`);
    } catch (failure) {
      console.log(
        `${shot.name}: ${failure instanceof Error ? failure.message.split('\n')[0] : String(failure)}`,
      );
      process.exitCode = 1;
    }
    await context.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
