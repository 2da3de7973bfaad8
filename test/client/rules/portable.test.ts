/** Templates of answers in a file of rules: by their names, and told where they are not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Names, readRules, writeRules } from '../../../main/client/rules/portable.ts';
import { RuleDraft } from '../../../main/contract/mail/rules.ts';

const names = (templates: Names['templates']): Names => ({ folders: [], accounts: [], templates });

test('a template goes by its name from one computer to another', () => {
  const rule = RuleDraft.parse({
    name: 'Away',
    when: { match: 'all', of: [{ field: 'list', not: true }] },
    actions: [{ do: 'reply', template: 7 }],
  });
  const file = writeRules([rule], names([{ id: 7, name: 'Нет на месте' }]));
  assert.match(file, /"template": "Нет на месте"/);
  const there = readRules(file, names([{ id: 3, name: 'нет на месте' }])).rules[0];
  assert.deepEqual([there?.rule.actions[0], there?.problem], [{ ...rule.actions[0], template: 3 }, null]);
  const [missing] = readRules(file, names([])).rules;
  assert.deepEqual(missing?.problem, { code: 'no-such-template', detail: 'Нет на месте' });
  assert.equal(missing?.rule.enabled, false);
});
