import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stemOf } from '../../../main/store/search/stem.ts';
import { stemEnglish } from '../../../main/store/search/stem-en.ts';
import { stemRussian } from '../../../main/store/search/stem-ru.ts';
import { MAX_WORD_CHARS, words } from '../../../main/store/search/words.ts';

test('words of a text', () => {
  const table: [string, string[]][] = [
    ['', []],
    ['Hello, World!', ['hello', 'world']],
    ['Ёлка и ЁЛКИ', ['елка', 'и', 'елки']],
    ['е\u0308лка', ['елка']],
    ['Чай, бой, и\u0306од', ['чай', 'бой', 'йод']],
    ['Café crème Žižek straße', ['cafe', 'creme', 'zizek', 'straße']],
    ['за́мок', ['замок']],
    ['бетон B30, №2214/7', ['бетон', 'b30', '2214', '7']],
    ['o.belova@otd1.constr.org', ['o', 'belova', 'otd1', 'constr', 'org']],
    ['東京へ行く', ['東', '京', 'へ', '行', 'く']],
    ['PDF東京2026', ['pdf', '東', '京', '2026']],
    ['한국어 편지', ['한국어', '편지']],
    ['Postroom™ 5℃', ['postroom', '5']],
    ['ﬁnance Ⅳ ①', ['finance', 'iv', '1']],
    ['İstanbul', ['istanbul']],
    ['a_b-c\u0000d\u00a0e\u200bf', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['👍 ok 👨‍👩‍👧', ['ok']],
    ['"\'* NEAR( AND ^:', ['near', 'and']],
    ['\ud800x\udfff', ['x']],
  ];
  for (const [text, expected] of table) assert.deepEqual(words(text), expected, JSON.stringify(text));
});

test('a word at the limit is kept, over it not', () => {
  assert.deepEqual(words('x'.repeat(MAX_WORD_CHARS)), ['x'.repeat(MAX_WORD_CHARS)]);
  assert.deepEqual(words(`${'x'.repeat(MAX_WORD_CHARS + 1)} y`), ['y']);
});

test('Russian stems', () => {
  const table: [string, string][] = [
    ['елка', 'елк'],
    ['елки', 'елк'],
    ['елкой', 'елк'],
    ['бетон', 'бетон'],
    ['бетона', 'бетон'],
    ['бетоном', 'бетон'],
    ['бетонный', 'бетон'],
    ['бетонная', 'бетон'],
    ['договор', 'договор'],
    ['договора', 'договор'],
    ['договорам', 'договор'],
    ['счет', 'счет'],
    ['счета', 'счет'],
    ['счетов', 'счет'],
    ['важная', 'важн'],
    ['важнейшими', 'важн'],
    ['важности', 'важност'],
    ['делала', 'дела'],
    ['читавший', 'чита'],
    ['обрадовавшись', 'обрадова'],
    ['красивейший', 'красив'],
    ['одиночество', 'одиночеств'],
    ['противоестественном', 'противоестествен'],
    ['вавиловка', 'вавиловк'],
    ['вагнера', 'вагнер'],
    ['вальсе', 'вальс'],
    ['вбежала', 'вбежа'],
    ['в', 'в'],
    ['с', 'с'],
    ['на', 'на'],
    ['взгляд', 'взгляд'],
  ];
  for (const [word, stem] of table) assert.equal(stemRussian(word), stem, word);
});

test('English stems', () => {
  const table: [string, string][] = [
    ['caresses', 'caress'],
    ['ponies', 'poni'],
    ['ties', 'tie'],
    ['cats', 'cat'],
    ['gas', 'gas'],
    ['this', 'this'],
    ['agreed', 'agre'],
    ['plastered', 'plaster'],
    ['bled', 'bled'],
    ['motoring', 'motor'],
    ['sing', 'sing'],
    ['conflated', 'conflat'],
    ['troubled', 'troubl'],
    ['hopping', 'hop'],
    ['hoping', 'hope'],
    ['falling', 'fall'],
    ['happy', 'happi'],
    ['cry', 'cri'],
    ['by', 'by'],
    ['say', 'say'],
    ['relational', 'relat'],
    ['conditional', 'condit'],
    ['digitizer', 'digit'],
    ['generously', 'generous'],
    ['generate', 'generat'],
    ['communication', 'communic'],
    ['hopefulness', 'hope'],
    ['electrical', 'electr'],
    ['adjustment', 'adjust'],
    ['adoption', 'adopt'],
    ['controlling', 'control'],
    ['rate', 'rate'],
    ['cease', 'ceas'],
    ['news', 'news'],
    ['skies', 'sky'],
    ['dying', 'die'],
    ['proceeding', 'proceed'],
    ['consistently', 'consist'],
    ['knightly', 'knight'],
    ['invoices', 'invoic'],
    ['invoice', 'invoic'],
    ['invoiced', 'invoic'],
    ['meetings', 'meet'],
    ['deliveries', 'deliveri'],
    ['delivery', 'deliveri'],
    ['youth', 'youth'],
    ['boyish', 'boyish'],
  ];
  for (const [word, stem] of table) assert.equal(stemEnglish(word), stem, word);
});

test('other words are their own stems', () => {
  for (const word of ['b30', '2214', 'ok', 'übermorgen', 'смс2', 'x'.repeat(40), '東'])
    assert.equal(stemOf(word), word);
});

test('stemmers take any word of their letters', () => {
  let state = 7;
  const next = (most: number) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state % most;
  };
  for (let round = 0; round < 20_000; round += 1) {
    const [letters, stem] =
      round % 2 ? (['абвеийнотуыьюясщл', stemRussian] as const) : (['abcdeilnostuyzg', stemEnglish] as const);
    let word = '';
    for (let at = next(14) + 1; at > 0; at -= 1) word += letters.charAt(next(letters.length));
    const result = stem(word);
    assert.ok(result.length > 0 && result.length <= word.length + 1, `${word} -> ${result}`);
  }
});
