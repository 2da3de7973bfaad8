import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { LineClient } from '../../kit/line-client.ts';
import { OFFICE_DOMAIN, passwordOf } from '../../kit/office.ts';
import { allRows, put, wholeLetter } from '../../kit/office-mailstore.ts';
import { letterOf, openPop3Office } from '../../kit/pop3.ts';

const TWO = [letterOf(120), letterOf(200)];

test('the classic dialogue: USER, PASS, STAT, LIST, TOP, RETR, DELE, RSET, UIDL, QUIT', async (t) => {
  const { connect, deliver, inboxOf, office } = await openPop3Office(t);
  await deliver('kcope', ...TWO);
  const client = await connect();
  assert.match(await client.line(), /^\+OK comp3\.otd2\.constr\.org POP3 server ready$/);
  assert.match(await client.ask('USER kcope'), /^\+OK/);
  assert.equal(
    await client.ask(`PASS ${passwordOf('kcope')}`),
    "+OK kcope's maildrop has 2 messages (320 octets)",
  );
  assert.equal(await client.ask('STAT'), '+OK 2 320');
  assert.equal(await client.ask('LIST'), '+OK 2 messages (320 octets)');
  assert.deepEqual(await client.dotted(), ['1 120', '2 200']);
  assert.equal(await client.ask('LIST 2'), '+OK 2 200');
  assert.equal(await client.ask('LIST 3'), '-ERR no such message, only 2 messages in maildrop');
  assert.match(await client.ask('TOP 1 10'), /^\+OK/);
  assert.equal((await client.dotted()).join('\r\n'), TWO[0]!.slice(0, -2));
  assert.match(await client.ask('TOP 100 3'), /^-ERR no such message/);
  assert.equal(await client.ask('NOOP'), '+OK');
  assert.equal(await client.ask('RETR 1'), '+OK 120 octets');
  assert.equal(`${(await client.dotted()).join('\r\n')}\r\n`, TWO[0]);
  assert.equal(await client.ask('DELE 1'), '+OK message 1 deleted');
  assert.equal(await client.ask('DELE 1'), '-ERR message 1 already deleted');
  assert.equal(await client.ask('STAT'), '+OK 1 200');
  assert.equal(await client.ask('RSET'), '+OK maildrop has 2 messages (320 octets)');
  assert.equal(await client.ask('UIDL'), '+OK');
  const uidls = await client.dotted();
  assert.equal(uidls.length, 2);
  assert.match(
    await client.ask('UIDL 2'),
    new RegExp(`^\\+OK ${uidls[1]!.replace(/[.*+?^$()|[\]\\]/g, '\\$&')}$`),
  );
  assert.equal(await client.ask('UIDL 3'), '-ERR no such message, only 2 messages in maildrop');
  const second = await connect();
  await second.line();
  await second.ask('USER kcope');
  assert.equal(await second.ask(`PASS ${passwordOf('kcope')}`), '-ERR [IN-USE] maildrop already locked');
  await client.ask('DELE 1');
  await client.ask('DELE 2');
  assert.equal(
    await client.ask('QUIT'),
    '+OK comp3.otd2.constr.org POP3 server signing off (maildrop empty)',
  );
  await client.closed();
  const opened = await office.mailstore.open(await inboxOf('kcope'), false);
  assert.deepEqual(opened.uids, []);
});

test('P8 P16 a lost connection removes nothing and gives the lock back', async (t) => {
  const { signIn, deliver, inboxOf, office } = await openPop3Office(t);
  await deliver('kcope', ...TWO);
  const client = await signIn();
  await client.ask('DELE 1');
  client.cut();
  const again = await retry(signIn);
  assert.equal(await again.ask('STAT'), '+OK 2 320');
  await again.ask('DELE 2');
  // A QUIT without its line end is a command cut off: it is not executed.
  again.send('QUIT');
  again.finish();
  await again.closed();
  const opened = await office.mailstore.open(await inboxOf('kcope'), false);
  assert.deepEqual(opened.uids, [[1, 2]]);
});

