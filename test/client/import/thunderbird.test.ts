/** A Thunderbird profile moves in: folders, flags, tags, people; a second time nothing; a dry run changes nothing. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { originalLetter, writeThunderbird } from '../../kit/thunderbird.ts';
import { jobEnded } from '../kit/jobs.ts';
import { letter, openTestProfile, type TestProfile } from '../kit/profile.ts';

const INBOX = 'Thunderbird/o.belova@constr.example/INBOX';

async function bring(p: TestProfile, path: string, everywhere = false) {
  const { job } = await p.call('moving.start', { paths: [path], folder: null, everywhere });
  const done = await jobEnded(p, job);
  assert.equal(done.problem, null);
  assert.ok(done.result);
  return done.result;
}

async function printOf(dir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    const path = join(dir, name);
    if ((await stat(path)).isFile()) hash.update(name).update(await readFile(path));
  }
  return hash.digest('hex');
}

test('a profile moves in with flags, tags, folders and people; its files stay as they were', async (t) => {
  const p = await openTestProfile(t);
  const { root } = await writeThunderbird(p.dir);
  const before = await printOf(root);
  const preview = await p.call('moving.preview', { paths: [root], folder: null });
  assert.deepEqual(
    preview.folders.map(({ path, letters, doubles }) => [path, letters, doubles]),
    [
      [INBOX, 6, 0],
      [`${INBOX}/Стройка`, 1, 0],
      ['Thunderbird/Local Folders/Archive/2019', 1, 0],
      ['Thunderbird/Local Folders/Archive/2019/Письма', 1, 0],
      ['Thunderbird/Local Folders/Maildir one', 1, 0],
      ['Thunderbird/old@constr.example/Inbox', 1, 0],
    ],
  );
  assert.equal(preview.thrownAway, 2);
  assert.equal(preview.people, 4);
  assert.deepEqual(
    preview.unreadable.map(({ reason }) => reason),
    ['only-headers'],
  );
  assert.equal((await p.call('folders.list', {})).length, 0, 'a dry run makes nothing');

  const result = await bring(p, root);
  assert.equal(result.imported, 11);
  assert.equal(result.people, 4);
  assert.equal(await printOf(root), before);

  const rows = new Map((await p.rows(INBOX)).map((row) => [row.subject, row]));
  assert.deepEqual(rows.get('read and answered')?.flags, ['seen', 'answered']);
  assert.deepEqual(rows.get('unread and flagged')?.flags, ['flagged']);
  assert.deepEqual(rows.get('forwarded')?.flags, ['seen', 'forwarded']);
  assert.deepEqual(rows.get('junk')?.flags, ['seen', 'junk']);
  assert.deepEqual([...(rows.get('unread and flagged')?.tags ?? [])].sort(), ['Urgent', 'Стройка']);
  assert.deepEqual(rows.get('old label')?.tags, ['Urgent']);
  assert.deepEqual(
    (await p.profile.store.read('tags.list')).map(({ name, colour }) => [name, colour]).sort(),
    [
      ['Urgent', 'red'],
      ['Стройка', 'blue'],
    ],
  );
  const cards = await p.call('contacts.window', {});
  const isPerson = ({ kind }: { kind: string }): boolean => kind === 'person';
  assert.equal(cards.rows.filter((row) => !isPerson(row)).length, 1, 'a list is a group');
  assert.deepEqual(
    cards.rows
      .filter(isPerson)
      .map((row) => row.address)
      .sort(),
    ['a.smirnova@constr.example', 'n.petrova@old.example', 't.galiev@constr.example', 'zoe@old.example'],
  );
  assert.ok(cards.rows.some((row) => row.name === 'Zoë Kr)mer'));

  await t.test('octets are those of the letter, without Thunderbird’s marks', async () => {
    const id = rows.get('unquoted')?.id as number;
    const body = 'Hello,\r\n\r\nFrom here on it is\r\nFrom Monday the plant is closed.';
    const stored = await p.profile.store.read('messages.stored', { id });
    const octets = Buffer.from(await p.profile.store.blobs.read(stored.blob as Uint8Array)).toString();
    assert.equal(octets, originalLetter({ subject: 'unquoted', id: 'tb6', body }).join('\r\n'));
  });
  await t.test('a second time there is nothing new, and the report is kept', async () => {
    const again = await bring(p, root);
    assert.equal(again.imported, 0);
    assert.equal(again.duplicates, 11);
    const reports = await p.call('moving.reports', {});
    assert.deepEqual(
      reports.map(({ report }) => [report.letters, report.doubles]),
      [
        [0, 11],
        [11, 0],
      ],
    );
    assert.equal((await p.call('contacts.window', {})).total, 5);
  });
});

test('a letter that another folder has in another dress is left out when that is asked', async (t) => {
  const p = await openTestProfile(t);
  const { root } = await writeThunderbird(p.dir);
  // The same letter as it came over IMAP: line ends and marks differ from the file.
  await p.put('Inbox', originalLetter({ subject: 'of 2019', id: 'tb10' }).join('\r\n'), letter());
  const options = { paths: [root], folder: null };
  assert.equal((await p.call('moving.preview', options)).doubles, 0);
  assert.equal((await p.call('moving.preview', { ...options, everywhere: true })).doubles, 1);
  const { imported, duplicates } = await bring(p, root, true);
  assert.deepEqual([imported, duplicates], [10, 1]);
});

test('what cannot be opened is said by its code', async (t) => {
  const p = await openTestProfile(t);
  const ask = (path: string) => p.call('moving.preview', { paths: [path], folder: null });
  await assert.rejects(ask(join(p.dir, 'nowhere')), { code: 'not-found' });
  await assert.rejects(p.call('moving.start', { paths: [join(p.dir, 'nowhere')], folder: null }), {
    code: 'not-found',
  });
  await assert.rejects(p.call('moving.start', { paths: [p.dir], folder: 4711 }), { code: 'no-such-folder' });
});
