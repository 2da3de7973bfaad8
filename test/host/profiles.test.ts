/** The list of profiles: by the host's own functions and by the command line. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MAX_PROFILES } from '../../main/base/limits.ts';
import type { ProfileEntry } from '../../main/contract/mail/profiles.ts';
import { openProfiles, rootOf, startProfile } from '../../main/host/profiles.ts';
import { lockStore } from '../../main/store/lock.ts';
import { openCommandLine } from './kit/command-line.ts';

async function folder(t: { after(work: () => Promise<void>): void }): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-profiles-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('profiles are added, named, chosen for the start and removed with their folder', async (t) => {
  const root = await folder(t);
  const host = openProfiles({ root, own: root });
  assert.deepEqual(
    (await host.list()).map(({ id, own, open, start, first }) => [id, own, open, start, first]),
    [['first', true, true, true, true]],
  );
  assert.equal(startProfile(root), root);
  const irina = await host.add('Irina');
  assert.ok(existsSync(irina.folder));
  assert.equal(rootOf(irina.folder), root, 'a profile below finds the list');
  assert.equal(rootOf(join(root, 'elsewhere')), join(root, 'elsewhere'));
  await assert.rejects(host.add('irina'), { code: 'profile-exists' });
  await host.rename('first', 'Anna');
  await assert.rejects(host.rename(irina.id, 'anna'), { code: 'profile-exists' });
  await host.rename(irina.id, 'IRINA');
  await host.start(irina.id);
  assert.equal(startProfile(root), irina.folder);
  const fromThere = openProfiles({ root, own: irina.folder });
  assert.deepEqual(
    (await fromThere.list()).map(({ name, own, start }) => [name, own, start]),
    [
      ['Anna', false, false],
      ['IRINA', true, true],
    ],
  );
  await assert.rejects(fromThere.remove(irina.id), { code: 'profile-open' });
  await assert.rejects(host.remove('first'), { code: 'not-allowed' });
  await assert.rejects(host.remove('nobody'), { code: 'no-such-profile' });
  await host.remove(irina.id);
  assert.equal(existsSync(irina.folder), false);
  assert.equal(startProfile(root), root);
});

test('a profile that a Postroom has open says so and is not removed', async (t) => {
  const root = await folder(t);
  const host = openProfiles({ root, own: root });
  const { id, folder: place } = await host.add('Irina');
  const lock = lockStore(place);
  assert.deepEqual(
    (await host.list()).map(({ open }) => open),
    [true, true],
  );
  await assert.rejects(host.remove(id), { code: 'profile-open' });
  lock.close();
  assert.equal((await host.list())[1]?.open, false);
  await host.remove(id);
});

test('a list that cannot be read keeps nobody from the mail; a folder that is gone is left out', async (t) => {
  const root = await folder(t);
  const host = openProfiles({ root });
  const { folder: place } = await host.add('Irina');
  await rm(place, { recursive: true });
  assert.equal((await host.list()).length, 1);
  writeFileSync(join(root, 'profiles.json'), '{"start": 7');
  assert.equal(startProfile(root), root);
  assert.equal((await host.list()).length, 1);
});

test('two programs that add people at once lose none, and one name is given once', async (t) => {
  const root = await folder(t);
  const hosts = Array.from({ length: 8 }, () => openProfiles({ root }));
  await Promise.all(hosts.map((host, n) => host.add(`Person ${n}`)));
  const list = await openProfiles({ root }).list();
  assert.deepEqual(list.map(({ name }) => name).sort(), ['', ...hosts.map((_, n) => `Person ${n}`)].sort());
  const twins = await Promise.allSettled(hosts.map((host) => host.add('Anna')));
  assert.equal(twins.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(readdirSync(join(root, 'profiles')).length, 9, 'no folder is left of those that were refused');
});

test('there are at most so many', async (t) => {
  const root = await folder(t);
  const host = openProfiles({ root });
  await Promise.all(Array.from({ length: MAX_PROFILES }, (_, n) => host.add(`Person ${n}`)));
  await assert.rejects(host.add('One more'), { code: 'too-many-profiles' });
});

test('the command line lists, adds, renames, starts and removes', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const added = await line.json<ProfileEntry>(['profiles', 'add', 'Irina']);
  assert.equal(added.name, 'Irina');
  assert.equal((await line.json<ProfileEntry>(['profiles', 'rename', 'irina', 'Ira'])).name, 'Ira');
  assert.equal((await line.json<ProfileEntry>(['profiles', 'start', 'Ira'])).start, true);
  const all = await line.json<ProfileEntry[]>(['profiles', 'list']);
  assert.deepEqual(
    all.map(({ name, start }) => [name, start]),
    [
      ['', false],
      ['Ira', true],
    ],
  );
  const twice = await line.run(['profiles', 'add', 'ira']);
  assert.equal(twice.code, 1);
  assert.equal((await line.run(['profiles', 'add', ' '])).code, 2);
  assert.equal((await line.run(['profiles', 'remove', 'nobody'])).code, 1);
  assert.equal((await line.run(['profiles', 'sing'])).code, 2);
  await line.json(['profiles', 'remove', 'Ira']);
  assert.equal((await line.json<ProfileEntry[]>(['profiles', 'list'])).length, 1);
});
