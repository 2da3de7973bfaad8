/** What the command line says of failures: each has its sentence in both languages, with the server's words and an advice. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from '../../main/base/errors.ts';
import { helpText } from '../../main/host/command-line/help.ts';
import { WORDS, wholeSentence } from '../../main/host/command-line/sentences.ts';
import { isoDate, localDay, localMinute } from '../../main/host/command-line/session.ts';
import { connectionFault } from '../../main/net/failure.ts';

const main = join(import.meta.dirname, '../../main');

/** Codes that no command of the client's command line can meet: of windows, of the office beside them, of other threads. */
const ELSEWHERE = new Set([
  'authority-damaged',
  'certificate-unreadable',
  'hosting-damaged',
  'no-free-ports',
  'no-hosting',
  'no-office',
  'no-such-filter',
  'no-such-search',
  'nothing-waits',
  'office-exists',
  'office-lost',
  'office-unreachable',
  'picture-failed',
  'picture-refused',
  'port-in-use',
  'too-many-filters',
  'window-not-built',
]);

test('every failure that a person can meet has a sentence in Russian', () => {
  const codes = new Set<string>();
  for (const folder of ['base', 'boxes', 'client', 'host', 'mail', 'net', 'store'])
    for (const name of readdirSync(join(main, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const text = readFileSync(join(main, folder, name), 'utf8');
      const made = /new Fault\(\s*'(?:user|remote|transient|cancelled)',\s*'([a-z0-9-]+)'/g;
      for (const [, code = ''] of text.matchAll(made)) codes.add(code);
      // The tables of connection failures.
      if (folder === 'net')
        for (const [, code = ''] of text.matchAll(/'([a-z0-9-]+)': \{ kind: '/g)) codes.add(code);
    }
  assert.ok(codes.size > 80, `only ${codes.size} codes were found`);
  const silent = [...codes].filter((code) => !ELSEWHERE.has(code) && !(code in WORDS.ru.faults));
  assert.deepEqual(silent, []);
  assert.deepEqual(Object.keys(WORDS.ru.advice).sort(), Object.keys(WORDS.en.advice).sort());
});

test('help tells the same commands in both languages, in lines that a terminal has room for', () => {
  const [en, ru] = [helpText('en'), helpText('ru')].map((text) => text.split('\n'));
  // What is written under "account add" and the like begins at the left; what it does stands at the right of the middle.
  const usages = (lines: readonly string[] = []): string[] =>
    lines
      .filter((line) => /^ {2}(?! {30})\S| {14}[[(c]/.test(line))
      .map((line) => line.slice(2).split(/ {2,}/)[0] ?? '');
  assert.ok(usages(en).length > 80, `${usages(en).length} lines`);
  assert.deepEqual(usages(ru), usages(en));
  for (const line of [...(en ?? []), ...(ru ?? [])]) assert.ok(line.length <= 120, line);
  const said = (lines: readonly string[] = []): string[] =>
    lines.map((line) => line.slice(42)).filter((text, n) => text !== '' && (lines[n] ?? '')[41] === ' ');
  assert.ok(said(ru).length > 40);
  for (const text of said(ru)) if (!/^[\x00-\x7f]*[[\]|]/.test(text)) assert.match(text, /[а-яё]/i, text);
});

test('a person is shown the hours of this computer, a program those of UTC', (t) => {
  const former = process.env['TZ'];
  t.after(() => {
    if (former === undefined) delete process.env['TZ'];
    else process.env['TZ'] = former;
  });
  const at = Date.UTC(2026, 11, 31, 20, 5);
  process.env['TZ'] = 'Asia/Yekaterinburg';
  assert.deepEqual(
    [localMinute(at), localDay(at), isoDate(at)],
    ['2027-01-01 01:05', '2027-01-01', '2026-12-31T20:05:00.000Z'],
  );
  process.env['TZ'] = 'America/New_York';
  assert.equal(localMinute(isoDate(at)), '2026-12-31 15:05');
  assert.equal(localMinute(Number.MAX_VALUE).length > 16, true, 'a date out of the calendar is its last day');
});

test('a sentence says what happened, where, what the server said, and what to do', () => {
  const refused = connectionFault(
    'wrong-password',
    { host: 'mail.office.example', port: 995 },
    { detail: { reply: 'Нет такого\r\n\u001b[31m ящика' } },
  );
  assert.equal(
    wholeSentence(refused, 'ru'),
    'Сервер не принимает имя или пароль (mail.office.example:995; сервер отвечает: «Нет такого [31m ящика»). Ни одно письмо не тронуто. Проверьте имя, пароль и вид защиты.',
  );
  assert.equal(
    wholeSentence(refused, 'en'),
    'mail.office.example:995 did not accept the name or the password (the server says: "Нет такого [31m ящика"). No letter was touched. Check the name, the password and the kind of encryption.',
  );
  const plain = new Fault('user', 'no-such-rule', 'This rule is not there any more.');
  assert.equal(wholeSentence(plain, 'en'), 'This rule is not there any more.');
  assert.equal(wholeSentence(plain, 'ru'), 'Такого правила нет.');
});
