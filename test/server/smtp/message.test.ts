/** The message itself: what ends it, what is refused in it, what is put in front (protocol rules S30, S31, S33-S40, S52, S58). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../main/base/clock.ts';
import {
  dotted,
  hastyClock,
  IVANOV,
  OFFICE_DOMAIN,
  openSmtpOffice,
  PETROV,
  SIRMOV,
  signIn,
  type Talk,
} from '../../kit/office-smtp.ts';

const idOf = (reply: string) => / queued as (\S+)$/.exec(reply)?.[1] ?? '';
const bodyOf = (letter = '') => letter.slice(letter.indexOf('\r\n\r\n') + 4);

test('messages', async (t) => {
  const office = await openSmtpOffice(t, { clock: hastyClock(systemClock) });
  const { petrov, sirmov } = office.people;
  const last = async (person = petrov) => (await office.letters(person)).at(-1) ?? '';
  const deliver = async (text: string | Buffer, talk?: Talk) => {
    const used = talk ?? (await office.talk());
    if (!talk) await used.hello();
    await used.all('MAIL FROM:<a@example.org>', `RCPT TO:<${PETROV}>`, 'DATA');
    used.write(text);
    const reply = await used.reply();
    if (!talk) used.destroy();
    return reply;
  };

  await t.test('S30 dots and octets come out as they went in', async () => {
    const lines = ['Subject: dots', '', '.', '..', '.x', 'x.', '', 'привет \u{1f600}', ' '];
    assert.match(await deliver(dotted(...lines)), /^250 2\.6\.0/);
    const body = Buffer.from(bodyOf(await last()), 'latin1').toString();
    assert.equal(body, `${lines.slice(2).join('\r\n')}\r\n`);
  });

  await t.test('S30 a million stuffed dots', async () => {
    assert.match(await deliver(`Subject: dots\r\n\r\n${'..\r\n'.repeat(250_000)}.\r\n`), /^250/);
    assert.equal(bodyOf(await last()), '.\r\n'.repeat(250_000));
  });

  const smuggling: [string, string][] = [
    ['LF.LF', '\n.\n'],
    ['LF.CRLF', '\n.\r\n'],
    ['CRLF.LF', '\r\n.\n'],
    ['CR.CR', '\r.\r'],
    ['CR.CRLF', '\r.\r\n'],
    ['CRLF.CR', '\r\n.\r'],
    ['CRLF.CRCRLF', '\r\n.\r\r\n'],
    ['LF.CRCRLF', '\n.\r\r\n'],
    ['bare LF', 'a\nb'],
    ['bare CR', 'a\rb'],
  ];
  for (const [name, end] of smuggling) {
    await t.test(`S30, S31 ${name} ends nothing and is refused; what follows is no command`, async () => {
      const before = (await office.letters(sirmov)).length;
      const talk = await office.talk();
      await talk.hello();
      const inner = `MAIL FROM:<evil@example.org>\r\nRCPT TO:<${SIRMOV}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx`;
      assert.match(
        await deliver(`Subject: x\r\n\r\nx${end}${inner}\r\n.\r\n`, talk),
        /^554 5\.6\.0 bare LF\/CR/,
      );
      assert.match(await talk.ask('NOOP'), /^250/);
      assert.equal((await office.letters(sirmov)).length, before);
      talk.destroy();
    });
  }

  await t.test('S33 NUL is refused', async () => {
    assert.match(await deliver('Subject: x\r\n\r\na\0b\r\n.\r\n'), /^554 5\.6\.0 NUL/);
  });

  await t.test('S34 one Received, older trace lines stay as they are', async () => {
    const older = 'Received: from x by y;\r\n\tThu, 1 Jan 1970 00:00:00 +0000';
    const reply = await deliver(dotted(older, 'Subject: trace', '', 'x'));
    const letter = await last();
    const [ours = ''] = /Received: [^\r\n]+(?:\r\n\t[^\r\n]+)*/.exec(letter) ?? [];
    assert.match(
      ours,
      /^Received: from comp1\.otd1\.constr\.org \(\[127\.0\.0\.1\]\)\r\n\tby comp3\.otd2\.constr\.org with ESMTP\r\n/,
    );
    assert.ok(ours.includes(`id ${idOf(reply)}\r\n\tfor <${PETROV}>; `));
    assert.match(ours, /; \w{3}, \d+ \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/);
    assert.ok(letter.includes(`\r\n${older}\r\nSubject: trace\r\n\r\nx\r\n`));
    const talk = await office.talk();
    assert.match(await talk.ask('HELO (a;b)'), /^501/);
    await talk.ask('HELO комп.x*');
    await deliver(dotted('Subject: name', '', 'x'), talk);
    assert.match(await last(), /Received: from \?{4}\.x\? \(/, 'a name cannot leave ASCII');
    await talk.ask('HELO a.b');
    await deliver(dotted('Subject: helo', '', 'x'), talk);
    assert.match(await last(), /Received: from a\.b [^\r\n]+\r\n\t[^\r\n]+ with SMTP\r\n/);
    talk.destroy();
  });

  await t.test('S35 one Return-Path, ours; others are dropped at final delivery', async () => {
    await deliver(
      dotted(
        'return-path: <old@example.org>',
        'Subject: x',
        'Return-Path:',
        ' <folded@x>',
        'To: y',
        '',
        'Return-Path: in the body',
      ),
    );
    const letter = await last();
    const head = letter.slice(0, letter.indexOf('\r\n\r\n'));
    assert.match(head, /^Return-Path: <a@example\.org>\r\nReceived:/);
    assert.equal(head.match(/return-path:/gi)?.length, 1);
    assert.doesNotMatch(head, /folded/);
    assert.match(head, /Subject: x\r\nTo: y$/);
    assert.equal(bodyOf(letter), 'Return-Path: in the body\r\n');
  });

  await t.test('S36 loops: more than 100 Received, or our own Delivered-To', async () => {
    const trace = (n: number) => Array.from({ length: n }, (_, at) => `Received: from a by b id ${at}; x`);
    assert.match(await deliver(dotted(...trace(100), 'Subject: far', '', 'x')), /^250/);
    assert.match(
      await deliver(dotted(...trace(101), 'Subject: circle', '', 'x')),
      /^554 5\.4\.6 Routing loop/,
    );
    assert.match(await deliver(dotted(`Delivered-To: ${PETROV}`, '', 'x')), /^554 5\.4\.6/);
    assert.match(await deliver(dotted('Delivered-To: other@example.org', '', 'x')), /^250/);
  });

  await t.test('S37, S38 after 250 the letter is there; the story is kept', async () => {
    const reply = await deliver(dotted('Subject: Отчёт', '', 'x'));
    assert.match(await last(), /Subject: /);
    const steps = await office.queue.trace({ queueId: idOf(reply) });
    assert.deepEqual(
      steps.map(({ step, sender, recipient }) => [step, sender, recipient]),
      [
        ['accepted', 'a@example.org', ''],
        ['delivered', 'a@example.org', PETROV],
      ],
    );
    assert.equal(
      (await office.queue.trace({ person: PETROV.toLowerCase(), count: 1 }))[0]?.queueId,
      idOf(reply),
    );
    assert.equal((await office.queue.trace({ subject: 'отчёт' }))[0]?.queueId, idOf(reply));
    assert.deepEqual(await office.queue.trace({ subject: 'never written' }), []);
    assert.equal((await office.queue.list()).total, 0, 'nothing is left to do');
  });

  await t.test('S37 a peer that goes away in the middle leaves nothing', async () => {
    const before = (await office.letters(petrov)).length;
    const whole = dotted('Subject: cut', '', 'x');
    for (let cut = 0; cut < whole.length - 1; cut += 3) {
      const talk = await office.talk();
      await talk.hello();
      await talk.all('MAIL FROM:<a@example.org>', `RCPT TO:<${PETROV}>`, 'DATA');
      talk.write(whole.slice(0, cut));
      talk.destroy();
    }
    const talk = await office.talk();
    await talk.hello();
    assert.match(await talk.send('a@example.org', [PETROV], whole), /^250/);
    assert.equal((await office.letters(petrov)).length, before + 1);
    talk.destroy();
  });

  await t.test('S39 raw UTF-8 in headers is taken, also without BODY', async () => {
    const talk = await office.talk('stranger', office.submission);
    await signIn(talk, IVANOV);
    assert.match(
      await talk.send(IVANOV, [PETROV], dotted('Subject: Привет', 'From: Иван <i@x>', '', 'x')),
      /^250/,
    );
    assert.match(Buffer.from(await last(), 'latin1').toString(), /Subject: Привет\r\n/);
    talk.destroy();
  });

  await t.test(
    'S52 a submission gets Date and Message-ID and loses Bcc; a relayed letter is left alone',
    async () => {
      const talk = await office.talk('stranger', office.submission);
      await signIn(talk, IVANOV);
      const reply = await talk.send(
        IVANOV,
        [PETROV],
        dotted('From: i@x', 'Bcc: a@b,', '\tc@d', 'Subject: bare', 'BCC : e@f', '', 'Bcc: stays'),
      );
      const letter = await last();
      const head = letter.slice(0, letter.indexOf('\r\n\r\n'));
      assert.doesNotMatch(head, /bcc|c@d|e@f/i);
      assert.match(head, /\r\nDate: \w{3}, /);
      assert.ok(head.includes(`\r\nMessage-ID: <${idOf(reply)}@${OFFICE_DOMAIN}>`));
      assert.equal(bodyOf(letter), 'Bcc: stays\r\n');
      await talk.send(IVANOV, [PETROV], dotted('Date: d', 'message-id: <m@x>', 'Subject: whole', '', 'x'));
      const whole = await last();
      assert.equal(whole.match(/^date:/gim)?.length, 1);
      assert.equal(whole.match(/^message-id:/gim)?.length, 1);
      await talk.send(IVANOV, [PETROV], dotted('just text'));
      assert.equal(bodyOf(await last()), 'just text\r\n', 'a text without a header stays a body');
      talk.destroy();
      await deliver(dotted('Subject: inbound', 'Bcc: kept@x', '', 'x'));
      const inbound = await last();
      assert.match(inbound, /\r\nBcc: kept@x\r\n/);
      assert.doesNotMatch(inbound, /\r\n(Date|Message-ID):/);
    },
  );

  await t.test('S58 the same submission again is 250 with the first id, and delivered once', async () => {
    const talk = await office.talk('stranger', office.submission);
    await signIn(talk, IVANOV);
    const letter = dotted('Message-ID: <same@x>', 'Subject: again', '', 'x');
    const first = await talk.send(IVANOV, [PETROV, SIRMOV], letter);
    const before = (await office.letters(petrov)).length;
    const second = await talk.send(IVANOV, [SIRMOV, PETROV], letter);
    assert.equal(second, first);
    assert.equal((await office.letters(petrov)).length, before);
    const other = await talk.send(IVANOV, [PETROV], letter);
    assert.notEqual(idOf(other), idOf(first), 'another envelope is another letter');
    talk.destroy();
    const port25 = await office.talk();
    await port25.hello();
    await port25.send('a@example.org', [PETROV], letter);
    await port25.send('a@example.org', [PETROV], letter);
    assert.equal((await office.letters(petrov)).length, before + 3, 'only submissions are known again');
    port25.destroy();
  });

  await t.test(
    'S31, S52 an old device: bare LF becomes CRLF and ends nothing, no login, local recipients only',
    async () => {
      const talk = await office.talk('oldDevice');
      await talk.ask('HELO scanner');
      await talk.ask(`MAIL FROM:<scanner@${OFFICE_DOMAIN}>`);
      assert.match(await talk.ask('RCPT TO:<x@example.org>'), /^550 5\.7\.1/);
      assert.match(await talk.ask(`RCPT TO:<${PETROV}>`), /^250/);
      await talk.ask('DATA');
      talk.write('Subject: scan\n\nline\n.\nstill\rthe same\r\n.\r\n');
      assert.match(await talk.reply(), /^250/);
      const letter = await last();
      assert.equal(bodyOf(letter), 'line\r\n.\r\nstill\r\nthe same\r\n');
      assert.match(letter, /\r\nDate: /);
      assert.match(letter, /\r\nMessage-ID: /);
      await talk.ask(`MAIL FROM:<scanner@${OFFICE_DOMAIN}>`);
      await talk.ask(`RCPT TO:<${PETROV}>`);
      await talk.ask('DATA');
      talk.write('Subject: x\n\na\0b\r\n.\r\n');
      assert.match(await talk.reply(), /^554 5\.6\.0/);
      talk.destroy();
    },
  );

  await t.test('S37, S60 remote recipients wait in the queue, with what was asked for them', async () => {
    office.relay = { ...office.relay, mode: 'mx' } as typeof office.relay;
    const talk = await office.talk('stranger', office.submission);
    await signIn(talk, IVANOV);
    await talk.ask(`MAIL FROM:<${IVANOV}> RET=HDRS ENVID=e1`);
    await talk.ask('RCPT TO:<one@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;orig@example.org');
    await talk.ask(`RCPT TO:<${PETROV}>`);
    await talk.ask('DATA');
    talk.write(dotted('Subject: mixed', '', 'x'));
    const reply = await talk.reply();
    assert.match(reply, /^250/);
    assert.match(await last(), /Subject: mixed/);
    const steps = await office.queue.trace({ queueId: idOf(reply) });
    assert.deepEqual(
      steps.slice(0, 3).map(({ step, recipient }) => `${step} ${recipient}`),
      ['accepted ', `delivered ${PETROV}`, 'queued one@example.org'],
    );
    talk.destroy();
    office.relay = { ...office.relay, mode: 'none' } as typeof office.relay;
  });
});

