/** Undo of sending survives kill -9: within its time the letter is held, can be called back, and goes once when it is over. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ManualClock } from '../../../main/base/clock.ts';
import { silentLog } from '../../../main/base/log.ts';
import { createOutbox } from '../../../main/client/outbox/runner.ts';
import type { ClientStore } from '../../../main/client/program.ts';
import { openStore } from '../../../main/store/store.ts';
import { openOutboxKit, PASSWORD } from '../../kit/outbox.ts';
import { type KitProgram, kitProgram } from '../../kit/program.ts';
import { startSmtpServer } from '../../kit/smtp-server.ts';

const sender = fileURLToPath(new URL('../../kit/sender.ts', import.meta.url));
/** Far longer than the test takes on any machine; the clock that ends it is turned by hand. */
const HOLD_MS = 3_600_000;

/** Turns of the event loop until it holds; the deadline is only against hanging for ever. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    assert.ok(performance.now() < end, 'it never happened');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('killed within the hold', async () => {
  const server = await startSmtpServer();
  const dir = mkdtempSync(join(tmpdir(), 'postroom-held-'));
  const child = spawn(process.execPath, [sender, dir, String(server.port), '3', String(HOLD_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', () => resolve());
  });
  child.kill('SIGKILL');
  await ended;
  const store = await openStore<KitProgram>({ dir, program: kitProgram, log: silentLog, readers: 1 });
  const clock = new ManualClock(Date.now());
  const outbox = createOutbox({
    store: store as unknown as ClientStore,
    secrets: { get: async () => PASSWORD },
    trusted: () => undefined,
    clock,
    log: silentLog,
  });
  try {
    await outbox.start();
    await outbox.sendDue();
    const items = await store.read('outbox.list', { now: clock.now() });
    assert.deepEqual(
      items.map((each) => [each.state, each.missed, each.notBefore > clock.now()]),
      items.map(() => ['queued', null, true]),
      'held as before, and nothing was missed',
    );
    assert.deepEqual([items.length, server.received.length], [3, 0]);
    // One is called back, one is sent without waiting, one goes when its time is over.
    const [back, soon, later] = items;
    await store.write('outbox.drop', { id: back!.id, undo: 'x' });
    await store.write('outbox.now', { id: soon!.id, now: clock.now() });
    await outbox.sendDue();
    assert.equal(server.received.length, 1);
    clock.advance(HOLD_MS);
    await until(async () => (await store.read('outbox.item', { id: later!.id })).state === 'sent');
    clock.advance(HOLD_MS);
    await outbox.sendDue();
    assert.equal(server.received.length, 2, 'each went once, the one called back never');
  } finally {
    await outbox.close(0);
    await store.close();
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  }
});

test('a chosen time that passed while the program was not running is marked, goes, and stays to be told', async () => {
  const server = await startSmtpServer();
  const kit = await openOutboxKit(server.port);
  try {
    const due = Date.now() - 600_000;
    const missed = await kit.letter({ messageId: 'm@x', notBefore: due, scheduled: true });
    const held = await kit.letter({ messageId: 'h@x', notBefore: due });
    const outbox = kit.outbox();
    await outbox.start();
    await outbox.sendDue();
    await until(() => server.received.length === 2);
    await outbox.sendDue();
    assert.equal((await kit.item(missed)).missed, due);
    assert.equal((await kit.item(held)).missed, null, 'the end of an undo delay is no appointment');
    const hour = 3_600_000;
    const listed = async (now: number) =>
      (await kit.store.read('outbox.list', { now })).map((each) => each.id);
    assert.deepEqual(await listed(Date.now() + hour), [missed]);
    assert.deepEqual(await listed(Date.now() + 25 * hour), []);
  } finally {
    await kit.close();
    await server.close();
  }
});
