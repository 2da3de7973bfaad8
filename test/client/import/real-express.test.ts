/**
 * Files that Outlook Express itself made (4, 5 and a whole store of 6, German, 2005), brought in and compared with what they
 * say and with what undbx reads; the same files cut and overwritten; samples of other programs from the same place. They are
 * fetched, not kept here: see test/kit/debian-source.ts. Nothing of the letters stands in this file but their lengths.
 *
 * POSTROOM_ROUNDS: rounds of damage for each file; POSTROOM_SEED: which.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openDbx } from '../../../main/boxes/dbx/file.ts';
import { expressLetters, openExpressStore } from '../../../main/boxes/dbx/store.ts';
import type { StoredLetter, StoredOptions } from '../../../main/boxes/stored.ts';
import { openOrigin } from '../../../main/client/import/origins.ts';
import { findStores } from '../../../main/client/import/stores.ts';
import { parseDate } from '../../../main/mail/date.ts';
import { NO_SAMPLES, sampleMailboxes } from '../../kit/debian-source.ts';
import { jobEnded } from '../kit/jobs.ts';
import { openTestProfile } from '../kit/profile.ts';

const samples = sampleMailboxes();
const needed = { skip: samples === null && NO_SAMPLES };
const at = (...levels: string[]): string => join(samples as string, ...levels);

async function scratch(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-express-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

type Letter = Pick<StoredLetter, 'folder' | 'flags' | 'received' | 'read'>;

interface Read {
  letters: { folder: string; octets: Buffer; flags: string; received: number | null }[];
  problems: string[];
}

async function readAll(source: (options: StoredOptions) => AsyncIterable<Letter>): Promise<Read> {
  const out: Read = { letters: [], problems: [] };
  const onProblem = (path: string, reason: string): void => {
    out.problems.push(`${path.split(/[/\\]/).at(-1)} ${reason}`);
  };
  for await (const { folder, flags, received, ...letter } of source({ onProblem })) {
    const octets = await letter.read().catch((failure: { code: string }) => {
      onProblem('letter', failure.code);
      return null;
    });
    if (octets)
      out.letters.push({
        folder: folder.join('/'),
        octets: Buffer.from(octets),
        flags: flags.join(' '),
        received,
      });
  }
  return out;
}

const readStore = async (dir: string): Promise<Read> => {
  const store = await openExpressStore(dir);
  return readAll((options) => store.letters(options));
};
const readFileOf = (path: string): Promise<Read> => readAll((options) => expressLetters(path, [], options));

/** Octets of the letters of each folder. */
const lengthsOf = ({ letters }: Read): Record<string, number[]> => {
  const out: Record<string, number[]> = {};
  for (const { folder, octets } of letters) out[folder] = [...(out[folder] ?? []), octets.length];
  return out;
};

const STORE = {
  Posteingang: [3463],
  'Posteingang/KDE': [3039, 2288, 2328, 2455, 8932],
  'Posteingang/KDE/kmail': [1451, 1320, 4206, 3810, 3263],
  'Mailinglists/acpi-devel': [4922, 4973, 4503, 7395],
  'Mailinglists/ck': [2612, 2650, 2689, 4916, 5377],
  'Mailinglists/hal': [7040, 3422, 3640],
  'Mailinglists/hal/hal-commit': [3188, 3189, 4600, 3309],
  'Mailinglists/linux-kernel': [4192, 7845, 5496, 5856],
};

test(
  'Outlook Express 6: every letter of a store in its folder, read, at the time it arrived',
  needed,
  async () => {
    const read = await readStore(at('oe6', 'oe6'));
    assert.deepEqual(lengthsOf(read), STORE);
    assert.deepEqual(read.problems, ['Offline.dbx no-letters-inside']);
    for (const { octets, flags, received } of read.letters) {
      assert.equal(flags, 'seen');
      // The line that the last server wrote on top says when.
      const [, date] =
        /^Received:(?:[^;]|\n[ \t])*;([^\n]*(?:\n[ \t][^\n]*)*)/im.exec(octets.toString('latin1')) ?? [];
      assert.equal(received, parseDate((date ?? '').replace(/\s+/g, ' ')));
    }
  },
);

