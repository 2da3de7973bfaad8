/** One file with everything and back: while letters come in, with passwords and without, damaged, hostile, killed. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { ZipFile } from 'yazl';
import { silentLog } from '../../../main/base/log.ts';
import { BACKUP_MANIFEST } from '../../../main/client/backup/manifest.ts';
import { lookAtBackup, restoreInto } from '../../../main/client/backup/restore.ts';
import { factsInThread } from '../../../main/client/handlers/backup.ts';
import { openProfile } from '../../../main/client/profile.ts';
import { openVault } from '../../../main/client/security/vault.ts';
import type { EntryName, Input, Output } from '../../../main/contract/contract.ts';
import { callHandler } from '../../../main/contract/door.ts';
import { jobEnded } from '../kit/jobs.ts';
import { letter, openTestProfile, type TestProfile } from '../kit/profile.ts';

const facts = (file: string) => factsInThread(silentLog, file, true);

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-backup-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function backup(
  p: Pick<TestProfile, 'call'>,
  path: string,
  passphrase: string | null = null,
): Promise<void> {
  const { job } = await p.call('backup.start', { path, passphrase });
  const done = await jobEnded(p, job);
  assert.equal(done.problem, null);
  assert.equal(done.state, 'done');
}

/** A restored profile, asked through the contract. */
async function opened(t: TestContext, dir: string) {
  const services = { kind: 'browser', secrets: await openVault(dir), frameBase: () => '' } as const;
  const profile = await openProfile({ dir, services, background: false });
  t.after(() => profile.close());
  const call = <N extends EntryName>(name: N, input: Input<N>): Promise<Output<N>> =>
    callHandler(profile.handlers, name, input, { signal: new AbortController().signal, chunk: () => {} });
  return { profile, call };
}

test('a copy made while letters come in is whole, and is the same profile elsewhere', async (t) => {
  const dir = await folder(t);
  const p = await openTestProfile(t);
  await p.put('Inbox', letter({ subject: 'Бетон' }), letter({ subject: 'with a tag' }));
  const [, tagged] = await p.rows('Inbox');
  await p.call('tags.save', { name: 'Стройка', colour: 'teal' });
  await p.call('messages.act', {
    selection: { ids: [tagged?.id as number] },
    action: { do: 'tag', tag: 'Стройка', on: true },
  });
  const path = join(dir, 'copy.postroom');
  let more = true;
  const arriving = (async () => {
    while (more) await p.put('Sent', letter(), letter());
  })();
  await backup(p, path);
  more = false;
  await arriving;
  const made = await lookAtBackup(path);
  assert.equal(made.passwords, null);
  assert.equal((await stat(path)).mode & 0o077, 0, 'nobody else may read it');
  assert.deepEqual((await readdir(dir)).sort(), ['copy.postroom'], 'nothing is left beside it');
  const [kept] = await p.call('backup.list', {});
  assert.equal(kept?.path, path);
  assert.equal(kept?.messages, made.messages);

  const to = join(dir, 'restored');
  const { manifest } = await restoreInto(to, { path, passphrase: null, facts });
  assert.equal(manifest.messages, made.messages);
  const q = await opened(t, to);
  const check = await q.call('check.run', {});
  assert.deepEqual(check.problems, []);
  assert.equal(check.messages, made.messages);
  const inbox = (await q.call('folders.list', {})).find((each) => each.path === 'Inbox');
  const { rows } = await q.call('messages.window', {
    view: { scope: { in: 'folder', folder: inbox?.id as number } },
    from: 0,
    count: 10,
  });
  assert.deepEqual(
    rows.map((row) => [row.subject, row.tags]).sort(),
    (await p.rows('Inbox')).map((row) => [row.subject, row.tags]).sort(),
  );
  await q.profile.indexer.start();
  await q.profile.indexer.idle();
  const view = { scope: { in: 'everywhere' as const }, query: 'бетон' };
  assert.equal(
    (await q.call('messages.measure', { selection: { view } })).count,
    1,
    'it is searchable again',
  );
});

