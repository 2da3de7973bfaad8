import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlToText, isBlank, ownWords, pictureIds, textToHtml } from '../../../renderer/editor/markup.ts';
import { markedBlock } from '../../../renderer/editor/signature-block.ts';
import { effort } from '../../kit/effort.ts';

const texts: [what: string, html: string, text: string][] = [
  ['lines of the editor', '<div>One</div><div>Two</div>', 'One\nTwo'],
  ['an empty line', '<div>One</div><div><br></div><div>Two</div>', 'One\n\nTwo'],
  ['a break', 'One<br>Two', 'One\nTwo'],
  ['entities', '<div>a &lt; b &amp;&amp; c&nbsp;d &#1078;&#x436;</div>', 'a < b && c d жж'],
  ['folded spaces', '<div>  One \n  two  </div>', 'One two'],
  ['a bulleted list', '<ul><li>One</li><li>Two</li></ul>', '- One\n- Two'],
  ['a numbered list', '<ol><li>One</li><li>Two</li></ol>', '1. One\n2. Two'],
  ['a list in a list', '<ul><li>One<ul><li>Deep</li></ul></li><li>Two</li></ul>', '- One\n  - Deep\n- Two'],
  [
    'a quote in a quote',
    '<blockquote><div>A</div><blockquote><div>B</div></blockquote></blockquote>',
    '> A\n> > B',
  ],
  [
    'a link with other words',
    '<a href="https://b.org/?a=1&amp;b=2">Page</a>',
    'Page <https://b.org/?a=1&b=2>',
  ],
  ['a link that shows itself', '<a href="https://b.org/">https://b.org/</a>', 'https://b.org/'],
  ['an address that shows itself', '<a href="mailto:a@b.org">a@b.org</a>', 'a@b.org'],
  ['a table', '<table><tr><td>A</td><td>B</td></tr><tr><td>C</td><td>D</td></tr></table>', 'A\tB\nC\tD'],
  ['code', '<pre>a\n  b</pre>', 'a\n  b'],
  ['a picture', '<div>See <img src="cid:x" alt="plan"></div>', 'See plan'],
  ['styles and scripts', '<style>p{color:red}</style><p>Text</p><script>alert(1)</script>', 'Text'],
  ['a comment', 'a<!-- <b>no</b> -->b', 'ab'],
  ['a lone bracket', '<div>1 &lt; 2 < 3</div>', '1 < 2 < 3'],
];

for (const [what, html, text] of texts) {
  test(`text of ${what}`, () => assert.equal(htmlToText(html), text));
}

test('plain text goes into the editor and comes back', () => {
  for (const text of ['One', 'One\nTwo', 'One\n\nTwo', 'a < b & "c"', '  two  spaces', 'Ёлка']) {
    assert.equal(htmlToText(textToHtml(text)), text);
  }
});

test('nothing of plain text becomes markup', () => {
  assert.doesNotMatch(textToHtml('<img src=x onerror=alert(1)>'), /<img/);
});

test('own words are without signature and quote', () => {
  const html = `<div>Mine</div>${markedBlock('<div>Attached to my name</div>', 7, 'auto')}`;
  assert.equal(ownWords(html, ''), 'Mine');
  assert.equal(ownWords('<div>Mine</div><blockquote><div>Theirs</div></blockquote>', ''), 'Mine');
  assert.equal(ownWords(null, 'Mine\n\n-- \nAttached to my name'), 'Mine\n');
});

test('a signature alone is blank, a picture or a table is not', () => {
  assert.equal(isBlank(`<div><br></div>${markedBlock('<div>Olga</div>', 7, 'auto')}`, ''), true);
  assert.equal(isBlank('<div><img src="cid:a"></div>', ''), false);
  assert.equal(isBlank('<table><tr><td></td></tr></table>', ''), false);
  assert.equal(isBlank(null, '\n\n-- \nOlga'), true);
  assert.equal(isBlank(null, 'Hello'), false);
});

test('pictures of a text by their identifiers', () => {
  assert.deepEqual(pictureIds('<img src="cid:a@b"><img src="https://x"><IMG SRC="cid:c&amp;d">'), [
    'a@b',
    'c&d',
  ]);
});

test('reading takes time in proportion to length', () => {
  const html = `<div>${'<b>word</b> & < '.repeat(50_000)}</div>`;
  const spent = effort();
  assert.ok(htmlToText(html).length > 200_000);
  // In proportion it takes a tenth of a second, in its square most of a minute.
  assert.ok(spent() < 10_000);
});
