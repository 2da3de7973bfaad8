import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setLanguage } from '../../../renderer/i18n/language.ts';
import { sentence } from '../../../renderer/i18n/sentence.ts';
import { textOf } from '../../../renderer/i18n/text.ts';

afterEach(() => setLanguage('en'));

/** What keeps an office beside the client from running, and what is told of one. */
const CODES = [
  'port-in-use',
  'port-refused',
  'no-free-ports',
  'office-lost',
  'office-restarted',
  'hosting-damaged',
  'authority-damaged',
  'store-in-use',
  'store-too-new',
  'no-access',
  'disk-full',
];

for (const language of ['en', 'ru'] as const) {
  test(`every reason why an office does not run has its sentence: ${language}`, () => {
    setLanguage(language);
    const { unknown } = textOf(language).errors;
    for (const code of CODES) assert.notEqual(sentence({ code }).title, unknown.title, code);
    assert.match(sentence({ code: 'port-in-use', detail: { port: 2525 } }).title, /2525/);
    assert.match(sentence({ code: 'office-exists', detail: { name: 'Department 2' } }).title, /Department 2/);
  });
}
