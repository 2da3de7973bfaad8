/** The session: greeting, order of commands, small verbs, shutdown (protocol rules S1-S4, S10, S11, S14, S15, S18, S19, G13, G15). */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../../main/base/clock.ts';
import { HANDSHAKE_MS } from '../../../main/base/limits.ts';
import { dotted, hastyClock, openSmtpOffice, PEERS, PETROV, Talk } from '../../kit/office-smtp.ts';

type Step = [line: string, reply: RegExp];

test('the session', async (t) => {
  const office = await openSmtpOffice(t, { clock: hastyClock(systemClock) });
  const run = async (steps: readonly Step[], peer: keyof typeof PEERS = 'stranger') => {
    const talk = await office.talk(peer);
    for (const [line, expected] of steps) assert.match(await talk.ask(line), expected, line);
    talk.destroy();
  };

  await t.test('S1 the greeting names this host; who talks before it is refused', async () => {
    const talk = await Talk.open(office.smtp.port, PEERS.stranger);
    assert.match(await talk.reply(), /^220 comp3\.otd2\.constr\.org ESMTP/);
    const early = await Talk.open(office.smtp.port, PEERS.stranger);
    early.write('EHLO early\r\n');
    assert.match(await early.closed(), /^421 4\.7\.0 .*\r\n$/);
    talk.destroy();
  });

  await t.test('S2 EHLO needs one name; a failed one keeps the state; another one is a reset', () =>
    run([
      ['EHLO', /^501 5\.5\.4/],
      ['EHLO a b', /^501 5\.5\.4/],
      ['EHLO a.b', /^250-comp3\.otd2\.constr\.org .*\r\n(250-.*\r\n)+250 /],
      ['MAIL FROM:<a@example.org>', /^250/],
      ['EHLO', /^501/],
      [`RCPT TO:<${PETROV}>`, /^250/],
      ['EHLO again', /^250-/],
      [`RCPT TO:<${PETROV}>`, /^503 5\.5\.1/],
      ['HELO a.b', /^250 comp3\.otd2\.constr\.org[^\r\n]*$/],
    ]),
  );

  await t.test('S2 what EHLO lists', async () => {
    const talk = await office.talk();
    const words = (await talk.hello()).split('\r\n').map((line) => line.slice(4));
    for (const word of [
      'HELP',
      'VRFY',
      'EXPN',
      'ETRN',
      'PIPELINING',
      '8BITMIME',
      'SMTPUTF8',
      'DSN',
      'CHUNKING',
    ]) {
      assert.ok(words.includes(word), word);
    }
    assert.ok(words.includes('ENHANCEDSTATUSCODES') && words.includes('STARTTLS'));
    assert.ok(words.includes(`SIZE ${50 * 1024 * 1024}`));
    assert.ok(words.includes('LIMITS RCPTMAX=500 MAILMAX=100'), 'S26');
    for (const never of ['TURN', 'SEND', 'SOML', 'SAML', 'BINARYMIME', 'REQUIRETLS', 'XCLIENT']) {
      assert.ok(!words.some((word) => word.startsWith(never)), never);
    }
    talk.destroy();
  });

  await t.test('S3 a name that is not the peer is no reason', () =>
    run([
      ['EHLO [192.0.2.99]', /^250-/],
      ['HELO mail.google.com', /^250 /],
      ['MAIL FROM:<a@example.org>', /^250 /],
    ]),
  );

  await t.test('S4 what works before EHLO and what does not', () =>
    run([
      ['NOOP', /^250 2\.0\.0/],
      ['NOOP anything', /^250/],
      ['HELP', /^214/],
      ['VRFY x', /^252/],
      ['EXPN x', /^550/],
      ['RSET', /^250/],
      ['MAIL FROM:<a@b>', /^503 5\.5\.1/],
      ['RCPT TO:<a@b>', /^503 5\.5\.1/],
      ['DATA', /^503 5\.5\.1/],
      ['AUTH PLAIN', /^503 5\.5\.1/],
    ]),
  );

  await t.test('S5 MAIL inside a transaction is refused, and the transaction lives on', () =>
    run([
      ['EHLO a', /^250-/],
      ['MAIL FROM:<a@example.org>', /^250 2\.1\.0/],
      ['MAIL FROM:<b@example.org>', /^503 5\.5\.1/],
      [`RCPT TO:<${PETROV}>`, /^250 2\.1\.5/],
      ['RSET', /^250/],
      ['MAIL FROM: <b@example.org>', /^250/],
      ['DATA now', /^501|^503/],
    ]),
  );

  await t.test('S10 DATA needs a recipient, also in a pipeline', async () => {
    await run([
      ['EHLO a', /^250-/],
      ['DATA', /^503 5\.5\.1/],
      ['MAIL FROM:<a@example.org>', /^250/],
      ['DATA', /^503 5\.5\.1/],
      ['RCPT TO:<nobody@comp3.otd2.constr.org>', /^550 5\.1\.1/],
      ['DATA', /^554 5\.5\.1/],
      [`RCPT TO:<${PETROV}>`, /^250/],
      ['DATA x', /^501 5\.5\.4/],
      ['DATA', /^354 /],
    ]);
    const talk = await office.talk();
    talk.write(
      'EHLO a\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<nobody@comp3.otd2.constr.org>\r\nDATA\r\nQUIT\r\n',
    );
    const replies = [];
    for (let n = 0; n < 5; n += 1) replies.push((await talk.reply()).slice(0, 3));
    assert.deepEqual(replies, ['250', '250', '550', '554', '221']);
  });

  await t.test('S11 RSET and QUIT take no argument; QUIT answers 221 and closes', async () => {
    const talk = await office.talk();
    assert.match(await talk.ask('RSET x'), /^501 5\.5\.4/);
    assert.match(await talk.ask('QUIT x'), /^501 5\.5\.4/);
    assert.match(await talk.ask('RSET'), /^250 2\.0\.0/);
    talk.write('QUIT\r\nNOOP\r\n');
    assert.match(await talk.closed(), /^221 2\.0\.0 comp3\.otd2\.constr\.org[^\r\n]*\r\n$/);
  });

  await t.test('S14 HELP lists verbs and tells one syntax', () =>
    run([
      ['HELP', /^214-2\.0\.0 .*\r\n214-2\.0\.0 EHLO .*VRFY.*\r\n214 2\.0\.0 /],
      ['HELP RCPT', /^214 2\.0\.0 RCPT TO:/],
      ['help etrn', /^214 2\.0\.0 ETRN/],
      ['HELP TURN', /^504 5\.5\.4/],
    ]),
  );

  await t.test('S15 SEND SOML SAML TURN are known and not offered; other words are unknown', () =>
    run([
      ['EHLO a', /^250-/],
      ['SEND FROM:<a@b>', /^502 5\.5\.1/],
      ['SOML FROM:<a@b>', /^502 5\.5\.1/],
      ['SAML FROM:<a@b>', /^502 5\.5\.1/],
      ['TURN', /^502 5\.5\.1/],
      ['WIZ', /^500 5\.5\.2/],
      ['SHELL', /^500 5\.5\.2/],
      ['KILL', /^500 5\.5\.2/],
      ['XCLIENT ADDR=1.2.3.4', /^500 5\.5\.2/],
      ['', /^500 5\.5\.2/],
      ['NOOPS', /^500 5\.5\.2/],
    ]),
  );

  await t.test('the tenth unknown word ends the session', async () => {
    const talk = await office.talk();
    for (let n = 1; n < 10; n += 1) assert.match(await talk.ask('WHAT'), /^500 5\.5\.2/);
    assert.match(await talk.ask('WHAT'), /^421 4\.7\.0/);
    assert.equal(await talk.closed(), '');
  });

  await t.test('a browser is sent away', async () => {
    const talk = await office.talk();
    assert.match(await talk.ask('GET / HTTP/1.1'), /^421/);
    await talk.closed();
  });

  await t.test('S18 STARTTLS: no argument, once, and nothing said before it counts', async () => {
    const talk = await office.talk();
    assert.match(await talk.hello(), /250[- ]STARTTLS/);
    assert.match(await talk.ask('STARTTLS now'), /^501 5\.5\.4/);
    assert.match(await talk.ask('MAIL FROM:<a@example.org>'), /^250/);
    // A command behind STARTTLS in clear text is thrown away (G5).
    talk.write('STARTTLS\r\nMAIL FROM:<injected@example.org>\r\nQUIT\r\n');
    assert.match(await talk.reply(), /^220 2\.0\.0/);
    await talk.startTls();
    assert.match(await talk.ask('MAIL FROM:<a@example.org>'), /^503 5\.5\.1/);
    const listed = await talk.hello();
    assert.doesNotMatch(listed, /STARTTLS/);
    assert.match(listed, /250-AUTH .*PLAIN/);
    assert.match(await talk.ask('STARTTLS'), /^503 5\.5\.1/);
    assert.match(
      await talk.send('a@example.org', [PETROV], dotted('Subject: over TLS', '', 'x')),
      /^250 2\.6\.0/,
    );
    const [letter] = (await office.letters(office.people.petrov)).slice(-1);
    assert.match(letter ?? '', /with ESMTPS\r\n\t\(TLSv1\.[23] /);
    await talk.quit();
  });

  await t.test('S18 an implicit TLS listener, from the first octet', async () => {
    const talk = await office.talk('stranger', office.submissions);
    const listed = await talk.hello();
    assert.doesNotMatch(listed, /STARTTLS/);
    assert.match(listed, /AUTH .*SCRAM-SHA-256/);
    await talk.quit();
  });

  await t.test(
    'S19 an enhanced code of the same class on every reply but greeting, EHLO and 3xx',
    async () => {
      const talk = await office.talk('trusted');
      const lines = [
        'NOOP',
        'HELO x',
        'EHLO x',
        'XX',
        'MAIL',
        'MAIL FROM:<a@example.org>',
        'RCPT TO:<nobody@comp3.otd2.constr.org>',
        `RCPT TO:<${PETROV}>`,
        'VRFY Petrov',
        'VRFY nobody',
        'EXPN all',
        'ETRN example.org',
        'HELP',
        'RSET',
      ];
      for (const line of lines) {
        const answer = await talk.ask(line);
        if (/^(HELO|EHLO)/.test(line)) assert.doesNotMatch(answer, /^250.\d\.\d/);
        else for (const each of answer.split('\r\n')) assert.match(each, /^([245])\d\d[ -]\1\.\d+\.\d+ /);
      }
      talk.destroy();
    },
  );

  await t.test('G1 500 commands in one packet, in order', async () => {
    const talk = await office.talk();
    talk.write(`${'NOOP\r\n'.repeat(499)}VRFY x\r\n`);
    for (let n = 0; n < 499; n += 1) assert.match(await talk.reply(), /^250 2\.0\.0/);
    assert.match(await talk.reply(), /^252/);
    talk.destroy();
  });

  await t.test('G14 a failure inside answers 451 and the session lives on', async (t2) => {
    const { directory } = office.context;
    const fail = t2.mock.method(directory, 'verify', async () => {
      throw new Error('secret path /etc');
    });
    const talk = await office.talk('trusted');
    assert.equal(await talk.ask('VRFY x'), '451 4.3.0 Something inside failed, try again later');
    fail.mock.restore();
    assert.match(
      await talk.ask('VRFY Petrov'),
      /^250 2\.1\.5 Inav Petrov <Petrov@comp3\.otd2\.constr\.org>$/,
    );
    talk.destroy();
  });

  await t.test('a peer that has said all still hears its last replies', async () => {
    const talk = await office.talk();
    talk.write(
      `EHLO a\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<${PETROV}>\r\nDATA\r\n${dotted('Subject: half', '', 'x')}QUIT\r\n`,
    );
    talk.finish();
    const said = await talk.closed();
    assert.match(said, /354 .*\r\n250 2\.6\.0 .*\r\n221 /);
  });
});

test('G13 the guard is asked for every connection', async (t) => {
  const office = await openSmtpOffice(t, { guard: { sessionsPerPeer: 2 } });
  const first = await office.talk();
  const second = await office.talk();
  const third = await Talk.open(office.smtp.port, PEERS.stranger);
  assert.match(await third.reply(), /^421 4\.7\.0/);
  await third.closed();
  await assert.rejects(office.talk(), /421 4\.7\.0/);
  await first.quit();
  second.destroy();
  // Places are given back when the sockets are gone, also behind STARTTLS and in the middle of a handshake.
  const again = await until(() => office.talk());
  await again.ask('EHLO a');
  await again.ask('STARTTLS');
  await again.startTls();
  again.destroy();
  const half = connect(office.submissions.port, '127.0.0.1');
  await new Promise((resolve) => half.once('connect', resolve));
  half.destroy();
  await until(async () => assert.equal(office.smtp.sessions, 0));
  for (const service of [office.smtp, office.submissions]) {
    const talks = [
      await until(() => office.talk('stranger', service)),
      await until(() => office.talk('stranger', service)),
    ];
    for (const talk of talks) talk.destroy();
  }
});

test('G15 shutdown: idle peers hear 421, a running message is finished', async (t) => {
  const office = await openSmtpOffice(t);
  const idle = await office.talk();
  const busy = await office.talk();
  await busy.all('EHLO a', 'MAIL FROM:<a@example.org>', `RCPT TO:<${PETROV}>`, 'DATA');
  busy.write('Subject: late\r\n\r\n');
  const closing = office.smtp.close(10_000);
  assert.match(await idle.reply(), /^421 4\.3\.2/);
  await assert.rejects(Talk.open(office.smtp.port, PEERS.stranger).then((talk) => talk.reply()));
  busy.write('x\r\n.\r\n');
  assert.match(await busy.reply(), /^250 2\.6\.0/);
  assert.match(await busy.reply(), /^421 4\.3\.2/);
  await closing;
  assert.equal(office.smtp.sessions, 0);
  assert.equal((await office.letters(office.people.petrov)).length, 1);
});

test('S27 a silent peer is told and closed', async (t) => {
  const office = await openSmtpOffice(t, { smtp: { idleMs: 300 } });
  const talk = await office.talk();
  assert.match(await talk.reply(), /^421 4\.4\.2/);
  await talk.closed();
  const inMessage = await office.talk();
  await inMessage.all('EHLO a', 'MAIL FROM:<a@example.org>', `RCPT TO:<${PETROV}>`, 'DATA');
  inMessage.write('Subject: never ends\r\n');
  assert.match(await inMessage.reply(), /^421 4\.4\.2/);
  await inMessage.closed();
  assert.deepEqual(await office.letters(office.people.petrov), []);
});

test('G5 a handshake that never comes is given up, behind STARTTLS and on an implicit listener', async (t) => {
  const clock = {
    now: systemClock.now,
    ticks: systemClock.ticks,
    after: (ms: number, run: () => void) => systemClock.after(ms === HANDSHAKE_MS ? 100 : ms, run),
  };
  const office = await openSmtpOffice(t, { clock });
  for (const octets of ['', '\x16\x03\x01\x02\x00\x01', 'NOOP\r\nQUIT\r\n']) {
    const talk = await office.talk();
    assert.match(await talk.ask('STARTTLS'), /^220/);
    talk.write(Buffer.from(octets, 'latin1'));
    assert.doesNotMatch(await talk.closed(), /250|221/);
    const implicit = await Talk.open(office.submissions.port, PEERS.stranger);
    implicit.write(Buffer.from(octets, 'latin1'));
    await implicit.closed();
  }
  await until(async () => assert.equal(office.smtp.sessions, 0));
});

/** Tries again until the server has seen that others are gone. */
async function until<T>(action: () => Promise<T>): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    try {
      return await action();
    } catch (failure) {
      if (Date.now() > end) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
