import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '../../main/base/log.ts';
import { HEADER_BYTES, hashHex, prepareBlob } from '../../main/store/record.ts';
import { openStore } from '../../main/store/store.ts';
import { collectingLog, folder, noise, open, programUrl } from './kit/profile.ts';

const firstSegment = (dir: string) => join(dir, 'segments', '000001.seg');

/** A profile with three letters in one segment, closed. */
async function three(t: Parameters<typeof folder>[0]) {
  const dir = folder(t);
  const store = await open(t, dir);
  const blobs = [1, 2, 3].map((seed) => prepareBlob(noise(20_000, seed)));
  for (const [at, blob] of blobs.entries()) await store.write('add', { name: `letter ${at + 1}`, blob });
  await store.close();
  const [first, second, third] = blobs;
  assert.ok(first && second && third);
  return { dir, first, second, third };
}

test('a torn tail is cut off, and the segment grows on from the last commit', async (t) => {
  const { dir, third } = await three(t);
  const length = statSync(firstSegment(dir)).size;
  appendFileSync(firstSegment(dir), prepareBlob(noise(9000, 4)).record.slice(0, 5000));
  const log = collectingLog();
  const store = await open(t, dir, { log });
  assert.equal(statSync(firstSegment(dir)).size, length);
  assert.ok(log.events.some(({ event, fields }) => event === 'store-torn-tail' && fields['octets'] === 5000));
  await store.write('add', { name: 'after', blob: prepareBlob(noise(100, 5)) });
  assert.equal((await store.blobs.read(third.hash)).length, 20_000);
  assert.deepEqual((await store.check()).problems, []);
});

test('a flipped byte is found by reading and by check; the rest works; the same bytes heal it', async (t) => {
  const { dir, first, second, third } = await three(t);
  const bytes = readFileSync(firstSegment(dir));
  const at = first.stored + HEADER_BYTES + 1000;
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(firstSegment(dir), bytes);
  const store = await open(t, dir);
  const damaged = { kind: 'internal', code: 'blob-damaged', detail: { hash: hashHex(second.hash) } };
  await assert.rejects(store.blobs.read(second.hash), damaged);
  assert.equal((await store.blobs.read(first.hash)).length, 20_000);
  assert.equal((await store.blobs.read(third.hash)).length, 20_000);
  const report = await store.check();
  assert.equal(report.ok, false);
  assert.equal(report.blobs, 3);
  assert.deepEqual(
    report.problems.map(({ code, hash, segment }) => ({ code, hash, segment })),
    [{ code: 'record-damaged', hash: hashHex(second.hash), segment: 1 }],
  );
  await store.write('add', { name: 'again', blob: second });
  assert.deepEqual(await store.blobs.read(second.hash), noise(20_000, 2));
  assert.deepEqual((await store.check()).problems, []);
});

test('every single byte of a record is covered by a checksum', async (t) => {
  const dir = folder(t);
  const raw = new TextEncoder().encode('Съешь ещё этих мягких французских булок. '.repeat(3));
  const blob = prepareBlob(raw);
  assert.ok(typeof blob.record !== 'string');
  const store = await open(t, dir, { readers: 1 });
  await store.write('add', { name: 'x', blob });
  await store.close();
  const good = readFileSync(firstSegment(dir));
  const again = await open(t, dir, { readers: 1 });
  for (let at = 0; at < good.length; at += 1) {
    const bad = Buffer.from(good);
    bad[at] = (bad[at] ?? 0) ^ 0xff;
    writeFileSync(firstSegment(dir), bad);
    await assert.rejects(again.blobs.read(blob.hash), { code: 'blob-damaged' }, `byte ${at}`);
  }
  writeFileSync(firstSegment(dir), good);
  assert.deepEqual(await again.blobs.read(blob.hash), raw);
});

