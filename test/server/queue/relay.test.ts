import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readContent } from '../../../main/mail/content.ts';
import { readReport } from '../../../main/mail/dsn.ts';
import { readMessage } from '../../../main/mail/letter.ts';
import type { Dns } from '../../../main/net/dns.ts';
import type { Notify, QueueEntry } from '../../../main/server/queue/queue.ts';
import { SCHEDULE } from '../../../main/server/queue/schedule.ts';
import {
  NO_DNS,
  OFFICE_DOMAIN,
  openTestOffice,
  type TestOffice,
  type TestOfficeOptions,
} from '../../kit/office.ts';
import { prepare } from '../../kit/office-mailstore.ts';
import { type KitSmtpOptions, type KitSmtpServer, startSmtpServer } from '../../kit/smtp-server.ts';

type Ends = { after(action: () => unknown): void };

const SENDER = `petrov@${OFFICE_DOMAIN}`;
const LETTER = `Message-ID: <one@${OFFICE_DOMAIN}>\r\nFrom: ${SENDER}\r\nTo: a@far.example\r\nSubject: Смета\r\n\r\n.dot first\r\ntext\r\n`;

/** An office whose smarthost is a real SMTP server on loopback. */
async function relayOffice(t: Ends, kit: KitSmtpOptions = {}, options: TestOfficeOptions = {}) {
  const remote = await startSmtpServer(kit);
  t.after(() => remote.close());
  const smarthost = {
    host: '127.0.0.1',
    port: remote.port,
    security: 'none' as const,
    user: '',
    password: '',
  };
  const office = await openTestOffice(t, {
    people: ['petrov', 'sirmov'],
    relay: { mode: 'smarthost', smarthost, routes: new Map() },
    ...options,
  });
  return { office, remote };
}

interface Sending {
  readonly to: readonly string[];
  readonly sender?: string;
  readonly letter?: string;
  readonly notify?: readonly Notify[];
  readonly recipient?: string;
  readonly queueId?: string;
}

let serial = 0;

