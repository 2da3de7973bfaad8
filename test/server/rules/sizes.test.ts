/** One letter seen through every door of an office: its octets and its size are the same everywhere. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '../../../main/base/log.ts';
import { openHostedOffice } from '../../../main/host/hosted-office.ts';
import { checkConfig } from '../../../main/server/provision.ts';
import { LineClient } from '../../kit/line-client.ts';
import { temporaryFolder } from '../../kit/office-mailstore.ts';

const DOMAIN = 'comp1.otd1.constr.org';

test('G4 the octets received are the octets given, with CRLF, and every size is their number', async (t) => {
  const config = checkConfig(
    {
      office: { domains: [DOMAIN], hostname: DOMAIN },
      people: [{ address: `ivanov@${DOMAIN}`, password: 'ivanov secret' }],
      policy: { clearTextLoginFrom: ['127.0.0.0/8'] },
    },
    'test',
  );
  const listen = { host: '127.0.0.1', smtp: -1, pop3: -1, imap: -1 };
  const dir = join(temporaryFolder(t), 'office');
  const { ports, close } = await openHostedOffice({ dir, log: silentLog, config, listen });
  t.after(() => close(1000));
  const body = ['Subject: sizes', '', '.dot', '..two', 'tab\there', 'x'.repeat(990), ''].join('\r\n');

  const smtp = await LineClient.open(ports.smtp!);
  await smtp.line();
  for (const line of ['EHLO a.b', 'MAIL FROM:<a@far.example>', `RCPT TO:<ivanov@${DOMAIN}>`, 'DATA']) {
    smtp.send(`${line}\r\n`);
    while (/^\d{3}-/.test(await smtp.line()));
  }
  smtp.send(`${body.replace(/^\./gm, '..')}.\r\n`);
  assert.match(await smtp.line(), /^250/);
  smtp.cut();

  const pop3 = await LineClient.open(ports.pop3!);
  await pop3.line();
  await pop3.ask('USER ivanov');
  assert.match(await pop3.ask('PASS ivanov secret'), /^\+OK/);
  const [, listed] = /^\+OK 1 (\d+)$/.exec(await pop3.ask('LIST 1')) ?? [];
  assert.equal(await pop3.ask('STAT'), `+OK 1 ${listed}`);
  const [, said] = /\((\d+) octets\)|(?:^\+OK (\d+) octets)/.exec(await pop3.ask('RETR 1')) ?? [];
  if (said !== undefined) assert.equal(said, listed);
  const retrieved = `${(await pop3.dotted()).join('\r\n')}\r\n`;
  assert.equal(retrieved.length, Number(listed));
  assert.ok(retrieved.endsWith(body), 'trace lines stand above, nothing else was touched');
  await pop3.ask('QUIT');

  const imap = await LineClient.open(ports.imap!);
  await imap.line();
  for (const command of ['LOGIN ivanov "ivanov secret"', 'EXAMINE INBOX']) {
    imap.send(`a ${command}\r\n`);
    for (let line = await imap.line(); !line.startsWith('a '); line = await imap.line());
  }
  imap.send('b FETCH 1 (RFC822.SIZE BODY.PEEK[])\r\n');
  const first = await imap.line();
  assert.match(first, new RegExp(`RFC822\\.SIZE ${listed} BODY\\[\\] \\{${listed}\\}$`));
  const rest: string[] = [];
  for (let line = await imap.line(); !line.startsWith('b '); line = await imap.line()) rest.push(line);
  assert.equal(rest.join('\r\n').slice(0, Number(listed)), retrieved);
  imap.cut();
});
