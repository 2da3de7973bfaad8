/** Relaxed writes: which commits wait for the disk, and what stays when the power goes. */
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../main/base/log.ts';
import { Connection } from '../../main/store/database.ts';
import { databaseFile } from '../../main/store/layout.ts';
import { migrate } from '../../main/store/migrate.ts';
import { prepareBlob } from '../../main/store/record.ts';
import { Segments } from '../../main/store/segments.ts';
import { type Job, Writer } from '../../main/store/writer.ts';
import { folder, noise, open } from './kit/profile.ts';
import { program } from './kit/program.ts';

interface Group {
  ids: number[];
  /** Of the connection while it committed: 1 NORMAL, 2 FULL. */
  synchronous: number | undefined;
  segmentSyncs: number;
}

/** A writer without its thread; `run` takes jobs as the thread does and says how each group was committed. */
function writer(t: TestContext, failing: (sql: string) => boolean = () => false) {
  const dir = folder(t);
  const db = new Connection(databaseFile(dir), { readOnly: false });
  t.after(() => db.close());
  migrate(db, dir, program, silentLog);
  const segments = Segments.open(db, dir, 1 << 20, silentLog);
  t.after(() => segments.close());
  const made = new Writer(db, dir, segments, program, silentLog, Date.now);
  let synchronous: number | undefined;
  const exec = db.exec.bind(db);
  db.exec = (sql) => {
    if (failing(sql)) throw Object.assign(new Error('no disk'), { code: 'ENOSPC' });
    if (sql === 'COMMIT') synchronous = db.value<number>('PRAGMA synchronous');
    exec(sql);
  };
  const run = (jobs: Job[]): Group[] => {
    const groups: Group[] = [];
    while (jobs.length > 0) {
      const before = segments.syncs;
      const { replies } = made.runGroup((relaxed) =>
        !relaxed || jobs[0]?.relaxed ? jobs.shift() : undefined,
      );
      groups.push({ ids: replies.map(({ id }) => id), synchronous, segmentSyncs: segments.syncs - before });
    }
    return groups;
  };
  return { run, made };
}

const add = (id: number, relaxed: boolean, blob?: Uint8Array): Job => ({
  id,
  name: 'add',
  input: { name: `letter ${id}`, ...(blob ? { blob: prepareBlob(blob) } : {}) },
  ...(relaxed ? { relaxed } : {}),
});

test('a group of relaxed writes does not wait; a promised one never joins it, relaxed ones may join a promised one', (t) => {
  const { run } = writer(t);
  assert.deepEqual(run([add(1, true), add(2, true), add(3, false), add(4, true), add(5, false)]), [
    { ids: [1, 2], synchronous: 1, segmentSyncs: 0 },
    { ids: [3, 4, 5], synchronous: 2, segmentSyncs: 0 },
  ]);
  assert.deepEqual(run([add(6, true)]), [{ ids: [6], synchronous: 1, segmentSyncs: 0 }]);
  assert.deepEqual(run([add(7, false)]), [{ ids: [7], synchronous: 2, segmentSyncs: 0 }]);
});

test('octets are on the disk before the row that points at them, relaxed or not', (t) => {
  const { run } = writer(t);
  assert.deepEqual(run([add(1, true, noise(5000, 1))]), [{ ids: [1], synchronous: 1, segmentSyncs: 1 }]);
  assert.deepEqual(run([add(2, false, noise(5000, 2))]), [{ ids: [2], synchronous: 2, segmentSyncs: 1 }]);
});

test('a group that cannot even begin answers its first caller', (t) => {
  let broken = true;
  const { run, made } = writer(t, (sql) => broken && sql.startsWith('BEGIN'));
  const jobs = [add(1, true)];
  const { replies } = made.runGroup(() => jobs.shift());
  assert.deepEqual(
    replies.map((reply) => [reply.id, 'fault' in reply && reply.fault.code]),
    [[1, 'disk-full']],
  );
  broken = false;
  assert.equal(run([add(2, false)])[0]?.synchronous, 2);
});

test('what is lost with the power are relaxed writes at the end, and nothing of them is left half', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  await store.write('add', { name: 'promised' });
  // What a disk holds that stops here: everything of a promised write, and of what follows whatever it got round to.
  const names = [databaseFile(dir), `${databaseFile(dir)}-wal`];
  const then = names.map((name) => readFileSync(name));
  await store.write('add', { name: 'relaxed', blob: prepareBlob(noise(5000, 3)) }, { relaxed: true });
  assert.deepEqual(
    (await store.read('letters')).map((each) => each.name),
    ['promised', 'relaxed'],
  );
  const now = readFileSync(names[1] as string);
  for (const cut of [then[1]?.length ?? 0, now.length - 1, now.length - 4096, now.length]) {
    const other = folder(t);
    const seed = await open(t, other);
    await seed.close();
    copyFileSync(names[0] as string, databaseFile(other));
    cpSync(join(dir, 'segments'), join(other, 'segments'), { recursive: true });
    writeFileSync(`${databaseFile(other)}-wal`, now.subarray(0, cut));
    const again = await open(t, other);
    const found = (await again.read('letters')).map((each) => each.name);
    assert.deepEqual(found, cut === now.length ? ['promised', 'relaxed'] : ['promised'], `cut at ${cut}`);
    assert.deepEqual((await again.check()).problems, []);
    // The same comes in again.
    if (found.length === 1)
      await again.write('add', { name: 'relaxed', blob: prepareBlob(noise(5000, 3)) }, { relaxed: true });
    assert.deepEqual((await again.check()).problems, []);
    await again.close();
  }
});
