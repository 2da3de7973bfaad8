import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CHANGES_KEPT, MAX_MESSAGE_BYTES, SPOOL_ABOVE_BYTES } from '../../main/base/limits.ts';
import { prepareBlob } from '../../main/store/record.ts';
import { prepareStream } from '../../main/store/spool.ts';
import { folder, open } from './kit/profile.ts';

async function* zeros(length: number) {
  const chunk = new Uint8Array(8 * 1024 * 1024);
  for (let left = length; left > 0; left -= chunk.length)
    yield chunk.subarray(0, Math.min(left, chunk.length));
}

test('the largest letter is taken, one octet more is not', async (t) => {
  const dir = folder(t);
  const largest = await prepareStream(dir, zeros(MAX_MESSAGE_BYTES));
  assert.equal(largest.raw, MAX_MESSAGE_BYTES);
  const tooLarge = { kind: 'user', code: 'blob-too-large', detail: { limit: MAX_MESSAGE_BYTES } };
  await assert.rejects(prepareStream(dir, zeros(MAX_MESSAGE_BYTES + 1)), tooLarge);
  assert.throws(() => prepareBlob(new Uint8Array(MAX_MESSAGE_BYTES + 1)), tooLarge);
  assert.equal(readdirSync(dir).length, 1, 'what was refused left no file');
});

test('a letter at the limit of memory stays there, above it is spooled', async (t) => {
  const dir = folder(t);
  assert.equal(typeof (await prepareStream(dir, zeros(SPOOL_ABOVE_BYTES))).record, 'object');
  const spooled = await prepareStream(dir, zeros(SPOOL_ABOVE_BYTES + 1));
  assert.equal(spooled.record, join(dir, readdirSync(dir)[0] ?? ''));
});

test('the change log is pruned by count, and says so to whoever is behind it', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  const first = await store.write('touchMany', 10);
  const second = await store.write('touchMany', CHANGES_KEPT - 10);
  assert.equal((await store.changes.since(0)).length, 2, 'at the limit nothing is pruned');
  const third = await store.write('touchMany', 2000);
  assert.equal(await store.changes.since(0), 'too-old');
  assert.equal(await store.changes.since(first - 1), 'too-old');
  const rest = await store.changes.since(second);
  assert.ok(rest !== 'too-old');
  assert.deepEqual(
    rest.map((batch) => [batch.modseq, batch.changes.length]),
    [[third, 2000]],
  );
  await store.close();
  const again = await open(t, dir);
  assert.equal(await again.changes.since(0), 'too-old');
});
