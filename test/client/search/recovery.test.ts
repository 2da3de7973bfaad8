/** An index that is lost or damaged is made again from the letters, without a word to the person. */
import assert from 'node:assert/strict';
import { readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openProfile, type Profile } from '../../../main/client/profile.ts';
import { callHandler } from '../../../main/contract/door.ts';
import { letter, openTestProfile } from '../kit/profile.ts';

const secrets = { get: async () => null, set: async () => {}, remove: async () => {} };
const services = { kind: 'browser', secrets, frameBase: () => '' } as const;

async function found(profile: Profile, query: string): Promise<string[]> {
  await profile.indexer.idle();
  const view = { scope: { in: 'everywhere' as const }, query };
  const { signal } = new AbortController();
  const call = { signal, chunk: () => {} };
  const window = await callHandler(profile.handlers, 'messages.window', { view, from: 0, count: 50 }, call);
  return window.rows.map((row) => row.subject);
}

const ways: Record<string, (file: string) => Promise<void>> = {
  'is not there': async (file) => {
    for (const end of ['', '-wal', '-shm']) await rm(file + end, { force: true });
  },
  'is another file': async (file) => {
    for (const end of ['-wal', '-shm']) await rm(file + end, { force: true });
    await writeFile(file, Buffer.alloc(64 * 1024, 'no database at all '));
  },
  'is cut in the middle': async (file) => {
    const { size } = await stat(file);
    await truncate(file, Math.floor(size / 2));
  },
};

for (const [name, harm] of Object.entries(ways)) {
  test(`an index that ${name} is made anew`, async (t) => {
    const p = await openTestProfile(t);
    const texts = Array.from({ length: 60 }, (_, n) =>
      letter({ subject: `Отчёт ${n}`, text: `кирпич номер ${n} ${'слово '.repeat(50)}` }),
    );
    await p.put('Inbox', ...texts);
    assert.equal((await found(p.profile, 'кирпичи')).length, 50);
    await p.profile.close();
    const dir = join(p.dir, 'profile');
    const file = join(dir, 'search.db');
    assert.ok((await readdir(dir)).includes('search.db'));
    await harm(file);

    const profile = await openProfile({ dir, services });
    t.after(() => profile.close());
    assert.deepEqual(await found(profile, 'отчет 41'), ['Отчёт 41']);
    assert.equal((await found(profile, 'кирпичи')).length, 50);
    assert.equal((await profile.store.read('profile.counts')).waiting, 0);
    assert.deepEqual((await profile.store.check()).problems, []);
  });
}
