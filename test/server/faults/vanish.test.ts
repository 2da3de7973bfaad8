/**
 * Clients that vanish at each step, in the middle of a line as well as behind it, and clocks that step: nothing half done
 * is left, nothing acknowledged is lost, the next session works.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import type { Service } from '../../../main/server/context.ts';
import type { Person } from '../../../main/server/directory/directory.ts';
import { openImap } from '../../../main/server/imap/imap.ts';
import { openPop3 } from '../../../main/server/pop3/pop3.ts';
import { openSmtp } from '../../../main/server/smtp/smtp.ts';
import { LineClient } from '../../kit/line-client.ts';
import {
  OFFICE_DOMAIN,
  openTestOffice,
  passwordOf,
  type TestOffice,
  type TestOfficeOptions,
} from '../../kit/office.ts';
import { letterText, put } from '../../kit/office-mailstore.ts';
import { until } from '../../kit/peers-office.ts';

const PETROV = `petrov@${OFFICE_DOMAIN}`;
const DAY = 86_400_000;

interface Whole extends TestOffice {
  readonly services: Readonly<Record<'smtp' | 'pop3' | 'imap', Service>>;
  readonly petrov: Person;
  readonly box: number;
  count(): Promise<number>;
  /** Every session has ended. */
  quiet(): Promise<unknown>;
}

async function openWhole(t: TestContext, options: TestOfficeOptions = {}): Promise<Whole> {
  const office = await openTestOffice(t, {
    ...options,
    guard: { connectionsPerMinute: 10_000, messagesPerMinute: 10_000, ...options.guard },
  });
  const petrov = await office.add({ address: PETROV });
  const where = { host: '127.0.0.1', port: 0, implicitTls: false };
  const services = {
    smtp: await openSmtp(office.context, { ...where, kind: 'smtp' }),
    pop3: await openPop3(office.context, where),
    imap: await openImap(office.context, where),
  };
  for (const service of Object.values(services)) t.after(() => service.close(0));
  const box = await office.inbox(petrov);
  return Object.assign(office, {
    services,
    petrov,
    box,
    count: async () => (await office.mailstore.mailboxById(box))!.messages,
    quiet: () =>
      until('sessions have ended', () => Object.values(services).every((service) => service.sessions === 0)),
  });
}

/** What the client says at a step, and how the answer to it ends. */
type Step = readonly [say: string, answer: RegExp];

const SMTP: readonly Step[] = [
  ['', /^220 .*\r\n/],
  ['EHLO far.example\r\n', /250 .*\r\n$/],
  ['MAIL FROM:<a@far.example>\r\n', /^250 /],
  [`RCPT TO:<${PETROV}>\r\n`, /^250 /],
  ['DATA\r\n', /^354 /],
  ['Subject: vanishes\r\n\r\nhalf a li', /^$/],
  ['ne\r\n', /^$/],
];
const POP3: readonly Step[] = [
  ['', /^\+OK/],
  [`USER ${PETROV}\r\n`, /^\+OK/],
  [`PASS ${passwordOf('petrov')}\r\n`, /^\+OK/],
  ['UIDL\r\n', /\r\n\.\r\n$/],
  ['RETR 1\r\n', /\r\n\.\r\n$/],
  ['DELE 1\r\n', /^\+OK/],
  ['DELE 2\r\n', /^\+OK/],
];
const IMAP: readonly Step[] = [
  ['', /^\* OK/],
  [`a LOGIN ${PETROV} ${passwordOf('petrov')}\r\n`, /^a OK/m],
  ['b SELECT INBOX\r\n', /^b OK/m],
  ['c FETCH 1:* (FLAGS BODY.PEEK[])\r\n', /^c OK/m],
  ['d APPEND INBOX {4000}\r\n', /^\+ /],
  ['Subject: vanishes\r\n\r\nnot all of it', /^$/],
];
const IMAP_IDLE: readonly Step[] = [...IMAP.slice(0, 3), ['d IDLE\r\n', /^\+ /], ['DO', /^$/]];

async function walk(port: number, steps: readonly Step[]): Promise<LineClient> {
  const client = await LineClient.open(port);
  for (const [say, answer] of steps) {
    client.send(say);
    if (answer.source !== '^$')
      await client.until((text) => (answer.test(text) && text.endsWith('\r\n') ? text.length : 0));
  }
  return client;
}