test('P9 G12 mail that arrives later is invisible, mail expunged elsewhere stays readable, removing it again is fine', async (t) => {
  const { signIn, deliver, inboxOf, office } = await openPop3Office(t);
  await deliver('kcope', ...TWO);
  const client = await signIn();
  await deliver('kcope', letterOf(90));
  const inbox = await inboxOf('kcope');
  await office.mailstore.removeMessages(inbox, [[1, 1]]);
  assert.equal(await client.ask('STAT'), '+OK 2 320');
  assert.equal(await client.ask('RETR 1'), '+OK 120 octets');
  assert.equal(`${(await client.dotted()).join('\r\n')}\r\n`, TWO[0]);
  await client.ask('DELE 1');
  assert.equal(
    await client.ask('QUIT'),
    '+OK comp3.otd2.constr.org POP3 server signing off (1 message left)',
  );
  assert.deepEqual((await office.mailstore.open(inbox, false)).uids, [[2, 3]]);
});

test('P21 RETR does not set \\Seen; DELE and QUIT are an expunge with a new modseq', async (t) => {
  const { signIn, deliver, inboxOf, office } = await openPop3Office(t);
  await deliver('kcope', ...TWO);
  const inbox = await inboxOf('kcope');
  const before = (await office.mailstore.mailboxById(inbox))!.highestModseq;
  const seen: number[] = [];
  const stop = office.mailstore.watch(inbox, (event) => {
    for (const [first, last] of event.vanished) for (let uid = first; uid <= last; uid += 1) seen.push(uid);
  });
  t.after(stop);
  const client = await signIn();
  await client.ask('RETR 1');
  await client.dotted();
  const rows = await allRows(office.mailstore.rows(inbox, [[1, 2]], { flags: true }));
  assert.deepEqual([...rows[0]!.flags!], [0, 0]);
  await client.ask('DELE 2');
  await client.ask('QUIT');
  assert.deepEqual(seen, [2]);
  assert.ok((await office.mailstore.mailboxById(inbox))!.highestModseq > before);
});

test('P2 P13 malformed, unknown and wrong-state commands get -ERR and the session goes on', async (t) => {
  const { connect, signIn, deliver } = await openPop3Office(t);
  await deliver('kcope', ...TWO);
  const stranger = await connect();
  await stranger.line();
  for (const line of [
    'STAT',
    'RETR 1',
    'PASS x',
    'NONSENSE',
    '',
    ' USER a',
    'constructor',
    'USER',
    'APOP a b',
  ]) {
    assert.match(await stranger.ask(line), /^-ERR /, line);
  }
  assert.match(await stranger.ask('QUIT'), /^\+OK/);
  const client = await signIn();
  const bad = [
    'RETR',
    'RETR 0',
    'RETR 3',
    'RETR -1',
    'RETR 1x',
    'RETR 1 2',
    'DELE',
    'TOP 1',
    'TOP 1 x',
    'TOP 1 1 1',
    'LIST x',
    'UIDL 99999999999',
    'STAT 1',
    'USER a',
    'STLS',
  ];
  for (const line of bad) assert.match(await client.ask(line), /^-ERR /, line);
  assert.equal(await client.ask('stat'), '+OK 2 320');
});

test('P2 twenty errors close the session', async (t) => {
  const { connect } = await openPop3Office(t);
  const client = await connect();
  await client.line();
  client.send('WHAT\r\n'.repeat(30));
  const said = await client.closed();
  assert.equal(said.split('\r\n').filter((line) => line.startsWith('-ERR')).length, 20);
});

