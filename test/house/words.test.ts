/** What must never stand in a file of the tree: paths of one machine, hosts of a registry, promises instead of work. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { trackedFiles } from '../../scripts/check-imports.ts';

const root = join(import.meta.dirname, '..', '..');

/** Written in pieces, so that this file does not find itself. */
const joined = (...pieces: string[]): RegExp => new RegExp(pieces.join(''));
const FORBIDDEN: readonly [what: string, pattern: RegExp][] = [
  ['a path of one machine', joined('(^|[\\s\'"`(=:])/', '(work|root)/')],
  ['a promise', joined('\\b(TO', 'DO|FIX', 'ME|XXX', 'X)\\b')],
  ['a switched-off check', joined('@ts-', '(ignore|nocheck)|biome-', 'ignore')],
  ['a registry', joined('registry\\.', '(npmjs|yarnpkg|npmmirror)\\.|verda', 'ccio|artifact', 'ory')],
];

/** Bytes, not text of ours: letters to test with are as they came. */
const SKIPPED = /^test\/fixtures\/|\.(png|ico|icns|gif|jpg|woff2?|eml|mbox|gz|pdf|dat)$/;
/** The stand-ins for shared folders are named in CI's script alone. */
const MAY_NAME_SHARED = /^\.ci\//;

const files = trackedFiles().filter((path) => !SKIPPED.test(path));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

for (const [what, pattern] of FORBIDDEN) {
  test(`no file holds ${what}`, () => {
    const found = files
      .filter((path) => path !== 'package-lock.json')
      .flatMap((path) => {
        const lines = read(path).split('\n');
        return lines.flatMap((line, at) =>
          pattern.test(line) ? [`${path}:${at + 1}: ${line.trim().slice(0, 120)}`] : [],
        );
      });
    assert.deepEqual(found, []);
  });
}

test('only CI names what lies beside the tree', () => {
  const pattern = joined('\\.\\./', 'shared');
  assert.deepEqual(
    files.filter((path) => !MAY_NAME_SHARED.test(path) && pattern.test(read(path))),
    [],
  );
});

test('the lock file says what to install, not where from', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; integrity?: string }>;
  };
  const located = Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined);
  assert.deepEqual(
    located.map(([path]) => path),
    [],
  );
  const unproven = Object.entries(lock.packages).filter(
    ([path, { integrity }]) => path !== '' && integrity === undefined,
  );
  assert.deepEqual(
    unproven.map(([path]) => path),
    [],
  );
});

test('versions in package.json are exact', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<
    string,
    Record<string, string> | undefined
  >;
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  assert.ok(all.length > 0);
  assert.deepEqual(
    all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});
