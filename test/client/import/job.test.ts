/** An import as a job: paused, gone on with, stopped, finished by running it again. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '../../../main/contract/mail/profile.ts';
import { openTestProfile, type TestProfile } from '../kit/profile.ts';

const LETTERS = 1600;

async function writeBox(p: TestProfile): Promise<string> {
  const path = join(p.dir, 'box.mbox');
  const filling = 'brick and mortar\n'.repeat(1200);
  const letters = Array.from(
    { length: LETTERS },
    (_, n) =>
      `From a@x Mon Nov  2 10:00:00 2026\nFrom: a@x.example\nSubject: letter ${n}\nMessage-ID: <${n}@x>\n\n${filling}\n`,
  );
  await writeFile(path, letters.join(''));
  return path;
}

async function until<T>(what: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const found = await what();
    if (found !== undefined) return found;
    await pause(10);
  }
  throw new Error('it did not come to pass in time');
}

const jobOf = async (p: TestProfile, id: string): Promise<Job> => {
  const found = (await p.call('jobs.list', {})).find((job) => job.id === id);
  assert.ok(found);
  return found;
};
const ended = (p: TestProfile, id: string): Promise<Job> =>
  until(async () => {
    const job = await jobOf(p, id);
    return job.endedAt === null ? undefined : job;
  });
const total = async (p: TestProfile, folder: number): Promise<number> =>
  (await p.call('folders.list', {})).find((each) => each.id === folder)?.total ?? 0;

/** Starts, and pauses when the first letters are there. What was under way then still comes in. */
async function startPaused(p: TestProfile, path: string, folder: number): Promise<string> {
  const { job } = await p.call('import.start', { paths: [path], folder });
  await until(async () => ((await jobOf(p, job)).done > 0 ? true : undefined));
  await p.call('jobs.pause', { id: job, paused: true });
  let before = -1;
  let same = 0;
  await until(async () => {
    const now = await total(p, folder);
    same = now === before ? same + 1 : 0;
    before = now;
    return same >= 30 ? now : undefined;
  });
  return job;
}

test('a paused import waits, and goes on to its end', async (t) => {
  const p = await openTestProfile(t);
  const folder = await p.folder('Inbox');
  const id = await startPaused(p, await writeBox(p), folder);
  const waiting = await total(p, folder);
  assert.ok(waiting > 0 && waiting < LETTERS, `${waiting} came in before the pause`);
  assert.equal((await jobOf(p, id)).state, 'paused');
  await p.call('jobs.pause', { id, paused: false });
  const job = await ended(p, id);
  assert.equal(job.state, 'done');
  assert.equal(job.result?.imported, LETTERS);
  assert.equal(await total(p, folder), LETTERS);
});

test('a cancelled import keeps what came in and is finished by the next', async (t) => {
  const p = await openTestProfile(t);
  const folder = await p.folder('Inbox');
  const path = await writeBox(p);
  const id = await startPaused(p, path, folder);
  const waiting = await total(p, folder);
  await p.call('jobs.cancel', { id });
  const job = await ended(p, id);
  assert.equal(job.state, 'cancelled');
  // What was under way is settled when the job has ended, and not before.
  const kept = await total(p, folder);
  assert.ok(kept >= waiting && kept < LETTERS, `${waiting} and then ${kept} came in`);

  const again = await p.call('import.start', { paths: [path], folder });
  const done = await ended(p, again.job);
  assert.equal(done.state, 'done');
  assert.equal(done.result?.imported, LETTERS - kept);
  assert.equal(done.result?.duplicates, kept);
  await p.profile.indexer.idle();
  assert.deepEqual((await p.call('check.run', {})).problems, []);
  const view = { scope: { in: 'everywhere' as const }, query: 'mortar' };
  assert.equal((await p.call('messages.measure', { selection: { view } })).count, LETTERS);
});

test('a cancelled import that is not paused stops as well', async (t) => {
  const p = await openTestProfile(t);
  const folder = await p.folder('Inbox');
  const { job } = await p.call('import.start', { paths: [await writeBox(p)], folder });
  await until(async () => ((await jobOf(p, job)).done > 0 ? true : undefined));
  await p.call('jobs.cancel', { id: job });
  assert.equal((await ended(p, job)).state, 'cancelled');
  const kept = await total(p, folder);
  assert.ok(kept > 0 && kept < LETTERS);
  await assert.rejects(p.call('jobs.pause', { id: 'import-77', paused: true }), { code: 'no-such-job' });
});
