/** The command line moves in and out: a dry run, an import, everything as files, a copy with passwords and back. */
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { dbxLetters } from '../kit/dbx.ts';
import { writeThunderbird } from '../kit/thunderbird.ts';
import { openCommandLine } from './kit/command-line.ts';

interface Brought {
  imported: number;
  duplicates: number;
  people: number;
  dryRun: boolean;
  failed: { path: string; reason: string }[];
  folders: { path: string; letters: number; doubles: number }[];
}

test('moving by the command line', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const at = (...names: string[]) => join(line.dir, ...names);
  const { root } = await writeThunderbird(line.dir);
  await mkdir(at('oe'));
  await writeFile(
    at('oe', 'Inbox.dbx'),
    dbxLetters([{ text: 'Subject: old\r\nMessage-ID: <oe1@x>\r\n\r\nbody\r\n' }]),
  );

  const dry = await line.json<Brought>(['import', root, at('oe', 'Inbox.dbx'), '--dry-run']);
  assert.deepEqual([dry.imported, dry.duplicates, dry.people, dry.dryRun], [12, 0, 4, true]);

  const done = await line.json<Brought>(['import', root, at('oe', 'Inbox.dbx')]);
  assert.deepEqual([done.imported, done.duplicates, done.dryRun], [12, 0, false]);
  assert.deepEqual(done.folders, dry.folders);
  const wrong = await line.run(['import', root, '--kind', 'floppy']);
  assert.equal(wrong.code, 2);

  const copy = at('office.postroom');
  const made = await line.json<{ messages: number; passwords: boolean }>(['backup', copy]);
  assert.deepEqual([made.messages, made.passwords], [12, false]);
  const other = await openCommandLine();
  t.after(() => other.close());
  const back = await other.json<{ messages: number }>(['restore', copy]);
  assert.equal(back.messages, 12);
  const over = await other.run(['restore', copy, '--lang', 'ru']);
  assert.equal(over.code, 1);
  assert.match(over.stderr, /В этой папке уже есть профиль/);
  const third = await openCommandLine();
  t.after(() => third.close());
  await writeFile(at('torn.postroom'), 'PK\u0003\u0004 and no more');
  assert.equal((await third.run(['restore', at('torn.postroom')])).code, 1);
  assert.deepEqual(await readdir(third.dir), []);

  const out = await line.json<{ exported: number }>(['export', '--all', '--out', at('files')]);
  assert.equal(out.exported, 12);
  const again = await third.json<Brought>(['import', at('files')]);
  assert.deepEqual([again.imported, again.people], [12, 4]);
});
