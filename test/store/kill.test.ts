import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, open } from './kit/profile.ts';

const ROUNDS = Number(process.env['POSTROOM_ROUNDS'] ?? 30);

/** Runs the victim until `after` acknowledgements plus a moment, kills it, and says what it had told. */
async function killedRound(dir: string, round: number, after: number): Promise<string[]> {
  const victim = spawn(
    process.execPath,
    [join(import.meta.dirname, 'kit', 'victim.ts'), dir, String(round)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(victim, 'exit');
  let told = '';
  let lines = 0;
  for await (const chunk of victim.stdout) {
    const text = String(chunk);
    told += text;
    lines += text.split('\n').length - 1;
    if (lines >= after && !victim.killed) victim.kill('SIGKILL');
  }
  await exited;
  assert.equal(victim.signalCode, 'SIGKILL', `the victim ended by itself: ${told.slice(-500)}`);
  // A line cut by the kill was not told.
  return told.split('\n').slice(0, -1);
}

test(`killed ${ROUNDS} times, every acknowledged write is there exactly once`, async (t) => {
  const dir = folder(t);
  const present = new Set<string>();
  const unsure = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const lines = await killedRound(dir, round, 1 + ((round * 37) % 200));
    for (const line of lines) {
      const name = line.slice(1);
      if (line.startsWith('+')) present.add(name);
      if (line.startsWith('?')) unsure.add(name);
      if (line.startsWith('-')) {
        present.delete(name);
        unsure.delete(name);
      }
    }
    const store = await open(t, dir, { segmentBytes: 256 * 1024 });
    const letters = await store.read('letters');
    const names = letters.map((each) => each.name);
    assert.equal(new Set(names).size, names.length, 'none is doubled');
    const stored = new Set(names);
    const lost = [...present].filter((name) => !stored.has(name) && !unsure.has(name));
    assert.deepEqual(lost, [], `round ${round}`);
    const report = await store.check();
    assert.deepEqual(report.problems, [], `round ${round}`);
    const last = letters.at(-1);
    if (last?.hash) assert.ok((await store.blobs.read(last.hash)).length >= 500);
    assert.notEqual(await store.changes.since(0), 'too-old');
    await store.close();
    // What is in doubt is settled now; what is stored beyond it was committed but not yet told.
    unsure.clear();
    present.clear();
    for (const name of names) present.add(name);
  }
});
