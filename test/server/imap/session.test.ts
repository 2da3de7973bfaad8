import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { ManualClock } from '../../../main/base/clock.ts';
import {
  IMAP_BADS,
  IMAP_BADS_BEFORE_LOGIN,
  IMAP_IDLE_MS,
  IMAP_INPROGRESS_MS,
  IMAP_LITERAL_BEFORE_LOGIN,
  IMAP_LITERALS_BYTES,
  IMAP_LOGIN_MS,
  IMAP_STILL_HERE_MS,
  IMAP_SWALLOWED_BYTES,
  PIPELINE_BYTES,
} from '../../../main/base/limits.ts';
import { createLog } from '../../../main/base/log.ts';
import { startMechanism } from '../../../main/net/sasl.ts';
import type { OfficeContext } from '../../../main/server/context.ts';
import { openImap } from '../../../main/server/imap/imap.ts';
import { memorySession } from '../../kit/imap-peer.ts';
import { OFFICE_DOMAIN, openTestOffice, passwordOf, type TestOffice } from '../../kit/office.ts';
import { connectImap, ImapClient, openImapOffice } from '../../kit/office-imap.ts';
import { type Ends, letterText, put } from '../../kit/office-mailstore.ts';

const LOGIN = `LOGIN petrov@${OFFICE_DOMAIN} ${passwordOf('petrov')}`;
const NO_CLEAR_TEXT = { guard: { clearTextLoginFrom: [] } };

async function signedIn(office: TestOffice) {
  const made = await memorySession(office.context);
  made.say(`l ${LOGIN}\r\n`);
  await made.peer.until(/l OK [^\r\n]*\r\n/);
  return made;
}