test('found on the disk, looked at, brought in, and nothing new the second time', needed, async (t) => {
  const p = await openTestProfile(t);
  const home = join(p.dir, 'home');
  const identity = ['Local Settings', 'Application Data', 'Identities', '{0D3E6C00-1B1A}'];
  const dir = join(home, ...identity, 'Microsoft', 'Outlook Express');
  await mkdir(dir, { recursive: true });
  await cp(at('oe6', 'oe6'), dir, { recursive: true });
  const found = await findStores({ platform: 'win32', env: {}, home });
  assert.deepEqual(
    found.map(({ kind, path, title, readable }) => [kind, path, title, readable]),
    [['dbx', dir, 'Outlook Express', true]],
  );
  // Above it, too, as somebody has it who kept the old disk.
  for (const path of [dir, home]) {
    const seen = await p.call('moving.preview', { paths: [path], folder: null });
    assert.deepEqual([seen.letters, seen.doubles], [31, 0]);
    assert.deepEqual(
      Object.fromEntries(seen.folders.map((each) => [each.path, [each.letters, each.bytes]])),
      Object.fromEntries(
        Object.entries(STORE).map(([name, all]) => [
          `Outlook Express/${name}`,
          [all.length, all.reduce((sum, each) => sum + each, 0)],
        ]),
      ),
    );
    assert.deepEqual(seen.unreadable, [{ path: join(dir, 'Offline.dbx'), reason: 'no-letters-inside' }]);
  }
  for (const [came, doubles] of [
    [31, 0],
    [0, 31],
  ]) {
    const { job } = await p.call('moving.start', { paths: [dir], folder: null });
    assert.equal((await jobEnded(p, job)).problem, null);
    const [{ report } = assert.fail()] = await p.call('moving.reports', {});
    assert.deepEqual([report.letters, report.doubles], [came, doubles]);
  }
  const folders = await p.profile.store.read('folders.list');
  const inside = folders.filter(({ path }) => path.startsWith('Outlook Express/'));
  assert.deepEqual(
    inside.map(({ path }) => path.slice('Outlook Express/'.length)).sort(),
    // The folder that holds nothing but folders is one.
    [...Object.keys(STORE), 'Mailinglists'].sort(),
  );
  const direct = await readStore(at('oe6', 'oe6'));
  const stored: string[] = [];
  for (const { id, path } of inside)
    for (const { blob } of await p.profile.store.read('moving.page', { folder: id, after: -1, limit: 500 })) {
      const bytes = await p.profile.store.blobs.read(blob as Uint8Array);
      stored.push(`${path} ${Buffer.from(bytes).toString('latin1')}`);
    }
  assert.deepEqual(
    stored.sort(),
    direct.letters
      .map(({ folder, octets }) => `Outlook Express/${folder} ${octets.toString('latin1')}`)
      .sort(),
  );
});

test(
  'Outlook Express 5 and 4: whatever the file is called, and as much of it as there is',
  needed,
  async () => {
    const five = await readFileOf(at('oe', 'test4.dbx'));
    assert.deepEqual([lengthsOf(five), five.problems], [{ '': [6485, 5168, 3204] }, []]);
    assert.deepEqual(
      five.letters.map(({ flags }) => flags),
      ['', 'seen', 'seen'],
    );
    // These were shortened by hand: the lengths in them are those of the letters before.
    const all = await readStore(at('oe'));
    assert.deepEqual(lengthsOf(all), {
      test1: [613],
      test2: [1147, 1162, 1137],
      test3: [1147, 1162, 1137],
      test4: [6485, 5168, 3204],
      test5: [6485, 5168, 3204],
    });
    assert.deepEqual(all.problems, [
      'test1.mbx#1 cut-short',
      'test2.dbx list-damaged',
      'test2.dbx#3 cut-short',
      'test3.mbx list-damaged',
      'test3.mbx#3 cut-short',
    ]);
  },
);

const undbx = spawnSync('undbx', ['--version']).error === undefined;

test('undbx reads the same octets from the same files', {
  skip: needed.skip || (!undbx && 'undbx is not installed'),
}, async (t) => {
  const dir = await scratch(t);
  const from = join(dir, 'in');
  await cp(at('oe6', 'oe6'), from, { recursive: true });
  await cp(at('oe', 'test4.dbx'), join(from, 'test4.dbx'));
  // Its exit code says that two files hold no letters.
  spawnSync('undbx', [from, join(dir, 'out')], { stdio: 'ignore', timeout: 60_000 });
  const theirs: string[] = [];
  for (const entry of await readdir(join(dir, 'out'), { recursive: true, withFileTypes: true }))
    if (entry.name.endsWith('.eml'))
      theirs.push((await readFile(join(entry.parentPath, entry.name))).toString('latin1'));
  assert.equal(theirs.length, 34);
  const ours = (await readStore(from)).letters.map(({ octets }) => octets.toString('latin1'));
  assert.deepEqual(ours.sort(), theirs.sort());
});

/** Where each letter of a file ends, and the places on which its lists and chains hang. */
async function anatomy(path: string, bytes: Buffer): Promise<{ ends: number[]; joints: number[] }> {
  const file = await openDbx(path);
  const ends: number[] = [];
  const joints: number[] = [];
  const span = (from: number, length: number): void => {
    for (let n = 0; n < length; n++) joints.push(from + n);
  };
  try {
    span(0, 0xe8);
    span(bytes.readUInt32LE(0xe4), 0x80);
    for (const place of (await file.places()).places) {
      span(place, 100);
      const pointer = (await file.info(place)).get(0x04);
      let end = 0;
      for (
        let next = typeof pointer === 'number' ? pointer : 0;
        next !== 0;
        next = bytes.readUInt32LE(next + 12)
      ) {
        span(next, 16);
        end = Math.max(end, next + 16 + bytes.readUInt32LE(next + 8));
      }
      ends.push(end);
    }
    return { ends, joints };
  } finally {
    await file.close();
  }
}

