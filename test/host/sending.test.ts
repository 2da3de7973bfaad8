/** The command line and what leaves: a mail merge from a table, the outbox, what became of letters. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import { startSmtpServer } from '../kit/smtp-server.ts';
import { openCommandLine } from './kit/command-line.ts';

interface Seen {
  draft: number;
  ready: number;
  total: number;
  charset: string;
  problems: { row: number; code: string }[];
  letter: { subject: string; text: string };
}
interface Merge {
  id: number;
  state: string;
  waiting: number;
  total: number;
}

test('a mail merge, the outbox and receipts on the command line', async (t) => {
  const server = await startSmtpServer();
  t.after(() => server.close());
  const line = await openCommandLine();
  t.after(() => line.close());
  const servers = ['--imap-host', '127.0.0.1', '--imap-port', '1', '--imap-security', 'none'];
  const outgoing = [
    '--smtp-host',
    '127.0.0.1',
    '--smtp-port',
    String(server.port),
    '--smtp-security',
    'none',
  ];
  const account = 'anna@office.example';
  await line.json(
    [
      'account',
      'add',
      '--address',
      account,
      '--name',
      'Anna',
      '--user',
      'anna',
      ...servers,
      ...outgoing,
      '--no-test',
    ],
    'correct horse\n',
  );
  const table = join(line.dir, 'people.csv');
  await writeFile(
    table,
    iconv.encode('Имя;Почта\r\nПётр;p@x.example\r\nНикто;\r\nАнна;a@x.example\r\n', 'windows-1251'),
  );
  const text = join(line.dir, 'letter.txt');
  await writeFile(text, 'Здравствуйте, {{имя}}!\n');
  const merge = ['--table', table, '--account', account, '--subject', 'Для {{имя}}', '--text', text];
  const seen = await line.json<Seen>(['merge', 'preview', ...merge, '--row', '3']);
  assert.deepEqual([seen.ready, seen.total, seen.charset], [2, 3, 'windows-1251']);
  assert.deepEqual(
    seen.problems.map(({ row, code }) => [row, code]),
    [[2, 'no-address']],
  );
  assert.deepEqual([seen.letter.subject, seen.letter.text.trim()], ['Для Анна', 'Здравствуйте, Анна!']);
  const wrong = await line.run(['merge', 'preview', ...merge, '--address-column', 'кому', '--lang', 'ru']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /нет столбца «кому»/);
  const from = ['--table', table, '--from-draft', String(seen.draft)];
  const made = await line.json<Merge>(['merge', 'start', ...from, '--per-minute', '0']);
  assert.deepEqual([made.state, made.waiting, made.total], ['sending', 2, 2]);
  assert.equal(server.received.length, 0);
  await line.run(['sync', '--once']);
  assert.deepEqual(server.received.map((each) => each.to[0]).sort(), ['a@x.example', 'p@x.example']);
  const slow = await line.json<Merge>(['merge', 'start', ...from, '--per-minute', '1']);
  const stopped = await line.json<Merge>(['merge', 'cancel', String(slow.id)]);
  assert.deepEqual([stopped.state, stopped.waiting], ['cancelled', 0]);
  const states = await line.json<Merge[]>(['merge', 'list']);
  assert.deepEqual(
    states.map((each) => each.state),
    ['sending', 'cancelled'],
  );
  assert.deepEqual(await line.json(['outbox', 'list']), []);
  assert.deepEqual(await line.json(['receipts', 'list']), []);
  for (const [args, code, words] of [
    [['outbox', 'undo', '9'], 1, /no longer/],
    [['outbox', 'cancel'], 2, /missing/],
    [['outbox', 'cancel', '9'], 1, /no letter 9/],
    [['merge', 'start', '--account', account], 2, /--(?:text|subject|table) is missing/],
    [['receipts', 'show', '9'], 1, /./],
    [['receipts', 'answer', '9', '--as', 'eaten'], 2, /sent, refused/],
  ] as const) {
    const ran = await line.run(args);
    assert.equal(ran.code, code, `${args.join(' ')}: ${ran.stderr}`);
    assert.match(ran.stderr, words, args.join(' '));
  }
});