/** The office with another answer to "how much room is left". */
function withQuota(office: TestOffice, quota: OfficeContext['mailstore']['quota']): OfficeContext {
  const mailstore = new Proxy(office.mailstore, {
    get(target, name) {
      if (name === 'quota') return quota;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...office.context, mailstore };
}

async function quietOffice(t: Ends, options: Parameters<typeof openTestOffice>[1] = {}) {
  return openTestOffice(t, { people: ['petrov'], ...options });
}

test('I1 every command ends with one tagged answer; no tag is * BAD; an empty line is ignored', async (t) => {
  const office = await quietOffice(t);
  const { peer, say } = await signedIn(office);
  say(
    '\r\na1 NOOP\r\na2 NOOP now\r\na3 XYZZY\r\na4\r\na5 \r\n+ NOOP\r\n"q" NOOP\r\na6 UID\r\na7 UID NOOP\r\na8 NOOP\r\n',
  );
  const lines = (await peer.until(/a8 [^\r\n]*\r\n/)).trimEnd().split('\r\n');
  assert.deepEqual(
    lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['a1 OK', 'a2 BAD', 'a3 BAD', 'a4 BAD', 'a5 BAD', '* BAD', '* BAD', 'a6 BAD', 'a7 BAD', 'a8 OK'],
  );
  // Rule I3: never a status without a text.
  for (const line of lines) assert.match(line, /^\S+ (OK|BAD) \S/);
});

test('I1 10 BADs in a row before login end the session, 50 after it; an OK between begins anew', async (t) => {
  const office = await quietOffice(t);
  const before = await memorySession(office.context);
  const bads = (count: number) => Array.from({ length: count }, (_, n) => `b${n} NOOP x\r\n`).join('');
  before.say(`${bads(IMAP_BADS_BEFORE_LOGIN - 1)}c NOOP\r\n${bads(IMAP_BADS_BEFORE_LOGIN - 1)}`);
  await before.peer.until(/c OK [^\r\n]*\r\n/);
  await before.peer.until(/b8 BAD [^\r\n]*\r\n/);
  assert.ok(!before.peer.closed);
  before.say('d NOOP x\r\n');
  await before.peer.until(/d BAD [^\r\n]*\r\n\* BYE [^\r\n]+\r\n/);
  assert.ok(before.peer.closed);
  const after = await signedIn(office);
  after.say(bads(IMAP_BADS - 1));
  await after.peer.until(/b48 BAD [^\r\n]*\r\n/);
  assert.ok(!after.peer.closed);
  after.say('d NOOP x\r\n');
  await after.peer.until(/d BAD [^\r\n]*\r\n\* BYE /);
});

test('I2 sizes are checked before +: a refused literal that waits is never read', async (t) => {
  const office = await quietOffice(t);
  const { peer, say } = await memorySession(office.context);
  say(`a1 LOGIN {${IMAP_LITERAL_BEFORE_LOGIN + 1}}\r\n`);
  assert.match(await peer.until(/a1 [^\r\n]*\r\n/), /^a1 BAD \[TOOBIG\] /);
  say('a2 NOOP\r\n');
  assert.match(await peer.until(/a2 [^\r\n]*\r\n/), /^a2 OK /);
  // One that does not wait is swallowed, the rest of its line too.
  say(
    `a3 LOGIN {${IMAP_LITERAL_BEFORE_LOGIN + 1}+}\r\n${'x'.repeat(IMAP_LITERAL_BEFORE_LOGIN + 1)} {3+}\r\nabc\r\na4 NOOP\r\n`,
  );
  assert.match(await peer.until(/a4 [^\r\n]*\r\n/), /^a3 BAD \[TOOBIG\] [^\r\n]+\r\na4 OK /);
  // An unknown command asks for nothing.
  say('a5 XYZZY {3}\r\na6 NOOP\r\n');
  assert.match(await peer.until(/a6 [^\r\n]*\r\n/), /^a5 BAD [^\r\n]+\r\na6 OK /);
  say(`a7 LOGIN {${IMAP_SWALLOWED_BYTES + 1}+}\r\n`);
  assert.match(await peer.until(/\* BYE [^\r\n]*\r\n/), /^\* BYE \[TOOBIG\] /);
});

test('I2 literals work anywhere, with + and without, also empty ones; + has a text', async (t) => {
  const office = await quietOffice(t);
  const { peer, say } = await memorySession(office.context);
  const user = `petrov@${OFFICE_DOMAIN}`;
  say(`a1 LOGIN {${user.length}}\r\n`);
  assert.match(await peer.until(/\r\n/), /^\+ \S.*\r\n$/);
  say(`${user} {${passwordOf('petrov').length}+}\r\n${passwordOf('petrov')}\r\n`);
  assert.match(await peer.until(/a1 [^\r\n]*\r\n/), /^a1 OK \[CAPABILITY /);
  say('a2 LIST {0}\r\n');
  await peer.until(/\+ [^\r\n]+\r\n/);
  say(' {1}\r\n');
  await peer.until(/\+ [^\r\n]+\r\n/);
  say('*\r\n');
  assert.match(await peer.until(/a2 [^\r\n]*\r\n/), /\* LIST \(\\HasNoChildren\) "\/" INBOX\r\n/);
});

test('I4 a bare LF and NUL are BAD, and the end', async (t) => {
  const office = await quietOffice(t);
  for (const broken of ['a1 NOOP\na2 NOOP\r\n', 'a1 NO\0OP\r\n']) {
    const { peer, say } = await memorySession(office.context);
    say(broken);
    await peer.until(/^a1 BAD [^\r\n]+\r\n\* BYE [^\r\n]+\r\n$/);
    assert.ok(peer.closed);
  }
});

test('I5 commands in the wrong state are BAD', async (t) => {
  const office = await quietOffice(t);
  const before = await memorySession(office.context);
  const later = [
    'SELECT INBOX',
    'LIST "" *',
    'IDLE',
    'ENABLE CONDSTORE',
    'FETCH 1 FLAGS',
    'CLOSE',
    'APPEND INBOX {3}',
    'STATUS INBOX (MESSAGES)',
  ];
  for (const command of later) {
    before.say(`a1 ${command}\r\n`);
    assert.match(await before.peer.until(/a1 [^\r\n]*\r\n/), /^a1 BAD /, command);
    before.say('a NOOP\r\n');
    await before.peer.until(/a OK [^\r\n]*\r\n/);
  }
  const after = await signedIn(office);
  for (const command of [
    LOGIN,
    'AUTHENTICATE PLAIN',
    'STARTTLS',
    'CLOSE',
    'UNSELECT',
    'CHECK',
    'FETCH 1 FLAGS',
    'STORE 1 FLAGS ()',
    'EXPUNGE',
  ]) {
    after.say(`a1 ${command}\r\n`);
    assert.match(await after.peer.until(/a1 [^\r\n]*\r\n/), /^a1 BAD /, command);
  }
});

test('I6 LOGOUT: BYE, tagged OK, closed; what follows is not run', async (t) => {
  const office = await quietOffice(t);
  const { peer, say } = await signedIn(office);
  say('a1 LOGOUT\r\na2 NOOP\r\n');
  assert.equal(
    await peer.until(/a1 [^\r\n]*\r\n/),
    '* BYE IMAP4rev1 server terminating connection\r\na1 OK LOGOUT completed.\r\n',
  );
  assert.equal(peer.text, '');
  assert.ok(peer.closed);
});

test('I7 autologout: after 30 minutes of silence, before login after two', async (t) => {
  const clock = new ManualClock();
  const office = await quietOffice(t, { clock });
  const before = await memorySession(office.context);
  before.say('a1 NOOP\r\n');
  await before.peer.until(/a1 OK [^\r\n]*\r\n/);
  clock.advance(IMAP_LOGIN_MS - 1);
  assert.ok(!before.peer.closed);
  clock.advance(1);
  await before.peer.until(/\* BYE Autologout[^\r\n]*\r\n/);
  const after = await signedIn(office);
  clock.advance(IMAP_IDLE_MS - 1);
  after.say('a2 NOOP\r\n');
  await after.peer.until(/a2 OK [^\r\n]*\r\n/);
  clock.advance(IMAP_IDLE_MS - 1);
  assert.ok(!after.peer.closed);
  clock.advance(2000);
  await after.peer.until(/\* BYE Autologout[^\r\n]*\r\n/);
  assert.ok(after.peer.closed);
});

test('I7 I75 IDLE says now and then that it is there, and DONE resets the clock', async (t) => {
  const clock = new ManualClock();
  const office = await quietOffice(t, { clock });
  const { peer, say } = await signedIn(office);
  say('a1 IDLE\r\n');
  await peer.until(/\+ idling\r\n/);
  clock.advance(IMAP_STILL_HERE_MS);
  await peer.until(/^\* OK Still here\r\n$/);
  clock.advance(IMAP_IDLE_MS - IMAP_STILL_HERE_MS - 1);
  say('DONE\r\n');
  await peer.until(/a1 OK [^\r\n]*\r\n/);
  clock.advance(IMAP_IDLE_MS - 1);
  assert.ok(!peer.closed);
  say('a2 IDLE\r\n');
  await peer.until(/\+ idling\r\n/);
  clock.advance(IMAP_IDLE_MS + 1000);
  await peer.until(/\* BYE Autologout[^\r\n]*\r\n/);
});

test('I75 a command that takes long gives signs of life', async (t) => {
  const clock = new ManualClock();
  const office = await quietOffice(t, { clock });
  let answer = () => {};
  const slow = withQuota(office, () => {
    return new Promise((resolve) => {
      answer = () => resolve({ usedBytes: 0, limitBytes: null, messages: 0 });
    });
  });
  const { peer, say } = await memorySession(slow);
  say(`l ${LOGIN}\r\n`);
  await peer.until(/l OK [^\r\n]*\r\n/);
  say('a1 GETQUOTA ""\r\n');
  clock.advance(IMAP_INPROGRESS_MS);
  await peer.until(/^\* OK \[INPROGRESS \("a1" NIL NIL\)\] [^\r\n]+\r\n$/);
  clock.advance(IMAP_INPROGRESS_MS * 2);
  await peer.until(/\* OK \[INPROGRESS [^\r\n]+\r\n\* OK \[INPROGRESS [^\r\n]+\r\n/);
  answer();
  await peer.until(/a1 OK [^\r\n]*\r\n/);
  clock.advance(IMAP_INPROGRESS_MS * 2);
  assert.equal(peer.text, '');
});

test('I8 AUTHENTICATE PLAIN with and without initial response; * cancels; bad base64 is BAD', async (t) => {
  const office = await quietOffice(t);
  const plain = Buffer.from(`\0petrov@${OFFICE_DOMAIN}\0${passwordOf('petrov')}`).toString('base64');
  const first = await memorySession(office.context);
  first.say(`a1 AUTHENTICATE PLAIN ${plain}\r\n`);
  assert.match(await first.peer.until(/a1 [^\r\n]*\r\n/), /^a1 OK \[CAPABILITY [^\]]*LITERAL\+/);
  const second = await memorySession(office.context);
  second.say('a1 authenticate plain\r\n');
  assert.match(await second.peer.until(/\r\n/), /^\+ \r\n$/);
  second.say('*\r\n');
  await second.peer.until(/a1 BAD [^\r\n]*\r\n/);
  second.say('a2 AUTHENTICATE PLAIN =\r\n');
  assert.match(await second.peer.until(/a2 [^\r\n]*\r\n/), /^a2 (BAD|NO) /);
  second.say('a3 AUTHENTICATE PLAIN !!!!\r\n');
  await second.peer.until(/^a3 BAD [^\r\n]*\r\n/);
  second.say('a4 AUTHENTICATE KERBEROS_V4\r\n');
  await second.peer.until(/a4 NO [^\r\n]*\r\n/);
  second.say('a5 AUTHENTICATE PLAIN\r\n');
  await second.peer.until(/\+ \r\n/);
  second.say(`${plain}\r\n`);
  await second.peer.until(/a5 OK [^\r\n]*\r\n/);
});

test('I8 AUTHENTICATE SCRAM-SHA-256, proof of the server included', async (t) => {
  const office = await quietOffice(t, NO_CLEAR_TEXT);
  const { peer, say } = await memorySession(office.context);
  const mechanism = startMechanism('SCRAM-SHA-256', {
    user: `petrov@${OFFICE_DOMAIN}`,
    password: passwordOf('petrov'),
  });
  say(`a1 AUTHENTICATE SCRAM-SHA-256 ${Buffer.from(mechanism.initial!).toString('base64')}\r\n`);
  for (let turn = 0; turn < 2; turn += 1) {
    const challenge = /^\+ (\S+)\r\n$/.exec(await peer.until(/\r\n/))![1]!;
    const answer = await mechanism.answer(Buffer.from(challenge, 'base64').toString());
    say(`${Buffer.from(answer).toString('base64')}\r\n`);
  }
  await peer.until(/a1 OK \[CAPABILITY [^\r\n]*\r\n/);
  mechanism.finish();
});

test('I8 G6 G9 without TLS: LOGINDISABLED, PRIVACYREQUIRED; wrong name and password are one answer', async (t) => {
  const closed = await quietOffice(t, NO_CLEAR_TEXT);
  const { peer, say } = await memorySession(closed.context);
  say('a1 CAPABILITY\r\n');
  const capability = await peer.until(/a1 OK [^\r\n]*\r\n/);
  assert.match(capability, / LITERAL- .* LOGINDISABLED AUTH=SCRAM-SHA-256\r\n/);
  assert.doesNotMatch(capability, /PLAIN|AUTH=LOGIN|LITERAL\+/);
  say(`a2 ${LOGIN}\r\na3 AUTHENTICATE PLAIN AHgAeA==\r\n`);
  assert.match(
    await peer.until(/a3 [^\r\n]*\r\n/),
    /^a2 NO \[PRIVACYREQUIRED\] [^\r\n]+\r\na3 NO \[PRIVACYREQUIRED\] /,
  );
  const open = await quietOffice(t);
  const other = await memorySession(open.context);
  other.say('a1 LOGIN nobody wrong\r\n');
  const unknown = await other.peer.until(/a1 [^\r\n]*\r\n/);
  const another = await memorySession(open.context);
  another.say(`a1 LOGIN petrov@${OFFICE_DOMAIN} wrong\r\n`);
  assert.equal(await another.peer.until(/a1 [^\r\n]*\r\n/), unknown);
  assert.match(unknown, /^a1 NO \[AUTHENTICATIONFAILED\] /);
});

test('G5 STARTTLS: injected octets and everything known are forgotten, capabilities change', async (t) => {
  const office = await openImapOffice(t, NO_CLEAR_TEXT);
  const plain = await connectImap(t, office.imap.port);
  const before = await plain.ok('CAPABILITY');
  assert.match(before, / STARTTLS /);
  plain.send('s STARTTLS\r\nx NOOP\r\n');
  const answer = await plain.until(/s [^\r\n]*\r\n/);
  assert.match(answer, /^s OK /);
  plain.socket.removeAllListeners('data');
  const tls = connectTls({ socket: plain.socket, rejectUnauthorized: false, minVersion: 'TLSv1.2' });
  const secure = new ImapClient(tls as unknown as net.Socket);
  const capability = (await secure.command('CAPABILITY')).untagged;
  assert.doesNotMatch(capability, /STARTTLS|LOGINDISABLED|x OK/);
  assert.match(capability, / AUTH=SCRAM-SHA-256 AUTH=PLAIN/);
  assert.match((await secure.command('STARTTLS')).tagged, /^BAD /);
  assert.match((await secure.command(LOGIN)).tagged, /^OK \[CAPABILITY /);
});

test('G5 implicit TLS: greeted after the handshake, no STARTTLS; a plain-text client gets nothing', async (t) => {
  const office = await openTestOffice(t, { people: ['petrov'], ...NO_CLEAR_TEXT });
  const imaps = await openImap(office.context, { host: '127.0.0.1', port: 0, implicitTls: true });
  t.after(() => imaps.close(0));
  const socket = connectTls({ port: imaps.port, host: '127.0.0.1', rejectUnauthorized: false });
  t.after(() => socket.destroy());
  const client = new ImapClient(socket);
  const greeting = await client.until(/\* OK [^\r\n]*\r\n/);
  assert.match(greeting, /\[CAPABILITY IMAP4rev1 LITERAL- .*AUTH=PLAIN/);
  assert.doesNotMatch(greeting, /STARTTLS|LOGINDISABLED/);
  assert.match((await client.command(LOGIN)).tagged, /^OK \[CAPABILITY /);
  const plain = new ImapClient(net.connect(imaps.port, '127.0.0.1'));
  plain.send('a1 CAPABILITY\r\n');
  await assert.rejects(plain.until(/CAPABILITY/), /closed before/);
});

test('I9 ENABLE: before login BAD, unknown names ignored, only what became active is listed', async (t) => {
  const office = await quietOffice(t);
  const early = await memorySession(office.context);
  early.say('a1 ENABLE CONDSTORE\r\n');
  await early.peer.until(/a1 BAD [^\r\n]*\r\n/);
  const { peer, say, session } = await signedIn(office);
  say(
    'a1 ENABLE\r\na2 ENABLE FOO toString\r\na3 ENABLE qresync BAR UTF8=ACCEPT\r\na4 ENABLE QRESYNC CONDSTORE\r\n',
  );
  assert.equal(
    (await peer.until(/a4 OK [^\r\n]*\r\n/)).replace(/(BAD|OK) .*/g, '$1'),
    'a1 BAD\r\n* ENABLED\r\na2 OK\r\n* ENABLED QRESYNC UTF8=ACCEPT\r\na3 OK\r\n* ENABLED\r\na4 OK\r\n',
  );
  assert.ok(session.condstore && session.qresync && session.utf8);
});

test('I10 commands in one packet are answered in order; 500 of them, and one octet a packet', async (t) => {
  const office = await quietOffice(t);
  const { peer, say } = await signedIn(office);
  say(
    Array.from(
      { length: 500 },
      (_, n) => `t${n} ${n % 3 === 0 ? 'STATUS INBOX (MESSAGES)' : 'NOOP'}\r\n`,
    ).join(''),
  );
  const answers = (await peer.until(/t499 [^\r\n]*\r\n/)).match(/t\d+ OK/g);
  assert.deepEqual(
    answers,
    Array.from({ length: 500 }, (_, n) => `t${n} OK`),
  );
  for (const octet of Buffer.from('b1 NOOP\r\nb2 LIST "" {1+}\r\n*\r\n')) say(Uint8Array.of(octet));
  assert.match(await peer.until(/b2 [^\r\n]*\r\n/), /^b1 OK [\s\S]*INBOX[\s\S]*b2 OK/);
});

test('I10 IDLE: DONE with the next command in one packet, DONE cut anywhere, another command instead', async (t) => {
  const office = await quietOffice(t);
  const { peer, say } = await signedIn(office);
  say('a1 IDLE\r\n');
  await peer.until(/\+ idling\r\n/);
  say('DONE\r\na2 NOOP\r\n');
  assert.match(await peer.until(/a2 OK [^\r\n]*\r\n/), /^a1 OK [^\r\n]+\r\na2 OK/);
  for (let cut = 1; cut < 6; cut += 1) {
    say('a3 IDLE\r\n');
    await peer.until(/\+ idling\r\n/);
    say('done\r\n'.slice(0, cut));
    await new Promise(setImmediate);
    say('done\r\n'.slice(cut));
    assert.match(await peer.until(/a3 [^\r\n]*\r\n/), /^a3 OK/);
  }
  say('a4 IDLE\r\nDONE\r\na5 IDLE\r\na6 IDLE\r\nDONE\r\n');
  assert.match(
    (await peer.until(/a6 [^\r\n]*\r\n/)).replace(/(OK|BAD) .*/g, '$1'),
    /^\+ idling\r\na4 OK\r\n\+ idling\r\na5 BAD\r\n\+ idling\r\na6 OK\r\n$/,
  );
});

test('I11 ID in any state; the client’s words are recorded', async (t) => {
  const lines: string[] = [];
  const office = await quietOffice(t, { log: createLog((line) => lines.push(line)) });
  const { peer, say } = await memorySession(office.context);
  say('a1 ID NIL\r\na2 ID ("name" "Outlook" "version" NIL)\r\na3 ID\r\na4 ID ("name")\r\n');
  assert.match(
    await peer.until(/a4 [^\r\n]*\r\n/),
    /^\* ID \("name" "Postroom"[^\r\n]*\)\r\na1 OK [\s\S]*a2 OK [\s\S]*a3 BAD [\s\S]*a4 BAD /,
  );
  assert.ok(lines.some((line) => line.includes('Outlook')));
});

test('I70 before login: literals, a long line, garbage', async (t) => {
  const office = await quietOffice(t);
  const literals = await memorySession(office.context);
  literals.say(`a1 LOGIN {1+}\r\nx {1+}\r\nx {1+}\r\nx {1+}\r\nx\r\na2 NOOP\r\n`);
  assert.match(await literals.peer.until(/a2 [^\r\n]*\r\n/), /^a1 BAD \[LIMIT\] [^\r\n]+\r\na2 OK/);
  const long = await memorySession(office.context);
  long.say(`a1 ${'x'.repeat(9000)}\r\n`);
  await long.peer.until(/^\* BYE \[TOOBIG\] [^\r\n]+\r\n$/);
  const garbage = await memorySession(office.context);
  garbage.say('GET / HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nConnection: close\r\n');
  await garbage.peer.until(/\* BYE [^\r\n]*\r\n/);
  assert.ok(garbage.peer.closed);
});

test('I71 after login: a line of 64 KiB is BAD and swallowed; literals have 256 KiB in sum', async (t) => {
  const office = await quietOffice(t);
  const { peer, say } = await signedIn(office);
  say(`a1 ${'x'.repeat(70_000)}\r\na2 NOOP\r\n`);
  assert.match(await peer.until(/a2 [^\r\n]*\r\n/), /^a1 BAD \[TOOBIG\] [^\r\n]+\r\na2 OK/);
  const half = IMAP_LITERALS_BYTES / 2;
  say(`a3 STATUS {${half}+}\r\n${'x'.repeat(half)} {${half + 1}+}\r\n${'x'.repeat(half + 1)}\r\na4 NOOP\r\n`);
  assert.match(await peer.until(/a4 [^\r\n]*\r\n/), /^a3 BAD \[TOOBIG\] [^\r\n]+\r\na4 OK/);
});

test('G2 input above 64 KiB that waits for a command pauses the socket and is not lost', async (t) => {
  const office = await quietOffice(t);
  let answer = () => {};
  const slow = withQuota(office, () => {
    return new Promise((resolve) => {
      answer = () => resolve({ usedBytes: 0, limitBytes: null, messages: 0 });
    });
  });
  const { peer, say } = await memorySession(slow);
  say(`l ${LOGIN}\r\n`);
  await peer.until(/l OK [^\r\n]*\r\n/);
  say('a1 GETQUOTA ""\r\n');
  await new Promise(setImmediate);
  const noops = Array.from({ length: PIPELINE_BYTES / 8 }, (_, n) => `n${n} NOOP\r\n`);
  const all = noops.join('');
  assert.ok(all.length > PIPELINE_BYTES);
  say(all.slice(0, PIPELINE_BYTES));
  assert.ok(!peer.paused);
  say(all.slice(PIPELINE_BYTES));
  assert.ok(peer.paused);
  answer();
  const text = await peer.until(new RegExp(`n${noops.length - 1} OK [^\\r\\n]*\\r\\n`));
  assert.equal(text.match(/n\d+ OK/g)?.length, noops.length);
  assert.ok(!peer.paused);
});

test('G3 I73 nothing more is produced while a reader is slow', async (t) => {
  const office = await quietOffice(t);
  const { peer, say } = await signedIn(office);
  let drain = () => {};
  peer.drained = () =>
    new Promise((resolve) => {
      drain = resolve;
    });
  peer.buffered = 2 * 1024 * 1024;
  say('a1 NOOP\r\na2 NOOP\r\n');
  await peer.until(/a1 OK [^\r\n]*\r\n/);
  await new Promise(setImmediate);
  assert.equal(peer.text, '');
  peer.buffered = 0;
  drain();
  await peer.until(/a2 OK [^\r\n]*\r\n/);
});

test('G13 sessions of one address and of one person are counted', async (t) => {
  const office = await openImapOffice(t, { guard: { sessionsPerTrustedPeer: 3, sessionsPerPerson: 2 } });
  const first = await office.client();
  await office.client();
  const third = await connectImap(t, office.imap.port);
  assert.match((await third.command(LOGIN)).tagged, /^NO \[LIMIT\] /);
  const refused = new ImapClient(net.connect(office.imap.port, '127.0.0.1'));
  await refused.until(/^\* BYE \[UNAVAILABLE\] [^\r\n]+\r\n/);
  first.close();
  // The place is free again as soon as the socket is gone.
  for (let tries = 0; office.imap.sessions > 2 && tries < 200; tries += 1)
    await new Promise((r) => setTimeout(r, 10));
  assert.match((await third.command(LOGIN)).tagged, /^OK /);
});

test('G14 a failure inside answers that command, says nothing about the inside, and the session lives', async (t) => {
  const lines: string[] = [];
  const office = await quietOffice(t, { log: createLog((line) => lines.push(line)) });
  const broken = withQuota(office, async () => {
    throw new Error('SELECT * FROM secrets at /home/office/data');
  });
  const { peer, say } = await memorySession(broken);
  say(`l ${LOGIN}\r\n`);
  await peer.until(/l OK [^\r\n]*\r\n/);
  say('a1 GETQUOTA ""\r\na2 NOOP\r\n');
  const text = await peer.until(/a2 OK [^\r\n]*\r\n/);
  assert.match(text, /^a1 NO \[SERVERBUG\] /);
  assert.doesNotMatch(text, /secrets|home/);
  assert.ok(lines.some((line) => line.includes('secrets')));
});

test('G15 shutdown: idle sessions are told, a running command is answered first', async (t) => {
  const office = await openImapOffice(t);
  const idle = await office.client();
  idle.send('i IDLE\r\n');
  await idle.until(/\+ idling\r\n/);
  const quiet = await connectImap(t, office.imap.port);
  const busy = await office.client();
  busy.send('n NOOP\r\nu STATUS INBOX (MESSAGES)\r\n');
  const closing = office.imap.close(5000);
  await idle.until(/\* BYE [^\r\n]+\r\n/);
  await quiet.until(/\* BYE [^\r\n]+\r\n/);
  await busy.until(/\* BYE [^\r\n]+\r\n/);
  await closing;
  assert.equal(office.imap.sessions, 0);
});

test('G15 shutdown: an APPEND whose octets are still coming is finished and answered', async (t) => {
  const office = await openImapOffice(t);
  const peer = await office.client();
  const letter = letterText(1);
  peer.send(`a1 APPEND INBOX {${letter.length}}\r\n`);
  await peer.until(/\+ [^\r\n]+\r\n/);
  peer.send(letter.slice(0, 20));
  const idle = await office.client();
  const closing = office.imap.close(5000);
  await idle.until(/\* BYE [^\r\n]+\r\n/);
  peer.send(`${letter.slice(20)}\r\n`);
  const text = await peer.until(/\* BYE [^\r\n]+\r\n/);
  assert.match(text, /a1 OK \[APPENDUID \d+ 1\]/);
  await closing;
  assert.deepEqual((await office.mailstore.open(office.inboxId, false)).uids, [[1, 1]]);
});

test('G16 one line a command and a session; no password in any of them', async (t) => {
  const lines: string[] = [];
  const office = await quietOffice(t, { log: createLog((line) => lines.push(line)) });
  office.context.records.traceAccount(`petrov@${OFFICE_DOMAIN}`, true);
  const { peer, say } = await signedIn(office);
  say('a1 NOOP\r\na2 LOGIN petrov secretword\r\na3 secretword x\r\na4 LOGOUT\r\n');
  await peer.until(/a4 OK [^\r\n]*\r\n/);
  const commands = lines.map((line) => JSON.parse(line)).filter((line) => line.event === 'command');
  assert.deepEqual(
    commands.map((line) => `${line.verb} ${line.reply}`),
    ['LOGIN OK', 'NOOP OK', 'LOGIN BAD', '? BAD', 'LOGOUT OK'],
  );
  assert.equal(lines.map((line) => JSON.parse(line)).filter((line) => line.event === 'session').length, 1);
  assert.ok(lines.some((line) => line.includes('"trace"') && line.includes('a1 NOOP')));
  assert.ok(!lines.some((line) => line.includes(passwordOf('petrov')) || line.includes('LOGIN petrov')));
});

test('G16 the trace of an account shows which rows went out, and not the letters', async (t) => {
  const lines: string[] = [];
  const office = await quietOffice(t, { log: createLog((line) => lines.push(line)) });
  office.context.records.traceAccount(`petrov@${OFFICE_DOMAIN}`, true);
  const { peer, say } = await signedIn(office);
  const letter = 'Subject: Confidential\r\n\r\nthe price is seven\r\n';
  say(`a0 APPEND INBOX {${letter.length}+}\r\n${letter}\r\n`);
  say('a1 SELECT INBOX\r\na2 FETCH 1 (UID FLAGS)\r\na3 FETCH 1 (UID BODY[TEXT])\r\na4 LOGOUT\r\n');
  await peer.until(/a4 OK [^\r\n]*\r\n/);
  const traced = lines.filter((line) => line.includes('"trace"'));
  assert.ok(
    traced.some((line) => line.includes('* 1 FETCH (')),
    traced.join('\n'),
  );
  assert.ok(traced.some((line) => /\[\d+ octets\]/.test(line)));
  assert.ok(!traced.some((line) => line.includes('the price is seven')));
});

test('a client that says all it has to say and closes its half still gets its answers', async (t) => {
  const office = await openImapOffice(t);
  const socket = net.connect({ port: office.imap.port, host: '127.0.0.1', allowHalfOpen: true });
  const client = new ImapClient(socket);
  await client.until(/\* OK [^\r\n]*\r\n/);
  socket.end(`a1 ${LOGIN}\r\na2 SELECT INBOX\r\na3 NOOP\r\n`);
  await client.until(/a3 OK [^\r\n]*\r\n/);
});

test('a client that vanishes at each step leaves nothing behind', async (t) => {
  const office = await openImapOffice(t);
  await put(office.mailstore, office.inboxId, letterText(1));
  const steps = [
    '',
    'x LOG',
    'x LOGIN {9}\r\n',
    `x ${LOGIN}\r\n`,
    'x SELECT INBOX\r\n',
    'x IDLE\r\n',
    'x APPEND INBOX {100}\r\nabc',
    'x FETCH 1 BODY[]\r\n',
  ];
  for (let last = 0; last < steps.length; last += 1) {
    const client = await connectImap(t, office.imap.port);
    if (last > 3) await client.ok(LOGIN);
    if (last > 4) await client.ok('SELECT INBOX');
    client.send(steps[last]!);
    client.close();
  }
  for (let tries = 0; office.imap.sessions > 0 && tries < 500; tries += 1)
    await new Promise((r) => setTimeout(r, 10));
  assert.equal(office.imap.sessions, 0);
  const after = await office.selected();
  assert.match(await after.ok('STATUS INBOX (MESSAGES)'), /MESSAGES 1\)/);
});
