import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareBlob } from '../../main/store/record.ts';
import { folder, noise, open } from './kit/profile.ts';

/** The long form: POSTROOM_ROUNDS=1000. */
const ROUNDS = Number(process.env['POSTROOM_ROUNDS'] ?? 8);
const LETTERS = 160;
const OCTETS = 9000;

const onDisk = (dir: string): number =>
  readdirSync(join(dir, 'segments')).reduce(
    (sum, name) => sum + statSync(join(dir, 'segments', name)).size,
    0,
  );

/** Compacts in a process of its own, killed `after` ms into it. true: it had come to its end. */
async function compacted(dir: string, after: number | null): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kit', 'compactor.ts'), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let told = '';
  for await (const chunk of child.stdout) {
    told += String(chunk);
    // Not a wait for anything: the moment of the kill is what the rounds differ in.
    if (after !== null && told.startsWith('begin')) setTimeout(() => child.kill('SIGKILL'), after);
  }
  await exited;
  return told.endsWith('end\n');
}

test(`compaction killed ${ROUNDS} times loses no letter, then gives the room back`, async (t) => {
  const dir = folder(t);
  const store = await open(t, dir, { segmentBytes: 64 * 1024 });
  const blobs = Array.from({ length: LETTERS }, (_, at) => prepareBlob(noise(OCTETS, at + 1)));
  for (const [at, blob] of blobs.entries()) await store.write('add', { name: `n ${at}`, blob });
  // Pages that the database can give back.
  const wide = Array.from({ length: 60 }, (_, at) => `${at} ${'x'.repeat(20_000)}`);
  await Promise.all(wide.map((name) => store.write('add', { name })));
  await Promise.all(wide.map((name) => store.write('remove', name)));
  const kept = (at: number) => at % 4 === 0;
  for (let at = 0; at < LETTERS; at += 1) if (!kept(at)) await store.write('remove', `n ${at}`);
  await store.close();
  const before = onDisk(dir);
  for (let round = 0; round < ROUNDS; round += 1) {
    await compacted(dir, (round * 7) % 40);
    const opened = await open(t, dir, { segmentBytes: 64 * 1024 });
    assert.deepEqual((await opened.check()).problems, [], `round ${round}`);
    for (const [at, blob] of blobs.entries())
      if (kept(at))
        assert.deepEqual(await opened.blobs.read(blob.hash), noise(OCTETS, at + 1), `round ${round}`);
    await opened.close();
  }
  assert.equal(await compacted(dir, null), true);
  const last = await open(t, dir, { segmentBytes: 64 * 1024 });
  assert.deepEqual((await last.check()).problems, []);
  for (const [at, blob] of blobs.entries())
    if (kept(at)) assert.deepEqual(await last.blobs.read(blob.hash), noise(OCTETS, at + 1));
  await last.close();
  // What is alive is a quarter.
  assert.ok(onDisk(dir) < before * 0.28, `${before} -> ${onDisk(dir)} octets`);
});
