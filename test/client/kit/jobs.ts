/** Waiting for a job of a test profile to end. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '../../../main/contract/mail/profile.ts';
import type { TestProfile } from './profile.ts';

/** The ended job, whatever its end. */
export async function jobEnded(p: Pick<TestProfile, 'call'>, id: string): Promise<Job> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const job = (await p.call('jobs.list', {})).find((each) => each.id === id);
    if (job && job.endedAt !== null) return job;
    await pause(10);
  }
  throw new Error(`job ${id} did not end in time`);
}