test('P4 G9 USER never tells who exists; PASS keeps inner and trailing blanks; wrong and unknown sound alike', async (t) => {
  const { connect, office } = await openPop3Office(t);
  await office.add({ address: `blank@${OFFICE_DOMAIN}`, password: 'two  blanks ' });
  const client = await connect();
  await client.line();
  assert.equal(await client.ask('USER blank'), await client.ask('USER nobody'));
  const unknown = await client.ask('PASS secret');
  await client.ask('USER blank');
  const wrong = await client.ask('PASS two  blanks');
  assert.equal(unknown, wrong);
  assert.match(wrong, /^-ERR \[AUTH\] /);
  await client.ask('USER blank');
  assert.match(await client.ask('PASS two  blanks '), /^\+OK blank's maildrop has 0 messages \(0 octets\)$/);
});

test('P3 P7 G5 G6 capabilities before TLS, after it and after sign-in; injected commands are forgotten', async (t) => {
  const { connect, office } = await openPop3Office(t, { guard: { clearTextLoginFrom: [] } });
  await office.add({ address: `tls@${OFFICE_DOMAIN}` });
  const client = await connect();
  await client.line();
  await client.ask('CAPA');
  const before = await client.dotted();
  assert.ok(before.includes('STLS') && !before.includes('USER') && before.includes('PIPELINING'));
  assert.ok(!before.some((line) => line.startsWith('SASL') && /PLAIN|LOGIN/.test(line)));
  assert.match(await client.ask('USER tls'), /^-ERR \[AUTH\] /);
  client.send('STLS\r\nUSER injected\r\n');
  assert.match(await client.line(), /^\+OK/);
  await client.startTls();
  assert.match(await client.ask(`PASS ${passwordOf('tls')}`), /^-ERR/, 'the injected USER does not count');
  await client.ask('CAPA');
  const after = await client.dotted();
  assert.ok(
    !after.includes('STLS') && after.includes('USER') && after.some((line) => line.startsWith('SASL ')),
  );
  await client.ask('USER tls');
  assert.match(await client.ask(`PASS ${passwordOf('tls')}`), /^\+OK/);
  await client.ask('CAPA');
  const inside = await client.dotted();
  for (const each of [
    'TOP',
    'UIDL',
    'RESP-CODES',
    'AUTH-RESP-CODE',
    'EXPIRE NEVER',
    'UTF8 USER',
    'LANG',
    'IMPLEMENTATION Postroom',
  ]) {
    assert.ok(inside.includes(each), each);
  }
  assert.ok(!inside.includes('USER'));
});

test('G5 implicit TLS on a port of its own', async (t) => {
  const { securePort } = await openPop3Office(t);
  const client = await LineClient.open(securePort, { tls: true });
  t.after(() => client.cut());
  assert.match(await client.line(), /^\+OK/);
  await client.ask('USER kcope');
  assert.match(await client.ask(`PASS ${passwordOf('kcope')}`), /^\+OK/);
  await client.ask('QUIT');
});

test('P5 G8 APOP is offered only when everybody can complete it', async (t) => {
  const { connect, office } = await openPop3Office(t, { people: [] });
  await office.add({ address: `apop@${OFFICE_DOMAIN}`, legacySecret: true });
  const client = await connect();
  const greeting = await client.line();
  const timestamp = /<[^>]+>$/.exec(greeting)?.[0];
  assert.ok(timestamp, greeting);
  const other = await connect();
  assert.notEqual(await other.line(), greeting, 'different every time');
  const digest = createHash('md5')
    .update(`${timestamp}${passwordOf('apop')}`)
    .digest('hex');
  assert.match(await client.ask(`APOP apop ${'0'.repeat(32)}`), /^-ERR \[AUTH\]/);
  assert.match(await client.ask(`APOP apop ${digest}`), /^\+OK apop's maildrop/);
  await office.add({ address: `modern@${OFFICE_DOMAIN}` });
  const late = await connect();
  assert.doesNotMatch(await late.line(), /</);
  assert.match(await late.ask(`APOP apop ${digest}`), /^-ERR/);
});

test('P6 AUTH: list, PLAIN with and without initial response, cancel, CRAM-MD5, bad base64', async (t) => {
  const { connect, office } = await openPop3Office(t, { people: [] });
  await office.add({ address: `cram@${OFFICE_DOMAIN}`, legacySecret: true });
  const client = await connect();
  await client.line();
  await client.ask('AUTH');
  const offered = await client.dotted();
  assert.ok(offered.includes('PLAIN') && offered.includes('SCRAM-SHA-256') && offered.includes('CRAM-MD5'));
  assert.match(await client.ask('AUTH NONSENSE'), /^-ERR/);
  assert.match(await client.ask('AUTH PLAIN'), /^\+ $/);
  assert.match(await client.ask('*'), /^-ERR/);
  assert.match(await client.ask('AUTH PLAIN !!!'), /^-ERR/);
  assert.match(await client.ask('AUTH PLAIN ='), /^-ERR/);
  const challenge = Buffer.from((await client.ask('AUTH CRAM-MD5')).slice(2), 'base64').toString();
  const digest = createHmac('md5', passwordOf('cram')).update(challenge).digest('hex');
  assert.match(await client.ask(Buffer.from(`cram ${digest}`).toString('base64')), /^\+OK cram's maildrop/);
  await client.ask('QUIT');
  const plain = await connect();
  await plain.line();
  const initial = Buffer.from(`\0cram\0${passwordOf('cram')}`).toString('base64');
  assert.match(await plain.ask(`AUTH PLAIN ${initial}`), /^\+OK/);
});

test('P2 three failed sign-ins close', async (t) => {
  const { connect } = await openPop3Office(t);
  const client = await connect();
  await client.line();
  for (let n = 0; n < 3; n += 1) {
    await client.ask('USER kcope');
    client.send('PASS wrong\r\n');
    if (n < 2) assert.match(await client.line(), /^-ERR/);
  }
  assert.match(await client.closed(), /^-ERR/);
});

test('P18 G1 many commands in one packet are answered in order, also byte by byte, and a QUIT behind them counts', async (t) => {
  const { signIn, deliver, inboxOf, office } = await openPop3Office(t);
  const letters = Array.from({ length: 40 }, (_, n) => letterOf(200 + n, `n${n}`));
  await deliver('kcope', ...letters);
  const commands = `${letters.map((_, n) => `RETR ${n + 1}\r\n`).join('')}${'NOOP\r\n'.repeat(440)}DELE 1\r\nQUIT\r\n`;
  const expected = `${letters.map((each, n) => `+OK ${200 + n} octets\r\n${each}.\r\n`).join('')}${'+OK\r\n'.repeat(440)}+OK message 1 deleted\r\n`;
  const client = await signIn();
  client.send(commands);
  const said = await client.closed();
  assert.ok(said.startsWith(expected), 'in order');
  assert.match(said.slice(expected.length), /^\+OK .*\(39 messages left\)\r\n$/);
  assert.deepEqual((await office.mailstore.open(await inboxOf('kcope'), false)).uids, [[2, 40]]);
  const slow = await retry(signIn);
  for (const octet of 'STAT\r\nNOOP\r\nLIST 1\r\n') slow.send(octet);
  assert.deepEqual(
    [await slow.line(), await slow.line(), await slow.line()].map((line) => line.slice(0, 3)),
    ['+OK', '+OK', '+OK'],
  );
});

test('P11 P12 every octet arrives: dots, long lines, 8-bit, a last line without an end', async (t) => {
  const { signIn, deliver, inboxOf, office } = await openPop3Office(t);
  const odd = [
    'Subject: dots\r\n\r\n.\r\n..\r\n...x\r\n.end\r\n',
    `Subject: long\r\n\r\n${'я'.repeat(30_000)}\r\n`,
    'Subject: open end\r\n\r\nno line end',
    '\r\nno header\r\n',
  ].map((each) => Buffer.from(each, 'utf8').toString('latin1'));
  await deliver('kcope', ...odd);
  const client = await signIn();
  await client.ask('LIST');
  const sizes = (await client.dotted()).map((line) => Number(line.split(' ')[1]));
  const inbox = await inboxOf('kcope');
  for (let number = 1; number <= odd.length; number += 1) {
    const stored = await wholeLetter((await office.mailstore.letter(inbox, number))!);
    const answer = await client.ask(`RETR ${number}`);
    const text = `${(await client.dotted()).join('\r\n')}\r\n`;
    assert.equal(answer, `+OK ${sizes[number - 1]} octets`);
    assert.equal(Buffer.from(text, 'latin1').toString(), stored);
    assert.equal(Buffer.from(text, 'latin1').length, sizes[number - 1]);
  }
});

test('P14 TOP: no body lines, more than there are, only a header', async (t) => {
  const { signIn, deliver } = await openPop3Office(t);
  await deliver('kcope', 'A: b\r\n\r\none\r\ntwo\r\n', 'A: only header\r\n');
  const client = await signIn();
  await client.ask('TOP 1 0');
  assert.deepEqual(await client.dotted(), ['A: b', '']);
  await client.ask('TOP 1 1');
  assert.deepEqual(await client.dotted(), ['A: b', '', 'one']);
  await client.ask('TOP 1 4000000000');
  assert.deepEqual(await client.dotted(), ['A: b', '', 'one', 'two']);
  await client.ask('TOP 2 5');
  assert.deepEqual((await client.dotted())[0], 'A: only header');
});

test('P15 unique ids differ for identical letters and stay over sessions', async (t) => {
  const { signIn, deliver } = await openPop3Office(t);
  await deliver('kcope', letterOf(99), letterOf(99));
  const first = await signIn();
  await first.ask('UIDL');
  const ids = await first.dotted();
  assert.equal(new Set(ids.map((line) => line.split(' ')[1])).size, 2);
  for (const line of ids) assert.match(line, /^\d+ [!-~]{1,70}$/);
  await first.ask('QUIT');
  const second = await retry(signIn);
  await second.ask('UIDL');
  assert.deepEqual(await second.dotted(), ids);
});

test('P20 LANG and UTF8', async (t) => {
  const { signIn, deliver, connect } = await openPop3Office(t);
  await deliver('kcope', Buffer.from('Subject: Смета\r\n\r\nтекст\r\n').toString('latin1'));
  const client = await signIn();
  await client.ask('RETR 1');
  assert.match((await client.dotted())[0]!, /^Subject: =\?UTF-8\?/);
  assert.match(await client.ask('LANG'), /^\+OK/);
  assert.deepEqual(
    (await client.dotted()).map((line) => line.split(' ')[0]),
    ['en', 'ru'],
  );
  assert.match(await client.ask('LANG xx'), /^-ERR/);
  assert.match(Buffer.from(await client.ask('LANG ru'), 'latin1').toString(), /^\+OK ru язык изменён$/);
  assert.match(
    Buffer.from(await client.ask('LIST 9'), 'latin1').toString(),
    /^-ERR нет такого письма, в ящике 1 письмо$/,
  );
  assert.match(await client.ask('LANG *'), /^\+OK en/);
  await client.ask('QUIT');
  const wide = await connect();
  await wide.line();
  assert.match(await wide.ask('UTF8'), /^\+OK/);
  assert.match(await wide.ask('STLS'), /^-ERR/);
  await wide.ask('USER kcope');
  assert.match(await retryAsk(wide, 'kcope'), /^\+OK/);
  await wide.ask('RETR 1');
  assert.equal(Buffer.from((await wide.dotted())[0]!, 'latin1').toString(), 'Subject: Смета');
});

test('G3 P22 a client that does not read: the message waits in the store, not in memory', async (t) => {
  const { signIn, deliver, office } = await openPop3Office(t);
  const octets = 1_000_000;
  await deliver('kcope', letterOf(octets, 'large'));
  let read = 0;
  const { mailstore } = office.context;
  const real = mailstore.letter.bind(mailstore);
  mailstore.letter = async (...input) => {
    const letter = await real(...input);
    if (!letter) return letter;
    const stream = letter.stream.bind(letter);
    letter.stream = async function* (...range) {
      for await (const piece of stream(...range)) {
        read += piece.length;
        yield piece;
      }
    };
    return letter;
  };
  const client = await signIn();
  const ROUNDS = 50;
  client.pause();
  client.send('RETR 1\r\n'.repeat(ROUNDS));
  // The system's own buffers take some megabytes; then nothing more is read.
  let before = -1;
  for (let still = 0; still < 10; still = read === before ? still + 1 : 0) {
    before = read;
    await new Promise((go) => setTimeout(go, 50));
  }
  assert.ok(read < (octets * ROUNDS) / 4, `${read} octets were read for a peer that takes none`);
  client.resume();
  for (let round = 0; round < ROUNDS; round += 1) {
    assert.equal(await client.line(), `+OK ${octets} octets`);
    await client.dotted();
  }
});

test('P22 login on 5,000 messages shows all of them', async (t) => {
  const { signIn, inboxOf, office } = await openPop3Office(t);
  const inbox = await inboxOf('kcope');
  const batch = 250;
  for (let n = 0; n < 5000; n += batch) {
    await Promise.all(
      Array.from({ length: batch }, (_, i) => put(office.mailstore, inbox, letterOf(100, `${n + i}`))),
    );
  }
  const client = await signIn();
  assert.match(await client.ask('STAT'), /^\+OK 5000 /);
});

test('G13 too many sessions are told so', async (t) => {
  const { connect } = await openPop3Office(t, { guard: { sessionsPerTrustedPeer: 2, sessionsPerPeer: 2 } });
  const first = await connect();
  await first.line();
  const second = await connect();
  await second.line();
  const third = await connect();
  assert.match(await third.closed(), /^-ERR \[SYS\/TEMP\] /);
  second.cut();
  await retry(async () => {
    const next = await connect();
    const line = await next.line();
    if (!line.startsWith('+OK')) throw new Error(line);
  });
});

/** The lock and the counts of a session that was cut are given back a moment later. */
async function retry<T>(action: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + 10_000; ; ) {
    try {
      return await action();
    } catch (failure) {
      if (Date.now() > until) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function retryAsk(client: LineClient, local: string): Promise<string> {
  for (let n = 0; ; n += 1) {
    const answer = await client.ask(`PASS ${passwordOf(local)}`);
    if (!answer.includes('IN-USE') || n > 100) return answer;
    await client.ask(`USER ${local}`);
  }
}
