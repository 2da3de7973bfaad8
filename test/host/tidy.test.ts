/** Keeping tidy from the command line: shows first, acts with --yes. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCommandLine } from './kit/command-line.ts';

const letter = (subject: string, date: string, size = 10) =>
  `From: boris@x.example\r\nTo: anna@x.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@x.example>\r\nDate: ${date}\r\n\r\n${'x'.repeat(size)}\r\n`;

test('tidy on the command line', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const dir = await mkdtemp(join(tmpdir(), 'postroom-tidy-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const old = 'Mon, 20 Nov 2017 10:00:00 +0300';
  const put = async (folder: string, name: string, text: string) => {
    await writeFile(join(dir, name), text);
    await line.json(['import', join(dir, name), '--folder', folder]);
  };
  await put('Local/Inbox', 'a.eml', letter('twice', old));
  await put('Local/Projects', 'b.eml', letter('twice', old));
  await put('Local/Inbox', 'c.eml', letter('large', old, 300_000));

  const found = await line.json<{ total: number; extra: number }>(['tidy', 'duplicates']);
  assert.deepEqual([found.total, found.extra], [1, 1]);
  const removed = await line.json<{ removed: number }>(['tidy', 'duplicates', '--yes']);
  assert.equal(removed.removed, 1);

  const large = await line.json<{ items: { id: number; subject: string }[] }>([
    'tidy',
    'large',
    '--least',
    '200',
  ]);
  assert.deepEqual(
    large.items.map(({ subject }) => subject),
    ['large'],
  );
  const preview = await line.json<{ count: number }>([
    'tidy',
    'archive',
    '--folder',
    'Local/Inbox',
    '--days',
    '365',
  ]);
  assert.equal(preview.count, 2);
  assert.equal((await line.run(['tidy', 'archive', '--folder', 'Local/Inbox'])).code, 2, 'how old?');
  const archived = await line.json<{ archived: number }>([
    ...['tidy', 'archive', '--folder', 'Local/Inbox', '--days', '365', '--yes'],
  ]);
  assert.equal(archived.archived, 2);

  const rule = ['tidy', 'retention', '--folder', 'Local/Archive', '--days', '30', '--end', 'erase'];
  assert.equal((await line.json<{ confirmed: boolean }>(rule)).confirmed, false);
  assert.deepEqual(await line.json(['tidy', 'retention', '--yes']), { count: 0, waiting: 1 });
  assert.equal((await line.run([...rule.slice(0, -1), 'burn'])).code, 2);

  const id = String(large.items[0]?.id);
  await line.json(['move', id, '--folder', 'Local/Trash']);
  await line.json(['delete', id]);
  const deleted = await line.json<{ items: { id: number; subject: string }[] }>(['tidy', 'deleted']);
  assert.deepEqual(
    deleted.items.map((each) => [String(each.id), each.subject]),
    [[id, 'large']],
  );
  assert.deepEqual(await line.json(['tidy', 'restore', id]), { restored: 1 });
  assert.equal((await line.run(['tidy', 'restore', id])).code, 1);
  assert.deepEqual(await line.json(['tidy', 'forget', '--all']), { forgotten: 0 });
  assert.deepEqual(await line.json(['compact']), { segments: 0, freed: 0 });

  const settings = await line.json<Record<string, unknown>>(['settings', 'set', 'archiveBy', 'month']);
  assert.deepEqual([settings['archiveBy'], settings['undoSendSeconds']], ['month', 10]);
  const dated = await line.json<{ places: { path: string }[] }>([
    ...['tidy', 'archive', '--folder', 'Local/Archive', '--days', '365'],
  ]);
  assert.match(dated.places[0]?.path ?? '', /^Archive\/\d{4}\/\d{4}-\d\d$/);
  const wrong = await line.run(['settings', 'set', 'archiveBy', 'week']);
  assert.deepEqual([wrong.code, /folder, year, month/.test(wrong.stderr)], [2, true]);
  assert.equal((await line.run(['settings', 'set', 'nothing', '1'])).code, 1);
});
