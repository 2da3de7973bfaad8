import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkClocks, checkLengths } from '../../scripts/check-imports.ts';
import { checkImports, circles } from '../../scripts/toolchain/imports.ts';

const rulesOf = (path: string, text: string, ...others: { path: string; text: string }[]): string[] =>
  checkImports([{ path, text }, ...others])
    .filter((violation) => violation.path === path)
    .map(({ rule }) => rule);

test('what the table allows passes', () => {
  assert.deepEqual(
    rulesOf('main/client/a.ts', "import { b } from '../store/b.ts'; import 'node:fs'; import 'zod';"),
    [],
  );
  assert.deepEqual(
    rulesOf('app/main.ts', "import { app } from 'electron'; import '../main/host/data-folder.ts';"),
    [],
  );
  assert.deepEqual(
    rulesOf('renderer/a.tsx', "import { useState } from 'react'; import '../main/contract/x.ts';"),
    [],
  );
  assert.deepEqual(rulesOf('main/mail/compose.ts', "import { Readable } from 'node:stream';"), []);
});

const FORBIDDEN: [path: string, text: string][] = [
  ['main/base/clock.ts', "import { x } from '../contract/contract.ts';"],
  ['main/base/clock.ts', "import 'zod';"],
  ['main/contract/door.ts', "import { x } from '../client/profile.ts';"],
  ['main/contract/door.ts', "import 'ws';"],
  ['main/mail/part.ts', "import { Buffer } from 'node:buffer';"],
  ['main/mail/part.ts', "import type { Store } from '../store/store.ts';"],
  ['main/store/store.ts', "import { readMessage } from '../mail/message.ts';"],
  ['main/store/store.ts', "import 'imapflow';"],
  ['main/net/tls.ts', "import '../client/profile.ts';"],
  ['main/client/profile.ts', "import '../server/office.ts';"],
  ['main/server/office.ts', "import '../client/profile.ts';"],
  ['main/client/profile.ts', "import '../../renderer/desktop.tsx';"],
  ['main/client/profile.ts', "import { app } from 'electron';"],
  ['main/host/open.ts', "const electron = await import('electron');"],
  ['main/client/profile.ts', "import 'react';"],
  ['main/client/profile.ts', "import 'playwright-core';"],
  ['app/main.ts', "import '../main/store/store.ts';"],
  ['app/main.ts', "import 'zod';"],
  ['renderer/desktop.tsx', "import 'node:fs';"],
  ['renderer/desktop.tsx', "export { x } from '../main/base/errors.ts';"],
  ['renderer/desktop.tsx', "export * from '../main/client/profile.ts';"],
  ['main/client/profile.ts', "import '../../test/kit/dovecot.ts';"],
  ['main/client/profile.ts', "import '../../../elsewhere/x.ts';"],
  ['main/oddments/x.ts', ''],
  ['helpers.ts', ''],
];

for (const [path, text] of FORBIDDEN) {
  test(`${path} is refused: ${text || 'no such room'}`, () => {
    assert.equal(rulesOf(path, text).length, 1);
  });
}

test('a circle between files is found, one of types alone is not', () => {
  const b = { path: 'main/mail/b.ts', text: "import { a } from './a.ts';" };
  assert.match(
    rulesOf('main/mail/a.ts', "import { b } from './b.ts';", b)[0] ?? '',
    /circle.*a\.ts.*b\.ts.*a\.ts/,
  );
  assert.deepEqual(rulesOf('main/mail/a.ts', "import type { B } from './b.ts';", b), []);
});

test('circles are found through several nodes and told once', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', ['d']],
    ['e', ['a']],
  ]);
  assert.deepEqual(circles(graph).sort(), [
    ['a', 'b', 'c', 'a'],
    ['d', 'd'],
  ]);
});

test('length: a reason over 400, an end at 700', () => {
  const source = (lines: number) => [{ path: 'main/mail/long.ts', text: 'x\n'.repeat(lines) }];
  assert.deepEqual(checkLengths(source(400)), { errors: [], warnings: [] });
  assert.equal(checkLengths(source(401)).warnings.length, 1);
  assert.equal(checkLengths(source(700)).errors.length, 0);
  assert.equal(checkLengths(source(701)).errors.length, 1);
});

test('the wall clock is noticed where the outcome may not hang on it', () => {
  const text = 'const a = Date.now();\n// Date.now() in a comment\n';
  assert.equal(checkClocks([{ path: 'main/client/imap/x.ts', text }]).length, 1);
  assert.equal(checkClocks([{ path: 'main/base/clock.ts', text }]).length, 0);
});