test('passwords are left out, or sealed by a passphrase', async (t) => {
  const dir = await folder(t);
  const from = join(dir, 'from');
  await mkdir(from);
  const q = await opened(t, from);
  const server = { host: '127.0.0.1', port: 1, security: 'none' as const, user: 'o', auth: 'auto' as const };
  const account = await q.profile.store.write('accounts.insert', {
    kind: 'imap',
    address: 'o@constr.example',
    name: 'O',
    incoming: server,
    outgoing: server,
    policy: { keep: 'everything' },
    pop3: null,
  } as never);
  const id = typeof account === 'number' ? account : (account as { id: number }).id;
  await (await openVault(from)).set(`account:${id}:password`, 'open sesame');
  // The profile reads its secrets once: another one of the same folder has written.
  await q.profile.close();
  const again = await opened(t, from);
  await backup(again, join(dir, 'without.postroom'));
  await backup(again, join(dir, 'with.postroom'), 'a long passphrase');
  for (const name of ['without.postroom', 'with.postroom'])
    assert.ok(!(await readFile(join(dir, name))).includes('open sesame'), `${name} has no password in clear`);
  assert.deepEqual(
    (await restoreInto(join(dir, 'a'), { path: join(dir, 'without.postroom'), passphrase: 'any', facts }))
      .passwords,
    [],
  );
  assert.deepEqual(
    (await restoreInto(join(dir, 'b'), { path: join(dir, 'with.postroom'), passphrase: null, facts }))
      .passwords,
    [],
  );
  const wrong = restoreInto(join(dir, 'c'), {
    path: join(dir, 'with.postroom'),
    passphrase: 'another',
    facts,
  });
  await assert.rejects(wrong, { code: 'wrong-passphrase' });
  assert.ok(!(await readdir(dir)).some((name) => name.startsWith('c')), 'nothing was made');
  const right = await restoreInto(join(dir, 'd'), {
    path: join(dir, 'with.postroom'),
    passphrase: 'a long passphrase',
    facts,
  });
  assert.deepEqual(right.passwords, [[`account:${id}:password`, 'open sesame']]);
});

test('what is there is not written over, and nothing is restored over a profile', async (t) => {
  const dir = await folder(t);
  const p = await openTestProfile(t);
  await p.put('Inbox', letter());
  const path = join(dir, 'copy.postroom');
  await backup(p, path);
  const before = await readFile(path);
  const { job } = await p.call('backup.start', { path, passphrase: null });
  assert.equal((await jobEnded(p, job)).problem?.code, 'file-exists');
  assert.deepEqual(await readFile(path), before);
  const nowhere = await p.call('backup.start', { path: join(dir, 'no', 'such', 'copy'), passphrase: null });
  assert.equal((await jobEnded(p, nowhere.job)).problem?.code, 'not-found');
  await assert.rejects(p.call('backup.restore', { path, passphrase: null }), { code: 'profile-not-empty' });
  await mkdir(join(dir, 'taken'));
  await writeFile(join(dir, 'taken', 'something'), '');
  await assert.rejects(restoreInto(join(dir, 'taken'), { path, passphrase: null, facts }), {
    code: 'profile-not-empty',
  });
});

test('a torn or changed copy is refused before anything is in place', async (t) => {
  const dir = await folder(t);
  const p = await openTestProfile(t);
  await p.put('Inbox', ...Array.from({ length: 50 }, () => letter()));
  const path = join(dir, 'copy.postroom');
  await backup(p, path);
  const whole = await readFile(path);
  const bad = join(dir, 'bad.postroom');
  const refused = async (bytes: Buffer, codes: string[]): Promise<void> => {
    await writeFile(bad, bytes);
    const failure = await restoreInto(join(dir, 'to'), { path: bad, passphrase: null, facts }).then(
      () => null,
      (thrown: { code: string }) => thrown,
    );
    assert.ok(failure && codes.includes(failure.code), `refused with ${failure?.code}`);
    assert.deepEqual((await readdir(dir)).sort(), ['bad.postroom', 'copy.postroom']);
  };
  for (const share of [0.1, 0.5, 0.99])
    await refused(whole.subarray(0, Math.floor(whole.length * share)), ['backup-damaged']);
  const flipped = Buffer.from(whole);
  const place = whole.indexOf('segments/') + 200;
  flipped[place] = (flipped[place] as number) ^ 0xff;
  await refused(flipped, ['backup-damaged']);
  await refused(Buffer.from('a text'), ['not-a-backup']);
  await refused(Buffer.alloc(0), ['not-a-backup']);
  await assert.rejects(
    restoreInto(join(dir, 'to'), { path: join(dir, 'nowhere'), passphrase: null, facts }),
    { code: 'not-found' },
  );
});

