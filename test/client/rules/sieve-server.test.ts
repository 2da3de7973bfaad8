/**
 * A Sieve server takes the script as it is: one word it does not know, and it refuses all of it. What it would read otherwise
 * than we do is left out. Counted as skipped where Pigeonhole's sievec is not installed.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { compilePattern } from '../../../main/client/rules/patterns.ts';
import { writeSieve } from '../../../main/client/rules/sieve.ts';
import { isPosix } from '../../../main/client/rules/sieve-pattern.ts';
import type { RuleDraftInput } from '../../../main/contract/mail/rules.ts';
import { keptRule } from './letters.ts';

const run = promisify(execFile);
const missing = spawnSync('sievec', ['-h']).error ? 'no sievec here' : false;
const names = {
  folders: [
    { id: 1, account: 1, path: 'Inbox', server: 'INBOX', role: 'inbox' },
    { id: 2, account: 1, path: 'Projects/Block 4', server: 'Projects.Block 4', role: null },
    { id: 3, account: 2, path: 'Old', server: null, role: null },
    { id: 4, account: 1, path: 'Bin', server: 'Deleted', role: 'trash' },
  ],
};

const asks = (value: string, test_: 'contains' | 'regex' = 'contains'): Pick<RuleDraftInput, 'when'> => ({
  when: { match: 'all', of: [{ field: 'subject', test: test_, value }] },
});
const rule = (parts: Partial<RuleDraftInput>) =>
  keptRule({ ...asks('x'), actions: [{ do: 'flag' }], ...parts });

/** Patterns that are fine here; what a POSIX engine would read otherwise, or refuse, is not said. */
const SAID = [
  '^\\[list\\]',
  'a\\]b',
  '[[:alpha:]]+',
  'a{2,}',
  '(a|b)?[0-9]{2,4}/20(25|26)$',
  '[]a]',
  '[^]a]',
  '\\.\\-',
  '[*+?{]',
  '"q"\\\\',
];
const UNSAID = [
  '[а-яё]+',
  'Счёт',
  '\\d+',
  '\\p{Cyrillic}',
  '\\bword\\b',
  '\\<b\\>',
  '[a\\]b]',
  '[[:^alpha:]]',
  '[[:word:]]',
  '{foo',
  'a}',
  'a{,3}',
  '^*a',
  'x*?',
  '(?i)x',
];

test('patterns are said where they mean the same', () => {
  for (const each of [...SAID, ...UNSAID]) compilePattern(each);
  assert.deepEqual(SAID.filter(isPosix), SAID);
  assert.deepEqual(UNSAID.filter(isPosix), []);
});

const NASTY = [
  rule({ ...asks(`\${x}`), name: 'A dollar, and nothing is moved' }),
  rule({ name: 'a\u0000b\r\n*/ keep;' }),
  rule({ actions: [{ do: 'redirect', to: ['анна@почта.рф', '"odd x"@b.example', 'plain@b.example'] }] }),
  rule({ actions: [{ do: 'tag', tag: 'Важно "да" \\ {x}' }] }),
  rule({ when: { match: 'none', of: [{ match: 'all', of: [] }] } }),
  rule({ when: { match: 'all', of: [{ field: 'header', name: 'X"Y;(', test: 'contains', value: '\\' }] } }),
  rule({ when: { match: 'any', of: [{ field: 'size', test: 'over', value: Number.MAX_SAFE_INTEGER }] } }),
  ...[...SAID, ...UNSAID].map((each) => rule(asks(each, 'regex'))),
];

test('a server compiles whatever a person has written', { skip: missing }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-sievec-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const compile = async (name: string, script: string): Promise<void> => {
    const file = join(dir, `${name}.sieve`);
    await writeFile(file, script);
    await run('sievec', ['-c', '/dev/null', file]);
  };
  await compile('alone', writeSieve(NASTY.slice(0, 1), names).script);
  await compile('all', writeSieve(NASTY, names).script);
  await assert.rejects(
    compile('raw', 'redirect "анна@почта.рф";\r\n'),
    'or it would refuse nothing that is left out here',
  );
});

test('places are those of the server, rules for other places are left out, folders of this computer told', () => {
  const { script, left } = writeSieve(
    [
      rule({ name: 'there', actions: [{ do: 'move', to: 2 }] }),
      rule({ name: 'gone', actions: [{ do: 'delete' }] }),
      rule({ name: 'here', actions: [{ do: 'move', to: 3 }] }),
      rule({ name: 'other letters', folders: [2] }),
      rule({ name: 'its letters', folders: [2, 1] }),
      rule({ name: 'marked', actions: [{ do: 'tag', tag: 'Важно' }] }),
    ],
    names,
  );
  assert.match(script, /set "place" "Projects\.Block 4"/);
  assert.match(script, /set "place" "Deleted"/);
  assert.match(script, /# the folder is on this computer only.*\r\n.*set "place" "[^"]+"/);
  assert.match(script, /addflag "_d0_92_d0_b0/, 'the keyword that the client writes, too');
  assert.deepEqual(left, [
    { rule: 'here', what: 'local-folder' },
    { rule: 'other letters', what: 'folders' },
  ]);
});
