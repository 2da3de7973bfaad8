/** Peers that mean no good, in every state (protocol rules G2, G3, G14, S24): the process lives, memory is bounded, the next peer is served. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../../main/base/clock.ts';
import { SLOW_READER_MS } from '../../../main/base/limits.ts';
import {
  dotted,
  hastyClock,
  OFFICE_DOMAIN,
  openSmtpOffice,
  PEERS,
  PETROV,
  type SmtpOffice,
  Talk,
} from '../../kit/office-smtp.ts';

const MiB = 1024 * 1024;
/** What brings a session into a state, without waiting for more than the last reply. */
const STATES: Readonly<Record<string, readonly string[]>> = {
  start: [],
  ready: ['EHLO a'],
  mail: ['EHLO a', 'MAIL FROM:<a@example.org>'],
  recipient: ['EHLO a', 'MAIL FROM:<a@example.org>', `RCPT TO:<${PETROV}>`],
  message: ['EHLO a', 'MAIL FROM:<a@example.org>', `RCPT TO:<${PETROV}>`, 'DATA'],
  exchange: ['EHLO a', 'AUTH LOGIN'],
};

async function stillServes(office: SmtpOffice): Promise<void> {
  const talk = await office.talk();
  await talk.hello();
  assert.match(await talk.send('a@example.org', [PETROV], dotted('Subject: fine', '', 'x')), /^250/);
  await talk.quit();
}

/** Words a grammar would not put together, and octets no grammar has. */
const hostile = fc.array(
  fc.oneof(
    fc.constantFrom(
      'MAIL FROM:',
      'RCPT TO:',
      '<',
      '>',
      '@',
      '"',
      '\\',
      'DATA',
      'BDAT ',
      'RSET',
      'AUTH ',
      'PLAIN ',
      '=',
    ),
    fc.constantFrom(
      '\r\n',
      '\n',
      '\r',
      '.',
      '\r\n.\r\n',
      ' ',
      '\0',
      '\t',
      'LAST',
      'EHLO ',
      'STARTTLS',
      'NOOP',
      'VRFY ',
    ),
    fc.constantFrom(
      PETROV,
      'SIZE=',
      '99999999999999999999',
      '[IPv6:',
      ']',
      ':',
      ',',
      ';',
      '+',
      '%',
      '../',
      '\u{1f600}',
    ),
    fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets).toString('latin1')),
    fc.nat(20_000).map((length) => 'A'.repeat(length)),
  ),
  { minLength: 1, maxLength: 25 },
);

test('octets of every kind in every state', { concurrency: true }, async (t) => {
  const office = await openSmtpOffice(t, {
    clock: hastyClock(systemClock),
    policy: { maxMessageBytes: MiB },
    guard: { clearTextLoginFrom: ['127.0.0.0/8'] },
  });
  await stillServes(office);
  const before = process.memoryUsage().rss;
  const tests = Object.entries(STATES).map(([name, lines]) =>
    t.test(`G14 ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(hostile, fc.array(fc.nat(500), { maxLength: 4 }), async (parts, cuts) => {
          const talk = await office.talk();
          await talk.all(...lines);
          const octets = Buffer.from(parts.join(''), 'latin1');
          let from = 0;
          for (const cut of [
            ...cuts.map((each) => each % (octets.length + 1)).sort((a, b) => a - b),
            octets.length,
          ]) {
            talk.write(octets.subarray(from, cut));
            from = Math.max(from, cut);
            await new Promise((resolve) => setImmediate(resolve));
          }
          talk.finish();
          const said = await talk.closed();
          // Whatever was said is replies, whole lines of at most 512 octets, and no secret of ours.
          for (const line of said.split('\r\n').filter((each) => each !== '')) {
            if (/^[\x20-\x7e]*$/.test(line)) assert.match(line, /^[2345]\d\d[ -]/);
            assert.ok(Buffer.byteLength(line) <= 510, line);
            assert.doesNotMatch(line, /node:|\.ts|SQLITE|undefined|Error:/);
          }
        }),
        { numRuns: 40 },
      );
    }),
  );
  await Promise.all(tests);
  await stillServes(office);
  assert.ok(process.memoryUsage().rss - before < 150 * MiB);
});

test('G2, G3 a peer that never reads is not read from, and cut off', async (t) => {
  const cuts: (() => void)[] = [];
  const clock = {
    now: systemClock.now,
    ticks: systemClock.ticks,
    after(ms: number, run: () => void) {
      if (ms === SLOW_READER_MS) {
        cuts.push(run);
        return () => void cuts.splice(cuts.indexOf(run), 1);
      }
      return systemClock.after(ms, run);
    },
  };
  const office = await openSmtpOffice(t, { clock });
  const talk = await office.talk();
  talk.pause();
  const piece = Buffer.from('HELP\r\n'.repeat(10_000));
  let sent = 0;
  // Stuck: what we write has not moved through fifty looks.
  let looks = 0;
  await until(() => {
    looks = talk.pending >= piece.length ? looks + 1 : 0;
    if (looks > 0) return looks >= 50;
    sent += piece.length;
    talk.push(piece);
    return false;
  });
  assert.ok(sent < 100 * MiB, 'the server stopped reading');
  assert.equal(office.smtp.sessions, 1);
  for (const cut of [...cuts]) cut();
  await until(() => office.smtp.sessions === 0);
  talk.destroy();
  await stillServes(office);
});

test('G13 thousands of connections from one address cost the others nothing', async (t) => {
  const office = await openSmtpOffice(t, { guard: { sessionsPerPeer: 5, connectionsPerMinute: 20 } });
  const held: Talk[] = [];
  let refused = 0;
  for (let n = 0; n < 1000; n += 1) {
    const talk = await Talk.open(office.smtp.port, PEERS.oldDevice);
    if (n < 5) held.push(talk);
    else if (n % 100 === 0) {
      assert.match(await talk.reply(), /^421 4\.7\.0/);
      refused += 1;
      talk.destroy();
    } else talk.destroy();
  }
  assert.ok(refused >= 9);
  await stillServes(office);
  for (const talk of held) talk.destroy();
});

test('S37 a client that vanishes at each step leaves the office as it was', async (t) => {
  const office = await openSmtpOffice(t);
  const whole = [
    'EHLO a\r\n',
    'MAIL FROM:<a@example.org>\r\n',
    `RCPT TO:<${PETROV}>\r\n`,
    'DATA\r\n',
    'Subject: gone\r\n\r\nx\r\n',
    '.\r\n',
  ];
  for (let steps = 0; steps < whole.length; steps += 1) {
    const talk = await office.talk();
    for (const step of whole.slice(0, steps)) {
      talk.write(step);
      if (!step.startsWith('Subject')) await talk.reply();
    }
    talk.destroy();
  }
  await until(() => office.smtp.sessions === 0);
  assert.deepEqual(await office.letters(office.people.petrov), []);
  await stillServes(office);
  assert.equal((await office.letters(office.people.petrov)).length, 1);
  assert.equal((await office.queue.trace({ person: `petrov@${OFFICE_DOMAIN}` })).length, 2);
});

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('did not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
