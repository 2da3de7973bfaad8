/**
 * Row 5 by POP3: every letter of a maildrop brought here, beside mpop and getmail, which file them in a Maildir; ours parses,
 * packs and lists them, too. Then the same maildrop by its headers alone: what that moves.
 */
import { join } from 'node:path';
import type { Pop3Policy } from '../main/contract/mail/accounts.ts';
import { addAccount, collect, openProfile } from '../test/client/pop3/harness.ts';
import { dovecotMissing } from '../test/kit/dovecot.ts';
import { type Bench, type Contestant, race, verdict } from './harness.ts';
import { type MailServer, serveMaildir } from './imap-server.ts';
import { mailbox } from './mailbox.ts';
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

export const pop3FetchBench: Bench = {
  name: 'pop3-fetch',
  async run({ quick, scratch, say }) {
    const missing = dovecotMissing();
    if (missing !== undefined) {
      say(`left out: ${missing}`);
      return [];
    }
    const count = quick ? 1000 : 5000;
    const server = await serveMaildir(await mailbox({ count, format: 'maildir', profile: 'office' }), {
      pop3: true,
    });
    let round = 0;
    const fresh = () => join(scratch, `pop3-${round++}`);
    try {
      const ours: Contestant = {
        name: 'postroom',
        async round() {
          const done = await firstPass(fresh(), server, {});
          if (done.letters !== count) throw new Error(`${done.letters} of ${count} letters came`);
          say(`${count} letters in ${(done.ms / 1000).toFixed(1)} s`);
          return done.ms;
        },
      };
      const peer = (name: string, run: (() => void) | null): Contestant[] =>
        run
          ? [
              {
                name,
                async round() {
                  const start = performance.now();
                  run();
                  return performance.now() - start;
                },
              },
            ]
          : [];
      const able = async ({ name, round: trial }: Contestant): Promise<boolean> => {
        try {
          await trial();
          return true;
        } catch (failure) {
          say(`${name} left out: ${String(failure).slice(0, 200)}`);
          return false;
        }
      };
      const candidates = [
        ...peer('mpop', mpop(server, scratch)),
        ...peer('getmail', getmail(server, scratch)),
      ];
      const peers: Contestant[] = [];
      for (const each of candidates) if (await able(each)) peers.push(each);
      // Dovecot learns the sizes of a new Maildir at its first listing.
      await ours.round();
      const letters = count.toLocaleString('en');
      const ratio = peers.map(({ name }) => ({ peer: name, atMost: 0.5 }));
      const whole = await race(
        {
          row: '5',
          what: `POP3: ${letters} letters`,
          budget: null,
          ratio,
          amount: { count, unit: 'letters' },
        },
        quick ? 2 : 3,
        [ours, ...peers],
      );
      const head = await firstPass(fresh(), server, { headersAbove: 0 });
      say(
        `headers of ${letters}: ${Math.round(head.bytes / 1024)} KB moved for ${Math.round(head.saved / 1e6)} MB`,
      );
      return [
        whole,
        verdict(
          {
            row: '5',
            what: `POP3: headers of ${letters}, traffic`,
            budget: (head.saved * SHARE) / 1024,
            unit: 'KB',
            note: `${((100 * head.bytes) / head.saved).toFixed(2)} % of the letters`,
          },
          [head.bytes / 1024],
        ),
      ];
    } finally {
      await server.close();
    }
  },
};
