/** Searching in Russian: forms of words, ё, operators, chips, facets, and the way back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, hostMissing, openWindow, scene } from './hosts.ts';
import { movesIn } from './moves.ts';
import { jobsEnded } from './seed.ts';

test('search in Russian', { skip: hostMissing }, async (t) => {
  const window = await openWindow(t, {
    language: 'ru',
    async seed(ask) {
      await ask('sample.create', {});
      await jobsEnded(ask, 'sample');
    },
  });
  const here = () => window;
  const m = () => movesIn(window.page, 'ru');
  const found = async () => Number(await m().grid.getAttribute('aria-rowcount'));
  const look = async (query: string) => {
    const { searchBox } = m();
    await window.page.keyboard.press('Control+KeyK');
    await searchBox.fill(query);
    // The folder's list is gone once the place to look in can be chosen.
    await window.page.getByRole('radio', { name: /^Везде/ }).waitFor();
  };
  /** How many there are once the whole answer is here: two looks in a row see the same, and it is not being asked for. */
  const settled = () =>
    eventually(async () => {
      await m().grid.and(window.page.locator('[aria-busy="false"]')).waitFor();
      const n = await found();
      await m().row(/./).first().waitFor();
      assert.equal(await found(), n);
      return n;
    });
  const clear = async () => {
    const { searchBox, folder, words } = m();
    await searchBox.focus();
    for (let n = 0; n < 3; n++) await window.page.keyboard.press('Escape');
    await folder(words.inbox).waitFor();
    await window.page.getByRole('group', { name: words.quickFilters }).waitFor();
  };

  await scene(t, 'other forms of a word, and е for ё, find the same letters', here, async (page) => {
    const { row } = m();
    await look('поставки пятница');
    await row('Бетон на корпус 4: поставка перенесена на пятницу').first().waitFor();
    await look('счет 2214');
    await row('Счёт 2214 не сходится со сметой').first().waitFor();
    await look('чертёж лестничный');
    await row('Чертежи лестничного узла, изменение 3').first().waitFor();
    await look('такого слова нет совсем');
    await page.getByText('По запросу «такого слова нет совсем» ничего нет').waitFor();
    await clear();
  });

  await scene(t, 'found words are marked in the list and in the letter', here, async () => {
    const { row, letter, reader } = m();
    await look('насос');
    await row(/Бетон на корпус 4/)
      .first()
      .click();
    await reader.getByRole('heading', { level: 2 }).waitFor();
    await letter.locator('mark').first().waitFor();
    assert.match((await letter.locator('mark').first().textContent()) ?? '', /насос/i);
    await clear();
  });

  await scene(t, 'an operator becomes a chip and can be taken away', here, async (page) => {
    const { row, words } = m();
    await look('от:Орлов ');
    const chips = page.getByRole('listbox', { name: words.filters });
    await chips.getByRole('option', { name: /от:\s*Орлов/ }).waitFor();
    await row(/Павел Орлов/)
      .first()
      .waitFor();
    await eventually(async () =>
      assert.equal(await row(/^(?!.*Павел Орлов)/).count(), 0, 'nobody else is there'),
    );
    const all = await settled();
    assert.ok(all > 10);
    await m().searchBox.pressSequentially('есть:файлы ');
    await chips.getByRole('option', { name: /есть:\s*файлы/ }).waitFor();
    await eventually(async () => {
      const n = await found();
      assert.ok(n > 0 && n < all, `${n} of ${all}`);
    });
    await chips.getByRole('button', { name: /Убрать есть:файлы/ }).click();
    await eventually(async () => assert.equal(await found(), all));
    await clear();
  });

  await scene(
    t,
    'English operators, exclusion, phrases and dates work in a Russian window',
    here,
    async () => {
      const { row } = m();
      await look('from:orlov -бетон');
      await row(/Павел Орлов/)
        .first()
        .waitFor();
      await eventually(async () => assert.equal(await row(/[Бб]етон на корпус 4/).count(), 0));
      await clear();
      await look('"перенесена на пятницу"');
      await row('Бетон на корпус 4: поставка перенесена на пятницу').first().waitFor();
      await look('тема:смета');
      await row(/смет/).first().waitFor();
      const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
      await look(`после:${tomorrow}`);
      await window.page.getByText(/ничего нет$/).waitFor();
      await clear();
    },
  );

  await scene(t, 'facets narrow what was found', here, async (page) => {
    const { row } = m();
    await look('бетон');
    await row(/[Бб]етон/)
      .first()
      .waitFor();
    const where = page.getByRole('complementary', { name: 'Где искать' });
    await where.getByRole('radio', { name: /^Везде/ }).waitFor();
    const all = await settled();
    await where.getByRole('checkbox', { name: /Павел Орлов/ }).click({ force: true });
    await eventually(async () => assert.ok((await found()) < all && (await found()) > 0));
    await eventually(async () => assert.equal(await row(/^(?!.*Павел Орлов)/).count(), 0));
    await where.getByRole('checkbox', { name: /Павел Орлов/ }).click({ force: true });
    await eventually(async () => assert.equal(await found(), all));
    await where.getByRole('radio', { name: /^Эта папка/ }).click({ force: true });
    await eventually(async () => assert.ok((await found()) < all && (await found()) > 0));
    await clear();
  });

  await scene(t, 'Esc clears the words, then goes back to the same row', here, async (page) => {
    const { row, grid, focusedRow, searchBox, words } = m();
    await row('Счёт 2214 не сходится со сметой').first().click();
    await eventually(async () => assert.match(await focusedRow(), /Счёт 2214/));
    await look('отпуск');
    await row(/График отпусков/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await eventually(async () => assert.equal(await searchBox.inputValue(), ''));
    await page.keyboard.press('Escape');
    await page.getByRole('group', { name: words.quickFilters }).waitFor();
    await grid.waitFor();
    await eventually(async () => assert.match(await focusedRow(), /Счёт 2214/));
  });

  await scene(t, 'a search is kept in the tree under a name', here, async (page) => {
    const { row, tree } = m();
    await look('от:Орлов есть:файлы');
    await row(/Павел Орлов/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Сохранить поиск' }).click();
    const dialog = page.getByRole('dialog', { name: 'Сохранить этот поиск в дереве' });
    await dialog.getByRole('textbox', { name: 'Имя' }).fill('Файлы от Орлова');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const line = tree.getByRole('treeitem', { name: 'Файлы от Орлова' });
    await line.waitFor();
    await clear();
    await line.click();
    // The folder that was open has letters of his, too: what is kept shows those with files alone.
    await eventually(async () => {
      assert.ok((await row(/Павел Орлов.*есть вложения/).count()) > 0);
      assert.equal(await row(/^(?!.*есть вложения)/).count(), 0);
    });
  });

  await scene(t, 'spam and trash are left out, and counted', here, async (page) => {
    await look('выиграли приз');
    await page.getByText(/ничего нет$/).waitFor();
    await page.getByText(/Ещё в «Спаме» и «Корзине»: /).waitFor();
    await page.getByRole('button', { name: 'Показать их' }).click();
    await m().row(/./).first().waitFor();
    await eventually(async () => assert.ok((await found()) > 0));
  });
});
