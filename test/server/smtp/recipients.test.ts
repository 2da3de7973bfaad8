/** Who may write to whom (protocol rules S8, S9, S12, S13, S16, S24 at RCPT, S25, S50, S51, S53, S54, S57). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../main/base/clock.ts';
import { Fault } from '../../../main/base/errors.ts';
import { openSmtp } from '../../../main/server/smtp/smtp.ts';
import { openTestOffice } from '../../kit/office.ts';
import {
  dotted,
  hastyClock,
  IVANOV,
  OFFICE_DOMAIN,
  openSmtpOffice,
  type PEERS,
  PETROV,
  SIRMOV,
  signIn,
} from '../../kit/office-smtp.ts';

test('recipients', async (t) => {
  const office = await openSmtpOffice(t, { clock: hastyClock(systemClock), policy: { maxRecipients: 100 } });
  const { petrov, sirmov, full } = office.people;
  const rcpt = async (
    recipient: string,
    { from = 'someone@example.org', peer = 'stranger' }: { from?: string; peer?: keyof typeof PEERS } = {},
  ) => {
    const talk = await office.talk(peer);
    await talk.hello();
    const mail = await talk.ask(`MAIL FROM:<${from}>`);
    const answer = mail.startsWith('250') ? await talk.ask(`RCPT TO:<${recipient}>`) : mail;
    talk.destroy();
    return answer;
  };

  await t.test('S8 postmaster is deliverable, in any case, with and without a domain', async () => {
    for (const each of [
      'Postmaster',
      'POSTMASTER',
      `postmaster@${OFFICE_DOMAIN}`,
      'PostMaster@comp1.otd1.constr.org',
    ]) {
      assert.match(await rcpt(each), /^250 2\.1\.5/, each);
    }
    assert.match(await rcpt('postmaster@example.org'), /^550 5\.7\.1/);
  });

  const table: [string, RegExp][] = [
    [PETROV, /^250 2\.1\.5/],
    [PETROV.toUpperCase(), /^250/],
    [`petrov+bills@${OFFICE_DOMAIN}`, /^250/],
    [`"Petrov"@${OFFICE_DOMAIN}`, /^250/],
    [`Petrov@${OFFICE_DOMAIN}.`, /^250/],
    [`@relay.example:${PETROV}`, /^250/],
    [`Sidirov@${OFFICE_DOMAIN}`, /^550 5\.1\.1/],
    [`gone@${OFFICE_DOMAIN}`, /^550 5\.2\.1/],
    [`full@${OFFICE_DOMAIN}`, /^452 4\.2\.2/],
    [`chiefs@${OFFICE_DOMAIN}`, /^550 5\.7\.1/],
    [`sales@${OFFICE_DOMAIN}`, /^250/],
    [`all@${OFFICE_DOMAIN}`, /^250/],
    [`half@${OFFICE_DOMAIN}`, /^250/],
  ];
  for (const [recipient, expected] of table) {
    await t.test(`S9 ${recipient}`, async () => assert.match(await rcpt(recipient), expected));
  }

  const relay: string[] = [
    'user@example.org',
    'user@EXAMPLE.org.',
    `@${OFFICE_DOMAIN}:user@example.org`,
    `@${OFFICE_DOMAIN},@b:user@example.org`,
    `user@sub.${OFFICE_DOMAIN}`,
    'user@[192.0.2.1]',
    'user@[IPv6:2001:db8::1]',
    `user@${OFFICE_DOMAIN}.example.org`,
  ];
  for (const recipient of relay) {
    await t.test(`S51 no relay for a stranger to ${recipient}`, async () =>
      assert.match(await rcpt(recipient), /^550 5\.7\.1 Relaying denied/),
    );
  }
  for (const recipient of [
    `user%example.org@${OFFICE_DOMAIN}`,
    `"user@example.org"@${OFFICE_DOMAIN}`,
    `example.org!user@${OFFICE_DOMAIN}`,
  ]) {
    await t.test(`S51 ${recipient} is a local part like any other`, async () => {
      assert.match(await rcpt(recipient), /^550 5\.1\.1/);
      assert.match(await rcpt(recipient, { peer: 'trusted' }), /^550 5\.1\.1/);
    });
  }
  await t.test('S51 syntax that could mean elsewhere is refused', async () => {
    for (const recipient of [
      'user@',
      '@example.org',
      `user@example.org@${OFFICE_DOMAIN}`,
      'user@[256.0.0.1]',
    ]) {
      assert.match(await rcpt(recipient), /^501 5\.1\.3/, recipient);
    }
  });
  await t.test('S51 our own address literal is our first domain', async () => {
    assert.match(await rcpt('Petrov@[127.0.0.1]'), /^250/);
    assert.match(await rcpt('nobody@[127.0.0.1]'), /^550 5\.1\.1/);
  });

  await t.test('S51, S62 an office without a way out says so to those who might', async () => {
    assert.match(
      await rcpt('user@example.org', { peer: 'trusted' }),
      /^550 5\.7\.1 This office does not send/,
    );
  });

  await t.test(
    'S51 a trusted network may relay where there is a way out; strangers still may not',
    async () => {
      const before = office.relay;
      office.relay = { ...before, mode: 'mx' } as typeof before;
      assert.match(await rcpt('user@example.org', { peer: 'trusted' }), /^250/);
      assert.match(await rcpt('user@example.org', { peer: 'oldDevice' }), /^550 5\.7\.1 Relaying denied/);
      assert.match(await rcpt('user@example.org'), /^550 5\.7\.1 Relaying denied/);
      office.relay = before;
    },
  );

  await t.test('S53 a stranger is not one of us; trusted networks and old devices are', async () => {
    assert.match(await rcpt(SIRMOV, { from: PETROV }), /^550 5\.7\.1/);
    assert.match(await rcpt(SIRMOV, { from: 'invented@COMP3.otd2.constr.org' }), /^550 5\.7\.1/);
    assert.match(await rcpt(SIRMOV, { from: PETROV, peer: 'trusted' }), /^250/);
    assert.match(await rcpt(SIRMOV, { from: `scanner@${OFFICE_DOMAIN}`, peer: 'oldDevice' }), /^250/);
  });

  await t.test('S57 the null sender is accepted, with several recipients', async () => {
    const talk = await office.talk();
    await talk.hello();
    assert.match(await talk.send('', [PETROV, SIRMOV], dotted('Subject: report', '', 'x')), /^250 2\.6\.0/);
    assert.match((await office.letters(sirmov)).at(-1) ?? '', /^Return-Path: <>\r\n/);
    await talk.quit();
  });

  await t.test('S9 a later refusal does not lose who was accepted', async () => {
    const talk = await office.talk();
    await talk.hello();
    const answer = await talk.send(
      'a@example.org',
      [PETROV, `nobody@${OFFICE_DOMAIN}`, SIRMOV],
      dotted('Subject: kept', '', 'x'),
    );
    assert.match(answer, /^250/);
    for (const person of [petrov, sirmov])
      assert.match((await office.letters(person)).at(-1) ?? '', /Subject: kept/);
    talk.destroy();
  });

  await t.test('one letter to a person who is meant three times is one letter', async () => {
    const before = (await office.letters(petrov)).length;
    const talk = await office.talk();
    await talk.hello();
    const to = [PETROV, `sales@${OFFICE_DOMAIN}`, `all@${OFFICE_DOMAIN}`, PETROV.toLowerCase()];
    assert.match(await talk.send('a@example.org', to, dotted('Subject: once', '', 'x')), /^250/);
    assert.equal((await office.letters(petrov)).length, before + 1);
    talk.destroy();
  });

  await t.test('a plus address goes into the folder of that name', async () => {
    await office.mailstore.create(petrov.id, 'Bills');
    const talk = await office.talk();
    await talk.hello();
    await talk.send('a@example.org', [`petrov+bills@${OFFICE_DOMAIN}`], dotted('Subject: bill', '', 'x'));
    assert.equal((await office.letters(petrov, 'Bills')).length, 1);
    talk.destroy();
  });

  await t.test('S37 who of several has no room gets no copy, the sender is told by a report', async () => {
    const talk = await office.talk('trusted');
    await talk.hello();
    const answer = await talk.send(SIRMOV, [`half@${OFFICE_DOMAIN}`], dotted('Subject: half full', '', 'x'));
    assert.match(answer, /^250/);
    assert.match((await office.letters(petrov)).at(-1) ?? '', /Subject: half full/);
    assert.equal((await office.letters(full)).length, 1, 'what was there before');
    const [id] = / ([0-9A-Z]+)$/.exec(answer)?.slice(1) ?? [];
    const steps = await office.queue.trace({ queueId: id ?? '' });
    assert.deepEqual(
      steps.map(({ step, recipient }) => [step, recipient]).sort(),
      [
        ['accepted', ''],
        ['delivered', PETROV],
        ['failed', full.address],
      ].sort(),
    );
    talk.destroy();
  });

  await t.test('S24 a message that can never fit is refused for good at RCPT', async () => {
    const talk = await office.talk();
    await talk.hello();
    await talk.ask('MAIL FROM:<a@example.org> SIZE=5000');
    assert.match(await talk.ask(`RCPT TO:<${full.address}>`), /^552 5\.2\.2/);
    talk.destroy();
  });

  await t.test('S25 the recipient over the limit is 452, never 552; the others stay', async () => {
    const talk = await office.talk('trusted');
    await talk.hello();
    await talk.ask('MAIL FROM:<a@example.org>');
    for (let n = 0; n < 99; n += 1)
      assert.match(await talk.ask(`RCPT TO:<petrov+${n}@${OFFICE_DOMAIN}>`), /^250/);
    assert.match(await talk.ask(`RCPT TO:<${SIRMOV}>`), /^250/, 'the 100th');
    assert.match(await talk.ask(`RCPT TO:<${PETROV}>`), /^452 4\.5\.3/);
    assert.match(await talk.ask(`RCPT TO:<${SIRMOV}>`), /^250/, 'one that is there already');
    assert.match(await talk.ask('DATA'), /^354/);
    talk.destroy();
  });

  await t.test('S7 parameters of MAIL and RCPT', async () => {
    const talk = await office.talk('trusted');
    await talk.hello();
    const mail: [string, RegExp][] = [
      ['SIZE=100 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb AUTH=<>', /^250 2\.1\.0/],
      ['AUTH=a@b.c', /^250/],
      ['SIZE=x', /^501 5\.5\.4/],
      ['SIZE=123456789012345678901', /^501 5\.5\.4/],
      ['SIZE=1 SIZE=2', /^501 5\.5\.4/],
      ['BODY=BINARYMIME', /^501 5\.5\.4/],
      ['SMTPUTF8=1', /^501 5\.5\.4/],
      ['RET=SOME', /^501 5\.5\.4/],
      ['ENVID=+0D', /^501 5\.5\.4/],
      [`ENVID=${'x'.repeat(101)}`, /^501 5\.5\.4/],
      ['AUTH=nonsense', /^501 5\.5\.4/],
      ['REQUIRETLS', /^555 5\.5\.4/],
      ['NOTIFY=NEVER', /^555 5\.5\.4/],
      ['FOO=bar', /^555 5\.5\.4/],
    ];
    for (const [parameters, expected] of mail) {
      assert.match(await talk.ask(`MAIL FROM:<a@example.org> ${parameters}`), expected, parameters);
      await talk.ask('RSET');
    }
    assert.match(await talk.ask('MAIL FROM a@example.org'), /^501/);
    assert.match(await talk.ask('MAIL FROM:a@example.org'), /^501 5\.1\.7/);
    await talk.ask('MAIL FROM:<a@example.org>');
    const to: [string, RegExp][] = [
      ['NOTIFY=NEVER', /^250 2\.1\.5/],
      ['NOTIFY=success,DELAY,Failure ORCPT=rfc822;a+2Bb@example.org', /^250/],
      ['NOTIFY=NEVER,SUCCESS', /^501 5\.5\.4/],
      ['NOTIFY=SOMETIMES', /^501 5\.5\.4/],
      ['ORCPT=a@b', /^501 5\.5\.4/],
      ['ORCPT=rfc822;+zz', /^501 5\.5\.4/],
      ['SIZE=1', /^555 5\.5\.4/],
    ];
    for (const [parameters, expected] of to) {
      assert.match(await talk.ask(`RCPT TO:<${PETROV}> ${parameters}`), expected, parameters);
    }
    talk.destroy();
  });

  await t.test('S39 beyond ASCII only with SMTPUTF8', async () => {
    await office.add({ address: `пётр@${OFFICE_DOMAIN}`, name: 'Пётр' });
    const talk = await office.talk();
    await talk.hello();
    assert.match(await talk.ask('MAIL FROM:<иван@пример.рф>'), /^553 5\.6\.7/);
    await talk.ask('MAIL FROM:<a@example.org>');
    assert.match(await talk.ask(`RCPT TO:<пётр@${OFFICE_DOMAIN}>`), /^553 5\.6\.7/);
    await talk.ask('RSET');
    assert.match(await talk.ask('MAIL FROM:<иван@пример.рф> SMTPUTF8'), /^250/);
    assert.match(await talk.ask(`RCPT TO:<Пётр@${OFFICE_DOMAIN}>`), /^250/);
    await talk.ask('DATA');
    talk.write(dotted('Subject: Привет', '', 'тело'));
    assert.match(await talk.reply(), /^250/);
    const person = await office.context.directory.personByAddress(`пётр@${OFFICE_DOMAIN}`);
    assert.ok(person);
    const [letter = ''] = await office.letters(person);
    assert.match(
      Buffer.from(letter, 'latin1').toString(),
      /^Return-Path: <иван@пример\.рф>\r\n.*with UTF8SMTP\r\n/s,
    );
    talk.destroy();
  });

  await t.test('S12 VRFY: one hit, several, none; strangers learn nothing', async () => {
    const known = await office.talk('trusted');
    assert.equal(await known.ask('VRFY Petrov'), `250 2.1.5 Inav Petrov <${PETROV}>`);
    assert.equal(await known.ask(`VRFY <${PETROV}>`), `250 2.1.5 Inav Petrov <${PETROV}>`);
    assert.match(await known.ask(`VRFY ${PETROV} SMTPUTF8`), /^250/);
    await office.add({ address: 'petrov@comp1.otd1.constr.org', name: 'Another Petrov' });
    const several = await known.ask('VRFY petrov');
    assert.match(several, /^553-5\.1\.4 /);
    assert.match(several, /Inav Petrov <Petrov@comp3/);
    assert.match(several, /Another Petrov <petrov@comp1/);
    await office.add({ address: `orlov@${OFFICE_DOMAIN}`, name: 'Пётр Орлов' });
    assert.equal(await known.ask('VRFY orlov'), `250 2.1.5 <orlov@${OFFICE_DOMAIN}>`);
    assert.equal(await known.ask('VRFY orlov SMTPUTF8'), `250 2.1.5 Пётр Орлов <orlov@${OFFICE_DOMAIN}>`);
    assert.equal(await known.ask('VRFY Пётр Орлов'), `250 2.1.5 Пётр Орлов <orlov@${OFFICE_DOMAIN}>`);
    assert.match(await known.ask('VRFY Sidirov'), /^550 5\.1\.1/);
    assert.match(await known.ask('VRFY'), /^501 5\.5\.4/);
    known.destroy();
    const stranger = await office.talk();
    assert.equal(await stranger.ask('VRFY Petrov'), await stranger.ask('VRFY Sidirov'));
    assert.match(await stranger.ask('VRFY Petrov'), /^252 2\.1\.5/);
    stranger.destroy();
  });

  await t.test('S13 EXPN: members, a user, nothing; strangers learn nothing', async () => {
    const known = await office.talk('trusted');
    const members = (await known.ask('EXPN all')).split('\r\n').sort();
    assert.deepEqual(
      members.map((line) => line.slice(10)).sort(),
      [`Inav Petrov <${PETROV}>`, `Sirmov <${SIRMOV}>`].sort(),
    );
    assert.match(await known.ask(`EXPN Sirmov`), /^550 5\.1\.1 That is a user/);
    assert.match(await known.ask('EXPN nothing'), /^550 5\.1\.1/);
    assert.match(await known.ask('EXPN'), /^501 5\.5\.4/);
    known.destroy();
    const stranger = await office.talk();
    assert.match(await stranger.ask('EXPN all'), /^550 5\.7\.1/);
    stranger.destroy();
  });

  await t.test('S16 ETRN: started, nothing there, not for strangers', async () => {
    const known = await office.talk('trusted');
    assert.match(await known.ask('ETRN example.org'), /^503/);
    await known.hello();
    assert.match(await known.ask('ETRN example.org'), /^251 2\.0\.0/);
    assert.match(await known.ask('ETRN @example.org'), /^251/);
    assert.match(await known.ask('ETRN #queue'), /^251/);
    assert.match(await known.ask('ETRN'), /^501 5\.5\.4/);
    assert.match(await known.ask('ETRN <x>'), /^501/);
    const flush = t.mock.method(office.context.queue, 'flush', async () => 3);
    assert.match(await known.ask('ETRN example.org'), /^253 2\.0\.0 OK, 3 pending/);
    flush.mock.mockImplementation(() => Promise.reject(new Error('no')));
    assert.match(await known.ask('ETRN example.org'), /^458 4\.3\.0/);
    flush.mock.restore();
    known.destroy();
    const stranger = await office.talk();
    await stranger.hello();
    assert.match(await stranger.ask('ETRN example.org'), /^459 \d\.7\.1/);
    stranger.destroy();
  });

  await t.test('S50, S51 someone signed in may send outside when there is a way', async () => {
    const before = office.relay;
    office.relay = { ...before, mode: 'mx' } as typeof before;
    const talk = await office.talk();
    assert.match(await signIn(talk, IVANOV), /^235/);
    await talk.ask(`MAIL FROM:<${IVANOV}>`);
    assert.match(await talk.ask('RCPT TO:<user@example.org>'), /^250/);
    talk.destroy();
    office.relay = before;
  });
});

test('S8 without anybody who could be postmaster no mail service starts', async (t) => {
  const office = await openTestOffice(t);
  const options = { host: '127.0.0.1', port: 0, implicitTls: false, kind: 'smtp' } as const;
  await assert.rejects(
    openSmtp(office.context, options),
    (failure) => failure instanceof Fault && failure.code === 'no-postmaster',
  );
  await office.add({ address: PETROV });
  const service = await openSmtp(office.context, options);
  const taken = openSmtp(office.context, { ...options, port: service.port });
  await assert.rejects(taken, (failure) => failure instanceof Fault && failure.code === 'port-in-use');
  await service.close(0);
});

test('S54 messages of strangers a minute, of a person an hour', async (t) => {
  const office = await openSmtpOffice(t, {
    guard: { messagesPerMinute: 2, messagesPerHour: 1 },
  });
  const talk = await office.talk();
  await talk.hello();
  for (const _ of [1, 2]) {
    assert.match(await talk.ask('MAIL FROM:<a@example.org>'), /^250/);
    await talk.ask('RSET');
  }
  assert.match(await talk.ask('MAIL FROM:<a@example.org>'), /^450 4\.7\.1/);
  talk.destroy();
  const known = await office.talk('clearText', office.submission);
  assert.match(await signIn(known, PETROV), /^235/);
  assert.match(await known.send(PETROV, [SIRMOV], dotted('Subject: 1', '', 'x')), /^250/);
  assert.match(await known.send(PETROV, [SIRMOV], ''), /^450 4\.7\.1/);
  // The refused transaction is over.
  assert.match(await known.ask(`RCPT TO:<${SIRMOV}>`), /^503/);
  known.destroy();
});