test('a missing or short segment does not stop the opening', async (t) => {
  const { dir, first, third } = await three(t);
  truncateSync(firstSegment(dir), third.stored + 100);
  const store = await open(t, dir);
  assert.equal((await store.blobs.read(first.hash)).length, 20_000);
  await assert.rejects(store.blobs.read(third.hash), { code: 'blob-damaged' });
  const fresh = prepareBlob(noise(1000, 8));
  await store.write('add', { name: 'new', blob: fresh });
  const codes = (await store.check()).problems.map(({ code }) => code);
  assert.deepEqual([...new Set(codes)].sort(), ['record-damaged', 'segment-short']);
  await store.close();
  rmSync(firstSegment(dir));
  const again = await open(t, dir);
  await assert.rejects(again.blobs.read(first.hash), {
    code: 'blob-damaged',
    detail: { hash: hashHex(first.hash) },
  });
  assert.equal((await again.blobs.read(fresh.hash)).length, 1000);
  assert.equal(await again.read('count'), 4);
  assert.deepEqual(
    (await again.check()).problems.map(({ code }) => code),
    ['segment-missing'],
  );
});

test('a segment that no commit knows is removed; an older unknown one is left and reported', async (t) => {
  const { dir } = await three(t);
  const unborn = join(dir, 'segments', '000002.seg');
  writeFileSync(unborn, 'half a record');
  writeFileSync(join(dir, 'segments', 'compaction.tmp'), 'half a compaction');
  writeFileSync(join(dir, 'segments', '000000.seg'), 'from somewhere else');
  const store = await open(t, dir);
  assert.equal(existsSync(unborn), false);
  assert.equal(existsSync(join(dir, 'segments', 'compaction.tmp')), false);
  assert.deepEqual(
    (await store.check()).problems.map(({ code, segment }) => [code, segment]),
    [['segment-unknown', 0]],
  );
});

test('compaction gives the bytes of removed letters back and keeps the others', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir, { segmentBytes: 100_000 });
  const blobs = Array.from({ length: 40 }, (_, at) => prepareBlob(noise(9000, at + 1)));
  for (const [at, blob] of blobs.entries()) await store.write('add', { name: `n ${at}`, blob });
  for (let at = 0; at < 40; at += 1) if (at % 4 !== 0) await store.write('remove', `n ${at}`);
  const kept = await store.compact({ graceMs: 60_000 });
  assert.deepEqual(
    kept,
    { segments: 0, blobsDropped: 0, bytesFreed: 0, databaseFreed: 0 },
    'within the grace nothing goes',
  );
  const before = await store.stats();
  const report = await store.compact({ graceMs: 0 });
  const after = await store.stats();
  assert.ok(report.segments >= 3);
  assert.equal(before.storedBytes - after.storedBytes, report.bytesFreed);
  assert.equal(before.blobs - after.blobs, report.blobsDropped);
  for (const [at, blob] of blobs.entries()) {
    if (at % 4 === 0) assert.deepEqual(await store.blobs.read(blob.hash), noise(9000, at + 1));
  }
  assert.deepEqual((await store.check()).problems, []);
  await store.write('add', { name: 'back', blob: blobs[1] ?? assert.fail() });
  assert.deepEqual(await store.blobs.read(blobs[1]?.hash ?? ''), noise(9000, 2));
  await store.close();
  const again = await open(t, dir);
  assert.deepEqual((await again.check()).problems, []);
});

test('a newer database is refused, untouched', async (t) => {
  const dir = folder(t);
  const newer = new URL('./kit/program-newer.ts', import.meta.url);
  const store = await openStore({ dir, program: newer, log: silentLog });
  await store.close();
  const before = readFileSync(join(dir, 'store.db'));
  await assert.rejects(openStore({ dir, program: programUrl, log: silentLog }), {
    kind: 'user',
    code: 'store-too-new',
    detail: { found: 20, known: 10 },
  });
  assert.deepEqual(readFileSync(join(dir, 'store.db')), before);
});

test('another kind of database is refused', async (t) => {
  const dir = folder(t);
  await (await open(t, dir)).close();
  const other = new URL('./kit/program-other.ts', import.meta.url);
  await assert.rejects(openStore({ dir, program: other, log: silentLog }), {
    kind: 'user',
    code: 'store-wrong-kind',
  });
});