test('S40 CHUNKING', async (t) => {
  const office = await openSmtpOffice(t, {
    clock: hastyClock(systemClock),
    policy: { maxMessageBytes: 1024 * 1024 },
  });
  const { petrov } = office.people;
  const begin = async () => {
    const talk = await office.talk();
    await talk.hello();
    await talk.all('MAIL FROM:<a@example.org>', `RCPT TO:<${PETROV}>`);
    return talk;
  };
  const chunk = async (talk: Talk, octets: string, last = false) => {
    talk.write(`BDAT ${Buffer.byteLength(octets)}${last ? ' LAST' : ''}\r\n${octets}`);
    return talk.reply();
  };

  await t.test('S40 exactly n octets, no dot rules, one letter', async () => {
    const talk = await begin();
    assert.match(await chunk(talk, 'Subject: chunks\r\n\r\n.\r\n'), /^250 2\.0\.0 22 octets|^250 2\.0\.0/);
    assert.match(await chunk(talk, '..x\r'), /^250/);
    assert.match(await chunk(talk, '\n.\r\n'), /^250/);
    assert.match(await chunk(talk, '', true), /^250 2\.6\.0/);
    assert.equal(bodyOf((await office.letters(petrov)).at(-1)), '.\r\n..x\r\n.\r\n');
    assert.match(await chunk(talk, 'NOOP\r\n', true), /^503 5\.5\.1/, 'after LAST, and swallowed');
    assert.match(await talk.ask('NOOP'), /^250/);
    talk.destroy();
  });

  await t.test('S40 a last line without CRLF gets one', async () => {
    const talk = await begin();
    assert.match(await chunk(talk, 'Subject: x\r\n\r\nend', true), /^250/);
    assert.equal(bodyOf((await office.letters(petrov)).at(-1)), 'end\r\n');
    talk.destroy();
  });

  await t.test('S40 not before RCPT, not mixed with DATA, syntax; chunks are swallowed', async () => {
    const talk = await office.talk();
    await talk.hello();
    assert.match(await chunk(talk, 'QUIT\r\n'), /^503 5\.5\.1/);
    await talk.ask('MAIL FROM:<a@example.org>');
    assert.match(await chunk(talk, 'QUIT\r\n'), /^503 5\.5\.1/);
    await talk.ask(`RCPT TO:<${PETROV}>`);
    assert.match(await chunk(talk, 'Subject: x\r\n\r\n'), /^250/);
    assert.match(await talk.ask('DATA'), /^503 5\.5\.1/);
    assert.match(await talk.ask(`RCPT TO:<${SIRMOV}>`), /^503/);
    assert.match(await talk.ask('RSET'), /^250/, 'forgets the chunks');
    assert.match(await talk.ask('DATA'), /^503/);
    assert.match(await talk.ask('BDAT x'), /^501 5\.5\.4/);
    await talk.closed();
  });

  await t.test('S24, S40 a chunk over the limit fails the rest, RSET helps', async () => {
    const talk = await begin();
    assert.match(await chunk(talk, 'x'.repeat(1024 * 1024 + 1)), /^552 5\.3\.4/);
    assert.match(await chunk(talk, 'QUIT\r\n', true), /^503 5\.5\.1/);
    assert.match(await talk.ask('RSET'), /^250/);
    await talk.all('MAIL FROM:<a@example.org>', `RCPT TO:<${PETROV}>`);
    assert.match(await chunk(talk, 'Subject: x\r\n\r\nafter\r\n', true), /^250 2\.6\.0/);
    talk.destroy();
  });

  await t.test('S24, S40 a chunk that could never be taken is not waited for', async () => {
    const talk = await begin();
    assert.match(await talk.ask('BDAT 99999999999'), /^421 4\.3\.2/);
    await talk.closed();
    const other = await office.talk();
    assert.match(await other.ask('BDAT 99999999999999999999 LAST'), /^501 5\.5\.4/);
    await other.closed();
  });

  await t.test('S31, S40 a bare LF in chunks is refused as well', async () => {
    const talk = await begin();
    assert.match(await chunk(talk, 'Subject: x\r\n\r\na\nb\r\n', true), /^554 5\.6\.0/);
    talk.destroy();
  });

  await t.test('S40 a whole pipeline in one packet', async () => {
    const talk = await office.talk();
    const text = 'Subject: pipeline\r\n\r\nx\r\n';
    talk.write(
      `EHLO a\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<${PETROV}>\r\nBDAT ${text.length} LAST\r\n${text}QUIT\r\n`,
    );
    const said = await talk.closed();
    assert.match(said, /250 2\.1\.0 OK\r\n250 2\.1\.5 OK\r\n250 2\.6\.0 [^\r\n]+\r\n221 /);
  });
});
