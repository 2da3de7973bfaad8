/**
 * Row 5 by POP3: every letter of a maildrop of Dovecot's, and of our office's, brought here, beside mpop and getmail, which
 * file them in a Maildir; ours parses, packs and lists them, too. Then the same maildrop by its headers alone: what that moves.
 */
import { join } from 'node:path';
import type { Pop3Policy } from '../main/contract/mail/accounts.ts';
import { addAccount, collect, openProfile } from '../test/client/pop3/harness.ts';
import { dovecotMissing } from '../test/kit/dovecot.ts';
import { type Bench, type Contestant, type Result, race, verdict } from './harness.ts';
import { type MailServer, serveMaildir } from './imap-server.ts';
import { mailbox } from './mailbox.ts';
import { ADDRESS, filledOffice, PASSWORD, serveOffice } from './office-server.ts';
import { getmail, mpop } from './peers.ts';

/** Headers alone may move this share of the letters' octets. */
const SHARE = 0.03;

/** A new profile; the first pass over the maildrop. Beside its time: octets received, and octets that were left there. */
async function firstPass(
  dir: string,
  server: MailServer,
  policy: Partial<Pop3Policy>,
): Promise<{ ms: number; letters: number; bytes: number; saved: number }> {
  const profile = await openProfile({ dir, keep: true });
  try {
    const { maildropPort: port, user, password } = server;
    const account = await addAccount(profile, { port, user, password }, { leave: 'always', ...policy });
    const start = performance.now();
    const report = await collect(profile, account);
    const ms = performance.now() - start;
    return { ms, letters: report.newMessages, bytes: report.bytes, saved: report.pop3.saved };
  } finally {
    await profile.close();
  }
}

/** What getmail may take, and a twentieth of a second a letter. */
const PEER_SECONDS = 60;
/** Tries of a peer in one round: getmail at times waits for a child of its own until it gives up. */
const TRIES = 3;

function peer(name: string, run: (() => void) | null): Contestant[] {
  if (!run) return [];
  const round = async (): Promise<number> => {
    for (let left = TRIES; ; left -= 1) {
      const start = performance.now();
      try {
        run();
        return performance.now() - start;
      } catch (failure) {
        if (left === 1) throw failure;
      }
    }
  };
  return [{ name, round }];
}

interface Race {
  server: MailServer;
  /** "Dovecot" */
  whose: string;
  count: number;
  rounds: number;
  scratch: string;
  fresh: () => string;
  say: (text: string) => void;
}

/** All letters of one server, by us and by the peers that can do it. */
async function whole({ server, whose, count, rounds, scratch, fresh, say }: Race): Promise<Result> {
  const ours: Contestant = {
    name: 'postroom',
    async round() {
      const done = await firstPass(fresh(), server, {});
      if (done.letters !== count) throw new Error(`${done.letters} of ${count} letters came`);
      say(`${whose}: ${count} letters in ${(done.ms / 1000).toFixed(1)} s`);
      return done.ms;
    },
  };
  const peers: Contestant[] = [];
  for (const each of [
    ...peer('mpop', mpop(server, scratch)),
    ...peer('getmail', getmail(server, scratch, PEER_SECONDS + count / 20)),
  ]) {
    try {
      await each.round();
      peers.push(each);
    } catch (failure) {
      say(`${each.name} left out: ${String(failure).slice(0, 200)}`);
    }
  }
  // A server learns the sizes of a new mailbox at its first listing.
  await ours.round();
  return race(
    {
      row: '5',
      what: `POP3: ${count.toLocaleString('en')} letters, ${whose}`,
      budget: null,
      ratio: peers.map(({ name }) => ({ peer: name, atMost: 0.5 })),
      amount: { count, unit: 'letters' },
    },
    rounds,
    [ours, ...peers],
  );
}

export const pop3FetchBench: Bench = {
  name: 'pop3-fetch',
  async run({ quick, scratch, say }) {
    const count = quick ? 1000 : 5000;
    const rounds = quick ? 2 : 3;
    let serial = 0;
    const fresh = () => join(scratch, `pop3-${serial++}`);
    const results: Result[] = [];
    const missing = dovecotMissing();
    if (missing === undefined) {
      const maildir = await mailbox({ count, format: 'maildir', profile: 'office' });
      const server = await serveMaildir(maildir, { pop3: true });
      try {
        results.push(await whole({ server, whose: 'Dovecot', count, rounds, scratch, fresh, say }));
        const head = await firstPass(fresh(), server, { headersAbove: 0 });
        const letters = count.toLocaleString('en');
        say(
          `headers of ${letters}: ${Math.round(head.bytes / 1024)} KB moved for ${Math.round(head.saved / 1e6)} MB`,
        );
        const note = `${((100 * head.bytes) / head.saved).toFixed(2)} % of the letters`;
        const budget = (head.saved * SHARE) / 1024;
        const what = `POP3: headers of ${letters}, traffic`;
        results.push(verdict({ row: '5', what, budget, unit: 'KB', note }, [head.bytes / 1024]));
      } finally {
        await server.close();
      }
    } else say(`Dovecot left out: ${missing}`);
    const office = await serveOffice(await filledOffice({ count, profile: 'office' }, say));
    try {
      const server: MailServer = {
        host: office.host,
        port: office.port('imap'),
        maildropPort: office.port('pop3'),
        user: ADDRESS,
        password: PASSWORD,
        close: () => office.stop(),
      };
      results.push(await whole({ server, whose: 'our office', count, rounds, scratch, fresh, say }));
    } finally {
      await office.stop();
    }
    return results;
  },
};
