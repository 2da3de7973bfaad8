/** Room is given back in a profile of one growing segment, and by the database itself. */
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareBlob } from '../../main/store/record.ts';
import { folder, noise, open } from './kit/profile.ts';

const sizeOf = (dir: string, below: string): number =>
  readdirSync(join(dir, below))
    .filter((name) => below !== '' || /^store\.db(-wal)?$/.test(name))
    .reduce((sum, name) => sum + statSync(join(dir, below, name)).size, 0);

test('a profile of one growing segment gives its room back, and grows on', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  const blobs = Array.from({ length: 40 }, (_, at) => prepareBlob(noise(30_000, at + 1)));
  for (const [at, blob] of blobs.entries()) await store.write('add', { name: `n ${at}`, blob });
  for (let at = 0; at < 40; at += 1) if (at % 4 !== 0) await store.write('remove', `n ${at}`);
  const report = await store.compact({ graceMs: 0 });
  assert.equal(report.segments, 1);
  assert.equal(report.blobsDropped, 30);
  assert.ok(sizeOf(dir, 'segments') < 12 * 30_000, `${sizeOf(dir, 'segments')} octets`);
  await store.write('add', { name: 'after', blob: prepareBlob(noise(30_000, 99)) });
  const again = await store.compact({ graceMs: 0 });
  assert.equal(again.segments, 0, 'what has nothing to give is left to grow');
  assert.deepEqual((await store.check()).problems, []);
  await store.close();
  const opened = await open(t, dir);
  assert.deepEqual((await opened.check()).problems, []);
  for (const [at, blob] of blobs.entries())
    if (at % 4 === 0) assert.deepEqual(await opened.blobs.read(blob.hash), noise(30_000, at + 1));
});

test('free pages of the database go back to the disk when that is asked; readers go on meanwhile', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  const name = (at: number): string => `${at} ${'x'.repeat(20_000)}`;
  const rows = Array.from({ length: 200 }, (_, at) => at);
  await Promise.all(rows.map((at) => store.write('add', { name: name(at) })));
  await Promise.all(rows.slice(1).map((at) => store.write('remove', name(at))));
  assert.equal((await store.compact({ graceMs: 0 })).databaseFreed, 0, 'not by itself');
  const before = sizeOf(dir, '');
  const [report] = await Promise.all([
    store.compact({ graceMs: 0, databases: true }),
    ...rows.slice(0, 20).map(() => store.read('count')),
    store.write('add', { name: 'meanwhile' }),
  ]);
  assert.ok(report.databaseFreed > 3_000_000, `${report.databaseFreed} octets`);
  assert.equal(await store.read('count'), 2);
  assert.equal((await store.compact({ graceMs: 0, databases: true })).databaseFreed, 0);
  assert.deepEqual((await store.check()).problems, []);
  // A reader may have held the log back for a moment; closed, it is carried over.
  await store.close();
  assert.ok(sizeOf(dir, '') < before - 3_000_000, `${before} -> ${sizeOf(dir, '')} octets`);
});