async function send(
  office: TestOffice,
  { to, sender = SENDER, letter = LETTER, notify = [], recipient, queueId }: Sending,
): Promise<string> {
  serial += 1;
  const id = queueId ?? `q${serial}`;
  const returnPath = `Return-Path: <${sender}>\r\n`;
  const message = await prepare(office.mailstore, returnPath + letter);
  const accepted = await office.queue.accept({
    message,
    skip: returnPath.length,
    envelope: { sender, envelopeId: 'env-1', return: null, smtpUtf8: false },
    local: [],
    remote: to.map((address) => ({
      recipient: recipient ?? address,
      address,
      notify,
      originalRecipient: null,
    })),
    queueId: id,
    personId: null,
    idempotent: false,
    session: 'test',
  });
  return accepted.queueId;
}

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never: ${what}`);
}

const gone = (office: TestOffice, queueId: string) =>
  until(`${queueId} has left the queue`, async () => ((await office.queue.show(queueId)) ? undefined : true));
const waiting = (office: TestOffice, queueId: string) =>
  until(`${queueId} waits`, async (): Promise<QueueEntry | undefined> => {
    const entry = await office.queue.show(queueId);
    return entry?.recipients.every((each) => each.state === 'waiting' && each.attempts > 0)
      ? entry
      : undefined;
  });

/** The letters of a person's inbox, as text. */
async function inbox(office: TestOffice, local: string): Promise<Uint8Array[]> {
  const person = (await office.context.directory.personByAddress(`${local}@${OFFICE_DOMAIN}`))!;
  const id = await office.inbox(person);
  const found: Uint8Array[] = [];
  for (const [first, last] of (await office.mailstore.open(id, false)).uids) {
    for (let uid = first; uid <= last; uid += 1) {
      const letter = (await office.mailstore.letter(id, uid))!;
      found.push(await letter.read(0, letter.size));
    }
  }
  return found;
}
const reportTo = (office: TestOffice, local = 'petrov', count = 1) =>
  until('a report', async () => {
    const letters = await inbox(office, local);
    return letters.length >= count ? letters.at(-1) : undefined;
  });

async function steps(office: TestOffice, queueId: string): Promise<string[]> {
  return (await office.queue.trace({ queueId })).map((each) => each.step);
}

test('S60 S64 a letter goes out byte for byte, without our Return-Path, once for all recipients', async (t) => {
  const { office, remote } = await relayOffice(t);
  const id = await send(office, { to: ['a@far.example', 'b@near.example'] });
  await gone(office, id);
  assert.equal(remote.received.length, 1);
  const [letter] = remote.received;
  assert.equal(letter!.bytes.toString(), LETTER);
  assert.equal(letter!.from, SENDER);
  assert.deepEqual(letter!.to, ['a@far.example', 'b@near.example']);
  assert.deepEqual(await steps(office, id), ['accepted', 'queued', 'queued', 'relayed', 'relayed']);
  assert.equal((await inbox(office, 'petrov')).length, 0, 'nobody is told');
});

test('S67 each recipient keeps its own answer: taken, later, never', async (t) => {
  const { office, remote } = await relayOffice(t);
  remote.behaviour = {
    recipient: (address) =>
      address.startsWith('never')
        ? { code: 550, text: '5.1.1 no such person' }
        : address.startsWith('later')
          ? { code: 451, text: '4.7.1 greylisted' }
          : undefined,
  };
  const before = Date.now();
  const id = await send(office, { to: ['ok@far.example', 'never@far.example', 'later@far.example'] });
  const entry = await until('settled', async () => {
    const found = await office.queue.show(id);
    return found?.recipients.every((each) => each.state !== 'sending' && each.attempts > 0)
      ? found
      : undefined;
  });
  assert.deepEqual(
    entry.recipients.map((each) => each.state),
    ['done', 'failed', 'waiting'],
  );
  assert.match(entry.recipients[1]!.lastReply, /5\.1\.1 no such person/);
  const wait = entry.recipients[2]!.nextAttempt! - before;
  assert.ok(wait >= 14 * 60_000 && wait <= 16 * 60_000, `greylisted: ${wait} ms`);
  const report = readReport(await reportTo(office), readMessage(await reportTo(office)))!;
  assert.equal(report.recipients.length, 1);
  assert.equal(report.recipients[0]!.action, 'failed');
  assert.equal(report.recipients[0]!.status, '5.1.1');
  remote.behaviour = {};
  assert.equal(await office.queue.retry(id), 1);
  await gone(office, id);
  assert.deepEqual(
    remote.received.map((each) => each.to),
    [['ok@far.example'], ['later@far.example']],
  );
});

test('S70 a report: from nobody, about the letter, with its whole original', async (t) => {
  const { office, remote } = await relayOffice(t);
  remote.behaviour = { recipient: () => ({ code: 550, text: '5.1.1 никого' }) };
  await send(office, { to: ['a@far.example'] });
  const bytes = await reportTo(office);
  const text = Buffer.from(bytes).toString();
  const message = readMessage(bytes);
  assert.match(text, /^Return-Path: <>\r\n/);
  assert.equal(message.from[0]?.address, `MAILER-DAEMON@${OFFICE_DOMAIN}`);
  assert.match(message.subject, /Undelivered mail: Смета$/);
  assert.match(text, /\r\nAuto-Submitted: auto-replied\r\n/);
  assert.ok(text.includes(`\r\nReferences: <one@${OFFICE_DOMAIN}>\r\n`), 'it joins the conversation');
  assert.match(text, /\r\nSubject: [^\r]{1,76}\r\n(?: [^\r]{1,76}\r\n)+Date: /, 'RFC 2047 section 2');
  const report = readReport(bytes, message)!;
  assert.equal(report.reportingMta, OFFICE_DOMAIN);
  assert.equal(report.originalMessageId, `<one@${OFFICE_DOMAIN}>`.replace(/[<>]/g, ''));
  assert.equal(report.recipients[0]!.finalAddress, 'a@far.example');
  assert.equal(report.recipients[0]!.remoteMta, '127.0.0.1');
  assert.match(text, /\r\nOriginal-Envelope-Id: env-1\r\n/);
  assert.ok(text.includes(`\r\n\r\n${LETTER}\r\n--`), 'the original, octet for octet');
  assert.match(readContent(bytes, message).text ?? '', /a@far\.example/);
});

test('S71 nothing about a letter without a sender, nothing for NOTIFY=NEVER', async (t) => {
  const { office, remote } = await relayOffice(t);
  remote.behaviour = { recipient: () => ({ code: 550, text: '5.1.1 nobody' }) };
  await gone(office, await send(office, { to: ['a@far.example'], sender: '' }));
  await gone(office, await send(office, { to: ['a@far.example'], notify: ['never'] }));
  assert.equal((await inbox(office, 'petrov')).length, 0);
});

test('S72 success is told as relayed by a host without DSN, and passed on to one with it', async (t) => {
  const { office, remote } = await relayOffice(t, { server: { hideDSN: true } });
  await gone(office, await send(office, { to: ['a@far.example'], notify: ['success'] }));
  const report = readReport(await reportTo(office), readMessage(await reportTo(office)))!;
  assert.equal(report.recipients[0]!.action, 'relayed');
  assert.deepEqual(remote.received[0]!.notify, [[]]);
  const capable = await relayOffice(t);
  await gone(
    capable.office,
    await send(capable.office, { to: ['a@far.example'], notify: ['success', 'failure'] }),
  );
  assert.deepEqual(capable.remote.received[0]!.notify, [['SUCCESS', 'FAILURE']]);
  assert.equal(capable.remote.received[0]!.parameters['ENVID'], 'env-1');
  assert.equal((await inbox(capable.office, 'petrov')).length, 0);
});

test('S63 a destination that is down keeps the letter; a late one is told once, then given up', async (t) => {
  const { office, remote } = await relayOffice(
    t,
    {},
    {
      schedule: { ...SCHEDULE, stepsMs: [40], greylistMs: 40, warnAfterMs: 100, giveUpAfterMs: 600 },
    },
  );
  await remote.close();
  const id = await send(office, { to: ['a@far.example'] });
  await gone(office, id);
  const letters = await until('both reports', async () => {
    const found = await inbox(office, 'petrov');
    return found.length >= 2 ? found : undefined;
  });
  const actions = letters.map((bytes) => readReport(bytes, readMessage(bytes))!.recipients[0]!);
  assert.deepEqual(
    actions.map((each) => each.action),
    ['delayed', 'failed'],
  );
  assert.equal(actions[1]!.status, '5.4.7');
  assert.ok((await steps(office, id)).filter((each) => each === 'deferred').length >= 2);
});

for (const cut of ['before-dot', 'at-dot', 'after-dot'] as const) {
  test(`S66 a line cut ${cut}: the letter is kept and goes out again`, async (t) => {
    const { office, remote } = await relayOffice(t);
    remote.behaviour = { cut };
    const before = Date.now();
    const id = await send(office, { to: ['a@far.example'] });
    const entry = await waiting(office, id);
    const wait = entry.recipients[0]!.nextAttempt! - before;
    assert.ok(wait >= 30 * 60_000, `at least half an hour: ${wait}`);
    remote.behaviour = {};
    await office.queue.retry();
    await gone(office, id);
    // RFC 5321 prefers two copies to none: only a letter that was taken and not confirmed comes twice.
    assert.equal(remote.received.length, cut === 'after-dot' ? 2 : 1);
  });
}

test('S60 a sender that dies gives its letters back at the next start', async (t) => {
  const { office, remote } = await relayOffice(t);
  let release = () => {};
  remote.behaviour = { hold: () => new Promise((resolve) => (release = resolve)) };
  const id = await send(office, { to: ['a@far.example'] });
  await until('it is being sent', async () =>
    (await office.queue.show(id))?.recipients[0]?.state === 'sending' ? true : undefined,
  );
  // What a crash leaves behind: nobody settles, the next process recovers.
  const recovered = await office.store.write('queue.recover', {
    now: Date.now(),
    ambiguousMs: 1_800_000,
    all: true,
  });
  assert.equal(recovered, 1);
  const entry = (await office.queue.show(id))!;
  assert.equal(entry.recipients[0]!.state, 'waiting');
  release();
});

test('S69 S23 what a host cannot carry is said with its code', async (t) => {
  const { office } = await relayOffice(t, { server: { hide8BITMIME: true } });
  const eightBit = LETTER.replace('Смета', 'x').replace('text', 'текст');
  await gone(office, await send(office, { to: ['a@far.example'], letter: eightBit }));
  const first = readReport(await reportTo(office), readMessage(await reportTo(office)))!;
  assert.equal(first.recipients[0]!.status, '5.6.3');
  const long = LETTER.replace('Смета', 'x').replace('text', 'x'.repeat(2000));
  await gone(office, await send(office, { to: ['a@far.example'], letter: long }));
  const bytes = await reportTo(office, 'petrov', 2);
  assert.equal(readReport(bytes, readMessage(bytes))!.recipients[0]!.status, '5.6.0');
});

test('S36 an alias that leads outside says so in Delivered-To', async (t) => {
  const { office, remote } = await relayOffice(t);
  await gone(office, await send(office, { to: ['home@far.example'], recipient: `sales@${OFFICE_DOMAIN}` }));
  assert.equal(remote.received[0]!.bytes.toString(), `Delivered-To: sales@${OFFICE_DOMAIN}\r\n${LETTER}`);
});

test('S61 S68 MX delivery: the second host when the first is down, TLS where it is offered', async (t) => {
  const remote: KitSmtpServer = await startSmtpServer({ security: 'starttls' });
  t.after(() => remote.close());
  const dns: Dns = {
    ...NO_DNS,
    mx: async () => [
      { exchange: 'down.far.example', priority: 5 },
      { exchange: 'mail.far.example', priority: 10 },
    ],
    addresses: async (host) => (host === 'mail.far.example' ? ['127.0.0.1'] : ['127.0.0.99']),
  };
  const office = await openTestOffice(t, {
    people: ['petrov'],
    relay: { mode: 'mx', smarthost: null, routes: new Map() },
    dns,
    mxPort: remote.port,
  });
  await gone(office, await send(office, { to: ['a@far.example'] }));
  assert.equal(remote.received.length, 1);
  assert.equal(remote.received[0]!.secure, true);
  const step = (await office.queue.trace({ person: 'a@far.example' })).find(
    (each) => each.step === 'relayed',
  )!;
  assert.match(step.text, /^mail\.far\.example /);
});

test('S61 a domain that takes no mail fails at once', async (t) => {
  const dns: Dns = { ...NO_DNS, mx: async () => [{ exchange: '', priority: 0 }] };
  const relay = { mode: 'mx' as const, smarthost: null, routes: new Map() };
  const office = await openTestOffice(t, { people: ['petrov'], relay, dns });
  await gone(office, await send(office, { to: ['a@nomail.example'] }));
  const bytes = await reportTo(office);
  assert.equal(readReport(bytes, readMessage(bytes))!.recipients[0]!.status, '5.1.10');
});

test('S68 a smarthost is signed in to over TLS, and a certificate nobody vouches for stops it', async (t) => {
  const remote = await startSmtpServer({ security: 'starttls', user: 'office', password: 'relay secret' });
  t.after(() => remote.close());
  const smarthost = {
    host: '127.0.0.1',
    port: remote.port,
    security: 'starttls' as const,
    user: 'office',
    password: 'relay secret',
  };
  const office = await openTestOffice(t, {
    people: ['petrov'],
    relay: { mode: 'smarthost', smarthost, routes: new Map() },
  });
  const id = await send(office, { to: ['a@far.example'] });
  await waiting(office, id);
  assert.equal(remote.received.length, 0);
  assert.deepEqual(remote.signIns, [], 'no password before the certificate is judged');
});

test('held letters wait until they are released; a deleted one is gone', async (t) => {
  const { office, remote } = await relayOffice(
    t,
    {},
    { relay: { mode: 'none', smarthost: null, routes: new Map() } },
  );
  const id = await send(office, { to: ['a@far.example'] });
  await waiting(office, id);
  assert.equal(await office.queue.hold(id, true), true);
  office.relay = {
    mode: 'smarthost',
    smarthost: { host: '127.0.0.1', port: remote.port, security: 'none', user: '', password: '' },
    routes: new Map(),
  };
  assert.equal(await office.queue.retry(id), 0, 'a held letter is not tried');
  assert.equal((await office.queue.show(id))!.recipients[0]!.state, 'held');
  await office.queue.hold(id, false);
  assert.equal(await office.queue.flush('FAR.example'), 1);
  await gone(office, id);
  assert.equal(remote.received.length, 1);
  office.relay = { mode: 'none', smarthost: null, routes: new Map() };
  const second = await send(office, { to: ['a@far.example'] });
  await waiting(office, second);
  assert.equal(await office.queue.remove(second), true);
  assert.equal(await office.queue.remove(second), false);
  assert.equal((await office.queue.list()).total, 0);
  assert.equal((await steps(office, second)).at(-1), 'deleted');
  assert.equal(await office.queue.hold('nonsense', true), false);
});

test('S64 many letters to one place use two connections at a time', async (t) => {
  const { office, remote } = await relayOffice(t);
  let open = 0;
  let most = 0;
  remote.behaviour = {
    async hold() {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open -= 1;
    },
  };
  await Promise.all(Array.from({ length: 30 }, (_, n) => send(office, { to: [`a${n}@far.example`] })));
  await until('all are out', async () => ((await office.queue.counts()).letters === 0 ? true : undefined));
  assert.equal(remote.received.length, 30);
  assert.ok(most <= 2, `${most} at once`);
});
