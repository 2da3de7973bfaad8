/** Row 9: SEARCH TEXT in a mailbox of 100,000. Dovecot has no index of words and reads every letter. */
import { type Bench, median, verdict } from './harness.ts';
import { openPair } from './office-and-dovecot.ts';
import type { ImapBenchClient } from './wire-client.ts';

/** In many letters, in some, in none; Russian and English; more than one word. */
const WORDS = ['договор', 'invoice', 'арматура', 'roof section', 'zanzibar', 'перерасчёт ведомости'];

async function search(client: ImapBenchClient, words: string): Promise<{ ms: number; octets: number }> {
  const start = performance.now();
  const octets = await client.command(
    `UID SEARCH CHARSET UTF-8 TEXT {${Buffer.byteLength(words)}+}\r\n${words}`,
  );
  return { ms: performance.now() - start, octets };
}

export const imapSearchBench: Bench = {
  name: 'imap-search',
  async run({ quick, say }) {
    const count = quick ? 5000 : 100_000;
    const pair = await openPair({ count, profile: 'light' }, say);
    try {
      const [ours, theirs] = await Promise.all(
        pair.readers.map(async (reader) => {
          const client = await reader.imap();
          await client.command('SELECT INBOX');
          return client;
        }),
      );
      const mine: number[] = [];
      const peer: number[] = [];
      for (const words of WORDS) {
        // The median of three for a question of milliseconds; one round is enough for one of half a minute.
        const rounds: number[] = [];
        let answer = 0;
        for (let n = 0; n < 3; n += 1) {
          const { ms, octets } = await search(ours as ImapBenchClient, words);
          rounds.push(ms);
          answer = octets;
        }
        mine.push(median(rounds));
        const other = theirs && (await search(theirs, words));
        if (other) peer.push(other.ms);
        say(
          `${words}: ${median(rounds).toFixed(0)} ms (${answer} octets)${other ? `, Dovecot ${other.ms.toFixed(0)} ms (${other.octets} octets)` : ''}`,
        );
      }
      return [
        verdict(
          {
            row: '9',
            what: `IMAP SEARCH TEXT, ${count.toLocaleString('en')} messages (${(pair.octets / 1e9).toFixed(1)} GB), ru and en`,
            budget: null,
            ratio: { peer: 'Dovecot', atMost: 0.01 },
          },
          mine,
          peer.length > 0 ? [{ name: 'Dovecot', times: peer }] : [],
        ),
      ];
    } finally {
      await pair.close();
    }
  },
};
