import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkTarget } from '../../../renderer/editor/link-target.ts';

const targets: [typed: string, target: string | null][] = [
  ['https://constr.org/a', 'https://constr.org/a'],
  ['constr.org/a', 'https://constr.org/a'],
  ['server:8080/x', 'https://server:8080/x'],
  ['a@b.org', 'mailto:a@b.org'],
  ['MAILTO:a@b.org', 'MAILTO:a@b.org'],
  ['tel:+7495', 'tel:+7495'],
  ['javascript:alert(1)', null],
  [' JavaScript:alert(1)', null],
  ['data:text/html,x', null],
  ['file:///etc/passwd', null],
  ['', null],
];

for (const [typed, target] of targets) {
  test(`link ${JSON.stringify(typed)}`, () => assert.equal(linkTarget(typed), target));
}
