import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import nodemailer from 'nodemailer';
import { freePort } from '../kit/free-ports.ts';
import { LineClient } from '../kit/line-client.ts';
import { DOMAIN, openOfficeFolder, smallOffice } from './kit/served-office.ts';

async function signInPop3(port: number, user: string, password: string): Promise<LineClient> {
  const client = await LineClient.open(port);
  await client.line();
  await client.ask(`USER ${user}`);
  assert.match(await client.ask(`PASS ${password}`), /^\+OK/);
  return client;
}

async function send(port: number, to: string, subject: string): Promise<void> {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    tls: { rejectUnauthorized: false },
  });
  await transport.sendMail({ from: `Sirmov@${DOMAIN}`, to, subject, text: 'Добрый день!' });
  transport.close();
}

test('serve: every listener is up, letters arrive, SIGTERM ends with 0, and the same file again changes nothing', async (t) => {
  const folder = await openOfficeFolder();
  t.after(() => folder.close());
  const config = await folder.config(await smallOffice());
  const first = await folder.serve(config);
  assert.deepEqual(Object.keys(first.ports).sort(), [
    'imap',
    'imaps',
    'pop3',
    'pop3s',
    'smtp',
    'submission',
    'submissions',
  ]);
  await send(first.ports['smtp']!, `petrov@${DOMAIN}`, 'First');
  const client = await signInPop3(first.ports['pop3']!, 'petrov', 'petrov secret');
  assert.match(await client.ask('STAT'), /^\+OK 1 \d+$/);
  const uidl = await client.ask('UIDL 1');
  await client.ask('QUIT');
  assert.equal(await first.stop(), 0);
  assert.equal(first.stderr(), '');
  assert.ok(!existsSync(join(folder.data, 'control.sock')));
  const second = await folder.serve(config);
  const again = await signInPop3(second.ports['pop3']!, `PETROV@${DOMAIN.toUpperCase()}`, 'petrov secret');
  assert.equal(await again.ask('UIDL 1'), uidl);
  await again.ask('QUIT');
  assert.equal(await second.stop('SIGINT'), 0);
});

test('serve: what keeps it from starting is one sentence and exit code 2, in both languages', async (t) => {
  const folder = await openOfficeFolder();
  t.after(() => folder.close());
  const good = await smallOffice();
  const fails = async (config: string, pattern: RegExp, lang = 'en') => {
    const ran = await folder.serveFails('--config', config, '--data', folder.data, '--lang', lang);
    assert.equal(ran.code, 2, ran.stderr);
    assert.match(ran.stderr, pattern);
    assert.equal(ran.stderr.trimEnd().split('\n').length, 1, ran.stderr);
    assert.equal(ran.stdout.length, 0);
  };
  await fails(join(folder.dir, 'none.json'), /none\.json cannot be read: there is no such file\.\n$/);
  await fails(join(folder.dir, 'none.json'), /none\.json не читается: такого файла нет\.\n$/, 'ru');
  await fails(folder.dir, /cannot be read: it is a folder/);
  await fails(await folder.config('{ "office": \n {,'), /is no JSON, line 2, column 3/);
  await fails(
    await folder.config({ ...good, people: [{ address: 'nobody', password: 'x' }] }),
    /people\[0\]\.address: expected a mail address/,
  );
  await fails(await folder.config({ ...good, polcy: {} }), /polcy: there is no such setting/);
  await fails(await folder.config({ ...good, listen: { smtp: 99999 } }), /listen\.smtp: expected/);
  await fails(
    await folder.config({ ...good, people: [{ address: 'a@elsewhere.example', password: 'x' }] }),
    /elsewhere\.example/,
  );
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await new Promise((ready) => taken.once('listening', ready));
  t.after(() => taken.close());
  const port = (taken.address() as { port: number }).port;
  const inUse = await folder.config({ ...good, listen: { host: '127.0.0.1', imap: port } });
  await fails(
    inUse,
    new RegExp(`^postroom: Port ${port} on 127\\.0\\.0\\.1 is in use by another program\\.`),
  );
  await fails(inUse, new RegExp(`^postroom: Порт ${port} .* занят`), 'ru');
  const usage = await folder.serveFails('--config', inUse);
  assert.equal(usage.code, 2);
  assert.match(usage.stderr, /--data is missing/);
  const running = await folder.serve(await folder.config(good));
  await fails(await folder.config(await smallOffice()), /already running in another process/);
  assert.equal(await running.stop(), 0);
});

