import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailEntries } from '../../main/contract/contract.ts';
import { Settings } from '../../main/contract/mail/profile.ts';

const { input } = mailEntries['settings.set'];

test('a change names what changes and nothing else', () => {
  assert.deepEqual(input.parse({ textSize: 200 }), { textSize: 200 });
  assert.deepEqual(input.parse({}), {});
});

test('a changed value is checked as the setting itself is', () => {
  assert.equal(input.safeParse({ textSize: 201 }).success, false);
  assert.equal(input.safeParse({ theme: 'pink' }).success, false);
  for (const [name, value] of Object.entries(Settings.parse({})))
    assert.deepEqual(input.parse({ [name]: value }), { [name]: value });
});
