/** Limits with their exact codes (protocol rules S20, S21, S23, S24, S26, S27, G3). */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../../main/base/clock.ts';
import { Fault } from '../../../main/base/errors.ts';
import { dotted, hastyClock, OFFICE_DOMAIN, openSmtpOffice, PETROV, SIRMOV } from '../../kit/office-smtp.ts';

const MiB = 1024 * 1024;

test('limits', async (t) => {
  const office = await openSmtpOffice(t, {
    clock: hastyClock(systemClock),
    policy: { maxMessageBytes: MiB },
  });
  const { petrov } = office.people;

  await t.test(
    'S20 a command line of 512 octets is read, one of 513 is too long; the session goes on',
    async () => {
      const talk = await office.talk();
      assert.match(await talk.ask(`NOOP ${'x'.repeat(512 - 7)}`), /^250/);
      assert.match(await talk.ask(`NOOP ${'x'.repeat(512 - 6)}`), /^500 5\.5\.2 Line too long/);
      assert.match(await talk.ask('x'.repeat(60_000)), /^500 5\.5\.2 Line too long/);
      assert.match(await talk.ask('NOOP'), /^250/);
      talk.destroy();
    },
  );

  await t.test('S20 MAIL and RCPT have 2048 octets', async () => {
    const talk = await office.talk('trusted');
    await talk.hello();
    const mail = (length: number) => {
      const start = 'MAIL FROM:<a@example.org> SIZE=1 AUTH=';
      return `${start}${'a'.repeat(length - start.length - 8)}@b.com`;
    };
    assert.match(await talk.ask(mail(2048)), /^250/);
    await talk.ask('RSET');
    assert.match(await talk.ask(mail(2049)), /^500 5\.5\.2 Line too long/);
    talk.destroy();
  });

  await t.test('S20 64 KiB without a line end: 421 and closed', async () => {
    const talk = await office.talk();
    talk.write('x'.repeat(65 * 1024));
    assert.match(await talk.reply(), /^421 4\.7\.0/);
    await talk.closed();
  });

  await t.test('S32 a command that ends with LF alone is not executed', async () => {
    const talk = await office.talk();
    await talk.hello();
    talk.write('MAIL FROM:<a@example.org>\nNOOP\r\n');
    assert.match(await talk.closed(), /^500 5\.5\.2 [^\r\n]*\r\n$/);
    const cut = await office.talk();
    cut.write('NOOP');
    cut.finish();
    assert.equal(await cut.closed(), '');
    const control = await office.talk();
    assert.match(await control.ask('NOOP \u0000'), /^500 5\.5\.2/);
    assert.match(await control.ask('NOOP \rQUIT'), /^500 5\.5\.2/);
    control.write(Buffer.from('NOOP \xff\r\n', 'latin1'));
    assert.match(await control.reply(), /^500 5\.5\.2/);
    control.destroy();
  });

  await t.test('S21 an address of 254 octets is refused for who it is, one more for its length', async () => {
    const talk = await office.talk();
    await talk.hello();
    const domain = `${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}.org`;
    const sender = (length: number) => `${'l'.repeat(length - domain.length - 1)}@${domain}`;
    assert.match(await talk.ask(`MAIL FROM:<${sender(255)}>`), /^501 5\.1\.7 Path too long/);
    assert.match(await talk.ask(`MAIL FROM:<${sender(254)}>`), /^250/);
    assert.match(
      await talk.ask(`RCPT TO:<${'l'.repeat(65)}@${OFFICE_DOMAIN}>`),
      /^501 5\.1\.3 Path too long/,
    );
    assert.match(await talk.ask(`RCPT TO:<${'l'.repeat(64)}@${OFFICE_DOMAIN}>`), /^550 5\.1\.1/);
    talk.destroy();
  });

  await t.test('S23 text lines: 1000 octets always, 64 KiB for our own mailboxes', async () => {
    const talk = await office.talk();
    await talk.hello();
    const send = (length: number) =>
      talk.send('a@example.org', [PETROV], dotted('Subject: long', '', 'x'.repeat(length - 2)));
    assert.match(await send(1000), /^250/);
    assert.match(await send(64 * 1024), /^250/);
    const before = (await office.letters(petrov)).length;
    assert.match(await send(64 * 1024 + 1), /^500 5\.5\.2 Line too long/);
    assert.equal((await office.letters(petrov)).length, before);
    talk.destroy();
  });

  await t.test('S23 what leaves the office has lines of 1000 octets', async () => {
    office.relay = { ...office.relay, mode: 'mx' } as typeof office.relay;
    const talk = await office.talk('trusted');
    await talk.hello();
    const send = (length: number) =>
      talk.send(
        'a@example.org',
        ['x@example.org'],
        dotted('Subject: long', '', `.${'x'.repeat(length - 3)}`),
      );
    assert.match(await send(1001), /^500 5\.5\.2/);
    assert.match(await send(1000), /^250/, 'the stuffed dot is not counted');
    talk.destroy();
    office.relay = { ...office.relay, mode: 'none' } as typeof office.relay;
  });

  await t.test('S24 SIZE at MAIL, real octets at the end; nothing is stored', async () => {
    const talk = await office.talk();
    await talk.hello();
    assert.match(await talk.ask(`MAIL FROM:<a@example.org> SIZE=${MiB + 1}`), /^552 5\.3\.4/);
    assert.match(await talk.ask(`MAIL FROM:<a@example.org> SIZE=${MiB}`), /^250/);
    await talk.ask('RSET');
    const letter = (octets: number) => {
      const line = `${'x'.repeat(98)}\r\n`;
      const text = `Subject: big\r\n\r\n${line.repeat(Math.ceil(octets / 100))}`;
      return `${text.slice(0, octets - 2)}\r\n`;
    };
    const before = (await office.letters(petrov)).length;
    assert.match(await talk.send('a@example.org', [PETROV], `${letter(MiB)}.\r\n`), /^250/);
    assert.match(
      await talk.send('a@example.org', [PETROV], `${letter(MiB + 1)}.\r\n`),
      /^552 5\.3\.4 Too much mail data/,
    );
    assert.equal((await office.letters(petrov)).length, before + 1);
    assert.match(await talk.ask('NOOP'), /^250/);
    talk.destroy();
  });

  await t.test('S24 twice the limit is cut; memory does not grow with what is sent', async () => {
    const talk = await office.talk();
    await talk.hello();
    await talk.all('MAIL FROM:<a@example.org>', `RCPT TO:<${PETROV}>`, 'DATA');
    const piece = Buffer.from(`${'y'.repeat(998)}\r\n`.repeat(64));
    const before = process.memoryUsage().rss;
    let sent = 0;
    while (sent < 64 * MiB && !talk.ended) {
      sent += piece.length;
      if (!talk.push(piece)) await talk.drained();
    }
    assert.match(await talk.closed(), /^421 4\.3\.2/);
    assert.ok(process.memoryUsage().rss - before < 60 * MiB);
    assert.equal((await office.letters(petrov)).filter((text) => text.includes('yyy')).length, 0);
  });

  await t.test('S24 a peer that pours on after the farewell is cut off, not only left unread', async () => {
    const socket = connect({ host: '127.0.0.1', port: office.smtp.port, allowHalfOpen: true });
    let heard = '';
    socket.on('data', (piece) => {
      heard += piece.toString('latin1');
    });
    const gone = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    const flood = Buffer.alloc(256 * 1024, 'x');
    const started = performance.now();
    let sent = 0;
    while (!socket.destroyed && sent < 512 * MiB) {
      sent += flood.length;
      if (socket.write(flood)) continue;
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), gone]);
    }
    assert.ok(sent < 64 * MiB, `${sent} octets were taken, in ${performance.now() - started} ms`);
    assert.match(heard, /421 4\.7\.0/);
  });

  await t.test('S24 a full disk at each step is 452, and the session lives on', async (t2) => {
    const full = () => Promise.reject(new Fault('transient', 'disk-full', 'The disk is full.'));
    const talk = await office.talk();
    await talk.hello();
    const before = (await office.letters(petrov)).length;
    const real = office.context.mailstore.intake.bind(office.context.mailstore);
    const write = t2.mock.method(office.context.mailstore, 'intake', () => {
      const intake = real();
      return Object.assign(Object.create(intake), { write: full, abandon: () => intake.abandon() });
    });
    assert.match(await talk.send('a@example.org', [PETROV], dotted('Subject: 1', '', 'x')), /^452 4\.3\.1/);
    write.mock.restore();
    const accept = t2.mock.method(office.context.queue, 'accept', full);
    assert.match(await talk.send('a@example.org', [PETROV], dotted('Subject: 2', '', 'x')), /^452 4\.3\.1/);
    accept.mock.restore();
    assert.equal(office.context.records.meters.snapshot()['alert_disk_full'], 2);
    const broken = t2.mock.method(office.context.queue, 'accept', () => Promise.reject(new Error('what')));
    assert.match(await talk.send('a@example.org', [PETROV], dotted('Subject: 3', '', 'x')), /^451 4\.3\.0/);
    broken.mock.restore();
    assert.equal((await office.letters(petrov)).length, before);
    assert.match(await talk.send('a@example.org', [PETROV], dotted('Subject: 4', '', 'x')), /^250/);
    talk.destroy();
  });

  await t.test('S26 the 101st message of a session is 421', async () => {
    const talk = await office.talk();
    await talk.hello();
    for (let n = 0; n < 100; n += 1) {
      assert.match(await talk.ask('MAIL FROM:<a@example.org>'), /^250/);
      await talk.ask('RSET');
    }
    assert.match(await talk.ask('MAIL FROM:<a@example.org>'), /^421 4\.7\.0/);
    await talk.closed();
  });

  await t.test('S27 the twentieth error is 421', async () => {
    const talk = await office.talk();
    await talk.hello();
    await talk.ask('MAIL FROM:<a@example.org>');
    for (let n = 1; n < 20; n += 1)
      assert.match(await talk.ask(`RCPT TO:<x${n}@${OFFICE_DOMAIN}>`), /^550 5\.1\.1/);
    assert.match(await talk.ask(`RCPT TO:<x20@${OFFICE_DOMAIN}>`), /^421 4\.7\.0/);
    await talk.closed();
  });

  await t.test('S27 an old address book of someone we know is no attack', async () => {
    const talk = await office.talk('trusted');
    await talk.hello();
    await talk.ask('MAIL FROM:<a@example.org>');
    for (let n = 1; n < 30; n += 1)
      assert.match(await talk.ask(`RCPT TO:<x${n}@${OFFICE_DOMAIN}>`), /^550 5\.1\.1/);
    assert.match(await talk.ask(`RCPT TO:<${SIRMOV}>`), /^250/);
    talk.destroy();
  });
});

test('S27 three errors are answered at once, each further one after two seconds', async (t) => {
  const waits: number[] = [];
  const clock = {
    now: systemClock.now,
    ticks: systemClock.ticks,
    after(ms: number, run: () => void) {
      waits.push(ms);
      return systemClock.after(ms === 2000 ? 0 : ms, run);
    },
  };
  const office = await openSmtpOffice(t, { clock });
  const talk = await office.talk();
  for (let n = 0; n < 5; n += 1) assert.match(await talk.ask('RSET x'), /^501/);
  assert.equal(waits.filter((ms) => ms === 2000).length, 2);
  talk.destroy();
});

test('S23 the strict switch holds all lines to 1000 octets', async (t) => {
  const office = await openSmtpOffice(t, { policy: { strictLines: true } });
  const talk = await office.talk();
  await talk.hello();
  const send = (length: number) =>
    talk.send('a@example.org', [PETROV], dotted('Subject: long', '', 'x'.repeat(length - 2)));
  assert.match(await send(1000), /^250/);
  assert.match(await send(1001), /^500 5\.5\.2 Line too long/);
  talk.destroy();
});