test('serve: keys and sockets are for the user who runs it alone', async (t) => {
  const folder = await openOfficeFolder();
  t.after(() => folder.close());
  const served = await folder.serve(await folder.config(await smallOffice()));
  for (const file of ['tls/ca.key', 'tls/server.key', 'control.sock']) {
    const { mode } = await stat(join(folder.data, file));
    assert.equal(mode & 0o077, 0, file);
  }
  await served.stop();
});

test('office: people, aliases, lists and domains on a running office count at once', async (t) => {
  const folder = await openOfficeFolder();
  t.after(() => folder.close());
  const served = await folder.serve(await folder.config(await smallOffice()));
  const { smtp, pop3 } = served.ports;
  await folder.json(
    ['people', 'add', `sidirov@${DOMAIN}`, '--name', 'Сидоров', '--quota', '10'],
    'new secret\n',
  );
  const people = await folder.json<{ address: string; name: string; quotaBytes: number | null }[]>([
    'people',
    'list',
  ]);
  assert.deepEqual(
    people.map((each) => each.name),
    ['Inav Petrov', 'Sirmov', 'Сидоров'],
  );
  assert.equal(people[2]!.quotaBytes, 10 * 1024 * 1024);
  await folder.json(['aliases', 'add', `sales@${DOMAIN}`, `sidirov@${DOMAIN}`]);
  await folder.json([
    'lists',
    'add',
    `all@${DOMAIN}`,
    '--name',
    'All',
    `petrov@${DOMAIN}`,
    `sidirov@${DOMAIN}`,
  ]);
  await send(smtp!, `sales@${DOMAIN}`, 'By alias');
  await send(smtp!, `all@${DOMAIN}`, 'To all');
  const client = await signInPop3(pop3!, 'sidirov', 'new secret');
  assert.match(await client.ask('STAT'), /^\+OK 2 /);
  await client.ask('QUIT');
  await folder.json(
    ['people', 'change', `sidirov@${DOMAIN}`, '--password', '-', '--name', 'Sidirov'],
    'other secret\n',
  );
  await (await signInPop3(pop3!, 'sidirov', 'other secret')).ask('QUIT');
  const twice = await folder.office(['people', 'add', `SALES@${DOMAIN}`, '--lang', 'ru'], 'x\n');
  assert.equal(twice.code, 1);
  assert.match(twice.stderr, /уже занят/);
  await folder.json(['domains', 'add', 'otd3.constr.org']);
  await folder.json(['domains', 'change', 'otd3.constr.org', '--catch-all', `petrov@${DOMAIN}`]);
  await send(smtp!, 'anybody@otd3.constr.org', 'Caught');
  const petrov = await signInPop3(pop3!, 'petrov', 'petrov secret');
  assert.match(await petrov.ask('STAT'), /^\+OK 2 /);
  await petrov.ask('QUIT');
  await folder.json(['aliases', 'remove', `sales@${DOMAIN}`]);
  await folder.json(['people', 'remove', `sidirov@${DOMAIN}`]);
  assert.deepEqual(await folder.json<unknown[]>(['aliases', 'list']), []);
  assert.equal((await folder.json<unknown[]>(['people', 'list'])).length, 2);
  const trace = await folder.office(['trace', '--subject', 'by ALIAS']);
  assert.equal(trace.code, 0);
  assert.match(trace.stdout.toString(), /\taccepted\t[^\n]*By alias[^\n]*\n[^\n]*\tdelivered\t/);
  await served.stop();
});

test('office: check, export, import and the CA on a stopped office; export then import gives the same letters', async (t) => {
  const folder = await openOfficeFolder();
  t.after(() => folder.close());
  const served = await folder.serve(await folder.config(await smallOffice()));
  for (const subject of ['One', 'Two', 'Три']) await send(served.ports['smtp']!, `petrov@${DOMAIN}`, subject);
  assert.match((await folder.office(['restored'])).stderr, /stop it first/);
  await served.stop();
  const restored = await folder.office(['restored']);
  assert.equal(restored.code, 0, restored.stderr);
  const report = await folder.json<{ ok: boolean; messages: number; blobs: number }>(['check']);
  assert.deepEqual([report.ok, report.messages, report.blobs], [true, 3, 3]);
  for (const format of ['eml', 'mbox', 'maildir']) {
    const out = join(folder.dir, `out-${format}`);
    await mkdir(out);
    const exported = await folder.json<{ exported: number; folders: { name: string; path: string }[] }>([
      'export',
      '--person',
      'petrov',
      '--format',
      format,
      '--out',
      out,
    ]);
    assert.equal(exported.exported, 3);
    const inbox = exported.folders.find((each) => each.name === 'INBOX')!.path;
    const imported = await folder.json<{ imported: number; duplicates: number }>([
      'import',
      '--person',
      'sirmov',
      '--folder',
      `From ${format}`,
      inbox,
    ]);
    assert.deepEqual([imported.imported, imported.duplicates], [3, 0]);
    const again = await folder.json<{ imported: number; duplicates: number }>([
      'import',
      '--person',
      'sirmov',
      '--folder',
      `From ${format}`,
      inbox,
    ]);
    assert.deepEqual([again.imported, again.duplicates], [0, 3]);
  }
  const after = await folder.json<{ ok: boolean; messages: number; blobs: number }>(['check']);
  assert.equal(after.messages, 12);
  assert.equal(after.blobs, 3, 'the same octets are stored once, whichever way they went');
  const pem = (await folder.office(['ca', 'export'])).stdout.toString();
  const authority = new X509Certificate(pem);
  const leaf = new X509Certificate(await readFile(join(folder.data, 'tls', 'server.pem')));
  assert.ok(leaf.verify(authority.publicKey));
  assert.ok(authority.ca);
});

