import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { Fault } from '../../../main/base/errors.ts';
import { inboxOf, letterText, openRoom, prepare, put, wholeLetter } from '../../kit/office-mailstore.ts';

const MiB = 1024 * 1024;

/** A letter that does not get smaller when it is packed. */
function noise(octets: number, seed: number): Buffer {
  const bytes = Buffer.alloc(octets);
  let state = seed * 2654435761;
  for (let at = 0; at < octets; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = 33 + ((state >>> 24) % 94);
  }
  return Buffer.concat([Buffer.from(`Subject: noise ${seed}\r\n\r\n`), bytes]);
}

test('a full disk is a transient disk-full at every step, and there is room again without a restart', async (t) => {
  const mount = mkdtempSync(join(tmpdir(), 'postroom-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', mount]);
  if (mounted.status !== 0) {
    rmSync(mount, { recursive: true });
    return t.skip('a small file system cannot be mounted here');
  }
  t.after(() => {
    spawnSync('umount', [mount]);
    rmSync(mount, { recursive: true, force: true });
  });
  const { mailstore, store, close } = await openRoom(t, { dir: join(mount, 'office') });
  try {
    const inbox = await inboxOf(mailstore);
    const full = { kind: 'transient', code: 'disk-full' };
    let stored = 0;
    let refused = 0;
    for (let n = 1; refused < 3 && n < 100; n += 1) {
      try {
        await put(mailstore, inbox, noise(600_000, n));
        stored += 1;
      } catch (failure) {
        assert.ok(failure instanceof Fault);
        assert.deepEqual({ kind: failure.kind, code: failure.code }, full);
        refused += 1;
      }
    }
    assert.ok(refused === 3 && stored > 5, `${stored} stored`);
    // The rest of the disk goes to a file that is not ours: now even the spool is full.
    const filler = join(mount, 'filler');
    for (let size = 8 * MiB; size >= 4096; size /= 2) {
      try {
        writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
      } catch {
        // As far as it went.
      }
    }
    await assert.rejects(prepare(mailstore, noise(3 * MiB, 500)), full);
    const large = mailstore.intake();
    await assert.rejects(large.write(noise(3 * MiB, 501)), full);
    const held = await prepare(mailstore, letterText('small'));
    await assert.rejects(mailstore.append(inbox, [{ message: held, flags: 0, keywords: [] }]), full);
    await assert.rejects(
      mailstore.setFlags(inbox, [[1, stored]], { mode: 'add', flags: 1, keywords: ['x'.repeat(200)] }),
      full,
    );
    // Nobody is kept from reading, nor from signing in by POP3.
    assert.equal((await mailstore.mailboxById(inbox))?.messages, stored);
    const letter = await mailstore.letter(inbox, 1);
    assert.ok(letter);
    assert.equal(await wholeLetter(letter), `${noise(600_000, 1).toString()}\r\n`);
    await (await mailstore.lockMaildrop(1)).release();

    rmSync(filler);
    assert.equal(spawnSync('mount', ['-o', 'remount,size=60m', mount]).status, 0);
    const uid = await put(mailstore, inbox, noise(3 * MiB, 502));
    assert.ok(uid > stored);
    await mailstore.setFlags(inbox, [[1, stored]], { mode: 'add', flags: 1, keywords: [] });
    assert.equal((await mailstore.mailboxById(inbox))?.messages, stored + 1);
    assert.deepEqual((await mailstore.check()).problems, []);
    assert.deepEqual((await store.check()).problems, []);
    assert.deepEqual(readdirSync(join(mount, 'office', 'spool')), []);
  } finally {
    await close();
  }
});

test('a flipped byte costs its own letter; the rest is served, and the damage is named', async (t) => {
  const { mailstore, dir, close } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  for (let n = 1; n <= 3; n += 1) await put(mailstore, inbox, noise(50_000, n));
  await close();
  const file = join(dir, 'segments', '000001.seg');
  const { size } = statSync(file);
  const { openSync, readSync, writeSync, closeSync } = await import('node:fs');
  const fd = openSync(file, 'r+');
  const octet = Buffer.alloc(1);
  readSync(fd, octet, 0, 1, Math.floor(size / 2));
  octet[0] = (octet[0] ?? 0) ^ 1;
  writeSync(fd, octet, 0, 1, Math.floor(size / 2));
  closeSync(fd);
  const again = await openRoom(t, { dir });
  const whole = async (uid: number) => {
    const letter = await again.mailstore.letter(inbox, uid);
    assert.ok(letter);
    return wholeLetter(letter);
  };
  assert.equal(await whole(1), `${noise(50_000, 1).toString()}\r\n`);
  await assert.rejects(whole(2), { kind: 'internal', code: 'blob-damaged' });
  assert.equal(await whole(3), `${noise(50_000, 3).toString()}\r\n`);
  const { problems } = await again.store.check();
  assert.deepEqual(
    problems.map((each) => each.code),
    ['record-damaged'],
  );
  // The same letter coming in once more heals it.
  await put(again.mailstore, inbox, noise(50_000, 2));
  assert.equal(await whole(2), `${noise(50_000, 2).toString()}\r\n`);
});

test('the clock stepped by a day either way: UIDs and modseq go on', async (t) => {
  const clock = new ManualClock();
  const { mailstore } = await openRoom(t, { clock });
  const inbox = await inboxOf(mailstore);
  let modseq = 0;
  for (const [n, step] of [0, 86_400_000, -2 * 86_400_000, 86_400_000].entries()) {
    clock.step(step);
    assert.equal(await put(mailstore, inbox, letterText(n)), n + 1);
    await mailstore.setFlags(inbox, [[1, n + 1]], { mode: n % 2 ? 'remove' : 'add', flags: 1, keywords: [] });
    const now = (await mailstore.mailboxById(inbox))?.highestModseq ?? 0;
    assert.ok(now > modseq);
    modseq = now;
  }
});

test('16 letters of 20 MB at once: memory is bounded by the letter in work, not by the sum', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const size = 20 * MiB;
  const piece = Buffer.from(noise(190_000, 7).toString('base64').replace(/.{76}/g, '$&\r\n'));
  const head = [
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'See the file.',
    '--b',
    'Content-Type: application/pdf; name=a.pdf',
    'Content-Transfer-Encoding: base64',
    '',
    '',
  ].join('\r\n');
  await put(mailstore, inbox, letterText('warm'));
  const before = process.memoryUsage.rss();
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  t.after(() => clearInterval(timer));
  await Promise.all(
    Array.from({ length: 16 }, async (_, n) => {
      const intake = mailstore.intake();
      await intake.write(Buffer.from(`Subject: large ${n}\r\n${head}`));
      while (intake.size < size) await intake.write(piece);
      await intake.write(Buffer.from('\r\n--b--\r\n'));
      const message = await intake.finish();
      await mailstore.append(inbox, [{ message, flags: 0, keywords: [] }]);
    }),
  );
  clearInterval(timer);
  assert.equal((await mailstore.mailboxById(inbox))?.messages, 17);
  const grown = (peak - before) / MiB;
  // 16 x 20 MB are 320. What is held: one letter that is parsed, and a piece or two of each that comes in.
  assert.ok(grown < 160, `${grown.toFixed(0)} MB`);
  t.diagnostic(`grew by ${grown.toFixed(0)} MB`);
});
