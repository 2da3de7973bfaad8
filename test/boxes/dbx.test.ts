/** Outlook Express: what its files hold, whole and damaged, and what Debian's undbx makes of the same files. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { codePageOf, textIn } from '../../main/boxes/dbx/code-page.ts';
import { dbxLetters } from '../../main/boxes/dbx/letters.ts';
import { openExpressStore } from '../../main/boxes/dbx/store.ts';
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

async function readStore(dir: string): Promise<Read & { folders: string[] }> {
  const store = await openExpressStore(dir);
  const read = await readAll((onProblem) => store.letters({ onProblem }));
  return { ...read, folders: store.folders.map((levels) => levels.join('/')) };
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
  await writeFile(join(dir, 'Cleanup.log'), 'nor at this');
  const { letters, problems, folders } = await readStore(dir);
  assert.deepEqual(problems, []);
  assert.deepEqual(letters.map(({ letter }) => letter.folder.join('/')).sort(), [
    'Unnamed',
    'Входящие',
    'Входящие/Стройка',
  ]);
  // The Inbox is made by its letters; a folder of the person's own also without any.
  assert.deepEqual(folders, ['Входящие/Стройка']);
});

const one = (n: number): Buffer => write([{ text: letterText(n) }]);

test('names of a western Windows: by the look of the words, or by the files of the store', async (t) => {
  const dir = await folder(t);
  const rows = [
    { id: 0, parent: -1, name: 'Outlook Express' },
    { id: 1, parent: 0, name: 'Lokale Ordner' },
    { id: 4, parent: 1, name: 'Gelöschte Objekte', file: 'Gelöschte Objekte.dbx', special: 4 },
    { id: 5, parent: 1, name: 'Baustraße', file: 'Folder1.dbx' },
  ];
  await writeFile(join(dir, 'Folder1.dbx'), one(1));
  await writeFile(
    join(dir, 'Folders.dbx'),
    dbxFolderList(rows, (name) => Buffer.from(name, 'latin1')),
  );
  assert.deepEqual((await readStore(dir)).folders, ['Baustraße']);

  // Greek looks like Russian; the disk knows better, and writes accents its own way.
  const greek = await folder(t);
  const name = 'Έργα';
  await writeFile(join(greek, `${name}.dbx`.normalize('NFD')), one(2));
  await writeFile(
    join(greek, 'Folders.dbx'),
    dbxFolderList(
      [
        { id: 0, parent: -1, name: 'Outlook Express' },
        { id: 1, parent: 0, name: 'Local Folders' },
        { id: 4, parent: 1, name, file: `${name}.dbx` },
      ],
      (each) =>
        Buffer.from(
          each.replace('Έ', '\xb8').replace('ρ', '\xf1').replace('γ', '\xe3').replace('α', '\xe1'),
          'latin1',
        ),
    ),
  );
  assert.deepEqual((await readStore(greek)).folders, [name]);
});

test('Polish names are not read as French ones', () => {
  const octets = (hex: string): Buffer => Buffer.from(hex, 'hex');
  // wysłane, usunięte, bieżące
  const names = [octets('777973b3616e65'), octets('7573756e69ea7465'), octets('626965bfb96365')];
  const page = codePageOf(names, new Set());
  assert.deepEqual(
    names.map((name) => textIn(page, name)),
    ['wysłane', 'usunięte', 'bieżące'],
  );
});

test('folders of several accounts do not run into each other', async (t) => {
  const dir = await folder(t);
  for (const n of [1, 2, 3]) await writeFile(join(dir, `f${n}.dbx`), one(n));
  const rows = [
    { id: 0, parent: -1, name: 'Outlook Express' },
    { id: 1, parent: 0, name: 'Local Folders' },
    { id: 2, parent: 0, name: 'mail.constr.example', kept: 1 },
    { id: 3, parent: 0, name: 'mail.other.example', kept: 1 },
    { id: 4, parent: 1, name: 'Inbox', file: 'f1.dbx', special: 1 },
    { id: 5, parent: 2, name: 'Inbox', file: 'f2.dbx', special: 1, kept: 1 },
    { id: 6, parent: 3, name: 'Inbox', file: 'f3.dbx', special: 1, kept: 1 },
    // A newsgroup that was never read has no file.
    { id: 7, parent: 0, name: 'news.example', kept: 0 },
    { id: 8, parent: 7, name: 'comp.mail.misc', file: 'comp.mail.misc.dbx', kept: 0 },
  ] as const;
  await writeFile(join(dir, 'Folders.dbx'), dbxFolderList(rows));
  const { letters, folders } = await readStore(dir);
  assert.deepEqual(
    letters.map(({ letter }) => letter.folder.join('/')),
    ['Inbox', 'mail.constr.example/Inbox', 'mail.other.example/Inbox'],
  );
  assert.deepEqual(folders, []);
  await rm(join(dir, 'f1.dbx'));
  await rm(join(dir, 'f3.dbx'));
  const alone = await readStore(dir);
  assert.deepEqual(
    alone.letters.map(({ letter }) => letter.folder.join('/')),
    ['Inbox'],
  );
});

test('a list of folders that is damaged: folders are called as their files are, and it is said', async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, 'Inbox.dbx'), one(1));
  const list = dbxFolderList([
    { id: 0, parent: -1, name: 'Outlook Express' },
    { id: 1, parent: 0, name: 'Local Folders' },
    { id: 4, parent: 1, name: 'Post', file: 'Inbox.dbx', special: 1 },
  ]);
  const torn = Buffer.from(list);
  torn.writeUInt32LE(0xdead, torn.readUInt32LE(0xe4));
  for (const octets of [torn, list.subarray(0, 400), Buffer.from('nothing of the kind')]) {
    await writeFile(join(dir, 'Folders.dbx'), octets);
    const { letters, problems } = await readStore(dir);
    assert.deepEqual(problems, ['folder-list-damaged']);
    assert.deepEqual(
      letters.map(({ letter }) => letter.folder),
      [['Inbox']],
    );
  }
});

test('what waits for a server is no letters, and that is said', async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, 'Inbox.dbx'), one(1));
  const offline = one(2);
  offline.writeUInt32LE(0x26fe9d30, 4);
  await writeFile(join(dir, 'Offline.dbx'), offline);
  const { letters, problems } = await readStore(dir);
  assert.equal(letters.length, 1);
  assert.deepEqual(problems, ['no-letters-inside']);
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
  await t.test('a chain that bites its tail is a letter that breaks off', async () => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt32LE(0x24bc, 0x24bc + 12);
    await writeFile(path, bytes);
    const { letters, problems } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
    assert.equal(letters.length, count);
    assert.equal(letters[0]?.text, letterText(0, 1500).slice(0, 512));
    assert.deepEqual(problems, ['cut-short']);
  });
  await t.test('a file that was cut: what is there of every letter, its parts lost are said', async () => {
    await writeFile(path, whole.subarray(0, 0x24bc + 2 * 528 + 100));
    const { letters, problems } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
    assert.deepEqual(problems, ['list-damaged', 'cut-short']);
    assert.deepEqual(
      letters.map(({ text }) => letterText(0, 1500).startsWith(text) && text.length),
      [2 * 512 + 84],
    );
  });
  await t.test(
    'a letter whose place in the list is wrong is found, and what stands there comes too',
    async () => {
      const bytes = Buffer.from(whole);
      const root = bytes.readUInt32LE(0xe4);
      const info = bytes.readUInt32LE(bytes.readUInt32LE(root + 8) + 0x18);
      const entry = info + 12 + 3 * 4;
      assert.equal(bytes.readUInt32LE(entry), 0x24bc * 256 + 0x84);
      bytes.writeUInt32LE((0x24bc + 528) * 256 + 0x84, entry);
      await writeFile(path, bytes);
      const { letters, problems } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
      assert.deepEqual(problems, ['list-damaged']);
      assert.equal(letters.length, count + 1);
      assert.equal(letters.filter(({ text }) => text === letterText(0, 1500)).length, 1);
    },
  );
  await t.test('an entry of the list that is longer than any is not read, its letter is found', async () => {
    const bytes = Buffer.concat([whole, Buffer.alloc(2 ** 20 + 64)]);
    const root = bytes.readUInt32LE(0xe4);
    const info = bytes.readUInt32LE(bytes.readUInt32LE(root + 8) + 0x18);
    for (const [length, said] of [
      [2 ** 20, []],
      [2 ** 20 + 4, ['damaged', 'list-damaged']],
    ] as const) {
      bytes.writeUInt32LE(length, info + 4);
      await writeFile(path, bytes);
      const { letters, problems } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
      assert.deepEqual(problems, said);
      assert.equal(new Set(letters.map(({ text }) => text)).size, count);
    }
  });
  await t.test('letters that were removed do not come back when the list is broken', async () => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt32LE(0xdead, bytes.readUInt32LE(0xe4));
    bytes.writeUInt32LE(0x24bc, 0x48);
    await writeFile(path, bytes);
    const { letters } = await readAll((onProblem) => dbxLetters(path, [], { onProblem }));
    assert.equal(letters.length, count - 1);
    assert.ok(letters.every(({ text }) => text !== letterText(0, 1500)));
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
