/** Row 5: a full first synchronisation, bodies included. mbsync copies the same INBOX into a Maildir; ours also lists and parses it, and indexes behind. */
import { join } from 'node:path';
import { dovecotMissing } from '../test/kit/dovecot.ts';
import { type Bench, race, verdict } from './harness.ts';
import { firstSync, serveMaildir } from './imap-server.ts';
import { mailbox } from './mailbox.ts';
import { mbsync } from './peers.ts';

const LOOP_MS = 20;

export const bodySyncBench: Bench = {
  name: 'body-sync',
  async run({ quick, scratch, say }) {
    const missing = dovecotMissing();
    if (missing !== undefined) {
      say(`left out: ${missing}`);
      return [];
    }
    const count = quick ? 2000 : 20_000;
    const server = await serveMaildir(await mailbox({ count, format: 'maildir', profile: 'office' }));
    try {
      const blocked: number[] = [];
      let round = 0;
      const ours = {
        name: 'postroom',
        async round() {
          const dir = join(scratch, `profile-${round++}`);
          const synced = await firstSync(dir, server, { keep: 'everything' }, count);
          blocked.push(synced.blocked);
          say(
            `${count} letters in ${(synced.all / 1000).toFixed(1)} s, event loop held ${synced.blocked.toFixed(0)} ms (${synced.blockedByClock.toFixed(0)} by the clock), processor time ${(synced.processor / 1000).toFixed(1)} s, indexed ${(synced.indexed / 1000).toFixed(1)} s later`,
          );
          return synced.all;
        },
      };
      const peer = mbsync(server, scratch);
      const peers = peer
        ? [
            {
              name: 'mbsync',
              async round() {
                const start = performance.now();
                peer();
                return performance.now() - start;
              },
            },
          ]
        : [];
      const letters = count.toLocaleString('en');
      return [
        await race(
          {
            row: '5',
            what: `full sync of ${letters}`,
            budget: null,
            ratio: { peer: 'mbsync', atMost: 0.5 },
          },
          quick ? 3 : 1,
          [ours, ...peers],
        ),
        verdict(
          {
            row: '5',
            what: `event loop held, full sync of ${letters}`,
            budget: LOOP_MS,
            note: 'processor time',
          },
          blocked,
        ),
      ];
    } finally {
      await server.close();
    }
  },
};
