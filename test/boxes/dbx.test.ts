/** Outlook Express: what its files hold, whole and damaged, and what Debian's undbx makes of the same files. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dbxLetters, dbxStoreLetters } from '../../main/boxes/dbx/letters.ts';
import type { SourceLetter } from '../../main/boxes/source.ts';
import { dbxFolderList, dbxLetters as write } from '../kit/dbx.ts';

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-dbx-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

interface Read {
  letters: { text: string; letter: SourceLetter }[];
  problems: string[];
}

async function readAll(
  source: (onProblem: (path: string, reason: string) => void) => AsyncGenerator<SourceLetter>,
): Promise<Read> {
  const problems: string[] = [];
  const letters: Read['letters'] = [];
  for await (const letter of source((_, reason) => problems.push(reason))) {
    const bytes = await letter.read().catch((failure: { code: string }) => {
      problems.push(failure.code);
      return null;
    });
    if (bytes) letters.push({ text: Buffer.from(bytes).toString('latin1'), letter });
  }
  return { letters, problems };
}

const letterText = (n: number, size = 40): string =>
  `From: a${n}@x.example\r\nSubject: letter ${n}\r\nMessage-ID: <dbx${n}@x.example>\r\nDate: Wed, 5 May 2004 10:00:00 +0400\r\n\r\n${'brick '.repeat(Math.ceil(size / 6))}\r\n`;

test('letters of any length, in the tree’s order, with flags and times', async (t) => {
  const dir = await folder(t);
  const path = join(dir, 'Inbox.dbx');
  const sizes = [1, 400, 512, 513, 5000, 200_000];
  await writeFile(
    path,
    write(
      sizes.map((size, n) => ({
        text: letterText(n, size),
        flags: [0, 0x80, 0x20, 0x80080, 0x100080, 0xa0][n] as number,
        received: Date.UTC(2004, 4, 5, 10, n),
      })),
    ),
  );
  const { letters, problems } = await readAll((onProblem) => dbxLetters(path, ['Inbox'], { onProblem }));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    letters.map(({ text }) => text),
    sizes.map((size, n) => letterText(n, size)),
  );
  assert.deepEqual(
    letters.map(({ letter }) => letter.flags),
    [[], ['seen'], ['flagged'], ['seen', 'answered'], ['seen', 'forwarded'], ['seen', 'flagged']],
  );
  assert.equal(letters[2]?.letter.received, Date.UTC(2004, 4, 5, 10, 2));
  assert.equal(new Set(letters.map(({ letter }) => letter.path)).size, sizes.length);
});

test('a tree of several levels', async (t) => {
  const dir = await folder(t);
  const path = join(dir, 'Inbox.dbx');
  const all = Array.from({ length: 1500 }, (_, n) => ({ text: letterText(n) }));
  await writeFile(path, write(all));
  const { letters, problems } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    letters.map(({ text }) => text),
    all.map(({ text }) => text),
  );
});

test('a store: names of folders, a folder below, Russian names', async (t) => {
  const dir = await folder(t);
  await writeFile(
    join(dir, 'Folders.dbx'),
    dbxFolderList([
      { id: 0, parent: -1, name: 'Outlook Express' },
      { id: 1, parent: 0, name: 'Локальные папки' },
      { id: 4, parent: 1, name: 'Входящие', file: 'Входящие.dbx', special: 1 },
      { id: 5, parent: 4, name: 'Стройка', file: 'Project1.dbx' },
    ]),
  );
  await writeFile(join(dir, 'Входящие.dbx'), write([{ text: letterText(1) }]));
  await writeFile(join(dir, 'Project1.dbx'), write([{ text: letterText(2) }]));
  await writeFile(join(dir, 'Unnamed.dbx'), write([{ text: letterText(3) }]));
  await writeFile(join(dir, 'Pop3uidl.dbx'), Buffer.from('not looked at'));
  const { letters, problems } = await readAll((onProblem) => dbxStoreLetters(dir, { onProblem }));
  assert.deepEqual(problems, []);
  assert.deepEqual(letters.map(({ letter }) => letter.folder.join('/')).sort(), [
    'Unnamed',
    'Входящие',
    'Входящие/Стройка',
  ]);
});

test('a letter whose text is on a server is named', async (t) => {
  const path = join(await folder(t), 'Inbox.dbx');
  await writeFile(path, write([{ text: letterText(1) }, { text: '', headerOnly: true }]));
  const { letters, problems } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
  assert.equal(letters.length, 1);
  assert.deepEqual(problems, ['only-headers']);
});

test('what is not such a file is said so', async (t) => {
  const dir = await folder(t);
  const path = join(dir, 'Inbox.dbx');
  for (const [octets, reason] of [
    [Buffer.from('not a database'), 'not-a-letter'],
    [Buffer.concat([Buffer.from('JMF6'), Buffer.alloc(400)]), 'old-format'],
    [Buffer.alloc(0), 'not-a-letter'],
  ] as const) {
    await writeFile(path, octets);
    const { problems } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
    assert.deepEqual(problems, [reason]);
  }
});

test('damage: what can be read comes, what cannot is said, and nothing hangs', async (t) => {
  const path = join(await folder(t), 'Inbox.dbx');
  const count = 120;
  const whole = write(Array.from({ length: count }, (_, n) => ({ text: letterText(n, 1500) })));

  await t.test('a broken root: all letters are found in the file', async () => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt32LE(0xdead, bytes.readUInt32LE(0xe4));
    await writeFile(path, bytes);
    const { letters, problems } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
    assert.deepEqual(problems, ['list-damaged']);
    assert.equal(new Set(letters.map(({ text }) => text)).size, count);
  });
  await t.test('a circle of nodes ends', async () => {
    const bytes = Buffer.from(whole);
    const root = bytes.readUInt32LE(0xe4);
    bytes.writeUInt32LE(root, root + 8);
    await writeFile(path, bytes);
    const { letters } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
    assert.ok(letters.length >= count - 50);
  });
  await t.test('a chain that bites its tail is one damaged letter', async () => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt32LE(0x24bc, 0x24bc + 12);
    await writeFile(path, bytes);
    const { letters, problems } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
    assert.equal(letters.length, count - 1);
    assert.deepEqual(problems, ['damaged']);
  });
  await t.test('cut and overwritten anywhere: no crash, and an end', async () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 40; round++) {
      const bytes = Buffer.from(
        round % 2 === 0 ? whole : whole.subarray(0, 1000 + random(whole.length - 1000)),
      );
      for (let n = 0; n < 20; n++) bytes.writeUInt32LE(random(2 ** 31), 8 + random(bytes.length - 16));
      await writeFile(path, bytes);
      const { letters } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
      assert.ok(letters.length <= count * 2);
    }
  });
});

const undbx = spawnSync('undbx', ['--version']).error === undefined;

test('undbx reads the same letters from the same file', {
  skip: !undbx && 'undbx is not installed',
}, async (t) => {
  const dir = await folder(t);
  const from = join(dir, 'in');
  const to = join(dir, 'out');
  await mkdir(from);
  await mkdir(to);
  const all = Array.from({ length: 200 }, (_, n) => ({
    text: letterText(n, n * 37),
    subject: `letter ${n}`,
  }));
  await writeFile(join(from, 'Inbox.dbx'), write(all));
  execFileSync('undbx', [from, to], { stdio: 'ignore', timeout: 60_000 });
  const names = (await readdir(join(to, 'Inbox'))).filter((name) => name.endsWith('.eml'));
  const theirs = await Promise.all(names.map((name) => readFile(join(to, 'Inbox', name), 'latin1')));
  const ours = await readAll((onProblem) => dbxLetters(join(from, 'Inbox.dbx'), [], { onProblem }));
  assert.deepEqual(theirs.sort(), ours.letters.map(({ text }) => text).sort());
});
