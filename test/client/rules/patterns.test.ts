/** Patterns: what they find, what is refused, and that no pattern costs more than its bound. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  RULE_PATTERN_CHARS,
  RULE_PATTERN_MEMORY,
  RULE_PATTERN_SIZE,
  RULE_PATTERN_STEPS,
  RULE_PATTERN_TEXT,
} from '../../../main/base/limits.ts';
import { compilePattern } from '../../../main/client/rules/patterns.ts';

describe('patterns', () => {
  it('find without regard to case', () => {
    assert.deepEqual(compilePattern('№ ?\\d{4}').find('Счёт № 0918 от'), { from: 5, to: 11 });
    assert.deepEqual(compilePattern('ПОСТАВК[АИ]').find('о поставке, поставки'), { from: 12, to: 20 });
    assert.equal(compilePattern('^b').find('ab'), null);
  });

  const refusals: Record<'bad-pattern' | 'pattern-too-large', string[]> = {
    'bad-pattern': [
      '',
      '(',
      '[a',
      'a**',
      '(?=a)b',
      '(?<=a)b',
      '\\1',
      '\\',
      '[b-a]',
      '\\p{Klingon}',
      ')',
      '(?P<n',
      '*',
    ],
    'pattern-too-large': [
      'a{2000}',
      'a{1000}{1000}',
      '(a{100}){100}',
      '((((a{30}){30}){30}){30})',
      '(a?){400}a{400}',
      '[a-z]{600}',
      '(.?){200}x',
      'x'.repeat(RULE_PATTERN_CHARS + 1),
      'x'.repeat(10_000),
      '('.repeat(5_000),
    ],
  };
  for (const [code, patterns] of Object.entries(refusals))
    for (const pattern of patterns)
      it(`refuses ${JSON.stringify(pattern.slice(0, 30))}: ${code}`, () =>
        assert.throws(() => compilePattern(pattern), { code, kind: 'user' }));

  it('know all letters in both cases, and empty alternatives', () => {
    for (const [pattern, text, found] of [
      ['\\p{Cyrillic}{3}', 'abc где', true],
      ['\\p{Greek}', 'abc где', false],
      ['^\\p{Lu}+$', 'abc', true],
      ['ЁЛКА', 'ёлка', true],
      ['straße', 'STRASSE', false],
      ['[а-я]+', 'ПОСТАВКА', true],
      ['(|a|b)', 'x', true],
      ['^(|a)$', '', true],
      ['(?:){0,200}', '', true],
      ['x|', 'y', true],
    ] as const)
      assert.equal(compilePattern(pattern).matches(text), found, pattern);
  });

  it('takes what people write', () => {
    for (const pattern of [
      '\\d{10}.*\\d{10}.*\\d{10}',
      '^(re|fwd|отв): ',
      '[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}',
      '\\[[^\\]]{1,60}\\]',
      'x'.repeat(RULE_PATTERN_CHARS),
    ])
      compilePattern(pattern);
  });

  it('bound the product of program and text for hostile patterns', () => {
    const hostile = [
      '(a+)+$',
      '(a|aa)+$',
      '(.*a){12}x',
      '(x+x+)+y',
      'a{500}',
      '(a{1,15}){1,15}b',
      '(\\w+\\s?)+!',
      '((a?){10}){8}b',
    ];
    for (const text of hostile) {
      const { reach, size } = compilePattern(text);
      assert.ok(size <= RULE_PATTERN_SIZE, text);
      assert.ok(reach <= RULE_PATTERN_TEXT, text);
      // 256 characters are always looked at: a subject line.
      assert.ok(reach * size <= RULE_PATTERN_STEPS + 256 * RULE_PATTERN_SIZE, text);
      assert.equal(compilePattern(text).find('-'.repeat(1_000_000)), null);
      assert.equal(compilePattern(text).matches('-'.repeat(1_000_000)), false);
    }
  });

  it('two hundred hostile patterns learn no more than they may', () => {
    let seed = 7;
    const either = (): string => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed > 1_073_741_824 ? 'a' : 'b';
    };
    const text = Array.from({ length: RULE_PATTERN_TEXT }, either).join('');
    const patterns = Array.from({ length: 200 }, (_, n) =>
      compilePattern(`[ab]*a[ab]{12}c{1,${(n % 20) + 1}}${n}`),
    );
    const before = process.memoryUsage().heapUsed;
    for (const pattern of patterns) assert.equal(pattern.matches(text), false);
    const learned = process.memoryUsage().heapUsed - before;
    // A state is kept as objects, which take some times what is counted; without a bound it is 500 MB.
    assert.ok(learned < 200 * RULE_PATTERN_MEMORY * 8, `${learned} octets`);
  });

  it('look no further than their reach', () => {
    const pattern = compilePattern('needle');
    assert.ok(pattern.find(`${' '.repeat(pattern.reach - 6)}needle`));
    assert.ok(pattern.matches(`${' '.repeat(pattern.reach - 6)}NEEDLE`));
    assert.ok(!pattern.matches(`${' '.repeat(pattern.reach - 5)}needle`));
    assert.equal(pattern.find(`${' '.repeat(pattern.reach - 5)}needle`), null);
  });
});
