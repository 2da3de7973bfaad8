/** Other people's programs deliver to and submit through the office: Postfix, curl, neomutt, Python's smtplib. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { createTransport } from 'nodemailer';
import { certificates } from '../../kit/certificates.ts';
import { IVANOV, OFFICE_DOMAIN, openSmtpOffice, PETROV, SECRET, SIRMOV } from '../../kit/office-smtp.ts';
import { postfixMissing, startPostfix } from '../../kit/postfix.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;
const missing = (command: string, ...options: string[]) =>
  spawnSync(command, options).status === 0 ? false : `${command} is not installed`;

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = Date.now() + TIMEOUT_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-interop-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const bodyOf = (letter: string) => letter.slice(letter.indexOf('\r\n\r\n') + 4);

test('Postfix delivers to the office, octet for octet, and bounces what is refused', {
  skip: postfixMissing,
}, async (t) => {
  const office = await openSmtpOffice(t);
  const postfix = await startPostfix({
    config: `virtual_mailbox_domains = mx.kit.example
default_transport = smtp:[127.0.0.1]:${office.smtp.port}
smtp_tls_security_level = may
`,
    services: ['smtp unix - - n - - smtp'],
  });
  t.after(() => postfix.close());
  const transport = createTransport({ host: '127.0.0.1', port: postfix.port, ignoreTLS: true, pool: true });
  t.after(() => transport.close());
  const body = `.dot\r\n..\r\n${'ж'.repeat(300)}\r\n${'x'.repeat(990)}\r\n \r\nend\r\n`;
  const raw = `From: a@mx.kit.example\r\nTo: ${PETROV}\r\nSubject: through Postfix\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${body}`;
  const to = [PETROV, SIRMOV, `nobody@${OFFICE_DOMAIN}`];
  await transport.sendMail({ envelope: { from: 'sender@mx.kit.example', to }, raw });
  const { petrov, sirmov } = office.people;
  await until(async () => (await office.letters(sirmov)).length === 1, 'the letter');
  for (const person of [petrov, sirmov]) {
    const [letter = ''] = await office.letters(person);
    assert.equal(Buffer.from(bodyOf(letter), 'latin1').toString(), body);
    assert.match(letter, /^Return-Path: <sender@mx\.kit\.example>\r\nReceived: from mx\.kit\.example /);
    assert.match(letter, /with ESMTPS\r\n/, 'Postfix used STARTTLS');
  }
  await until(() => postfix.delivered().some((each) => /5\.1\.1/.test(each.toString())), 'the bounce');
  await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      transport.sendMail({ from: 'a@mx.kit.example', to: PETROV, subject: `burst ${n}`, text: 'x' }),
    ),
  );
  await until(async () => (await office.letters(petrov)).length === 51, 'the burst');
});

test('curl submits over STARTTLS and implicit TLS', { skip: missing('curl', '--version') }, async (t) => {
  const office = await openSmtpOffice(t);
  const dir = folder(t);
  writeFileSync(join(dir, 'ca.pem'), certificates.authority);
  writeFileSync(join(dir, 'letter'), `From: ${IVANOV}\r\nSubject: curl\r\n\r\n.x\r\n`);
  const curl = (url: string, ...more: string[]) =>
    run('curl', [
      ...['-sS', '--url', url, '--cacert', join(dir, 'ca.pem'), '--mail-from', IVANOV, '--mail-rcpt', PETROV],
      ...['--user', `${IVANOV}:${SECRET}`, '--upload-file', join(dir, 'letter'), ...more],
    ]);
  await curl(`smtp://localhost:${office.submission.port}`, '--ssl-reqd');
  await curl(`smtps://localhost:${office.submissions.port}`);
  for (const mechanism of ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256']) {
    await curl(`smtps://localhost:${office.submissions.port}`, '--login-options', `AUTH=${mechanism}`).catch(
      (failure: { stderr: string }) => {
        // Builds without a mechanism say that none is left; all others must work.
        assert.match(failure.stderr, /authentication|mechanism|Login denied/i);
        assert.equal(mechanism, 'SCRAM-SHA-256');
      },
    );
  }
  const letters = await office.letters(office.people.petrov);
  assert.ok(letters.length >= 5);
  for (const letter of letters) assert.equal(bodyOf(letter), '.x\r\n');
});

test('neomutt submits', { skip: missing('neomutt', '-v') }, async (t) => {
  const office = await openSmtpOffice(t);
  const dir = folder(t);
  writeFileSync(join(dir, 'ca.pem'), certificates.authority);
  const user = IVANOV.replace('@', '%40');
  writeFileSync(
    join(dir, 'muttrc'),
    [
      `set smtp_url="smtp://${user}:${SECRET}@localhost:${office.submission.port}/"`,
      `set from="${IVANOV}" realname="Иванов" use_envelope_from=yes`,
      `set ssl_force_tls=yes ssl_starttls=yes certificate_file="${join(dir, 'ca.pem')}" ssl_ca_certificates_file="${join(dir, 'ca.pem')}"`,
      `set copy=no folder="${dir}" record="" send_charset="utf-8"`,
    ].join('\n'),
  );
  const child = run(
    'neomutt',
    ['-n', '-F', join(dir, 'muttrc'), '-s', 'Привет', '-b', SIRMOV, '--', PETROV],
    {
      timeout: TIMEOUT_MS,
      env: { ...process.env, HOME: dir, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
    },
  );
  child.child.stdin?.end('Добрый день!\n');
  await child;
  const [letter = ''] = await office.letters(office.people.petrov);
  assert.match(letter, /with ESMTPSA\r\n/);
  assert.doesNotMatch(letter, new RegExp(`bcc|${SIRMOV}`, 'i'));
  assert.equal((await office.letters(office.people.sirmov)).length, 1);
});

test("Python's smtplib submits", { skip: missing('python3', '-c', 'import smtplib, ssl') }, async (t) => {
  const office = await openSmtpOffice(t);
  const dir = folder(t);
  writeFileSync(join(dir, 'ca.pem'), certificates.authority);
  const script = `
import smtplib, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
with smtplib.SMTP("localhost", int(sys.argv[2])) as s:
    s.starttls(context=context)
    s.login("${IVANOV}", "${SECRET}")
    assert s.verify("Petrov")[0] == 250
    refused = s.sendmail("${IVANOV}", ["${PETROV}", "nobody@${OFFICE_DOMAIN}"], "Subject: py\\r\\n\\r\\n.x\\r\\n")
    assert list(refused.values())[0][0] == 550, refused
    try:
        s.sendmail("${PETROV}", ["${SIRMOV}"], "x")
        raise SystemExit("a sender that is not his")
    except smtplib.SMTPSenderRefused as refusal:
        assert refusal.smtp_code == 553
s = smtplib.SMTP_SSL("localhost", int(sys.argv[3]), context=context)
try:
    s.login("${IVANOV}", "wrong")
    raise SystemExit("a wrong password")
except smtplib.SMTPAuthenticationError as failure:
    # The last of three mechanisms it tried; 421 comes behind it.
    assert failure.smtp_code == 535, failure
`;
  const ports = [String(office.submission.port), String(office.submissions.port)];
  await run('python3', ['-c', script, join(dir, 'ca.pem'), ...ports], { timeout: TIMEOUT_MS });
  assert.equal(bodyOf((await office.letters(office.people.petrov))[0] ?? ''), '.x\r\n');
});
