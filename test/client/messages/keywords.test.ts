import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keywordFor, nameOfKeyword } from '../../../main/client/messages/keywords.ts';

test('a tag as a keyword and back', () => {
  for (const [tag, keyword, back] of [
    ['Urgent', 'Urgent', 'Urgent'],
    ['Смета', '_d0_a1_d0_bc_d0_b5_d1_82_d0_b0', 'Смета'],
    ['Счёт №5', '_d0_a1_d1_87_d1_91_d1_82__e2_84_965', 'Счёт_№5'],
    ['a (b)', 'a__28b_29', 'a__28b_29'],
    ['to_do', 'to_do', 'to_do'],
  ] as const) {
    assert.equal(keywordFor(tag), keyword);
    assert.equal(nameOfKeyword(keyword), back);
    assert.equal(keywordFor(back), keyword, 'the name leads back to the keyword');
  }
});

test('what only looks like an encoded name stays as it is', () => {
  for (const keyword of ['_d0', 'x_ff_fe', '$label1', '_c0_af', '&BCEEPA-'])
    assert.equal(nameOfKeyword(keyword), keyword);
});