test('office: commands side by side wait for each other, on a stopped and on a starting office', async (t) => {
  const folder = await openOfficeFolder();
  t.after(() => folder.close());
  const config = await folder.config(await smallOffice());
  await (await folder.serve(config)).stop();
  const stopped = await Promise.all([1, 2, 3].map(() => folder.office(['people', 'list', '--json'])));
  assert.deepEqual(
    stopped.map(({ code }) => code),
    [0, 0, 0],
  );
  const starting = folder.serve(config);
  const early = await folder.office(['status', '--json']);
  assert.equal(early.code, 0, early.stderr);
  assert.equal(await (await starting).stop(), 0);
});

test('office: wrong usage, no office, nothing there', async (t) => {
  const folder = await openOfficeFolder();
  t.after(() => folder.close());
  const none = await folder.office(['people', 'list']);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /There is no office in/);
  assert.ok(!existsSync(folder.data), 'a mistyped folder does not become an office');
  const served = await folder.serve(await folder.config(await smallOffice()));
  await served.stop();
  for (const args of [
    ['nonsense'],
    ['people'],
    ['people', 'add'],
    ['aliases', 'add', 'info'],
    ['queue', 'show'],
    ['import', '--person', 'petrov'],
    ['people', 'list', '--nonsense'],
    ['export', '--person', 'petrov', '--format', 'doc', '--out', folder.dir],
  ]) {
    const ran = await folder.office(args);
    assert.equal(ran.code, 2, args.join(' '));
    assert.match(ran.stderr, /^postroom: /);
  }
  for (const [args, pattern] of [
    [['queue', 'show', 'X'], /no letter X/],
    [['people', 'remove', 'nobody'], /nobody/],
    [['bans', 'lift', '192.0.2.1'], /not banned/],
    [['import', '--person', 'petrov', '--folder', 'INBOX', '/nonsense/none'], /none/],
    [['export', '--person', 'nobody', '--format', 'eml', '--out', folder.dir], /nobody/],
  ] as const) {
    const ran = await folder.office(args);
    assert.equal(ran.code, 1, args.join(' '));
    assert.match(ran.stderr, pattern);
  }
});

test('office: letters for outside are shown, held, released and deleted', async (t) => {
  const folder = await openOfficeFolder();
  t.after(() => folder.close());
  const dead = await freePort();
  const relay = { mode: 'smarthost', host: '127.0.0.1', port: dead, tls: 'none' };
  const served = await folder.serve(await folder.config(await smallOffice({ relay })));
  await send(served.ports['smtp']!, 'far@far.example', 'Outside');
  type Letters = { total: number; letters: { queueId: string; recipients: { state: string }[] }[] };
  const { letters } = await folder.json<Letters>(['queue', 'list']);
  assert.equal(letters.length, 1);
  const id = letters[0]!.queueId;
  await folder.json(['queue', 'hold', id]);
  const held = await folder.json<Letters['letters'][0]>(['queue', 'show', id]);
  assert.equal(held.recipients[0]!.state, 'held');
  await folder.json(['queue', 'release', id]);
  assert.equal((await folder.json<{ letters: number }>(['queue', 'retry', id])).letters, 1);
  await folder.json(['queue', 'delete', id]);
  assert.equal((await folder.json<Letters>(['queue', 'list'])).total, 0);
  await served.stop();
  const log = await readFile(join(folder.data, 'log', 'postroom.log'), 'utf8');
  assert.ok(!log.includes('petrov secret'), 'no secret in the log');
});
