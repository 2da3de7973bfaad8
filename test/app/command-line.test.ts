import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCommandLine } from '../../app/command-line.ts';

const read = (...words: string[]) => readCommandLine(words, '/home/o');

test('nothing given: the platform decides', () => {
  assert.deepEqual(read('.'), {
    profile: undefined,
    userData: undefined,
    language: undefined,
    hidden: false,
    selfcheck: false,
    mailto: [],
    files: [],
  });
});

test('a profile is relative to where the person stands', () => {
  assert.equal(read('--profile=mail').profile, '/home/o/mail');
  assert.equal(read('--profile=/data/mail').profile, '/data/mail');
  assert.equal(read('--profile=').profile, undefined);
  assert.equal(read('--user-data-dir=/tmp/x').userData, '/tmp/x');
});

test('languages as systems write them', () => {
  assert.equal(read('--lang=ru').language, 'ru');
  assert.equal(read('--lang=ru-RU').language, 'ru');
  assert.equal(read('--lang=EN').language, 'en');
  assert.equal(read('--lang=de').language, undefined);
});

test('letters and addresses stand among the switches of Chromium', () => {
  const { mailto, files, hidden } = read(
    '--no-sandbox',
    'mailto:a@b.example',
    '--hidden',
    'a.EML',
    '--x=y.eml',
    '/b.mbox',
  );
  assert.deepEqual(mailto, ['mailto:a@b.example']);
  assert.deepEqual(files, ['/home/o/a.EML', '/b.mbox']);
  assert.equal(hidden, true);
});

test('an endless mailto is not a click', () => {
  assert.deepEqual(read(`mailto:a@b.example?body=${'x'.repeat(100_000)}`).mailto, []);
});
