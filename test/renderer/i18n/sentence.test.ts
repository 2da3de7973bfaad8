import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { mailEntries } from '../../../main/contract/contract.ts';
import { CONNECTION_ERRORS } from '../../../main/contract/mail/accounts.ts';
import { setLanguage } from '../../../renderer/i18n/language.ts';
import { sentence, serverWords } from '../../../renderer/i18n/sentence.ts';
import { textOf } from '../../../renderer/i18n/text.ts';

afterEach(() => setLanguage('en'));

const everyEntry = ['internal', 'cancelled', 'bad-input', 'disk-full', 'engine-stopped'];
const named = Object.values(mailEntries).flatMap((entry) => [...entry.errors]);
const codes = [...new Set([...everyEntry, ...named, ...CONNECTION_ERRORS])];

for (const language of ['en', 'ru'] as const) {
  test(`every code of the contract has its own sentence: ${language}`, () => {
    setLanguage(language);
    const { unknown } = textOf(language).errors;
    for (const code of codes) {
      const { title, body } = sentence({ code });
      assert.notEqual(title, unknown.title, `${code} has no sentence`);
      for (const part of [title, body]) {
        assert.match(part, /[.]$/, `${code}: ${part}`);
        assert.doesNotMatch(part, /undefined|null|NaN|!|\boops\b|\berror\b|ошибк/i, `${code}: ${part}`);
      }
    }
  });
}

test('facts of a failure are in its sentence', () => {
  const said = sentence({ code: 'connection-refused', detail: { host: 'mail.x', port: 993 } });
  assert.match(said.title, /mail\.x.*993/);
  assert.match(sentence({ code: 'too-large', detail: { limit: 26_214_400 } }).title, /25/);
  assert.match(sentence({ code: 'no-access', detail: { path: '/a/b/old.mbox' } }).title, /old\.mbox/);
  assert.match(
    sentence({ code: 'certificate-antivirus', detail: { host: 'mail.x', antivirus: 'Guard' } }).title,
    /Guard/,
  );
});

test('a failure without facts still reads as a sentence', () => {
  setLanguage('ru');
  assert.equal(sentence({ code: 'wrong-password' }).title, 'Почтовый сервер не принимает пароль.');
});

test('an unknown code never shows its message, and offers a retry only where that can help', () => {
  const unknown = sentence({ code: 'toString', retryable: true });
  assert.equal(unknown.title, textOf('en').errors.unknown.title);
  assert.deepEqual(unknown.actions, ['retry']);
  assert.deepEqual(sentence({ code: 'nobody-knows', retryable: false }).actions, []);
});

test('the server’s own words are apart from the sentence', () => {
  assert.equal(serverWords({ reply: ' 550 5.1.1 unknown ' }), '550 5.1.1 unknown');
  assert.equal(serverWords({ reply: 5 }), '5');
  assert.equal(serverWords(undefined), '');
});
