/** What a person is told of long work. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../main/base/clock.ts';
import { Jobs } from '../../main/client/jobs.ts';

test('a rate and the time left are told when they mean something', () => {
  const clock = new ManualClock();
  const jobs = new Jobs(clock);
  const job = jobs.start('import', 'old.mbox', 'letters', { total: 1000 });
  job.progress(0);
  clock.advance(1000);
  job.progress(100);
  assert.equal(jobs.list()[0]?.remainingSeconds, null);
  clock.advance(3000);
  job.progress(400);
  assert.equal(jobs.list()[0]?.rate, 100);
  assert.equal(jobs.list()[0]?.remainingSeconds, 6);
});

test('a pause holds the worker, a cancellation ends it', async () => {
  const jobs = new Jobs(new ManualClock());
  const job = jobs.start('import', 'x', 'letters', { canPause: true });
  jobs.pause(job.id, true);
  let went = false;
  const waiting = job.checkpoint().then(() => {
    went = true;
  });
  await new Promise(setImmediate);
  assert.equal(went, false);
  jobs.pause(job.id, false);
  await waiting;
  assert.equal(went, true);
  jobs.pause(job.id, true);
  const stopped = job.checkpoint();
  jobs.cancel(job.id);
  await assert.rejects(stopped, { code: 'cancelled' });
  job.failed(await stopped.catch((failure: unknown) => failure));
  assert.equal(jobs.list()[0]?.state, 'cancelled');
  job.done();
  assert.equal(jobs.list()[0]?.state, 'cancelled', 'a job ends once');
  jobs.dismiss(job.id);
  assert.deepEqual(jobs.list(), []);
  assert.throws(() => jobs.cancel(job.id), { code: 'no-such-job' });
});

test('progress is told a few times a second, ends at once', () => {
  const clock = new ManualClock();
  const jobs = new Jobs(clock);
  let told = 0;
  jobs.changed.on(() => told++);
  const job = jobs.start('index', '', 'letters');
  for (let n = 0; n < 1000; n++) {
    job.progress(n);
    clock.advance(1);
  }
  assert.ok(told >= 4 && told <= 8, `${told} times`);
  const before = told;
  job.done();
  assert.equal(told, before + 1);
});
