/** Patterns: what they find, what is refused, and that no pattern costs more than its bound. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  RULE_PATTERN_CHARS,
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

  for (const pattern of [
    '',
    '(',
    '[a',
    'a**',
    '(?=a)b',
    '\\1',
    'a{2000}',
    '((((a{30}){30}){30}){30})',
    'x'.repeat(RULE_PATTERN_CHARS + 1),
    '(a?){400}a{400}',
    '[a-z]{600}',
  ])
    it(`refuses ${JSON.stringify(pattern.slice(0, 30))}`, () =>
      assert.throws(() => compilePattern(pattern), { code: 'bad-pattern' }));

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

  it('look no further than their reach', () => {
    const pattern = compilePattern('needle');
    assert.ok(pattern.find(`${' '.repeat(pattern.reach - 6)}needle`));
    assert.ok(pattern.matches(`${' '.repeat(pattern.reach - 6)}NEEDLE`));
    assert.ok(!pattern.matches(`${' '.repeat(pattern.reach - 5)}needle`));
    assert.equal(pattern.find(`${' '.repeat(pattern.reach - 5)}needle`), null);
  });
});
