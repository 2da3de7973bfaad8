/** The command line on letters of this computer: shapes of its JSON, exit codes, octets in and out. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openCommandLine } from './kit/command-line.ts';

const plain =
  'From: Anna <anna@x.example>\nTo: b@x.example\nSubject: plain\nMessage-ID: <p@x>\nDate: Mon, 02 Nov 2026 10:00:00 +0300\n\nFrom here on: body\n';
const russian = Buffer.concat([
  Buffer.from(
    'From: =?koi8-r?B?6dLJzsE=?= <irina@north.example>\r\nSubject: =?windows-1251?B?weXy7u0=?=\r\nMessage-ID: <r@x>\r\nDate: Tue, 03 Nov 2026 10:00:00 +0300\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=windows-1251\r\nContent-Transfer-Encoding: 8bit\r\n\r\n',
    'latin1',
  ),
  Buffer.from([0xc1, 0xe5, 0xf2, 0xee, 0xed]),
  Buffer.from(
    '\r\n--b\r\nContent-Type: application/octet-stream; name=plan.bin\r\nContent-Disposition: attachment; filename=plan.bin\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQ=\r\n--b--\r\n',
    'latin1',
  ),
]);

interface Item {
  id: number;
  folder: string;
  from: string;
  subject: string;
  date: string;
  size: number;
  flags: string[];
  attachments: number;
}
interface Listed {
  total: number;
  items: Item[];
}

test('letters come in from every form, are found, shown, marked, moved, and go out as they were', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const at = (...names: string[]) => join(line.dir, ...names);
  await mkdir(at('in', 'maildir', 'cur'), { recursive: true });
  await mkdir(at('in', 'maildir', 'new'), { recursive: true });
  await writeFile(at('in', 'plain.eml'), plain);
  await writeFile(at('in', 'maildir', 'cur', '1.host:2,FS'), russian);
  const mbox = `From a@x Mon Nov  2 10:00:00 2026\nStatus: RO\nSubject: one\nMessage-ID: <1@x>\n\n>From the north\n\nFrom b@x Mon Nov  2 11:00:00 2026\nSubject: two\nMessage-ID: <2@x>\n\nbody\n\n`;
  await writeFile(at('in', 'box.mbox.gz'), gzipSync(mbox));
  await writeFile(at('in', 'empty.eml'), '');

  const report = await line.json<{
    imported: number;
    duplicates: number;
    failed: { path: string; reason: string }[];
  }>(['import', at('in'), '--folder', 'Local/Inbox']);
  assert.equal(report.imported, 4);
  assert.equal(report.duplicates, 0);
  assert.deepEqual(
    report.failed.map((each) => each.path),
    [at('in', 'empty.eml')],
  );
  const again = await line.json<{ imported: number; duplicates: number }>([
    'import',
    at('in'),
    '--folder',
    'Local/Inbox',
  ]);
  assert.deepEqual([again.imported, again.duplicates], [0, 4]);

  const folders = await line.json<Record<string, unknown>[]>(['folders']);
  assert.deepEqual(folders[0], {
    id: folders[0]?.['id'],
    account: 'Local',
    path: 'Inbox',
    total: 4,
    unread: 2,
  });

  const listed = await line.json<Listed>(['list', '--folder', 'Local/Inbox']);
  assert.equal(listed.total, 4);
  const [newest] = listed.items;
  assert.deepEqual(newest, {
    id: newest?.id,
    folder: 'Local/Inbox',
    from: 'Ирина <irina@north.example>',
    subject: 'Бетон',
    date: '2026-11-03T07:00:00.000Z',
    size: russian.length,
    flags: ['seen', 'flagged'],
    attachments: 1,
  });
  const part = await line.json<Listed>(['list', '--folder', 'Local/Inbox', '--from', '1', '--count', '2']);
  assert.deepEqual(
    part.items.map((each) => each.id),
    listed.items.slice(1, 3).map((each) => each.id),
  );

  const id = String(newest?.id);
  const shown = await line.json<Record<string, unknown>>(['show', id]);
  assert.equal(shown['messageId'], 'r@x');
  assert.equal(shown['text'], 'Бетон');
  assert.equal(shown['html'], null);
  assert.deepEqual(shown['from'], [{ name: 'Ирина', address: 'irina@north.example' }]);
  const bytes = Buffer.from([0, 1, 2, 3, 4]);
  assert.deepEqual(shown['attachments'], [
    {
      n: 1,
      name: 'plan.bin',
      type: 'application/octet-stream',
      size: 5,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      inline: false,
    },
  ]);
  const twice = await line.json<{ id: number }[]>(['show', id, id]);
  assert.deepEqual(
    twice.map((each) => each.id),
    [newest?.id, newest?.id],
  );
  assert.deepEqual(await line.json(['unflag', id, id]), { count: 1 });
  const both = await line.json<unknown[]>(['show', id, String(listed.items[1]?.id)]);
  assert.equal(both.length, 2);
  await line.json(['attachment', id, '1', '--out', at('plan.bin')]);
  assert.deepEqual(await readFile(at('plan.bin')), bytes);
  assert.deepEqual((await line.run(['raw', id])).stdout, russian);

  const found = await line.json<Listed>(['search', 'бетона']);
  assert.deepEqual(
    found.items.map((each) => each.subject),
    ['Бетон'],
  );
  assert.equal((await line.json<Listed>(['search', 'north', '--count', '1'])).total, 2);

  await line.json(['unflag', id]);
  await line.json(['flag', id, '--flag', 'answered']);
  await line.json(['move', id, '--folder', 'Local/Archive']);
  const archived = await line.json<Listed>(['list', '--folder', 'Local/Archive']);
  assert.deepEqual(
    archived.items.map((each) => each.flags),
    [['seen', 'answered']],
  );
  await line.json(['delete', id]);
  assert.equal((await line.json<Listed>(['list', '--folder', 'Local/Trash'])).total, 1);
  assert.equal((await line.json<Listed>(['search', 'бетона'])).total, 0);
  assert.equal((await line.json<Listed>(['search', 'бетона в:корзина'])).total, 1);

  const out = await line.json<{ exported: { id: number; path: string }[] }>([
    'export',
    '--folder',
    'Local/Trash',
    '--format',
    'eml',
    '--out',
    at('out'),
  ]);
  assert.deepEqual(await readFile(out.exported[0]?.path ?? ''), russian);
  for (const format of ['mbox', 'maildir'] as const) {
    const args = ['export', '--folder', 'Local/Inbox', '--format', format, '--out', at(`out.${format}`)];
    assert.equal((await line.json<{ exported: unknown[] }>(args)).exported.length, 3);
    const back = await line.json<{ imported: number }>([
      'import',
      at(`out.${format}`),
      '--folder',
      `Local/Back ${format}`,
    ]);
    assert.equal(back.imported, 3);
    const eml = [
      'export',
      '--folder',
      `Local/Back ${format}`,
      '--format',
      'eml',
      '--out',
      at(`back.${format}`),
    ];
    await line.json(eml);
    const names = await readdir(at(`back.${format}`));
    const texts = await Promise.all(names.map((name) => readFile(at(`back.${format}`, name), 'latin1')));
    assert.ok(texts.includes(plain), format);
    assert.ok(texts.includes('Status: RO\nSubject: one\nMessage-ID: <1@x>\n\nFrom the north\n'), format);
  }
  const check = await line.json<{ ok: boolean; messages: number; blobs: number; problems: unknown[] }>([
    'check',
  ]);
  assert.deepEqual(check, { ok: true, messages: 10, blobs: 4, problems: [] });
});

test('wrong usage is 2, a failure is 1 with a sentence, and nothing else is on standard output', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  await writeFile(join(line.dir, 'plain.eml'), plain);
  await line.json(['import', join(line.dir, 'plain.eml'), '--folder', 'Local/Inbox']);
  const cases: [string[], number, RegExp][] = [
    [[], 2, /command is missing/],
    [['dance'], 2, /no command "dance"/],
    [['list', '--dance'], 2, /dance/],
    [['list'], 2, /--folder is missing/],
    [['show', 'abc'], 2, /not the number of a letter/],
    [['show'], 2, /number of a letter is missing/],
    [['list', '--folder', 'Local/Nowhere'], 1, /no folder "Local\/Nowhere"/],
    [['show', '77'], 1, /no letter 77/],
    [['show', '77', '78'], 1, /no letter 77, 78/],
    [['raw', '77'], 1, /not here any more/],
    [['raw', '1', '2'], 2, /one letter/],
    [['attachment', '1'], 2, /number of the file/],
    [['attachment', '1', '1'], 2, /--out is missing/],
    [['move', '1'], 2, /--folder is missing/],
    [['check', 'this'], 2, /"this" is one word too many/],
    [['search'], 2, /what to search for/],
    [['list', '--folder', 'Local/Inbox', '--count', 'x'], 2, /--count needs a number/],
    [['folders', '--lang', 'de'], 2, /--lang is en, ru/],
    [['dance', '--lang', 'ru'], 2, /нет команды «dance»/],
    [['list', '--folder', 'Local/Нет', '--lang', 'ru'], 1, /^postroom: Нет папки «Local\/Нет»\.\n$/],
    [['account', 'add', '--address', 'a@x.example', '--imap-host', 'h'], 1, /No password/],
    [
      ['export', '--folder', 'Local/Inbox', '--format', 'mbox', '--out', '/nowhere/at/all'],
      1,
      /no such file or folder\. \(\/nowhere\/at\/all\)/,
    ],
    [['delete', '77'], 1, /no letter 77/],
    [['account', 'remove', 'nobody@x.example'], 1, /no account/],
    [['import', join(line.dir, 'nothing'), '--folder', 'Local/Inbox'], 1, /Nothing was imported/],
    [['export', '--folder', 'Local/Inbox', '--format', 'pdf', '--out', 'x'], 2, /mbox, eml or maildir/],
  ];
  for (const [args, code, sentence] of cases) {
    const ran = await line.run([...args, '--json']);
    assert.equal(ran.code, code, `${args.join(' ')}: ${ran.stderr}`);
    assert.match(ran.stderr, sentence);
    if (args[0] !== 'import') assert.equal(ran.stdout.length, 0);
  }
  const help = await line.run(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout.toString(), /Usage: postroom COMMAND/);
  const russian = await line.run(['help', '--lang=ru']);
  assert.equal(russian.code, 0);
  assert.match(russian.stdout.toString(), /Как вызывать: postroom COMMAND/);
});
