/**
 * Row 7: accepting letters of 8 KB by SMTP over 1, 4 and 16 kept connections, one command at a time. Ours says 250 when
 * the letter is in the mailbox, its text is searchable and all of it is on the disk. Dovecot's LMTP files without an index
 * of words; Postfix's queue alone is a promise to deliver later; Postfix to Dovecot ends when the last letter is filed.
 */
import { join } from 'node:path';
import { type Bench, type Contestant, installed, type Result, race } from './harness.ts';
import { sendLoad } from './mail-load.ts';
import { type DovecotPeer, dovecotPeer, filed, postfixQueue, postfixTo } from './mail-peers.ts';
import { DOMAIN, serveOffice } from './office-server.ts';

const PEOPLE = ['boris', 'vera', 'gleb', 'darya', 'egor', 'zoya', 'igor', 'kira'];
const RECIPIENTS = PEOPLE.map((local) => `${local}@${DOMAIN}`);

export const smtpAcceptBench: Bench = {
  name: 'smtp-accept',
  async run({ quick, scratch, say }) {
    const count = quick ? 200 : 600;
    const rounds = quick ? 3 : 5;
    const office = await serveOffice(join(scratch, 'office'), { people: PEOPLE });
    const dovecot = await dovecotPeer(PEOPLE);
    const queue = await postfixQueue();
    const chain = await postfixTo(dovecot);
    if (!dovecot?.lmtpPort) say("Dovecot's LMTP is not here: nothing to compare with");
    if (!queue) say('Postfix is not here: no queue to compare with');
    if (!installed('exim4') && !installed('exim'))
      say('Exim is not here (Debian has it in place of Postfix, not beside it)');
    try {
      const results: Result[] = [];
      for (const connections of [1, 4, 16]) {
        const load = { sender: 'load@bench.example', recipients: RECIPIENTS, connections, count };
        const contestants: Contestant[] = [
          {
            name: 'Postroom',
            round: () =>
              sendLoad({ host: office.host, port: office.port('smtp') }, { ...load, protocol: 'SMTP' }),
          },
        ];
        if (dovecot?.lmtpPort) {
          const address = { host: dovecot.host, port: dovecot.lmtpPort };
          contestants.push({
            name: 'Dovecot LMTP',
            round: () => sendLoad(address, { ...load, protocol: 'LMTP' }),
          });
        }
        if (queue) {
          const address = { host: '127.0.0.1', port: queue.port };
          contestants.push({
            name: 'Postfix queue',
            round: () => sendLoad(address, { ...load, protocol: 'SMTP' }),
          });
        }
        if (dovecot && chain) contestants.push(chained(dovecot, chain.port, load));
        // Rounds that nobody counts: processes start, caches fill, code is compiled.
        for (const each of [...contestants, ...contestants]) await each.round();
        results.push(
          await race(
            {
              row: '7',
              what: `SMTP accept, 8 KB, ${connections} connection${connections > 1 ? 's' : ''}`,
              budget: null,
              amount: { count, unit: 'letters' },
              ratio: [
                { peer: 'Dovecot LMTP', atMost: 0.5 },
                { peer: 'Postfix queue', atMost: 1 },
              ],
            },
            rounds,
            contestants,
          ),
        );
      }
      return results;
    } finally {
      await office.stop();
      await chain?.close();
      await queue?.close();
      await dovecot?.close();
    }
  },
};

function chained(
  dovecot: DovecotPeer,
  port: number,
  load: { sender: string; recipients: readonly string[]; connections: number; count: number },
): Contestant {
  return {
    name: 'Postfix to Dovecot',
    async round() {
      const before = dovecot.arrived();
      const sending = await sendLoad({ host: '127.0.0.1', port }, { ...load, protocol: 'SMTP' });
      const sent = performance.now();
      await filed(dovecot, before + load.count);
      return sending + (performance.now() - sent);
    },
  };
}
