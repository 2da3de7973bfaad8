/** One table of keys: what a key does and what is said of it cannot differ. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { textOf } from '../../../renderer/i18n/text.ts';
import { chordOf } from '../../../renderer/state/keys.ts';
import { keysOf, linesOf, pressed, SHORTCUTS } from '../../../renderer/state/shortcuts.ts';

const folder = join(import.meta.dirname, '../../../renderer');
const sources = globSync('**/*.{ts,tsx}', { cwd: folder })
  .filter((path) => !path.endsWith('state/shortcuts.ts'))
  .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
const whole = sources.map(({ text }) => text).join('\n');

test('every line of the table is answered by some view', () => {
  const made = [/^message\.tag\d$/, /^letter\.(older|newer)$/, /^maildrop\.(fetch|keep|delete|none)$/];
  for (const id of Object.keys(SHORTCUTS))
    assert.ok(whole.includes(`'${id}'`) || made.some((pattern) => pattern.test(id)), id);
});

test('no view has keys of its own beside the table', () => {
  const second = sources.filter(
    ({ path, text }) =>
      /\bkeys: \[['"]/.test(text) || (/['"`](Ctrl|Alt)\+/.test(text) && !/state\/keys/.test(path)),
  );
  assert.deepEqual(
    second.map(({ path }) => path),
    [],
  );
});

test('a chord of a command is known by its id, and a press by the table', () => {
  assert.deepEqual(keysOf('write.new'), ['Ctrl+N', 'N']);
  assert.deepEqual(keysOf('no.such.command'), []);
  const press = { key: 'ф', code: 'KeyA', ctrlKey: true, metaKey: false, altKey: false, shiftKey: false };
  assert.equal(chordOf(press), 'Ctrl+A');
  assert.ok(pressed('list.all', press), 'on a Russian layout');
  assert.ok(!pressed('list.all', { ...press, shiftKey: true }));
});

test('the page shows every chord once, in both languages, and finds by name, section and key', () => {
  const every = Object.values(SHORTCUTS).flatMap((each) => each.keys).length;
  for (const language of ['en', 'ru'] as const) {
    const t = textOf(language);
    const sections = linesOf(t, '', false);
    const lines = sections.flatMap((section) => section.lines);
    assert.equal(lines.flatMap((line) => line.keys).length, every);
    for (const { section, lines: own } of sections) {
      const names = own.map((line) => line.name);
      assert.equal(new Set(names).size, names.length, section);
    }
    for (const line of lines) assert.equal(new Set(line.keys).size, line.keys.length, line.name);
  }
  const named = (typed: string, language: 'en' | 'ru') =>
    linesOf(textOf(language), typed, false).flatMap(({ lines }) => lines.map((line) => line.name));
  assert.deepEqual(named('ctrl+shift+p', 'en'), ['Command palette']);
  assert.deepEqual(named('выбрать всё', 'ru').length, 2);
  assert.ok(named('архив', 'ru').includes('В архив'));
  assert.ok(named('metka', 'ru').length === 0);
});