test(
  'cut and overwritten: every letter that is whole in the file comes, and loss is never silent',
  needed,
  async (t) => {
    const dir = await scratch(t);
    const path = join(dir, 'Inbox.dbx');
    const rounds = Number(process.env['POSTROOM_ROUNDS'] ?? 12);
    let seed = Number(process.env['POSTROOM_SEED'] ?? 11);
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const text = (octets: Buffer): string => octets.toString('latin1');
    for (const name of [
      at('oe', 'test4.dbx'),
      at('oe6', 'oe6', 'ck.dbx'),
      at('oe6', 'oe6', 'Posteingang.dbx'),
    ]) {
      const bytes = await readFile(name);
      const whole = (await readFileOf(name)).letters.map(({ octets }) => text(octets));
      const { ends, joints } = await anatomy(name, bytes);
      for (let round = 0; round < rounds; round++) {
        const cut = random(bytes.length);
        await writeFile(path, bytes.subarray(0, cut));
        const { letters, problems } = await readFileOf(path);
        const came = new Set(letters.map(({ octets }) => text(octets)));
        const there = whole.filter((_, n) => (ends[n] as number) <= cut);
        assert.deepEqual(
          there.filter((each) => !came.has(each)),
          [],
          `cut at ${cut}`,
        );
        assert.ok(problems.length > 0 || came.size === whole.length, `cut at ${cut}: nothing said`);
      }
      for (let round = 0; round < rounds; round++) {
        const torn = Buffer.from(bytes);
        const places = Array.from({ length: 1 + random(4) }, () => joints[random(joints.length)] as number);
        for (const place of places) torn[place] = random(256);
        await writeFile(path, torn);
        const { letters, problems } = await readFileOf(path);
        const came = new Set(letters.map(({ octets }) => text(octets)));
        const gone = whole.filter((each) => !came.has(each)).length;
        assert.ok(gone <= places.length, `${gone} gone by ${places}`);
        assert.ok(problems.length > 0 || letters.length >= whole.length, `${places}: nothing said`);
        assert.ok(letters.length <= 2 * whole.length, `${letters.length} letters by ${places}`);
      }
    }
  },
);

test('other programs: mbox and MH come in, what has a form of its own is named', needed, async () => {
  const noThread = () => Promise.reject(new Error('no thread is needed'));
  const read = async (...levels: string[]): Promise<Read> => {
    const [origin = assert.fail()] = await openOrigin(at(...levels), noThread);
    return readAll((options) => origin.letters(options));
  };
  const counts = async (...levels: string[]): Promise<Record<string, number>> => {
    const lengths = lengthsOf(await read(...levels));
    return Object.fromEntries(Object.entries(lengths).map(([folder, all]) => [folder, all.length]));
  };
  assert.deepEqual(await counts('mbox'), { '': 16 });
  assert.deepEqual(await counts('sylpheed', 'Mail'), {
    'Mailinglists/hal': 8,
    'Mailinglists/hal/commit': 7,
    inbox: 6,
    'inbox/kmail-devel': 11,
    'inbox/kmail-devel/bugs': 11,
    trash: 6,
  });
  assert.deepEqual(await counts('evolution', 'evolution', 'local'), {
    Inbox: 10,
    'Inbox/subfolders/Mailinglists': 9,
    'Inbox/subfolders/Mailinglists/subfolders/HAL': 8,
    'Inbox/subfolders/Mailinglists/subfolders/HAL/subfolders/commit': 9,
    'kmail-devel': 6,
    'kmail-devel/subfolders/Bugs': 7,
  });
  assert.deepEqual(await counts('evolution', '.evolution', 'mail', 'local'), {
    Inbox: 8,
    Mailinglists: 6,
    'Mailinglists/HAL': 9,
    'Mailinglists/HAL/commit': 13,
    'Mailinglists/acpi-devel': 8,
  });
  const pegasus = await read('pmail', 'pmail');
  assert.deepEqual(lengthsOf(pegasus)['Main Folder'], [1302, 2350, 6872, 2518, 2872, 3057, 3773, 3133, 3701]);
  // Six folders, five new letters in files of their own, and seven of an mbox.
  assert.equal(pegasus.letters.length, 1 + 1 + 6 + 7 + 6 + 9 + 12);
  assert.deepEqual(
    pegasus.problems.filter((each) => !/ (not-a-letter|empty-file)$/.test(each)),
    [],
  );
  const bat = await read('thebat');
  assert.ok(bat.problems.includes('messages.tbb other-program'));
});
