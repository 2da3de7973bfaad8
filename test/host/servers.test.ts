/** The command line against real servers: an account, a pass, marks and moves on the server, a letter sent. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { dovecotMissing } from '../kit/dovecot.ts';
import { type MailOffice, openMailOffice } from '../kit/mail-office.ts';
import { type CommandLine, openCommandLine } from './kit/command-line.ts';

const skip = dovecotMissing();

/** What a person compares and keeps. */
function fingerprint(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate();
      socket.end();
      resolve(new X509Certificate(raw).fingerprint256);
    });
    socket.on('error', reject);
  });
}

test('the command line and servers', { skip }, async (t) => {
  let office: MailOffice;
  let line: CommandLine;
  before(async () => {
    office = await openMailOffice();
    line = await openCommandLine();
    await office.deliver({ subject: 'Concrete for block 4', text: 'Two trucks at eight.' });
    await office.deliver({ subject: 'Бетон на корпус 4', text: 'Две машины в восемь.' });
  });
  after(async () => {
    await line?.close();
    await office?.close();
  });

  await t.test('adds an account whose certificate was compared by hand', async () => {
    const { imap, smtp, host, address, user, password } = office;
    const args = ['account', 'add', '--address', address, '--name', 'Anna', '--user', user];
    const servers = [
      '--imap-host',
      host,
      '--imap-port',
      String(imap.tlsPort),
      '--smtp-host',
      host,
      '--smtp-port',
      String(smtp.port),
    ];
    const trust = [
      `${host}:${imap.tlsPort}=${await fingerprint(imap.tlsPort)}`,
      `${host}:${smtp.port}=${await fingerprint(smtp.port)}`,
    ].flatMap((each) => ['--trust', each]);
    const added = await line.json<{ account: string }>([...args, ...servers, ...trust], `${password}\n`);
    assert.equal(added.account, address);
    const [account] = await line.json<{ kind: string; address: string }[]>(['account', 'list']);
    assert.deepEqual([account?.kind, account?.address], ['imap', address]);
  });

  await t.test('sync --once brings folders, letters and their octets', async () => {
    const { accounts } = await line.json<{
      accounts: { account: string; newMessages: number; error: string | null }[];
    }>(['sync', '--once']);
    assert.deepEqual(
      accounts.map(({ account, newMessages, error }) => ({ account, newMessages, error })),
      [{ account: office.address, newMessages: 2, error: null }],
    );
    const found = await line.json<{ total: number; items: { subject: string }[] }>(['search', 'машина']);
    assert.deepEqual(
      found.items.map((each) => each.subject),
      ['Бетон на корпус 4'],
    );
  });

  await t.test('marks and moves reach the server with the next pass', async () => {
    const inbox = `${office.address}/INBOX`;
    const { items } = await line.json<{ items: { id: number; subject: string }[] }>([
      'list',
      '--folder',
      inbox,
    ]);
    const letter = items.find((each) => each.subject.startsWith('Concrete'));
    assert.ok(letter);
    await line.json(['flag', String(letter.id)]);
    await line.json(['delete', String(letter.id)]);
    await line.json(['sync', '--once']);
    assert.equal(await office.count('INBOX'), 1);
    const [folder] = (
      await line.json<{ path: string; account: string; total: number }[]>(['folders'])
    ).filter((each) => each.path === 'Trash');
    assert.equal(folder?.total, 1);
    assert.equal(await office.count('Trash'), 1);
    const flags = await office.imap.doveadm(['fetch', '-u', office.user, 'flags', 'mailbox', 'Trash']);
    assert.match(flags, /\\Flagged/);
  });

  await t.test('send gives the letter as it stands and keeps a copy in Sent', async () => {
    const file = join(line.dir, 'letter.eml');
    const text = `From: Anna <${office.address}>\r\nTo: north@example.org\r\nSubject: ready\r\nMessage-ID: <send-1@office.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nReady.\r\n`;
    await writeFile(file, text);
    const sent = await line.json<{ state: string }>(['send', file, '--account', office.address]);
    assert.equal(sent.state, 'sent');
    assert.equal(office.smtp.received[0]?.bytes.toString('latin1'), text);
    assert.equal(await office.count('Sent'), 1);
  });
});
