/** What one address can do to the others: crowds, octets that never come, readers that never read. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { LineClient } from '../../kit/line-client.ts';
import {
  awkwardLetter,
  openPeersOffice,
  PASSWORDS,
  PETROV,
  type PeersOffice,
  until,
} from '../../kit/peers-office.ts';

const CROWD = 10_000;
const AT_ONCE = 400;
const MiB = 1024 * 1024;
/** A crowd, and everything that is asked of a guest, comes from here; people from 127.0.0.1. */
const CROWD_ADDRESS = '127.0.0.77';

const skip = existsSync('/proc/self/status') ? false : 'resident memory is read from /proc';

/** Octets of the office's process that are in memory. */
function resident(office: PeersOffice): number {
  const status = readFileSync(`/proc/${office.served.pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1024;
}

/** Open descriptors of the office's sockets are closed again when this says a small number. */
const sessions = async (office: PeersOffice) =>
  (await office.folder.json<{ sessions: number }>(['status'])).sessions;

async function open(t: TestContext, policy: Record<string, unknown> = {}): Promise<PeersOffice> {
  const office = await openPeersOffice({
    policy: {
      clearTextLoginFrom: ['127.0.0.0/8'],
      trustedNetworks: [],
      messagesPerMinute: 10_000,
      ...policy,
    },
  });
  t.after(() => office.close());
  return office;
}

async function signIn(office: PeersOffice, from = '127.0.0.1'): Promise<LineClient> {
  const client = await LineClient.open(office.port('imap'), { from });
  await client.line();
  assert.match(await client.ask(`a LOGIN ${PETROV} ${PASSWORDS[PETROV]}`), /^a OK/);
  return client;
}

async function answers(office: PeersOffice): Promise<void> {
  const imap = await signIn(office);
  imap.send('b SELECT INBOX\r\n');
  await imap.until((text) => (/^b OK [^\r\n]*\r\n/m.test(text) ? text.length : 0));
  imap.cut();
  const smtp = await LineClient.open(office.port('smtp'));
  assert.match(await smtp.line(), /^220 /);
  assert.match(await smtp.ask('HELO far.example'), /^250 /);
  assert.match(await smtp.ask('QUIT'), /^221 /);
}

test(`G13 ${CROWD} connections of one address, on each service: memory is bounded and the others are served`, {
  skip,
}, async (t) => {
  const office = await open(t);
  await answers(office);
  const before = resident(office);
  let most = 0;
  for (const name of ['smtp', 'imap', 'pop3', 'imaps'] as const) {
    const port = office.port(name);
    const sockets = new Set<Socket>();
    let refused = 0;
    const one = () =>
      new Promise<void>((done) => {
        const socket = connect({ port, host: '127.0.0.1', localAddress: CROWD_ADDRESS });
        sockets.add(socket);
        // Whoever is greeted stays and says nothing; the others have been told to go.
        socket.once('connect', () => name === 'imaps' && done());
        socket.once('data', (piece) => {
          if (/^(421|554|\* BYE|-ERR)/.test(piece.toString('latin1'))) refused += 1;
          done();
        });
        socket.once('error', () => done());
        socket.once('close', () => {
          sockets.delete(socket);
          done();
        });
      });
    for (let at = 0; at < CROWD / 4; at += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, CROWD / 4 - at) }, one));
      most = Math.max(most, resident(office));
    }
    if (name !== 'imaps') assert.ok(refused > CROWD / 4 - 100, `${name}: ${refused} refused`);
    await answers(office);
    for (const socket of sockets) socket.destroy();
  }
  const grown = (most - before) / MiB;
  t.diagnostic(`grew by ${grown.toFixed(0)} MB`);
  assert.ok(grown < 150, `${grown.toFixed(0)} MB`);
  // The limit counts sessions that are there, not those that were.
  await until('the crowd has gone', async () => (await sessions(office)) < 5);
  (await signIn(office, CROWD_ADDRESS)).cut();
});

test('I2 I39 I72 literals that never come cost no memory, before login and after it', { skip }, async (t) => {
  const office = await open(t, { sessionsPerAddress: 200, sessionsPerPerson: 200, maxMessageMiB: 50 });
  await answers(office);
  const before = resident(office);
  const waiting: LineClient[] = [];
  for (let n = 0; n < 60; n += 1) {
    const client = await signIn(office, CROWD_ADDRESS);
    client.send(`b APPEND INBOX {${50 * MiB - 1}}\r\n`);
    assert.match(await client.line(), /^\+ /);
    client.send('Subject: it never comes\r\n');
    waiting.push(client);
  }
  const guests: LineClient[] = [];
  for (let n = 0; n < 60; n += 1) {
    const guest = await LineClient.open(office.port('imap'), { from: CROWD_ADDRESS });
    await guest.line();
    guest.send('a LOGIN {4000}\r\n');
    assert.match(await guest.line(), /^\+ /);
    guests.push(guest);
  }
  await answers(office);
  const grown = (resident(office) - before) / MiB;
  t.diagnostic(`grew by ${grown.toFixed(0)} MB`);
  assert.ok(grown < 100, `${grown.toFixed(0)} MB for what 120 clients announced`);
  for (const client of [...waiting, ...guests]) client.cut();
  await until('sessions have ended', async () => (await sessions(office)) === 0);
  assert.deepEqual(await office.letters(PETROV, 'INBOX'), [], 'nothing of them was stored');
});

test('S24 I2 a message of 2 GB, announced and not announced', { skip }, async (t) => {
  const office = await open(t, { maxMessageMiB: 1 });
  await answers(office);
  const before = resident(office);
  const size = 2 * 1024 * MiB;
  const imap = await signIn(office);
  assert.match(await imap.ask(`b APPEND INBOX {${size}}`), /^b NO \[TOOBIG\]/);
  imap.send(`c APPEND INBOX {${size}+}\r\n`);
  const said = await imap.closed();
  assert.match(said, /\[TOOBIG\]/);

  const smtp = await LineClient.open(office.port('smtp'));
  await smtp.line();
  smtp.send('EHLO far.example\r\n');
  await smtp.until((text) => (/^250 [^\r\n]*\r\n/m.test(text) ? text.length : 0));
  assert.match(await smtp.ask(`MAIL FROM:<a@far.example> SIZE=${size}`), /^552 5\.3\.4/);
  assert.match(await smtp.ask('MAIL FROM:<a@far.example>'), /^250 /);
  assert.match(await smtp.ask(`RCPT TO:<${PETROV}>`), /^250 /);
  assert.match(await smtp.ask('DATA'), /^354 /);
  const line = `${'x'.repeat(76)}\r\n`.repeat(1000);
  let sent = 0;
  let most = 0;
  // Cut at twice the limit, long before the 2 GB are through.
  while (!smtp.ended && sent < 200 * MiB) {
    smtp.send(line);
    sent += line.length;
    most = Math.max(most, resident(office));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(smtp.ended, `${sent} octets were taken`);
  const grown = (most - before) / MiB;
  assert.ok(grown < 100, `${grown.toFixed(0)} MB`);
  await answers(office);
  assert.deepEqual(await office.letters(PETROV, 'INBOX'), []);
});

test('G3 I73 readers that do not read hold a bounded piece of what they asked for; the others are served', {
  skip,
}, async (t) => {
  const office = await open(t, { sessionsPerAddress: 100, sessionsPerPerson: 100 });
  const letter = awkwardLetter({ body: `${'x'.repeat(76)}\r\n`.repeat(130_000) });
  await office.put(PETROV, 'INBOX', [letter, letter, letter, letter]);
  await answers(office);
  const before = resident(office);
  const sockets: Socket[] = [];
  for (let n = 0; n < 30; n += 1) {
    const socket = connect({ port: office.port('imap'), host: '127.0.0.1', localAddress: CROWD_ADDRESS });
    sockets.push(socket);
    await new Promise<void>((told) => {
      let held = '';
      socket.on('data', (piece) => {
        held += piece.toString('latin1');
        if (!/^b OK/m.test(held)) return;
        socket.removeAllListeners('data');
        socket.pause();
        told();
      });
      socket.write(`a LOGIN ${PETROV} ${PASSWORDS[PETROV]}\r\nb SELECT INBOX\r\n`);
    });
    // 30 sessions ask for 40 MB each.
    socket.write('c FETCH 1:* BODY.PEEK[]\r\n');
  }
  let most = 0;
  for (let n = 0; n < 10; n += 1) {
    await answers(office);
    most = Math.max(most, resident(office));
  }
  const grown = (most - before) / MiB;
  t.diagnostic(`grew by ${grown.toFixed(0)} MB`);
  // 1,200 MB were asked for. Each holds what is on its way (I73), the piece behind it and the one being read.
  assert.ok(grown < 30 * 10, `${grown.toFixed(0)} MB`);
  // One of them begins to read, and has all of it.
  let octets = 0;
  await new Promise<void>((resolve) => {
    let tail = '';
    sockets[0]!.on('data', (piece) => {
      octets += piece.length;
      tail = (tail + piece.toString('latin1')).slice(-100);
      if (/\r\nc OK [^\r\n]*\r\n$/.test(tail)) resolve();
    });
    sockets[0]!.resume();
  });
  assert.ok(octets > 4 * letter.length, `${octets}`);
  for (const socket of sockets) socket.destroy();
  await until('sessions have ended', async () => (await sessions(office)) === 0);
});
