/** Real clients against the SMTP and submission listeners: swaks where it is installed, nodemailer always. */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { createTransport } from 'nodemailer';
import { certificates } from '../../kit/certificates.ts';
import { IVANOV, openSmtpOffice, PEERS, PETROV, SECRET, SIRMOV } from '../../kit/office-smtp.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

function swaksHere(t: TestContext): boolean {
  const here = spawnSync('swaks', ['--version']).status === 0;
  if (!here) t.skip('swaks is not installed');
  return here;
}

test('swaks', async (t) => {
  if (!swaksHere(t)) return;
  const office = await openSmtpOffice(t);
  const { petrov, sirmov } = office.people;
  const swaks = async (
    port: number,
    peer: string,
    ...more: string[]
  ): Promise<{ code: number; out: string }> => {
    const options = ['--server', '127.0.0.1', '--port', String(port), '--local-interface', peer];
    try {
      const { stdout } = await run('swaks', [...options, ...more], { timeout: TIMEOUT_MS });
      return { code: 0, out: stdout };
    } catch (failure) {
      const { code, stdout } = failure as { code: number; stdout: string };
      return { code, out: stdout };
    }
  };

  await t.test('S50 inbound mail for two, one of them unknown', async () => {
    const to = `${PETROV},nobody@comp3.otd2.constr.org`;
    const { code, out } = await swaks(
      office.smtp.port,
      PEERS.stranger,
      '--from',
      'a@example.org',
      '--to',
      to,
    );
    assert.equal(code, 0, out);
    assert.match(out, /<\*\* 550 5\.1\.1/);
    assert.match(out, /<- {2}250 2\.6\.0/);
    assert.equal((await office.letters(petrov)).length, 1);
  });

  await t.test('S51 no relay', async () => {
    const { code, out } = await swaks(
      office.smtp.port,
      PEERS.stranger,
      '--from',
      'a@example.org',
      '--to',
      'b@example.net',
    );
    assert.notEqual(code, 0);
    assert.match(out, /550 5\.7\.1 Relaying denied/);
  });

  // What a build of swaks can do depends on the Perl modules beside it.
  const able = execFileSync('swaks', ['--support'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const tls = able.includes('TLS supported');
  const login = ['--auth-user', IVANOV, '--auth-password', SECRET];

  await t.test('S17, G6 each mechanism swaks has, in clear text where the network may', async () => {
    const md5 = ['CRAM-MD5', 'DIGEST-MD5'].filter((name) => able.includes(`${name} supported`));
    for (const mechanism of ['PLAIN', 'LOGIN', ...md5]) {
      const before = (await office.letters(sirmov)).length;
      const more = ['--from', IVANOV, '--to', SIRMOV, '--auth', mechanism, ...login];
      const { code, out } = await swaks(office.submission.port, PEERS.clearText, ...more);
      assert.equal(code, 0, `${mechanism}: ${out}`);
      assert.match(out, /235 2\.7\.0/);
      assert.equal((await office.letters(sirmov)).length, before + 1, mechanism);
    }
  });

  await t.test('PIPELINING', async () => {
    const more = ['--pipeline', '--from', IVANOV, '--to', `${SIRMOV},${PETROV}`, '--auth', 'PLAIN', ...login];
    const { code, out } = await swaks(office.submission.port, PEERS.clearText, ...more);
    assert.equal(code, 0, out);
    assert.match(out, /250 2\.6\.0/);
  });

  await t.test('S18, S50 STARTTLS and implicit TLS', { skip: !tls && 'swaks has no TLS here' }, async () => {
    for (const [port, how] of [
      [office.submission.port, '--tls'],
      [office.submissions.port, '--tls-on-connect'],
    ] as const) {
      const more = [how, '--from', IVANOV, '--to', SIRMOV, '--auth', 'PLAIN', ...login];
      const { code, out } = await swaks(port, PEERS.stranger, ...more);
      assert.equal(code, 0, out);
      assert.match(out, /250 2\.6\.0/);
    }
  });
});

test('nodemailer', async (t) => {
  const office = await openSmtpOffice(t);
  const { petrov } = office.people;
  const tls = { ca: [certificates.authority], servername: 'localhost' };

  for (const secure of [false, true]) {
    await t.test(`S50 a submission with an attachment, ${secure ? 'implicit TLS' : 'STARTTLS'}`, async () => {
      const { port } = secure ? office.submissions : office.submission;
      const transport = createTransport({
        host: '127.0.0.1',
        port,
        secure,
        requireTLS: true,
        tls,
        auth: { user: IVANOV, pass: SECRET },
      });
      t.after(() => transport.close());
      const sent = await transport.sendMail({
        from: `Иванов <${IVANOV}>`,
        to: PETROV,
        bcc: SIRMOV,
        subject: 'Отчёт',
        text: '.точка\nв начале строки',
        attachments: [{ filename: 'a.bin', content: Buffer.alloc(300_000, 7) }],
        dsn: { id: 'x1', return: 'headers', notify: ['never'], recipient: IVANOV },
      });
      assert.match(sent.response, /^250 2\.6\.0/);
      const letter = (await office.letters(petrov)).at(-1) ?? '';
      assert.match(letter, /with ESMTPSA\r\n/);
      assert.doesNotMatch(letter, new RegExp(`^(bcc|to):.*${SIRMOV}`, 'im'));
      assert.ok(letter.length > 400_000);
    });
  }

  await t.test('S6, S39 an address beyond ASCII', async () => {
    const person = await office.add({ address: 'пётр@comp3.otd2.constr.org', name: 'Пётр' });
    const transport = createTransport({ host: '127.0.0.1', port: office.smtp.port, ignoreTLS: true });
    t.after(() => transport.close());
    await transport.sendMail({ from: 'a@example.org', to: person.address, subject: 'x', text: 'y' });
    assert.equal((await office.letters(person)).length, 1);
  });

  await t.test('a hundred letters over one kept connection, then a new one', async () => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: office.smtp.port,
      pool: true,
      maxConnections: 2,
      maxMessages: 100,
      ignoreTLS: true,
    });
    t.after(() => transport.close());
    const before = (await office.letters(petrov)).length;
    await Promise.all(
      Array.from({ length: 250 }, (_, n) =>
        transport.sendMail({ from: 'a@example.org', to: PETROV, subject: `n${n}`, text: 'y' }),
      ),
    );
    const letters = (await office.letters(petrov)).slice(before);
    assert.equal(new Set(letters.map((text) => /^Subject: (\S+)/m.exec(text)?.[1])).size, 250);
    assert.equal(letters.length, 250);
  });
});
