/** Row 6: an mbox of 100,000 letters becomes searchable. Peers index a Maildir of the same letters: less work than ours, which also stores them. */
import { join } from 'node:path';
import { importInto, openEngine } from './engine.ts';
import { type Bench, race } from './harness.ts';
import { mailbox } from './mailbox.ts';
import { mu, notmuch } from './peers.ts';

export const importBench: Bench = {
  name: 'import',
  async run({ quick, scratch, say }) {
    const count = quick ? 5000 : 100_000;
    const mbox = await mailbox({ count, format: 'mbox', profile: 'office' });
    const maildir = await mailbox({ count, format: 'maildir', profile: 'office' });
    let round = 0;
    const ours = {
      name: 'postroom',
      async round() {
        const engine = await openEngine(join(scratch, `profile-${round++}`));
        const start = performance.now();
        const { imported } = await importInto(engine, [mbox]);
        const took = performance.now() - start;
        if (imported !== count) throw new Error(`${imported} of ${count} were imported`);
        say(
          `${imported} letters in ${(took / 1000).toFixed(1)} s, ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`,
        );
        await engine.close();
        return took;
      },
    };
    const peers = [mu, notmuch].flatMap((make) => {
      if (!make(maildir, scratch)) return [];
      return [
        {
          name: make === mu ? 'mu' : 'notmuch',
          async round() {
            const peer = make(maildir, scratch)!;
            const start = performance.now();
            peer.index();
            return performance.now() - start;
          },
        },
      ];
    });
    return [
      await race(
        {
          row: '6',
          what: `import an mbox of ${count} letters, searchable at the end`,
          budget: null,
          ratio: { peer: 'mu', atMost: 1 },
        },
        1,
        [ours, ...peers],
      ),
    ];
  },
};