for (const [name, service, steps] of [
  ['SMTP S37', 'smtp', SMTP],
  ['POP3 P16', 'pop3', POP3],
  ['IMAP I39', 'imap', IMAP],
  ['IMAP I10', 'imap', IMAP_IDLE],
] as const)
  test(`${name}: a client that vanishes at each step changes nothing and leaves no session`, async (t) => {
    const office = await openWhole(t);
    await put(office.mailstore, office.box, letterText(1));
    await put(office.mailstore, office.box, letterText(2));
    const { port } = office.services[service];
    for (let last = 1; last <= steps.length; last += 1) {
      const [next = ''] = steps[last] ?? [];
      // Closed in the proper way, torn down, and torn down in the middle of what would have come next.
      for (const how of ['finish', 'cut', 'middle'] as const) {
        const client = await walk(port, steps.slice(0, last));
        if (how === 'middle') client.send(next.slice(0, Math.ceil(next.length / 2)));
        if (how === 'finish') client.finish();
        else client.cut();
        await office.quiet();
        client.cut();
        assert.equal(await office.count(), 2, `${how} after ${last} steps`);
      }
    }
    // The maildrop is free, the mailbox whole, and the next one is served to the end.
    const pop3 = await walk(office.services.pop3.port, POP3.slice(0, 5));
    assert.match(await pop3.ask('QUIT'), /^\+OK/);
    const smtp = await walk(office.services.smtp.port, SMTP);
    assert.match(await smtp.ask('.'), /^250 /);
    assert.equal(await office.count(), 3);
  });

test('S37 a client that vanishes between the final dot and the reply: the letter is there once or not at all', async (t) => {
  const office = await openWhole(t);
  let whole = 0;
  for (let round = 0; round < 20; round += 1) {
    const client = await walk(office.services.smtp.port, SMTP);
    client.send('.\r\n');
    if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
    client.cut();
    await office.quiet();
    const now = await office.count();
    assert.ok(now === whole || now === whole + 1, `${now} after ${whole}`);
    whole = now;
  }
  const check = await office.mailstore.check();
  assert.deepEqual(check.problems, []);
});

test('P16 a lost connection in UPDATE removes all that was marked or nothing', async (t) => {
  const office = await openWhole(t);
  for (let n = 1; n <= 20; n += 1) await put(office.mailstore, office.box, letterText(n));
  let left = 20;
  for (let round = 0; round < 6 && left >= 2; round += 1) {
    const client = await walk(office.services.pop3.port, POP3);
    client.send('QUIT\r\n');
    if (round % 2) await new Promise((resolve) => setImmediate(resolve));
    client.cut();
    await office.quiet();
    const now = await office.count();
    assert.ok(now === left || now === left - 2, `${now} of ${left}`);
    left = now;
  }
});

test('the clock stepped by a day, either way: sessions go on, bans end, letters keep their order', async (t) => {
  const clock = new ManualClock();
  const office = await openWhole(t, { clock });
  const imap = await walk(office.services.imap.port, IMAP.slice(0, 3));
  const ask = async (text: string) => {
    imap.send(`x ${text}\r\n`);
    return imap.until((held) =>
      /^x (OK|NO|BAD) [^\r\n]*\r\n$/m.test(held) && held.endsWith('\r\n') ? held.length : 0,
    );
  };
  const smtp = await walk(office.services.smtp.port, SMTP.slice(0, 2));
  const send = async (n: number) => {
    for (const [say, answer] of SMTP.slice(2, 5)) {
      smtp.send(say);
      await smtp.until((text) => (answer.test(text) ? text.length : 0));
    }
    assert.match(await smtp.ask(`Subject: step ${n}\r\n\r\nx\r\n.`), /^250 /);
  };
  const seen: number[] = [];
  let modseq = 0;
  for (const [n, step] of [0, DAY, -2 * DAY, DAY, -DAY].entries()) {
    clock.step(step);
    await send(n);
    assert.match(await ask('NOOP'), new RegExp(`^\\* ${n + 1} EXISTS`, 'm'), 'I22');
    const fetched = await ask(`FETCH ${n + 1} (UID INTERNALDATE MODSEQ)`);
    seen.push(Number(/UID (\d+)/.exec(fetched)![1]));
    const now = Number(/MODSEQ \((\d+)\)/.exec(fetched)![1]);
    assert.ok(now > modseq, 'I60 modseq comes from no clock');
    modseq = now;
    const pop3 = await walk(office.services.pop3.port, POP3.slice(0, 4));
    assert.match(await pop3.ask('QUIT'), /^\+OK/, `P8 the lock is free after a step of ${step}`);
    await until('POP3 has ended', () => office.services.pop3.sessions === 0);
  }
  assert.deepEqual(seen, [1, 2, 3, 4, 5], 'I32 UIDs ascend');
  assert.match(await ask('STATUS INBOX (MESSAGES UIDNEXT)'), /MESSAGES 5 UIDNEXT 6/);
  smtp.cut();
  imap.cut();
  // A clock that goes back a day must not make a ban of minutes one of a day, nor lock people out for it.
  for (const step of [DAY, -DAY]) {
    clock.step(step);
    const client = await LineClient.open(office.services.pop3.port);
    await client.line();
    await client.ask(`USER ${PETROV}`);
    assert.match(await client.ask(`PASS ${passwordOf('petrov')}`), /^\+OK/);
    client.cut();
    await office.quiet();
  }
  assert.deepEqual((await office.mailstore.check()).problems, []);
});
