/** Postfix as a neighbour: it delivers to the office, submits through it, and is the smarthost that takes its mail. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTransport, type SendMailOptions } from 'nodemailer';
import {
  awkwardLetter,
  DOMAIN,
  openPeersOffice,
  PASSWORDS,
  PETROV,
  type PeersOffice,
  SIRMOV,
  until,
} from '../../kit/peers-office.ts';
import { type Postfix, postfixMissing, startPostfix } from '../../kit/postfix.ts';

const skip = postfixMissing ?? false;

/** What sends: the kit's Postfix only takes. */
const CLIENT = 'smtp unix - - n - - smtp';

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

async function inject(port: number, letter: SendMailOptions): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
  try {
    await transport.sendMail(letter);
  } finally {
    transport.close();
  }
}

describe('Postfix', { skip }, () => {
  let office: PeersOffice;
  /** The smarthost: takes everything and files it. */
  let world: Postfix;
  /** Delivers mail for the office's domain to port 25, with the certificate checked. */
  let neighbour: Postfix;
  /** Hands everything to the submission port, signed in as Petrov. */
  let branch: Postfix;

  before(async () => {
    world = await startPostfix();
    const relay = { mode: 'smarthost', host: '127.0.0.1', port: world.port, tls: 'none' };
    office = await openPeersOffice({ relay });
    neighbour = await startPostfix({
      config: `transport_maps = inline:{ { ${DOMAIN} = smtp:[127.0.0.1]:${office.port('smtp')} } }
smtp_tls_security_level = verify
smtp_tls_verify_cert_match = ${DOMAIN}
smtp_tls_CAfile = ${office.authority}
smtp_tls_loglevel = 1
smtp_dns_support_level = disabled
relay_domains = ${DOMAIN}
virtual_mailbox_domains = kit.example
minimal_backoff_time = 1s
queue_run_delay = 1s
`,
      services: [CLIENT],
    });
    branch = await startPostfix({
      config: `relayhost = [127.0.0.1]:${office.port('submission')}
virtual_mailbox_domains = kit.example
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{ { [127.0.0.1]:${office.port('submission')} = ${PETROV}:${PASSWORDS[PETROV]} } }
smtp_sasl_security_options = noanonymous
smtp_tls_security_level = verify
smtp_tls_verify_cert_match = ${DOMAIN}
smtp_tls_CAfile = ${office.authority}
smtp_dns_support_level = disabled
`,
      services: [CLIENT],
    });
  });
  after(async () => {
    await branch?.close();
    await neighbour?.close();
    await office?.close();
    await world?.close();
  });

  const inbox = (address: string, id: string) =>
    until(`a letter for ${address}: ${neighbour.log().slice(-2000)}`, async () =>
      (await office.letters(address, 'INBOX')).find(({ text }) => text.includes(`<${id}>`)),
    );

  it('S35 delivers, by TLS with the certificate checked, octet for octet', async () => {
    const raw = awkwardLetter({ id: 'exact@far.example' });
    await inject(neighbour.port, { envelope: { from: 'a@kit.example', to: [PETROV] }, raw });
    const { text } = await inbox(PETROV, 'exact@far.example');
    assert.ok(
      text.startsWith('Return-Path: <a@kit.example>\r\nReceived: from mx.kit.example '),
      text.slice(0, 300),
    );
    assert.match(text, /\swith ESMTPS\s/);
    // Postfix adds its own Received above the letter, nothing below.
    assert.ok(text.endsWith(textOf(Buffer.from(raw))), text.slice(0, 2000));
    assert.match(neighbour.log(), /Verified TLS connection established/);
  });

  it('S24 delivers 15 MB', async () => {
    const raw = awkwardLetter({
      id: 'large@far.example',
      body: `${'0123456789'.repeat(7)}\r\n`.repeat(210_000),
    });
    await inject(neighbour.port, { envelope: { from: 'a@kit.example', to: [PETROV] }, raw });
    const { text } = await inbox(PETROV, 'large@far.example');
    assert.ok(text.endsWith(textOf(Buffer.from(raw))));
  });

  it('S39 delivers to an address beyond ASCII', async () => {
    await office.folder.json(['aliases', 'add', `Пётр@${DOMAIN}`, '--to', PETROV]);
    const raw = awkwardLetter({ id: 'utf8@far.example' });
    await inject(neighbour.port, { envelope: { from: 'a@kit.example', to: [`Пётр@${DOMAIN}`] }, raw });
    await inbox(PETROV, 'utf8@far.example');
  });

  it('G2 delivers 200 letters over kept connections, each once', async () => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: neighbour.port,
      pool: true,
      ignoreTLS: true,
    });
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        transport.sendMail({
          envelope: { from: 'a@kit.example', to: [SIRMOV] },
          raw: awkwardLetter({ id: `many-${n}@far.example` }),
        }),
      ),
    );
    transport.close();
    const found = await until('200 letters', async () => {
      const letters = await office.letters(SIRMOV, 'INBOX');
      return letters.length >= 200 && letters;
    });
    const ids = found.map(({ text }) => /^Message-ID: <(\S+)>/im.exec(text)![1]);
    assert.equal(new Set(ids).size, 200);
    assert.equal(ids.length, 200);
  });

  it('S9 S73 is told in the session who does not exist, and bounces by itself', async () => {
    const to = [`nobody@${DOMAIN}`, PETROV];
    const raw = awkwardLetter({ id: 'half@far.example' });
    await inject(neighbour.port, { envelope: { from: 'sender@kit.example', to }, raw });
    await inbox(PETROV, 'half@far.example');
    const bounce = await until('the bounce of Postfix', () =>
      neighbour.delivered().find((each) => each.includes('Undelivered Mail Returned')),
    );
    assert.match(textOf(bounce), /550 5\.1\.1/);
  });

  it('S72 keeps its promise of a delivery report', async () => {
    const raw = awkwardLetter({ id: 'reported@far.example' });
    await inject(neighbour.port, {
      envelope: { from: 'sender@kit.example', to: [PETROV] },
      raw,
      dsn: { id: 'envelope-7', return: 'headers', notify: 'success', recipient: 'sender@kit.example' },
    });
    await inbox(PETROV, 'reported@far.example');
    // The office takes over the duty (it lists DSN) and its report goes out by the smarthost.
    const report = await until(`the report; ${world.log().slice(-500)}`, () =>
      world.delivered().find((each) => each.includes('envelope-7')),
    );
    assert.match(textOf(report), /^Action: delivered$/m);
    assert.match(textOf(report), /^Original-Envelope-Id: envelope-7$/m);
  });

  it('S50 S52 relays through the office: signs in at submission, and the smarthost has the letter', async () => {
    const raw = awkwardLetter({ id: 'outward@far.example', from: PETROV, to: 'far@far.example' });
    await inject(branch.port, {
      envelope: { from: PETROV, to: ['far@far.example', 'other@other.example'] },
      raw,
    });
    const filed = await until(`the letter: ${branch.log().slice(-1500)}`, () =>
      world.delivered().find((each) => each.includes('outward@far.example')),
    );
    const text = textOf(filed);
    assert.match(text, new RegExp(`by ${DOMAIN.replaceAll('.', '\\.')}[\\s\\S]*?with ESMTPSA`));
    assert.ok(text.replaceAll('\n', '\r\n').endsWith(textOf(Buffer.from(raw))), text);
    // One letter for both: one transaction a host (S64).
    await until(
      'both recipients',
      () => (world.log().match(/to=<(far@far|other@other)\.example>/g) ?? []).length >= 2,
    );
    assert.equal(world.delivered().filter((each) => each.includes('outward@far.example')).length, 2);
  });

  it('S52 a sender that is not the account is refused, and Postfix bounces', async () => {
    const raw = awkwardLetter({ id: 'forged@far.example', from: SIRMOV, to: 'far@far.example' });
    await inject(branch.port, { envelope: { from: 'forger@kit.example', to: ['far@far.example'] }, raw });
    const bounce = await until(`the bounce: ${branch.log().slice(-1500)}`, () =>
      branch.delivered().find((each) => each.includes('Undelivered Mail Returned')),
    );
    assert.match(textOf(bounce), /553 5\.7\.1/);
  });

  it('S70 a smarthost that refuses makes a report to the sender', async () => {
    const raw = awkwardLetter({ id: 'refused@far.example', from: PETROV, to: 'refused@far.example' });
    const transport = createTransport({
      host: '127.0.0.1',
      port: office.port('submission'),
      requireTLS: true,
      tls: { ca: [office.authorityPem] },
      auth: { user: PETROV, pass: PASSWORDS[PETROV]! },
    });
    await transport.sendMail({ envelope: { from: PETROV, to: ['refused@far.example'] }, raw });
    transport.close();
    const { text } = await until('the report', async () =>
      (await office.letters(PETROV, 'INBOX')).find((each) =>
        each.text.includes('report-type=delivery-status'),
      ),
    );
    assert.match(text, /Final-Recipient: rfc822; ?refused@far\.example/);
    assert.match(text, /No such person here/);
    assert.match(text, /^Return-Path: <>\r\n/);
  });
});
