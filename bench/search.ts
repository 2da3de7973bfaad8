/** Row 3: the first page of a search by date, Russian and English, over the letters of row 6. */
import { join } from 'node:path';
import { importInto, openEngine } from './engine.ts';
import { type Bench, timed, verdict } from './harness.ts';
import { mailbox } from './mailbox.ts';
import { mu, notmuch } from './peers.ts';

const WORDS = [
  'бетон',
  'договор',
  'поставка',
  'счёт',
  'отчёт',
  'invoice',
  'meeting',
  'contract',
  'report',
  'delivery',
  'project',
  'срок',
  'from:orlov',
  'есть:файлы бетон',
  'subject:re',
  '"на этой неделе"',
  'a',
  'и',
];

export const searchBench: Bench = {
  name: 'search',
  async run({ quick, scratch, say }) {
    const count = quick ? 5000 : 100_000;
    const maildir = await mailbox({ count, format: 'maildir', profile: 'light' });
    const engine = await openEngine(join(scratch, 'profile'));
    await importInto(engine, [maildir]);
    const peers = [mu(maildir, scratch), notmuch(maildir, scratch)].filter((each) => each !== null);
    for (const peer of peers) peer.index();
    const view = (query: string) => ({ scope: { in: 'everywhere' as const }, query });
    await engine.call('messages.window', { view: view('warm'), from: 0, count: 50 });
    const ours: number[] = [];
    const theirs = peers.map((peer) => ({ name: peer.name, times: [] as number[] }));
    for (const query of WORDS) {
      for (let n = 0; n < 5; n++) {
        const took = await timed(() =>
          engine.call('messages.window', { view: view(query), from: 0, count: 50 }),
        );
        if (took > 50) say(`${query}: ${took.toFixed(1)} ms`);
        ours.push(took);
      }
      if (!/^[\p{L}]+$/u.test(query)) continue;
      for (const [n, peer] of peers.entries()) theirs[n]!.times.push(await timed(() => peer.search(query)));
    }
    await engine.close();
    return [
      verdict(
        { row: '3', what: `search, first page by date, ${count} letters (median)`, budget: 10 },
        ours,
        theirs,
      ),
      verdict({ row: '3', what: 'search, the slowest query', budget: 50 }, [Math.max(...ours)]),
    ];
  },
};
