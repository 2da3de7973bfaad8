/** kill -9 in the middle of sending: no letter is lost, none goes twice unseen, the state tells the truth. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../../main/base/log.ts';
import { openStore } from '../../../main/store/store.ts';
import { type KitProgram, kitProgram } from '../../kit/program.ts';
import { startSmtpServer } from '../../kit/smtp-server.ts';

const ROUNDS = Number(process.env['POSTROOM_ROUNDS'] ?? 10);
const LETTERS = 12;
const sender = fileURLToPath(new URL('../../kit/sender.ts', import.meta.url));

const server = await startSmtpServer();
after(() => server.close());
// A reply that takes a while, so that the kill falls on every phase; seeded, so that a failure can be repeated.
let seed = 20_261_120;
const random = () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};
server.behaviour = { hold: () => new Promise((resolve) => setTimeout(resolve, random() * 8)) };

const idOf = (bytes: Buffer) => /Message-ID: <(.*)>/.exec(bytes.toString())![1]!;

for (let round = 1; round <= ROUNDS; round += 1) {
  test(`round ${round}`, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'postroom-kill-'));
    server.received.length = 0;
    const child = spawn(process.execPath, [sender, dir, String(server.port), String(LETTERS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    try {
      const frozen = await new Promise<string[]>((resolve, reject) => {
        child.once('error', reject);
        child.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString())));
      });
      const after = performance.now() + random() * 120;
      while (performance.now() < after) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      await ended;
      const store = await openStore<KitProgram>({ dir, program: kitProgram, log: silentLog, readers: 1 });
      try {
        await store.write('outbox.recover', { now: Date.now() });
        const rows = await store.read('kit.all', { sql: 'SELECT message_id, state FROM outbox', values: [] });
        const states = new Map(rows.map((row) => [row['message_id'] as string, row['state'] as string]));
        assert.deepEqual([...states.keys()].sort(), [...frozen].sort(), 'every acknowledged letter is there');
        const times = new Map<string, number>();
        for (const { bytes } of server.received) times.set(idOf(bytes), (times.get(idOf(bytes)) ?? 0) + 1);
        for (const [id, state] of states) {
          const taken = times.get(id) ?? 0;
          assert.ok(taken <= 1, `${id} was taken ${taken} times`);
          // What the server has may be "sent" or "unknown"; what it has not may never be "sent".
          if (taken === 1)
            assert.ok(state === 'sent' || state === 'unknown', `${id} was taken and is ${state}`);
          else assert.ok(state === 'queued' || state === 'unknown', `${id} was not taken and is ${state}`);
        }
        const doubtful = [...states.values()].filter((state) => state === 'unknown').length;
        assert.ok(doubtful <= 1, 'one connection has at most one letter in doubt');
        const copies = await store.read('kit.all', { sql: 'SELECT count(*) AS n FROM messages', values: [] });
        assert.equal(copies[0]!['n'], [...states.values()].filter((state) => state === 'sent').length);
      } finally {
        await store.close();
      }
    } finally {
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    }
  });
}
