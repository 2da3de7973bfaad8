/**
 * Row 5 by POP3: every letter of a maildrop of Dovecot's, and of our office's, brought here, beside mpop and getmail, which
 * file them in a Maildir; ours parses, packs and lists them, too. Then the same maildrop by its headers alone: what that moves.
 * What has come is compared with what was put there, octet for octet.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pop3Policy } from '../main/contract/mail/accounts.ts';
import { addAccount, collect, openProfile, type Profile, rows } from '../test/client/pop3/harness.ts';
import { dovecotMissing } from '../test/kit/dovecot.ts';
import { type Bench, type Contestant, type Result, verdict } from './harness.ts';
import { type MailServer, serveMaildir } from './imap-server.ts';
import { mailbox } from './mailbox.ts';
import { ADDRESS, filledOffice, lettersOf, PASSWORD, serveOffice } from './office-server.ts';
import { getmail, mpop } from './peers.ts';

/** Headers alone may move this share of the letters' octets. */
const SHARE = 0.03;

/** A new profile; the first pass over the maildrop. Beside its time: octets received, and octets that were left there. */
async function firstPass(
  dir: string,
  server: MailServer,
  policy: Partial<Pop3Policy>,
  maildir?: string,
): Promise<{ ms: number; letters: number; bytes: number; saved: number }> {
  const profile = await openProfile({ dir, keep: true });
  try {
    const { maildropPort: port, user, password } = server;
    const account = await addAccount(profile, { port, user, password }, { leave: 'always', ...policy });
    const start = performance.now();
    const report = await collect(profile, account);
    const ms = performance.now() - start;
    if (maildir !== undefined) await compare(profile, account, maildir);
    return { ms, letters: report.newMessages, bytes: report.bytes, saved: report.pop3.saved };
  } finally {
    await profile.close();
  }
}

/** Every letter of the Maildir is here, octet for octet: its lines end with CRLF on the wire, the last one too (RFC 1939). */
async function compare(profile: Profile, account: number, maildir: string): Promise<void> {
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const sent = lettersOf(maildir).map((path) => {
    const text = readFileSync(path, 'latin1').replace(/\r?\n/g, '\r\n');
    return digest(Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1'));
  });
  const here: string[] = [];
  for (const { id } of await rows(profile, account)) {
    const { blob } = await profile.store.read('messages.stored', { id });
    here.push(blob ? digest(await profile.store.blobs.read(blob)) : 'not here');
  }
  if (here.sort().join() !== sent.sort().join()) throw new Error('the letters are not those that were sent');
}

/** What getmail may take, and a tenth of a second a letter. */
const PEER_SECONDS = 60;

interface Peer extends Contestant {
  /** So slow that one whole run of it stands for all rounds. */
  readonly slow: boolean;
}

function peer(name: string, slow: boolean, run: (() => void) | null): Peer[] {
  if (!run) return [];
  const round = async (): Promise<number> => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  return [{ name, slow, round }];
}

interface Race {
  server: MailServer;
  /** "Dovecot" */
  whose: string;
  count: number;
  rounds: number;
  /** Where the letters are from. */
  maildir: string;
  scratch: string;
  fresh: () => string;
  say: (text: string) => void;
}

/** All letters of one server, by us and by the peers that can do it. */
async function whole({ server, whose, count, rounds, maildir, scratch, fresh, say }: Race): Promise<Result> {
  const collected = async (compared?: string) => {
    const done = await firstPass(fresh(), server, {}, compared);
    if (done.letters !== count) throw new Error(`${done.letters} of ${count} letters came`);
    say(`${whose}: ${count} letters in ${(done.ms / 1000).toFixed(1)} s`);
    return done.ms;
  };
  // A server learns the sizes of a new mailbox at its first listing: neither we nor a peer pay for that.
  await collected(maildir);
  const peers: { name: string; times: number[]; round: Peer['round']; slow: boolean }[] = [];
  for (const { name, slow, round } of [
    ...peer('mpop', false, mpop(server, scratch)),
    ...peer('getmail', true, getmail(server, scratch, PEER_SECONDS + count / 10)),
  ]) {
    try {
      const took = await round();
      say(`${whose}: ${name} ${(took / 1000).toFixed(1)} s`);
      peers.push({ name, slow, round, times: slow ? [took] : [] });
    } catch (failure) {
      say(`${name} left out: ${String(failure).slice(0, 200)}`);
    }
  }
  const ours: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await collected());
    for (const each of peers) if (!each.slow) each.times.push(await each.round());
  }
  return verdict(
    {
      row: '5',
      what: `POP3: ${count.toLocaleString('en')} letters, ${whose}`,
      budget: null,
      ratio: peers.map(({ name }) => ({ peer: name, atMost: 0.5 })),
      amount: { count, unit: 'letters' },
      note: 'octets compared; getmail ran once',
    },
    ours,
    peers,
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
    const maildir = await mailbox({ count, format: 'maildir', profile: 'office' });
    const missing = dovecotMissing();
    if (missing === undefined) {
      const server = await serveMaildir(maildir, { pop3: true });
      try {
        results.push(await whole({ server, whose: 'Dovecot', count, rounds, maildir, scratch, fresh, say }));
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
      results.push(await whole({ server, whose: 'our office', count, rounds, maildir, scratch, fresh, say }));
    } finally {
      await office.stop();
    }
    return results;
  },
};
