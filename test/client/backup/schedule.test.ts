/** Copies by themselves: when they are due, how many stay, and what is said when the folder, the room or the time is not there. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { Fault } from '../../../main/base/errors.ts';
import { silentLog } from '../../../main/base/log.ts';
import {
  type CopySettings,
  lastDue,
  nextDue,
  ScheduledCopies,
} from '../../../main/client/backup/schedule.ts';
import { letter, openTestProfile } from '../kit/profile.ts';

const DAY = 24 * 3_600_000;
/** In the computer's own time, as a person sets it. */
const local = (day: number, hours: number, minutes = 0): number =>
  new Date(2026, 10, day, hours, minutes).getTime();

test('a copy is due at its time, every day', () => {
  assert.equal(lastDue(local(20, 14), '13:00'), local(20, 13));
  assert.equal(lastDue(local(20, 13), '13:00'), local(20, 13));
  assert.equal(lastDue(local(20, 12, 59), '13:00'), local(19, 13));
  assert.equal(nextDue(local(20, 12, 59), '13:00'), local(20, 13));
  assert.equal(nextDue(local(20, 13), '13:00'), local(21, 13));
});

async function copies(t: TestContext, now: number, some: Partial<CopySettings> = {}) {
  const base = await mkdtemp(join(tmpdir(), 'postroom-copies-'));
  t.after(() => rm(base, { recursive: true, force: true }));
  const folder = join(base, 'copies');
  await mkdir(folder);
  const clock = new ManualClock(now);
  const made: { at: number; path: string }[] = [];
  const told: string[] = [];
  const state = { failing: null as Fault | null };
  const room = new ScheduledCopies({
    clock,
    log: silentLog,
    profile: 'Ольга',
    settings: async () => ({
      copyWhen: 'daily',
      copyAt: '13:00',
      copyFolder: folder,
      copyKeep: 2,
      ...some,
    }),
    made: async () => made,
    async make(path) {
      if (state.failing) {
        await writeFile(`${path}.part`, 'half');
        throw state.failing;
      }
      await writeFile(path, 'whole');
      made.unshift({ at: clock.now(), path });
    },
    notice: (code) => told.push(code),
  });
  return { room, clock, made, told, folder, state };
}

test('one a day, the newest two stay, other files are left alone', async (t) => {
  const { room, clock, made, folder } = await copies(t, local(20, 12));
  await writeFile(join(folder, 'Postroom Ольга.postroom'), 'made by hand');
  await writeFile(join(folder, 'Postroom Ирина 2026-11-01 130000.postroom'), 'of another');
  // Nothing was ever copied: yesterday's is made up for at once.
  await room.look();
  await room.look();
  assert.equal(made.length, 1, 'once');
  for (let day = 0; day < 3; day++) {
    clock.advance(DAY);
    await room.look();
    await room.look();
  }
  assert.equal(made.length, 4);
  assert.deepEqual((await readdir(folder)).sort(), [
    'Postroom Ирина 2026-11-01 130000.postroom',
    'Postroom Ольга 2026-11-22 120000.postroom',
    'Postroom Ольга 2026-11-23 120000.postroom',
    'Postroom Ольга.postroom',
  ]);
});

test('a folder that is gone and a full disk are said once a day; the last good copies stay', async (t) => {
  const { room, clock, made, told, folder, state } = await copies(t, local(20, 14));
  await room.look();
  const before = await readdir(folder);
  assert.equal(before.length, 1);
  clock.advance(DAY);
  state.failing = new Fault('transient', 'disk-full', 'The disk is full.');
  await room.look();
  assert.deepEqual(told, ['copy-disk-full']);
  assert.equal((await room.state()).problem?.code, 'disk-full');
  await room.look();
  clock.advance(3_600_000);
  await room.look();
  assert.deepEqual(told, ['copy-disk-full'], 'not every half hour');
  assert.ok((await readdir(folder)).includes(before[0] ?? '?'));
  state.failing = null;
  clock.advance(3_600_000);
  await room.look();
  assert.equal(made.length, 2);
  assert.equal((await room.state()).problem, null);
  assert.ok(!(await readdir(folder)).some((name) => name.endsWith('.part')), 'what was half made is gone');
  await rm(folder, { recursive: true });
  clock.advance(DAY);
  await room.look();
  assert.deepEqual(told, ['copy-disk-full', 'copy-folder-gone']);
});

test('at the end one is made, unless there is a fresh one', async (t) => {
  const { room, clock, made } = await copies(t, local(20, 14), { copyWhen: 'quit' });
  await room.atEnd();
  clock.advance(60_000);
  await room.atEnd();
  assert.equal(made.length, 1);
  clock.advance(2 * 3_600_000);
  await room.atEnd();
  assert.equal(made.length, 2);
});

test('a profile makes them: at its time, now, and when it closes', async (t) => {
  const clock = new ManualClock(local(20, 12));
  const p = await openTestProfile(t, { clock });
  await p.put('Inbox', letter());
  await assert.rejects(p.call('backup.now', {}), { code: 'no-copy-folder' });
  const folder = join(p.dir, 'copies');
  await p.call('settings.set', { copyWhen: 'quit', copyFolder: folder, copyKeep: 3 });
  await assert.rejects(p.call('backup.now', {}), { code: 'copy-folder-gone' });
  await mkdir(folder);
  const state = await p.call('backup.now', {});
  assert.equal(state.last, clock.now());
  clock.advance(2 * 3_600_000);
  await p.profile.close();
  const names = (await readdir(folder)).sort();
  assert.equal(names.length, 2);
  assert.ok(
    names.every((name) => /^Postroom profile 2026-11-20 \d{6}\.postroom$/.test(name)),
    names.join(),
  );
});
