/** When a letter arrived: what its store says, or else its own date, never a time to come. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mbxFile } from '../../kit/dbx.ts';
import { jobEnded } from '../kit/jobs.ts';
import { openTestProfile } from '../kit/profile.ts';

test('a store that keeps no times: letters arrived when they were written', async (t) => {
  const p = await openTestProfile(t);
  const before = Date.now();
  const dated = (date: string): { text: string } => ({
    text: `Date: ${date}\r\nSubject: ${date}\r\n\r\nbody\r\n`,
  });
  const path = join(p.dir, 'Inbox.mbx');
  const letters = [
    dated('Mon, 8 Jun 1998 13:10:16 -0700'),
    dated('Mon, 8 Jun 2150 13:10:16 +0000'),
    dated('soon'),
  ];
  await writeFile(path, mbxFile(letters).mbx);
  const { job } = await p.call('moving.start', { paths: [path], folder: null });
  assert.equal((await jobEnded(p, job)).problem, null);
  const folder = await p.folder('Outlook Express/Inbox');
  const rows = await p.profile.store.read('moving.page', { folder, after: -1, limit: 10 });
  const [old, ahead, none] = rows.sort((a, b) => a.id - b.id).map(({ received }) => received);
  assert.equal(old, Date.UTC(1998, 5, 8, 20, 10, 16));
  for (const time of [ahead, none]) assert.ok((time ?? 0) >= before && (time ?? 0) <= Date.now());
});
