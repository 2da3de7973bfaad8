import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '../../main/base/log.ts';
import { prepareBlob } from '../../main/store/record.ts';
import { type ChangeBatch, openStore } from '../../main/store/store.ts';
import { collectingLog, folder, noise, open, programUrl } from './kit/profile.ts';

const text = (value: string) => new TextEncoder().encode(value);

test('a write is there for the next read, and after reopening', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  const blob = store.blobs.prepare(text('Hello'));
  const { id } = await store.write('add', { name: 'one', blob });
  assert.equal(id, 1);
  assert.equal(await store.read('count'), 1);
  await store.close();
  const again = await open(t, dir);
  const [letter] = await again.read('letters');
  assert.equal(letter?.name, 'one');
  assert.ok(letter?.hash);
  assert.deepEqual(await again.blobs.read(letter.hash), text('Hello'));
});

test('blobs of every shape come back byte for byte, and are found by hex too', async (t) => {
  const store = await open(t, folder(t), { segmentBytes: 1024 * 1024 });
  const shapes = [
    new Uint8Array(0),
    text('a'),
    text('Привет '.repeat(100_000)),
    noise(256 * 1024),
    noise(256 * 1024 + 1, 2),
    noise(3_000_000, 3),
  ];
  for (const [at, bytes] of shapes.entries()) {
    const blob = prepareBlob(bytes);
    await store.write('add', { name: `shape ${at}`, blob });
    assert.deepEqual(await store.blobs.read(blob.hash), bytes);
    assert.equal(await store.blobs.size(Buffer.from(blob.hash).toString('hex')), bytes.length);
  }
  const report = await store.check();
  assert.deepEqual(report, { ok: true, blobs: shapes.length, problems: [] });
  assert.equal((await store.stats()).segments, 2);
});

test('a range is streamed from the middle, across frames', async (t) => {
  const store = await open(t, folder(t));
  const bytes = noise(2_500_000, 9);
  const blob = store.blobs.prepare(bytes);
  await store.write('add', { name: 'big', blob });
  for (const [start, end] of [
    [0, 1],
    [262_143, 262_145],
    [1_000_000, 2_499_999],
    [2_499_999, 9_999_999],
    [5_000_000, 6_000_000],
  ] as const) {
    const pieces: Uint8Array[] = [];
    for await (const piece of store.blobs.stream(blob.hash, { start, end })) pieces.push(piece);
    assert.deepEqual(new Uint8Array(Buffer.concat(pieces)), bytes.slice(start, end));
  }
});

test('the same bytes are stored once, and the references are counted', async (t) => {
  const store = await open(t, folder(t));
  const blob = prepareBlob(noise(10_000));
  for (let at = 0; at < 72; at += 1) await store.write('add', { name: `to ${at}`, blob });
  let stats = await store.stats();
  assert.equal(stats.blobs, 1);
  assert.equal(stats.storedBytes, blob.stored);
  for (let at = 0; at < 71; at += 1) await store.write('remove', `to ${at}`);
  stats = await store.stats();
  assert.equal(stats.unreferencedBlobs, 0);
  await store.write('remove', 'to 71');
  stats = await store.stats();
  assert.equal(stats.unreferencedBlobs, 1);
});

test('an unknown blob is blob-missing, not empty', async (t) => {
  const store = await open(t, folder(t));
  const hash = prepareBlob(text('never stored')).hash;
  assert.equal(await store.blobs.has(hash), false);
  await assert.rejects(store.blobs.read(hash), { kind: 'internal', code: 'blob-missing' });
  await assert.rejects(store.blobs.size(hash), { code: 'blob-missing' });
  await assert.rejects(
    async () => {
      for await (const piece of store.blobs.stream(hash)) assert.fail(String(piece.length));
    },
    { code: 'blob-missing' },
  );
});

test('a failing write takes only itself back', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  const blob = prepareBlob(noise(5000, 4));
  const results = await Promise.allSettled([
    store.write('add', { name: 'a' }),
    store.write('addAndFail', { name: 'b', blob }),
    store.write('add', { name: 'c', blob: prepareBlob(noise(5000, 5)) }),
    store.write('add', { name: 'a' }),
  ]);
  assert.deepEqual(
    results.map((each) => each.status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
  );
  const [, refused] = results;
  assert.ok(refused?.status === 'rejected');
  assert.equal(refused.reason.code, 'refused');
  assert.deepEqual(refused.reason.detail, { name: 'b' });
  assert.deepEqual(
    (await store.read('letters')).map((each) => each.name),
    ['a', 'c'],
  );
  assert.equal(await store.blobs.has(blob.hash), false);
  assert.equal((await store.check()).ok, true);
});

