/** Row 4: the first synchronisation of headers over IMAP. neomutt fetches the same headers into its own cache. */
import { join } from 'node:path';
import { dovecotMissing } from '../test/kit/dovecot.ts';
import { type Bench, median, type Result, race, verdict } from './harness.ts';
import { firstSync, serveMaildir } from './imap-server.ts';
import { mailbox } from './mailbox.ts';
import { neomutt } from './peers.ts';

/** Longest first wait for something to read, ms. */
const FIRST_MS = 3000;
const LOOP_MS = 20;

export const headerSyncBench: Bench = {
  name: 'header-sync',
  async run({ quick, scratch, say }) {
    const missing = dovecotMissing();
    if (missing !== undefined) {
      say(`left out: ${missing}`);
      return [];
    }
    const counts = quick ? [2000] : process.env['POSTROOM_BENCH_LARGE'] ? [20_000, 100_000] : [20_000];
    const results: Result[] = [];
    for (const count of counts) results.push(...(await measure(count, scratch, say)));
    return results;
  },
};

async function measure(count: number, scratch: string, say: (text: string) => void): Promise<Result[]> {
  const server = await serveMaildir(await mailbox({ count, format: 'maildir', profile: 'tiny' }));
  try {
    const first: number[] = [];
    const blocked: number[] = [];
    let round = 0;
    const ours = {
      name: 'postroom',
      async round() {
        const dir = join(scratch, `profile-${count}-${round++}`);
        const synced = await firstSync(dir, server, { keep: 'headers' }, count);
        first.push(synced.first);
        blocked.push(synced.blocked);
        say(
          `${count} headers in ${synced.all.toFixed(0)} ms, first ${synced.first.toFixed(0)} ms, event loop held ${synced.blocked.toFixed(0)} ms (${synced.blockedByClock.toFixed(0)} by the clock), processor time ${synced.processor.toFixed(0)} ms, indexed ${synced.indexed.toFixed(0)} ms later`,
        );
        return synced.all;
      },
    };
    const peer = neomutt(server, scratch);
    const peers = peer
      ? [
          {
            name: 'neomutt',
            async round() {
              const start = performance.now();
              peer();
              return performance.now() - start;
            },
          },
        ]
      : [];
    // The server builds its own cache of headers once; nobody is measured on that.
    await ours.round();
    first.length = 0;
    blocked.length = 0;
    const letters = count.toLocaleString('en');
    const budget = count >= 100_000 ? 10_000 : 2000;
    const all = await race(
      { row: '4', what: `first header sync of ${letters}`, budget },
      count >= 100_000 ? 1 : 3,
      [ours, ...peers],
    );
    say(`median of the longest hold: ${median(blocked).toFixed(0)} ms`);
    return [
      all,
      verdict({ row: '4', what: `first of ${letters} headers to be read`, budget: FIRST_MS }, first),
      verdict(
        { row: '4', what: `event loop held, ${letters} headers`, budget: LOOP_MS, note: 'processor time' },
        blocked,
      ),
    ];
  } finally {
    await server.close();
  }
}