async function zipOf(path: string, entries: Record<string, string>): Promise<void> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(entries)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

test('names inside a copy lead nowhere else, and a newer copy says so', async (t) => {
  const dir = await folder(t);
  const path = join(dir, 'hostile.postroom');
  const manifest = (files: unknown, version = 1): string =>
    JSON.stringify({
      format: 'postroom-backup',
      version,
      at: 0,
      program: '0',
      messages: 0,
      accounts: [],
      files,
      passwords: null,
    });
  const sha256 = '0'.repeat(64);
  for (const name of [
    '../evil',
    'segments/../../evil',
    '/etc/evil',
    'segments/000001.seg/..',
    'vault.key',
    'store.db/x',
  ]) {
    await zipOf(path, { [BACKUP_MANIFEST]: manifest([{ name, size: 4, sha256 }]), 'store.db': 'evil' });
    await assert.rejects(
      restoreInto(join(dir, 'to'), { path, passphrase: null, facts }),
      { code: 'backup-damaged' },
      name,
    );
  }
  await zipOf(path, {
    [BACKUP_MANIFEST]: manifest([{ name: 'store.db', size: 4, sha256 }], 99),
    'store.db': 'evil',
  });
  await assert.rejects(lookAtBackup(path), { code: 'backup-too-new' });
  await zipOf(path, { 'other.txt': 'x' });
  await assert.rejects(lookAtBackup(path), { code: 'not-a-backup' });
  assert.deepEqual(await readdir(dir), ['hostile.postroom']);
});

test('a restore that is killed leaves no half profile, and the next one goes through', async (t) => {
  const dir = await folder(t);
  const p = await openTestProfile(t);
  await p.put(
    'Inbox',
    ...Array.from({ length: 200 }, () => letter({ text: 'brick and mortar\n'.repeat(500) })),
  );
  const path = join(dir, 'copy.postroom');
  await backup(p, path);
  const to = join(dir, 'to');
  for (const steps of [1, 2, 3, 5]) {
    const child = fork(new URL('./killed-restore.ts', import.meta.url), [path, to, String(steps)], {
      stdio: 'ignore',
    });
    await once(child, 'exit');
    assert.ok(
      await stat(to).then(
        () => false,
        () => true,
      ),
      'there is no profile',
    );
  }
  await restoreInto(to, { path, passphrase: null, facts });
  assert.deepEqual((await readdir(dir)).sort(), ['copy.postroom', 'to']);
  const q = await opened(t, to);
  assert.deepEqual((await q.call('check.run', {})).problems, []);
});

test('into an empty profile that is open: in place at the next start', async (t) => {
  const dir = await folder(t);
  const p = await openTestProfile(t);
  await p.put('Inbox', letter({ subject: 'from the copy' }));
  const path = join(dir, 'copy.postroom');
  await backup(p, path);
  const to = join(dir, 'fresh');
  await mkdir(to);
  const fresh = await opened(t, to);
  assert.deepEqual(await fresh.call('backup.waiting', {}), { waiting: false });
  const { job } = await fresh.call('backup.restore', { path, passphrase: null });
  assert.equal((await jobEnded(fresh, job)).problem, null);
  assert.deepEqual(await fresh.call('backup.waiting', {}), { waiting: true });
  await fresh.profile.close();
  const now = await opened(t, to);
  assert.deepEqual(await now.call('backup.waiting', {}), { waiting: false });
  const check = await now.call('check.run', {});
  assert.deepEqual([check.messages, check.problems], [1, []]);
  assert.ok(!(await readdir(to)).includes('restored'));
});
