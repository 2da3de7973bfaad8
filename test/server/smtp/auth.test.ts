/** Signing in over SMTP (protocol rules S17, G6, G8, G9, S50). The exchanges themselves: test/server/directory. */
import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { systemClock } from '../../../main/base/clock.ts';
import { createLog } from '../../../main/base/log.ts';
import {
  dotted,
  hastyClock,
  IVANOV,
  OFFICE_DOMAIN,
  openSmtpOffice,
  PETROV,
  SECRET,
  SIRMOV,
  type SmtpOffice,
  signIn,
  type Talk,
} from '../../kit/office-smtp.ts';

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const decoded = (reply: string) => Buffer.from(reply.slice(4), 'base64').toString();
const plain = (user: string, password: string) => base64(`\0${user}\0${password}`);

async function cramMd5(talk: Talk, user: string, secret: string): Promise<string> {
  const challenge = await talk.ask('AUTH CRAM-MD5');
  assert.match(challenge, /^334 /);
  const digest = createHmac('md5', secret).update(decoded(challenge)).digest('hex');
  return talk.ask(base64(`${user} ${digest}`));
}

/** RFC 5802, RFC 7677: the client's half, far enough for one exchange. */
async function scram(talk: Talk, user: string, password: string): Promise<string> {
  const nonce = randomBytes(12).toString('hex');
  const bare = `n=${user},r=${nonce}`;
  const first = await talk.ask(`AUTH SCRAM-SHA-256 ${base64(`n,,${bare}`)}`);
  assert.match(first, /^334 /);
  const server = decoded(first);
  const [, r = '', s = '', i = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(server) ?? [];
  const salted = pbkdf2Sync(password, Buffer.from(s, 'base64'), Number(i), 32, 'sha256');
  const mac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const clientKey = mac(salted, 'Client Key');
  const whole = `${bare},${server},c=biws,r=${r}`;
  const signature = mac(createHash('sha256').update(clientKey).digest(), whole);
  const proof = clientKey.map((octet, at) => octet ^ signature[at]!);
  const last = await talk.ask(base64(`c=biws,r=${r},p=${base64(Buffer.from(proof))}`));
  if (!last.startsWith('334')) return last;
  assert.equal(decoded(last), `v=${base64(mac(mac(salted, 'Server Key'), whole))}`);
  return talk.ask('');
}

async function secured(office: SmtpOffice): Promise<Talk> {
  const talk = await office.talk();
  await talk.hello();
  await talk.ask('STARTTLS');
  await talk.startTls();
  await talk.hello();
  return talk;
}

const OK = /^235 2\.7\.0 Authentication successful$/;

test('AUTH', async (t) => {
  const lines: string[] = [];
  const log = createLog((line) => void lines.push(line));
  const office = await openSmtpOffice(t, { clock: hastyClock(systemClock), log });

  await t.test('S17 every mechanism', async () => {
    const ways: ((talk: Talk) => Promise<string>)[] = [
      (talk) => scram(talk, IVANOV, SECRET),
      (talk) => talk.ask(`AUTH PLAIN ${plain(IVANOV, SECRET)}`),
      (talk) => talk.all('AUTH PLAIN', plain(IVANOV, SECRET)),
      (talk) => talk.all('AUTH LOGIN', base64(IVANOV), base64(SECRET)),
      (talk) => talk.all(`AUTH login ${base64(IVANOV)}`, base64(SECRET)),
      (talk) => cramMd5(talk, IVANOV, SECRET),
    ];
    for (const way of ways) {
      const talk = await secured(office);
      assert.match(await way(talk), OK);
      assert.match(await talk.ask('AUTH PLAIN'), /^503 5\.5\.1/, 'not twice');
      assert.doesNotMatch(await talk.hello(), /AUTH/, 'not offered any more');
      talk.destroy();
    }
  });

  await t.test('S17 prompts of LOGIN and PLAIN; CRAM-MD5 challenges are never the same', async () => {
    const talk = await secured(office);
    assert.equal(decoded(await talk.ask('AUTH LOGIN')), 'Username:');
    assert.equal(decoded(await talk.ask(base64(IVANOV))), 'Password:');
    assert.match(await talk.ask('*'), /^501 5\.7\.0/);
    assert.equal(await talk.ask('AUTH PLAIN'), '334 ');
    assert.match(await talk.ask('*'), /^501 5\.7\.0/);
    const one = await talk.ask('AUTH CRAM-MD5');
    await talk.ask('*');
    assert.notEqual(await talk.ask('AUTH CRAM-MD5'), one);
    talk.destroy();
  });

  await t.test('S17 what is no base64, no mechanism, no argument; = is the empty string', async () => {
    const talk = await secured(office);
    assert.match(await talk.ask('AUTH PLAIN ###'), /^501 5\.5\.2/);
    assert.match(await talk.ask('AUTH PLAIN YQ'), /^501 5\.5\.2/);
    assert.match(await talk.all('AUTH PLAIN', 'not base64'), /^501 5\.5\.2/);
    assert.match(await talk.ask('AUTH'), /^501 5\.5\.4/);
    assert.match(await talk.ask('AUTH PLAIN a b'), /^501 5\.5\.4/);
    assert.match(await talk.ask('AUTH GSSAPI'), /^504 5\.5\.4/);
    assert.match(await talk.ask('AUTH PLAIN ='), /^501 5\.5\.2|^535 5\.7\.8/);
    talk.destroy();
  });

  await t.test('S17 AUTH is not for the middle of a transaction', async () => {
    const talk = await secured(office);
    await talk.ask('MAIL FROM:<a@example.org>');
    assert.match(await talk.ask(`AUTH PLAIN ${plain(IVANOV, SECRET)}`), /^503 5\.5\.1/);
    talk.destroy();
  });

  await t.test('S17, S20 lines of 12,288 octets, longer ones end the exchange', async () => {
    const talk = await secured(office);
    assert.match(await talk.ask(`AUTH PLAIN ${base64('x'.repeat(9000))}`), /^(501|535)/);
    assert.match(await talk.ask(`AUTH PLAIN ${base64('x'.repeat(9300))}`), /^500 5\.5\.6 Line too long/);
    await talk.ask('AUTH PLAIN');
    assert.match(await talk.ask('x'.repeat(12_287)), /^500 5\.5\.6/);
    assert.match(await talk.ask('NOOP'), /^250/, 'stays connected');
    talk.destroy();
  });

  await t.test('G9 unknown, wrong and disabled are one answer', async () => {
    const answers = new Set<string>();
    for (const [user, password] of [
      [IVANOV, 'wrong'],
      [`nobody@${OFFICE_DOMAIN}`, SECRET],
      [`gone@${OFFICE_DOMAIN}`, SECRET],
    ] as const) {
      const talk = await secured(office);
      answers.add(await talk.ask(`AUTH PLAIN ${plain(user, password)}`));
      talk.destroy();
    }
    assert.equal(answers.size, 1);
    assert.match([...answers][0] ?? '', /^535 5\.7\.8/);
  });

  await t.test('G6, S50 port 25 without TLS offers nothing, and says why to who tries', async () => {
    const talk = await office.talk();
    assert.doesNotMatch(await talk.hello(), /AUTH/);
    for (const each of ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256']) {
      assert.match(await talk.ask(`AUTH ${each}`), /^538 5\.7\.11/, each);
    }
    assert.match(await talk.ask('AUTH GSSAPI'), /^504/);
    talk.destroy();
  });

  await t.test('G6 a network that may sign in in clear text', async () => {
    const talk = await office.talk('clearText');
    assert.match(await talk.hello(), /250-AUTH .*PLAIN LOGIN CRAM-MD5 DIGEST-MD5/);
    assert.match(await cramMd5(talk, IVANOV, SECRET), OK);
    talk.destroy();
    const other = await office.talk('stranger', office.submission);
    assert.match(await other.hello(), /AUTH SCRAM-SHA-256/);
    assert.match(await other.ask(`AUTH PLAIN ${plain(IVANOV, SECRET)}`), /^538 5\.7\.11/);
    assert.match(await scram(other, IVANOV, SECRET), OK);
    other.destroy();
  });

  await t.test('G8 no CRAM-MD5 where one account cannot complete it', async () => {
    await office.add({ address: `modern@${OFFICE_DOMAIN}`, password: SECRET, legacySecret: false });
    const talk = await secured(office);
    const listed = await talk.hello();
    assert.match(listed, /AUTH SCRAM-SHA-256 PLAIN LOGIN/);
    assert.doesNotMatch(listed, /MD5/);
    assert.match(await talk.ask('AUTH CRAM-MD5'), /^504 5\.5\.4/);
    talk.destroy();
    await office.admin.removePerson(`modern@${OFFICE_DOMAIN}`);
  });

  await t.test('S50 submission: nothing before signing in', async () => {
    const talk = await office.talk('stranger', office.submission);
    await talk.hello();
    assert.match(await talk.ask(`MAIL FROM:<${IVANOV}>`), /^530 5\.7\.0/);
    assert.match(await talk.ask(`RCPT TO:<${PETROV}>`), /^503/);
    assert.match(await talk.ask('DATA'), /^503/);
    assert.match(await signIn(talk, IVANOV), OK);
    assert.match(await talk.ask(`MAIL FROM:<${IVANOV}>`), /^250/);
    talk.destroy();
    const trusted = await office.talk('trusted', office.submission);
    await trusted.hello();
    assert.match(await trusted.ask(`MAIL FROM:<${IVANOV}>`), /^530 5\.7\.0/, 'trust is no login');
    trusted.destroy();
  });

  await t.test('S52 the sender belongs to the account', async () => {
    const talk = await office.talk('stranger', office.submissions);
    await talk.hello();
    assert.match(await talk.ask(`AUTH PLAIN ${plain(IVANOV, SECRET)}`), OK);
    assert.match(await talk.ask(`MAIL FROM:<${PETROV}>`), /^553 5\.7\.1/);
    assert.match(await talk.ask('MAIL FROM:<someone@example.org>'), /^553 5\.7\.1/);
    assert.match(await talk.ask('MAIL FROM: <ivanov@COMP1.otd1.constr.org>'), /^250/);
    await talk.ask('RSET');
    assert.match(await talk.ask('MAIL FROM:<>'), /^250/, 'S57');
    await talk.ask('RSET');
    await office.admin.grant(IVANOV, PETROV, true);
    assert.match(await talk.ask(`MAIL FROM:<${PETROV}>`), /^250/, 'granted');
    talk.destroy();
    await office.admin.grant(IVANOV, PETROV, false);
    const port25 = await secured(office);
    await port25.ask(`AUTH PLAIN ${plain(IVANOV, SECRET)}`);
    assert.match(await port25.ask(`MAIL FROM:<${SIRMOV}>`), /^553 5\.7\.1/);
    assert.match(
      await port25.ask('MAIL FROM:<someone@example.org>'),
      /^250/,
      'passed on, not written as a colleague',
    );
    port25.destroy();
  });

  await t.test('G9, G16 no secret is in a record', async () => {
    office.context.records.traceAccount(IVANOV, true);
    const talk = await secured(office);
    await talk.ask(`AUTH PLAIN ${plain(IVANOV, SECRET)}`);
    await talk.ask('NOOP');
    await talk.quit();
    const all = lines.join('');
    assert.match(all, /"verb":"AUTH"/);
    assert.match(all, /"event":"trace".*NOOP/);
    for (const secret of [SECRET, base64(SECRET), plain(IVANOV, SECRET)]) assert.ok(!all.includes(secret));
  });
});

test('S17 the third failed sign-in ends the session', async (t) => {
  const office = await openSmtpOffice(t, { clock: hastyClock(systemClock) });
  const talk = await secured(office);
  const wrong = `AUTH PLAIN ${plain(SIRMOV, 'wrong')}`;
  assert.match(await talk.ask(wrong), /^535 5\.7\.8/);
  assert.match(await talk.ask(wrong), /^(535 5\.7\.8|454 4\.7\.0)/);
  assert.match(await talk.ask(wrong), /^(535 5\.7\.8|454 4\.7\.0)/);
  assert.match(await talk.closed(), /^421 4\.7\.0 [^\r\n]+\r\n$/);
});

test('S34 what the trace says of who sent it', async (t) => {
  const office = await openSmtpOffice(t, { smtp: { reverse: async () => ['Host-7.example.org.'] } });
  const talk = await office.talk('stranger', office.submission);
  await signIn(talk, IVANOV);
  assert.match(await talk.send(IVANOV, [PETROV, SIRMOV], dotted('Subject: two', '', 'x')), /^250/);
  const [two = ''] = await office.letters(office.people.petrov);
  assert.match(
    two,
    /^Return-Path: <Ivanov@comp1\.otd1\.constr\.org>\r\nReceived: from comp1\.otd1\.constr\.org \(host-7\.example\.org \[127\.0\.0\.1\]\)\r\n/,
  );
  assert.match(two, /with ESMTPSA\r\n/);
  assert.doesNotMatch(
    two.split('\r\n\r\n')[0] ?? '',
    /for </,
    'a second recipient must not be told of the first',
  );
  talk.destroy();
});
