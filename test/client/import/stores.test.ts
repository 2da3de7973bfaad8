/** The search of the disk: what lies in the usual places of each system is found, and what is no mail is not. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { kindOf, openOrigin } from '../../../main/client/import/origins.ts';
import { findStores } from '../../../main/client/import/stores.ts';
import { dbxFolderList, dbxLetters } from '../../kit/dbx.ts';
import { writeThunderbird } from '../../kit/thunderbird.ts';

async function home(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-home-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
async function put(path: string, content: string | Buffer = 'x'): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
}

test('a pipe in the place of a file is refused, not waited for', {
  skip: process.platform === 'win32',
}, async (t) => {
  const pipe = join(await home(t), 'letters.mbox');
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(kindOf(pipe), { code: 'not-a-file' });
  const noThread = () => Promise.reject(new Error('no thread is needed'));
  for (const kind of ['files', 'pst', 'dbx', 'msg'] as const)
    await assert.rejects(openOrigin(pipe, noThread, kind), { code: 'not-a-file' });
  for (const kind of ['pst', 'msg'] as const)
    await assert.rejects(openOrigin(join(pipe, '..'), noThread, kind), { code: 'not-a-letter' });
});

test('Linux: Thunderbird, a Maildir, an mbox, a data file of Outlook', async (t) => {
  const dir = await home(t);
  await writeThunderbird(dir);
  await put(join(dir, 'Maildir', 'cur', '1.host:2,S'), 'Subject: x\n\n');
  await mkdir(join(dir, 'Maildir', 'new'));
  await put(join(dir, 'mbox'), 'From a@x Mon Jan  5 10:00:00 2026\n\n');
  await put(join(dir, 'Documents', 'work', 'archive.pst'), '!BDN');
  await put(join(dir, 'Documents', 'letter.txt'));
  // A link to the whole disk is not followed.
  await symlink('/', join(dir, 'Documents', 'everything'));
  const found = await findStores({ platform: 'linux', env: {}, home: dir });
  assert.deepEqual(
    found.map(({ kind, title, readable }) => [kind, title, readable]),
    [
      ['thunderbird', 'Thunderbird: o.belova@constr.example', true],
      ['pst', 'archive.pst', true],
      ['files', 'Maildir', true],
      ['files', 'mbox', true],
    ],
  );
  assert.ok(found.every((each) => each.bytes > 0));
});

test('Windows: Outlook, Outlook Express, Windows Live Mail, The Bat!', async (t) => {
  const dir = await home(t);
  const local = join(dir, 'AppData', 'Local');
  await put(join(local, 'Microsoft', 'Outlook', 'o.belova.ost'), '!BDN');
  await put(
    join(local, 'Identities', '{8F2B}', 'Microsoft', 'Outlook Express', 'Inbox.dbx'),
    dbxLetters([{ text: 'Subject: x\r\n\r\n' }]),
  );
  await put(join(local, 'Microsoft', 'Windows Live Mail', 'Constr', 'Inbox', '1.eml'));
  await put(join(dir, 'AppData', 'Roaming', 'The Bat!', 'olga', 'Inbox', 'MESSAGES.TBB'));
  const found = await findStores({ platform: 'win32', env: {}, home: dir });
  assert.deepEqual(
    found.map(({ kind, title, readable }) => [kind, title, readable]),
    [
      ['pst', 'o.belova.ost', true],
      ['dbx', 'Outlook Express', true],
      ['files', 'Windows Live Mail', true],
      ['thebat', 'The Bat!: Inbox', false],
    ],
  );
});

test('Windows XP: a store below the old names of places, and told once where both names lead there', {
  skip: process.platform === 'win32',
}, async (t) => {
  const dir = await home(t);
  const store = join('Identities', '{1B1A}', 'Microsoft', 'Outlook Express');
  const old = join(dir, 'Local Settings', 'Application Data');
  await put(join(old, store, 'Folders.dbx'), dbxFolderList([{ id: 0, parent: -1, name: 'Outlook Express' }]));
  await put(join(old, store, 'Posteingang.dbx'), dbxLetters([{ text: 'Subject: x\r\n\r\n' }]));
  const options = { platform: 'win32', env: {}, home: dir } as const;
  const found = await findStores(options);
  assert.deepEqual(
    found.map(({ kind, path }) => [kind, path]),
    [['dbx', join(old, store)]],
  );
  await mkdir(join(dir, 'AppData'));
  await symlink(old, join(dir, 'AppData', 'Local'));
  assert.equal((await findStores(options)).length, 1);
});

test('a folder above a store: the store is read as if it was named, what lies beside it as files', async (t) => {
  const dir = await home(t);
  const noThread = () => Promise.reject(new Error('no thread is needed'));
  const store = join(dir, 'Identities', '{1B1A}', 'Microsoft', 'Outlook Express');
  await put(join(store, 'Inbox.dbx'), dbxLetters([{ text: 'Subject: stored\r\n\r\n', flags: 0 }]));
  await put(join(store, 'cleanup.log'), 'trace');
  const shape = async (): Promise<unknown[]> => {
    const out: unknown[] = [];
    for (const origin of await openOrigin(dir, noThread)) {
      const problems: string[] = [];
      const folders: string[] = [];
      const onProblem = (path: string, reason: string) => void problems.push(`${basename(path)} ${reason}`);
      for await (const letter of origin.letters({ onProblem })) {
        await letter.read();
        folders.push([...letter.folder, ...letter.flags].join('/'));
      }
      out.push([origin.kind, origin.top, folders, problems]);
    }
    return out;
  };
  assert.deepEqual(await shape(), [['dbx', 'Outlook Express', ['Inbox'], []]]);
  await put(join(dir, 'old', 'one.eml'), 'Subject: loose\r\n\r\n');
  await put(join(store, 'kept.eml'), 'Subject: beside\r\n\r\n');
  await put(join(dir, 'Bat', 'Messages.tbb'), Buffer.from([0x21, 0x09, 0x70, 0x19, 0, 0]));
  assert.deepEqual(await shape(), [
    ['files', '', ['Identities/{1B1A}/Microsoft/Outlook Express', 'old'], ['Messages.tbb other-program']],
    ['dbx', 'Outlook Express', ['Inbox'], []],
  ]);
});

test('an empty home has nothing, and a search can be ended', async (t) => {
  const dir = await home(t);
  for (const platform of ['linux', 'win32', 'darwin'] as const)
    assert.deepEqual(await findStores({ platform, env: {}, home: dir }), []);
  await assert.rejects(findStores({ home: dir, signal: AbortSignal.abort(new Error('enough')) }), /enough/);
});
