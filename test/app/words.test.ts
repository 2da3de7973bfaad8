import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shellLanguage, shellWords } from '../../app/words.ts';

test('Russian counts letters as Russians do', () => {
  const { unread, newLetters } = shellWords.ru;
  assert.deepEqual([1, 2, 5, 11, 21, 112].map(unread), [
    '1 непрочитанное письмо',
    '2 непрочитанных письма',
    '5 непрочитанных писем',
    '11 непрочитанных писем',
    '21 непрочитанное письмо',
    '112 непрочитанных писем',
  ]);
  assert.deepEqual([1, 3, 14].map(newLetters), ['Новое письмо', '3 новых письма', '14 новых писем']);
});

test('the language follows the setting, then the system, then English', () => {
  assert.equal(shellLanguage('ru', ['en-US']), 'ru');
  assert.equal(shellLanguage('system', ['de-DE', 'ru-RU', 'en-US']), 'ru');
  assert.equal(shellLanguage('system', ['en_GB']), 'en');
  assert.equal(shellLanguage('system', ['de']), 'en');
});

test('no word is left in English by accident', () => {
  for (const [name, english] of Object.entries(shellWords.en)) {
    if (typeof english !== 'string') continue;
    const russian = shellWords.ru[name as keyof typeof shellWords.ru];
    assert.match(String(russian), /[а-яё]/i, name);
  }
});
