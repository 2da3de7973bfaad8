/** docs/requirements.md against the tests: every number of the wire's rules is named by a test, or says why it is not. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

/** First and last number of each run, as the rules were numbered. */
const RUNS: Readonly<Record<string, readonly (readonly [first: number, last: number])[]>> = {
  G: [[1, 16]],
  S: [
    [1, 27],
    [30, 41],
    [50, 58],
    [60, 73],
  ],
  P: [[1, 22]],
  I: [
    [1, 11],
    [20, 28],
    [30, 41],
    [50, 65],
    [70, 75],
  ],
};

const numbers = Object.entries(RUNS).flatMap(([letter, runs]) =>
  runs.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, n) => `${letter}${first + n}`),
  ),
);

interface Row {
  readonly number: string;
  readonly what: string;
  readonly where: string;
}

const rows: readonly Row[] = readFileSync(join(root, 'docs', 'requirements.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, number, what, where] = /^\| ([GSPI]\d+) \| (.*?) \| (.*) \|$/.exec(line) ?? [];
    return number && what && where ? [{ number, what, where }] : [];
  });

/** Numbers in the names of a file's tests. */
function namedBy(path: string): Set<string> {
  const source = readFileSync(path, 'utf8');
  const names = source.matchAll(/\b(?:test|it|describe|suite|scene)\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1/gs);
  return new Set([...names].flatMap(([, , name = '']) => name.match(/\b[GSPI]\d{1,2}\b/g) ?? []));
}

const files = globSync('test/{server,interop}/**/*.test.ts', { cwd: root });
const named = new Map(files.map((file) => [file.replaceAll('\\', '/'), namedBy(join(root, file))]));

test('every number stands in the list once', () => {
  assert.equal(numbers.length, 154);
  assert.deepEqual(
    rows.map((row) => row.number),
    numbers,
  );
});

test('the tests that are named behind a number have it in their names', () => {
  for (const { number, where } of rows) {
    if (/^not done: ./.test(where)) continue;
    const measured = /^measured: `(bench\/[^`]+)`/.exec(where)?.[1];
    if (measured) {
      assert.ok(existsSync(join(root, measured)), `${number}: ${measured}`);
      continue;
    }
    const listed = [...where.matchAll(/`([^`]+)`/g)].map(([, path]) => `test/${path}`);
    assert.ok(listed.length > 0, `${number} has no test`);
    for (const path of listed)
      assert.ok(named.get(path)?.has(number), `${number}: ${path} has no test of it`);
  }
});

test('what is said to be untested is untested, and no test names a number that is not there', () => {
  const known = new Set(numbers);
  const untested = new Set(
    rows.filter(({ where }) => where.startsWith('not done')).map(({ number }) => number),
  );
  for (const [path, found] of named)
    for (const number of found) {
      assert.ok(known.has(number), `${path} names ${number}`);
      assert.ok(!untested.has(number), `${path} tests ${number}, which is said to be not done`);
    }
});
