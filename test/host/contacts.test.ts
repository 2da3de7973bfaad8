/** The command line and the address book: people, a table in cp1251, doubles, files out, a directory. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import { slapdMissing, startSlapd } from '../kit/slapd.ts';
import { openCommandLine } from './kit/command-line.ts';

interface Rows {
  total: number;
  items: { id: number; name: string; address: string }[];
}

test('the command line and the address book', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const dir = await mkdtemp(join(tmpdir(), 'postroom-contacts-'));
  t.after(() => rm(dir, { recursive: true, force: true }));

  const { id } = await line.json<{ id: number }>([
    'contacts',
    'add',
    '--given',
    'Пётр',
    '--family',
    'Ёлкин',
    '--address',
    'p@x.example, q@x.example',
    '--phone',
    '+7 495 123-45-67',
    '--birthday',
    '1980-05-17',
  ]);
  const table = join(dir, 'outlook.csv');
  await writeFile(
    table,
    iconv.encode(
      'Имя;Фамилия;Адрес эл. почты;Отдел\r\nП.;Ёлкин;P@x.example;Сметный\r\nАнна;Белова;a@x.example;Склад\r\n',
      'windows-1251',
    ),
  );
  const dry = await line.json<{ total: number; known: number; charset: string }>([
    'contacts',
    'import',
    table,
    '--dry-run',
  ]);
  assert.deepEqual([dry.total, dry.known, dry.charset], [2, 1, 'windows-1251']);
  const done = await line.json<{ imported: number; completed: number; undo: string }>([
    'contacts',
    'import',
    table,
  ]);
  assert.deepEqual([done.imported, done.completed], [1, 1]);
  const found = await line.json<Rows>(['contacts', 'search', 'елк', 'сметн']);
  assert.deepEqual(
    found.items.map((each) => each.name),
    ['Пётр Ёлкин'],
  );

  await line.json(['contacts', 'change', String(id), '--department', 'Снабжение', '--phone', '']);
  const { content } = await line.json<{ content: { department: string; phones: unknown[] } }>([
    'contacts',
    'show',
    String(id),
  ]);
  assert.deepEqual([content.department, content.phones], ['Снабжение', []]);
  const out = join(dir, 'all.vcf');
  const written = await line.json<{ count: number }>([
    'contacts',
    'export',
    '--out',
    out,
    '--format',
    'vcard3',
  ]);
  assert.equal(written.count, 2);
  assert.match(await readFile(out, 'utf8'), /^BEGIN:VCARD\r\nVERSION:3\.0\r\n/);

  const twin = await line.json<{ id: number }>([
    'contacts',
    'add',
    '--name',
    'Ёлкин П.',
    '--address',
    'q@x.example',
  ]);
  const { groups } = await line.json<{ groups: { rows: { id: number }[] }[] }>(['contacts', 'duplicates']);
  assert.deepEqual(
    groups[0]?.rows.map((each) => each.id),
    [id, twin.id],
  );
  const merged = await line.json<{ undo: string }>(['contacts', 'merge', String(id), String(twin.id)]);
  assert.equal((await line.json<Rows>(['contacts', 'list'])).total, 2);
  await line.json(['contacts', 'undo', merged.undo]);
  assert.equal((await line.json<Rows>(['contacts', 'list'])).total, 3);
  await line.json(['contacts', 'remove', String(twin.id)]);
  assert.equal((await line.json<Rows>(['contacts', 'list', '--book', 'Address book'])).total, 2);

  const wrong = await line.run(['contacts', 'show', '999', '--lang', 'ru']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /Этого человека в адресной книге больше нет/);
  assert.equal((await line.run(['contacts', 'merge', '1'])).code, 2);
  assert.equal((await line.run(['contacts', 'list', '--book', 'None'])).code, 1);
});

test('the command line and a directory', { skip: slapdMissing() }, async (t) => {
  const slapd = await startSlapd({ people: 20 });
  t.after(() => slapd.close());
  const line = await openCommandLine();
  t.after(() => line.close());
  const where = [
    '--host',
    slapd.host,
    '--port',
    String(slapd.port),
    '--security',
    'none',
    '--base',
    slapd.base,
    '--bind',
    slapd.admin,
  ];
  const tried = await line.json<{ people: unknown[] }>(
    ['contacts', 'ldap', 'test', ...where],
    `${slapd.password}\n`,
  );
  assert.equal(tried.people.length, 3);
  await line.json(['contacts', 'ldap', 'add', '--name', 'Office', ...where], `${slapd.password}\n`);
  const copied = await line.json<{ people: number; problem: null }>([
    'contacts',
    'ldap',
    'refresh',
    '--book',
    'office',
  ]);
  assert.deepEqual([copied.people, copied.problem], [20, null]);
  assert.equal((await line.json<Rows>(['contacts', 'list', '--book', 'Office'])).total, 20);
});
