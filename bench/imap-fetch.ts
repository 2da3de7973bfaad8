/**
 * Row 8: envelopes and flags of a mailbox of 100,000, and whole letters, by one client and by sixteen at once. Dovecot has
 * read the mailbox once before, so that its cache is full; so have we.
 */
import { type Bench, type Contestant, type Result, race } from './harness.ts';
import { openPair, type Reader } from './office-and-dovecot.ts';
import type { ImapBenchClient } from './wire-client.ts';

const CLIENTS = 16;

async function selected(reader: Reader, count = 1): Promise<ImapBenchClient[]> {
  const clients: ImapBenchClient[] = [];
  for (let n = 0; n < count; n += 1) {
    const client = await reader.imap();
    await client.command('SELECT INBOX');
    clients.push(client);
  }
  return clients;
}

/** Every client fetches; ms until the last has everything. */
function fetching(name: string, clients: readonly ImapBenchClient[], set: string, items: string): Contestant {
  return {
    name,
    async round() {
      const start = performance.now();
      await Promise.all(clients.map((client) => client.command(`FETCH ${set} ${items}`)));
      return performance.now() - start;
    },
  };
}

async function rowOf(
  readers: readonly Reader[],
  clients: number,
  set: string,
  items: string,
  rounds: number,
  words: { what: string; amount: (octets: number) => { count: number; unit: 'messages' | 'MB' } },
): Promise<Result> {
  const contestants: Contestant[] = [];
  const open: ImapBenchClient[] = [];
  let octets = 0;
  for (const reader of readers) {
    const sessions = await selected(reader, clients);
    open.push(...sessions);
    const before = sessions.map(({ wire }) => wire.received);
    const contestant = fetching(reader.name, sessions, set, items);
    await contestant.round();
    const answered = sessions.reduce((sum, { wire }, n) => sum + wire.received - (before[n] as number), 0);
    // A server that answers less than the other has not done the work.
    if (octets > 0 && answered < octets * 0.95)
      throw new Error(`${reader.name} sent ${answered} of ${octets}`);
    octets ||= answered;
    contestants.push(contestant);
  }
  const row = { row: '8', what: words.what, budget: null, amount: words.amount(octets) };
  try {
    return await race({ ...row, ratio: { peer: 'Dovecot', atMost: 1 } }, rounds, contestants);
  } finally {
    for (const client of open) client.close();
  }
}

export const imapFetchBench: Bench = {
  name: 'imap-fetch',
  async run({ quick, say }) {
    const count = quick ? 5000 : 100_000;
    const bodies = quick ? 1000 : 5000;
    const rounds = quick ? 3 : 7;
    const results: Result[] = [];
    const light = await openPair({ count, profile: 'light' }, say);
    try {
      results.push(
        await rowOf(light.readers, 1, '1:*', '(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)', rounds, {
          what: `IMAP FETCH, ${count.toLocaleString('en')} envelopes and flags`,
          amount: () => ({ count, unit: 'messages' }),
        }),
      );
    } finally {
      await light.close();
    }
    const office = await openPair({ count: 5000, profile: 'office' }, say);
    try {
      const amount = (octets: number) => ({ count: octets / 1e6, unit: 'MB' as const });
      for (const clients of [1, CLIENTS]) {
        // Sixteen read a part each time, or one round would be gigabytes.
        const each = clients === 1 ? bodies : bodies / 4;
        results.push(
          await rowOf(office.readers, clients, `1:${each}`, '(UID BODY.PEEK[])', rounds, {
            what: `IMAP FETCH, ${each.toLocaleString('en')} bodies, ${clients === 1 ? 'one client' : `${clients} clients`}`,
            amount,
          }),
        );
      }
    } finally {
      await office.close();
    }
    return results;
  },
};
