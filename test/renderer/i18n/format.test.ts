import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatsFor } from '../../../renderer/i18n/format.ts';
import { languageOf } from '../../../renderer/i18n/language.ts';

const zone = 'Europe/Moscow';
const en = formatsFor('en', zone);
const ru = formatsFor('ru', zone);
const at = (text: string) => Date.parse(text);
const now = at('2026-11-19T11:00:00+03:00');
/** No-break and narrow spaces as plain ones: the test reads like the screen. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

test('dates in the list: today, this week, this year, older', () => {
  const today = at('2026-11-19T10:38:00+03:00');
  const week = at('2026-11-18T17:52:00+03:00');
  const year = at('2026-09-12T09:00:00+03:00');
  const older = at('2024-11-12T09:00:00+03:00');
  assert.deepEqual(
    [today, week, year, older].map((date) => en.listDate(date, now)),
    ['10:38', 'Wed 17:52', '12 Sep', '12 Nov 2024'],
  );
  assert.deepEqual(
    [today, week, older].map((date) => ru.listDate(date, now)),
    ['10:38', 'ср, 17:52', '12.11.2024'],
  );
  assert.match(ru.listDate(at('2026-11-12T09:00:00+03:00'), now), /^12 нояб\.$/);
  assert.match(ru.listDate(at('2026-08-13T09:00:00+03:00'), now), /^13 авг\.$/, 'not the г. of a year');
});

test('a minute after midnight yesterday evening is no longer today', () => {
  const late = at('2026-11-18T23:59:00+03:00');
  assert.equal(en.listDate(late, at('2026-11-19T00:01:00+03:00')), 'Wed 23:59');
});

test('a date in the future is written whole, never as a week day gone by', () => {
  assert.equal(en.listDate(at('2026-11-21T10:00:00+03:00'), now), '21 Nov');
});

test('in the head of a letter the time is always there', () => {
  assert.equal(en.letterDate(at('2026-11-19T10:38:00+03:00'), now), 'Today 10:38');
  assert.equal(ru.letterDate(at('2026-11-19T10:38:00+03:00'), now), 'Сегодня, 10:38');
  assert.equal(en.letterDate(at('2026-09-12T09:05:00+03:00'), now), '12 Sep, 09:05');
});

test('a letter may claim any year', () => {
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, 8.65e15, -8.65e15]) {
    assert.equal(en.listDate(ms, now), '');
    assert.equal(ru.fullDate(ms), '');
  }
});

test('sizes by 1024 in both languages', () => {
  const cases: [number, string, string][] = [
    [0, '0 B', '0 Б'],
    [1023, '1023 B', '1023 Б'],
    [1024, '1 KB', '1 КБ'],
    [184 * 1024, '184 KB', '184 КБ'],
    [18.4 * 1024 ** 2, '18.4 MB', '18,4 МБ'],
    [212 * 1024 ** 2, '212 MB', '212 МБ'],
    [1024 ** 2 - 1, '1 MB', '1 МБ'],
    [5 * 1024 ** 3, '5 GB', '5 ГБ'],
  ];
  for (const [octets, english, russian] of cases) {
    assert.equal(plain(en.size(octets)), english);
    assert.equal(plain(ru.size(octets)), russian);
  }
});

test('numbers are grouped by the language', () => {
  assert.equal(en.number(4318), '4,318');
  assert.equal(plain(ru.number(4318)), '4 318');
});

test('time left is said as a person says it', () => {
  assert.equal(en.duration(20), 'less than a minute');
  assert.equal(plain(en.duration(120)), 'about 2 minutes');
  assert.equal(plain(ru.duration(120)), 'около 2 минут');
  assert.equal(plain(ru.duration(60)), 'около 1 минуты');
  assert.equal(plain(ru.duration(3 * 3600)), 'около 3 часов');
});

test('the system language is followed, English where it is neither', () => {
  assert.equal(languageOf('system', ['de-DE', 'ru-RU', 'en']), 'ru');
  assert.equal(languageOf('system', ['de-DE']), 'en');
  assert.equal(languageOf('ru', ['en']), 'ru');
});