test('concurrent writes share commits and fsyncs', async (t) => {
  const store = await open(t, folder(t));
  await Promise.all(
    Array.from({ length: 200 }, (_, at) =>
      store.write('add', { name: `n ${at}`, blob: prepareBlob(noise(2000, at + 1)) }),
    ),
  );
  const stats = await store.stats();
  assert.equal(stats.writes, 200);
  assert.ok(stats.groups <= 60, `${stats.groups} groups`);
  assert.ok(stats.segmentSyncs <= stats.groups);
});

test('changes are announced after the commit, in order, and can be read back', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  const heard: ChangeBatch[] = [];
  store.changes.on((batch) => heard.push(batch));
  const answered = await Promise.all(
    Array.from({ length: 50 }, async (_, at) => {
      const { modseq } = await store.write('add', { name: `n ${at}` });
      assert.ok(
        heard.some((batch) => batch.modseq === modseq),
        'announced before the write resolves',
      );
      return modseq;
    }),
  );
  assert.deepEqual(
    heard.map((batch) => batch.modseq),
    answered,
  );
  assert.deepEqual(heard[0]?.changes, [{ kind: 'letter-added', data: { id: 1, name: 'n 0' } }]);
  assert.deepEqual(await store.changes.since(0), heard);
  assert.deepEqual(await store.changes.since(answered[9] ?? 0, 5), heard.slice(10, 15));
  assert.deepEqual(await store.changes.since(answered.at(-1) ?? 0), []);
  await store.close();
  const again = await open(t, dir);
  const next = await again.write('touch');
  assert.ok(next > (answered.at(-1) ?? 0), 'numbers rise over a restart');
});

test('changes of a write that failed are not announced', async (t) => {
  const store = await open(t, folder(t));
  const heard: ChangeBatch[] = [];
  store.changes.on((batch) => heard.push(batch));
  await assert.rejects(store.write('addAndFail', { name: 'x' }), { code: 'refused' });
  await store.write('touch');
  assert.deepEqual(
    heard.flatMap((batch) => batch.changes.map((each) => each.kind)),
    ['touched'],
  );
});

test('reads: given up while running and while waiting, and never able to write', async (t) => {
  const store = await open(t, folder(t), { readers: 1 });
  const running = new AbortController();
  const waiting = new AbortController();
  const slow = store.read('slow', { rows: 2_000_000_000 }, { signal: running.signal });
  const queued = store.read('count', undefined, { signal: waiting.signal });
  waiting.abort();
  await assert.rejects(queued, { kind: 'cancelled' });
  running.abort();
  await assert.rejects(slow, { kind: 'cancelled' });
  // The thread itself is free again, though the read would have taken minutes.
  assert.equal(await store.read('count'), 0);
  await assert.rejects(store.read('attemptWrite'), { kind: 'internal' });
  assert.equal(await store.read('count'), 0);
});

test('reads of one affinity stay on one thread', async (t) => {
  const store = await open(t, folder(t), { readers: 2 });
  const counts: number[] = [];
  for (let at = 0; at < 6; at += 1)
    counts.push(await store.read('warmth', undefined, { affinity: 'view 1' }));
  assert.deepEqual(counts, [1, 2, 3, 4, 5, 6]);
});

test('a store without an index has no file of one, and says so to whoever asks it', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir, { indexed: false, readersOnDemand: true });
  await store.write('fill', { from: 1, count: 10 });
  assert.equal(await store.read('count'), 10);
  await assert.rejects(store.search.mark(), { kind: 'internal', code: 'no-index' });
  await assert.rejects(store.search.index([]), { code: 'no-index' });
  assert.ok((await store.compact({ databases: true })).databaseFreed >= 0);
  assert.ok(!existsSync(join(dir, 'search.db')));
  // Refused, it leaves no failure behind that nobody hears.
  const refused = open(t, dir, { indexed: false, readersOnDemand: true });
  await assert.rejects(refused, { kind: 'user', code: 'store-in-use' });
});

test('a reader that dies fails its call and is replaced', async (t) => {
  const log = collectingLog();
  const store = await open(t, folder(t), { readers: 1, log });
  await assert.rejects(store.read('crash'), { code: 'thread-crashed', retryable: true });
  assert.equal(await store.read('count'), 0);
  assert.ok(log.events.some(({ event }) => event === 'thread-crashed'));
});

test('a slow query is logged by its text', async (t) => {
  const log = collectingLog();
  const store = await open(t, folder(t), { log });
  await store.write('fill', { from: 1, count: 1000 });
  await store.read('slowSql');
  assert.ok(
    log.events.some(
      ({ event, fields }) => event === 'store-slow-read' && String(fields['sql']).includes('RECURSIVE'),
    ),
  );
});