test('migrating takes a snapshot first; a migration that fails leaves the old database usable', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  await store.write('fill', { from: 1, count: 10 });
  await store.close();
  const failing = new URL('./kit/program-failing.ts', import.meta.url);
  await assert.rejects(openStore({ dir, program: failing, log: silentLog }), {
    code: 'migration-failed',
    detail: { number: 20, name: 'breaks' },
  });
  assert.ok(existsSync(join(dir, 'backup-10.db')));
  const old = await open(t, dir);
  assert.equal(await old.read('count'), 10);
  await old.close();
  const newer = new URL('./kit/program-newer.ts', import.meta.url);
  const migrated = await openStore({ dir, program: newer, log: silentLog });
  await migrated.close();
  const copy = folder(t);
  mkdirSync(copy, { recursive: true });
  writeFileSync(join(copy, 'store.db'), readFileSync(join(dir, 'backup-10.db')));
  const restored = await open(t, copy);
  assert.equal(await restored.read('count'), 10);
});

test('a full disk fails the write, keeps what was, and recovers when there is room', async (t) => {
  const mount = mkdtempSync(join(tmpdir(), 'postroom-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mount]);
  if (mounted.status !== 0) {
    rmSync(mount, { recursive: true });
    return t.skip('a small file system cannot be mounted here');
  }
  t.after(() => {
    spawnSync('umount', [mount]);
    rmSync(mount, { recursive: true, force: true });
  });
  const dir = join(mount, 'profile');
  const store = await openStore<typeof import('./kit/program.ts').program>({
    dir,
    program: programUrl,
    log: silentLog,
  });
  let stored = 0;
  let failures = 0;
  try {
    for (let round = 0; failures < 3 && round < 100; round += 1) {
      const results = await Promise.allSettled(
        [0, 1, 2].map((lane) =>
          store.write('add', {
            name: `${round} ${lane}`,
            blob: prepareBlob(noise(200_000, round * 3 + lane + 1)),
          }),
        ),
      );
      for (const result of results) {
        if (result.status === 'fulfilled') stored += 1;
        else {
          assert.equal(result.reason.code, 'disk-full');
          assert.equal(result.reason.kind, 'transient');
          failures += 1;
        }
      }
    }
    assert.ok(failures >= 3 && stored > 10, `${stored} stored, ${failures} refused`);
    assert.equal(await store.read('count'), stored);
    assert.deepEqual((await store.check()).problems, []);
    const grown = spawnSync('mount', ['-o', 'remount,size=40m', mount]);
    assert.equal(grown.status, 0);
    await store.write('add', { name: 'there is room', blob: prepareBlob(noise(200_000, 9999)) });
    assert.equal(await store.read('count'), stored + 1);
    const report = await store.check();
    assert.deepEqual([report.problems, report.blobs], [[], stored + 1]);
  } finally {
    await store.close();
  }
});

test('200 MB pass through in bounded memory', async (t) => {
  const store = await open(t, folder(t));
  const megabyte = noise(1024 * 1024, 77);
  // More buffers than are held back before spooling begins, used in turn: the source makes no garbage.
  const turn = Array.from({ length: 12 }, () => Uint8Array.from(megabyte));
  async function* source() {
    for (let at = 0; at < 200; at += 1) {
      const chunk = turn[at % turn.length] ?? assert.fail();
      chunk[0] = at;
      yield chunk;
    }
  }
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = 0;
  const watch = () => {
    most = Math.max(most, process.memoryUsage().rss - before);
  };
  const blob = await store.blobs.prepareStream(source());
  watch();
  await store.write('add', { name: 'huge', blob });
  let length = 0;
  for await (const piece of store.blobs.stream(blob.hash)) {
    assert.equal(piece[1], megabyte[1]);
    if (length % (1024 * 1024) === 0) assert.equal(piece[0], length / (1024 * 1024));
    length += piece.length;
    watch();
  }
  assert.equal(length, 200 * 1024 * 1024);
  assert.ok(most < 190 * 1024 * 1024, `${Math.round(most / 1024 / 1024)} MiB more`);
});
