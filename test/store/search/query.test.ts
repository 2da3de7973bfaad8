import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_QUERY_TERMS } from '../../../main/base/limits.ts';
import { buildMatch, planQuery } from '../../../main/store/search/match.ts';
import { parseQuery, type QueryNode } from '../../../main/store/search/query.ts';

const vocabulary = {
  from: 'from',
  от: 'from',
  subject: 'subject',
  тема: 'subject',
  has: 'has',
  in: 'in',
  before: 'before',
};

/** The tree as one short text. */
function show(node: QueryNode | undefined): string {
  if (!node) return '';
  switch (node.kind) {
    case 'word':
      return node.text + (node.last ? '~' : '');
    case 'phrase':
      return `"${node.text}"`;
    case 'operator':
      return `${node.name}=${node.value}${node.last ? '~' : ''}`;
    case 'not':
      return `!${show(node.node)}`;
    default:
      return `(${node.nodes.map(show).join(node.kind === 'and' ? ' & ' : ' | ')})`;
  }
}

test('queries and their trees', () => {
  const table: [string, string][] = [
    ['', ''],
    ['   ', ''],
    ['бетон', 'бетон~'],
    ['бетон ', 'бетон'],
    ['бетон счёт', '(бетон & счёт~)'],
    ['"акт приёмки"', '"акт приёмки"'],
    ['«акт приёмки» -черновик', '("акт приёмки" & !черновик~)'],
    ['-"old draft" x ', '(!"old draft" & x)'],
    ['бетон OR цемент счёт ', '((бетон | цемент) & счёт)'],
    ['бетон ИЛИ цемент ', '(бетон | цемент)'],
    ['a | b ', '(a | b)'],
    ['OR', ''],
    ['OR a ', 'a'],
    ['a OR', 'a'],
    ['a OR OR b ', '(a | b)'],
    ['or ', 'or'],
    ['a AND b И c ', '(a & b & c)'],
    ['from:ivan', 'from=ivan~'],
    ['От:Иванов ', 'from=Иванов'],
    ['тема:"акт приёмки" x ', '(subject=акт приёмки & x)'],
    ['-from:ivan ', '!from=ivan'],
    ['from: x ', 'x'],
    ['from:', ''],
    ['from:"" x ', 'x'],
    ['unknown:x ', 'unknown:x'],
    ['http://a.b/c ', 'http://a.b/c'],
    ['constructor:x toString:y __proto__:z ', '(constructor:x & toString:y & __proto__:z)'],
    ['"never closed', '"never closed"'],
    ['"', ''],
    ['""', ''],
    ['-', '-~'],
    ['- x ', '(- & x)'],
    ['--x ', '!-x'],
    ['a-b ', 'a-b'],
    ['has:attachment in:Входящие before:2026-01-01 ', '(has=attachment & in=Входящие & before=2026-01-01)'],
  ];
  for (const [text, expected] of table) assert.equal(show(parseQuery(text, vocabulary).root), expected, text);
});

test('chips carry their place in the text', () => {
  const text = 'счёт от:"Анна К" -спам "акт 7" has:attachment';
  const { chips } = parseQuery(text, vocabulary);
  assert.deepEqual(
    chips.map((chip) => [
      chip.kind,
      chip.name,
      chip.value,
      chip.negated,
      text.slice(chip.span.start, chip.span.end),
    ]),
    [
      ['operator', 'from', 'Анна К', false, 'от:"Анна К"'],
      ['not', undefined, 'спам', true, '-спам'],
      ['phrase', undefined, 'акт 7', false, '"акт 7"'],
      ['operator', 'has', 'attachment', false, 'has:attachment'],
    ],
  );
});

test('plans: text is one MATCH, the rest is for the program', () => {
  const options = { columns: { subject: ['subject'], from: ['from', 'sender'] } };
  const table: [string, unknown][] = [
    ['', { kind: 'all' }],
    ['😀', { kind: 'none' }],
    ['x ', { kind: 'match', match: '"x"' }],
    ['x', { kind: 'match', match: '"x"' }],
    ['xy', { kind: 'match', match: '"xy" *' }],
    ['xy.', { kind: 'match', match: '"xy"' }],
    ['o.belova@otd1', { kind: 'match', match: '"o belova otd1" *' }],
    ['x y ', { kind: 'match', match: '("x") AND ("y")' }],
    ['x -y ', { kind: 'match', match: '(("x")) NOT (("y"))' }],
    ['-y ', { kind: 'not', plan: { kind: 'match', match: '"y"' } }],
    ['x OR y ', { kind: 'match', match: '("x") OR ("y")' }],
    ['subject:x ', { kind: 'match', match: '{"subject"} : ("x")' }],
    ['from:x ', { kind: 'match', match: '{"from" "sender"} : ("x")' }],
    ['x — ', { kind: 'match', match: '"x"' }],
    [
      'x has:attachment ',
      {
        kind: 'and',
        plans: [
          { kind: 'match', match: '"x"' },
          { kind: 'filter', name: 'has', value: 'attachment', quoted: false },
        ],
      },
    ],
    [
      'x OR has:attachment ',
      {
        kind: 'or',
        plans: [
          { kind: 'match', match: '("x")' },
          { kind: 'filter', name: 'has', value: 'attachment', quoted: false },
        ],
      },
    ],
    [
      '-has:attachment ',
      { kind: 'not', plan: { kind: 'filter', name: 'has', value: 'attachment', quoted: false } },
    ],
  ];
  for (const [text, expected] of table) {
    assert.deepEqual(planQuery(parseQuery(text, vocabulary).root, options), expected, text);
  }
});

test('a word is widened by its stem, the growing one as a prefix too', () => {
  const expand = (word: string) => (word.startsWith('бетон') ? ['бетона', 'бетонный'] : []);
  assert.equal(buildMatch('бетоном', { expand }), '("бетоном" OR "бетон" OR "бетона" OR "бетонный")');
  assert.equal(buildMatch('бет', { prefix: true }), '("бет" *)');
  assert.equal(buildMatch('a b', { exact: true, in: ['subject'] }), '{"subject"} : ("a b")');
  assert.equal(buildMatch('—'), undefined);
});

test('more terms than the limit are not looked at', () => {
  const nodes = (count: number) => {
    const { root } = parseQuery('a '.repeat(count), vocabulary);
    return root?.kind === 'and' ? root.nodes.length : 1;
  };
  assert.equal(nodes(MAX_QUERY_TERMS), MAX_QUERY_TERMS);
  assert.equal(nodes(MAX_QUERY_TERMS + 1), MAX_QUERY_TERMS);
});
