import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fingerprint,
  joinPlain,
  markedBlock,
  readMark,
  splitPlain,
} from '../../../renderer/editor/signature-block.ts';
import { keywordBefore, withCursor, withoutCursor } from '../../../renderer/editor/snippet.ts';

test('a fingerprint is of the words and the number of pictures, not of how the editor writes them', () => {
  const one = fingerprint('<div>Olga&nbsp;Belova</div><div>ext. 118</div>');
  assert.equal(fingerprint('<p>Olga Belova<br>ext.&#32;118</p>'), one);
  assert.notEqual(fingerprint('<div>Olga Belova</div><div>ext. 119</div>'), one);
  assert.notEqual(fingerprint('<div>Olga Belova</div><div>ext. 118</div><img src="cid:x">'), one);
});

test('a block carries whose signature it is and who chose it', () => {
  const [, mark = ''] = /data-signature="([^"]*)"/.exec(markedBlock('<div>Olga</div>', 12, 'picked')) ?? [];
  assert.deepEqual(readMark(mark), { id: 12, how: 'picked', print: fingerprint('<div>Olga</div>') });
  for (const other of [null, '', '12', '12.other.x', 'x.auto.y', '12.auto.<b>'])
    assert.equal(readMark(other), null, String(other));
});

test('the signature of a plain letter begins at its dashes', () => {
  assert.deepEqual(splitPlain('text\n-- \nOlga\n118'), { own: 'text', signature: 'Olga\n118' });
  assert.deepEqual(splitPlain('-- \nOlga'), { own: '', signature: 'Olga' });
  assert.deepEqual(splitPlain('a --\nb'), { own: 'a --\nb', signature: null });
  assert.equal(joinPlain('text\n\n\n', 'Olga'), 'text\n\n-- \nOlga');
  assert.equal(joinPlain('text', ''), 'text');
  const { own, signature } = splitPlain(joinPlain('text', 'Olga'));
  assert.deepEqual([own.trimEnd(), signature], ['text', 'Olga']);
});

const keywords: [text: string, found: string | null][] = [
  [';адрес', ';адрес'],
  ['мы на ;адрес', ';адрес'],
  ['(;where', ';where'],
  ['a;b', null],
  ['; ', null],
  [';', null],
  [';two words', null],
  ['price;', null],
];
for (const [text, found] of keywords) {
  test(`keyword before the cursor: ${text}`, () => assert.equal(keywordBefore(text), found));
}

test('the cursor mark outlives an editor that tidies empty elements, and never leaves with a letter', () => {
  const html = '<div>a<span class="postroom-cursor"></span>b</div>';
  assert.equal(withCursor(html), '<div>a<span class="postroom-cursor">\u200b</span>b</div>');
  assert.equal(withoutCursor(withCursor(html)), '<div>ab</div>');
});
