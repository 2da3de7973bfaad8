/** kill -9 while rules run, again and again on one profile: every letter is in one place, everything is sent once. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../main/base/clock.ts';
import { silentLog } from '../../../main/base/log.ts';
import { programModule } from '../../../main/client/entries.ts';
import { Jobs } from '../../../main/client/jobs.ts';
import type { ClientProgram } from '../../../main/client/program.ts';
import { openRules } from '../../../main/client/rules/rules.ts';
import { openStore } from '../../../main/store/store.ts';

const ROUNDS = Number(process.env['POSTROOM_ROUNDS'] ?? 10);
const LETTERS = 60;
/** Longest rest before the kill, ms; the run of a round takes about as long. */
const LONGEST = 300;
const child = fileURLToPath(new URL('rule-child.ts', import.meta.url));

let seed = Number(process.env['POSTROOM_SEED'] ?? 20_261_121);
const random = (): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};

test(`${ROUNDS} rounds of killed rules`, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-rules-kill-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  let finished = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const running = spawn(process.execPath, [child, dir, String(round * LETTERS), String(LETTERS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(running, 'close');
    let said = '';
    await new Promise<void>((resolve, reject) => {
      running.stdout.on('data', (words: Buffer) => {
        said += words.toString();
        if (said.includes('arrived')) resolve();
      });
      running.once('close', () => reject(new Error(`the child ended before letters had arrived: ${said}`)));
    });
    const after = performance.now() + random() * LONGEST;
    while (performance.now() < after && !said.includes('done'))
      await new Promise((next) => setImmediate(next));
    running.kill('SIGKILL');
    await ended;
    if (said.includes('done')) finished++;
  }
  t.diagnostic(`${ROUNDS - finished} of ${ROUNDS} were killed before their end`);

  const store = await openStore<ClientProgram>({ dir, program: programModule, log: silentLog, readers: 1 });
  const rules = openRules({
    store,
    jobs: new Jobs(systemClock),
    clock: systemClock,
    log: silentLog,
    version: '1',
    emit: () => {},
    fetchBody: async () => {},
    wakeOutbox: () => {},
  });
  try {
    await rules.start();
    await rules.arrivals.settled();
    const total = ROUNDS * LETTERS;
    const numbers = Array.from({ length: total }, (_, n) => n);
    const folders = await store.read('folders.list');
    const subjects = async (path: string): Promise<number[]> => {
      const folder = folders.find((each) => each.path === path)?.id ?? 0;
      const rows = await store.read('rules.letters', {
        folder,
        below: Number.MAX_SAFE_INTEGER,
        limit: 100_000,
      });
      const shown = await store.read('views.rows', { ids: rows.map((row) => row.id) });
      return shown.map((row) => Number(/letter (\d+)/.exec(row.subject)?.[1])).sort((a, b) => a - b);
    };
    assert.deepEqual(await subjects('Inbox'), []);
    assert.deepEqual(
      await subjects('Even'),
      numbers.filter((n) => n % 2 === 0),
    );
    assert.deepEqual(
      await subjects('Rest'),
      numbers.filter((n) => n % 2 === 1),
    );
    assert.deepEqual(
      await subjects('Third'),
      numbers.filter((n) => n % 3 === 0),
    );
    const outbox = await store.read('outbox.list', { now: Date.now() });
    const sent = (to: string): number[] =>
      outbox
        .filter((each) => each.to.some((address) => address.address === to))
        .map((each) => Number(/letter (\d+)/.exec(each.subject)?.[1]))
        .sort((a, b) => a - b);
    assert.deepEqual(
      sent('even@x.example'),
      numbers.filter((n) => n % 2 === 0),
      'forwarded once',
    );
    assert.deepEqual(sent('all@x.example'), numbers, 'redirected once');
    const log = await store.read('rules.log', { message: null, limit: 100_000 });
    assert.equal(log.length, total + total / 2 + numbers.filter((n) => n % 3 === 0).length, 'ruled once');
    assert.deepEqual((await store.read('profile.check')).problems, []);
  } finally {
    await rules.close();
    await store.close();
  }
});
