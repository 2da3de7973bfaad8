import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importReport, pathsOf } from '../../../renderer/views/first-run/import-report.ts';

test('paths: one a line, quotes of file managers off, empty lines out', () => {
  assert.deepEqual(pathsOf(' C:\\Mail\\a.mbox \n\n"C:\\My mail\\b.mbox"\r\n\'/home/o/x y\''), [
    'C:\\Mail\\a.mbox',
    'C:\\My mail\\b.mbox',
    '/home/o/x y',
  ]);
});

test('a report is a table: a line each, no cell breaks it', () => {
  const report = importReport({
    subject: 'old.mbox',
    startedAt: 0,
    endedAt: null,
    result: { imported: 2, duplicates: 1, skipped: [{ path: 'a\tb.eml', reason: 'one\ntwo' }] },
  });
  const lines = report.trimEnd().split('\n');
  assert.deepEqual(lines.at(-1)?.split('\t'), ['a b.eml', 'one two']);
  assert.ok(lines.includes('imported\t2'));
  assert.ok(lines.includes('not read\t1'));
});
