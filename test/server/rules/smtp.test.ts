import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { RELAY_TIMEOUTS } from '../../../main/server/queue/relay.ts';
import { LineClient } from '../../kit/line-client.ts';
import { openSmtpOffice, PETROV } from '../../kit/office-smtp.ts';

const LETTER = `From: <a@far.example>\r\nTo: <${PETROV}>\r\nSubject: Hello\r\n\r\nHello\r\n.`;

async function ehlo(client: LineClient): Promise<string[]> {
  client.send('EHLO a.b\r\n');
  const lines = [await client.line()];
  while (/^250-/.test(lines.at(-1)!)) lines.push(await client.line());
  return lines;
}

async function deliver(port: number): Promise<void> {
  const client = await LineClient.open(port);
  await client.line();
  await ehlo(client);
  for (const line of ['MAIL FROM:<a@far.example>', `RCPT TO:<${PETROV}>`, 'DATA', LETTER])
    assert.match(await client.ask(line), /^[23]/, line);
  assert.match(await client.ask('QUIT'), /^221/);
}

async function receivedBy(t: TestContext, reverse: (ip: string) => Promise<string[]>): Promise<string> {
  const office = await openSmtpOffice(t, { smtp: { reverse } });
  await deliver(office.smtp.port);
  const [letter = ''] = await office.letters(office.people.petrov);
  return /^Received: [\s\S]*?\r\n(?=\S)/m.exec(letter)?.[0] ?? '';
}

test('S56 the name of a peer’s address stands in the trace; without one, or with a bad one, mail comes in as well', async (t) => {
  assert.match(
    await receivedBy(t, async () => ['Mail.Far.Example.']),
    /\(mail\.far\.example \[127\.0\.0\.1\]\)/,
  );
  for (const reverse of [
    async () => [],
    async () => ['evil)\r\nX-Injected: 1'],
    async () => Promise.reject(new Error('SERVFAIL')),
    // Nobody ever answers: the letter does not wait for it.
    () => new Promise<string[]>(() => {}),
  ])
    assert.match(await receivedBy(t, reverse), /\(\[127\.0\.0\.1\]\)/);
});

test('S41 REQUIRETLS is neither listed nor taken: the relay cannot promise it', async (t) => {
  const office = await openSmtpOffice(t);
  const client = await LineClient.open(office.smtp.port);
  await client.line();
  assert.doesNotMatch((await ehlo(client)).join('\n'), /REQUIRETLS/i);
  assert.match(await client.ask(`MAIL FROM:<a@far.example> REQUIRETLS`), /^555 5\.5\.4/);
  client.cut();
});

test('S65 the relay waits as long as the RFC asks, and a server that is silent for longer is tried again', async (t) => {
  // RFC 5321 section 4.5.3.2: greeting, MAIL and RCPT five minutes, the final dot ten.
  assert.ok(RELAY_TIMEOUTS.setup >= 5 * 60_000);
  assert.ok(RELAY_TIMEOUTS.idle >= 10 * 60_000);
  const silent = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready));
  t.after(() => silent.close());
  const { port } = silent.address() as { port: number };
  const smarthost = { host: '127.0.0.1', port, security: 'none', user: '', password: '' } as const;
  const office = await openSmtpOffice(t, {
    relay: { mode: 'smarthost', smarthost, routes: new Map() },
    relayTimeouts: { setup: 200, idle: 200 },
  });
  const client = await office.talk('trusted');
  await client.ask('EHLO a.b');
  for (const line of [`MAIL FROM:<${PETROV}>`, 'RCPT TO:<a@far.example>', 'DATA', LETTER])
    assert.match(await client.ask(line), /^[23]/, line);
  const end = Date.now() + 20_000;
  for (;;) {
    const { entries } = await office.queue.list({ from: 0, count: 10 });
    const [recipient] = entries[0]?.recipients ?? [];
    if (recipient?.state === 'waiting' && recipient.attempts === 1) break;
    assert.ok(Date.now() < end, `never tried: ${JSON.stringify(entries)}`);
    await new Promise((again) => setTimeout(again, 10));
  }
});
