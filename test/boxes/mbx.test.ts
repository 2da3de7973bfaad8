/** Outlook Express 4: whole mailboxes with the list beside them, and damaged ones. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isExpressStore, openExpressStore } from '../../main/boxes/dbx/store.ts';
import { mbxFile } from '../kit/dbx.ts';

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-mbx-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

interface Read {
  letters: { name: string; text: string; folder: string; flags: string }[];
  problems: string[];
  away: number;
}

async function read(dir: string): Promise<Read> {
  const out: Read = { letters: [], problems: [], away: 0 };
  const store = await openExpressStore(dir);
  const options = {
    onProblem: (_: string, reason: string) => void out.problems.push(reason),
    onThrownAway: () => void out.away++,
  };
  for await (const letter of store.letters(options)) {
    const text = Buffer.from(await letter.read()).toString('latin1');
    const { path, folder: levels, flags } = letter;
    out.letters.push({ name: path, text, folder: levels.join('/'), flags: flags.join(' ') });
  }
  return out;
}

const letterText = (n: number): string =>
  `From: a${n}@x.example\r\nSubject: letter ${n}\r\n\r\n${'brick '.repeat(n * 50)}\r\n`;
const texts = [0, 1, 2, 3, 900].map(letterText);

test('letters of any length, what was not read, what was thrown away', async (t) => {
  const dir = await folder(t);
  const { mbx, idx } = mbxFile(texts.map((text, n) => ({ text, flags: [0, 2, 1, 8, 2][n] as number })));
  await writeFile(join(dir, 'Inbox.mbx'), mbx);
  await writeFile(join(dir, 'INBOX.IDX'), idx);
  assert.equal(await isExpressStore(dir), true);
  const { letters, problems, away } = await read(dir);
  assert.deepEqual([problems, away], [[], 1]);
  assert.deepEqual(
    letters.map(({ text }) => text),
    texts.filter((_, n) => n !== 2),
  );
  assert.deepEqual(
    letters.map(({ flags }) => flags),
    ['seen', '', 'seen draft', ''],
  );
  assert.ok(letters.every((each) => each.folder === 'Inbox'));
  // Named by their place among all, also where one was thrown away.
  assert.match(letters[2]?.name ?? '', /#4$/);
});

test('without the list, letters count as read; a list that breaks off is said', async (t) => {
  const dir = await folder(t);
  const { mbx, idx } = mbxFile(texts.map((text) => ({ text, flags: 2 })));
  await writeFile(join(dir, 'Inbox.mbx'), mbx);
  const bare = await read(dir);
  assert.deepEqual(bare.problems, []);
  assert.ok(bare.letters.every(({ flags }) => flags === 'seen'));
  await writeFile(join(dir, 'Inbox.idx'), idx.subarray(0, 80 + 232 + 100));
  const torn = await read(dir);
  assert.deepEqual(torn.problems, ['marks-damaged']);
  assert.deepEqual(
    torn.letters.map(({ flags }) => flags),
    ['', '', 'seen', 'seen', 'seen'],
  );
});

test('damage: a length that cannot be, rubbish between, a file that was cut', async (t) => {
  const dir = await folder(t);
  const path = join(dir, 'Inbox.mbx');
  const { mbx } = mbxFile(texts.map((text) => ({ text })));
  const second = 0x54 + 16 + Math.ceil((texts[0] as string).length / 4) * 4;
  for (const length of [0, 5, 1_000_000, 0xffff_ffff]) {
    const bytes = Buffer.from(mbx);
    bytes.writeUInt32LE(length, second + 8);
    bytes.writeUInt32LE(length, second + 12);
    await writeFile(path, bytes);
    const { letters, problems } = await read(dir);
    assert.deepEqual(problems, ['list-damaged']);
    assert.deepEqual(
      letters.map(({ text }) => text),
      texts,
    );
  }
  const rubbish = Buffer.concat([mbx.subarray(0, second), Buffer.from('rubbish'), mbx.subarray(second)]);
  await writeFile(path, rubbish);
  const between = await read(dir);
  assert.deepEqual(between.problems, ['list-damaged']);
  assert.deepEqual(
    between.letters.map(({ text }) => text),
    texts,
  );
  await writeFile(path, mbx.subarray(0, mbx.length - 1000));
  const cut = await read(dir);
  assert.deepEqual(cut.problems, ['cut-short']);
  assert.equal(cut.letters.length, 5);
  assert.ok(texts[4]?.startsWith(cut.letters[4]?.text ?? '-'));
  const later = Buffer.from(mbx);
  later.write('JMF7');
  for (const [octets, reason] of [
    [later, 'old-format'],
    [mbx.subarray(0, 50), 'damaged'],
    [Buffer.from('JMF'), 'not-a-letter'],
    [Buffer.alloc(0), 'not-a-letter'],
  ] as const) {
    await writeFile(path, octets);
    assert.deepEqual((await read(dir)).problems, [reason]);
  }
});