test('a value that cannot cross threads fails its own call only', async (t) => {
  const store = await open(t, folder(t));
  const bad = { name: (() => 'x') as unknown as string };
  const [first, second] = await Promise.allSettled([
    store.write('add', bad),
    store.write('add', { name: 'ok' }),
  ]);
  assert.ok(first.status === 'rejected');
  assert.equal(first.reason.code, 'not-cloneable');
  assert.equal(second.status, 'fulfilled');
  const results = await Promise.allSettled([
    store.write('uncloneable'),
    store.write('add', { name: 'ok 2' }),
  ]);
  assert.deepEqual(
    results.map((each) => each.status),
    ['rejected', 'fulfilled'],
  );
});

test('after close every call is store-closed', async (t) => {
  const store = await open(t, folder(t));
  const last = store.write('add', { name: 'last' });
  await store.close();
  assert.equal((await last).id, 1);
  await assert.rejects(store.write('touch'), { code: 'store-closed' });
  await assert.rejects(store.read('count'), { code: 'store-closed' });
  await assert.rejects(store.check(), { code: 'store-closed' });
});

test('a profile opened twice is store-in-use, and free again after close', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  await assert.rejects(
    openStore({ dir, program: programUrl, log: silentLog }),
    (fault: { code: string; kind: string; detail: Record<string, unknown> }) => {
      assert.equal(fault.kind, 'user');
      assert.equal(fault.code, 'store-in-use');
      assert.equal(fault.detail['pid'], process.pid);
      return true;
    },
  );
  await store.write('touch');
  await store.close();
  const again = await open(t, dir);
  await again.write('touch');
});

test('a snapshot is a whole database, and does not overwrite', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  await store.write('fill', { from: 1, count: 100 });
  const copy = join(dir, 'copy');
  mkdirSync(copy);
  await store.snapshot(join(copy, 'store.db'));
  await assert.rejects(store.snapshot(join(copy, 'store.db')), { code: 'file-exists' });
  if (process.platform !== 'win32') {
    for (const file of [join(copy, 'store.db'), join(dir, 'store.db'), join(dir, 'search.db')]) {
      assert.equal(statSync(file).mode & 0o077, 0, `${file} is nobody else's`);
    }
  }
  const other = await open(t, copy);
  assert.equal(await other.read('count'), 100);
});

test('a streamed blob: small stays in memory, large is spooled, and an abandoned spool is swept', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  const big = noise(9 * 1024 * 1024, 11);
  async function* pieces(bytes: Uint8Array, step: number) {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  }
  const small = await store.blobs.prepareStream(pieces(big.subarray(0, 100_000), 777));
  assert.equal(typeof small.record, 'object');
  const large = await store.blobs.prepareStream(pieces(big, 65_536));
  assert.equal(typeof large.record, 'string');
  assert.deepEqual(large.hash, prepareBlob(big).hash);
  await store.write('add', { name: 'small', blob: small });
  await assert.rejects(store.write('addAndFail', { name: 'large', blob: large }), { code: 'refused' });
  await store.write('add', { name: 'large', blob: large });
  assert.deepEqual(await store.blobs.read(large.hash), big);
  const twice = await store.blobs.prepareStream(pieces(big, 1_000_000));
  await store.write('add', { name: 'large again', blob: twice });
  assert.deepEqual(readdirSync(join(dir, 'spool')), []);
  const left = await store.blobs.prepareStream(pieces(noise(9 * 1024 * 1024, 12), 65_536));
  async function* broken() {
    yield big;
    throw new Error('the link was cut');
  }
  await assert.rejects(store.blobs.prepareStream(broken()), { kind: 'internal' });
  assert.equal(readdirSync(join(dir, 'spool')).length, 1);
  assert.equal((await store.check()).ok, true);
  await store.close();
  await open(t, dir);
  assert.equal(existsSync(left.record as string), false);
});

test('a writer that dies fails its calls, and the next write starts it again', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  await store.write('add', { name: 'before' });
  const [crash, beside] = await Promise.allSettled([
    store.write('crashWriter'),
    store.write('add', { name: 'beside' }),
  ]);
  assert.ok(crash.status === 'rejected' && beside.status === 'rejected');
  assert.deepEqual([crash.reason.code, crash.reason.retryable], ['store-writer-failed', false]);
  await store.write('add', { name: 'after' });
  assert.deepEqual(
    (await store.read('letters')).map((each) => each.name),
    ['before', 'after'],
  );
  await store.close();
  assert.deepEqual(
    readdirSync(dir).filter((name) => name.endsWith('-wal')),
    [],
    'everything is in the database file',
  );
});
