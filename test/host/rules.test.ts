/** The command line and rules: brought from a file, run on what a maildrop brings, run on a folder, taken back. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { OFFICE_DOMAIN, passwordOf } from '../kit/office.ts';
import { openPop3Office } from '../kit/pop3.ts';
import { openCommandLine } from './kit/command-line.ts';

const ADDRESS = `kcope@${OFFICE_DOMAIN}`;
const letter = (subject: string) =>
  `From: boris@x.example\r\nTo: ${ADDRESS}\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nText of ${subject}.\r\n`;

interface Listed {
  id: number;
  name: string;
  enabled: boolean;
  caught: number;
  problem: { code: string } | null;
}

test('the command line and rules', async (t) => {
  const office = await openPop3Office(t);
  await office.deliver('kcope', letter('old delivery'));
  const line = await openCommandLine();
  t.after(() => line.close());
  const servers = ['--pop3-host', '127.0.0.1', '--pop3-port', String(office.port), '--pop3-security', 'none'];
  await line.json(
    ['account', 'add', '--address', ADDRESS, ...servers, '--user', 'kcope'],
    `${passwordOf('kcope')}\n`,
  );
  await line.json(['sync', '--once']);

  const rule = (name: string, value: string, to: string) => ({
    name,
    when: { match: 'all', of: [{ field: 'subject', test: 'contains', value }] },
    actions: [{ do: 'move', to }],
  });
  const file = join(line.dir, 'rules.json');
  await writeFile(
    file,
    JSON.stringify([
      rule('Deliveries', 'delivery', `${ADDRESS}/Archive`),
      rule('Nowhere', 'x', `${ADDRESS}/None`),
    ]),
  );
  const brought = await line.run(['rules', 'add', file, '--json']);
  assert.equal(brought.code, 1, 'one of the two names a folder that is not here');
  assert.match(brought.stderr, /"Nowhere".*no such folder/);
  const [first, second] = await line.json<Listed[]>(['rules', 'list']);
  assert.deepEqual([first?.name, first?.enabled, first?.problem], ['Deliveries', true, null]);
  assert.deepEqual([second?.enabled, second?.problem?.code], [false, 'no-such-folder']);
  await line.json(['rules', 'move', String(second?.id), '--to', '1']);
  await line.json(['rules', 'remove', String(second?.id)]);

  // What was there before the rule stays; what comes now is filed.
  await office.deliver('kcope', letter('new delivery'), letter('lunch'));
  await line.json(['sync', '--once']);
  const subjects = async (folder: string): Promise<string[]> =>
    (await line.json<{ items: { subject: string }[] }>(['list', '--folder', `${ADDRESS}/${folder}`])).items
      .map((each) => each.subject)
      .sort();
  assert.deepEqual(await subjects('Archive'), ['new delivery']);
  assert.deepEqual(await subjects('Inbox'), ['lunch', 'old delivery']);
  const [logged] = await line.json<
    { message: number; subject: string; did: { do: string; what: string }[] }[]
  >(['rules', 'log']);
  assert.equal(logged?.subject, 'new delivery');

  const found = await line.json<{ count: number; letters: { subject: string; reasons: unknown[] }[] }>([
    'rules',
    'preview',
    '--folder',
    `${ADDRESS}/Inbox`,
  ]);
  assert.deepEqual(
    found.letters.map((each) => each.subject),
    ['old delivery'],
  );
  const ran = await line.json<{ undo: string; letters: number; caught: number }>([
    'rules',
    'run',
    '--folder',
    `${ADDRESS}/Inbox`,
  ]);
  assert.deepEqual([ran.letters, ran.caught], [2, 1]);
  await line.json(['rules', 'undo']);
  assert.deepEqual(await subjects('Inbox'), ['lunch', 'old delivery']);

  const sieve = await line.run(['rules', 'export', '--format', 'sieve']);
  assert.match(sieve.stdout.toString(), /^require \["fileinto", "variables"\];/);
  const exported = (await line.run(['rules', 'export'])).stdout.toString();
  const changed = JSON.parse(exported) as { rules: { name: string }[] };
  for (const each of changed.rules) each.name = 'Renamed';
  await writeFile(file, JSON.stringify(changed));
  await line.json(['rules', 'change', String(first?.id), file]);
  await line.json(['rules', 'off', String(first?.id)]);
  const [last, ...others] = await line.json<Listed[]>(['rules', 'list']);
  assert.deepEqual([last?.id, last?.name, last?.enabled, others.length], [first?.id, 'Renamed', false, 0]);

  assert.equal((await line.run(['rules', 'remove'])).code, 2);
  await writeFile(file, '{');
  const broken = await line.run(['rules', 'add', file, '--lang', 'ru']);
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /не файл правил/);
});
