/** Row 10: a maildrop of 5,000 letters read whole by POP3, one letter at a time and with 20 commands in flight. */
import { type Bench, type Contestant, type Result, race } from './harness.ts';
import { openPair } from './office-and-dovecot.ts';

export const pop3RetrBench: Bench = {
  name: 'pop3-retr',
  async run({ quick, say }) {
    const count = quick ? 1000 : 5000;
    const rounds = quick ? 3 : 5;
    const pair = await openPair({ count: 5000, profile: 'office' }, say);
    try {
      const results: Result[] = [];
      for (const inFlight of [1, 20]) {
        let octets = 0;
        const contestants: Contestant[] = pair.readers.flatMap(({ name, pop3 }) => {
          if (!pop3) return [];
          const round = async () => {
            const client = await pop3();
            try {
              const before = client.wire.received;
              const start = performance.now();
              await client.retrieve(1, count, inFlight);
              const took = performance.now() - start;
              const received = client.wire.received - before;
              if (octets > 0 && received < octets * 0.95)
                throw new Error(`${name} sent ${received} of ${octets}`);
              octets ||= received;
              await client.quit();
              return took;
            } finally {
              client.close();
            }
          };
          return [{ name, round }];
        });
        for (const each of contestants) await each.round();
        results.push(
          await race(
            {
              row: '10',
              what: `POP3 RETR of ${count.toLocaleString('en')}, ${inFlight === 1 ? 'one at a time' : `${inFlight} in flight`}`,
              budget: null,
              amount: { count: octets / 1e6, unit: 'MB' },
              ratio: { peer: 'Dovecot', atMost: 1 },
            },
            rounds,
            contestants,
          ),
        );
      }
      return results;
    } finally {
      await pair.close();
    }
  },
};
