import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { silentLog } from '../../../main/base/log.ts';
import { dictionaryFile, spellingModule } from '../../../main/client/entries.ts';
import type { SpellingCalls } from '../../../main/client/spelling/checker.ts';
import { distance, nameStem, proseWords } from '../../../main/client/spelling/words.ts';
import type { SpellingLanguage } from '../../../main/contract/mail/spelling.ts';
import { openPool, type Pool } from '../../../main/store/threads.ts';
import { openTestProfile } from '../kit/profile.ts';

const words = (text: string) => [...proseWords(text)].map((word) => word.text);
const BOTH: SpellingLanguage[] = ['ru', 'en'];

let pool: Pool<SpellingCalls>;
before(async () => {
  const files = (language: SpellingLanguage) => ({
    aff: dictionaryFile(language, 'aff').href,
    dic: dictionaryFile(language, 'dic').href,
  });
  const data = { files: { en: files('en'), ru: files('ru') } };
  pool = await openPool<SpellingCalls>({ module: spellingModule, size: 1, log: silentLog, data });
});
after(() => pool.close());

/** The words that are marked in a text. */
async function marked(text: string, languages = BOTH): Promise<string[]> {
  const [ranges = []] = await pool.call('check', { texts: [text], languages });
  return ranges.map(({ at, length }) => text.slice(at, at + length));
}

test('what is no prose is passed over, and places stay places', () => {
  assert.deepEqual(words('см. https://x.example/проврка, o.belova@otd1.constr.org и www.prvet.example'), [
    'см',
  ]);
  assert.deepEqual(words('файл Смета_корпус4.xlsx, C:\\Docs\\plan, /usr/lib, B30, №5, ГОСТ'), ['файл']);
  assert.deepEqual(words('ответ\n> чужие слва\nсвои'), ['ответ', 'свои']);
  assert.deepEqual(words('{{имя}} ;приевт GitHub #тэг слово\n-- \nПодпсь'), ['слово']);
  const [word] = proseWords('http://a.example слово');
  assert.deepEqual(word, { at: 17, text: 'слово' });
});

test('both languages in one sentence; a mistake is marked in either', async () => {
  assert.deepEqual(await marked('Коллеги, the invoice за бетон is correct, доставка включена.'), []);
  assert.deepEqual(await marked('Провреила смету, please recieve it.'), ['Провреила', 'recieve']);
  assert.deepEqual(await marked('Провреила смету, please recieve it.', ['en']), ['recieve']);
  assert.deepEqual(await marked('Провреила смету, please recieve it.', []), []);
});

test('ё and е are one letter for it', async () => {
  assert.deepEqual(
    await marked('Еще елка пришел все посчитал зеленый. Ещё ёлка пришёл всё посчитал зелёный.'),
    [],
  );
});

test('British and American forms, both apostrophes, parts of a compound', async () => {
  assert.deepEqual(await marked("The colour and color of our organisation; don’t, don't; travelled."), []);
  assert.deepEqual(await marked('IT-отдел, как-нибудь, web-страинца'), ['страинца']);
});

test('a Latin letter inside a Russian word is found and put right', async () => {
  assert.deepEqual(await marked('Северный кpан'), ['кpан']);
  assert.deepEqual(await pool.call('suggest', { word: 'кpан', languages: BOTH }), ['кран']);
});

test('suggestions: the likeliest slip first', async () => {
  const first = async (word: string) => (await pool.call('suggest', { word, languages: BOTH }))[0];
  assert.deepEqual(
    [await first('провреила'), await first('превет'), await first('recieve')],
    ['проверила', 'привет', 'receive'],
  );
  assert.ok(distance('провреила', 'проверила') < distance('провреила', 'проветрила'));
});

test('names of one person in any case have one stem', () => {
  assert.equal(new Set(['Кузнецова', 'Кузнецовой', 'Кузнецову', 'кузнецов'].map(nameStem)).size, 1);
});

test('names of the address book are known, with ё and without, from the moment they stand there', async (t) => {
  const { call } = await openTestProfile(t, { background: false });
  const check = async (text: string) => {
    const [ranges = []] = await call('spelling.check', { texts: [text], languages: BOTH });
    return ranges.map(({ at, length }) => text.slice(at, at + length));
  };
  const text = 'Хачатурёв, Хачатурев, Квигглби, Kvigglby, O’Krzyn, Kvigglbu';
  assert.deepEqual(await check(text), text.split(', '));
  await call('contacts.save', { id: null, book: null, content: { given: 'Квигглби', family: 'Хачатурёв' } });
  assert.deepEqual(await check(text), ['Kvigglby', 'O’Krzyn', 'Kvigglbu']);
  await call('contacts.save', { id: null, book: null, content: { name: "Kvigglby O'Krzyn" } });
  assert.deepEqual(await check(text), ['Kvigglbu']);
});

test('through the contract: own words, and people one has letters from', async (t) => {
  const { call, put } = await openTestProfile(t, { background: false });
  const check = async (text: string) => {
    const [ranges = []] = await call('spelling.check', { texts: [text], languages: BOTH });
    return ranges.map(({ at, length }) => text.slice(at, at + length));
  };
  assert.deepEqual(await check('Галиеву передал Ирикс'), ['Галиеву', 'Ирикс']);
  await call('spelling.add', { word: 'Ирикс' });
  assert.deepEqual(await check('Галиеву передал ирикса, ИРИКС'), ['Галиеву']);
  await put('Inbox', 'From: Тимур Галиев <t.galiev@otd3.constr.org>\r\nSubject: x\r\n\r\ny\r\n');
  await call('spelling.add', { word: 'Ирикс' });
  assert.deepEqual(await check('Галиеву, Галиевым; галиеву'), ['галиеву']);
  assert.deepEqual(await call('spelling.words', {}), ['Ирикс']);
  await call('spelling.forget', { word: 'ИРИКС' });
  assert.deepEqual(await check('Ирикс'), ['Ирикс']);
  assert.deepEqual((await call('spelling.suggest', { word: 'превет', languages: ['ru'] }))[0], 'привет');
});
